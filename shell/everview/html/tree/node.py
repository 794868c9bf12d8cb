"""Nodes, the links between them, and the journal of their changes.

Children are a doubly linked list, as in the DOM of browsers. Inserting, moving and removing a node
takes constant time for any number of siblings, and frames can read the previous sibling directly.
An index (``nodes[5000]``) builds a list, which is reused until a child is inserted or removed
before the last position.

A node that is part of a view's tree is *attached* to a `Journal`. Every change of an attached node
gets a new revision, and the journal records *that* a slot changed, not its value. `Document`
derives from `Journal` and reads the newest values when a window requests a frame.

The journal has three ordered dictionaries, in which the newest entry is the last one:

* ``_changed``: id -> revision, for nodes with changed slots (the node itself stores the slots);
* ``_placed``: id -> revision, for nodes that were inserted into or moved to a parent that windows
  already have;
* ``_removed``: id -> (revision, attached at, known until), for the roots of removed subtrees. A
  window at the revision ``known until`` or later does not need the entry, because it removes the
  parent of the node, and with it the node.

Removing all children of an element writes no entries to ``_removed``. Instead the slot `CHILDREN`
of the element changes, and the next delta lists all children of the element.

Two rules keep the journal short. If a node was attached after the newest revision in any frame
(`Journal.sent_revision`), every window will receive the whole node, so its changes are not
recorded. If a slot was recorded after ``sent_revision``, it is not recorded again: 10,000 changes
of one text between two frames make one entry.

Frames are built in ``document``. List-like access to children is in ``children``, attributes are in
``element``.

Threads: nodes can be used from any thread. Every operation on an attached node acquires its
journal's lock. Operations that return several nodes return a copy of the references. A tree that is
not attached must be used by one thread only.
Guarantees: `Node.parent`, `Node.document` and the links of all nodes are correct as soon as an
operation returns.
"""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Protocol, TypeAlias, runtime_checkable

from everview.errors import AttributeValueError, HierarchyError


@runtime_checkable
class ChildSource(Protocol):
    """An object that makes a node when it is used as a child, such as `Value`."""

    def as_child(self) -> Node: ...


#: A child argument: a node, a string, a number, None, or an iterable of these.
Child: TypeAlias = "Node | str | float | ChildSource | Iterable[Child] | None"

#: An item of a stream, as docs/protocol.md describes it: a text, an element
#: ``[tag, {slots}?, item, ...]``, a reference ``[id]`` to a node that the page has, or a number:
#: the id of the next node.
Wire: TypeAlias = "str | int | list[object]"

_NOT_LISTS = (bytes, bytearray, Mapping)
_UNLOCKED = contextlib.nullcontext()

#: The greatest depth of a tree. HTML parsers stop at 512 (Blink); JSON encoders recurse on the C
#: stack.
MAX_DEPTH = 400

#: The slot that changes when all children of an element are removed. No attribute has this name.
CHILDREN = "<>"

#: The number of removals that are always stored. The oldest removals are dropped if there
#: are more than this number and more than twice the number of nodes in the tree. A window that is
#: older than the oldest stored removal gets a snapshot. One removal needs 0.25 KB.
REMOVALS_KEPT = 128

ROOT_ID = 0


def too_deep(levels: int) -> HierarchyError:
    """Return the error for a tree with ``levels`` levels, which is more than allowed."""
    return HierarchyError(
        f"this tree is {levels} levels deep; a page can have {MAX_DEPTH}. "
        "Does a loop append each node to the one before?"
    )


