"""`UserInput` is the mouse and the keyboard of a simulated window.

The class handles clicks and keys like a browser. A click is sent to the nearest element that
listens. It also toggles a check box, follows a link or submits a form. A field reports its value
when it loses the focus.

This module does not check whether a person could do this; see ``person_window``.

Threads: all methods are called on the test's thread. Sources: HTML standard, "Activation" and
"Implicit submission"; the data of events is that of the client (``main.js``).
"""

from __future__ import annotations

from everview.html import InputElement
from everview.runtime.windows.messages import Event
from everview.testing.page.replica import ReplicaNode
from everview.testing.page.visible_page import (
    VisiblePage,
    ancestors,
    attribute,
    is_button,
    is_field,
    is_text_field,
    kind,
    listens,
    squeeze,
)
from everview.testing.person.browser_state import BrowserState
from everview.testing.person.input_rules import Typed, reported_value, typed_text
from everview.testing.simulated_window import SimulatedWindow

__tracebackhide__ = True  # makes pytest show a failure at the line of the test
MODIFIERS = {"ctrl": "ctrl", "control": "ctrl", "alt": "alt", "shift": "shift", "meta": "meta"}
#: The names of keys that do not insert a character.
NAMED_KEYS = {"Enter", "Escape", "Tab", "Backspace", "Delete", "Home", "End", "PageUp", "PageDown",
              "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Insert"}  # fmt: skip


