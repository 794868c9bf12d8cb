"""`Select` with its `Option` and `Optgroup`: a choice of one or of several options.

Each option stores whether it is selected, as in the DOM of browsers. Therefore options can be
inserted, removed and moved. A page reports the chosen options by the ids of their nodes, because
after a removal an index could refer to a different option.

Threads: the rules of the module ``node`` apply.
Source: HTML standard, "The select element", "selectedness setting algorithm"; read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Generic, Literal, TypeVar, cast, overload

from everview.errors import AttributeValueError
from everview.html.fields.inputs import InputElement
from everview.html.fields.validity import Validity, whole_number
from everview.html.tree.element import Element, Keyword
from everview.html.tree.node import Child
from everview.i18n import N_, _

T = TypeVar("T")
V = TypeVar("V")

CHOOSE_ITEM = N_("Please choose an item of the list.")


class Option(Element, tag="option"):
    """A choice of a `Select`.

    Args:
        children: the text of the option.
        value: any Python value, which is never sent to a page; default: the text of the option.
        selected: whether the option is chosen.
        attributes: as for `Element`.
    """

    __slots__ = ("_choice", "_selected")

    def __init__(
        self, *children: Child, value: object = ..., selected: bool = False, **attributes: Keyword
    ) -> None:
        # Ignore this keyword of Lona: the values of choices are never sent to a page.
        attributes.pop("render_value", None)
        self._selected = bool(selected)
        super().__init__(*children, **attributes)
        self.value = self.get_text() if value is ... else value

    @property
    def value(self) -> object:
        """The value of this choice."""
        return self._choice

    @value.setter
    def value(self, value: object) -> None:
        self._choice = value
        # In a required field, the page does not accept an option with an empty value.
        self.set_attribute("value", "" if means_no_choice(value) else None)

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

    def _owner(self) -> Select[Any] | None:
        ancestor = self.parent
        while ancestor is not None and not isinstance(ancestor, Select):
            ancestor = ancestor.parent
        return ancestor

    def _can_be_chosen(self) -> bool:
        group = self.parent
        grouped = isinstance(group, Optgroup) and group.get_attribute("disabled") is not None
        return not self.disabled and not grouped

    def set_attribute(self, name: str, value: Any) -> None:
        # In HTML, the attribute `selected` only sets the default. Here it chooses the option.
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


class Select(InputElement, Generic[V]):
    """A choice among options. ``value`` is the value of the chosen option, or None.

    With ``multiple=True``, ``value`` is a tuple of the values of all chosen options.

    Args:
        options: `Option` and `Optgroup` children.
        values: more choices. Each is a value, a ``(value, label)`` or a ``(value, label,
            selected)``. A dict from group labels to lists of choices makes groups.
        value: the chosen value; with ``multiple`` a list of values.
        multiple: whether several options can be chosen.
        attributes: as for `InputElement`.

    Raises:
        AttributeValueError: ``value`` is not one of the choices.
    """

    __slots__ = ()
    TAG_NAME = "select"
    SLOT = ".selected"
    EMPTY = ()
    VALUE_ATTRIBUTE = "value"

    @overload
    def __init__(
        self: Select[Any],
        *options: Child,
        values: Mapping[str, Iterable[Any]],
        value: object = None,
        multiple: bool = False,
        **attributes: Keyword,
    ) -> None: ...
    @overload
    def __init__(
        self: Select[T | None],
        *options: Child,
        values: Iterable[tuple[T, str] | tuple[T, str, bool]],
        value: T | None = None,
        multiple: Literal[False] = False,
        **attributes: Keyword,
    ) -> None: ...
    @overload
    def __init__(
        self: Select[tuple[T, ...]],
        *options: Child,
        values: Iterable[tuple[T, str] | tuple[T, str, bool]],
        value: Iterable[T] | None = None,
        multiple: Literal[True],
        **attributes: Keyword,
    ) -> None: ...
    @overload
    def __init__(
        self: Select[T | None],
        *options: Child,
        values: Iterable[T],
        value: T | None = None,
        multiple: Literal[False] = False,
        **attributes: Keyword,
    ) -> None: ...
    @overload
    def __init__(
        self: Select[tuple[T, ...]],
        *options: Child,
        values: Iterable[T],
        value: Iterable[T] | None = None,
        multiple: Literal[True],
        **attributes: Keyword,
    ) -> None: ...
    @overload
    def __init__(
        self: Select[Any],
        *options: Child,
        values: Iterable[Any] = (),
        value: object = None,
        multiple: bool = False,
        **attributes: Keyword,
    ) -> None: ...
    def __init__(
        self,
        *options: Child,
        values: Iterable[Any] | Mapping[str, Iterable[Any]] = (),
        value: Any = None,
        multiple: bool = False,
        **attributes: Keyword,
    ) -> None:
        super().__init__(*options, _options(values), value=None, multiple=multiple, **attributes)
        if value is not None:
            self.value = value

    def children_changed(self) -> None:
        # Browsers change the choice when options are inserted or removed, so send the choice again.
        self.mark_changed(self.SLOT)

    def set_attribute(self, name: str, value: Any) -> None:
        super().set_attribute(name, value)
        if name in ("multiple", "size"):
            self.mark_changed(self.SLOT)

    # the options of the select -----------------------------------------------------------------

    @property
    def multiple(self) -> bool:
        """Whether several options can be chosen."""
        return self.get_attribute("multiple") is not None

    @multiple.setter
    def multiple(self, multiple: bool) -> None:
        self.set_attribute("multiple", multiple)

    @property
    def options(self) -> list[Option]:
        """The options, also those in groups, in document order."""
        return [node for node in self.walk() if isinstance(node, Option)]

    @options.setter
    def options(self, options: Child) -> None:
        self.nodes.replace(options)

    @property
    def selected_options(self) -> list[Option]:
        """The chosen options. A drop-down list always has one, unless all are disabled."""
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
        """Insert an option at the end."""
        self.append(option)

    def remove_option(self, option: Option) -> None:
        """Remove an option."""
        self.remove(option)

    def clear_options(self) -> None:
        """Remove all options."""
        self.clear()

    def select_all(self) -> None:
        """Choose all options; only with ``multiple``."""
        self._choose(self.options)

    def select_none(self) -> None:
        """Choose no option; a drop-down list then chooses its first option."""
        self._choose([])

    # the value of the field --------------------------------------------------------------------

    @property
    def values(self) -> tuple[object, ...]:
        """The values of all options."""
        return tuple(option.value for option in self.options)

    @property  # type: ignore[override]  # the setter of the base class takes any value
    def value(self) -> V:
        """The chosen value, or None; with ``multiple`` a tuple of values."""
        chosen = tuple(option.value for option in self.selected_options)
        value = chosen if self.multiple else (chosen[0] if chosen else None)
        return cast("V", value)

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
        self._update_bound()

    def _set_value(self, value: Any) -> None:
        # The value comes from a bound `Value`. If no option has this value, none is chosen.
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

    def receive(self, data: object) -> object:
        if not isinstance(data, list) or not all(type(node_id) is int for node_id in data):
            raise ValueError("a list of ids of options is expected")
        node_ids = set(data)
        chosen = [option for option in self.options if option.node_id in node_ids]
        # Ignore options that were removed before this report arrived. Without ``multiple``, reject
        # the report if its only option was removed.
        if not self.multiple:
            if data and not chosen:
                raise ValueError("the chosen option was removed")
            chosen = chosen[:1]
        self._choose(chosen)
        return self.value

    # validation, and the value that is sent ----------------------------------------------------

    def event_data(self, value: object) -> object:
        """Return the value; with ``multiple``, return the indices of the chosen options."""
        return self._wire_value() if self.multiple else value

    def _is_checked_for_validity(self) -> bool:
        return Validity._is_checked_for_validity(self)  # `readonly` has no effect on a select

    def _is_missing(self) -> bool:
        return all(means_no_choice(option.value) for option in self.selected_options)

    def _find_reason(self) -> str:
        return _(CHOOSE_ITEM) if self.required and self._is_missing() else ""

    def _wire_value(self) -> list[int]:
        chosen = set(self.selected_options)
        return [index for index, option in enumerate(self.options) if option in chosen]


def means_no_choice(value: Any) -> bool:
    """Whether a value means that nothing is chosen: None, or "" as in HTML's placeholder option."""
    return value is None or (isinstance(value, str) and value == "")


def _options(values: Iterable[Any] | Mapping[str, Iterable[Any]]) -> list[Element]:
    if isinstance(values, Mapping):
        return [Optgroup(_options(group), label=label) for label, group in values.items()]
    made: list[Element] = []
    for item in values:
        value, label, *selected = item if isinstance(item, tuple) else (item, item)
        made.append(Option(str(label), value=value, selected=any(selected)))
    return made
