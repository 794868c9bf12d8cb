"""`parse_html`: the same structure as in browsers, and refused content."""

from __future__ import annotations

import datetime

import pytest

from everview.errors import HierarchyError, HTMLError, UnsafeHTMLError
from everview.html import (
    HTML,
    Button,
    CheckBox,
    DateInput,
    Div,
    EmailInput,
    Form,
    NumberInput,
    Option,
    Radio,
    Select,
    TextArea,
    TextInput,
    parse_html,
    svg,
)  # fmt: skip
from everview.html.elements import tags
from everview.html.tree.element import Element


def plain(nodes) -> str:
    """Return the structure of nodes as text, for example ``p(a b(c))``."""
    parts = []
    for node in nodes:
        if isinstance(node, Element):
            parts.append(f"{node.tag_name}({plain(node.nodes)})")
        else:
            parts.append(node.text)
    return " ".join(parts)


@pytest.mark.parametrize(
    ("text", "structure"),
    [
        ("", ""), ("just text", "just text"), ("<p>a<b>c</b>d</p>", "p(a b(c) d)"),
        ("a<br>b<br/>c</br>", "a br() b br() c br()"), ("<P CLASS=x>a</P>", "p(a)"),
        ("<ul><li>a<li>b</ul>c", "ul(li(a) li(b)) c"),
        ("<ul><li>a<ul><li>b<li>c</ul><li>d</ul>", "ul(li(a ul(li(b) li(c))) li(d))"),
        ("<p>a<p>b<div>c</div>d", "p(a) p(b) div(c) d"), ("<p>a<span>b<p>c", "p(a span(b)) p(c)"),
        ("<dl><dt>a<dd>b<dt>c</dl>", "dl(dt(a) dd(b) dt(c))"),
        ("<table><thead><tr><th>a<th>b<tbody><tr><td>c<tr><td>d</table>e",
         "table(thead(tr(th(a) th(b))) tbody(tr(td(c)) tr(td(d)))) e"),
        ("<table><tr><td><table><tr><td>a</table>b<td>c</table>",
         "table(tbody(tr(td(table(tbody(tr(td(a)))) b) td(c))))"),
        ("<select><option>a<option>b<optgroup label=g><option>c</select>d",
         "select(option(a) option(b) optgroup(option(c))) d"),
        ("<ruby>a<rt>b<rp>c</ruby>", "ruby(a rt(b) rp(c))"),
        ("<b>a<i>b</b>c", "b(a i(b)) i(c)"), ("a</div>b", "ab"),
        ("<!doctype html><html><head><title>t</title></head><body>a</body></html>", "title(t) a"),
        ("a<!-- <script>no</script> -->b<?php no ?>c", "abc"),
        ("a &lt;b&gt; &amp;amp; &euro; &#x1F388; &nosuch;", "a <b> &amp; € 🎈 &nosuch;"),
        ("&lt;script&gt;", "<script>"), ("1 < 2 & 3", "1 < 2 & 3"),
        ("<textarea>\n<b>&amp;</textarea>c", "textarea() c"), ("<title><i>&lt;</title>", "title(<i><)"),
        ("<tr><td>a<td>b", "tr(td(a) td(b))"), (" <td>a<th>b", "  td(a) th(b)"),
        ("<tbody><tr><td>a", "tbody(tr(td(a)))"), ("<caption>a</caption><tr>", "caption(a) tbody(tr())"),
        ("<p>a<tr><td>b", "p(ab)"), ("<image src=/x>", "img()"),
        ("<my-part data-x=1>a</my-part>", "my-part(a)"), ("  a\n b ", "  a\n b "),
        ("<svg viewBox='0 0 1 1'><clipPath/><a><text>x</text></a></svg>b", "svg(clipPath() a(text(x))) b"),
        ("<svg><foreignObject><p>a</p><p>b</p></foreignObject><g/></svg>", "svg(foreignObject(p(a) p(b)) g())"),
        ("<math><mfrac><mn>1<mi>x</math>", "math(mfrac(mn(1 mi(x))))"),
    ],
)  # fmt: skip
def test_html_text_is_parsed_into_the_expected_structure(text, structure) -> None:
    assert plain(parse_html(text)) == structure


