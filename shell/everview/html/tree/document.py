"""`Document`: one view's tree, its title and progress, and its frames.

`Document.delta` reads the newest values when a window requests a frame. The same function serves
rendering, slow windows and reconnected windows. It reads each dictionary of the journal (see
``node``) backwards from the newest entry and stops at the window's revision. So the cost depends on
the number of changes, not on the size of the tree.

The module does not encode frames, send them or decide when to make one; see ``everview.runtime``.

Threads: all methods can be called from any thread. Every access to the tree requires
``lock``.
Guarantees: for every revision r at the end of a frame, and every later revision s: if ``delta(r)``,
made at s, is applied to the snapshot at r, the result is the snapshot at s
(tests/html/test_document_properties.py). Changed nodes are read under the lock; encoding and
callbacks to authors run without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from everview.html.tree.element import Element
from everview.html.tree.node import CHILDREN, ROOT_ID, Journal, Node, depth_of
from everview.html.tree.static_files import StaticFile, in_order, linked_files
from everview.html.tree.wire import write_siblings
from everview.progress import Progress

#: A snapshot or delta, ready for a JSON encoder; docs/protocol.md describes its keys.
Frame: TypeAlias = dict[str, Any]


class RootNode(Element):
    """The parent of the view's root. Every page has its own element for this node."""

    __slots__ = ()
    TAG_NAME = "main"


