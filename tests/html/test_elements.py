"""Element classes, their namespaces, and attributes as Python values."""

from __future__ import annotations

from enum import StrEnum

import pytest

from everview.errors import AttributeValueError
from everview.html import (
    HTML,
    A,
    Button,
    Div,
    Document,
    Element,
    Form,
    Img,
    Input,
    Label,
    Math,
    Optgroup,
    Option,
    Select,
    Span,
    Svg,
    TextArea,
    TextInput,
    element,
    mathml,
    svg,
)  # fmt: skip
from everview.html.elements import tags
from everview.html.tree.safety import REFUSED_TAGS
from everview.testing.page.replica import Replica

#: The elements that section 4 of the HTML standard defines ("The elements of HTML").
STANDARD = """html head title base link meta style body article section nav aside h1 h2 h3 h4 h5 h6
hgroup header footer address p hr pre blockquote ol ul menu li dl dt dd figure figcaption main search
div a em strong small s cite q dfn abbr ruby rt rp data time code var samp kbd sub sup i b u mark bdi
bdo span br wbr ins del picture source img iframe embed object video audio track map area table caption
colgroup col tbody thead tfoot tr td th form label input button select selectedcontent datalist optgroup
option textarea output progress meter fieldset legend details summary dialog script noscript template
slot canvas""".split()
SVG_STANDARD = """a animate animateMotion animateTransform circle clipPath defs desc ellipse feBlend
feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap
feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge
feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter
foreignObject g image line linearGradient marker mask metadata mpath path pattern polygon polyline
radialGradient rect script set stop style svg switch symbol text textPath title tspan use view""".split()
MATH_STANDARD = """annotation annotation-xml maction math merror mfrac mi mmultiscripts mn mo mover mpadded
mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder
munderover semantics""".split()


def classes_of(module) -> dict[str, type[Element]]:
    found = (getattr(module, name) for name in module.__all__)
    return {cls.TAG_NAME: cls for cls in found if isinstance(cls, type)}


def test_every_allowed_element_has_a_class() -> None:
    fields = {cls.TAG_NAME: cls for cls in (Form, Input, Select, Option, Optgroup, TextArea)}
    html = classes_of(tags) | fields | {"html": HTML}
    assert set(STANDARD) - set(html) == REFUSED_TAGS & set(STANDARD)
    assert set(SVG_STANDARD) - set(classes_of(svg)) == {
        tag for tag in SVG_STANDARD if tag.lower() in REFUSED_TAGS
    }
    assert set(MATH_STANDARD) <= set(classes_of(mathml))
    for module in (tags, svg, mathml):
        for tag, cls in classes_of(module).items():
            assert cls().tag_name == tag


def test_class_a_of_each_module_has_the_namespace_of_the_module() -> None:
    assert (A.NAMESPACE, svg.A.NAMESPACE, mathml.Mi.NAMESPACE) == ("", "svg", "math")
    assert svg.Svg is Svg and mathml.Math is Math


def wire_tags(node: Element) -> list[str]:
    document = Document()
    document.root.append(node)
    found: list[str] = []

    def collect(items: list) -> None:
        for item in items:
            if isinstance(item, list):
                found.append(item[0])
                collect(item[1:])

    collect(document.snapshot()["tree"])
    return found


def test_namespace_is_sent_if_the_page_cannot_infer_it() -> None:
    assert wire_tags(Div(Svg(svg.G(svg.Circle())))) == ["div", "svg", "g", "circle"]
    assert wire_tags(Div(svg.Circle())) == ["div", "svg:circle"]
    assert wire_tags(Svg(svg.ForeignObject(Div(Svg(svg.A()))))) == [
        "svg", "foreignObject", "div", "svg", "a",
    ]  # fmt: skip
    assert wire_tags(Math(mathml.Mtext(Span(), mathml.Mi()))) == [
        "math",
        "mtext",
        "span",
        "math:mi",
    ]
    replica = Replica()
    document = Document()
    document.root.append(Div(svg.Circle()))
    replica.apply(document.snapshot())
    assert [node.tag for node in replica.root.walk()] == ["main", "div", "circle"]


