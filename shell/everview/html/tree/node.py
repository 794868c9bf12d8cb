"""Nodes: `Text` and `Element`, linked to their parent and siblings.

Children are a doubly linked list, as in browsers' own DOM: inserting, moving and removing are
constant in the number of siblings, by identity, and the previous sibling that a frame needs is at
hand. Indexing (``nodes[5000]``) builds a list once and keeps it until the middle changes.

Not for: what a change means to windows (``document``), list and dict like access (``children``,
``attributes``), the element classes (``tags``, ``inputs``).

Threads: any. An attached node is changed under its document's lock, taken by every operation.
A tree that is not attached belongs to the thread that builds it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, ClassVar, Protocol

from everview.errors import AttributeValueError, HierarchyError

#: An item as it is sent: a text, an element ``[tag, {attributes}?, item, ...]``, a reference
#: ``[id]`` to a node the page has, ``[[count, text, ...]]`` for so many elements like the one
#: before but for their texts, or a number: the id of the next node.
Wire = str | int | list[Any]
#: What may be given as a child.
Child = Any

_UNLOCKED = contextlib.nullcontext()

#: Deepest tree. HTML parsers stop at 512 (Blink); JSON encoders recurse on the C stack.
MAX_DEPTH = 400


def too_deep(levels: int) -> HierarchyError:
    """The error of a tree of so many levels."""
    return HierarchyError(
        f"this tree is {levels} levels deep; a page can have {MAX_DEPTH}. "
        "Is a node appended to the last one in a loop?"
    )


class Journal(Protocol):
    """What a node tells the document it is attached to, with its lock held."""

    lock: threading.RLock
    groups: dict[Any, Any]
    revision: int
    _shown: int
    _watching: int

    def forget(self) -> bool: ...

    def _touch(self, node: Node, slot: str) -> None: ...
    def _link_class(self, cls: type) -> None: ...
    def _attach(self, tops: list[Node], parent: ParentNode) -> int: ...
    def _check_move(self, node: Node, parent: ParentNode) -> None: ...
    def _move(self, node: Node, parent: ParentNode) -> None: ...
    def _detach(self, first: Node, count: int = 1, emptied: ParentNode | None = None) -> None: ...


class Node:
    """What `Text` and `Element` share: a place in a tree. Not for authors to instantiate."""

    __slots__ = (
        "__weakref__",
        "_changed",
        "_document",
        "_id",
        "_next_sibling",
        "_parent_node",
        "_placed",
        "_previous_sibling",
        "_since",
    )

    #: Whether a document tells this node that it was attached, moved or detached.
    WATCHES_PLACE: ClassVar[bool] = False
    #: Whether a tag, attributes, events and children are all that pages know of it.
    IS_PLAIN: ClassVar[bool] = False
    _first_child: Node | None

    def __init__(self) -> None:
        self._document: Journal | None = None
        self._parent_node: ParentNode | None = None
        self._previous_sibling: Node | None = None
        self._next_sibling: Node | None = None
        self._changed: dict[str, int] | None = None
        self._id = -1
        self._since = 0
        self._placed = 0

    @property
    def parent(self) -> ParentNode | None:
        """The element this node is in, or None."""
        parent = self._above()
        return None if parent is None or parent._id == 0 else parent

    def _above(self) -> ParentNode | None:
        """The node that has this, the document's own too.

        Who was taken out with all others keeps its links until it is forgotten (`clear`): a node
        without children is nobody's parent.
        """
        parent = self._parent_node
        return None if parent is None or parent._first_child is None else parent

    @property
    def root(self) -> Node:
        """The topmost node of the tree this node is in; itself where it has no parent."""
        node: Node = self
        while (parent := node.parent) is not None:
            node = parent
        return node

    @property
    def document(self) -> Journal | None:
        """The document this node is attached to, or None."""
        if self._document is not None:
            self._document.forget()
        return self._document

    @property
    def lock(self) -> contextlib.AbstractContextManager[Any]:
        """The document's lock: what is changed inside ``with node.lock:`` is shown in one frame."""
        document = self._document
        return document.lock if document is not None else _UNLOCKED

    def remove(self) -> None:
        """Take this node out of its parent; without a parent nothing happens."""
        parent = self._above()
        if parent is not None:
            parent._remove(self)

    def get_text(self) -> str:
        """The text of this node and all below it, unchanged."""
        only = self._first_child
        if type(only) is Text and only._next_sibling is None:
            return only._text  # most elements that are asked
        return "".join(node._text for node in self._walk() if isinstance(node, Text))

    def _walk(self) -> Iterator[Node]:
        """This node and all below it, in document order."""
        node: Node = self
        while True:
            first = node._first_child
            yield node
            if first is not None:
                node = first
                continue
            while node is not self and node._next_sibling is None:
                assert node._parent_node is not None
                node = node._parent_node
            if node is self:
                return
            assert node._next_sibling is not None
            node = node._next_sibling

    def _enter(self, document: Journal) -> None:
        """Attached or moved, with the lock held; only called where `WATCHES_PLACE` is True."""

    def _leave(self, document: Journal) -> None:
        """About to be detached, with the lock held; only called where `WATCHES_PLACE` is True."""

    def _write(self) -> Wire:
        raise TypeError(f"{type(self).__name__} cannot be shown")

    def _is_like(self, other: Any) -> bool:
        """Whether pages see the same of both, which are of one class, but for what is in them."""
        return False

    def _read_slots(self, slots: list[str], since: int) -> Any:
        raise TypeError(f"{type(self).__name__} has no slots")

    def same_as(self, other: object) -> bool:
        """Whether both have the same structure; ``==`` is identity."""
        if not isinstance(other, Node):
            return False
        mine, theirs = list(self._walk()), list(other._walk())
        return len(mine) == len(theirs) and all(
            a._shape() == b._shape() for a, b in zip(mine, theirs, strict=True)
        )

    def _shape(self) -> tuple[Any, ...]:
        raise TypeError(f"{type(self).__name__} has no structure")


