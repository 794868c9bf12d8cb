"""`Hands`: mouse and keyboard of a simulated window: what a browser makes of clicks and keys.

A click goes to the nearest element that listens, toggles a box, follows a link, submits a form; a
field that is left says so. Nothing here decides whether a person could do it: `person` does.

Threads: the test's thread. Source: HTML standard, "Activation" and "Implicit submission"; what is
reported is that of ``client/main.js``.
"""

from __future__ import annotations

from typing import Any

from everview.html import InputElement
from everview.runtime.windows.messages import Event
from everview.testing.page.replica import ReplicaNode
from everview.testing.page.visible_page import (
    Sight,
    ancestors,
    attribute,
    is_button,
    is_field,
    kind,
    listens,
    squeeze,
)
from everview.testing.person.browser_state import PageState
from everview.testing.person.input_rules import text_of, typed
from everview.testing.simulated_window import SimulatedWindow

__tracebackhide__ = True  # a failure is shown at the line of the test
MODIFIERS = {"ctrl": "ctrl", "control": "ctrl", "alt": "alt", "shift": "shift", "meta": "meta"}
#: Keys that put nothing into a field.
NAMED = {"Enter", "Escape", "Tab", "Backspace", "Delete", "Home", "End", "PageUp", "PageDown",
         "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Insert"}  # fmt: skip


class Hands:
    """Acts on one window. ``opened``: the ``details`` that were toggled."""

    def __init__(self, window: SimulatedWindow, state: PageState) -> None:
        self._window = window
        self._state = state
        self.opened: set[int] = set()

    def report(self, node: ReplicaNode, name: str, data: Any = None) -> int:
        """Tell the nearest element that listens; 0 if none does."""
        listener = listener_of(node, name)
        return 0 if listener is None else self.send(listener, name, data)

    def send(self, node: ReplicaNode, name: str, data: Any) -> int:
        """Send an event of a node; returns its number."""
        self._window.event_number += 1
        number = self._window.event_number
        self._state.say(Event(number, self._window.document, node.id, name, data))
        return number

    def focus(self, node: ReplicaNode | None) -> None:
        """Move the focus, None: to nothing."""
        before = self._window.replica.nodes.get(self._state.focused)
        if before is node:
            return
        self._state.move_focus(node.id if node is not None else 0)
        if before is not None:
            self.report(before, "blur")
        if node is not None:
            self.report(node, "focus")

    # clicking ----------------------------------------------------------------------------------

    def click(self, node: ReplicaNode, sight: Sight, keys: dict[str, bool]) -> None:
        """A click, and what follows from it."""
        focusable = next((at for at in ancestors(node) if _takes_focus(at)), None)
        self.focus(focusable)
        data = {"x": 0, "y": 0, "alt": False, "ctrl": False, "meta": False, "shift": False,
                "width": 0, "height": 0, **keys}  # fmt: skip
        link = next((at for at in ancestors(node) if at.tag == "a"), None)
        listener = listener_of(node, "click")
        self.report(node, "click", data)
        # A link with a handler is the handler's.
        if link is None or listener is None or listener not in list(ancestors(link)):
            self._activate(node, sight, keys)

    def _activate(self, node: ReplicaNode, sight: Sight, keys: dict[str, bool]) -> None:
        for at in ancestors(node):
            if at.tag == "label":
                field = sight.labelled_by(at)
                if field is not None and field not in list(ancestors(node)):
                    self.click(field, sight, keys)
            elif is_button(at):
                self._press_button(at)
            elif at.tag == "summary" and at.parent is not None and at.parent.tag == "details":
                self.opened ^= {at.parent.id}
            elif at.tag == "a" and attribute(at, "href") is not None:
                self._follow(at, keys)
            elif kind(at) == "checkbox":
                self.send(at, "change", not at.attributes.get(".checked"))
            elif kind(at) == "radio":
                if not at.attributes.get(".checked"):
                    self.send(at, "change", True)
            else:
                continue
            return

    def _follow(self, link: ReplicaNode, keys: dict[str, bool]) -> None:
        href = attribute(link, "href") or ""
        path = self._window.url.partition("?")[0]
        if href.startswith("#"):
            return
        if href.startswith("?"):
            href = path + href
        elif not href.startswith("/") and ":" not in href.partition("/")[0]:
            href = path.rpartition("/")[0] + "/" + href
        inside = href.startswith("/") and not href.startswith("//")
        anew = attribute(link, "target") == "_blank" or any(
            keys.get(key) for key in ("ctrl", "meta", "shift")
        )
        if inside and not anew:
            self._state.go(href)
        else:
            self._state.opened.append(href)

    def _press_button(self, button: ReplicaNode) -> None:
        form = form_of(button)
        what = attribute(button, "type") if button.tag == "button" else kind(button)
        if form is None:
            return
        if (what or "submit") in ("submit", "image"):
            self.submit(form, button)
        elif what == "reset":
            self.report(form, "reset")

    def submit(self, form: ReplicaNode, button: ReplicaNode | None) -> None:
        """Submit a form. Raises AssertionError where a browser would refuse what is in it."""
        unchecked = attribute(form, "novalidate") is not None or (
            button is not None and attribute(button, "formnovalidate") is not None
        )
        wrong = [] if unchecked else list(filter(None, map(self._wrong, form.walk())))
        if wrong:
            raise AssertionError(f"a browser does not submit this form: {'; '.join(wrong)}")
        self.report(form, "submit")

    def _wrong(self, field: ReplicaNode) -> str:
        simulated = self._window.simulated
        instance = simulated.do(simulated.runtime.instance_of, self._window.window)
        node = instance.document.get_node(field.id) if instance and is_field(field) else None
        reason = node.reason if isinstance(node, InputElement) else ""
        called = attribute(field, "name") or attribute(field, "id") or field.tag
        return f"{called}: {reason}" if reason else ""

    # typing ------------------------------------------------------------------------------------

    def type(self, field: ReplicaNode, value: Any) -> None:
        """Replace what is in a field."""
        self.focus(field)
        if listener_of(field, "keydown") is not None:
            for character in text_of(value):
                self.report(field, "keydown", key_data(character, {}))
        data = typed(field, value)
        self._state.typed[field.id] = text_of(value) if data is None else data
        self.send(field, "change", data)

    def text_in(self, field: ReplicaNode) -> Any:
        """What is in a text field, as a person sees it."""
        value = field.attributes.get(".value")
        held = self._state.holds and field.id == self._state.focused
        # A password is never sent back, nor is what is no value yet: the page alone has them.
        return self._state.typed.get(field.id, "") if held or value in (None, False) else value

    def choose(self, select: ReplicaNode, options: list[ReplicaNode]) -> None:
        """Choose these options, and no others."""
        self.focus(select)
        self.send(select, "change", [option.id for option in options])

    def press(self, node: ReplicaNode | None, keys: str, sight: Sight) -> None:
        """Press a key, with modifiers: ``Ctrl+Shift+K``, at the node that has the focus."""
        *modifiers, key = keys.split("+") if keys != "+" else ["+"]
        unknown = [name for name in modifiers if name.lower() not in MODIFIERS]
        if unknown or (len(key) != 1 and key not in NAMED):
            raise ValueError(f"{keys!r} is no key: write 'a', 'Enter' or 'Ctrl+Enter'")
        held = {MODIFIERS[name.lower()]: True for name in modifiers}
        if key == "Tab":
            self._tab(node, sight, back=bool(held.get("shift")))
            return
        if node is None:
            return
        self.report(node, "keydown", key_data(key, held))
        if key == "Enter":
            self._enter(node, sight)
        elif key == " " and (is_button(node) or kind(node) in ("checkbox", "radio")):
            self.click(node, sight, {})
        elif len(key) == 1 and is_text(node) and not held.keys() & {"ctrl", "alt", "meta"}:
            self.type(node, f"{self.text_in(node)}{key}")

    def _enter(self, node: ReplicaNode, sight: Sight) -> None:
        if is_button(node) or node.tag in ("a", "summary"):
            self.click(node, sight, {})
        elif node.tag == "textarea":
            self.type(node, f"{self.text_in(node)}\n")
        elif is_field(node) and node.tag == "input" and (form := form_of(node)) is not None:
            button = default_button(form)
            if button is not None and attribute(button, "disabled") is None:
                self.report(button, "click", {"x": 0, "y": 0})
                self._press_button(button)
            elif button is None and sum(is_text(n) for n in form.walk()) <= 1:
                self.submit(form, None)

    def _tab(self, node: ReplicaNode | None, sight: Sight, back: bool) -> None:
        reachable = [
            at for at in sight.nodes
            if _takes_focus(at) and not sight.why_hidden(at) and not sight.why_unusable(at)
        ]  # fmt: skip
        if not reachable:
            return
        step = -1 if back else 1
        at = reachable.index(node) + step if node in reachable else (-1 if back else 0)
        self.focus(reachable[at % len(reachable)])


