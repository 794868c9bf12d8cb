"""`Sight`: what a person can see of a page, and what things are called.

A simulated window has no layout and runs no scripts: hidden is what HTML and inline styles hide
(``hidden``, a closed ``details``, ``display: none``), not what a style sheet or a widget's
script hides. Names follow "Accessible Name and Description Computation" (W3C), as far as texts,
labels and ARIA attributes go.

Threads: any, while the page does not change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from everview.testing.page.replica import ReplicaNode

#: What no browser shows.
UNSEEN = {"datalist", "head", "link", "meta", "script", "style", "template", "title"}
FIELDS = {"input", "select", "textarea"}
INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "br", "button", "cite", "code", "data", "del", "dfn", "em", "i",
    "img", "input", "ins", "kbd", "label", "mark", "meter", "output", "picture", "progress", "q",
    "s", "samp", "select", "small", "span", "strong", "sub", "sup", "svg", "textarea", "time", "u",
    "var", "wbr",
}  # fmt: skip
#: Stands for a blank that is not to be joined with its neighbours.
_KEPT = "\ue000"
_NOT_SHOWN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b")


def attribute(node: ReplicaNode, name: str) -> str | None:
    """An attribute's text, None where it is absent."""
    value = node.attributes.get(name)
    return None if value is None or value is False else str(value)


def kind(node: ReplicaNode) -> str:
    """The type of an input, else the tag."""
    return (attribute(node, "type") or "text").lower() if node.tag == "input" else node.tag


def is_field(node: ReplicaNode) -> bool:
    """Whether a person fills it in."""
    buttons = {"button", "submit", "reset", "image", "hidden"}
    return node.tag in FIELDS and kind(node) not in buttons


def is_button(node: ReplicaNode) -> bool:
    """Whether it is a button, of either kind."""
    return node.tag == "button" or kind(node) in {"button", "submit", "reset", "image"}


def listens(node: ReplicaNode, event: str) -> bool:
    """Whether the view handles this event of the node itself."""
    return any(name.partition(":")[0] == event for name in node.attributes.get("@", ()))


def ancestors(node: ReplicaNode) -> Iterator[ReplicaNode]:
    """The node and what it is in, up to the page's own ``main``, which is left out."""
    at: ReplicaNode | None = node
    while at is not None and at.id:
        yield at
        at = at.parent


def squeeze(text: str) -> str:
    """A text as it is seen: blanks as one."""
    return " ".join(text.split())


class Sight:
    """One look at a page. ``opened``: ids of ``details`` that the person toggled."""

    def __init__(self, root: ReplicaNode, opened: set[int]) -> None:
        self.root = root
        self._opened = opened
        self.nodes = [node for node in root.walk() if node.tag and node.id]
        self._ids = {name: node for node in reversed(self.nodes) if (name := attribute(node, "id"))}
        self._labels: dict[str, str] = {}
        for node in self.nodes:
            if node.tag == "label" and (target := attribute(node, "for")):
                self._labels.setdefault(target, self.text(node))
        modal = [n for n in self.nodes if attribute(n, "aria-modal") == "true"]
        self._modal = next((node for node in reversed(modal) if not self._own_reason(node)), None)

    # seen or not -------------------------------------------------------------------------------

    def is_open(self, details: ReplicaNode) -> bool:
        """Whether what is in a ``details`` is shown."""
        return (attribute(details, "open") is not None) != (details.id in self._opened)

    def why_hidden(self, node: ReplicaNode) -> str:
        """Why a person does not see the node, or ""."""
        for at in ancestors(node):
            if reason := self._own_reason(at):
                of = "it" if at is node else f"<{at.tag}> around it"
                return f"{of} {reason}"
        return ""

    def _own_reason(self, node: ReplicaNode) -> str:
        if node.tag in UNSEEN or kind(node) == "hidden":
            return "is never shown"
        if attribute(node, "hidden") is not None:
            return "is hidden"
        style = _NOT_SHOWN.search(attribute(node, "style") or "")
        if style:
            return f"is hidden by its style ({style.group().strip('; ')})"
        if node.tag == "dialog" and attribute(node, "open") is None:
            return "is a dialog that is not open"
        parent = node.parent
        if parent is not None and parent.tag == "details" and node.tag != "summary":
            return "" if self.is_open(parent) else "is in a <details> that is not open"
        return ""

    def why_unusable(self, node: ReplicaNode) -> str:
        """Why a person cannot use the node that is seen, or ""."""
        for at in ancestors(node):
            is_control = at is node and (is_field(at) or is_button(at) or at.tag == "option")
            if attribute(at, "disabled") is not None and (is_control or at.tag == "fieldset"):
                return "it is disabled" if at is node else f"<{at.tag}> around it is disabled"
            if attribute(at, "inert") is not None:
                return "it is inert"
        if self._modal is not None and self._modal not in list(ancestors(node)):
            return f"the dialog {self.name(self._modal)!r} is in front of it"
        return ""

    # what things are called --------------------------------------------------------------------

    def text(self, node: ReplicaNode) -> str:
        """The text that is seen, in lines."""
        pieces: list[str] = []
        self._collect(node, pieces, attribute(node, "hidden") is None)
        lines = re.sub(" +", " ", "".join(pieces)).split("\n")
        lines = [line.strip(" \t").replace(_KEPT, " ") for line in lines]
        return "\n".join(line for line in lines if line.strip())

    def _collect(self, node: ReplicaNode, pieces: list[str], seen: bool) -> None:
        for child in node.children:
            if not child.tag:
                keeps = any(at.tag == "pre" for at in ancestors(node))
                text = child.text.replace(" ", _KEPT) if keeps else re.sub(r"\s+", " ", child.text)
                pieces.append(text)
            elif child.tag == "br":
                pieces.append("\n")
            elif (seen and self._own_reason(child)) or child.tag == "option":
                continue
            else:
                around = "\t" if child.tag in ("td", "th") else "\n"
                around = "" if child.tag in INLINE else around
                pieces.append("" if around == "\t" else around)
                self._collect(child, pieces, seen)
                pieces.append(around)

    def name(self, node: ReplicaNode) -> str:
        """What a person calls the node: the first of `names`, or ""."""
        return next(iter(self.names(node)), "")

    def names(self, node: ReplicaNode) -> list[str]:
        """What a person may call it: labels, what is written on it, what is said of it."""
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

    def labelled_by(self, label: ReplicaNode) -> ReplicaNode | None:
        """The field of a ``label``."""
        target = attribute(label, "for")
        if target is not None:
            return self._ids.get(target)
        return next((node for node in label.walk() if is_field(node) or is_button(node)), None)
