"""A class for every SVG element that a view can have, in the SVG namespace.

    from everview.html.elements import svg
    svg.Svg(svg.Circle(r=4, cx=5, cy=5), viewBox="0 0 10 10")

If a name exists in HTML and in SVG (``A``, ``Title``), the class in this module is the SVG element.
Elements that run scripts or change other elements (``script``, ``style``, ``animate`` ...) have no
class; see ``safety``.
Source: SVG 2, "Element index", and Filter Effects; read 2026-11.
"""
# This is a table: each line defines the class of one tag.
# ruff: noqa: D101, E701

from __future__ import annotations

from everview.html.tree.element import Element


class SvgElement(Element, tag="g"):
    """Base class of SVG elements."""

    __slots__ = ()
    NAMESPACE = "svg"


# fmt: off
class A(SvgElement, tag="a"): __slots__ = ()
class Circle(SvgElement, tag="circle"): __slots__ = ()
class ClipPath(SvgElement, tag="clipPath"): __slots__ = ()
class Defs(SvgElement, tag="defs"): __slots__ = ()
class Desc(SvgElement, tag="desc"): __slots__ = ()
class Ellipse(SvgElement, tag="ellipse"): __slots__ = ()
class FeBlend(SvgElement, tag="feBlend"): __slots__ = ()
class FeColorMatrix(SvgElement, tag="feColorMatrix"): __slots__ = ()
class FeComponentTransfer(SvgElement, tag="feComponentTransfer"): __slots__ = ()
class FeComposite(SvgElement, tag="feComposite"): __slots__ = ()
class FeConvolveMatrix(SvgElement, tag="feConvolveMatrix"): __slots__ = ()
class FeDiffuseLighting(SvgElement, tag="feDiffuseLighting"): __slots__ = ()
class FeDisplacementMap(SvgElement, tag="feDisplacementMap"): __slots__ = ()
class FeDistantLight(SvgElement, tag="feDistantLight"): __slots__ = ()
class FeDropShadow(SvgElement, tag="feDropShadow"): __slots__ = ()
class FeFlood(SvgElement, tag="feFlood"): __slots__ = ()
class FeFuncA(SvgElement, tag="feFuncA"): __slots__ = ()
class FeFuncB(SvgElement, tag="feFuncB"): __slots__ = ()
class FeFuncG(SvgElement, tag="feFuncG"): __slots__ = ()
class FeFuncR(SvgElement, tag="feFuncR"): __slots__ = ()
class FeGaussianBlur(SvgElement, tag="feGaussianBlur"): __slots__ = ()
class FeImage(SvgElement, tag="feImage"): __slots__ = ()
class FeMerge(SvgElement, tag="feMerge"): __slots__ = ()
class FeMergeNode(SvgElement, tag="feMergeNode"): __slots__ = ()
class FeMorphology(SvgElement, tag="feMorphology"): __slots__ = ()
class FeOffset(SvgElement, tag="feOffset"): __slots__ = ()
class FePointLight(SvgElement, tag="fePointLight"): __slots__ = ()
class FeSpecularLighting(SvgElement, tag="feSpecularLighting"): __slots__ = ()
class FeSpotLight(SvgElement, tag="feSpotLight"): __slots__ = ()
class FeTile(SvgElement, tag="feTile"): __slots__ = ()
class FeTurbulence(SvgElement, tag="feTurbulence"): __slots__ = ()
class Filter(SvgElement, tag="filter"): __slots__ = ()
class ForeignObject(SvgElement, tag="foreignObject"): __slots__ = ()
class G(SvgElement, tag="g"): __slots__ = ()
class Image(SvgElement, tag="image"): __slots__ = ()
class Line(SvgElement, tag="line"): __slots__ = ()
class LinearGradient(SvgElement, tag="linearGradient"): __slots__ = ()
class Marker(SvgElement, tag="marker"): __slots__ = ()
class Mask(SvgElement, tag="mask"): __slots__ = ()
class Metadata(SvgElement, tag="metadata"): __slots__ = ()
class Mpath(SvgElement, tag="mpath"): __slots__ = ()
class Path(SvgElement, tag="path"): __slots__ = ()
class Pattern(SvgElement, tag="pattern"): __slots__ = ()
class Polygon(SvgElement, tag="polygon"): __slots__ = ()
class Polyline(SvgElement, tag="polyline"): __slots__ = ()
class RadialGradient(SvgElement, tag="radialGradient"): __slots__ = ()
class Rect(SvgElement, tag="rect"): __slots__ = ()
class Stop(SvgElement, tag="stop"): __slots__ = ()
class Svg(SvgElement, tag="svg"): __slots__ = ()
class Switch(SvgElement, tag="switch"): __slots__ = ()
class Symbol(SvgElement, tag="symbol"): __slots__ = ()
class Text(SvgElement, tag="text"): __slots__ = ()
class TextPath(SvgElement, tag="textPath"): __slots__ = ()
class Title(SvgElement, tag="title"): __slots__ = ()
class Tspan(SvgElement, tag="tspan"): __slots__ = ()
class Use(SvgElement, tag="use"): __slots__ = ()
class View(SvgElement, tag="view"): __slots__ = ()
# fmt: on

#: An alias for modules in which ``Text`` is a text node.
SvgText = Text
#: An alias: the name of this class in Lona.
SVG = Svg

__all__ = [
    "SVG", "A", "Circle", "ClipPath", "Defs", "Desc", "Ellipse", "FeBlend", "FeColorMatrix",
    "FeComponentTransfer", "FeComposite", "FeConvolveMatrix", "FeDiffuseLighting",
    "FeDisplacementMap", "FeDistantLight", "FeDropShadow", "FeFlood", "FeFuncA", "FeFuncB",
    "FeFuncG", "FeFuncR", "FeGaussianBlur", "FeImage", "FeMerge", "FeMergeNode", "FeMorphology",
    "FeOffset", "FePointLight", "FeSpecularLighting", "FeSpotLight", "FeTile", "FeTurbulence",
    "Filter", "ForeignObject", "G", "Image", "Line", "LinearGradient", "Marker", "Mask",
    "Metadata", "Mpath", "Path", "Pattern", "Polygon", "Polyline", "RadialGradient", "Rect",
    "Stop", "Svg", "SvgElement", "SvgText", "Switch", "Symbol", "Text", "TextPath", "Title",
    "Tspan", "Use", "View",
]  # fmt: skip