def test_elements_have_their_classes_and_attributes() -> None:
    (div,) = parse_html(
        '<div id=x class="a b" style="color: red" title="&quot;" hidden title=2>a</div>'
    )
    assert type(div) is Div and div.hidden
    assert dict(div.attributes) == {
        "id": "x", "class": "a b", "style": "color: red", "title": '"', "hidden": "",
    }  # fmt: skip
    (image,) = parse_html('<svg viewBox="0 0 1 1" preserveaspectratio=none><a href=/x></a></svg>')
    assert dict(image.attributes) == {"viewBox": "0 0 1 1", "preserveAspectRatio": "none"}
    assert type(image.nodes[0]) is svg.A and image.nodes[0].attributes["href"] == "/x"
    assert type(parse_html("<a href=/x></a>")[0]) is tags.A


def test_input_elements_become_fields_with_their_values() -> None:
    nodes = parse_html(
        '<form><input name=t value="a&amp;b"><input type=checkbox value=1 checked><input type=number value=3 min=1>'
        "<input type=number value=x><input type=date value=2026-11-22 required>"
        "<input type=radio name=r checked><input type=radio name=r checked>"
        "<textarea rows=3>\n\nx &lt; y</textarea>"
        "<select multiple><option selected>a<option value=2 selected>b</select><input type=EMAIL>"
        "<select><option value=1>a<option selected value=2>b<option selected value=3>c</select>"
        "<button>Send</button><button type=button>Else</button></form>"
    )
    (form,) = nodes
    HTML(form)
    fields = list(form.nodes)
    kinds = [TextInput, CheckBox, NumberInput, NumberInput, DateInput, Radio, Radio, TextArea, Select,
             EmailInput, Select, Button, Button]  # fmt: skip
    assert type(form) is Form and [type(node) for node in fields] == kinds
    values = [node.value for node in fields[:11]]
    assert values == ["a&b", True, 3.0, None, datetime.date(2026, 11, 22), True, True,
                      "\nx < y", ("a", "2"), "", "3"]  # fmt: skip
    assert fields[4].required and fields[2].min == 1.0 and fields[1].attributes["value"] == "1"
    assert [button.attributes["type"] for button in fields[-2:]] == ["submit", "button"]
    assert parse_html("<button>x</button>")[0].attributes["type"] == "button"
    assert isinstance(fields[8].nodes[1], Option)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", "a<SCRIPT SRC=//x>", "<svg><script>x</script></svg>",
        "<svg onload=alert(1)>", "<svg/onload=alert(1)>", "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>", "<a href=' jav&#x09;ascript:x'>", "<a href=java&#115;cript:x>",
        "<iframe srcdoc='<script>x</script>'>", "<object data=x>", "<embed src=x>", "<base href=//x>",
        "<link rel=stylesheet href=x>", "<meta http-equiv=refresh>", "<style>*{}</style>", "<template><b>",
        "<form action=javascript:x>", "<button formaction=javascript:x>", "<svg><a xlink:href=javascript:x>",
        "<svg><animate attributeName=href values=javascript:x>", "<svg><set attributeName=onload>",
        "<math href=javascript:x>", "<noscript><p title='</noscript><img src=x onerror=x>'>",
        "<input type=image src=javascript:x>", "<video poster=javascript:x>", "<p onclick>",
        "<details open ontoggle=x>", "<portal src=x>", "<select onfocus=x autofocus>",
        "<math><mtext><script>x</script></mtext></math>", "<svg><foreignObject><iframe>",
    ],
)  # fmt: skip
def test_script_is_refused(text) -> None:
    with pytest.raises(UnsafeHTMLError):
        parse_html(text)


def test_attributes_of_body_are_left_out() -> None:
    assert plain(parse_html("<body onload=alert(1) class=x>a")) == "a"


def test_unfinished_script_tag_is_left_out() -> None:
    html = HTML(parse_html("<div><p>a</p><script"))
    assert [node.tag_name for node in html.query_selector_all("*")] == ["div", "p"]


def test_attribute_name_that_cannot_be_set_is_refused() -> None:
    with pytest.raises(HTMLError):
        parse_html('<div "x=1>')


def test_string_given_as_a_child_is_never_parsed() -> None:
    assert HTML("<p>a</p>").get_text() == "<p>a</p>"
    assert HTML(parse_html("<p>a</p>")).get_text() == "a"


def test_deep_or_malformed_text_takes_little_time() -> None:
    with pytest.raises(HierarchyError, match="levels deep"):
        parse_html("<div>" * 100_000)
    many = parse_html("<b></i>" + "</i>" * 20_000)
    assert plain(many) == "b()"
    assert len(parse_html("<p>" * 5_000)) == 5_000
