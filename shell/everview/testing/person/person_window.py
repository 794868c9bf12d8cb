"""`PersonWindow` is a simulated window with a person, who sees the page and uses it.

    window = open_window("/counter/")
    window.click("Increment")
    window.type("Shared text", "hello")
    assert window.text("#count") == "11"

Elements are named as a person names them, by their text or label, or by a selector (``finder``). An
element that is hidden, disabled or covered by a dialog cannot be used. The error then contains the
reason and the page. Every action returns after all its consequences (`Clock.settle`).

This module does not simulate style sheets or the scripts of widgets. These need a real browser
(``tests/browser``).

Threads: all methods are called on the test's thread.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from everview.runtime.routing.responses import Response
from everview.runtime.windows.messages import Visible
from everview.testing.clock import PATIENCE, Clock
from everview.testing.page import finder
from everview.testing.page.page_text import FieldContent, page_text
from everview.testing.page.replica import ReplicaNode
from everview.testing.page.visible_page import (
    VisiblePage,
    attribute,
    is_field,
    is_text_field,
    kind,
    listens,
    squeeze,
)
from everview.testing.person.browser_state import BrowserState, Saved
from everview.testing.person.input_rules import Typed
from everview.testing.person.user_input import UserInput, listener_of, option_named
from everview.testing.simulated_window import Simulated, SimulatedWindow

__tracebackhide__ = True  # makes pytest show a failure at the line of the test
T = TypeVar("T")
#: The ways to specify an element: its name, a selector, or the result of `PersonWindow.find`.
Target = str | ReplicaNode
Within = str | ReplicaNode | None
#: A function that uses an element of the visible page.
Action = Callable[[ReplicaNode, VisiblePage], None]


class PersonWindow:
    """One window with a person. Open it with ``open_window``.

    Attributes:
        window: The page without a person, for actions that a person cannot do.
        user: The owner of the window.

    In all methods, ``target`` is a name, a selector or a found element, and ``within`` limits the
    search to the inside of another element. An action raises AssertionError, with the page as
    text, if the element does not exist, is not unique, or cannot be used.
    """

    def __init__(self, simulated: Simulated, clock: Clock, user: str) -> None:
        self.simulated = simulated
        self.window = SimulatedWindow(simulated, user)
        self.user = user
        self._clock = clock
        self._state = BrowserState(self.window)
        self._input = UserInput(self.window, self._state)

    # reading the page --------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The address of the window: path and query."""
        return self.window.url

    @property
    def title(self) -> str:
        """The text in the title bar, including the progress."""
        meta = self.window.replica.meta
        title, progress = str(meta.get("title") or ""), meta.get("progress")
        if not progress:
            return title
        done, total = progress[0], progress[1]
        return f"{max(0, min(100, int(100 * done / total)))}% {title}" if total else f"… {title}"

    @property
    def notices(self) -> list[str]:
        """The notices that were shown, the oldest first."""
        return list(self._state.notices)

    @property
    def downloads(self) -> list[Saved]:
        """The saved files, with ``name``, ``data`` and ``text``."""
        return list(self._state.downloads)

    @property
    def opened(self) -> list[str]:
        """The addresses that were opened in other windows or outside the app."""
        return list(self._state.opened)

    @property
    def messages(self) -> list[str]:
        """The messages of `View.send_str`."""
        return list(self._state.messages)

    @property
    def responses(self) -> list[Response]:
        """The HTTP responses of routes with ``interactive=False``."""
        return list(self._state.responses)

    def text(self, target: Target | None = None, within: Within = None) -> str:
        """The visible text of an element (None: of the page), in lines."""
        page = self._page()
        return page.text(page.root if target is None else self.find(target, within))

    def sees(self, text: str) -> bool:
        """Whether the page shows this text."""
        return squeeze(text) in squeeze(self.text())

    def has(self, target: Target) -> bool:
        """Whether an element with this name or selector is visible."""
        try:
            self._find(target, lambda node: True, "element")
        except finder.AmbiguousError:
            return True
        except finder.NotFoundError:
            return False
        return True

    def find(self, target: Target, within: Within = None) -> ReplicaNode:
        """The only visible element with this name or selector."""
        return self._with_page(lambda: self._find(target, lambda node: True, "element", within))

    def find_all(self, selector: str) -> list[ReplicaNode]:
        """All visible elements that match a selector, in document order."""
        return finder.find_all(self._page(), selector)

    def value(self, target: Target, within: Within = None) -> FieldContent:
        """The content of a field.

        Returns:
            The text; True or False for a check box or radio button; the text of the chosen option
            of a select, or a list of texts if it accepts several.
        """
        return self._content_of(self._field(target, within))

    def attribute(self, target: Target, name: str) -> str | None:
        """The value of an attribute of an element; None if the element does not have it."""
        return attribute(self.find(target), name)

    def data(self, target: Target) -> object:
        """The data of a widget, a JSON value. ``target``: a selector."""
        data: object = self.find(target).attributes["$"]["data"]
        return data

    def page(self) -> str:
        """The page as text. Error messages contain this text."""
        state = "" if self._has_link() else " (no link)"
        shown = page_text(self._page(), self._content_of, self._focused())
        notices = "".join(f"\nnotice: {text}" for text in self._state.notices[-5:])
        return f"{self.user} at {self.url}{state} - {self.title!r}\n{shown}{notices}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.user} at {self.url}>"

    # using the page ----------------------------------------------------------------------------

    def click(self, target: Target, within: Within = None, **keys: bool) -> None:
        """Click an element, with its default action in browsers.

        Args:
            target: A button, link, check box or any other element.
            within: Search only inside this element.
            **keys: Keys that are held: ``ctrl=True``, ``shift=True``, ``alt=True``, ``meta=True``.
        """
        self._act(target, finder.is_control, "clickable element", within,
                  lambda node, page: self._input.click(node, page, keys))  # fmt: skip

    def type(self, target: Target, value: Typed, within: Within = None) -> None:
        """Replace the content of a field.

        Args:
            target: A field for text, numbers, dates, times, colours, or a slider.
            value: A text, number, date or time.
            within: Search only inside this element.

        Raises:
            ValueError: A person cannot enter ``value`` in a browser.
        """

        def type_into(node: ReplicaNode, page: VisiblePage) -> None:
            if not (is_text_field(node) or kind(node) in ("range", "color")):
                raise AssertionError(
                    f"a person cannot type into a {kind(node)}; use check(), choose() or upload()"
                )
            if attribute(node, "readonly") is not None:
                raise AssertionError(f"the field {page.name(node)!r} is read-only")
            self._input.type(node, value)

        self._act(target, is_field, "field", within, type_into)

    def choose(self, target: Target, *options: str, within: Within = None) -> None:
        """Choose options of a select, or a radio button of a group.

        Args:
            target: A select, a fieldset or an element with the role ``radiogroup``.
            *options: The texts of the options. A select with several options gets exactly these.
            within: Search only inside this element.
        """

        def wanted(node: ReplicaNode) -> bool:
            return node.tag in ("select", "fieldset") or attribute(node, "role") == "radiogroup"

        def choose_in(node: ReplicaNode, page: VisiblePage) -> None:
            if node.tag != "select":
                (option,) = options
                _find_usable(page, option, lambda n: kind(n) == "radio", "radio button", node)
                self.check(option, within=node)
                return
            if len(options) != 1 and attribute(node, "multiple") is None:
                raise AssertionError(f"{page.name(node)!r} accepts one option")
            self._input.choose(node, [option_named(node, name, page) for name in options])

        self._act(target, wanted, "select or group of radio buttons", within, choose_in)

    def check(self, target: Target, within: Within = None) -> None:
        """Check a check box or choose a radio button; no effect if it is checked."""
        self._set_checked(target, True, within)

    def uncheck(self, target: Target, within: Within = None) -> None:
        """Uncheck a check box; no effect if it is not checked."""
        self._set_checked(target, False, within)

    def press(self, key: str, target: Target | None = None) -> None:
        """Press a key.

        Args:
            key: The key, for example ``"a"``, ``"Enter"`` or ``"Ctrl+S"``.
            target: The element that gets the focus first; None: the element with the focus.

        Raises:
            ValueError: ``key`` is not a key.
        """

        def press_at(node: ReplicaNode | None, page: VisiblePage) -> None:
            if target is not None:
                self._input.focus(node)
            self._input.press(node, key, page)

        if target is None:
            page = self._page()
            self._with_page(lambda: press_at(self._focused() or _front_dialog(page), page))
            self._clock.settle()
        else:
            self._act(target, lambda node: finder.is_control(node) or listens(node, "keydown"),
                      "element that accepts keys", None, press_at)  # fmt: skip

    def submit(self, target: Target = "form") -> None:
        """Submit a form like Enter in a field; fails if a browser would refuse it."""
        self._act(target, lambda node: node.tag == "form", "form", None,
                  lambda form, page: self._input.submit(form, None))  # fmt: skip

    def upload(self, target: Target, *files: Path | tuple[str, bytes]) -> None:
        """Choose files in a file input. A refused file causes a notice.

        Args:
            target: The file input.
            *files: Paths, or pairs of a name and the content.
        """

        def send(node: ReplicaNode, page: VisiblePage) -> None:
            if kind(node) != "file":
                raise AssertionError(f"{page.name(node)!r} is not a file input")
            if len(files) > 1 and attribute(node, "multiple") is None:
                raise AssertionError(f"{page.name(node)!r} accepts one file")
            for file in files:
                name, data = (file.name, file.read_bytes()) if isinstance(file, Path) else file
                refusal = self.window.upload_to(node, name, data)
                if refusal:
                    self._state.notices.append(refusal)

        self._act(target, lambda node: kind(node) == "file", "file input", None, send)

    def fire(self, target: Target, name: str, data: object = None) -> object:
        """Fire an event like the script of a widget.

        Returns:
            The answer of the view (`InputEvent.reply`), a JSON value; None without an answer.
        """
        node = self.find(target)
        if listener_of(node, name) is None:
            raise AssertionError(f"no element listens to {name!r} at {target!r}")
        number = self._input.report(node, name, data)
        self._clock.settle()
        return self._state.replies.pop(number, None)

    # actions on the window ---------------------------------------------------------------------

    def go(self, url: str) -> None:
        """Go to an address of the app."""
        self._state.go(url)
        self._clock.settle()

    def back(self) -> None:
        """Go back in the history of the window."""
        if not self._state.history:
            raise AssertionError("the history of this window is empty")
        self._state.go(self._state.history.pop())
        self._state.history.pop()
        self._clock.settle()

    def hide(self) -> None:
        """Minimise the window. The server sends hidden windows fewer updates."""
        self.window.post(Visible(False))
        self._clock.settle()

    def show(self) -> None:
        """Restore the window."""
        self.window.post(Visible(True))
        self._clock.settle()

    def drop(self) -> None:
        """Break the link. On the clock of the app, the window has ten seconds to connect again."""
        self.window.drop()
        self._clock.settle()

    def reconnect(self) -> None:
        """Connect to the server again, as a page does after its link was broken."""
        self.window.reconnect()
        self._clock.settle()

    def reload(self) -> None:
        """Reload the page. The state of the page is lost, but the view continues."""
        self.window.drop()
        self.window.forget()
        self._input.toggled.clear()
        self._state.typed.clear()
        self._state.edits.clear()
        self._state.move_focus(0)
        self.reconnect()

    def close(self) -> None:
        """Close the window permanently."""
        self.window.shut()
        self._clock.settle()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait in real time.

        This is needed for work that the clock does not know: processes, and threads that the view
        started itself.

        Raises:
            AssertionError: The condition is still false after `PATIENCE` seconds.
        """

        def holds() -> bool:
            self._clock.settle()
            return condition()

        try:
            self.simulated.wait_for(holds)
        except AssertionError:
            raise AssertionError(
                f"the condition was not met within {PATIENCE:g} s\n{self.page()}"
            ) from None

    # internal methods --------------------------------------------------------------------------

    def _has_link(self) -> bool:
        return self.window.window.transport is self.window

    def _page(self) -> VisiblePage:
        return VisiblePage(self.window.replica.root, self._input.toggled)

    def _focused(self) -> ReplicaNode | None:
        return self.window.replica.nodes.get(self._state.focused) if self._state.focused else None

    def _find(
        self, target: Target, wanted: finder.Test, what: str, within: Within = None
    ) -> ReplicaNode:
        return finder.find(self._page(), target, wanted, what, within)

    def _field(self, target: Target, within: Within) -> ReplicaNode:
        def find_field() -> ReplicaNode:
            found = self._find(target, is_field, "field", within)
            fields = [found] if is_field(found) else [n for n in found.walk() if is_field(n)]
            if len(fields) != 1:
                raise AssertionError(f"{target!r} is not a field and contains {len(fields)} fields")
            return fields[0]

        return self._with_page(find_field)

    def _content_of(self, node: ReplicaNode) -> FieldContent:
        if kind(node) in ("checkbox", "radio"):
            return bool(node.attributes.get(".checked"))
        if node.tag == "select":
            options = [at for at in node.walk() if at.tag == "option"]
            indexes = node.attributes.get(".selected") or []
            texts = [squeeze(options[index].get_text()) for index in indexes]
            return texts if attribute(node, "multiple") is not None else "".join(texts[:1])
        return self._input.text_in(node)

    def _act(
        self, target: Target, wanted: finder.Test, what: str, within: Within, action: Action
    ) -> None:
        """Find an element, check that it is usable, act, and wait for all consequences."""

        def act() -> None:
            if not self._has_link():
                raise AssertionError("this window has no link; reconnect() it or open another one")
            page = self._page()
            action(_find_usable(page, target, wanted, what, within), page)

        self._with_page(act)
        self._clock.settle()

    def _set_checked(self, target: Target, checked: bool, within: Within) -> None:
        def set_checked(node: ReplicaNode, page: VisiblePage) -> None:
            if kind(node) not in ("checkbox", "radio"):
                raise AssertionError(f"{page.name(node)!r} is a {kind(node)}, not a check box")
            if kind(node) == "radio" and not checked:
                raise AssertionError(f"the radio button {page.name(node)!r} cannot be unchecked")
            if bool(node.attributes.get(".checked")) is not checked:
                self._input.click(node, page, {})

        self._act(target, lambda node: kind(node) in ("checkbox", "radio"),
                  "check box or radio button", within, set_checked)  # fmt: skip

    def _with_page(self, do: Callable[[], T]) -> T:
        """Call ``do()``. If it raises an AssertionError, the page is added to the message."""
        try:
            return do()
        except AssertionError as error:
            failure = str(error)
        raise AssertionError(f"{failure}\n\n{self.page()}")


def _find_usable(
    page: VisiblePage, target: Target, wanted: finder.Test, what: str, within: Within
) -> ReplicaNode:
    node = finder.find(page, target, wanted, what, within)
    reason = page.why_hidden(node) or page.why_unusable(node)
    if reason:
        raise AssertionError(f"{page.name(node) or target!r} cannot be used: {reason}")
    return node


def _front_dialog(page: VisiblePage) -> ReplicaNode | None:
    """The modal dialog in front. It gets the keys if no element has the focus."""
    dialogs = [node for node in page.nodes if attribute(node, "aria-modal") == "true"]
    return dialogs[-1] if dialogs else None