class Node:
    """The base class of `Text` and `Element`: a place in a tree. Authors do not create it."""

    __slots__ = (
        "__weakref__",
        "_attached_at",
        "_document",
        "_id",
        "_next_sibling",
        "_parent_node",
        "_placed_at",
        "_previous_sibling",
        "_slot_revisions",
    )

    #: Whether `after_attach` and `before_detach` are called for nodes of this class.
    WATCHES_PLACE: ClassVar[bool] = False
    _first_child: Node | None

    def __init__(self) -> None:
        self._document: Journal | None = None
        self._parent_node: ParentNode | None = None
        self._previous_sibling: Node | None = None
        self._next_sibling: Node | None = None
        self._slot_revisions: dict[str, int] | None = None
        self._id = -1
        self._attached_at = 0
        self._placed_at = 0

    @property
    def node_id(self) -> int:
        """The number by which pages know this node; -1 while it is not attached.

        The number is not the ``id`` attribute. A document never uses a number twice.
        """
        return self._id

    @property
    def parent(self) -> ParentNode | None:
        """The element that contains this node, or None."""
        parent = self._parent_node
        return None if parent is None or parent._id == ROOT_ID else parent

    @property
    def root(self) -> Node:
        """The topmost node of the tree of this node; the node itself if it has no parent."""
        node: Node = self
        while (parent := node.parent) is not None:
            node = parent
        return node

    @property
    def document(self) -> Journal | None:
        """The document to which this node is attached, or None."""
        return self._document

    @property
    def lock(self) -> contextlib.AbstractContextManager[object]:
        """The document's lock. Changes inside ``with node.lock:`` are shown in one frame."""
        document = self._document
        return document.lock if document is not None else _UNLOCKED

    @property
    def was_sent(self) -> bool:
        """Whether a frame has contained this node, so that a window may have it."""
        document = self._document
        return document is not None and self._attached_at <= document.sent_revision

    def has_recorded_change(self, slot: str) -> bool:
        """Whether the journal has recorded a change of ``slot``."""
        return self._slot_revisions is not None and slot in self._slot_revisions

    def remove(self) -> None:
        """Remove this node from its parent. Does nothing without a parent."""
        parent = self._parent_node
        if parent is not None:
            parent._remove_child(self)

    def get_text(self) -> str:
        """The text of this node and of all nodes below it, unchanged."""
        only = self._first_child
        if type(only) is Text and only._next_sibling is None:
            return only._text  # fast path: the usual case is a single text
        return "".join(node._text for node in self.walk() if isinstance(node, Text))

    def walk(self) -> list[Node]:
        """This node and all nodes below it, in document order."""
        nodes: list[Node] = []
        with self.lock:
            node: Node = self
            while True:
                nodes.append(node)
                if (first := node._first_child) is not None:
                    node = first
                    continue
                while node is not self and node._next_sibling is None:
                    assert node._parent_node is not None
                    node = node._parent_node
                if node is self:
                    return nodes
                assert node._next_sibling is not None
                node = node._next_sibling

    def after_attach(self, document: Journal) -> None:
        """Called with the lock held after the node was attached or moved, if `WATCHES_PLACE`."""

    def before_detach(self, document: Journal) -> None:
        """Called with the lock held before the node is detached, if `WATCHES_PLACE`."""

    def wire_item(self) -> Wire:
        """The node as an item of a stream, without its children."""
        raise TypeError(f"{type(self).__name__} cannot be shown")

    def read_slots(self, slots: list[str], since: int) -> object:
        """The values of the changed slots, for a window at the revision ``since``."""
        raise TypeError(f"{type(self).__name__} has no slots")

    def same_as(self, other: object) -> bool:
        """Whether both trees have the same structure and content; ``==`` compares identity."""
        if not isinstance(other, Node):
            return False
        mine, theirs = self.walk(), other.walk()
        return len(mine) == len(theirs) and all(
            a.structure() == b.structure() for a, b in zip(mine, theirs, strict=True)
        )

    def structure(self) -> tuple[object, ...]:
        """The properties of this node that `same_as` compares, without the children."""
        raise TypeError(f"{type(self).__name__} has no structure")


class Text(Node):
    """A text node. ``str`` children become text nodes; create one yourself to change it later.

    Args:
        text: any object; ``str(text)`` is shown.
    """

    __slots__ = ("_text",)

    _first_child: ClassVar[None] = None  # type: ignore[misc]  # a text never has children

    def __init__(self, text: object = "") -> None:
        super().__init__()
        self._text = text if type(text) is str else str(text)

    @property
    def text(self) -> str:
        """The text."""
        return self._text

    @text.setter
    def text(self, text: object) -> None:
        self.set_text(text)

    def set_text(self, text: object) -> None:
        """Replace the text. The new text is shown unchanged and never parsed as HTML."""
        text = str(text)
        with self.lock:
            if text != self._text:
                self._text = text
                if self._document is not None:
                    self._document.mark_changed(self, "text")

    def wire_item(self) -> Wire:
        return self._text

    def read_slots(self, slots: list[str], since: int) -> str:
        return self._text

    def structure(self) -> tuple[object, ...]:
        return ("text", self._text)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Text({self._text!r})"


