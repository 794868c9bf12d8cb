"""A class for every element of the HTML standard (and SVG, MathML) that a view may have.

Made from one table: the classes differ in their tag name only. Elements that would run or load
what the view does not control (``script``, ``iframe`` ...) are left out; see ``safety``.
Source: HTML standard, section 4, read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shell.html.element import Element
from shell.html.events import CLICK


class HTML(Element):
    """What a view shows: the root of its tree. It is a ``div`` in the page."""

    __slots__ = ()
    TAG_NAME = "div"


class Button(Element):
    """A button; it never submits a form by itself."""

    __slots__ = ()
    TAG_NAME = "button"
    ATTRIBUTES = {"type": "button"}
    EVENTS = (CLICK,)


_NAMES = """
A Abbr Address Area Article Aside Audio B Bdi Bdo Blockquote Br Canvas Caption Cite Code Col
Colgroup Data Datalist Dd Del Details Dfn Dialog Div Dl Dt Em Fieldset Figcaption Figure Footer
H1 H2 H3 H4 H5 H6 Header Hgroup Hr I Img Ins Kbd Label Legend Li Main Map Mark Menu Meter Nav
Ol Optgroup Output P Picture Pre Progress Q Rp Rt Ruby S Samp Search Section Slot Small Source
Span Strong Sub Summary Sup Table Tbody Td Tfoot Th Thead Time Tr Track U Ul Var Video Wbr
Svg Circle Defs Ellipse G Line LinearGradient Path Polygon Polyline RadialGradient Rect Stop
Symbol TSpan Use Math Mi Mn Mo Mrow Mfrac Msup Msub Msqrt
""".split()

#: SVG names that are not simply the class name in small letters.
_CASED = {"LinearGradient": "linearGradient", "RadialGradient": "radialGradient"}

if TYPE_CHECKING:

    def __getattr__(name: str) -> type[Element]: ...

else:
    for _name in _NAMES:
        globals()[_name] = type(
            _name,
            (Element,),
            {
                "__slots__": (),
                "__module__": __name__,
                "__doc__": f"The element ``<{_CASED.get(_name, _name.lower())}>``.",
                "TAG_NAME": _CASED.get(_name, _name.lower()),
            },
        )

#: The names of the standard written as abbreviations, as the reference framework spells them.
TBody, THead, TFoot, ColGroup, FieldSet, FigCaption, OptGroup, BlockQuote, SVG = (
    globals()[_name]
    for _name in (
        "Tbody", "Thead", "Tfoot", "Colgroup", "Fieldset", "Figcaption", "Optgroup", "Blockquote",
        "Svg",
    )
)  # fmt: skip


def element(tag_name: str, *children: Any, **attributes: Any) -> Element:
    """An element of any name, a custom one too: ``element("my-chart", data_x=1)``."""
    cls = type("CustomElement", (Element,), {"TAG_NAME": tag_name, "__slots__": ()})
    made: Element = cls(*children, **attributes)
    return made


__all__ = [
    "HTML", "Button", "element", *_NAMES,
    "TBody", "THead", "TFoot", "ColGroup", "FieldSet", "FigCaption", "OptGroup", "BlockQuote",
    "SVG",
]  # fmt: skip
