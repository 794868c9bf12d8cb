"""`PersonWindow`: a simulated window with a person at it, who sees the page and uses it.

    window = open_window("/counter/")
    window.click("Increment")
    window.type("Shared text", "hello")
    assert window.text("#count") == "11"

Things are named as a person would, by what is written on or beside them, or by a selector
(``finder``). What is hidden, disabled or behind a dialog cannot be used; the failure says so and
shows the page. Every action returns when all that follows from it has happened (`Clock.settle`).

Not for: what style sheets and widgets' scripts do; that needs a browser (``tests/browser``).
Threads: the test's thread.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from everview.runtime.windows.messages import Visible
from everview.testing.clock import PATIENCE
from everview.testing.page import finder
from everview.testing.page.replica import ReplicaNode
from everview.testing.page.visible_page import Sight, attribute, is_field, kind, listens
from everview.testing.person.page_reader import Eyes, Target, Within
from everview.testing.person.user_input import is_text, listener_of, option_named

__tracebackhide__ = True  # a failure is shown at the line of the test


class PersonWindow(Eyes):
    """One window with a person at it."""

    # doing -------------------------------------------------------------------------------------

    def click(self, target: Target, within: Within = None, **keys: bool) -> None:
        """Click a button, link, box or anything else; ``ctrl=True``, ``shift=True`` ... hold keys.

        Raises AssertionError if it is hidden, disabled, not unique, or not there.
        """
        self._act(target, finder.is_control, "thing to click", within, lambda node, sight:
                  self._hands.click(node, sight, keys))  # fmt: skip

    def type(self, target: Target, value: Any, within: Within = None) -> None:
        """Type over what is in a field. Numbers, dates and times may be Python's."""

        def type_into(node: ReplicaNode, sight: Sight) -> None:
            if not (is_text(node) or kind(node) in ("range", "color")):
                raise AssertionError(
                    f"nobody types into a {kind(node)}: use check(), choose() or upload()"
                )
            if attribute(node, "readonly") is not None:
                raise AssertionError(f"the field {sight.name(node)!r} is only for reading")
            self._hands.type(node, value)

        self._act(target, is_field, "field", within, type_into)

    def choose(self, target: Target, *options: str, within: Within = None) -> None:
        """Choose options of a select by their texts, or the one radio button of a group.

        Of a select that takes several, these are chosen and no others.
        """

        def wanted(node: ReplicaNode) -> bool:
            return node.tag in ("select", "fieldset") or attribute(node, "role") == "radiogroup"

        def choose_in(node: ReplicaNode, sight: Sight) -> None:
            if node.tag != "select":
                (option,) = options
                self._find_usable(option, lambda n: kind(n) == "radio", "choice", node, sight)
                self.check(option, within=node)
                return
            if len(options) != 1 and attribute(node, "multiple") is None:
                raise AssertionError(f"one option of {sight.name(node)!r} can be chosen")
            self._hands.choose(node, [option_named(node, name, sight) for name in options])

        self._act(target, wanted, "choice", within, choose_in)

    def check(self, target: Target, within: Within = None) -> None:
        """Check a box, or choose a radio button; one that is checked stays so."""
        self._set_checked(target, True, within)

    def uncheck(self, target: Target, within: Within = None) -> None:
        """Take the check off a box."""
        self._set_checked(target, False, within)

    def press(self, key: str, target: Target | None = None) -> None:
        """Press a key (``"a"``, ``"Enter"``, ``"Ctrl+S"``) where the focus is, or at ``target``."""

        def press_at(node: ReplicaNode | None, sight: Sight) -> None:
            if target is not None:
                self._hands.focus(node)
            self._hands.press(node, key, sight)

        if target is None:
            sight = self._sight()
            self._tell(lambda: press_at(self._focused() or self._front(sight), sight))
            self._clock.settle()
        else:
            self._act(target, lambda node: finder.is_control(node) or listens(node, "keydown"),
                      "thing to press keys at", None, press_at)  # fmt: skip

    def submit(self, target: Target = "form") -> None:
        """Submit a form as Enter in a field does. Raises AssertionError as a browser refuses."""
        self._act(target, lambda node: node.tag == "form", "form", None,
                  lambda form, sight: self._hands.submit(form, None))  # fmt: skip

    def upload(self, target: Target, *files: Path | tuple[str, bytes]) -> None:
        """Choose files in a field: paths, or names with bytes. A refusal is a notice."""

        def send(node: ReplicaNode, sight: Sight) -> None:
            if kind(node) != "file":
                raise AssertionError(f"{sight.name(node)!r} is no field for files")
            if len(files) > 1 and attribute(node, "multiple") is None:
                raise AssertionError(f"one file can be chosen in {sight.name(node)!r}")
            for file in files:
                name, data = (file.name, file.read_bytes()) if isinstance(file, Path) else file
                refusal = self.window.upload_to(node, name, data)
                if refusal:
                    self._state.notices.append(refusal)

        self._act(target, lambda node: kind(node) == "file", "field for files", None, send)

    def fire(self, target: Target, name: str, data: Any = None) -> Any:
        """What a widget's script does: fire an event; returns the answer (`InputEvent.reply`)."""
        node = self.find(target)
        if listener_of(node, name) is None:
            raise AssertionError(f"nothing listens to {name!r} at {target!r}")
        number = self._hands.report(node, name, data)
        self._clock.settle()
        return self._state.replies.pop(number, None)

    # the window --------------------------------------------------------------------------------

    def go(self, url: str) -> None:
        """Go to an address of the app."""
        self._state.go(url)
        self._clock.settle()

    def back(self) -> None:
        """Go back in the window's history."""
        if not self._state.history:
            raise AssertionError("this window has been nowhere else")
        self._state.go(self._state.history.pop())
        self._state.history.pop()
        self._clock.settle()

    def hide(self) -> None:
        """Minimise the window: it is sent less."""
        self._state.say(Visible(False))
        self._clock.settle()

    def show(self) -> None:
        """Bring it back."""
        self._state.say(Visible(True))
        self._clock.settle()

    def drop(self) -> None:
        """The link breaks; for ten seconds of the clock the window is expected back."""
        self.window.drop()
        self._clock.settle()

    def reconnect(self) -> None:
        """The link is made again, as a page does by itself."""
        self.window.reconnect()
        self._clock.settle()

    def reload(self) -> None:
        """Load the page anew: what the page alone knew is gone, the view goes on."""
        self.window.drop()
        self.window.forget()
        self._hands.opened.clear()
        self._state.typed.clear()
        self._state.move_focus(0)
        self.reconnect()

    def close(self) -> None:
        """Close the window for good."""
        self.window.shut()
        self._clock.settle()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait, in real time, for what the clock does not know: processes, an author's threads."""

        def holds() -> bool:
            self._clock.settle()
            return condition()

        try:
            self.simulated.wait_for(holds)
        except AssertionError:
            raise AssertionError(f"this did not happen in {PATIENCE:g} s\n{self.page()}") from None

    # how ---------------------------------------------------------------------------------------

    @staticmethod
    def _front(sight: Sight) -> ReplicaNode | None:
        """What gets keys while nothing has the focus: the dialog in front."""
        front = [node for node in sight.nodes if attribute(node, "aria-modal") == "true"]
        return front[-1] if front else None

    @staticmethod
    def _find_usable(
        target: Target, wanted: finder.Test, what: str, within: Within, sight: Sight
    ) -> ReplicaNode:
        node = finder.find(sight, target, wanted, what, within)
        reason = sight.why_hidden(node) or sight.why_unusable(node)
        if reason:
            raise AssertionError(f"{sight.name(node) or target!r} cannot be used: {reason}")
        return node

    def _act(
        self,
        target: Target,
        wanted: finder.Test,
        what: str,
        within: Within,
        do: Callable[[ReplicaNode, Sight], None],
    ) -> None:
        def act() -> None:
            if self.window.window.transport is not self.window:
                raise AssertionError("this window has no link: reconnect() it, or open another")
            sight = self._sight()
            do(self._find_usable(target, wanted, what, within, sight), sight)

        self._tell(act)
        self._clock.settle()

    def _set_checked(self, target: Target, checked: bool, within: Within) -> None:
        def set_checked(node: ReplicaNode, sight: Sight) -> None:
            if kind(node) not in ("checkbox", "radio") or (kind(node) == "radio" and not checked):
                raise AssertionError(f"{sight.name(node)!r} is no box: it is a {kind(node)}")
            if bool(node.attributes.get(".checked")) is not checked:
                self._hands.click(node, sight, {})

        self._act(target, lambda node: kind(node) in ("checkbox", "radio"), "box", within,
                  set_checked)  # fmt: skip
