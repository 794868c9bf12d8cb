"""Yes or no, and one of several: `CheckBox`, `Radio`, `RadioButton`, `RadioGroup`.

Radios of one ``name`` in one form (or, outside forms, in one document) are a group: checking one
unchecks the other, as in browsers. A document keeps the checked radio of each group, so that this
costs the depth of the tree and not its size; in a tree that is not attached yet, setting a radio
looks at its form or tree.

A radio that is ``required`` wants one of its group to be chosen; browsers say so of the others of
its group, too, here only it is wrong.

Threads: as ``node``.
Guarantees: of the radios of a group that are attached, one at most is checked: the one checked, or
attached, last.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any

from everview.errors import AttributeValueError
from everview.html.elements.tags import Label
from everview.html.fields.inputs import InputElement
from everview.html.fields.validity import Validity
from everview.html.tree.element import Element
from everview.html.tree.node import Child, Journal, ParentNode
from everview.i18n import N_, _

CHECK_THIS = N_("Please check this box.")
CHOOSE_ONE = N_("Please choose one of these.")

_group_numbers = count(1)


class CheckBox(InputElement):
    """A box that is checked or not."""

    __slots__ = ()
    INPUT_TYPE = "checkbox"
    SLOT = ".checked"
    EMPTY = False
    VALUE_ATTRIBUTE = "checked"

    def __init__(self, value: bool | None = None, **attributes: Any) -> None:
        super().__init__(value=value, **attributes)

    @property
    def checked(self) -> bool:
        """The same as ``value``."""
        return bool(self._value)

    @checked.setter
    def checked(self, checked: bool) -> None:
        self._set_value(CheckBox.clean(self, checked))
        self._tell_bound()

    def clean(self, value: Any) -> Any:
        if not isinstance(value, bool):
            raise self._wrong_type(value, "True or False")
        return value

    def receive(self, data: Any) -> Any:
        if data is not True and data is not False:
            raise ValueError("true or false is expected")
        self._set_value(data)
        return self.value

    def take_text(self, text: str) -> None:
        self.checked = True  # in HTML it is checked by having the attribute, whatever it says

    def _is_judged(self) -> bool:
        return Validity._is_judged(self)  # `readonly` is nothing to a box

    def _judge(self) -> str:
        return _(CHECK_THIS) if self.required and not self._value else ""


class Radio(CheckBox):
    """One of several choices; ``value`` is whether it is the one."""

    __slots__ = ("_group",)
    INPUT_TYPE = "radio"
    WATCHES_PLACE = True

    def __init__(self, value: Any = None, **attributes: Any) -> None:
        #: Under which the document knows it; None while it is not attached or has no name.
        self._group: tuple[ParentNode | None, str] | None = None
        super().__init__(value=value, **attributes)

    def _set_value(self, value: Any) -> None:
        with self.lock:
            super()._set_value(value)
            if self.document is None:
                if value:
                    self._uncheck_unattached()
            elif value:
                self._take_group(self.document)
            else:
                self._give_group_up(self.document)

    def set_attribute(self, name: str, value: Any) -> None:
        super().set_attribute(name, value)
        if name == "name" and self.document is not None:
            with self.lock:
                self.after_attach(self.document)

    # called by the document with its lock held

    def after_attach(self, document: Journal) -> None:
        """It was attached, moved or named."""
        self._give_group_up(document)
        name = self.get_attribute("name")
        self._group = (self._form(), name) if name else None
        if self._value:
            self._take_group(document)

    def before_detach(self, document: Journal) -> None:
        """It is about to be detached."""
        self._give_group_up(document)
        self._group = None

    def _take_group(self, document: Journal) -> None:
        if self._group is not None:
            other = document.groups.get(self._group)
            document.groups[self._group] = self
            if isinstance(other, Radio) and other is not self:
                InputElement._set_value(other, False)

    def _give_group_up(self, document: Journal) -> None:
        if self._group is not None and document.groups.get(self._group) is self:
            del document.groups[self._group]

    def _form(self) -> ParentNode | None:
        ancestor = self.parent
        while ancestor is not None and ancestor.tag_name != "form":
            ancestor = ancestor.parent
        return ancestor

    def _unattached_group(self) -> list[Radio]:
        name, form = self.get_attribute("name"), self._form()
        if not name:
            return [self]
        return [
            node
            for node in (form or self.root).walk()
            if isinstance(node, Radio)
            and node.get_attribute("name") == name
            and node._form() is form
        ]

    def _uncheck_unattached(self) -> None:
        if self.parent is not None:
            for other in self._unattached_group():
                if other is not self:
                    InputElement._set_value(other, False)

    def _judge(self) -> str:
        if not self.required or self._value:
            return ""
        if self.document is not None and self._group is not None:
            has_one = self._group in self.document.groups
        else:
            has_one = any(radio.checked for radio in self._unattached_group())
        return "" if has_one else _(CHOOSE_ONE)


class RadioButton(Radio):
    """A radio that stands for a value: ``value`` may be any Python value and stays in the process.

    Whether it is the chosen one is ``checked``.
    """

    __slots__ = ("_choice",)
    INPUT_TYPE = "radio"

    def __init__(self, value: Any = "", checked: bool = False, **attributes: Any) -> None:
        attributes.pop("render_value", None)  # of the reference framework; it is never sent here
        self._choice = value
        super().__init__(**attributes)
        if checked:
            self.checked = True

    @property
    def value(self) -> Any:
        """What it stands for."""
        return self._choice

    @value.setter
    def value(self, value: Any) -> None:
        self._choice = value

    def receive(self, data: Any) -> Any:
        super().receive(data)
        return self._choice


class RadioGroup(Validity, tag="fieldset"):
    """Several `RadioButton`, of which one is chosen; ``value`` is what that one stands for.

    ``values`` are plain values or ``(value, label)``; or give labels and radio buttons as children.
    Those get a ``name`` of their own, unless they have one.
    """

    __slots__ = ("_name",)

    def __init__(
        self,
        *children: Child,
        values: Iterable[Any] = (),
        value: Any = None,
        name: str | None = None,
        **attributes: Any,
    ) -> None:
        self._name = name or f"radio-group-{next(_group_numbers)}"
        super().__init__(role="radiogroup")
        self._set_keywords(attributes)
        self.append(*children)
        for item in values:
            choice, label = item if isinstance(item, tuple) else (item, item)
            self.add_button(str(label), choice)
        if value is not None:
            self.value = value

    def add_button(self, *nodes: Any) -> None:
        """Add ``("label", value)``, or labels and radio buttons, which are connected."""
        if len(nodes) == 2 and isinstance(nodes[0], str) and not isinstance(nodes[1], Element):
            self.append(Label(RadioButton(nodes[1]), " ", nodes[0]))
            return
        self.append(*nodes)
        button = next((node for node in nodes if isinstance(node, RadioButton)), None)
        for label in nodes:
            if button is not None and isinstance(label, Label):
                label.set_target(button)

    def children_changed(self) -> None:
        for radio in self.radio_buttons:
            if radio.get_attribute("name") is None:
                radio.set_attribute("name", self._name)

    @property
    def radio_buttons(self) -> tuple[RadioButton, ...]:
        return tuple(node for node in self.walk() if isinstance(node, RadioButton))

    @property
    def checked_radio_button(self) -> RadioButton | None:
        """The chosen one, or None."""
        chosen = [radio for radio in self.radio_buttons if radio.checked]
        return chosen[-1] if chosen else None

    @property
    def values(self) -> tuple[Any, ...]:
        return tuple(radio.value for radio in self.radio_buttons)

    @property
    def value(self) -> Any:
        """What the chosen radio button stands for; None where none is chosen."""
        chosen = self.checked_radio_button
        return None if chosen is None else chosen.value

    @value.setter
    def value(self, value: Any) -> None:
        with self.lock:
            radios = self.radio_buttons
            wanted = next((radio for radio in radios if radio.value == value), None)
            if wanted is None and value is not None:
                known = [radio.value for radio in radios]
                raise AttributeValueError(f"RadioGroup has no choice {value!r}; it has {known!r}")
            for radio in radios:
                radio.checked = radio is wanted

    def _judge(self) -> str:
        return _(CHOOSE_ONE) if self.required and self.checked_radio_button is None else ""
