"""Text fields: their values and their validity, compared with browsers."""

from __future__ import annotations

import pytest

from everview.errors import AttributeValueError
from everview.html import (
    ButtonInput,
    ColorInput,
    DateInput,
    Div,
    Document,
    EmailInput,
    Fieldset,
    HiddenInput,
    Input,
    InputElement,
    PasswordInput,
    SearchInput,
    Submit,
    TelInput,
    TextArea,
    TextInput,
    UrlInput,
)


def test_input_element_creates_the_field_of_its_type() -> None:
    assert type(Input()) is TextInput
    assert type(Input(type="email", value="a@b")) is EmailInput
    assert type(Input(type="DATE")) is DateInput
    assert type(Input("x", type="unheard-of")) is TextInput
    assert type(InputElement(type="submit", value="Go")) is Submit
    assert Input(type="checkbox", checked=True).value is True
    with pytest.raises(AttributeValueError, match=r"FileInput\(bucket\)"):
        Input(type="file")
    for kind, cls in InputElement.TYPES.items():
        assert Input(type=kind).attributes["type"] == kind
        assert isinstance(Input(type=kind), cls)


@pytest.mark.parametrize(
    "cls", [TextInput, TextArea, PasswordInput, SearchInput, TelInput, EmailInput, UrlInput]
)
@pytest.mark.parametrize("wrong", [None, object(), True, ["a"], b"x"])
def test_text_field_accepts_only_text(cls, wrong) -> None:
    field = cls("a")
    with pytest.raises(AttributeValueError, match=f"{cls.__name__}.value cannot be"):
        field.value = wrong
    assert field.value == "a"


def test_number_assigned_to_a_text_field_becomes_text() -> None:
    assert TextInput(5).value == "5"


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (TextInput("a\r\nb"), "ab"), (TextArea("a\r\nb\rc"), "a\nb\nc"), (EmailInput(" a@b \n"), "a@b"),
        (EmailInput("a@b , c@d", multiple=True), "a@b,c@d"), (UrlInput(" http://a "), "http://a"),
        (HiddenInput("a\nb"), "a\nb"), (ColorInput("#ABCDEF"), "#abcdef"), (ColorInput(), "#000000"),
    ],
)  # fmt: skip
def test_values_are_sanitized_as_in_browsers(field, expected) -> None:
    assert field.value == expected


# tests/browser/test_inputs.py compares these fields with the constraint validation of Chromium.
@pytest.mark.parametrize(
    ("field", "reason"),
    [
        (TextInput(""), ""), (TextInput("", required=True), "fill in"), (TextInput(" ", required=True), ""),
        (TextInput("abc", maxlength=2), "at most 2"), (TextInput("🎈", maxlength=1), "at most 1"),
        (TextInput("a", minlength=2), "at least 2"), (TextInput("", minlength=2), ""),
        (TextInput("ab", pattern="[a-z]"), "requested format"), (TextInput("b", pattern="[a-z]"), ""),
        (TextInput("1", pattern="[a-z]", title="one letter"), "format: one letter"),
        (TextInput("x", pattern="["), ""), (TextInput("", pattern="x"), ""),
        (TextArea("ab", pattern="x"), ""), (TextArea("", required=True), "fill in"),
        (EmailInput("a@b"), ""), (EmailInput("a@"), "e-mail"), (EmailInput("a b@c"), "e-mail"),
        (EmailInput("a@b..c"), "e-mail"), (EmailInput("a@-b"), "e-mail"), (EmailInput("ä@b"), "e-mail"),
        (EmailInput("a@b,c", multiple=True), "'c' is not an e-mail"), (EmailInput("a@b,c@d", multiple=True), ""),
        (UrlInput("https://a.b/c?d#e"), ""), (UrlInput("a.b"), "URL"), (UrlInput("http://"), "URL"),
        (UrlInput("mailto:a@b"), ""), (UrlInput("http://[::1"), "URL"), (UrlInput("http://a:x"), "URL"),
        (UrlInput("http://a b"), "URL"), (UrlInput("https://ä.example/€"), ""),
        (TextInput("", required=True, disabled=True), ""), (TextInput("", required=True, readonly=True), ""),
        (HiddenInput("", required=True), ""), (ButtonInput("", required=True), ""),
    ],
)  # fmt: skip
def test_invalid_text_has_a_reason(field, reason) -> None:
    assert reason in field.reason
    assert field.valid is (reason == "")
    assert bool(field.reason) is bool(reason)


def test_disabled_fieldset_disables_its_fields() -> None:
    field = TextInput("", required=True)
    fieldset = Fieldset(Div(field), disabled=True)
    assert field.valid
    fieldset.attributes["disabled"] = False
    assert not field.valid


def test_reason_set_by_the_author_makes_a_field_invalid() -> None:
    field = TextInput("taken")
    field.set_reason("This name is taken.")
    assert (field.valid, field.reason) == (False, "This name is taken.")
    field.receive("free")
    assert not field.valid  # the field stays invalid until the author removes the reason
    field.set_reason(None)
    assert field.valid


def test_invalid_text_stays_the_value() -> None:
    field = EmailInput()
    assert field.receive("ann@") == "ann@"
    assert field.value == "ann@" and not field.valid


@pytest.mark.parametrize(
    ("field", "data"),
    [
        (TextInput(), None), (TextInput(), 3), (TextInput(), "x" * 1_000_001), (ColorInput(), "red"),
        (HiddenInput("kept"), "x"), (Submit("Go"), "x"), (PasswordInput(), ["a"]),
    ],
)  # fmt: skip
def test_field_refuses_data_that_it_cannot_contain(field, data) -> None:
    before = field.value
    with pytest.raises(ValueError, match=r"expected|is not a value|cannot be edited"):
        field.receive(data)
    assert field.value == before


def test_value_attribute_sets_the_value() -> None:
    field = TextInput()
    field.attributes["value"] = "given"
    assert field.value == "given" and "value" not in field.attributes
    field.attributes["value"] = None
    assert field.value == ""


def test_password_is_never_sent_to_a_page() -> None:
    document = Document()
    field = PasswordInput("secret")
    document.root.append(field)
    assert "secret" not in str(document.snapshot())
    field.receive("other")
    assert "other" not in str(document.delta(0))
    field.value = ""
    assert document.snapshot()["tree"][1][1][".value"] == ""