class UserInput:
    """Sends the events of one window.

    ``toggled`` contains the ids of ``details`` elements that the person toggled.
    """

    def __init__(self, window: SimulatedWindow, state: BrowserState) -> None:
        self._window = window
        self._state = state
        self.toggled: set[int] = set()
        #: The number of the last submit of each form, by its id.
        self._submits: dict[int, int] = {}

    def report(self, node: ReplicaNode, name: str, data: object = None) -> int:
        """Send an event of the nearest element that listens to it.

        Returns:
            The number of the event; 0 if no element listens.
        """
        listener = listener_of(node, name)
        return 0 if listener is None else self.send(listener, name, data)

    def send(self, node: ReplicaNode, name: str, data: object) -> int:
        """Send an event of an element; returns its number."""
        number = self._window.next_number()
        if name == "change":
            self._state.last_edit[node.id] = number
        self._window.post(Event(number, self._window.document, node.id, name, data))
        return number

    def focus(self, node: ReplicaNode | None) -> None:
        """Move the focus to an element, or away from all elements (None)."""
        before = self._window.replica.nodes.get(self._state.focused)
        if before is node:
            return
        self._state.move_focus(node.id if node is not None else 0)
        if before is not None:
            self.report(before, "blur")
        if node is not None:
            self.report(node, "focus")

    # using the mouse ---------------------------------------------------------------------------

    def click(self, node: ReplicaNode, page: VisiblePage, modifiers: dict[str, bool]) -> None:
        """Click an element, with the default action of browsers."""
        self.focus(next((at for at in ancestors(node) if _is_focusable(at)), None))
        data = {"x": 0, "y": 0, "alt": False, "ctrl": False, "meta": False, "shift": False,
                "width": 0, "height": 0, **modifiers}  # fmt: skip
        link = next((at for at in ancestors(node) if at.tag == "a"), None)
        listener = listener_of(node, "click")
        self.report(node, "click", data)
        # If a link, or an element inside it, has a handler, the click does not navigate.
        if link is None or listener is None or listener not in list(ancestors(link)):
            self._activate(node, page, modifiers)

    def _activate(self, node: ReplicaNode, page: VisiblePage, modifiers: dict[str, bool]) -> None:
        for at in ancestors(node):
            if at.tag == "label":
                field = page.field_of_label(at)
                if field is not None and field not in list(ancestors(node)):
                    self.click(field, page, modifiers)
            elif is_button(at):
                self._press_button(at)
            elif at.tag == "summary" and at.parent is not None and at.parent.tag == "details":
                self.toggled ^= {at.parent.id}
            elif at.tag == "a" and attribute(at, "href") is not None:
                self._follow(at, modifiers)
            elif kind(at) == "checkbox":
                self.send(at, "change", not at.attributes.get(".checked"))
            elif kind(at) == "radio":
                if not at.attributes.get(".checked"):
                    self.send(at, "change", True)
            else:
                continue
            return

    def _follow(self, link: ReplicaNode, modifiers: dict[str, bool]) -> None:
        href = attribute(link, "href") or ""
        path = self._window.url.partition("?")[0]
        if href.startswith("#"):
            return
        if href.startswith("?"):
            href = path + href
        elif not href.startswith("/") and ":" not in href.partition("/")[0]:
            href = path.rpartition("/")[0] + "/" + href
        inside = href.startswith("/") and not href.startswith("//")
        new_window = attribute(link, "target") == "_blank" or any(
            modifiers.get(key) for key in ("ctrl", "meta", "shift")
        )
        if inside and not new_window:
            self._state.go(href)
        else:
            self._state.opened.append(href)

    def _press_button(self, button: ReplicaNode) -> None:
        form = form_of(button)
        if form is None:
            return
        if _is_submit_button(button):
            self.submit(form, button)
        elif _button_type(button) == "reset":
            self.report(form, "reset")

    def submit(self, form: ReplicaNode, button: ReplicaNode | None) -> None:
        """Submit a form.

        Raises:
            AssertionError: A browser would not submit the form, because a field is invalid.
        """
        unchecked = attribute(form, "novalidate") is not None or (
            button is not None and attribute(button, "formnovalidate") is not None
        )
        problems = [] if unchecked else list(filter(None, map(self._problem, form.walk())))
        if problems:
            raise AssertionError(f"a browser does not submit this form: {'; '.join(problems)}")
        number = self._submits.get(form.id, 0)
        edits = [self._state.last_edit.get(field.id, 0) for field in form.walk()]
        # A double click would submit the form twice. Therefore, while a submit is pending, the
        # form is submitted again only after a new edit.
        if number <= self._window.acknowledged or max(edits) > number:
            self._submits[form.id] = self.report(form, "submit")

    def _problem(self, field: ReplicaNode) -> str:
        simulated = self._window.simulated
        instance = simulated.do(simulated.runtime.instance_of, self._window.window)
        node = instance.document.get_node(field.id) if instance and is_field(field) else None
        reason = node.reason if isinstance(node, InputElement) else ""
        name = attribute(field, "name") or attribute(field, "id") or field.tag
        return f"{name}: {reason}" if reason else ""

    # using the keyboard ------------------------------------------------------------------------

    def type(self, field: ReplicaNode, value: Typed) -> None:
        """Replace the content of a field. Raises ValueError as `reported_value` does."""
        self.focus(field)
        if listener_of(field, "keydown") is not None:
            for character in typed_text(value):
                self.report(field, "keydown", key_data(character, {}))
        data = reported_value(field, value)
        # Record the edit before the event is sent, because the answer arrives on another thread.
        self._state.edited(field.id, typed_text(value) if data is None else data)
        self.send(field, "change", data)

    def text_in(self, field: ReplicaNode) -> str:
        """The visible text of a text field."""
        value = field.attributes.get(".value")
        # Read the typed text first: the server does not store passwords, or text that is not a
        # value of the field.
        if field.id in self._state.edits or value in (None, False):
            return str(self._state.typed.get(field.id, ""))
        return str(value)

    def choose(self, select: ReplicaNode, options: list[ReplicaNode]) -> None:
        """Choose exactly these options of a select."""
        self.focus(select)
        self.send(select, "change", [option.id for option in options])

    def press(self, node: ReplicaNode | None, keys: str, page: VisiblePage) -> None:
        """Press a key, optionally with modifiers (``Ctrl+Shift+K``), at the focused element.

        Raises:
            ValueError: ``keys`` is not a key.
        """
        *names, key = keys.split("+") if keys != "+" else ["+"]
        unknown = [name for name in names if name.lower() not in MODIFIERS]
        if unknown or (len(key) != 1 and key not in NAMED_KEYS):
            raise ValueError(f"{keys!r} is not a key; write 'a', 'Enter' or 'Ctrl+Enter'")
        modifiers = {MODIFIERS[name.lower()]: True for name in names}
        if key == "Tab":
            self._tab(node, page, back=bool(modifiers.get("shift")))
            return
        if node is None:
            return
        self.report(node, "keydown", key_data(key, modifiers))
        if key == "Enter":
            self._enter(node, page)
        elif key == " " and (is_button(node) or kind(node) in ("checkbox", "radio")):
            self.click(node, page, {})
        elif (
            len(key) == 1 and is_text_field(node) and not modifiers.keys() & {"ctrl", "alt", "meta"}
        ):
            self.type(node, f"{self.text_in(node)}{key}")

    def _enter(self, node: ReplicaNode, page: VisiblePage) -> None:
        if is_button(node) or node.tag in ("a", "summary"):
            self.click(node, page, {})
        elif node.tag == "textarea":
            self.type(node, f"{self.text_in(node)}\n")
        elif is_field(node) and node.tag == "input" and (form := form_of(node)) is not None:
            button = next(filter(_is_submit_button, form.walk()), None)
            if button is not None and attribute(button, "disabled") is None:
                self.report(button, "click", {"x": 0, "y": 0})
                self._press_button(button)
            elif button is None and sum(is_text_field(n) for n in form.walk()) <= 1:
                self.submit(form, None)

    def _tab(self, node: ReplicaNode | None, page: VisiblePage, back: bool) -> None:
        reachable = [
            at for at in page.nodes
            if _is_focusable(at) and not page.why_hidden(at) and not page.why_unusable(at)
        ]  # fmt: skip
        if not reachable:
            return
        step = -1 if back else 1
        at = reachable.index(node) + step if node in reachable else (-1 if back else 0)
        self.focus(reachable[at % len(reachable)])


