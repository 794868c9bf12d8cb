"""The public methods of nodes, used in the way that authors use them."""

from __future__ import annotations

import datetime

import pytest

from everview.errors import AttributeValueError, HandlerError, SelectorError, UnsafeHTMLError
from everview.html import (
    CHANGE,
    HTML,
    A,
    B,
    Button,
    CheckBox,
    Div,
    Document,
    Element,
    Img,
    Label,
    Li,
    NumberInput,
    Option,
    P,
    Popup,
    Radio,
    Section,
    Select,
    Span,
    TextArea,
    TextInput,
    Ul,
    element,
)  # fmt: skip


def test_children_of_all_types_become_nodes() -> None:
    div = Div("text", 1, 2.5, None, (Span(n) for n in range(2)), [Span("x"), ["y"]])
    assert div.get_text() == "text12.501xy"
    with pytest.raises(AttributeValueError, match="cannot be a child"):
        Div(datetime.date(2026, 1, 1))


def test_keywords_become_attributes() -> None:
    div = Div(
        _class="a b", _id="x", data_row=3, aria_hidden=True, hidden=False, style={"top": "1px"}
    )
    assert dict(div.attributes) == {
        "class": "a b", "id": "x", "data-row": "3", "aria-hidden": "true", "style": "top: 1px",
    }  # fmt: skip
    assert Label(_for="x").attributes["for"] == "x"
    assert Div(attributes={"viewBox": "0 0 1 1"}).attributes["viewBox"] == "0 0 1 1"
    with pytest.raises(AttributeValueError, match="title"):
        Div(title=object())


def test_class_lists_and_styles_change_the_element() -> None:
    div = Div(_class="a")
    div.class_list.add("b", "a")
    assert list(div.class_list) == ["a", "b"]
    assert div.class_list.toggle("a") is False
    div.style["background"] = "url(x;y)"
    div.style["color"] = "red"
    assert dict(div.style) == {"background": "url(x;y)", "color": "red"}
    del div.style["background"]
    assert div.attributes["style"] == "color: red"


def test_siblings_compare_by_identity() -> None:
    items = [Li("same"), Li("same"), Li("same")]
    rows = Ul(items)
    rows.remove(items[1])
    assert rows.nodes == [items[0], items[2]]
    assert rows.nodes.index(items[2]) == 1
    assert items[0] != items[2]
    assert items[0].same_as(items[2])
    with pytest.raises(ValueError, match="not a child"):
        rows.remove(items[1])


def test_nodes_are_a_mutable_sequence() -> None:
    a, b, c, d = (Li(x) for x in "abcd")
    rows = Ul(a, b, c)
    rows.nodes[0] = d
    assert rows.nodes == [d, b, c]
    rows.nodes[1:] = [a]
    assert rows.nodes == [d, a]
    rows.nodes.insert(-1, b)
    assert rows.nodes == [d, b, a]
    del rows.nodes[0]
    assert rows.nodes.pop() is a
    assert list(reversed(rows.nodes)) == [b]
    rows.nodes.extend([c, "text"])
    assert len(rows) == 3
    rows.nodes.reverse()
    assert rows.get_text() == "textcb"


def test_child_inserted_into_another_parent_is_moved() -> None:
    item = Li("x")
    first, second = Ul(item), Ul()
    second.append(item)
    assert item.parent is second
    assert len(first) == 0


def test_value_that_could_run_a_script_is_refused() -> None:
    for make in (
        lambda: element("script"), lambda: element("iframe"), lambda: Div(onclick="x()"),
        lambda: A(href="javascript:alert(1)"), lambda: A(href=" java\tscript:alert(1)"),
        lambda: Img(src="data:text/html,x"), lambda: Div(attributes={"srcdoc": "<b>"}),
        lambda: element("not a name"),
    ):  # fmt: skip
        with pytest.raises(UnsafeHTMLError):
            make()
    A(href="/relative?next=javascript:x")
    A(href="https://example.org/")
    Img(src="data:image/png;base64,AAAA")


def test_handler_that_is_not_callable_is_refused() -> None:
    with pytest.raises(HandlerError, match="without parentheses"):
        Button("x", handle_click="nope")

    class Own(Div):
        def handle_click(self, event):
            return "own"

    own = Own()
    assert own.listens_to("click")
    assert own.get_handler("click")(None) == "own"
    assert Div(events=[CHANGE(300)], handle_change=print).events == ("change:300",)


