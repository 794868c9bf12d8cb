"""Forms for dataclasses: inputs, reading values, errors next to the fields."""

from __future__ import annotations

import enum
from dataclasses import KW_ONLY, dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest

from everview.errors import FormError
from everview.html import (
    CheckBox,
    DateInput,
    DateTimeInput,
    Div,
    Document,
    EmailInput,
    Form,
    NumberInput,
    P,
    RadioGroup,
    Range,
    Select,
    TextArea,
    TextInput,
    TimeInput,
)


class Colour(enum.Enum):
    RED = 1
    DARK_BLUE = 2


class Size(enum.Enum):
    SMALL = "small"
    LARGE = "Very large"


@dataclass
class Everything:
    text: str
    whole: int
    number: float
    yes: bool
    day: date
    moment: datetime
    clock: time
    colour: Colour
    size: Size | None
    word: Literal["a", 2]
    several: list[Colour]
    folder: Path | None
    price: Decimal = Decimal("1.50")
    notes: str = field(default="", metadata={"input": TextArea, "rows": 3, "help": "As you like"})
    mail: Annotated[str | None, EmailInput] = None
    level: Annotated[float, Range, {"max": 10}] = 4.0
    kind: str = field(default="b", metadata={"choices": ["a", ("b", "Bee")], "input": RadioGroup})
    maybe: bool | None = None
    tags: tuple[str, ...] = field(default=("x",), metadata={"choices": ["x", "y"]})
    made: str = field(init=False, default="here")
    _: KW_ONLY
    agreed: bool = field(default=False, metadata={"required": True, "label": "I agree"})


def test_each_type_gets_its_input() -> None:
    form = Form(Everything)
    kinds = {name: type(made) for name, made in form.inputs.items()}
    assert kinds == {
        "text": TextInput, "whole": NumberInput, "number": NumberInput, "yes": CheckBox, "day": DateInput,
        "moment": DateTimeInput, "clock": TimeInput, "colour": Select, "size": Select, "word": Select,
        "several": Select, "folder": TextInput, "price": TextInput, "notes": TextArea, "mail": EmailInput,
        "level": Range, "kind": RadioGroup, "tags": Select, "agreed": CheckBox, "maybe": Select,
    }  # fmt: skip
    required = {name for name, made in form.inputs.items() if made.required}
    assert required == {"text", "whole", "number", "day", "moment", "clock", "colour", "word", "price",
                        "level", "kind", "agreed"}  # fmt: skip
    assert [option.get_text() for option in form["colour"].options] == ["", "Red", "Dark blue"]
    assert [option.get_text() for option in form["size"].options] == ["", "small", "Very large"]
    assert form["several"].multiple and form["several"].values == tuple(Colour)
    assert form["whole"].attributes["step"] == "1" and form["notes"].attributes["rows"] == "3"
    assert (
        form["level"].max == 10.0 and form["tags"].value == ("x",) and form["price"].value == "1.50"
    )


def fill(form: Form, **values: Any) -> None:
    for name, value in values.items():
        form[name].value = value


FILLED: dict[str, Any] = {
    "text": "t", "whole": 3, "number": 1.5, "yes": True, "day": date(2026, 1, 2),
    "moment": datetime.fromisoformat("2026-01-02T03:04"), "clock": time(5, 6), "colour": Colour.DARK_BLUE,
    "word": 2, "several": [Colour.RED], "folder": "/tmp", "price": "2.50", "agreed": True,
}  # fmt: skip


def test_read_values_have_the_annotated_types() -> None:
    form = Form(Everything)
    fill(form, **FILLED)
    assert form.read() == Everything(
        "t", 3, 1.5, True, date(2026, 1, 2), datetime.fromisoformat("2026-01-02T03:04"), time(5, 6),
        Colour.DARK_BLUE, None, 2, [Colour.RED], Path("/tmp"), Decimal("2.50"), agreed=True,
    )  # fmt: skip
    form["maybe"].value = False
    assert form.read().maybe is False
    assert type(form.read().whole) is int and type(form.read().tags) is tuple


@dataclass
class Numbers:
    whole: int
    number: float


@pytest.mark.parametrize("whole", [9007199254740993, 2**63 - 1, 10**22 + 1])
def test_whole_number_in_a_dataclass_keeps_its_digits(whole: int) -> None:
    form = Form(Numbers)
    form["whole"].receive(str(whole))
    form["number"].receive(str(whole))
    read = form.read()
    assert read is not None and read.whole == whole
    assert read.number == float(whole) and type(read.number) is float
    again = Form(Numbers(whole, 0.5))
    assert again["whole"].wire_slots()[".value"] == str(whole)
    kept = again.read()
    assert kept is not None and kept.whole == whole


