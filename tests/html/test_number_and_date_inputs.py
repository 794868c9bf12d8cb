"""Numbers, dates and times: types, partly typed text, limits and steps."""

from __future__ import annotations

import datetime
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from everview.errors import AttributeValueError
from everview.html import (
    DateInput,
    DateTimeInput,
    Div,
    Document,
    MonthInput,
    NumberInput,
    Range,
    TextInput,
    TimeInput,
    WeekInput,
)
from everview.testing.page.replica import Replica

moment = datetime.datetime.fromisoformat


@pytest.mark.parametrize(
    ("cls", "text", "value"),
    [
        (NumberInput, "1.50", 1.5), (NumberInput, "-1e3", -1000.0), (NumberInput, ".5", 0.5),
        (DateInput, "2026-11-22", date(2026, 11, 22)), (MonthInput, "2026-11", date(2026, 11, 1)),
        (WeekInput, "2026-W47", date(2026, 11, 16)), (WeekInput, "2026-W01", date(2025, 12, 29)),
        (TimeInput, "08:05", time(8, 5)), (TimeInput, "08:05:09.250", time(8, 5, 9, 250_000)),
        (DateTimeInput, "2026-11-22T08:05", moment("2026-11-22 08:05")),
    ],
)  # fmt: skip
def test_text_of_an_option_is_its_default_value(cls, text, value) -> None:
    field = cls()
    assert field.value is None
    assert field.receive(text) == value
    assert field.value == value and type(field.value) is type(value)
    assert field._wire_value() == text  # pages get the text as it was typed
    again = cls(value)
    assert again.parse(again._wire_value()) == value
    field.value = None
    assert field.value is None and field._wire_value() == ""


@pytest.mark.parametrize(
    ("cls", "texts"),
    [
        (NumberInput, ["abc", "1e999", "1_000", " 1", "nan", "inf", "1e", "０", "0x1"]),
        (DateInput, ["2026-13-01", "2026-02-30", "20261122", "12026-01-01", "0000-01-01", "2026-W47"]),
        (MonthInput, ["2026-13", "2026", "0000-01"]), (WeekInput, ["2026-W54", "2026-W00", "2026-47"]),
        (TimeInput, ["24:00", "8:05", "08:05:61", "08:05+01:00"]),
        (DateTimeInput, ["2026-11-22", "2026-11-22x08:05", "2026-11-22T08:05Z"]),
    ],
)  # fmt: skip
def test_value_of_text_that_is_not_a_value_is_none_with_a_reason(cls, texts) -> None:
    for text in texts:
        field = cls()
        field.receive(cls().format(field.value_at(Decimal(1))))
        assert field.value is not None
        assert field.receive(text) is None, text
        assert field.value is None and not field.valid and "Please enter a" in field.reason


@pytest.mark.parametrize(
    ("cls", "wrong"),
    [
        (NumberInput, "3"), (NumberInput, True), (NumberInput, float("nan")), (NumberInput, [1]),
        (DateInput, "2026-01-01"), (DateInput, moment("2026-01-01")), (DateInput, 3),
        (TimeInput, date(2026, 1, 1)), (TimeInput, time(1, tzinfo=datetime.UTC)),
        (DateTimeInput, date(2026, 1, 1)), (DateTimeInput, moment("2026-01-01T00:00+00:00")),
        (WeekInput, 47), (MonthInput, (2026, 11)), (Range, "3"),
    ],
)  # fmt: skip
def test_wrong_type_is_an_error_that_names_the_right_one(cls, wrong) -> None:
    field = cls()
    before = field.value
    with pytest.raises(AttributeValueError, match=f"{cls.__name__}.value cannot be .*: give "):
        field.value = wrong
    assert field.value == before
    with pytest.raises(AttributeValueError):
        cls(min=object())


def test_other_types_of_numbers_are_accepted() -> None:
    assert NumberInput(Decimal("1.5")).value == 1.5
    assert NumberInput(10**17)._wire_value() == "100000000000000000"
    assert NumberInput(0.1 + 0.2)._wire_value() == "0.30000000000000004"
    assert NumberInput(3.0)._wire_value() == "3"


WHOLE = [9007199254740993, -9007199254740995, 2**63 - 1, 10**22 + 1, 10**300 + 1]


@pytest.mark.parametrize("step", ["any", 1])
@pytest.mark.parametrize("whole", WHOLE)
def test_whole_number_that_no_float_represents_keeps_its_digits(whole: int, step: Any) -> None:
    field = NumberInput(step=step)
    assert field.receive(str(whole)) == whole and field.value == whole
    assert field.valid, field.reason
    field.value = None
    field.value = whole
    assert field.value == whole and field._wire_value() == str(whole)
    assert NumberInput(max=whole).max == whole
    assert not NumberInput(whole + 2, max=whole, step=step).valid
    assert type(NumberInput(Decimal(whole)).value) is int
    assert type(NumberInput(2**60).value) is float  # a float can represent this number.
    # A slider has no positions between floats, so its value is always a float.
    assert type(Range(whole, min=-(10**301), max=10**301, step=step).value) is float


def test_whole_number_with_an_exponent_is_exact_in_a_field_for_whole_numbers() -> None:
    assert NumberInput(step=1).receive("1e23") == 10**23
    assert NumberInput().receive("1e23") == 1e23
    assert NumberInput(step=2).receive("9007199254740993") == 9007199254740993
    assert not NumberInput(9007199254740993, step=2).valid


@pytest.mark.parametrize(
    "value", [10**400, -(10**400), Decimal("1e400"), Decimal("sNaN"), Fraction(10**400)]
)
def test_number_that_is_too_large_for_a_field_is_an_attribute_value_error(value: Any) -> None:
    for cls in (NumberInput, Range):
        with pytest.raises(AttributeValueError, match="a finite number"):
            cls().value = value
        with pytest.raises(AttributeValueError):
            cls(max=value)


