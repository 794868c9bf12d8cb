"""The invariant of synchronisation: any window, however late, arrives at the same tree."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from everview.html import Document, Element, Node, Text
from everview.testing.page.replica import Replica
from tests.support.mutations import GOING, Mutator, SeededSource, T


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
    """What a page is to have of a node and all below it, as `ReplicaNode.plain`."""
    if isinstance(node, Text):
        return (node._id, node.text)
    assert isinstance(node, Element)
    attributes = over_the_wire(node._write_attributes() or {})
    return (node._id, node.tag_name, attributes, [plain(child) for child in node])


def run(document: Document, mutator: Mutator, steps: list[int], windows: int) -> None:
    """After each step the windows that the bits of ``steps`` name pull what they missed."""
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
        document.forget()
        assert set(replica.nodes) == set(document._nodes)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_window_converges_whatever_it_missed(data: st.DataObject) -> None:
    document = Document()
    steps = data.draw(st.lists(st.integers(0, 7), min_size=1, max_size=25))
    run(document, Mutator(document, DrawnSource(data)), steps, windows=3)


def test_long_random_histories_converge() -> None:
    for seed in range(60):
        source = SeededSource(seed)
        document = Document()
        steps = [source.number(0, 15) & source.number(0, 15) for _ in range(150)]
        run(document, Mutator(document, source), steps, windows=4)


def test_what_leaves_may_be_forgotten_later(monkeypatch) -> None:
    monkeypatch.setattr("everview.html.tree.document.MANY", 0)
    waited = 0
    for seed in range(300):
        source = SeededSource(seed)
        document = Document()
        document.on_leave = lambda: None
        mutator = Mutator(document, source, GOING, has_radios=False)
        step = mutator.step

        def step_and_look(step=step, document=document, source=source) -> None:
            nonlocal waited
            step()
            waited += bool(document._leaving)
            for node_id, node in list(document._nodes.items()):
                shown = document.get_node(node_id)
                assert shown is (node if node.root is document.root or node.root in document.root.nodes else None)
            if source.number(0, 4) == 0:
                document.forget()

        mutator.step = step_and_look
        steps = [source.number(0, 15) & source.number(0, 15) for _ in range(60)]
        run(document, mutator, steps, windows=4)
    assert waited > 300


def test_forgotten_removals_become_a_snapshot(monkeypatch) -> None:
    monkeypatch.setattr("everview.html.tree.document.REMOVALS_KEPT", 3)
    for seed in range(60):
        source = SeededSource(seed)
        document = Document()
        steps = [source.number(0, 15) & source.number(0, 15) for _ in range(80)]
        run(document, Mutator(document, source), steps, windows=4)


def test_the_journal_is_bounded_by_the_tree() -> None:
    document = Document()
    mutator = Mutator(document, SeededSource(7))
    for _ in range(3000):
        mutator.step()
        document.delta(document.revision)
    entries = len(document._changed) + len(document._placed) + len(document._removed)
    assert entries <= 4 * len(document) + 1024
    assert set(document._changed) <= set(document._nodes)
    assert set(document._placed) <= set(document._nodes)
