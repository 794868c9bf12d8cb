"""A class for every element of the HTML standard that a view can have.

Most classes differ only in their tag name. Elements that would run or load content that the view
does not control (``script``, ``iframe`` ...) have no class; see ``safety``. Fields and `Form` are
in ``fields``; SVG and MathML elements are in ``svg`` and ``mathml``.
Source: HTML standard, section 4; read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import count
from typing import ClassVar

from everview.html.tree.attribute_text import AttributeValue
from everview.html.tree.element import Element, Keyword
from everview.html.tree.events import CLICK
from everview.html.tree.node import Child

_numbers = count(1)


class HTML(Element, tag="div"):
    """The root of a view's tree. It is a ``div`` in the page."""

    __slots__ = ()


class Button(Element, tag="button"):
    """A button. It submits a form only with ``type="submit"``."""

    __slots__ = ()
    ATTRIBUTES: ClassVar[Mapping[str, AttributeValue]] = {"type": "button"}
    EVENTS = (CLICK,)

    @property
    def disabled(self) -> bool:
        """Whether the button is disabled."""
        return self.get_attribute("disabled") is not None

    @disabled.setter
    def disabled(self, disabled: bool) -> None:
        self.set_attribute("disabled", disabled)


class Label(Element, tag="label"):
    """The label of a field.

    Args:
        children: as for `Element`.
        _for: the labelled field, or its id.
        attributes: as for `Element`.
    """

    __slots__ = ()

    def __init__(
        self, *children: Child, _for: Element | str | None = None, **attributes: Keyword
    ) -> None:
        super().__init__(*children, **attributes)
        if _for is not None:
            self.set_target(_for)

    def set_target(self, field: Element | str) -> None:
        """Make this the label of ``field``: an id, or an element, which then has an id."""
        self.set_attribute("for", field if isinstance(field, str) else id_of(field))


def id_of(element: Element) -> str:
    """Return the first id of an element. If the element has no id, set a new one."""
    if not element.id_list:
        element.id_list.add(f"id-{next(_numbers)}")
    return element.id_list[0]


def element(tag_name: str, *children: Child, **attributes: Keyword) -> Element:
    """An element with any tag, such as a custom element: ``element("my-chart", data_x=1)``.

    Args:
        tag_name: the name of the tag.
        children: as for `Element`.
        attributes: as for `Element`.

    Raises:
        UnsafeHTMLError: elements with this tag are not allowed in a page.
    """
    return _class_named(tag_name)(*children, **attributes)


@lru_cache(maxsize=256)
def _class_named(tag_name: str) -> type[Element]:
    class Custom(Element, tag=tag_name):
        __slots__ = ()

    return Custom


