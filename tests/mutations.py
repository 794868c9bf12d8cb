"""Random mutations of a document, for the property tests and for the replay in a real page.

A `Mutator` draws from any source with ``choice(sequence)`` and ``number(low, high)``, so that
hypothesis can shrink what it found and a seeded random source can replay it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from shell.errors import HierarchyError
from shell.html import (
    HTML,
    CheckBox,
    Document,
    Element,
    Node,
    Option,
    Select,
    Text,
    TextArea,
    TextInput,
    tags,
)  # fmt: skip

T = TypeVar("T")
TEXTS = [
    "",
    "a",
    "<b>bold</b>",
    "&amp;",
    "  two  blanks",
    "\ttab\nline",
    "äöü €",
    "𝔘🎈",
    "0",
    "\u202e",
]
NAMES = ["x", "y", "row", "a-b"]
KINDS = [tags.Div, tags.Span, tags.P, tags.Ul, tags.Section, tags.B]


class Source(Protocol):
    """Where choices come from."""

    def choice(self, options: Sequence[T]) -> T: ...
    def number(self, low: int, high: int) -> int: ...


class SeededSource:
    """Choices from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def choice(self, options: Sequence[T]) -> T:
        return self._random.choice(options)

    def number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)


class Mutator:
    """Changes ``document`` in every way its API allows."""

    def __init__(self, document: Document, source: Source) -> None:
        self.document = document
        self.source = source
        self.html = HTML()
        document.root.append(self.html)
        self.spare: list[Node] = []

    def elements(self) -> list[Element]:
        return [
            node
            for node in self.html._walk()
            if isinstance(node, Element)
            # Fields have no children; HTML inside an SVG element would be no HTML.
            and not isinstance(node, (Select, Option, TextInput, TextArea, CheckBox, tags.Svg))
            and node.tag_name != "circle"
        ]

    def nodes(self) -> list[Node]:
        return [
            node for node in self.html._walk()
            if node is not self.html and not isinstance(node.parent, (Select, Option))
        ]  # fmt: skip

    def make(self, depth: int = 0) -> Any:
        kind = self.source.number(0, 9)
        text = self.source.choice(TEXTS)
        if kind <= 1:
            return text
        if kind == 2:
            return tags.Svg(tags.Circle(r=3), attributes={"viewBox": "0 0 9 9"})
        if kind == 3:
            return TextInput(value=text)
        if kind == 4:
            return CheckBox(value=bool(len(text) % 2))
        if kind == 5:
            return Select(values=["a", "b", "c"], value=self.source.choice("abc"))
        children = (
            [self.make(depth + 1) for _ in range(self.source.number(0, 2))] if depth < 3 else []
        )
        return self.source.choice(KINDS)(children, _class=self.source.choice(NAMES))

    def step(self) -> str:
        """One mutation; returns its name."""
        kind = self.source.choice(
            ["insert"] * 4 + ["move"] * 3 + ["remove"] * 2
            + ["text", "attribute", "attribute", "class", "style", "value", "clear", "sort"]
            + ["slice", "again", "title", "set_text", "events", "root"]
        )  # fmt: skip
        getattr(self, f"do_{kind}")()
        return kind

    def do_insert(self) -> None:
        parent = self.source.choice(self.elements())
        parent.insert(self.source.number(0, len(parent)), self.make())

    def do_move(self) -> None:
        nodes = self.nodes()
        if nodes:
            node, parent = self.source.choice(nodes), self.source.choice(self.elements())
            try:
                parent.insert(self.source.number(0, len(parent)), node)
            except HierarchyError:
                assert parent is node or parent in list(node._walk())

    def do_remove(self) -> None:
        nodes = self.nodes()
        if nodes:
            node = self.source.choice(nodes)
            node.remove()
            self.spare.append(node)

    def do_again(self) -> None:
        if self.spare:
            node = self.spare.pop()
            if node.document is None and node.parent is None:
                self.source.choice(self.elements()).append(node)

    def do_text(self) -> None:
        texts = [node for node in self.nodes() if isinstance(node, Text)]
        if texts:
            self.source.choice(texts).set_text(self.source.choice(TEXTS))

    def do_set_text(self) -> None:
        self.source.choice(self.elements()).set_text(self.source.choice(TEXTS))

    def do_attribute(self) -> None:
        element = self.source.choice(self.elements())
        name = self.source.choice(["title", "data-x", "hidden", "aria-label", "id"])
        element.attributes[name] = self.source.choice([None, True, False, 3, *TEXTS])

    def do_class(self) -> None:
        self.source.choice(self.elements()).class_list.toggle(self.source.choice(NAMES))

    def do_style(self) -> None:
        style = self.source.choice(self.elements()).style
        if style and self.source.number(0, 1):
            del style[next(iter(style))]
        else:
            # Valid ones: a page keeps no declaration that it does not understand.
            name, value = self.source.choice(
                [("color", "red"), ("color", "blue"), ("width", "1px"), ("width", "inherit")]
            )
            style[name] = value

    def do_value(self) -> None:
        fields = [n for n in self.nodes() if isinstance(n, (TextInput, CheckBox, Select))]
        if not fields:
            return
        field = self.source.choice(fields)
        if isinstance(field, CheckBox):
            field.value = not field.value
        elif isinstance(field, Select):
            field.value = self.source.choice("abc")
        else:
            field.value = self.source.choice(TEXTS).replace("\n", " ")

    def do_clear(self) -> None:
        if self.source.number(0, 3) == 0:
            self.source.choice(self.elements()).clear()

    def do_sort(self) -> None:
        element = self.source.choice(self.elements())
        nodes = list(element.nodes)
        order = [(self.source.number(0, 5), index) for index in range(len(nodes))]
        element.nodes = [nodes[index] for _, index in sorted(order)]

    def do_slice(self) -> None:
        element = self.source.choice(self.elements())
        start = self.source.number(0, len(element))
        stop = self.source.number(start, len(element))
        element.nodes[start:stop] = [self.make() for _ in range(self.source.number(0, 2))]

    def do_title(self) -> None:
        self.document.title = self.source.choice(TEXTS)

    def do_events(self) -> None:
        self.source.choice(self.elements()).events = self.source.choice(
            [["click"], [], ["click", "blur"]]
        )

    def do_root(self) -> None:
        if self.source.number(0, 5) == 0:
            self.html = HTML(self.make())
            self.document.root.nodes = [self.html]