class ParentNode(Node):
    """A node with children. Authors do not create it."""

    __slots__ = ("_child_cache", "_child_count", "_first_child", "_last_child")

    TAG_NAME: ClassVar[str] = "div"
    #: "svg", "math", or "" for the namespace of the element that contains this one.
    NAMESPACE: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self._first_child: Node | None = None
        self._last_child: Node | None = None
        self._child_count = 0
        self._child_cache: list[Node] | None = None

    @property
    def tag_name(self) -> str:
        """The name of the tag, such as ``"div"``."""
        return type(self).TAG_NAME

    def get_attribute(self, name: str) -> str | None:
        """The text of an attribute; None if the element does not have it."""
        return None

    def __len__(self) -> int:
        return self._child_count

    def __bool__(self) -> bool:
        return True

    def __contains__(self, node: object) -> bool:
        return isinstance(node, Node) and node._parent_node is self

    @property
    def first_child(self) -> Node | None:
        """The first child, or None. Reading one reference needs no lock."""
        return self._first_child

    @property
    def previous_element(self) -> ParentNode | None:
        """The nearest sibling before this element that is an element, or None."""
        with self.lock:
            node = self._previous_sibling
            while node is not None and not isinstance(node, ParentNode):
                node = node._previous_sibling
            return node

    @property
    def next_element(self) -> ParentNode | None:
        """The nearest sibling after this element that is an element, or None."""
        with self.lock:
            node = self._next_sibling
            while node is not None and not isinstance(node, ParentNode):
                node = node._next_sibling
            return node

    def append(self, *children: Child) -> None:
        """Insert at the end. A node that already has a parent is moved."""
        self._insert_children(children, None)

    def prepend(self, *children: Child) -> None:
        """Insert at the start."""
        self._insert_children(children, self._first_child)

    def extend(self, children: Iterable[Child], /) -> None:
        """Insert all of ``children`` at the end."""
        self._insert_children(children, None)

    def insert_before(self, child: Child, reference: Node | None) -> None:
        """Insert before ``reference``, a child of this element; None: at the end.

        Raises:
            HierarchyError: ``reference`` is not a child of this element.
        """
        if reference is not None and reference._parent_node is not self:
            raise HierarchyError("the reference node is not a child of this element")
        self._insert_children(child, reference)

    def clear(self) -> None:
        """Remove all children."""
        with self.lock:
            nodes: list[Node] = []
            node = self._first_child
            if node is None:
                return
            while node is not None:
                nodes.append(node)
                following = node._next_sibling
                node._parent_node = node._previous_sibling = node._next_sibling = None
                node = following
            self._first_child = self._last_child = self._child_cache = None
            self._child_count = 0
            if self._document is not None:
                self._document._detach(nodes, emptied=self)
            self.children_changed()

    def remove(self, child: Node | None = None) -> None:
        """Remove ``child`` from this element; without an argument, this element from its parent.

        Raises:
            ValueError: ``child`` is not a child of this element.
        """
        if child is None:
            super().remove()
        elif child._parent_node is not self:
            raise ValueError(f"{child!r} is not a child of {self!r}")
        else:
            self._remove_child(child)

    def set_text(self, text: object) -> None:
        """Replace the children with one text, which is shown unchanged and never parsed as HTML."""
        with self.lock:
            only = self._first_child
            if isinstance(only, Text) and only is self._last_child:
                only.set_text(text)
            else:
                self.clear()
                self._insert_children(Text(text), None)

    def children_changed(self) -> None:
        """Called with the lock held after children were inserted or removed.

        The method of the base class does nothing.
        """

    def _insert_children(self, children: Child, reference: Node | None) -> None:
        """Insert before ``reference``, a child of this element; None: at the end."""
        nodes: list[Node] = []
        flatten(children, nodes)
        for node in nodes:
            self._check_hierarchy(node)
            if node._document is not None and node._document is not self._document:
                # Detach before acquiring the lock, so that no thread holds two documents' locks.
                node.remove()
        with self.lock:
            document = self._document
            if document is not None:
                for node in nodes:
                    if node._document is document:
                        document._check_move(node, self)
            new: list[Node] = []
            for node in nodes:
                if node is reference:  # the node is already in its place
                    reference = node._next_sibling
                elif document is not None and node._document is document:
                    parent = node._parent_node
                    assert parent is not None
                    parent._unlink(node)
                    parent.children_changed()
                    self._link(node, reference)
                    document._move(node, self)
                else:
                    node.remove()
                    self._link(node, reference)
                    new.append(node)
            if document is not None and new:
                document._attach(new, self)
            self.children_changed()

    def _append_first(self, children: Child) -> None:
        """A fast `append` for an element that was just created.

        A new element is not attached to a document, and no child can contain it. Therefore this
        method checks neither.
        """
        nodes: list[Node] = []
        flatten(children, nodes)
        for node in nodes:
            if node._parent_node is None:
                self._link(node, None)
            else:
                self._insert_children(node, None)

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

    def _remove_child(self, node: Node) -> None:
        with self.lock:
            if node._parent_node is self:
                self._unlink(node)
                if self._document is not None:
                    self._document._detach([node])
                self.children_changed()

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

    def _child_list(self) -> list[Node]:
        """The cached list of children. Callers must hold the lock and must not change it."""
        nodes = self._child_cache
        if nodes is None:
            self._child_cache = nodes = []
            node = self._first_child
            while node is not None:
                nodes.append(node)
                node = node._next_sibling
        return nodes


