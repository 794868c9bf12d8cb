"""The document: one view's tree, its title, and what changed since a revision.

Every mutation of an attached node takes a new revision and *journals that* a slot changed, not
what to send. `Document.delta` reads the newest values at the moment a window asks. That one
function is rendering, catching up, reconnecting and back-pressure.

The journal is three ordered dictionaries, the newest entry last, each key at most once:

* ``_changed``  id -> revision of nodes with changed slots (the slots are in ``node._changed``),
* ``_placed``   id -> revision of nodes inserted or moved below a parent that was already there,
* ``_removed``  id -> (revision, attached at, seen at) of the roots of removed subtrees; a window
  that was told of a revision from ``seen at`` on knows it by what is said of those above.

Children that all left at once are no entries of ``_removed``: the slot `CHILDREN` of their parent
changed, and a delta says what its children are now, which is all that were placed since.

A delta walks each from its end until it meets ``since``: its cost is what changed, not the tree.
Two observations keep the journal short. A node that was attached after the newest revision that
was ever handed out (``_shown``) reaches every window whole, so nothing about it is journalled. And
a slot journalled after ``_shown`` need not be journalled again: 10,000 changes of a progress value
between two frames are one entry and 10,000 comparisons.

Where very much leaves at once, the frame that says so comes first; its nodes are forgotten after
it, before anything else is changed (`Document.forget`).

Not for: encoding, sending, deciding when (``everview.runtime``).

Threads: any thread. Every access to the tree of an attached node is made under ``lock``.
Guarantees: for every handed-out r <= s, applying ``delta(r)`` taken at s to the snapshot at r
gives the snapshot at s, whatever happened in between (tests/html/test_document_properties.py).
The lock is held for the walk over what changed; no encoding, no callback to authors under it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from everview.html.tree.element import Element
from everview.html.tree.node import MAX_DEPTH, Node, ParentNode, Wire, too_deep
from everview.html.tree.static_files import StaticFile, in_order, linked_files
from everview.html.tree.wire import write_siblings

#: A frame in its plain form, ready for a JSON encoder; docs/protocol.md has its keys.
Frame = dict[str, Any]

#: The slot of a node of which all children left at once; no attribute has this name.
CHILDREN = "<>"

#: Siblings that leave at once, above which their nodes are forgotten later (`Document.forget`).
MANY = 100

#: Fewest removals kept. Older ones are forgotten when there are more than this and more than
#: twice the nodes of the tree; who is older than the oldest kept one gets a snapshot. One removal
#: is a quarter of a KB: of a small tree, a snapshot costs less than to remember much.
REMOVALS_KEPT = 128

ROOT_ID = 0


class Holder(Element):
    """The node above the shown root; every page has its own element in its place."""

    __slots__ = ()
    TAG_NAME = "main"


class Document:
    """One view's tree.

    ``on_change`` is called, with the lock held and from any thread, at the first change after a
    frame was taken; ``on_leave`` in the same way when so much has left that it should be forgotten
    soon (`forget`). They must only note that and return.
    """

    def __init__(self, on_change: Callable[[], None] | None = None) -> None:
        self.lock = threading.RLock()
        self.revision = 0
        self.on_change = on_change
        self.on_leave: Callable[[], None] | None = None
        self._meta: dict[str, Any] = {"title": "", "progress": None}
        self._meta_changed: dict[str, int] = {}
        self._linked: dict[str, StaticFile] = {}
        self._linked_classes: set[type] = set()
        self._dirty = False
        self._shown = 0
        self._floor = 0
        self._next_id = ROOT_ID + 1
        #: What nodes of this document share; see `Radio`.
        self.groups: dict[Any, Any] = {}
        self._watching = 0
        #: Nodes that were moved since they were attached.
        self._moved = 0
        #: The first of what left last and is not forgotten; the others are its next siblings.
        self._leaving: Node | None = None
        self._nodes: dict[int, Node] = {}
        self._changed: OrderedDict[int, int] = OrderedDict()
        self._placed: OrderedDict[int, int] = OrderedDict()
        self._removed: OrderedDict[int, tuple[int, int, int]] = OrderedDict()
        self.root = Holder()
        self.root._document = self
        self.root._id = ROOT_ID
        self._nodes[ROOT_ID] = self.root

    # reading ---------------------------------------------------------------------------------

    def __len__(self) -> int:
        """The number of nodes in the tree, texts included, the holder not."""
        self.forget()
        return len(self._nodes) - 1

    @property
    def title(self) -> str:
        """The title of the windows that show this document."""
        title: str = self._meta["title"]
        return title

    @title.setter
    def title(self, title: str) -> None:
        self._set_meta("title", title)

    @property
    def progress(self) -> tuple[float, float | None, str] | None:
        """How far the work is: ``(done, total or None, label)``; None: no work."""
        progress: tuple[float, float | None, str] | None = self._meta["progress"]
        return progress

    @progress.setter
    def progress(self, progress: tuple[float, float | None, str] | None) -> None:
        self._set_meta("progress", progress)

    def _set_meta(self, name: str, value: Any) -> None:
        with self.lock:
            if value != self._meta[name]:
                self._meta[name] = value
                self._advance()
                self._meta_changed[name] = self.revision

    def link(self, files: Iterable[StaticFile]) -> None:
        """Let the windows of this document load these style sheets and modules."""
        with self.lock:
            if self._add_links(files):
                self._advance()
                self._meta_changed["files"] = self.revision

    def _link_class(self, cls: type) -> None:
        """An element of a class with files is being written, for the first frame it is in.

        So the frame's own revision is the one at which the links changed; `_delta` and `_snapshot`
        read the meta data after the tree.
        """
        if cls not in self._linked_classes:
            self._linked_classes.add(cls)
            if self._add_links(linked_files(cls)):
                self._meta_changed["files"] = self.revision

    def _add_links(self, files: Iterable[StaticFile]) -> bool:
        new = [file for file in files if file.url not in self._linked]
        self._linked.update((file.url, file) for file in new)
        if new:
            self._meta["files"] = in_order(self._linked.values())
        return bool(new)

    def get_node(self, node_id: int) -> Node | None:
        """The attached node with this id, in constant time; None if there is none."""
        node = self._nodes.get(node_id)
        if node is not None and self._leaving is not None:
            # The lock may be held by an author: nobody waits for it here.
            top = node
            while (parent := top._above()) is not None:
                top = parent
            return node if top is self.root else None
        return node

    def snapshot(self) -> Frame:
        """The whole tree: a frame that any page can apply."""
        with self.lock:
            return self._snapshot()

    def delta(self, since: int) -> Frame:
        """What changed since the revision ``since`` that an earlier frame ended at.

        Where ``since`` is older than what the document remembers, this is a snapshot.
        """
        with self.lock:
            return self._delta(since)

    def frames(self, sinces: Iterable[int | None]) -> dict[int | None, Frame]:
        """Frames from several revisions (None: a snapshot) to this one; from it, there is none."""
        frames: dict[int | None, Frame] = {}
        with self.lock:
            for since in sinces:
                if since != self.revision and since not in frames:
                    frames[since] = self._snapshot() if since is None else self._delta(since)
        return frames

    def _snapshot(self) -> Frame:
        self._hand_out()
        stream: list[Wire] = []
        write_siblings(self.root._first_child, None, -1, stream, -1)
        return {"to": self.revision, "meta": dict(self._meta), "tree": stream}

    def _delta(self, since: int) -> Frame:
        if since < self._floor or since > self.revision:
            return self._snapshot()
        self._hand_out()
        frame: Frame = {"from": since, "to": self.revision}
        emptied: list[Node] = []
        if changes := self._changes(since, emptied):
            frame["set"] = changes
        if (self._placed or emptied) and (puts := self._puts(since, emptied)):
            frame["put"] = puts
        if self._removed and (removed := self._removals(since)):
            frame["del"] = removed
        for name, revision in self._meta_changed.items():
            if revision > since:
                frame.setdefault("meta", {})[name] = self._meta[name]
        return frame

    def _hand_out(self) -> None:
        self._shown = self.revision
        self._dirty = False

    def _changes(self, since: int, emptied: list[Node]) -> list[list[Any]]:
        """Changed slots; nodes of which all children left are appended to ``emptied``."""
        changes = []
        for node_id, changed in reversed(self._changed.items()):
            if changed <= since:
                break
            node = self._nodes[node_id]
            if node._since <= since:
                assert node._changed is not None
                slots = [slot for slot, revision in node._changed.items() if revision > since]
                if CHILDREN in slots:
                    slots.remove(CHILDREN)
                    emptied.append(node)
                if slots:
                    changes.append([node_id, node._read_slots(slots, since)])
        return changes

    def _removals(self, since: int) -> list[int]:
        ids: list[int] = []
        for node_id, (revision, attached, seen) in reversed(self._removed.items()):
            if revision <= since:
                break
            if attached <= since < seen:
                ids.append(node_id)
        return ids[::-1]

    def _puts(self, since: int, emptied: list[Node]) -> list[list[Any]]:
        """Runs of placed siblings, each after a sibling that stayed: ``[parent, after, ...]``.

        Of a parent in ``emptied`` nothing stayed: all children it has are one run, after None.
        Parents come before their descendants, so that a moved node is never put into a node that
        the page still has below it.
        """
        placed = self._placed_since(since)
        if not placed and not emptied:
            return []
        runs: list[tuple[int, int, Node | None]] = []
        for node in placed.values():
            previous = node._previous_sibling
            if previous is None or previous._id not in placed:
                assert node._parent_node is not None
                runs.append((_depth(node._parent_node), node._parent_node._id, node))
        runs += [(_depth(node), node._id, None) for node in emptied if node._first_child is None]
        runs.sort(key=lambda run: run[:2])
        anew = {parent._id for parent in emptied}
        puts: list[list[Any]] = []
        for _, parent_id, first in runs:
            before = first._previous_sibling if first is not None else None
            after = None if parent_id in anew else before._id if before is not None else ROOT_ID
            put: list[Any] = [parent_id, after]
            end = first
            while end is not None and end._id in placed:
                end = end._next_sibling
            write_siblings(first, end, since, put, -1)
            puts.append(put)
        return puts

    def _placed_since(self, since: int) -> dict[int, Node]:
        placed: dict[int, Node] = {}
        for node_id, revision in reversed(self._placed.items()):
            if revision <= since:
                break
            node = self._nodes[node_id]
            parent = node._above()
            # None: it has left, and is not forgotten yet.
            if parent is not None and parent._since <= since:
                placed[node_id] = node
        return placed

    # journalling, called by nodes with the lock held -------------------------------------------

    def _advance(self) -> int:
        if self._leaving is not None:
            self._forget()
        self.revision += 1
        if not self._dirty:
            self._dirty = True
            if self.on_change is not None:
                self.on_change()
        return self.revision

    def _touch(self, node: Node, slot: str) -> None:
        """Journal that ``slot`` of ``node`` changed."""
        if self._leaving is not None:
            self._forget()
            if node._document is None:
                return
        self._journal(node, slot, self._advance())

    def _journal(self, node: Node, slot: str, revision: int) -> None:
        if node._since > self._shown:
            return
        changed = node._changed
        if changed is None:
            changed = node._changed = {}
        if changed.get(slot, -1) <= self._shown:
            changed[slot] = revision
            self._changed[node._id] = revision
            self._changed.move_to_end(node._id)

    def _attach(self, tops: list[Node], parent: ParentNode) -> int:
        """Register ``tops``, already linked under ``parent``, and all below; the deepest's depth.

        The walk is written out: rows come by the thousand (`python -m benchmarks table`), and a
        generator's step costs as much as all that is done here with a node.
        """
        revision = self._advance()
        nodes = self._nodes
        next_id = self._next_id
        is_news = parent._since <= self._shown
        top_depth = deepest = _depth(parent) + 1
        watching = []
        for top in tops:
            node = top
            depth = top_depth
            while True:
                node._document = self
                node._id = next_id
                node._since = revision
                nodes[next_id] = node
                next_id += 1
                if node.WATCHES_PLACE:
                    watching.append(node)
                if (first := node._first_child) is not None:
                    node = first
                    depth += 1
                    if depth > deepest:
                        deepest = depth
                    continue
                while node is not top and (following := node._next_sibling) is None:
                    node = node._parent_node  # type: ignore[assignment]
                    depth -= 1
                if node is top:
                    break
                node = following  # type: ignore[assignment]
            if is_news:
                top._placed = self._placed[top._id] = revision
        self._next_id = next_id
        self._watching += len(watching)
        for node in watching:
            node._enter(self)
        return deepest

    def _check_move(self, node: Node, parent: ParentNode) -> None:
        """Raise `HierarchyError` if ``node`` of this document is too deep under ``parent``."""
        if node._first_child is not None:
            deepest = _depth(parent) + _height(node)
            if deepest > MAX_DEPTH:
                raise too_deep(deepest)

    def _move(self, node: Node, parent: ParentNode) -> None:
        """Journal that ``node`` of this document was linked under ``parent``."""
        if node._placed <= node._since:
            self._moved += 1
        node._placed = self._advance()
        if parent._since <= self._shown:
            self._placed[node._id] = node._placed
            self._placed.move_to_end(node._id)
        else:
            self._placed.pop(node._id, None)
        if self._watching:
            for moved in node._walk():
                if moved.WATCHES_PLACE:
                    moved._enter(self)

    def _detach(self, first: Node, count: int = 1, emptied: ParentNode | None = None) -> None:
        """``first``, ``count - 1`` next siblings and all below them are not in the tree any more.

        ``emptied``: the element they were in, if all that it has now came under this lock.

        They are forgotten now, or, where they are many, when `forget` is called: to look at each
        is most of the time of a list that is cleared, and what is shown need not wait for it.
        Nothing is changed in between (`_advance`). What watches its place cannot wait, nor what may
        be below them and was moved: that is said by itself.
        """
        revision, shown = self._advance(), self._shown
        moved = self._moved
        if emptied is not None:
            self._journal(emptied, CHILDREN, revision)
        top: Node | None = first if emptied is None or moved else None
        while top is not None:
            was_moved = top._placed > top._since
            if top._since <= shown and (emptied is None or was_moved):
                # Where all left, who saw the move knows it.
                seen = revision if emptied is None else top._placed
                self._removed[top._id] = (revision, top._since, seen)
            if top._placed:
                self._placed.pop(top._id, None)
            moved -= was_moved
            top = top._next_sibling
        self._leaving = first
        if self.on_leave is None or count < MANY or self._watching or moved:
            self._forget()
        else:
            self.on_leave()

    def forget(self, most: int | None = None) -> bool:
        """Forget the nodes of what has left the tree, all or below ``most`` siblings. Any thread.

        Returns whether more is to be forgotten.
        """
        if self._leaving is not None:
            with self.lock:
                self._forget(most)
        return self._leaving is not None

    def _forget(self, most: int | None = None) -> None:  # noqa: C901  (written out, as `_attach`)
        """`forget`, with the lock held, all or so many siblings."""
        revision, shown = self.revision, self._shown
        nodes, placed, removed = self._nodes, self._placed, self._removed
        while (top := self._leaving) is not None and most != 0:
            self._leaving = top._next_sibling
            top._parent_node = top._previous_sibling = top._next_sibling = None
            if most is not None:
                most -= 1
            node = top
            while True:
                if node._placed:
                    if node._placed > node._since:
                        self._moved -= 1
                        if node is not top and node._since <= shown:
                            # It is still elsewhere in a page that has not seen the move.
                            removed[node._id] = (revision, node._since, node._placed)
                    placed.pop(node._id, None)
                    node._placed = 0
                if node._changed is not None:
                    self._changed.pop(node._id, None)
                    node._changed = None
                if node.WATCHES_PLACE:
                    self._watching -= 1
                    node._leave(self)
                del nodes[node._id]
                node._document = None
                node._id = -1
                if (first := node._first_child) is not None:
                    node = first
                    continue
                while node is not top and (following := node._next_sibling) is None:
                    node = node._parent_node  # type: ignore[assignment]
                if node is top:
                    break
                node = following  # type: ignore[assignment]
        while len(removed) > max(REMOVALS_KEPT, 2 * len(nodes)):
            if next(iter(removed.values()))[0] > shown:
                break  # of the next frame: not more than there was to be seen
            _, (self._floor, *_) = removed.popitem(last=False)


def _height(top: Node) -> int:
    """The levels of the tree below and with ``top``."""
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


def _depth(node: Node) -> int:
    depth = 0
    parent = node._parent_node
    while parent is not None:
        depth += 1
        parent = parent._parent_node
    return depth
