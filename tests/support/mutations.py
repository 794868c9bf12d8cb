"""Random mutations of a document, for the property tests and for the replay in a real page.

A `Mutator` uses any source with ``choice(sequence)`` and ``number(low, high)``. hypothesis shrinks
a failing example, and a seeded random source repeats it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any, Protocol, TypeVar

from everview.errors import HierarchyError
from everview.html import (
    HTML,
    CheckBox,
    DateInput,
    Document,
    Element,
    Form,
    InputElement,
    Node,
    NumberInput,
    Option,
    Radio,
    Range,
    Select,
    Text,
    TextInput,
)  # fmt: skip
from everview.html.elements import tags
from everview.html.elements.svg import Circle, Svg
from everview.html.tree.static_files import Script
from everview.html.widgets.container import Container
from everview.html.widgets.data import DataDict, DataList
from everview.html.widgets.widget import Widget

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
KINDS = [tags.Div, tags.Span, tags.P, tags.Ul, tags.Section, tags.B, Form]


class Sample(Widget):
    """A widget that shows its data in the page."""

    MODULE = Script("static/sample.js")


class Source(Protocol):
    """A source of choices for a `Mutator`."""

    def choice(self, options: Sequence[T]) -> T: ...
    def number(self, low: int, high: int) -> int: ...


class SeededSource:
    """A source of random choices. The same seed gives the same choices."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def choice(self, options: Sequence[T]) -> T:
        return self._random.choice(options)

    def number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)


EVERY = (
    ["insert"] * 4 + ["move"] * 3 + ["remove"] * 2
    + ["text", "attribute", "attribute", "class", "style", "value", "clear", "sort"]
    + ["slice", "again", "removed", "title", "set_text", "events", "root"] + ["rows"] * 2 + ["data"] * 6
)  # fmt: skip
#: The kinds of mutations for a run with many removals and few moves.
REMOVING = (
    ["insert"] * 6 + ["remove"] * 4 + ["removed"] * 4 + ["clear"] * 3 + ["again"] * 3
    + ["text", "attribute", "set_text", "slice", "title", "root", "data", "move", "rows"]
)  # fmt: skip


