"""`parse_html` makes nodes from HTML text.

The package ``justhtml`` parses the text. It implements the HTML standard in pure Python, so the
structure is the same as in a browser. The package is imported at the first call, because the import
takes 60 ms.

The text is parsed as the content of a ``<div>``. A text that starts with a part of a table,
as in ``Tbody(parse_html("<tr><td>a"))``, is parsed as the content of the element that must contain
the part. In a ``<div>``, the HTML standard would drop such tags. Comments, ``<!doctype>`` and the
tags ``<html>``, ``<head>`` and ``<body>`` with their attributes are left out.

The classes of ``everview.html`` make the nodes and refuse everything that could run a script, so
untrusted text is allowed. To show a text unchanged, use a plain string instead.
Threads: can be called from any thread.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from everview.errors import HierarchyError
from everview.html.elements import mathml, svg, tags
from everview.html.fields.form import Form
from everview.html.fields.inputs import InputElement
from everview.html.fields.select import Optgroup, Option, Select
from everview.html.fields.text_inputs import TextArea
from everview.html.tree.element import Element
from everview.html.tree.node import MAX_DEPTH, Node, Text
from everview.html.tree.safety import check_tag

_FIRST_TAG = re.compile(r"\s*<(\w+)")
#: For each tag inside a table: the tag of the element that must contain it.
_AROUND = {
    "caption": "table", "colgroup": "table", "thead": "table", "tbody": "table", "tfoot": "table",
    "col": "colgroup", "tr": "tbody", "td": "tr", "th": "tr",
}  # fmt: skip


def parse_html(text: str) -> list[Node]:
    """Parse HTML text and return its nodes: ``Div(parse_html("<p>Hello <b>world"))``.

    Input elements become fields with their values. Comments are removed, white space is not.

    Args:
        text: HTML for the body of a page, or rows and cells of a table.

    Returns:
        The nodes at the top level, which have no parent.

    Raises:
        UnsafeHTMLError: the text contains a script, an event attribute or an unsafe URL.
        HierarchyError: the elements are nested too deeply for a page.
        HTMLError: an attribute has an invalid name.
    """
    from justhtml import JustHTML
    from justhtml.parser.context import FragmentContext

    first_tag = _FIRST_TAG.match(text)
    around = _AROUND.get(first_tag[1].lower(), "div") if first_tag else "div"
    parsed = JustHTML(
        text,
        fragment_context=FragmentContext(around),
        # The sanitizer of justhtml has other rules. Our element classes refuse unsafe HTML.
        sanitize=False,
        scripting_enabled=False,
    )
    return _make_all(parsed.root.children or [], 1, is_in_form=False)


def _make_all(parsed: list[Any], depth: int, is_in_form: bool) -> list[Node]:
    if depth > MAX_DEPTH:
        raise HierarchyError(f"this HTML is more than {MAX_DEPTH} levels deep")
    nodes: list[Node] = []
    for node in parsed:
        if node.name == "#text":
            # Join two texts if there was only a comment between them.
            if nodes and isinstance(nodes[-1], Text):
                nodes[-1].set_text(nodes[-1].text + node.data)
            else:
                nodes.append(Text(node.data))
        elif node.name[0] not in "#!?":  # no comment, doctype or instruction
            nodes.append(_make_element(node, depth, is_in_form))
    return nodes


def _make_element(parsed: Any, depth: int, is_in_form: bool) -> Element:
    tag: str = check_tag(parsed.name)
    attributes = {name: value or "" for name, value in parsed.attrs.items()}
    if tag == "button" and is_in_form:
        attributes.setdefault("type", "submit")
    is_in_form = is_in_form or tag == "form"
    children = _make_all(parsed.children or [], depth + 1, is_in_form)
    kind = _classes(parsed.namespace or "html").get(tag)
    made: Element
    if kind is InputElement:
        made = InputElement(type=attributes.pop("type", "text"))
    elif kind is Option:
        made = Option(*children, value=attributes.pop("value", ...))
    elif kind is Select:
        made = Select(*children, multiple="multiple" in attributes)
    elif kind is TextArea:
        made = TextArea("".join(child.get_text() for child in children))
    elif kind is None:
        made = tags.element(tag, *children)
    else:
        made = kind(*children)
    # Set the value last, because the limits of a slider restrict its value.
    for name in sorted(attributes, key=("value", "checked").__contains__):
        made.set_attribute(name, attributes[name])
    return made


@cache
def _classes(namespace: str) -> dict[str, type[Element]]:
    """Return a mapping from the tags of a namespace to their classes."""
    if namespace == "html":
        listed = [getattr(tags, name) for name in tags.__all__ if name not in ("HTML", "element")]
        listed += [InputElement, Option, Optgroup, Select, TextArea, Form]
    else:
        module: Any = svg if namespace == "svg" else mathml
        listed = [getattr(module, name) for name in module.__all__ if not name.endswith("Element")]
    return {cls.TAG_NAME: cls for cls in listed}
