"""`Eyes`: what a person sees of a simulated window: the half of `PersonWindow` that only looks.

Threads: the test's thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from everview.runtime.routing.responses import Response
from everview.testing.clock import Clock
from everview.testing.page import finder
from everview.testing.page.page_text import page_text
from everview.testing.page.replica import ReplicaNode
from everview.testing.page.visible_page import Sight, attribute, is_field, kind, squeeze
from everview.testing.person.browser_state import PageState, Saved
from everview.testing.person.user_input import Hands
from everview.testing.simulated_window import Simulated, SimulatedWindow

__tracebackhide__ = True  # a failure is shown at the line of the test
T = TypeVar("T")
Target = str | ReplicaNode
Within = str | ReplicaNode | None


class Eyes:
    """Looks at one window. ``window`` is the page behind it, for what no person does."""

    def __init__(self, simulated: Simulated, clock: Clock, user: str) -> None:
        self.simulated = simulated
        self.window = SimulatedWindow(simulated, user)
        self.user = user
        self._clock = clock
        self._state = PageState(self.window)
        self._hands = Hands(self.window, self._state)

    # seeing ------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where the window is: path and query."""
        return self.window.url

    @property
    def title(self) -> str:
        """What the window's title bar says, progress included."""
        meta = self.window.replica.meta
        title, progress = str(meta.get("title") or ""), meta.get("progress")
        if not progress:
            return title
        done, total = progress[0], progress[1]
        return f"{max(0, min(100, int(100 * done / total)))}% {title}" if total else f"… {title}"

    @property
    def notices(self) -> list[str]:
        """The notices that came up, the oldest first."""
        return list(self._state.notices)

    @property
    def downloads(self) -> list[Saved]:
        """The files that were saved: ``name``, ``data``, ``text``."""
        return list(self._state.downloads)

    @property
    def opened(self) -> list[str]:
        """Addresses that were opened in other windows or outside the app."""
        return list(self._state.opened)

    @property
    def messages(self) -> list[str]:
        """What `View.send_str` sent."""
        return list(self._state.messages)

    @property
    def responses(self) -> list[Response]:
        """What came over HTTP, from routes with ``interactive=False``."""
        return list(self._state.responses)

    def text(self, target: Target | None = None, within: Within = None) -> str:
        """The text that is seen in ``target`` (None: in the page), in lines."""
        sight = self._sight()
        return sight.text(sight.root if target is None else self.find(target, within))

    def sees(self, text: str) -> bool:
        """Whether this text is in the page, to be seen."""
        return squeeze(text) in squeeze(self.text())

    def has(self, target: Target) -> bool:
        """Whether there is something of this name or selector that is seen."""
        try:
            self._find(target, lambda node: True, "thing")
        except finder.AmbiguousError:
            return True
        except finder.NotFoundError:
            return False
        return True

    def find(self, target: Target, within: Within = None) -> ReplicaNode:
        """The one thing of this name or selector. Raises AssertionError with the page."""
        return self._tell(lambda: self._find(target, lambda node: True, "thing", within))

    def find_all(self, selector: str) -> list[ReplicaNode]:
        """All that match a selector and are seen, in document order."""
        return finder.find_all(self._sight(), selector)

    def value(self, target: Target, within: Within = None) -> Any:
        """What is in a field: its text, True or False, the chosen option's text (or a list)."""
        return self._value_of(self._field(target, within))

    def attribute(self, target: Target, name: str) -> str | None:
        """An attribute of what is found, None where it is absent."""
        return attribute(self.find(target), name)

    def data(self, target: Target) -> Any:
        """The data of a widget, as its script has it. ``target``: a selector."""
        return self.find(target).attributes["$"]["data"]

    def page(self) -> str:
        """The page as text: what failures show."""
        state = "" if self.window.window.transport is self.window else " (no link)"
        shown = page_text(self._sight(), self._value_of, self._focused())
        notices = "".join(f"\nnotice: {text}" for text in self._state.notices[-5:])
        return f"{self.user} at {self.url}{state} - {self.title!r}\n{shown}{notices}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.user} at {self.url}>"

    # how ---------------------------------------------------------------------------------------

    def _sight(self) -> Sight:
        return Sight(self.window.replica.root, self._hands.opened)

    def _focused(self) -> ReplicaNode | None:
        return self.window.replica.nodes.get(self._state.focused) if self._state.focused else None

    def _find(
        self, target: Target, wanted: finder.Test, what: str, within: Within = None
    ) -> ReplicaNode:
        return finder.find(self._sight(), target, wanted, what, within)

    def _field(self, target: Target, within: Within) -> ReplicaNode:
        def find_field() -> ReplicaNode:
            found = self._find(target, is_field, "field", within)
            fields = [found] if is_field(found) else [n for n in found.walk() if is_field(n)]
            if len(fields) != 1:
                raise AssertionError(f"{target!r} is no field, and {len(fields)} are in it")
            return fields[0]

        return self._tell(find_field)

    def _value_of(self, node: ReplicaNode) -> Any:
        if kind(node) in ("checkbox", "radio"):
            return bool(node.attributes.get(".checked"))
        if node.tag == "select":
            options = [at for at in node.walk() if at.tag == "option"]
            places = node.attributes.get(".selected") or []
            texts = [squeeze(options[place].get_text()) for place in places]
            return texts if attribute(node, "multiple") is not None else "".join(texts[:1])
        return self._hands.text_in(node)

    def _tell(self, do: Callable[[], T]) -> T:
        """``do()``; a failure shows the page."""
        try:
            return do()
        except AssertionError as error:
            failure = str(error)
        raise AssertionError(f"{failure}\n\n{self.page()}")