def key_data(key: str, held: dict[str, bool]) -> dict[str, Any]:
    """What a page reports of a key."""
    code = f"Key{key.upper()}" if len(key) == 1 and key.isalpha() else key
    code = f"Digit{key}" if key.isdigit() else ("Space" if key == " " else code)
    return {"key": key, "code": code, "alt": False, "ctrl": False, "meta": False,
            "shift": False, **held}  # fmt: skip


def is_text(node: ReplicaNode) -> bool:
    """Whether characters are typed into it."""
    others = {"checkbox", "radio", "range", "color", "file", "select"}
    return is_field(node) and kind(node) not in others


def form_of(node: ReplicaNode) -> ReplicaNode | None:
    """The form that a node is in."""
    return next((at for at in ancestors(node) if at.tag == "form"), None)


def default_button(form: ReplicaNode) -> ReplicaNode | None:
    """The first submit button of a form."""
    for node in form.walk():
        what = attribute(node, "type") if node.tag == "button" else kind(node)
        if is_button(node) and (what or "submit") in ("submit", "image"):
            return node
    return None


def listener_of(node: ReplicaNode, name: str) -> ReplicaNode | None:
    """The nearest element that listens, and can."""
    for at in ancestors(node):
        if attribute(at, "data-ignore") is not None:
            return None
        if listens(at, name):
            return None if attribute(at, "disabled") is not None else at
    return None


def _takes_focus(node: ReplicaNode) -> bool:
    return (
        ((is_field(node) or is_button(node)) and attribute(node, "disabled") is None)
        or (node.tag == "a" and attribute(node, "href") is not None)
        or node.tag == "summary"
        or attribute(node, "tabindex") is not None
    )


def option_named(select: ReplicaNode, name: str, sight: Sight) -> ReplicaNode:
    """The option with this text. Raises AssertionError."""
    options = [node for node in select.walk() if node.tag == "option"]
    texts = [squeeze(attribute(option, "label") or option.get_text()) for option in options]
    if squeeze(name) not in texts:
        listed = ", ".join(map(repr, texts))
        raise AssertionError(f"{sight.name(select)!r} has no option {name!r}; it has {listed}")
    option = options[texts.index(squeeze(name))]
    disabled = [at for at in ancestors(option) if at.tag in ("option", "optgroup")]
    if any(attribute(at, "disabled") is not None for at in disabled):
        raise AssertionError(f"the option {name!r} of {sight.name(select)!r} is disabled")
    return option