def test_form_shows_the_values_of_an_instance_and_returns_a_copy() -> None:
    @dataclass
    class Person:
        name: str
        age: int
        secret: str = "kept"

    person = Person("Ann", 40, "other")
    form = Form(person, fields=["age", "name"])
    assert list(form.inputs) == ["age", "name"] and form["age"].value == 40.0
    form["age"].receive("41")
    assert form.read() == Person("Ann", 41, "other") and person.age == 40


def errors(form: Form) -> dict[str, str]:
    rows = {name: row for name, row in form._rows.items() if not row.error.hidden}
    return {name: row.error.get_text() for name, row in rows.items()}


def test_error_is_shown_next_to_its_field() -> None:
    form = Form(Everything)
    fill(form, **FILLED)
    assert form.read() is not None and errors(form) == {}
    form["text"].value = ""
    form["price"].value = "much"
    form["whole"].receive(None)
    form["agreed"].value = False
    assert form.read() is None
    assert errors(form) == {
        "text": "Please fill in this field.", "price": "'much' is not a valid Decimal.",
        "whole": "Please enter a number.", "agreed": "Please check this box.",
    }  # fmt: skip
    assert form.focus_target is form["text"]
    for name in ("text", "price", "whole", "agreed"):
        made = form[name]
        assert made.attributes["aria-invalid"] == "true"
        error = form.query_selector("#" + made.attributes["aria-describedby"].split()[-1])
        assert error.get_text() == errors(form)[name] and not error.hidden
    # The error of a corrected field disappears at once; other fields get errors only on submit.
    form["text"].value = "x"
    row = form._rows["text"]
    event = object()
    assert row.get_handler("change")(event) is event
    assert "text" not in errors(form) and "aria-invalid" not in form["text"].attributes
    form["mail"].receive("ann@")
    form._rows["mail"].get_handler("change")(event)
    assert "mail" not in errors(form)


def test_error_of_the_dataclass_is_shown_above_the_fields() -> None:
    @dataclass
    class Span:
        first: int
        last: int

        def __post_init__(self) -> None:
            if self.last < self.first:
                raise ValueError("The last is before the first.")

    form = Form(Span)
    fill(form, first=3, last=1)
    assert form.read() is None
    alert = form.query_selector('[role="alert"]')
    assert alert.get_text() == "The last is before the first." and not alert.hidden
    form["last"].value = 4
    assert form.read() == Span(3, 4)
    assert alert.hidden
    form.show_error("Already there.", "first")
    assert errors(form) == {"first": "Already there."} and form.focus_target is form["first"]


def test_every_field_has_a_label() -> None:
    form = Form(Everything)
    Document().root.append(form)
    ids = [node.attributes["id"] for node in form.query_selector_all("[id]")]
    assert len(ids) == len(set(ids))
    labels = {node.attributes.get("for"): node for node in form.query_selector_all("label")}
    assert labels[form["text"].id_list[0]].get_text() == "Text"
    assert form["agreed"].closest("label").get_text().strip() == "I agree"
    heading = form.query_selector("#" + form["kind"].attributes["aria-labelledby"])
    assert heading.get_text() == "Kind"
    helped = form["notes"].attributes["aria-describedby"].split()
    assert form.query_selector("#" + helped[0]).get_text() == "As you like"
    # two forms of one page have different ids
    assert Form(Everything)["text"].id_list[0] not in ids


def test_form_without_a_dataclass_is_plain_html() -> None:
    form = Form(TextInput(name="q"), P("text"), _class="mine", handle_submit=print)
    assert [node.tag_name for node in form.nodes] == ["input", "p"]
    assert "novalidate" not in form.attributes and form.endings == ("submit",)
    assert form[0].attributes["name"] == "q"
    with pytest.raises(FormError, match="no dataclass"):
        form.read()
    with pytest.raises(KeyError):
        form["q"]


def test_form_has_buttons_below_further_children() -> None:
    form = Form(Size_or_text, Div("between"), submit="Save", cancel="Never mind", _class="wide")
    buttons = form.query_selector_all("button")
    assert [(b.get_text(), b.attributes["type"], b.events) for b in buttons] == [
        ("Save", "submit", ()), ("Never mind", "reset", ()),
    ]  # fmt: skip
    assert form.endings == ("submit", "reset") and form.nodes[-2].get_text() == "between"
    assert form.class_list == ["wide"]


@dataclass
class Size_or_text:  # noqa: N801
    value: str = ""


def test_type_without_an_input_is_an_error() -> None:
    @dataclass
    class Odd:
        things: dict[str, int]

    @dataclass
    class Texts:
        texts: list[str]

    @dataclass
    class Either:
        value: int | str

    for cls, name in ((Odd, "Odd.things"), (Texts, "Texts.texts"), (Either, "Either.value")):
        with pytest.raises(FormError, match=f"{name}: there is no input for .*metadata"):
            Form(cls)
    with pytest.raises(FormError, match="no field 'unknown'; it has value"):
        Form(Size_or_text, fields=["unknown"])