# fmt: off
class A(Element, tag="a"): __slots__ = ()
class Abbr(Element, tag="abbr"): __slots__ = ()
class Address(Element, tag="address"): __slots__ = ()
class Area(Element, tag="area"): __slots__ = ()
class Article(Element, tag="article"): __slots__ = ()
class Aside(Element, tag="aside"): __slots__ = ()
class Audio(Element, tag="audio"): __slots__ = ()
class B(Element, tag="b"): __slots__ = ()
class Bdi(Element, tag="bdi"): __slots__ = ()
class Bdo(Element, tag="bdo"): __slots__ = ()
class Blockquote(Element, tag="blockquote"): __slots__ = ()
class Body(Element, tag="body"): __slots__ = ()
class Br(Element, tag="br"): __slots__ = ()
class Canvas(Element, tag="canvas"): __slots__ = ()
class Caption(Element, tag="caption"): __slots__ = ()
class Cite(Element, tag="cite"): __slots__ = ()
class Code(Element, tag="code"): __slots__ = ()
class Col(Element, tag="col"): __slots__ = ()
class Colgroup(Element, tag="colgroup"): __slots__ = ()
class Data(Element, tag="data"): __slots__ = ()
class Datalist(Element, tag="datalist"): __slots__ = ()
class Dd(Element, tag="dd"): __slots__ = ()
class Del(Element, tag="del"): __slots__ = ()
class Details(Element, tag="details"): __slots__ = ()
class Dfn(Element, tag="dfn"): __slots__ = ()
class Dialog(Element, tag="dialog"): __slots__ = ()
class Div(Element, tag="div"): __slots__ = ()
class Dl(Element, tag="dl"): __slots__ = ()
class Dt(Element, tag="dt"): __slots__ = ()
class Em(Element, tag="em"): __slots__ = ()
class Fieldset(Element, tag="fieldset"): __slots__ = ()
class Figcaption(Element, tag="figcaption"): __slots__ = ()
class Figure(Element, tag="figure"): __slots__ = ()
class Footer(Element, tag="footer"): __slots__ = ()
class H1(Element, tag="h1"): __slots__ = ()
class H2(Element, tag="h2"): __slots__ = ()
class H3(Element, tag="h3"): __slots__ = ()
class H4(Element, tag="h4"): __slots__ = ()
class H5(Element, tag="h5"): __slots__ = ()
class H6(Element, tag="h6"): __slots__ = ()
class Head(Element, tag="head"): __slots__ = ()
class Header(Element, tag="header"): __slots__ = ()
class Hgroup(Element, tag="hgroup"): __slots__ = ()
class Hr(Element, tag="hr"): __slots__ = ()
class I(Element, tag="i"): __slots__ = ()
class Img(Element, tag="img"): __slots__ = ()
class Ins(Element, tag="ins"): __slots__ = ()
class Kbd(Element, tag="kbd"): __slots__ = ()
class Legend(Element, tag="legend"): __slots__ = ()
class Li(Element, tag="li"): __slots__ = ()
class Main(Element, tag="main"): __slots__ = ()
class Map(Element, tag="map"): __slots__ = ()
class Mark(Element, tag="mark"): __slots__ = ()
class Menu(Element, tag="menu"): __slots__ = ()
class Meter(Element, tag="meter"): __slots__ = ()
class Nav(Element, tag="nav"): __slots__ = ()
class Ol(Element, tag="ol"): __slots__ = ()
class Output(Element, tag="output"): __slots__ = ()
class P(Element, tag="p"): __slots__ = ()
class Picture(Element, tag="picture"): __slots__ = ()
class Pre(Element, tag="pre"): __slots__ = ()
class Progress(Element, tag="progress"): __slots__ = ()
class Q(Element, tag="q"): __slots__ = ()
class Rp(Element, tag="rp"): __slots__ = ()
class Rt(Element, tag="rt"): __slots__ = ()
class Ruby(Element, tag="ruby"): __slots__ = ()
class S(Element, tag="s"): __slots__ = ()
class Samp(Element, tag="samp"): __slots__ = ()
class Search(Element, tag="search"): __slots__ = ()
class Section(Element, tag="section"): __slots__ = ()
class Selectedcontent(Element, tag="selectedcontent"): __slots__ = ()
class Slot(Element, tag="slot"): __slots__ = ()
class Small(Element, tag="small"): __slots__ = ()
class Source(Element, tag="source"): __slots__ = ()
class Span(Element, tag="span"): __slots__ = ()
class Strong(Element, tag="strong"): __slots__ = ()
class Sub(Element, tag="sub"): __slots__ = ()
class Summary(Element, tag="summary"): __slots__ = ()
class Sup(Element, tag="sup"): __slots__ = ()
class Table(Element, tag="table"): __slots__ = ()
class Tbody(Element, tag="tbody"): __slots__ = ()
class Td(Element, tag="td"): __slots__ = ()
class Tfoot(Element, tag="tfoot"): __slots__ = ()
class Th(Element, tag="th"): __slots__ = ()
class Thead(Element, tag="thead"): __slots__ = ()
class Time(Element, tag="time"): __slots__ = ()
class Title(Element, tag="title"): __slots__ = ()
class Tr(Element, tag="tr"): __slots__ = ()
class Track(Element, tag="track"): __slots__ = ()
class U(Element, tag="u"): __slots__ = ()
class Ul(Element, tag="ul"): __slots__ = ()
class Var(Element, tag="var"): __slots__ = ()
class Video(Element, tag="video"): __slots__ = ()
class Wbr(Element, tag="wbr"): __slots__ = ()
# fmt: on

# Aliases: the names of these classes in Lona.
TBody = Tbody
THead = Thead
TFoot = Tfoot
ColGroup = Colgroup
DataList = Datalist
FieldSet = Fieldset
FigCaption = Figcaption
BlockQuote = Blockquote

__all__ = [
    "H1", "H2", "H3", "H4", "H5", "H6", "HTML", "A", "Abbr", "Address", "Area", "Article",
    "Aside", "Audio", "B", "Bdi", "Bdo", "BlockQuote", "Blockquote", "Body", "Br", "Button",
    "Canvas", "Caption", "Cite", "Code", "Col", "ColGroup", "Colgroup", "Data", "DataList",
    "Datalist", "Dd", "Del", "Details", "Dfn", "Dialog", "Div", "Dl", "Dt", "Em", "FieldSet",
    "Fieldset", "FigCaption", "Figcaption", "Figure", "Footer", "Head", "Header", "Hgroup",
    "Hr", "I", "Img", "Ins", "Kbd", "Label", "Legend", "Li", "Main", "Map", "Mark", "Menu",
    "Meter", "Nav", "Ol", "Output", "P", "Picture", "Pre", "Progress", "Q", "Rp", "Rt", "Ruby",
    "S", "Samp", "Search", "Section", "Selectedcontent", "Slot", "Small", "Source", "Span",
    "Strong", "Sub", "Summary", "Sup", "TBody", "TFoot", "THead", "Table", "Tbody", "Td",
    "Tfoot", "Th", "Thead", "Time", "Title", "Tr", "Track", "U", "Ul", "Var", "Video", "Wbr",
    "element",
]  # fmt: skip