def test_selector_finds_elements() -> None:
    html = HTML(
        Div(Span("a", _class="x first"), Span("b", _class="x", data_n=2), _id="box"),
        Ul(Li("c"), Li(A("d", href="https://example.org"))),
    )
    found = {
        "#box > .x": "ab", "span + span": "b", ".first ~ span": "b", "li:last-child a": "d",
        "[data-n]": "b", 'a[href^="https"]': "d", "li:not(:first-child)": "d", "ul a, #box": "abd",
        "div span.x.first": "a", "*:empty": "",
    }  # fmt: skip
    for selector, text in found.items():
        assert "".join(node.get_text() for node in html.query_selector_all(selector)) == text, (
            selector
        )
    assert html.query_selector("a").closest("ul").tag_name == "ul"
    for wrong in ("", "a >", "> a", "a:hover", "[x", "a b)"):
        with pytest.raises(SelectorError):
            html.query_selector(wrong)


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("[data-a]", "12345"), ("[data-a=one]", "1"), ('[data-a="two words"]', "2"), ("[data-a~=words]", "2"),
        ("[data-a|=en]", "34"), ("[data-a^=en]", "345"), ("[data-a$='s']", "2"), ("[data-a*=' ']", "2"),
        ("[data-a*='']", ""), ("[ data-a = one ]", "1"), ("p[data-a]:not([data-a|=en])", "12"),
        ("div > p", "124"), ("div p", "1234"), ("section p, section + p", "34"), ("div ~ p", "4"),
        ("div>section>p[data-a=en]", "3"), ("#top  p.x", "1"), ("P.x", "1"), ("b", "5"), ("div div", "123"),
    ],
)  # fmt: skip
def test_selector_with_combinators_and_attributes_matches(selector: str, found: str) -> None:
    html = HTML(
        Div(
            P("1", data_a="one", _class="x"), P("2", data_a="two words"),
            Section(P("3", data_a="en")), _id="top",
        ),
        Section(), P("4", data_a="en-GB"), B("5", data_a="enough"),
    )  # fmt: skip
    assert "".join(node.get_text() for node in html.query_selector_all(selector)) == found
    for node in html.query_selector_all(selector):
        assert node.root is html and node.closest(selector) is node


def test_fields_have_values_of_their_type() -> None:
    assert TextInput("a\nb").value == "ab"
    assert TextArea("a\r\nb").value == "a\nb"
    assert NumberInput(3).value == 3.0
    assert CheckBox().value is False
    number = NumberInput()
    assert number.receive("1.50") == 1.5
    assert number.receive("abc") is None
    assert number.receive("1e999") is None
    for field, nonsense in ((TextInput(), 3), (CheckBox(), "yes"), (Select(values=[1]), ["5"])):
        with pytest.raises(ValueError, match="expected"):
            field.receive(nonsense)
    with pytest.raises(AttributeValueError):
        NumberInput("3")


def test_selects_hold_values_of_any_type() -> None:
    select = Select(values=[(None, "none"), (3, "three")])
    assert select.value is None
    select.value = 3
    assert select.value == 3
    Document().root.append(select)
    assert select.receive([select.options[0].node_id]) is None
    with pytest.raises(AttributeValueError, match="no option 4"):
        select.value = 4
    several = Select(Option("a"), Option("b"), multiple=True)
    several.value = ["b", "a"]
    assert several.value == ("a", "b")
    Document().root.append(several)
    assert several.receive([several.options[1].node_id]) == ("b",)


def test_only_one_radio_of_a_group_is_checked() -> None:
    radios = [Radio(n == 0, name="group") for n in range(3)]
    other = Radio(True, name="other")
    HTML(radios, other)
    radios[2].receive(True)
    assert [radio.value for radio in radios] == [False, False, True]
    assert other.value is True


def test_hidden_element_is_shown_again() -> None:
    div = Div()
    div.hide()
    assert div.hidden
    div.show()
    assert not div.hidden


def test_popup_has_a_label() -> None:
    popup = Popup("Sure?", answers=("Yes", "No"))
    dialog = popup.query_selector('[role="alertdialog"]')
    title = popup.query_selector("#" + dialog.attributes["aria-labelledby"])
    assert title.get_text() == "Sure?"
    assert isinstance(popup, Element)


def test_state_can_be_given_to_the_constructor() -> None:
    node = Div(state={"row": 5})
    node.state["more"] = True
    assert node.state == {"row": 5, "more": True}
    assert not node.attributes