def test_elements_with_the_same_tag_have_the_same_class() -> None:
    assert type(element("my-chart")) is type(element("my-chart"))
    assert element("my-chart", "x", data_n=1).attributes["data-n"] == "1"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("disabled", True, ""), ("disabled", False, None), ("disabled", None, None),
        ("disabled", 0, None), ("disabled", 1, ""), ("disabled", "", ""), ("checked", 3, ""),
        ("hidden", True, ""), ("hidden", "until-found", "until-found"),
        ("draggable", True, "true"), ("draggable", False, "false"), ("aria-hidden", False, "false"),
        ("data-on", False, "false"), ("translate", False, "no"), ("autocomplete", False, "off"),
        ("spellcheck", None, None), ("tabindex", 0, "0"), ("width", 1.5, "1.5"),
        ("class", ["a", None, "b", False, "a"], "a b"), ("class", [], None),
        ("style", {"font_size": "2em", "--my_size": 3, "top": None}, "font-size: 2em; --my_size: 3"),
        ("style", {}, None),
    ],
)  # fmt: skip
def test_attribute_values_become_html_text(name, value, text) -> None:
    div = Div(attributes={name: value})
    assert div.attributes.get(name) == text
    div.attributes[name] = "x"
    div.attributes[name] = value
    assert div.attributes.get(name) == text


def test_member_of_a_text_enum_is_sent_as_text() -> None:
    class Kind(StrEnum):
        ROW = "row"

    attribute = Div(role=Kind.ROW).attributes["role"]
    assert attribute == "row" and type(attribute) is str


def test_attributes_can_be_replaced() -> None:
    div = Div(title="old", lang="en")
    div.attributes = {"title": "new", "_unused": None}
    assert dict(div.attributes) == {"title": "new"}


def test_style_accepts_the_same_values_as_the_keyword() -> None:
    div = Div(style="color: red")
    div.style["font_size"] = 12
    div.style["--my_size"] = "1px"
    div.style["color"] = None
    assert dict(div.style) == {"font-size": "12", "--my_size": "1px"}
    del div.style["font_size"]
    assert div.attributes["style"] == "--my_size: 1px"
    with pytest.raises(AttributeValueError, match="the style 'top' cannot be"):
        div.style["top"] = object()


def test_dict_given_as_a_child_is_refused() -> None:
    with pytest.raises(AttributeValueError, match="cannot be a child"):
        Div({"color": "red"})


def test_label_refers_to_its_field() -> None:
    field = TextInput()
    label = Label("Name", _for=field)
    assert label.attributes["for"] == field.id_list[0]
    named = TextInput(_id="mine")
    assert Label("Name", _for=named).attributes["for"] == "mine"


def test_ignored_element_has_the_attribute_for_the_page() -> None:
    link = A("x", href="/")
    assert link.ignore is False
    link.ignore = True
    assert link.attributes["data-ignore"] == ""
    link.ignore = False
    assert "data-ignore" not in link.attributes


def test_element_names_from_lona_are_accepted() -> None:
    text = TextInput("x", bubble_up=True)
    assert dict(text.attributes) == {"type": "text"}
    node = Div(Span("a"), Span("b"), _id="x", _class="y")
    assert node.has_id("x") and node.has_class("y") and not node.has_class("x")
    node[0] = Span("c")
    del node[1]
    assert node.get_text() == "c"


def test_state_is_not_sent_to_a_page() -> None:
    div = Div()
    div.state["rows"] = [object()]
    assert div.state["rows"] and wire_tags(div) == ["div"]


def test_handler_added_later_adds_its_event() -> None:
    document = Document()
    button = Img(alt="x")
    document.root.append(button)
    revision = document.snapshot()["to"]
    button.set_handler("click", print)
    assert document.delta(revision)["set"] == [[button.node_id, {"@": ("click",)}]]
    assert Button("x").events == ("click",)