class Journal:
    """The attached nodes of one tree, and a record of their changes by revision.

    Args:
        on_change: called at the first change after a frame was made, with the lock held and from
            any thread. The function must return at once.
    """

    def __init__(self, on_change: Callable[[], None] | None = None) -> None:
        self.lock = threading.RLock()
        self.on_change = on_change
        #: The revision of the newest change.
        self.revision = 0
        #: The newest revision at which a frame ended. No window has a newer revision.
        self.sent_revision = 0
        #: The checked `Radio` of each group. The key of a group is ``(form or None, name)``.
        self.groups: dict[tuple[ParentNode | None, str], ParentNode] = {}
        self._has_unsent_change = False
        #: The oldest revision from which a delta can be made.
        self._floor = 0
        self._next_id = ROOT_ID + 1
        #: The number of attached nodes with `Node.WATCHES_PLACE`.
        self._watching = 0
        self._nodes: dict[int, Node] = {}
        self._changed: OrderedDict[int, int] = OrderedDict()
        self._placed: OrderedDict[int, int] = OrderedDict()
        self._removed: OrderedDict[int, tuple[int, int, int]] = OrderedDict()

    def link_class(self, cls: type) -> None:
        """Make windows load the static files of ``cls``; called when an element is attached."""

    def mark_changed(self, node: Node, slot: str) -> None:
        """Record a change of ``slot`` of ``node``, a node that is attached to this journal."""
        self._record(node, slot, self._advance())

    def _advance(self) -> int:
        self.revision += 1
        if not self._has_unsent_change:
            self._has_unsent_change = True
            if self.on_change is not None:
                self.on_change()
        return self.revision

    def _record(self, node: Node, slot: str, revision: int) -> None:
        sent = self.sent_revision
        if node._attached_at > sent:
            return
        slots = node._slot_revisions
        if slots is None:
            slots = node._slot_revisions = {}
        if slots.get(slot, -1) <= sent:
            slots[slot] = revision
            self._changed[node._id] = revision
            self._changed.move_to_end(node._id)

    def _attach(  # noqa: C901  (a generator for the walk would double its time)
        self, tops: list[Node], parent: ParentNode
    ) -> None:
        """Register ``tops``, which are linked under ``parent``, and all nodes below them.

        Raises `HierarchyError`, and unlinks ``tops``, if the tree becomes too deep.
        """
        revision = self._advance()
        nodes = self._nodes
        next_id = self._next_id
        is_placed = parent._attached_at <= self.sent_revision
        deepest = 0
        watching = []
        for top in tops:
            # Visit the nodes in the order of `Node.walk`, and count the depth of each node.
            node = top
            depth = 1
            while True:
                node._document = self
                node._id = next_id
                node._attached_at = revision
                nodes[next_id] = node
                next_id += 1
                if node.WATCHES_PLACE:
                    watching.append(node)
                if (first := node._first_child) is not None:
                    node = first
                    depth += 1
                    continue
                if depth > deepest:
                    deepest = depth
                while node is not top and node._next_sibling is None:
                    parent_node = node._parent_node
                    assert parent_node is not None
                    node = parent_node
                    depth -= 1
                if node is top:
                    break
                following = node._next_sibling
                assert following is not None
                node = following
            if is_placed:
                top._placed_at = self._placed[top._id] = revision
        self._next_id = next_id
        self._watching += len(watching)
        if (levels := depth_of(parent) + deepest) > MAX_DEPTH:
            for top in tops:
                parent._unlink(top)
            self._detach(tops)
            raise too_deep(levels)
        for node in watching:
            node.after_attach(self)

    def _check_move(self, node: Node, parent: ParentNode) -> None:
        """Raise `HierarchyError` if ``node`` of this document is too deep under ``parent``."""
        if node._first_child is not None:
            levels = depth_of(parent) + height_of(node)
            if levels > MAX_DEPTH:
                raise too_deep(levels)

    def _move(self, node: Node, parent: ParentNode) -> None:
        """Record that ``node`` of this document was linked under ``parent``."""
        node._placed_at = self._advance()
        if parent._attached_at <= self.sent_revision:
            self._placed[node._id] = node._placed_at
            self._placed.move_to_end(node._id)
        else:
            self._placed.pop(node._id, None)
        if self._watching:
            for moved in node.walk():
                if moved.WATCHES_PLACE:
                    moved.after_attach(self)

    def _detach(  # noqa: C901  (as `_attach`)
        self, tops: list[Node], emptied: ParentNode | None = None
    ) -> None:
        """Unregister ``tops``, which are unlinked, and all nodes below them.

        ``emptied`` is the former parent of ``tops`` if it has no children now; otherwise None.
        """
        revision, sent = self._advance(), self.sent_revision
        nodes, changed, placed, removed = self._nodes, self._changed, self._placed, self._removed
        if emptied is not None:
            self._record(emptied, CHILDREN, revision)
        for top in tops:
            if emptied is None and top._attached_at <= sent:
                removed[top._id] = (revision, top._attached_at, revision)
            node = top
            while True:
                if node._placed_at:
                    if sent >= node._attached_at < node._placed_at and node._id not in removed:
                        # Windows that have not received the move still have the node at its old
                        # place.
                        removed[node._id] = (revision, node._attached_at, node._placed_at)
                    placed.pop(node._id, None)
                    node._placed_at = 0
                if node._slot_revisions is not None:
                    changed.pop(node._id, None)
                    node._slot_revisions = None
                if node.WATCHES_PLACE:
                    self._watching -= 1
                    node.before_detach(self)
                del nodes[node._id]
                node._document = None
                node._id = -1
                if (first := node._first_child) is not None:
                    node = first
                    continue
                while node is not top and node._next_sibling is None:
                    parent_node = node._parent_node
                    assert parent_node is not None
                    node = parent_node
                if node is top:
                    break
                following = node._next_sibling
                assert following is not None
                node = following
        while len(removed) > max(REMOVALS_KEPT, 2 * len(nodes)):
            if next(iter(removed.values()))[0] > sent:
                break  # no frame has contained this removal yet
            _, (self._floor, *_) = removed.popitem(last=False)


def height_of(top: Node) -> int:
    """The number of levels of the tree that starts with ``top``."""
    height = highest = 1
    node = top
    while True:
        if (first := node._first_child) is not None:
            node = first
            height += 1
            highest = max(highest, height)
            continue
        while node is not top and node._next_sibling is None:
            assert node._parent_node is not None
            node = node._parent_node
            height -= 1
        if node is top:
            return highest
        assert node._next_sibling is not None
        node = node._next_sibling


def depth_of(node: Node) -> int:
    """The number of ancestors of ``node`` plus one. The document's own root is not counted."""
    depth = 0
    parent = node._parent_node
    while parent is not None:
        depth += 1
        parent = parent._parent_node
    return depth


def flatten(children: Any, out: list[Node]) -> None:
    """Append ``children`` to ``out`` as nodes. Iterables are flattened, None is skipped.

    Raises:
        AttributeValueError: an object cannot be a child.
    """
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
    elif isinstance(children, ChildSource):
        out.append(children.as_child())
    elif isinstance(children, Iterable) and not isinstance(children, _NOT_LISTS):
        for child in children:
            flatten(child, out)
    else:
        raise AttributeValueError(
            f"{children!r} cannot be a child: give a node, a text, a number or an iterable of them"
        )