def test_number_with_too_many_digits_for_a_text_is_an_attribute_value_error() -> None:
    """Python refuses to convert integers of more than 4,300 digits to text."""
    with pytest.raises(AttributeValueError):
        TextInput().value = 10**5000
    with pytest.raises(AttributeValueError):
        Div(title=10**5000)
    with pytest.raises(AttributeValueError):
        NumberInput(max=10**5000)
    with pytest.raises(AttributeValueError):
        NumberInput(10**5000)


def test_partly_typed_text_is_not_sent_to_other_pages() -> None:
    document = Document()
    field = NumberInput(5)
    document.root.append(field)
    replica = Replica()
    replica.apply(document.snapshot())
    assert field.receive(None) is None  # a person typed "1e"; browsers report it as no value
    replica.apply(document.delta(replica.revision))
    assert replica.nodes[field.node_id].attributes[".value"] is False
    assert field.value is None and field.reason == "Please enter a number."
    field.value = None  # the page must clear the field, although its value was None before
    replica.apply(document.delta(replica.revision))
    assert replica.nodes[field.node_id].attributes[".value"] == ""
    assert field.valid


def test_partly_typed_text_differs_from_an_empty_field() -> None:
    one, other = DateInput(), DateInput()
    assert one.same_as(other)
    one.receive(None)
    assert not one.same_as(other)


@pytest.mark.parametrize("data", [3, True, ["1"], {"a": 1}, "1" * 500])
def test_malformed_data_is_refused(data) -> None:
    field = NumberInput(7)
    with pytest.raises(ValueError, match="expected"):
        field.receive(data)
    assert field.value == 7


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        (NumberInput(required=True), "fill in"), (NumberInput(), ""), (NumberInput(1.25), ""),
        (NumberInput(4, min=5), "5 or more"), (NumberInput(5, min=5), ""), (NumberInput(6, max=5.5), "5.5 or less"),
        (NumberInput(0.3, step=0.1), ""), (NumberInput(0.35, step=0.1), "0.3 and 0.4"),
        (NumberInput(4, min=1, step=2), "3 and 5"), (NumberInput(5, min=1, step=2), ""),
        (NumberInput(1.5, step="nonsense"), "1 and 2"), (NumberInput(1e300, step=0.1), ""),
        (DateInput(date(2026, 1, 1), min=date(2026, 1, 2)), "2026-01-02 or more"),
        (DateInput(date(2026, 1, 8), min=date(2026, 1, 1), step=7), ""),
        (DateInput(date(2026, 1, 9), min=date(2026, 1, 1), step=7), "2026-01-08 and 2026-01-15"),
        (MonthInput(date(2026, 3, 9), min=date(2026, 1, 1), step=3), "2026-01 and 2026-04"),
        (WeekInput(date(2026, 11, 22), max=date(2026, 11, 1)), "2026-W44 or less"),
        (WeekInput(date(2026, 11, 22)), ""),
        (TimeInput(time(8, 0, 30)), "08:00 and 08:01"), (TimeInput(time(8, 0, 30), step=1), ""),
        (TimeInput(time(23), min=time(22), max=time(6)), ""),
        (TimeInput(time(12), min=time(22), max=time(6)), "from 22:00 to 06:00"),
        (TimeInput(time(7), min=time(8)), "08:00 or more"),
        (DateTimeInput(moment("2026-01-01 08:00:30")), "2026-01-01 08:00 and 2026-01-01 08:01"),
        (DateTimeInput(moment("2026-01-01 08:00"), max=moment("2026-01-01 07:59")), "07:59 or less"),
        (DateInput(date.max, min=date(2026, 1, 1), step=10**8), "the nearest is 2026-01-01."),
        (NumberInput(9.5, max=9, step=1, required=True), "9 or less"), (NumberInput(8.5, max=8.7, step=1), "nearest is 8."),
    ],
)  # fmt: skip
def test_value_outside_limits_or_steps_is_invalid(field, reason) -> None:
    assert reason in field.reason and bool(field.reason) is bool(reason)


def test_limits_have_the_type_of_the_value() -> None:
    field = DateInput(min=date(2026, 1, 1), max="2026-12-31")
    assert (field.min, field.max) == (date(2026, 1, 1), date(2026, 12, 31))
    field.max = None
    assert field.max is None and "max" not in field.attributes
    field.attributes["min"] = "nonsense"
    assert field.min is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Range(), 50.0), (Range(min=10, max=20), 15.0), (Range(5, min=10), 10.0), (Range(200), 100.0),
        (Range(2.4), 2.0), (Range(2.5), 3.0), (Range(0.25, max=1, step=0.1), 0.3), (Range(7, step="any"), 7.0),
        (Range(9, min=0, max=10, step=4), 8.0), (Range(11, min=0, max=11, step=4), 8.0),
        (Range(5, min=10, max=0), 10.0), (Range(0.123, max=1, step="any"), 0.123),
    ],
)  # fmt: skip
def test_slider_always_has_a_value(field, value) -> None:
    assert field.value == pytest.approx(value) and type(field.value) is float
    assert field.valid


def test_slider_stays_within_new_limits() -> None:
    document = Document()
    slider = Range(80)
    document.root.append(slider)
    revision = document.snapshot()["to"]
    slider.max = 60
    assert slider.value == 60.0
    assert document.delta(revision)["set"] == [[slider.node_id, {"max": "60", ".value": "60"}]]
    assert slider.receive("41.7") == 42.0
