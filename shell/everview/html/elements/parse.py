"""`parse_html`: nodes from HTML text, for what an author has as text.

The standard library's tokenizer splits the text; which tags a text leaves out (``</li>``, ``</p>``)
is the table below. It is no browser: what has no meaning in a view (``<!doctype>``, comments,
``<html>`` and ``<body>`` themselves) is left out, and there is no repair of misnested tables.
Considered: html5lib (not kept up), selectolax and lxml (several MB of C to build a handful of
nodes).

What could run a script is refused by the rules of every other node, so the text may come from
anywhere. Not for: text that a person should read as it is; that is a plain string.
Threads: any.
Source: HTML standard, "Optional tags", "Void elements"; read 2026-11.
"""

from __future__ import annotations

from functools import cache
from html import unescape
from html.parser import HTMLParser
from typing import Any

from everview.errors import HierarchyError
from everview.html.elements import mathml, svg, tags
from everview.html.fields.form import Form
from everview.html.fields.inputs import InputElement
from everview.html.fields.select import Optgroup, Option, Select
from everview.html.fields.text_inputs import TextArea
from everview.html.tree.element import HTML_INSIDE, Element
from everview.html.tree.node import MAX_DEPTH, Node, ParentNode, Text
from everview.html.tree.safety import check_attribute, check_tag

VOID = frozenset("area br col hr img input source track wbr".split())
#: Tags whose own tag is left out: the view is what they would stand for.
TRANSPARENT = frozenset({"html", "head", "body"})

#: Elements in which a tag is text.
_TEXT_ONLY = frozenset({"textarea", "title"})
#: The tokenizer of older Pythons does not know that by itself.
_UNAWARE = not hasattr(HTMLParser, "RCDATA_CONTENT_ELEMENTS")

_BLOCKS = frozenset(
    """address article aside blockquote details dialog div dl fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search section table
    ul""".split()
)
_ROWS = frozenset({"tbody", "thead", "tfoot"})
#: Open elements that end where a tag of the second set starts.
_ENDED_BY: dict[str, frozenset[str]] = {
    "p": _BLOCKS,
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "option": frozenset({"option", "optgroup", "hr"}),
    "optgroup": frozenset({"optgroup", "hr"}),
    "rt": frozenset({"rt", "rp"}),
    "rp": frozenset({"rt", "rp"}),
    "caption": _ROWS | {"colgroup", "tr"},
    "colgroup": _ROWS | {"tr"},
    "thead": _ROWS,
    "tbody": _ROWS,
    "tfoot": _ROWS,
    "tr": _ROWS | {"tr"},
    "td": _ROWS | {"tr", "td", "th"},
    "th": _ROWS | {"tr", "td", "th"},
}
#: Elements that keep what is in them from ending what is around them: a list in a list item.
_SCOPES = frozenset("ul ol menu dl table select ruby button".split())


def parse_html(text: str) -> list[Node]:
    """The nodes of an HTML text: ``Div(parse_html("<p>Hello <b>world"))``.

    Fields become fields with their values, ``style`` and ``class`` what they are everywhere.
    Comments are left out, blanks are kept.

    Raises:
        UnsafeHTMLError: a script, an event attribute or an unsafe URL in the text.
        HierarchyError: deeper than a page can be.
    """
    parser = _Parser()
    parser.feed(text)
    parser.close()
    return parser.finish()


