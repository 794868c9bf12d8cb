"""`VisiblePage` determines the visible part of a page and the names of its elements.

A simulated window has no layout and runs no scripts. Elements are hidden by HTML and inline styles
(``hidden``, a closed ``details``, ``display: none``), not by style sheets or scripts of widgets.
Names follow "Accessible Name and Description Computation" (W3C) for texts, labels and ARIA
attributes.

Threads: can be used from any thread, while the page does not change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from everview.testing.page.replica import ReplicaNode

#: Elements that browsers never show.
NEVER_SHOWN = {"datalist", "head", "link", "meta", "script", "style", "template", "title"}
FIELDS = {"input", "select", "textarea"}
BUTTON_TYPES = {"button", "submit", "reset", "image"}
INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "br", "button", "cite", "code", "data", "del", "dfn", "em", "i",
    "img", "input", "ins", "kbd", "label", "mark", "meter", "output", "picture", "progress", "q",
    "s", "samp", "select", "small", "span", "strong", "sub", "sup", "svg", "textarea", "time", "u",
    "var", "wbr",
}  # fmt: skip
#: This character replaces spaces inside ``pre``, so that they are not collapsed.
_FIXED_SPACE = "\ue000"
_HIDING_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b")


def attribute(node: ReplicaNode, name: str) -> str | None:
    """The text of an attribute; None if it is absent."""
    value = node.attributes.get(name)
    return None if value is None or value is False else str(value)


def kind(node: ReplicaNode) -> str:
    """The type of an ``input`` element; for any other element, its tag."""
    return (attribute(node, "type") or "text").lower() if node.tag == "input" else node.tag


def is_field(node: ReplicaNode) -> bool:
    """Whether the element is a field that a person fills in."""
    return node.tag in FIELDS and kind(node) not in {*BUTTON_TYPES, "hidden"}


def is_text_field(node: ReplicaNode) -> bool:
    """Whether a person types characters into the element."""
    others = {"checkbox", "radio", "range", "color", "file", "select"}
    return is_field(node) and kind(node) not in others


def is_button(node: ReplicaNode) -> bool:
    """Whether the element is a ``button`` or an ``input`` that is a button."""
    return node.tag == "button" or kind(node) in BUTTON_TYPES


def listens(node: ReplicaNode, event: str) -> bool:
    """Whether the view handles this event of the element itself."""
    return any(name.partition(":")[0] == event for name in node.attributes.get("@", ()))


def ancestors(node: ReplicaNode) -> Iterator[ReplicaNode]:
    """The node and its ancestors, without the ``main`` element of the page."""
    at: ReplicaNode | None = node
    while at is not None and at.id:
        yield at
        at = at.parent


def squeeze(text: str) -> str:
    """Return the text with each run of white space replaced by one space."""
    return " ".join(text.split())


class VisiblePage:
    """The visible elements of a page at one moment.

    Args:
        root: The root of the replica.
        toggled: The ids of ``details`` elements that the person toggled.
    """

    def __init__(self, root: ReplicaNode, toggled: set[int]) -> None:
        self.root = root
        self._toggled = toggled
        self.nodes = [node for node in root.walk() if node.tag and node.id]
        self._ids = {name: node for node in reversed(self.nodes) if (name := attribute(node, "id"))}
        self._labels: dict[str, str] = {}
        for node in self.nodes:
            if node.tag == "label" and (target := attribute(node, "for")):
                self._labels.setdefault(target, self.text(node))
        modal = [n for n in self.nodes if attribute(n, "aria-modal") == "true"]
        self._modal = next((node for node in reversed(modal) if not self._own_reason(node)), None)

    # visibility of elements --------------------------------------------------------------------

    def is_open(self, details: ReplicaNode) -> bool:
        """Whether a ``details`` element is open."""
        return (attribute(details, "open") is not None) != (details.id in self._toggled)

    def why_hidden(self, node: ReplicaNode) -> str:
        """The reason why a person does not see the element; "" if it is visible."""
        for at in ancestors(node):
            if reason := self._own_reason(at):
                subject = "it" if at is node else f"<{at.tag}> around it"
                return f"{subject} {reason}"
        return ""

    def _own_reason(self, node: ReplicaNode) -> str:
        if node.tag in NEVER_SHOWN or kind(node) == "hidden":
            return "is never shown"
        if attribute(node, "hidden") is not None:
            return "is hidden"
        style = _HIDING_STYLE.search(attribute(node, "style") or "")
        if style:
            return f"is hidden by its style ({style.group().strip('; ')})"
        if node.tag == "dialog" and attribute(node, "open") is None:
            return "is a dialog that is not open"
        parent = node.parent
        if parent is not None and parent.tag == "details" and node.tag != "summary":
            return "" if self.is_open(parent) else "is in a <details> that is not open"
        return ""

    def why_unusable(self, node: ReplicaNode) -> str:
        """The reason why a person cannot use the visible element; "" if it is usable."""
        for at in ancestors(node):
            is_control = at is node and (is_field(at) or is_button(at) or at.tag == "option")
            if attribute(at, "disabled") is not None and (is_control or at.tag == "fieldset"):
                return "it is disabled" if at is node else f"<{at.tag}> around it is disabled"
            if attribute(at, "inert") is not None:
                return "it is inert"
        if self._modal is not None and self._modal not in list(ancestors(node)):
            return f"the dialog {self.name(self._modal)!r} covers it"
        return ""

    # names of elements -------------------------------------------------------------------------

    def text(self, node: ReplicaNode) -> str:
        """The visible text of an element, in lines."""
        pieces: list[str] = []
        self._collect(node, pieces, attribute(node, "hidden") is None)
        lines = re.sub(" +", " ", "".join(pieces)).split("\n")
        lines = [line.strip(" \t").replace(_FIXED_SPACE, " ") for line in lines]
        return "\n".join(line for line in lines if line.strip())

    def _collect(self, node: ReplicaNode, pieces: list[str], only_visible: bool) -> None:
        for child in node.children:
            if not child.tag:
                in_pre = any(at.tag == "pre" for at in ancestors(node))
                pieces.append(
                    child.text.replace(" ", _FIXED_SPACE)
                    if in_pre
                    else re.sub(r"\s+", " ", child.text)
                )
            elif child.tag == "br":
                pieces.append("\n")
            elif (only_visible and self._own_reason(child)) or child.tag == "option":
                continue
            else:
                separator = "\t" if child.tag in ("td", "th") else "\n"
                separator = "" if child.tag in INLINE else separator
                pieces.append("" if separator == "\t" else separator)
                self._collect(child, pieces, only_visible)
                pieces.append(separator)

    def name(self, node: ReplicaNode) -> str:
        """The first name that `names` returns; "" if there is none."""
        return next(iter(self.names(node)), "")

    def names(self, node: ReplicaNode) -> list[str]:
        """The names of an element: its labels, its text, and attributes that describe it."""
        found = [self._by_ids(attribute(node, "aria-labelledby")), attribute(node, "aria-label")]
        if is_field(node):
            found += [self._labels.get(attribute(node, "id") or ""), self._label_around(node)]
        elif node.tag == "fieldset":
            legends = [child for child in node.children if child.tag == "legend"]
            found += [self.text(legend) for legend in legends[:1]]
        elif node.tag == "input":  # a button
            found += [attribute(node, ".value"), attribute(node, "value"), attribute(node, "alt")]
        else:
            found.append(self.text(node))
            found += [attribute(n, "alt") or attribute(n, "aria-label") for n in node.walk()[1:]]
        found += [attribute(node, "placeholder"), attribute(node, "title"), attribute(node, "alt")]
        names = [squeeze(name) for name in found if name]
        return [name for name in dict.fromkeys(names) if name]

    def _by_ids(self, ids: str | None) -> str:
        nodes = [self._ids[name] for name in (ids or "").split() if name in self._ids]
        return " ".join(self.text(node) for node in nodes)

    def _label_around(self, node: ReplicaNode) -> str:
        return next((self.text(at) for at in ancestors(node) if at.tag == "label"), "")

    def field_of_label(self, label: ReplicaNode) -> ReplicaNode | None:
        """The field or button of a ``label`` element."""
        target = attribute(label, "for")
        if target is not None:
            return self._ids.get(target)
        return next((node for node in label.walk() if is_field(node) or is_button(node)), None)
