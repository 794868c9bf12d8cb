"""`Select` and its `Option` and `Optgroup`: one of several, or several of many.

Whether an option is selected is kept at the option, as in browsers' DOM, so that options may come,
go and move. A page says which options were chosen by the ids of their nodes: an index would be
another option where one was removed meanwhile.

Threads: as ``node``.
Source: HTML standard, "The select element", "selectedness setting algorithm"; read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from everview.errors import AttributeValueError
from everview.html.fields.inputs import InputElement
from everview.html.fields.validity import Validity, whole_number
from everview.html.tree.element import Element
from everview.html.tree.node import Child
from everview.i18n import N_, _

CHOOSE_ITEM = N_("Please choose an item of the list.")


class Option(Element, tag="option"):
    """A choice of a `Select`; ``value`` may be any Python value and stays in the process."""

    __slots__ = ("_choice", "_selected")

    def __init__(
        self, *children: Child, value: Any = ..., selected: bool = False, **attributes: Any
    ) -> None:
        """``value`` is the option's text unless it is given; None is a value too."""
        attributes.pop("render_value", None)  # of the reference framework; it is never sent here
        self._selected = bool(selected)
        super().__init__(*children, **attributes)
        self.value = self.get_text() if value is ... else value

    @property
    def value(self) -> Any:
        return self._choice

    @value.setter
    def value(self, value: Any) -> None:
        self._choice = value
        # A page knows by this that such an option is no choice where one is required.
        self.set_attribute("value", "" if stands_for_nothing(value) else None)

    @property
    def selected(self) -> bool:
        """Whether this option is chosen."""
        select = self._owner()
        return self._selected if select is None else self in select.selected_options

    @selected.setter
    def selected(self, selected: bool) -> None:
        select = self._owner()
        if select is None:
            self._selected = bool(selected)
        else:
            select._choose_option(self, bool(selected))

    @property
    def disabled(self) -> bool:
        return self.get_attribute("disabled") is not None

    @disabled.setter
    def disabled(self, disabled: bool) -> None:
        self.set_attribute("disabled", disabled)

    def _owner(self) -> Select | None:
        ancestor = self.parent
        while ancestor is not None and not isinstance(ancestor, Select):
            ancestor = ancestor.parent
        return ancestor

    def _can_be_chosen(self) -> bool:
        group = self.parent
        grouped = isinstance(group, Optgroup) and group.get_attribute("disabled") is not None
        return not self.disabled and not grouped

    def set_attribute(self, name: str, value: Any) -> None:
        # The attribute is only HTML's default of the property.
        if name == "selected":
            self.selected = value is not None and value is not False
        else:
            super().set_attribute(name, value)


class Optgroup(Element, tag="optgroup"):
    """Options of a select under a heading: ``Optgroup(Option("a"), label="Letters")``."""

    __slots__ = ()

    def children_changed(self) -> None:
        if (parent := self.parent) is not None:
            parent.children_changed()


