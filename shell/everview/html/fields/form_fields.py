"""The fields of a form for a dataclass: an input for each annotation, and conversions of values.

============================  =====================================================
``str``                       `TextInput` (``metadata={"input": TextArea}`` ...)
``int``, ``float``            `NumberInput`
``bool``                      `CheckBox`; ``bool | None`` a `Select` of Yes and No
``date``, ``time``,           `DateInput`, `TimeInput`, `DateTimeInput`
``datetime``
``Enum``, ``Literal``         `Select`, or radios with ``metadata={"input": RadioGroup}``
``list``, ``tuple``, ``set``  a `Select` with ``multiple``, for enums, literals or ``choices``
``Decimal``, ``Path``,        `TextInput`
``UUID``
``T | None``                  as ``T``, but can be empty
============================  =====================================================

The annotation ``Annotated[str, EmailInput]`` chooses an input. The ``metadata`` of a field can
have ``label``, ``help``, ``input`` and ``choices`` (values, or ``(value, label)``); everything else
is an attribute of the input: ``min``, ``max``, ``step``, ``pattern``, ``placeholder`` ...

The module ``form`` arranges the fields, shows errors and handles the submit event.
Threads: can be used from any thread, because it makes only nodes that are not attached.
"""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

from everview.errors import FormError
from everview.html.fields.choices import RadioGroup
from everview.html.fields.inputs import InputElement
from everview.html.fields.select import Select
from everview.html.fields.validity import Validity
from everview.i18n import _

#: The classes of inputs in a form. `InputElement.BY_PYTHON_TYPE` has the input for each type.
FormInput: TypeAlias = InputElement | RadioGroup[Any]

_SEQUENCES: dict[Any, Callable[[Iterable[Any]], Any]] = {
    list: list, tuple: tuple, set: set, frozenset: frozenset,
}  # fmt: skip
_OURS = frozenset({"label", "help", "input", "choices"})


@dataclasses.dataclass(eq=False)
class FormField:
    """One field of a form: its input, and conversions to and from the dataclass's value."""

    name: str
    label: str
    help: str
    input: FormInput
    to_python: Callable[[Any], Any]
    to_input: Callable[[Any], Any]

    def read(self) -> Any:
        """The value for the dataclass. Raises ValueError with a reason for the user."""
        return self.to_python(self.input.value)

    def write(self, value: object) -> None:
        """Show ``value``, a value of the dataclass, in the input."""
        self.input.value = self.to_input(value)


def make_fields(cls: type[Any], only: Iterable[str] | None = None) -> list[FormField]:
    """The fields for the parameters of the dataclass's ``__init__``, or for the names in ``only``.

    Raises:
        FormError: a type has no input, or a name is unknown.
    """
    try:
        annotations = typing.get_type_hints(cls, include_extras=True)
    except NameError as error:
        raise FormError(f"an annotation of {cls.__name__} cannot be resolved: {error}") from None
    wanted = None if only is None else list(only)
    known = {field.name: field for field in dataclasses.fields(cls) if field.init}
    for name in wanted or ():
        if name not in known:
            raise FormError(f"{cls.__name__} has no field {name!r}; it has {', '.join(known)}")
    return [
        _make_field(cls, known[name], annotations[name])
        for name in (known if wanted is None else wanted)
    ]


def _make_field(cls: type[Any], field: dataclasses.Field[Any], annotation: Any) -> FormField:
    metadata = dict(field.metadata)
    if typing.get_origin(annotation) is typing.Annotated:
        annotation, *extras = typing.get_args(annotation)
        for extra in extras:
            if isinstance(extra, type) and issubclass(extra, Validity):
                metadata.setdefault("input", extra)
            elif isinstance(extra, dict):
                metadata = {**extra, **metadata}
    kind, optional = _without_none(annotation)
    attributes = {name: value for name, value in metadata.items() if name not in _OURS}
    given_choices = metadata.get("choices")
    if kind is bool and optional and given_choices is None:
        given_choices = [(True, _("Yes")), (False, _("No"))]  # a check box cannot show None
    choices, sequence = _choices(kind, given_choices)
    given = metadata.get("input")
    if choices is not None:
        field_of: Any = _choice_field(choices, sequence, optional, given, attributes)
    else:
        field_of = _plain_field(cls, field, kind, optional, given, attributes)
    made, to_python, to_input = field_of
    label = str(metadata.get("label") or field.name.replace("_", " ").strip().capitalize())
    return FormField(field.name, label, str(metadata.get("help") or ""), made, to_python, to_input)


