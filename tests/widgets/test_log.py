"""`Log`: limits, the size of frames, and lines with any characters."""

from __future__ import annotations

import threading

import pytest

from everview.errors import AttributeValueError
from everview.html import Document
from everview.widgets import Log


def test_only_the_newest_lines_are_stored() -> None:
    log = Log(max_lines=100)
    for number in range(1234):
        log.append(number)
    assert log.lines == [str(number) for number in range(1134, 1234)]
    assert len(log.data["lines"]) <= 110
    log.extend(range(500))
    assert log.lines == [str(number) for number in range(400, 500)]


def test_frame_has_only_the_new_lines() -> None:
    document = Document()
    log = Log(range(5000), max_lines=5000)
    document.root.append(log)
    since = document.snapshot()["to"]
    log.append("new")
    frame = document.delta(since)
    assert frame["set"] == [[log.node_id, {"$": [{"at": ["lines"], "push": ["new"]}]}]]
    log.extend(["a", "b"])
    frame = document.delta(frame["to"])
    assert frame["set"] == [[log.node_id, {"$": [{"at": ["lines"], "drop": 3, "push": ["a", "b"]}]}]]


def test_log_can_be_written_like_a_text_file() -> None:
    log = Log()
    print("one", "two", file=log, flush=True)
    log.write("half ")
    assert log.lines == ["one two"]
    log.write("a line\nand\nmore")
    assert log.lines == ["one two", "half a line", "and"]
    log.clear()
    log.write("\n")
    assert log.lines == [""]


def test_lone_surrogates_in_lines_are_replaced() -> None:
    log = Log()
    log.append("two\nlines")
    log.append(b"\xff".decode(errors="surrogateescape") + "ä")
    log.append("x" * 50_000)
    log.append(None)
    log.write("y" * 50_000)
    assert log.lines[:3] == ["two", "lines", "?ä"]
    assert [len(line) for line in log.lines[3:]] == [10_000, 4, 10_000]


@pytest.mark.parametrize("most", [0, -1, 10**6])
def test_log_with_too_many_lines_is_refused(most: int) -> None:
    with pytest.raises(AttributeValueError, match="max_lines"):
        Log(max_lines=most)


def test_append_from_threads_loses_no_line() -> None:
    document = Document()
    log = Log(max_lines=100_000)
    document.root.append(log)
    document.snapshot()
    threads = [
        threading.Thread(target=lambda: [log.append("x") for _ in range(3000)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log.lines) == 12_000