class Select(InputElement):
    """A choice among `Option` children, or ``values``.

    ``values`` are plain values, ``(value, label)`` or ``(value, label, selected)``; a dict of such
    lists makes a group of each. ``value`` is the chosen option's value, or a tuple of values with
    ``multiple=True``.
    """

    __slots__ = ()
    TAG_NAME = "select"
    SLOT = ".selected"
    EMPTY = ()
    VALUE_ATTRIBUTE = "value"

    def __init__(
        self,
        *options: Child,
        values: Iterable[Any] | Mapping[str, Iterable[Any]] = (),
        value: Any = None,
        multiple: bool = False,
        **attributes: Any,
    ) -> None:
        super().__init__(*options, _options(values), multiple=multiple, **attributes)
        if value is not None:
            self.value = value

    def children_changed(self) -> None:
        # A page chooses anew by itself where options come and go: it is told what is chosen here.
        self.mark_changed(self.SLOT)

    def set_attribute(self, name: str, value: Any) -> None:
        super().set_attribute(name, value)
        if name in ("multiple", "size"):
            self.mark_changed(self.SLOT)

    # options -----------------------------------------------------------------------------------

    @property
    def multiple(self) -> bool:
        return self.get_attribute("multiple") is not None

    @multiple.setter
    def multiple(self, multiple: bool) -> None:
        self.set_attribute("multiple", multiple)

    @property
    def options(self) -> list[Option]:
        return [node for node in self.walk() if isinstance(node, Option)]

    @options.setter
    def options(self, options: Child) -> None:
        self.nodes.replace(options)

    @property
    def selected_options(self) -> list[Option]:
        """The chosen options. Of a drop-down list always one, if there is one that can be."""
        with self.lock:
            options = self.options
            chosen = [option for option in options if option._selected]
            if self.multiple:
                return chosen
            if not chosen and self._is_drop_down():
                chosen = [option for option in options if option._can_be_chosen()]
                del chosen[1:]
            for option in chosen[:-1]:
                option._selected = False
            for option in chosen[-1:]:
                option._selected = True
            return chosen[-1:]

    def _is_drop_down(self) -> bool:
        return (whole_number(self.get_attribute("size")) or 1) == 1

    def add_option(self, option: Child) -> None:
        self.append(option)

    def remove_option(self, option: Option) -> None:
        self.remove(option)

    def clear_options(self) -> None:
        self.clear()

    def select_all(self) -> None:
        """Choose all options; only with ``multiple``."""
        self._choose(self.options)

    def select_none(self) -> None:
        """Choose none; a drop-down list chooses its first again."""
        self._choose([])

    # value -------------------------------------------------------------------------------------

    @property
    def values(self) -> tuple[Any, ...]:
        """The values of all options."""
        return tuple(option.value for option in self.options)

    @property
    def value(self) -> Any:
        """The chosen value, None where none is; a tuple of values with ``multiple``."""
        chosen = tuple(option.value for option in self.selected_options)
        return chosen if self.multiple else (chosen[0] if chosen else None)

    @value.setter
    def value(self, value: Any) -> None:
        if self.multiple and (isinstance(value, str) or not isinstance(value, Iterable)):
            raise self._wrong_type(value, "a list of values; this select has multiple=True")
        wanted = list(value) if self.multiple else [value]
        options = self.options
        chosen = []
        for item in wanted:
            option = next((option for option in options if option.value == item), None)
            if option is None:
                known = [option.value for option in options]
                raise AttributeValueError(f"Select has no option {item!r}; it has {known!r}")
            chosen.append(option)
        self._choose(chosen)
        self._tell_bound()

    def _set_value(self, value: Any) -> None:
        # A value shown for a binding: options that are not there choose nothing.
        wanted = list(value) if self.multiple else [value]
        self._choose([option for option in self.options if option.value in wanted])

    def clean(self, value: Any) -> Any:
        return value

    def _choose(self, chosen: Iterable[Option]) -> None:
        wanted = set(chosen)
        with self.lock:
            before = self.selected_options
            for option in self.options:
                option._selected = option in wanted
            if self.selected_options != before:
                self.mark_changed(self.SLOT)

    def _choose_option(self, option: Option, selected: bool) -> None:
        others = set(self.selected_options) - {option} if self.multiple else set()
        self._choose(others | ({option} if selected else set()))

    def take_text(self, text: str) -> None:
        self._choose([option for option in self.options if option.value == text][:1])

    def receive(self, data: Any) -> Any:
        if not isinstance(data, list) or not all(type(node_id) is int for node_id in data):
            raise ValueError("a list of ids of options is expected")
        ids = set(data)
        chosen = [option for option in self.options if option.node_id in ids]
        # Of several, those that went meanwhile are left out; one that went cannot be chosen.
        if not self.multiple:
            if data and not chosen:
                raise ValueError("the chosen option is no longer there")
            chosen = chosen[:1]
        self._choose(chosen)
        return self.value

    # validity and wire -------------------------------------------------------------------------

    def event_data(self, value: Any) -> Any:
        """What the data of a change is: of several choices their places among the options."""
        return self._wire_value() if self.multiple else value

    def _is_judged(self) -> bool:
        return Validity._is_judged(self)  # `readonly` is nothing to a select

    def _is_missing(self) -> bool:
        return all(stands_for_nothing(option.value) for option in self.selected_options)

    def _judge(self) -> str:
        return _(CHOOSE_ITEM) if self.required and self._is_missing() else ""

    def _wire_value(self) -> list[int]:
        chosen = set(self.selected_options)
        return [index for index, option in enumerate(self.options) if option in chosen]


def stands_for_nothing(value: Any) -> bool:
    """None and "" are no choice, as HTML's placeholder label option."""
    return value is None or (isinstance(value, str) and value == "")


def _options(values: Iterable[Any] | Mapping[str, Iterable[Any]]) -> list[Element]:
    if isinstance(values, Mapping):
        return [Optgroup(_options(group), label=label) for label, group in values.items()]
    made: list[Element] = []
    for item in values:
        value, label, *selected = item if isinstance(item, tuple) else (item, item)
        made.append(Option(str(label), value=value, selected=any(selected)))
    return made
