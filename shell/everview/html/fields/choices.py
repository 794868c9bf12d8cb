"""Check boxes and radio buttons: `CheckBox`, `Radio`, `RadioButton`, `RadioGroup`.

Radios with the same ``name`` in one form (or, outside forms, in one document) are a group: checking
one unchecks the others, as in browsers. A document stores the checked radio of each group, so
checking a radio takes time proportional to the depth of the tree, not to its size. In a tree that
is not attached, checking a radio searches its form or the whole tree.

If a radio is ``required``, one radio of its group must be chosen. If none is chosen, browsers
report all radios of the group as invalid. Everview reports only the required radio.

Threads: the rules of the module ``node`` apply.
Guarantees: in each group, at most one attached radio is checked. If several radios were checked, or
were already checked when they were attached, the last of them stays checked.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any, Generic, TypeVar, cast, overload

from everview.errors import AttributeValueError
from everview.html.elements.tags import Label
from everview.html.fields.inputs import InputElement
from everview.html.fields.validity import Validity
from everview.html.tree.element import Element, Keyword
from everview.html.tree.node import Child, Journal, ParentNode
from everview.i18n import N_, _

CHECK_THIS = N_("Please check this box.")
CHOOSE_ONE = N_("Please choose one of these.")

_group_numbers = count(1)

T = TypeVar("T")
V = TypeVar("V")


class CheckBox(InputElement):
    """A check box. ``value`` is True if the box is checked.

    Args:
        value: whether the box is checked.
        attributes: as for `InputElement`.
    """

    __slots__ = ()
    INPUT_TYPE = "checkbox"
    SLOT = ".checked"
    EMPTY = False
    VALUE_ATTRIBUTE = "checked"
    PYTHON_TYPES = (bool,)

    def __init__(self, value: bool | None = None, **attributes: Keyword) -> None:
        super().__init__(value=value, **attributes)

    @property  # type: ignore[override]  # the setter of the base class takes any value
    def value(self) -> bool:
        """Whether the box is checked."""
        return bool(self._value)

    @value.setter
    def value(self, value: bool) -> None:
        self._assign(value)

    @property
    def checked(self) -> bool:
        """This property is an alias of ``value``."""
        return bool(self._value)

    @checked.setter
    def checked(self, checked: bool) -> None:
        self._set_value(CheckBox.clean(self, checked))
        self._update_bound()

    def clean(self, value: Any) -> Any:
        if not isinstance(value, bool):
            raise self._wrong_type(value, "True or False")
        return value

    def receive(self, data: object) -> object:
        if data is not True and data is not False:
            raise ValueError("true or false is expected")
        self._set_value(data)
        return self.value

    def take_text(self, text: str) -> None:
        # In HTML, the attribute `checked` checks the box, even if its text is "false".
        self.checked = True

    def _is_checked_for_validity(self) -> bool:
        return Validity._is_checked_for_validity(self)  # `readonly` has no effect on a box

    def _find_reason(self) -> str:
        return _(CHECK_THIS) if self.required and not self._value else ""


class Radio(CheckBox):
    """A radio button for one of several choices. ``value`` is True if the radio is checked.

    Args:
        value: whether the radio is checked.
        attributes: as for `InputElement`.
    """

    __slots__ = ("_group",)
    INPUT_TYPE = "radio"
    WATCHES_PLACE = True

    def __init__(self, value: bool | None = None, **attributes: Keyword) -> None:
        #: The key of this radio in `Journal.groups`; None while it is not attached or has no name.
        self._group: tuple[ParentNode | None, str] | None = None
        super().__init__(value=value, **attributes)

    def _set_value(self, value: Any) -> None:
        with self.lock:
            super()._set_value(value)
            if self.document is None:
                if value:
                    self._uncheck_unattached()
            elif value:
                self._uncheck_others(self.document)
            else:
                self._leave_group(self.document)

    def set_attribute(self, name: str, value: Any) -> None:
        super().set_attribute(name, value)
        if name == "name" and self.document is not None:
            with self.lock:
                self.after_attach(self.document)

    # methods that the document calls while it holds its lock ------------------------------------

    def after_attach(self, document: Journal) -> None:
        """Called after the radio was attached, moved or renamed."""
        super().after_attach(document)
        self._leave_group(document)
        name = self.get_attribute("name")
        self._group = (self._form(), name) if name else None
        if self._value:
            self._uncheck_others(document)

    def before_detach(self, document: Journal) -> None:
        """Called before the radio is detached."""
        self._leave_group(document)
        self._group = None

    def _uncheck_others(self, document: Journal) -> None:
        if self._group is not None:
            other = document.groups.get(self._group)
            document.groups[self._group] = self
            if isinstance(other, Radio) and other is not self:
                InputElement._set_value(other, False)

    def _leave_group(self, document: Journal) -> None:
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

    def _find_reason(self) -> str:
        if not self.required or self._value:
            return ""
        if self.document is not None and self._group is not None:
            has_one = self._group in self.document.groups
        else:
            has_one = any(radio.checked for radio in self._unattached_group())
        return "" if has_one else _(CHOOSE_ONE)


class RadioButton(Radio):
    """A radio with a Python value, which is never sent to a page.

    Args:
        value: any Python value.
        checked: whether the radio is checked.
        attributes: as for `InputElement`.
    """

    __slots__ = ("_choice",)
    INPUT_TYPE = "radio"

    def __init__(self, value: object = "", checked: bool = False, **attributes: Keyword) -> None:
        # Ignore this keyword of Lona: the values of choices are never sent to a page.
        attributes.pop("render_value", None)
        self._choice = value
        super().__init__(None, **attributes)
        if checked:
            self.checked = True

    @property  # type: ignore[override]  # a radio button has a choice, not a bool
    def value(self) -> object:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The value of this choice."""
        return self._choice

    @value.setter
    def value(self, value: object) -> None:
        self._choice = value

    def receive(self, data: object) -> object:
        super().receive(data)
        return self._choice


