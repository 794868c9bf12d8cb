"""A class for every MathML element, in the MathML namespace.

    from everview.html.elements import mathml
    mathml.Math(mathml.Mfrac(mathml.Mn(1), mathml.Mi("x")))

Source: MathML Core; read 2026-11.
"""
# This is a table: each line defines the class of one tag.
# ruff: noqa: D101, E701

from __future__ import annotations

from everview.html.tree.element import Element


class MathElement(Element, tag="mrow"):
    """Base class of MathML elements."""

    __slots__ = ()
    NAMESPACE = "math"


# fmt: off
class Annotation(MathElement, tag="annotation"): __slots__ = ()
class AnnotationXml(MathElement, tag="annotation-xml"): __slots__ = ()
class Maction(MathElement, tag="maction"): __slots__ = ()
class Math(MathElement, tag="math"): __slots__ = ()
class Merror(MathElement, tag="merror"): __slots__ = ()
class Mfrac(MathElement, tag="mfrac"): __slots__ = ()
class Mi(MathElement, tag="mi"): __slots__ = ()
class Mmultiscripts(MathElement, tag="mmultiscripts"): __slots__ = ()
class Mn(MathElement, tag="mn"): __slots__ = ()
class Mo(MathElement, tag="mo"): __slots__ = ()
class Mover(MathElement, tag="mover"): __slots__ = ()
class Mpadded(MathElement, tag="mpadded"): __slots__ = ()
class Mphantom(MathElement, tag="mphantom"): __slots__ = ()
class Mprescripts(MathElement, tag="mprescripts"): __slots__ = ()
class Mroot(MathElement, tag="mroot"): __slots__ = ()
class Mrow(MathElement, tag="mrow"): __slots__ = ()
class Ms(MathElement, tag="ms"): __slots__ = ()
class Mspace(MathElement, tag="mspace"): __slots__ = ()
class Msqrt(MathElement, tag="msqrt"): __slots__ = ()
class Mstyle(MathElement, tag="mstyle"): __slots__ = ()
class Msub(MathElement, tag="msub"): __slots__ = ()
class Msubsup(MathElement, tag="msubsup"): __slots__ = ()
class Msup(MathElement, tag="msup"): __slots__ = ()
class Mtable(MathElement, tag="mtable"): __slots__ = ()
class Mtd(MathElement, tag="mtd"): __slots__ = ()
class Mtext(MathElement, tag="mtext"): __slots__ = ()
class Mtr(MathElement, tag="mtr"): __slots__ = ()
class Munder(MathElement, tag="munder"): __slots__ = ()
class Munderover(MathElement, tag="munderover"): __slots__ = ()
class MNone(MathElement, tag="none"): __slots__ = ()
class Semantics(MathElement, tag="semantics"): __slots__ = ()
# fmt: on

__all__ = [
    "Annotation", "AnnotationXml", "MNone", "Maction", "Math", "MathElement", "Merror", "Mfrac",
    "Mi", "Mmultiscripts", "Mn", "Mo", "Mover", "Mpadded", "Mphantom", "Mprescripts", "Mroot",
    "Mrow", "Ms", "Mspace", "Msqrt", "Mstyle", "Msub", "Msubsup", "Msup", "Mtable", "Mtd",
    "Mtext", "Mtr", "Munder", "Munderover", "Semantics",
]  # fmt: skip