def _without_none(annotation: Any) -> tuple[Any, bool]:
    """Return ``(T, True)`` for ``T | None``, and ``(annotation, False)`` for any other type."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        kinds = [kind for kind in typing.get_args(annotation) if kind is not type(None)]
        if len(kinds) == 1:
            return kinds[0], True
    return annotation, False


def _choices(kind: Any, given: Any) -> tuple[list[Any] | None, Any]:
    """Return the choices as ``(value, label)`` pairs, and the sequence type of ``kind``.

    The first result is None if ``kind`` has no choices, the second if it is not a sequence type.
    """
    sequence = _SEQUENCES.get(typing.get_origin(kind) or kind)
    if sequence is not None:
        kind = next(iter(typing.get_args(kind)), None)
    values: list[Any] | None = None
    if given is not None:
        values = [item if isinstance(item, tuple) else (item, str(item)) for item in given]
    elif typing.get_origin(kind) is typing.Literal:
        values = [(value, str(value)) for value in typing.get_args(kind)]
    elif isinstance(kind, type) and issubclass(kind, enum.Enum):
        values = [(member, _label_of(member)) for member in kind]
    return values, sequence


def _label_of(member: enum.Enum) -> str:
    named = member.name.replace("_", " ").capitalize()
    return member.value if isinstance(member.value, str) else named


def _choice_field(
    choices: list[Any], sequence: Any, optional: bool, given: Any, attributes: dict[str, Any]
) -> tuple[Any, Callable[[Any], Any], Callable[[Any], Any]]:
    if sequence is not None:
        made = Select(values=choices, multiple=True, **attributes)
        return made, sequence, lambda value: [] if value is None else list(value)
    if given is RadioGroup:
        return RadioGroup(values=choices, required=not optional, **attributes), _same, _same
    if all(value is not None for value, _ in choices):
        # Add an empty choice, so that nothing is chosen at first.
        choices = [(None, ""), *choices]
    return Select(values=choices, required=not optional, **attributes), _same, _same


def _plain_field(
    cls: type[Any],
    field: dataclasses.Field[Any],
    kind: Any,
    optional: bool,
    given: Any,
    attributes: dict[str, Any],
) -> tuple[Any, Callable[[Any], Any], Callable[[Any], Any]]:
    input_class = given or InputElement.BY_PYTHON_TYPE.get(kind)
    if input_class is None:
        raise FormError(
            f"{cls.__name__}.{field.name}: there is no input for {kind!r}. "
            'Give one: field(metadata={"input": ...}), or {"choices": [...]}'
        )
    if kind is bool:
        return input_class(**attributes), _same, _same
    if "required" not in attributes:
        # If the default is an empty string, an empty field is valid.
        attributes["required"] = not optional and field.default != ""
    if kind is int:
        attributes.setdefault("step", 1)
        return input_class(**attributes), _to_int, _same
    if kind is float:
        return input_class(**attributes), _to_float, _same
    if kind in (Decimal, Path, UUID):
        return input_class(**attributes), _reader(kind), lambda v: "" if v is None else str(v)
    if kind is str:
        to_python = _none_if_empty if optional else _same
        return input_class(**attributes), to_python, lambda v: "" if v is None else v
    return input_class(**attributes), _same, _same


def _same(value: Any) -> Any:
    return value


def _none_if_empty(value: Any) -> Any:
    return None if value == "" else value


def _to_int(value: float | None) -> int | None:
    return None if value is None else int(value)


def _to_float(value: float | None) -> float | None:
    return None if value is None else float(value)


def _reader(kind: Any) -> Callable[[Any], Any]:
    def read(text: str) -> Any:
        try:
            return kind(text) if text else None
        except (ValueError, InvalidOperation):
            template = _("{text} is not a valid {kind}.")
            raise ValueError(template.format(text=repr(text), kind=kind.__name__)) from None

    return read