class RadioGroup(Validity, Generic[T], tag="fieldset"):
    """A group of `RadioButton` elements. ``value`` is the value of the chosen button.

    Args:
        children: labels and radio buttons; a button without a ``name`` gets the name of the group.
        values: more choices, each a value or a tuple ``(value, label)``.
        value: the chosen value; None: no choice.
        name: the name of the group; default: a new one.
        attributes: as for `Element`.

    Raises:
        AttributeValueError: ``value`` is not one of the choices.
    """

    __slots__ = ("_name",)

    @overload
    def __init__(
        self: RadioGroup[V],
        *children: Child,
        values: Iterable[tuple[V, str]],
        value: V | None = None,
        name: str | None = None,
        **attributes: Keyword,
    ) -> None: ...
    @overload
    def __init__(
        self: RadioGroup[V],
        *children: Child,
        values: Iterable[V],
        value: V | None = None,
        name: str | None = None,
        **attributes: Keyword,
    ) -> None: ...
    @overload
    def __init__(
        self: RadioGroup[Any],
        *children: Child,
        values: Iterable[Any] = (),
        value: object = None,
        name: str | None = None,
        **attributes: Keyword,
    ) -> None: ...
    def __init__(
        self,
        *children: Child,
        values: Iterable[Any] = (),
        value: Any = None,
        name: str | None = None,
        **attributes: Keyword,
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
        """Add a choice: ``("label", value)``, or a radio button and its labels."""
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
        """The radio buttons, in document order."""
        return tuple(node for node in self.walk() if isinstance(node, RadioButton))

    @property
    def checked_radio_button(self) -> RadioButton | None:
        """The chosen radio button, or None."""
        chosen = [radio for radio in self.radio_buttons if radio.checked]
        return chosen[-1] if chosen else None

    @property
    def values(self) -> tuple[T, ...]:
        """The values of all radio buttons."""
        return tuple(cast("T", radio.value) for radio in self.radio_buttons)

    @property
    def value(self) -> T | None:
        """The value of the chosen radio button; None if none is chosen."""
        chosen = self.checked_radio_button
        return None if chosen is None else cast("T", chosen.value)

    @value.setter
    def value(self, value: T | None) -> None:
        with self.lock:
            radios = self.radio_buttons
            wanted = next((radio for radio in radios if radio.value == value), None)
            if wanted is None and value is not None:
                known = [radio.value for radio in radios]
                raise AttributeValueError(f"RadioGroup has no choice {value!r}; it has {known!r}")
            for radio in radios:
                radio.checked = radio is wanted

    def _find_reason(self) -> str:
        return _(CHOOSE_ONE) if self.required and self.checked_radio_button is None else ""