class _Open:
    """An element whose end tag was not met yet."""

    __slots__ = ("attributes", "children", "kind", "namespace", "tag")

    def __init__(self, tag: str, kind: Any, namespace: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.kind = kind
        self.namespace = namespace
        self.attributes = attributes
        self.children: list[Node] = []


class _Parser(HTMLParser):
    """Elements are made when they end: a select wants its options, a text area its text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._top = _Open("", None, "", {})
        self._open = [self._top]

    def finish(self) -> list[Node]:
        while len(self._open) > 1:
            self._end()
        return self._top.children

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in TRANSPARENT:
            for name, value in attrs:
                check_attribute(name, value or "")
            return
        namespace = self._namespace(tag)
        if not namespace:
            self._end_what_is_ended_by(tag)
        known = _classes(namespace).get(tag)
        name = known.TAG_NAME if known is not None else tag
        check_tag(name)
        # The first of two attributes of one name counts.
        attributes = {name: value or "" for name, value in reversed(attrs)}
        if tag == "button" and any(around.tag == "form" for around in self._open):
            attributes.setdefault("type", "submit")
        if len(self._open) > MAX_DEPTH:
            raise HierarchyError(f"this HTML is more than {MAX_DEPTH} levels deep")
        self._open.append(_Open(name, known, namespace, attributes))
        if not namespace and tag in VOID:
            self._end()
        elif not namespace and tag in _TEXT_ONLY and _UNAWARE:
            self.set_cdata_mode(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        # In HTML `<p/>` is `<p>`; in SVG and MathML it is what it says.
        if self._open[-1].namespace and self._open[-1].tag.lower() == tag:
            self._end()

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self._open) - 1, 0, -1):
            if self._open[at].tag.lower() == tag:
                while len(self._open) > at:
                    self._end()
                return
        if tag == "br":
            self.handle_starttag(tag, [])  # as browsers do with </br>

    def handle_data(self, data: str) -> None:
        children = self._open[-1].children
        if self._open[-1].tag in _TEXT_ONLY and _UNAWARE:
            data = unescape(data)
        if children and isinstance(children[-1], Text):
            children[-1].set_text(children[-1].text + data)
        else:
            children.append(Text(data))

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        # The tokenizer knows those of SGML and fails at others; for browsers they are comments.
        if self.rawdata.startswith("<![CDATA[", i):
            return super().parse_marked_section(i, report)
        return self.parse_bogus_comment(i)

    def _namespace(self, tag: str) -> str:
        if tag in ("svg", "math"):
            return tag
        around = self._open[-1]
        return "" if around.tag in HTML_INSIDE else around.namespace

    def _end_what_is_ended_by(self, tag: str) -> None:
        for at in range(len(self._open) - 1, 0, -1):
            name = self._open[at].tag
            if tag in _ENDED_BY.get(name, ()):
                while len(self._open) > at:
                    self._end()
                self._end_what_is_ended_by(tag)
                return
            if name in _SCOPES:
                return

    def _end(self) -> None:
        done = self._open.pop()
        self._open[-1].children.append(_make(done))


def _make(done: _Open) -> Element:
    attributes, children = done.attributes, done.children
    if done.namespace:
        # Attribute names keep their case there (viewBox), which the tokenizer has taken away.
        attributes = {_SVG_CASE.get(name, name): value for name, value in attributes.items()}
    if done.kind is InputElement:
        made: Element = InputElement(type=attributes.pop("type", "text"))
    elif done.kind is Option:
        made = Option(*children, value=attributes.pop("value", ...))
    elif done.kind is Select:
        made = Select(*children, multiple="multiple" in attributes)
    elif done.kind is TextArea:
        # The first line break after the tag is not part of the text.
        text = "".join(child.get_text() for child in children)
        made = TextArea(text.removeprefix("\n"))
    elif done.kind is None:
        made = tags.element(done.tag, *children)
    else:
        made = done.kind(*children)
    # After the limits: what a slider holds depends on them.
    for name in sorted(attributes, key=("value", "checked").__contains__):
        made.set_attribute(name, attributes[name])
    return made


@cache
def _classes(namespace: str) -> dict[str, type[ParentNode]]:
    """The class for each tag, in small letters, as the tokenizer writes them."""
    if namespace:
        module: Any = svg if namespace == "svg" else mathml
        listed = [getattr(module, name) for name in module.__all__ if not name.endswith("Element")]
        return {cls.TAG_NAME.lower(): cls for cls in listed}
    listed = [getattr(tags, name) for name in tags.__all__ if name not in ("HTML", "element")]
    listed += [InputElement, Option, Optgroup, Select, TextArea, Form]
    return {cls.TAG_NAME: cls for cls in listed}


#: Attributes of SVG and MathML with capitals (HTML standard, "adjust SVG attributes").
_SVG_CASE = {
    name.lower(): name
    for name in """attributeName attributeType baseFrequency baseProfile calcMode clipPathUnits
    diffuseConstant edgeMode filterUnits glyphRef gradientTransform gradientUnits kernelMatrix
    kernelUnitLength keyPoints keySplines keyTimes lengthAdjust limitingConeAngle markerHeight
    markerUnits markerWidth maskContentUnits maskUnits numOctaves pathLength patternContentUnits
    patternTransform patternUnits pointsAtX pointsAtY pointsAtZ preserveAlpha preserveAspectRatio
    primitiveUnits refX refY repeatCount repeatDur requiredExtensions requiredFeatures
    specularConstant specularExponent spreadMethod startOffset stdDeviation stitchTiles
    surfaceScale systemLanguage tableValues targetX targetY textLength viewBox viewTarget
    xChannelSelector yChannelSelector zoomAndPan definitionURL""".split()
}