class Document(Journal):
    """The tree of one view, with its title, its progress and its frames.

    Args:
        on_change: called at the first change after a frame was made, with the lock held and from
            any thread. The function must return at once.
    """

    def __init__(self, on_change: Callable[[], None] | None = None) -> None:
        super().__init__(on_change)
        self._title = ""
        self._progress: Progress | None = None
        self._files: list[str] | None = None
        self._meta_changed: dict[str, int] = {}
        self._linked: dict[str, StaticFile] = {}
        self._linked_classes: set[type] = set()
        self.root = RootNode()
        self.root._document = self
        self.root._id = ROOT_ID
        self._nodes[ROOT_ID] = self.root

    def __len__(self) -> int:
        """The number of nodes in the tree, texts included, without `root`."""
        return len(self._nodes) - 1

    @property
    def title(self) -> str:
        """The title of the windows that show this document."""
        return self._title

    @title.setter
    def title(self, title: str) -> None:
        with self.lock:
            if title != self._title:
                self._title = title
                self._meta_changed["title"] = self._advance()

    @property
    def progress(self) -> Progress | None:
        """The progress of the view's work; None if the view does not report any work."""
        return self._progress

    @progress.setter
    def progress(self, progress: Progress | None) -> None:
        with self.lock:
            if progress != self._progress:
                self._progress = progress
                self._meta_changed["progress"] = self._advance()

    def link(self, files: Iterable[StaticFile]) -> None:
        """Make the windows of this document load these style sheets and modules."""
        with self.lock:
            new = [file for file in files if file.url not in self._linked]
            if new:
                self._linked.update((file.url, file) for file in new)
                self._files = in_order(self._linked.values())
                self._meta_changed["files"] = self._advance()

    def link_class(self, cls: type) -> None:
        if cls not in self._linked_classes:
            self._linked_classes.add(cls)
            self.link(linked_files(cls))

    def get_node(self, node_id: int) -> Node | None:
        """The attached node with this id, in constant time; None if there is none."""
        return self._nodes.get(node_id)

    def snapshot(self) -> Frame:
        """Return a snapshot: a frame with the whole tree, which any page can apply."""
        with self.lock:
            return self._snapshot()

    def delta(self, since: int) -> Frame:
        """The changes since the revision ``since``, at which an earlier frame ended.

        The result is a snapshot if the document no longer has all changes since ``since``.
        """
        with self.lock:
            return self._delta(since)

    def frames(self, sinces: Iterable[int | None]) -> dict[int | None, Frame]:
        """Make frames for windows at several revisions; the frame for None is a snapshot.

        A window at the newest revision needs no frame, so the result has no entry for it.
        """
        frames: dict[int | None, Frame] = {}
        with self.lock:
            for since in sinces:
                if since != self.revision and since not in frames:
                    frames[since] = self._snapshot() if since is None else self._delta(since)
        return frames

    def _snapshot(self) -> Frame:
        self._mark_sent()
        stream: list[object] = []
        write_siblings(self.root._first_child, None, -1, stream, -1)
        return {"to": self.revision, "meta": self._meta(), "tree": stream}

    def _delta(self, since: int) -> Frame:
        if since < self._floor or since > self.revision:
            return self._snapshot()
        self._mark_sent()
        frame: Frame = {"from": since, "to": self.revision}
        emptied: list[Node] = []
        if changes := self._changes(since, emptied):
            frame["set"] = changes
        if puts := self._puts(since, emptied):
            frame["put"] = puts
        if removals := self._removals(since):
            frame["del"] = removals
        changed_meta = {name for name, revision in self._meta_changed.items() if revision > since}
        if changed_meta:
            frame["meta"] = {k: value for k, value in self._meta().items() if k in changed_meta}
        return frame

    def _meta(self) -> dict[str, object]:
        meta: dict[str, object] = {"title": self._title, "progress": self._progress}
        return meta if self._files is None else {**meta, "files": self._files}

    def _mark_sent(self) -> None:
        self.sent_revision = self.revision
        self._has_unsent_change = False

    def _changes(self, since: int, emptied: list[Node]) -> list[list[object]]:
        """Return the changed slots of each node, for a window at the revision ``since``.

        Nodes whose children were all removed are appended to ``emptied``.
        """
        changes: list[list[object]] = []
        for node_id, changed in reversed(self._changed.items()):
            if changed <= since:
                break
            node = self._nodes[node_id]
            if node._attached_at <= since:
                assert node._slot_revisions is not None
                slots = [s for s, revision in node._slot_revisions.items() if revision > since]
                if CHILDREN in slots:
                    slots.remove(CHILDREN)
                    emptied.append(node)
                if slots:
                    changes.append([node_id, node.read_slots(slots, since)])
        return changes

    def _removals(self, since: int) -> list[int]:
        ids: list[int] = []
        for node_id, (revision, attached_at, known_until) in reversed(self._removed.items()):
            if revision <= since:
                break
            if attached_at <= since < known_until:
                ids.append(node_id)
        return ids[::-1]

    def _puts(self, since: int, emptied: list[Node]) -> list[list[object]]:
        """Return one ``[parent, sibling before the run, item, ...]`` for each run.

        A run is a series of adjacent siblings that were inserted or moved after ``since``.

        The children of a node in ``emptied`` form one run without a sibling before it (None).
        Parents come before their descendants. Otherwise a page could put a moved node into its own
        descendant.
        """
        placed = self._placed_since(since)
        if not placed and not emptied:
            return []
        runs: list[tuple[int, int, Node | None]] = []
        for node in placed.values():
            previous = node._previous_sibling
            if previous is None or previous._id not in placed:
                assert node._parent_node is not None
                runs.append((depth_of(node._parent_node), node._parent_node._id, node))
        runs += [(depth_of(node), node._id, None) for node in emptied if node._first_child is None]
        runs.sort(key=lambda run: run[:2])
        emptied_ids = {parent._id for parent in emptied}
        puts: list[list[object]] = []
        for _, parent_id, first in runs:
            previous = first._previous_sibling if first is not None else None
            after = previous._id if previous is not None else ROOT_ID
            put: list[object] = [parent_id, None if parent_id in emptied_ids else after]
            end = first
            while end is not None and end._id in placed:
                end = end._next_sibling
            write_siblings(first, end, since, put, -1)
            puts.append(put)
        return puts

    def _placed_since(self, since: int) -> dict[int, Node]:
        """The nodes inserted or moved after ``since`` whose parent was attached before that."""
        placed: dict[int, Node] = {}
        for node_id, revision in reversed(self._placed.items()):
            if revision <= since:
                break
            node = self._nodes[node_id]
            assert node._parent_node is not None
            if node._parent_node._attached_at <= since:
                placed[node_id] = node
        return placed