class Text(Node):
    """A text. ``str`` children become one; make one yourself to change it later."""

    __slots__ = ("_text",)

    _first_child: ClassVar[None] = None  # type: ignore[misc]  # no slot: it has none, ever

    def __init__(self, text: object = "") -> None:
        # What `Node.__init__` does, written out here and below: a call up costs a third of a text.
        self._document = None
        self._parent_node = None
        self._previous_sibling = None
        self._next_sibling = None
        self._changed = None
        self._id = -1
        self._since = 0
        self._placed = 0
        self._text = text if type(text) is str else str(text)

    @property
    def text(self) -> str:
        return self._text

    @text.setter
    def text(self, text: object) -> None:
        self.set_text(text)

    def set_text(self, text: object) -> None:
        """Replace the text. It is shown as it is: it is never parsed."""
        text = str(text)
        with self.lock:
            if text != self._text:
                self._text = text
                if self._document is not None:
                    self._document._touch(self, "text")

    def _write(self) -> Wire:
        return self._text

    def _read_slots(self, slots: list[str], since: int) -> str:
        return self._text

    def _shape(self) -> tuple[Any, ...]:
        return ("text", self._text)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Text({self._text!r})"


class ParentNode(Node):
    """A node with children, kept as a linked list. Not for authors to instantiate."""

    __slots__ = ("_child_cache", "_child_count", "_first_child", "_last_child")

    TAG_NAME: ClassVar[str] = "div"
    #: "svg", "math"; "": the one of the element it is in.
    NAMESPACE: ClassVar[str] = ""

    def __init__(self) -> None:
        self._document = None
        self._parent_node = None
        self._previous_sibling = None
        self._next_sibling = None
        self._changed = None
        self._id = -1
        self._since = 0
        self._placed = 0
        self._first_child: Node | None = None
        self._last_child: Node | None = None
        self._child_count = 0
        self._child_cache: list[Node] | None = None

    @property
    def tag_name(self) -> str:
        return type(self).TAG_NAME

    def _get_attribute(self, name: str) -> str | None:
        return None

    def __len__(self) -> int:
        return self._child_count

    def __bool__(self) -> bool:
        return True

    def __contains__(self, node: object) -> bool:
        return isinstance(node, Node) and node._above() is self

    def append(self, *children: Child) -> None:
        """Insert at the end. A node that has a parent moves here."""
        self._insert(children, None)

    def prepend(self, *children: Child) -> None:
        """Insert at the start."""
        self._insert(children, self._first_child)

    def extend(self, children: Iterable[Child]) -> None:
        self._insert((children,), None)

    def insert_before(self, child: Child, reference: Node | None) -> None:
        """Insert before ``reference``, a child of this element; None: at the end."""
        if reference is not None and reference._above() is not self:
            raise HierarchyError("the reference node is not a child of this element")
        self._insert((child,), reference)

    def clear(self) -> None:
        """Remove all children."""
        with self.lock:
            if self._document is not None:
                self._document.forget()  # this element may have left
            node, count = self._first_child, self._child_count
            if node is None:
                return
            self._first_child = self._last_child = self._child_cache = None
            self._child_count = 0
            if self._document is not None:
                # It takes their links, later: to look at each is most of a long list's time.
                self._document._detach(node, count, self)
            else:
                while node is not None:
                    following = node._next_sibling
                    node._parent_node = node._previous_sibling = node._next_sibling = None
                    node = following
            self._children_changed()

    def remove(self, child: Node | None = None) -> None:
        """Take ``child`` out of this element; without an argument, this element out of its own."""
        if child is None:
            super().remove()
        elif child._above() is not self:
            raise ValueError(f"{child!r} is not a child of {self!r}")
        else:
            self._remove(child)

    def set_text(self, text: object) -> None:
        """Replace the children by one text. It is shown as it is: it is never parsed."""
        with self.lock:
            only = self._first_child
            if isinstance(only, Text) and only is self._last_child:
                only.set_text(text)
            else:
                self.clear()
                self._insert((Text(text),), None)

    def _build(self, children: Child) -> None:
        """`_insert` for an element that is being made: nothing can be above it yet."""
        last = self._last_child
        for child in children:
            kind = type(child)
            node: Node
            if kind is str or kind is int:
                node = Text(child)
            elif isinstance(child, Node) and child._parent_node is None:
                node = child
            else:
                if isinstance(child, Node):
                    self._insert((child,), None)
                else:
                    nodes: list[Node] = []
                    flatten(child, nodes)
                    self._build(nodes)
                last = self._last_child
                continue
            # `_link` at the end, written out: half of what a small element costs otherwise.
            node._parent_node = self
            node._previous_sibling = last
            if last is None:
                self._first_child = node
            else:
                last._next_sibling = node
            self._last_child = last = node
            self._child_count += 1
        self._child_cache = None

    def _insert(self, children: Child, reference: Node | None) -> None:
        nodes: list[Node] = []
        flatten(children, nodes)
        if self._document is not None:
            self._document.forget()  # what is put here may have left, or this element
        for node in nodes:
            self._check_hierarchy(node)
            other = node._document
            if other is not None and other is not self._document:
                # Before the lock is taken, so that no two documents' locks are held at once.
                node.remove()
                other.forget()
        with self.lock:
            if self._document is not None:
                self._document.forget()  # so it may have by another thread, meanwhile
            document = self._document
            new = self._link_all(nodes, reference, document)
            if document is not None and new:
                self._attach(new, document)
            self._children_changed()

    def _link_all(
        self, nodes: list[Node], reference: Node | None, document: Journal | None
    ) -> list[Node]:
        """Link them in order; those that were in no document before, for `_attach`."""
        if document is not None:
            for node in nodes:
                if node._parent_node is not None:
                    document._check_move(node, self)
        new = []
        for node in nodes:
            if node is reference:
                reference = node._next_sibling
                continue
            parent = node._parent_node
            if parent is not None:
                parent._unlink(node)
                parent._children_changed()
            self._link(node, reference)
            if node._document is None:
                new.append(node)
            elif document is not None:
                document._move(node, self)
            else:  # another thread has taken this element out of it meanwhile
                node._document._detach(node)
        return new

    def _attach(self, new: list[Node], document: Journal) -> None:
        deepest = document._attach(new, self)
        if deepest > MAX_DEPTH:
            document._detach(self._unlink_all(new), len(new))
            raise too_deep(deepest)

    def _children_changed(self) -> None:
        """Children came or went after this element was made; for those to whom it matters."""

    def _check_hierarchy(self, node: Node) -> None:
        if node._parent_node is self:
            return
        if node is self or (isinstance(node, ParentNode) and node._first_child is not None):
            ancestor: ParentNode | None = self
            while ancestor is not None:
                if ancestor is node:
                    raise HierarchyError(
                        f"<{self.tag_name}> is inside {node!r}: a node cannot be put into itself"
                    )
                ancestor = ancestor._parent_node

    def _remove_others(self, nodes: list[Node]) -> None:
        """Take these children out, which are all but those that came under the same lock."""
        with self.lock:
            mine = [node for node in nodes if node._above() is self]
            if mine:
                first = self._unlink_all(mine)
                if self._document is not None:
                    self._document._detach(first, len(mine), self)
            self._children_changed()

    def _remove(self, node: Node) -> None:
        with self.lock:
            if node._above() is self:
                self._unlink(node)
                if self._document is not None:
                    self._document._detach(node)
                self._children_changed()

    def _link(self, node: Node, reference: Node | None) -> None:
        node._parent_node = self
        node._next_sibling = reference
        previous = self._last_child if reference is None else reference._previous_sibling
        node._previous_sibling = previous
        if previous is None:
            self._first_child = node
        else:
            previous._next_sibling = node
        if reference is None:
            self._last_child = node
            if self._child_cache is not None:
                self._child_cache.append(node)
        else:
            reference._previous_sibling = node
            self._child_cache = None
        self._child_count += 1

    def _unlink(self, node: Node) -> None:
        previous, following = node._previous_sibling, node._next_sibling
        if previous is None:
            self._first_child = following
        else:
            previous._next_sibling = following
        if following is None:
            self._last_child = previous
            if self._child_cache is not None:
                self._child_cache.pop()
        else:
            following._previous_sibling = previous
            self._child_cache = None
        node._parent_node = node._previous_sibling = node._next_sibling = None
        self._child_count -= 1

    def _unlink_all(self, nodes: list[Node]) -> Node:
        """Unlink them; the first, from which each is the next sibling of the one before."""
        for node in nodes:
            self._unlink(node)
        for node, following in pairwise(nodes):
            node._next_sibling = following
        return nodes[0]


def flatten(children: Child, out: list[Node]) -> None:
    """Append ``children`` to ``out`` as nodes: iterables opened, None skipped, the rest as text."""
    kind = type(children)
    if kind is tuple or kind is list:
        for child in children:
            if isinstance(child, Node):
                out.append(child)
            else:
                flatten(child, out)
    elif isinstance(children, Node):
        out.append(children)
    elif kind is str or isinstance(children, (str, int, float)):
        out.append(Text(children))
    elif children is None:
        return
    elif (as_child := getattr(children, "_as_child", None)) is not None:
        out.append(as_child())
    elif isinstance(children, Iterable) and not isinstance(children, (bytes, bytearray, Mapping)):
        for child in children:
            flatten(child, out)
    else:
        raise AttributeValueError(
            f"{children!r} cannot be a child: give a node, a text, a number or an iterable of them"
        )
