"""Fuzz the data of events: values of fields, and other data that handlers read."""

from __future__ import annotations

from typing import Any

import msgspec

from everview.html import (
    CheckBox,
    Form,
    NumberInput,
    Option,
    Select,
    TextArea,
    TextInput,
)
from everview.html.fields.inputs import InputElement
from everview.runtime.windows.updates import encode

KINDS = ("date", "time", "datetime-local", "month", "week", "color", "range", "radio", "password", "email")


def fields() -> list[InputElement]:
    several = Select(Option("a"), Option("b"), Option("c"), multiple=True)
    made: list[Any] = [TextInput("a"), TextArea("b"), CheckBox(False), NumberInput(1),
                       Select(Option("a"), Option("b")), several]
    made += [InputElement(type=kind) for kind in KINDS]
    Form(*made)
    return made


def one(data: bytes) -> None:
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    for field in fields():
        try:
            accepted = field.receive(value)
        except ValueError:
            continue
        # It must be possible to send an accepted value to all other windows.
        field.event_data(accepted)
        encode(dict(field.attributes))
