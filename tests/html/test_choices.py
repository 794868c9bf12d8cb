"""Check boxes, radios, radio groups."""

from __future__ import annotations

import pytest

from everview.errors import AttributeValueError
from everview.html import (
    HTML,
    CheckBox,
    Div,
    Document,
    Fieldset,
    Form,
    Input,
    Label,
    Radio,
    RadioButton,
    RadioGroup,
)
from everview.testing.page.replica import Replica


def test_check_box_accepts_only_true_and_false() -> None:
    assert CheckBox().value is False and CheckBox(True).value is True
    assert CheckBox(checked=True).value is True and CheckBox(attributes={"checked": ""}).checked
    for wrong in ("false", 1, None, ""):
        with pytest.raises(AttributeValueError, match="give True or False"):
            CheckBox().value = wrong
    box = CheckBox(required=True)
    assert box.reason == "Please check this box."
    assert box.receive(True) is True and box.valid
    assert CheckBox(required=True, readonly=True).reason  # readonly has no effect on a check box
    with pytest.raises(ValueError, match="expected"):
        box.receive("true")


def shown_document(*children) -> Document:
    document = Document()
    document.root.append(HTML(*children))
    return document


def checked(radios) -> list[int]:
    return [index for index, radio in enumerate(radios) if radio.value]


def test_only_one_of_two_checked_radios_stays_checked_when_attached() -> None:
    radios = [Radio(True, name="a"), Radio(True, name="a"), Radio(False, name="a")]
    shown_document(Div(radios))
    assert checked(radios) == [1]


def test_checked_radio_that_is_attached_later_unchecks_the_other() -> None:
    first, second = Radio(True, name="a"), Radio(True, name="a")
    document = shown_document(first)
    revision = document.snapshot()["to"]
    document.root.nodes[0].append(second)
    assert checked([first, second]) == [1]
    assert [first.node_id, {".checked": False}] in document.delta(revision)["set"]


def test_radios_of_two_forms_are_separate_groups() -> None:
    radios = [Radio(True, name="size"), Radio(True, name="size"), Radio(True, name="size")]
    forms = Form(radios[0]), Form(Div(radios[1]))
    document = shown_document(forms, radios[2])
    assert checked(radios) == [0, 1, 2]
    other = Radio(name="size")
    forms[1].append(other)
    other.value = True
    assert checked([*radios, other]) == [0, 2, 3]
    # Moving a form does not change its groups. A radio button that moves to another form joins
    # another group.
    document.root.nodes[0].prepend(forms[1])
    assert checked([*radios, other]) == [0, 2, 3]
    forms[0].append(other)
    assert checked([*radios, other]) == [2, 3]
    radios[1].value = True
    assert checked([*radios, other]) == [1, 2, 3]


def test_renamed_radio_changes_its_group() -> None:
    a, b = Radio(True, name="a"), Radio(True, name="b")
    document = shown_document(a, b)
    b.attributes["name"] = "a"
    assert checked([a, b]) == [1]
    b.attributes["name"] = None
    a.value = True
    assert checked([a, b]) == [0, 1]
    assert set(document.groups.values()) == {a}


def test_radios_without_a_name_are_not_a_group() -> None:
    radios = [Radio(), Radio()]
    shown_document(radios)
    for radio in radios:
        radio.value = True
    assert checked(radios) == [0, 1]


def test_detached_radios_are_removed_from_their_groups() -> None:
    radios = [Radio(True, name=f"group {n % 3}") for n in range(9)]
    document = shown_document(Form(radios[:5]), Div(radios[5:]))
    assert len(document.groups) == 6 and document._watching == 9
    radios[8].value = False
    document.root.clear()
    assert document.groups == {} and document._watching == 0
    assert checked(radios) == [2, 3, 4, 6, 7]


def test_checking_an_attached_radio_searches_no_nodes(monkeypatch) -> None:
    radios = [Radio(name="a") for _ in range(3)]
    shown_document(Div(Div(n) for n in range(50)), radios)
    walked = []
    monkeypatch.setattr("everview.html.tree.node.ParentNode.walk", lambda self: walked.append(self) or [])
    for radio in (*radios, *radios):
        radio.value = True
        assert checked(radios) == [radios.index(radio)]
    assert walked == []


def test_required_group_without_a_choice_is_invalid() -> None:
    radios = [Radio(name="a", required=True), Radio(name="a")]
    assert not radios[0].valid
    shown_document(radios)
    assert radios[0].reason == "Please choose one of these." and radios[1].valid
    radios[1].value = True
    assert radios[0].valid


def test_radio_button_has_a_value() -> None:
    buttons = [RadioButton(value=n, checked=n == 2, name="n") for n in (1, 2, None)]
    assert [button.value for button in buttons] == [1, 2, None]
    assert [button.checked for button in buttons] == [False, True, False]
    shown_document(buttons)
    assert buttons[0].receive(True) == 1  # `receive` returns the data of the event for the handler
    assert [button.checked for button in buttons] == [True, False, False]


def test_radio_group_has_the_value_of_its_checked_button() -> None:
    group = RadioGroup(values=[(None, "none"), 3, "x"], value=3, required=True)
    other = RadioGroup(values=[3])
    document = shown_document(group, other)
    replica = Replica()
    replica.apply(document.snapshot())
    assert (group.value, group.values, group.valid) == (3, (None, 3, "x"), True)
    group.value = "x"
    replica.apply(document.delta(replica.revision))
    states = [replica.nodes[radio.node_id].attributes[".checked"] for radio in group.radio_buttons]
    assert states == [False, False, True]
    with pytest.raises(AttributeValueError, match="no choice 4; it has"):
        group.value = 4
    other.value = 3
    assert group.value == "x"
    group.value = None  # chooses the first button, whose value is None
    assert group.checked_radio_button is group.radio_buttons[0]
    other.value = None
    assert other.checked_radio_button is None and other.value is None


def test_radio_group_can_be_used_as_in_lona() -> None:
    group = RadioGroup()
    group.add_button("One", 1)
    button = RadioButton(value=2)
    label = Label("Two")
    group.add_button(label, button)
    group.append(Div(Label("Three", RadioButton(value=3))))
    names = {radio.attributes["name"] for radio in group.radio_buttons}
    assert len(names) == 1 and group.values == (1, 2, 3)
    assert label.attributes["for"] == button.id_list[0]
    assert Input(type="radio", name="x", checked=True).value is True


def test_disabled_group_is_always_valid() -> None:
    group = RadioGroup(values=[1], required=True)
    assert group.reason == "Please choose one of these."
    group.disabled = True
    assert group.valid
    group.disabled = False
    Fieldset(group, disabled=True)
    assert group.valid
