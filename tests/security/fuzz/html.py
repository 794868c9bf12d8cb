"""Fuzz `everview.html.parse_html`: HTML text becomes valid nodes or is refused."""

from __future__ import annotations

import re

from everview.errors import EverviewError
from everview.html import Div, Document, parse_html
from everview.html.tree.element import Element
from everview.html.tree.safety import URL_ATTRIBUTES, check_tag, is_safe_url
from everview.runtime.windows.updates import encode


def one(data: bytes) -> None:
    text = data.decode("utf-8", "surrogatepass" if b"\xed" in data else "replace") if _fits(data) else ""
    try:
        holder = Div(parse_html(text))
    except EverviewError:
        return
    for node in holder.walk():
        if not isinstance(node, Element):
            continue
        check_tag(node.tag_name)
        for name, value in node.attributes.items():
            assert not re.match(r"on|srcdoc\Z", name, re.IGNORECASE)
            assert name.lower() not in URL_ATTRIBUTES or is_safe_url(value)
    document = Document()
    document.root.nodes = [holder]
    encode(document.snapshot())


def _fits(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return b"\xed" not in data
    return True
