"""The guarantee of synchronisation: every window gets the same tree, even if it missed frames."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from everview.html import Document, Element, Node, Text
from everview.testing.page.replica import Replica
from tests.support.mutations import REMOVING, Mutator, SeededSource, T


class DrawnSource:
    def __init__(self, data: st.DataObject) -> None:
        self.data = data

    def choice(self, options: Sequence[T]) -> T:
        return options[self.data.draw(st.integers(0, len(options) - 1))]

    def number(self, low: int, high: int) -> int:
        return self.data.draw(st.integers(low, high))


def over_the_wire(frame: dict) -> dict:
    return json.loads(json.dumps(frame))


def plain(node: Node) -> Any:
    """Return the tree that a page must show below a node, in the form of `ReplicaNode.plain`."""
    if isinstance(node, Text):
        return (node.node_id, node.text)
    assert isinstance(node, Element)
    attributes = over_the_wire(node.wire_slots() or {})
    return (node.node_id, node.tag_name, attributes, [plain(child) for child in node])


def run(document: Document, mutator: Mutator, steps: list[int], windows: int) -> None:
    """After each step, each window whose bit is set in ``step`` gets a frame."""
    replicas = [Replica() for _ in range(windows)]
    for step in steps:
        mutator.step()
        for index, replica in enumerate(replicas):
            if step >> index & 1:
                since = replica.revision
                frame = document.snapshot() if since is None else document.delta(since)
                replica.apply(over_the_wire(frame))
    snapshot = Replica()
    snapshot.apply(over_the_wire(document.snapshot()))
    assert snapshot.root.plain()[3] == [plain(node) for node in document.root]
    for replica in replicas:
        since = replica.revision
        frame = document.snapshot() if since is None else document.delta(since)
        replica.apply(over_the_wire(frame))
        assert replica.plain() == snapshot.plain()
        assert set(replica.nodes) == set(document._nodes)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_window_that_missed_frames_converges(data: st.DataObject) -> None:
    document = Document()
    steps = data.draw(st.lists(st.integers(0, 7), min_size=1, max_size=25))
    run(document, Mutator(document, DrawnSource(data)), steps, windows=3)


def test_windows_converge_after_long_random_histories() -> None:
    for seed in range(60):
        source = SeededSource(seed)
        document = Document()
        steps = [source.number(0, 15) & source.number(0, 15) for _ in range(150)]
        run(document, Mutator(document, source), steps, windows=4)


def test_windows_converge_after_many_removals() -> None:
    for seed in range(300):
        source = SeededSource(seed)
        document = Document()
        mutator = Mutator(document, source, REMOVING)
        steps = [source.number(0, 15) & source.number(0, 15) for _ in range(60)]
        run(document, mutator, steps, windows=4)


def test_window_that_missed_removals_no_longer_stored_converges(monkeypatch) -> None:
    monkeypatch.setattr("everview.html.tree.node.REMOVALS_KEPT", 3)
    for seed in range(60):
        source = SeededSource(seed)
        document = Document()
        steps = [source.number(0, 15) & source.number(0, 15) for _ in range(80)]
        run(document, Mutator(document, source), steps, windows=4)


def test_journal_is_bounded_by_the_size_of_the_tree() -> None:
    document = Document()
    mutator = Mutator(document, SeededSource(7))
    for _ in range(3000):
        mutator.step()
        document.delta(document.revision)
    entries = len(document._changed) + len(document._placed) + len(document._removed)
    assert entries <= 4 * len(document) + 1024
    assert set(document._changed) <= set(document._nodes)
    assert set(document._placed) <= set(document._nodes)