class Mutator:
    """Performs random mutations of ``document`` with every method of its API.

    Args:
        document: the document.
        source: the source of the choices.
        kinds: the kinds of mutations to choose from.
    """

    def __init__(
        self,
        document: Document,
        source: Source,
        kinds: Sequence[str] = EVERY,
    ) -> None:
        self.document = document
        self.source = source
        self.kinds = kinds
        self.html = HTML()
        document.root.append(self.html)
        self.spare: list[Node] = []

    def elements(self) -> list[Element]:
        return [
            node
            for node in self.html.walk()
            if isinstance(node, Element)
            # Choose a parent that accepts children. Fields have no children, and an HTML element
            # inside an SVG element would not be HTML.
            and not isinstance(node, (InputElement, Option, Svg))
            and node.tag_name != "circle"
        ]

    def nodes(self) -> list[Node]:
        return [
            node for node in self.html.walk()
            if node is not self.html and not isinstance(node.parent, (Select, Option))
        ]  # fmt: skip

    def make(self, depth: int = 0) -> Any:
        kind = self.source.number(0, 13)
        text = self.source.choice(TEXTS)
        if kind <= 1:
            return text
        if kind == 2:
            return Svg(Circle(r=3), attributes={"viewBox": "0 0 9 9"})
        if kind == 3:
            return TextInput(value=text)
        if kind == 4:
            return CheckBox(value=bool(len(text) % 2))
        if kind == 5:
            return Select(values=["a", "b", "c"], value=self.source.choice("abc"))
        if kind == 6:
            return Sample(data=self.value(), _class=self.source.choice(NAMES))
        if kind == 7:
            return Radio(bool(len(text) % 2), name=self.source.choice(["one", "other"]))
        if kind == 8:
            return self.source.choice([NumberInput, DateInput, Range])()
        children = (
            [self.make(depth + 1) for _ in range(self.source.number(0, 2))] if depth < 3 else []
        )
        return self.source.choice(KINDS)(children, _class=self.source.choice(NAMES))

    def step(self) -> str:
        """Perform one mutation. Returns its name."""
        kind = self.source.choice(self.kinds)
        getattr(self, f"do_{kind}")()
        return kind

    def do_insert(self) -> None:
        parent = self.source.choice(self.elements())
        parent.insert(self.source.number(0, len(parent)), self.make())

    def do_rows(self) -> None:
        """Insert several rows into a table with one call. The rows have different numbers of
        children.
        """
        parent = self.source.choice(self.elements())
        events = self.source.choice([[], ["click"]])
        has_fields = self.source.number(0, 2) == 0
        rows = []
        for _ in range(self.source.number(2, 4)):
            texts = [self.source.choice(TEXTS) for _ in range(3)]
            row = tags.Div(tags.B(texts[0]), tags.B(texts[1]), _class="row", style={"width": "1px"})
            row.append(Svg(Circle(r=3)), tags.Span(tags.Button("x", events=events), texts[2]))
            if has_fields:
                row.append(TextInput(value=texts[1]))
            odd = self.source.number(0, 9)
            if odd < 3:
                self.source.choice([row, row.nodes[0], row.nodes[3]]).append(  # type: ignore[attr-defined]
                    self.source.choice([self.make(3), *self.nodes()[:1]])
                )
            elif odd == 3:
                row.class_list.add("odd")
            rows.append(row)
        with suppress(HierarchyError):  # a row may be an ancestor of ``parent``
            parent.insert(self.source.number(0, len(parent)), rows)

    def do_move(self) -> None:
        nodes = self.nodes()
        if nodes:
            node, parent = self.source.choice(nodes), self.source.choice(self.elements())
            try:
                parent.insert(self.source.number(0, len(parent)), node)
            except HierarchyError:
                assert parent is node or parent in list(node.walk())

    def do_remove(self) -> None:
        nodes = self.nodes()
        if nodes:
            node = self.source.choice(nodes)
            node.remove()
            self.spare.append(node)

    def do_again(self) -> None:
        if self.spare:
            node = self.spare.pop()
            if node.parent is None:
                self.source.choice(self.elements()).append(node)

    def do_removed(self) -> None:
        """Change a node that is below a removed node."""
        below = [
            node for spare in self.spare[-3:] for node in spare.walk()
            if not isinstance(node.parent, (Select, Option))
        ]  # fmt: skip
        if not below:
            return
        # an earlier mutation may have put the node back into the tree
        with suppress(HierarchyError):
            self.change_removed(self.source.choice(below))

    def change_removed(self, node: Node) -> None:
        do = self.source.number(0, 4)
        if do == 0:
            self.source.choice(self.elements()).append(node)
        elif do == 1:
            node.remove()
        elif do == 2:
            assert node.document is None or node.root is self.html
        elif isinstance(node, Text):
            node.set_text(self.source.choice(TEXTS))
        elif type(node) in KINDS:
            assert isinstance(node, Element)
            if do == 3:
                node.attributes["title"] = self.source.choice(TEXTS)
            else:
                node.append(self.make(), *self.nodes()[:1])

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
            # Use only valid declarations, because pages drop invalid ones.
            name, value = self.source.choice(
                [("color", "red"), ("color", "blue"), ("width", "1px"), ("width", "inherit")]
            )
            style[name] = value

    def do_value(self) -> None:
        fields = [n for n in self.nodes() if isinstance(n, InputElement)]
        if not fields:
            return
        field = self.source.choice(fields)
        if isinstance(field, CheckBox):
            field.value = not field.value
        elif isinstance(field, Select):
            field.value = self.source.choice(field.values)
            self.change_options(field)
        elif isinstance(field, NumberInput):
            field.value = self.source.choice([None, 1, 2.5, -3e9])
        elif isinstance(field, DateInput):
            field.value = self.source.choice([None, date(2026, 1, 31), date(1, 1, 1)])
        else:
            field.value = self.source.choice(TEXTS).replace("\n", " ")

    def change_options(self, select: Select) -> None:
        options = select.options
        if len(options) > 2 and self.source.number(0, 1):
            self.source.choice(options).remove()
        else:
            text = self.source.choice(["x", "y"])
            select.insert(self.source.number(0, len(select)), Option(text, selected=text == "y"))

    def do_clear(self) -> None:
        if self.source.number(0, 3) == 0:
            element = self.source.choice(self.elements())
            self.spare += element.nodes
            element.clear()

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

    # data of widgets ----------------------------------------------------------------------------

    def value(self, depth: int = 0) -> Any:
        """Return a random value for the data of a widget. At depth 0 the value is a dict or a
        list.
        """
        kind = self.source.number(0 if depth == 0 else -4, 1)
        if kind < 0 or depth > 2:
            return self.source.choice([None, True, 0, 1, 1.5, *TEXTS])
        values = [self.value(depth + 1) for _ in range(self.source.number(0, 3))]
        return dict(zip(NAMES, values, strict=False)) if kind == 0 else values

    def do_data(self) -> None:
        widgets = [node for node in self.nodes() if isinstance(node, Sample)]
        if not widgets:
            self.source.choice(self.elements()).append(Sample(data=self.value()))
            return
        widget = self.source.choice(widgets)
        containers: list[Any] = [widget.data]
        for container in containers:
            values = container.values() if isinstance(container, DataDict) else container
            containers += [value for value in values if isinstance(value, Container)]
        container = self.source.choice(containers)
        if self.source.number(0, 15) == 0:
            widget.data = self.value()
        elif isinstance(container, DataDict):
            self.change_dict(container)
        else:
            self.change_list(container)

    def change_dict(self, data: DataDict) -> None:
        key = self.source.choice(NAMES)
        if key in data and self.source.number(0, 2) == 0:
            del data[key]
        else:
            data[key] = self.value(1)

    def change_list(self, data: DataList) -> None:
        place = self.source.number(0, max(0, len(data) - 1))
        change = self.source.choice(
            ["append"] * 3 + ["drop"] * 3 + ["set"] * 3 + ["pop"] * 2
            + ["extend", "insert", "delete", "slice", "sort", "clear"]
        )  # fmt: skip
        if change == "append" or not data:
            data.append(self.value(1))
        elif change == "drop":
            del data[: self.source.number(1, 2)]
        elif change == "set":
            data[place] = self.value(1)
        elif change == "pop":
            data.pop()
        elif change == "extend":
            data.extend([self.value(1), self.value(1)])
        elif change == "insert":
            data.insert(place, self.value(1))
        elif change == "delete":
            del data[place]
        elif change == "slice":
            data[place : place + 2] = [self.value(1), *data[place : place + 1]]
        elif change == "sort":
            data.sort(key=lambda value: str(value)[::-1])
        else:
            data.clear()