def key_data(key: str, modifiers: dict[str, bool]) -> dict[str, str | bool]:
    """The data of a key event."""
    code = f"Key{key.upper()}" if len(key) == 1 and key.isalpha() else key
    code = f"Digit{key}" if key.isdigit() else ("Space" if key == " " else code)
    return {"key": key, "code": code, "alt": False, "ctrl": False, "meta": False,
            "shift": False, **modifiers}  # fmt: skip


def form_of(node: ReplicaNode) -> ReplicaNode | None:
    """The form around an element."""
    return next((at for at in ancestors(node) if at.tag == "form"), None)


def listener_of(node: ReplicaNode, name: str) -> ReplicaNode | None:
    """The nearest element that listens to an event.

    The result is None if the event is ignored, for example because the element is disabled.
    """
    for at in ancestors(node):
        if attribute(at, "data-ignore") is not None:
            return None
        if listens(at, name):
            return None if attribute(at, "disabled") is not None else at
    return None


def option_named(select: ReplicaNode, name: str, page: VisiblePage) -> ReplicaNode:
    """Find the option with this text.

    Raises:
        AssertionError: The select has no such option, or the option is disabled.
    """
    options = [node for node in select.walk() if node.tag == "option"]
    texts = [squeeze(attribute(option, "label") or option.get_text()) for option in options]
    if squeeze(name) not in texts:
        listed = ", ".join(map(repr, texts))
        raise AssertionError(f"{page.name(select)!r} has no option {name!r}; it has {listed}")
    option = options[texts.index(squeeze(name))]
    groups = [at for at in ancestors(option) if at.tag in ("option", "optgroup")]
    if any(attribute(at, "disabled") is not None for at in groups):
        raise AssertionError(f"the option {name!r} of {page.name(select)!r} is disabled")
    return option


def _button_type(button: ReplicaNode) -> str:
    found = attribute(button, "type") if button.tag == "button" else kind(button)
    return found or "submit"


def _is_submit_button(node: ReplicaNode) -> bool:
    return is_button(node) and _button_type(node) in ("submit", "image")


def _is_focusable(node: ReplicaNode) -> bool:
    return (
        ((is_field(node) or is_button(node)) and attribute(node, "disabled") is None)
        or (node.tag == "a" and attribute(node, "href") is not None)
        or node.tag == "summary"
        or attribute(node, "tabindex") is not None
    )
