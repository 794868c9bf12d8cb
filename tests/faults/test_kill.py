"""kill -9 at any instant: while the database is made, opened, written. What returned is there."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from everview.state.window_set import WindowSet
from tests.support.database import OpenDatabase
from tests.support.often import often
from tests.support.server import ROOT, environment

pytestmark = pytest.mark.timeout(often(120, 3_600))

KILLS = often(10, 500)
#: Milliseconds that a start takes here, about; some are killed before they have opened anything.
START = 250
WRITER = """
import asyncio, sys
from pathlib import Path
from everview.runtime.instances.checkpoints import Checkpoint
from everview.state.checkpoint_table import CheckpointTable
from everview.state.database import Database
from everview.state.note_table import NoteTable
from everview.state.window_set import WindowSet, WindowState
database = Database(Path(sys.argv[1]))
store, notes = CheckpointTable(database), NoteTable(database)
windows = WindowSet(notes.get("windows"), lambda data: notes.put("windows", data))
windows.opened("1", *windows.restored or [WindowState("/a", x=0, y=0)])
found = store.find("owner", "/")
number = found.value() if found else 0
async def main(number):
    while True:
        number += 1
        windows.changed("1", x=number, y=number)
        await store.save(Checkpoint("owner", "/", "T", b"%d" % number))
        print(number, flush=True)
asyncio.run(main(number))
"""


def write_and_be_killed(path: Path, source: random.Random) -> int:
    """The last number that was said to be saved; 0 if there was none."""
    said = 0
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], cwd=ROOT, text=True,
                          env=environment(path.parent), stdout=subprocess.PIPE) as writer:  # fmt: skip
        assert writer.stdout is not None
        if source.random() < 0.3:
            time.sleep(source.random() * START / 1000)
        else:
            for _ in range(source.randrange(1, 40)):
                said = int(writer.stdout.readline())
            time.sleep(source.random() / 200)
        writer.send_signal(signal.SIGKILL)
        for line in writer.stdout:
            said = int(line)
    return said


def test_what_was_saved_is_there(tmp_path: Path, tell: Callable[[str], None]) -> None:
    path, source = tmp_path / "everview.db", random.Random(1)
    newest = early = 0
    for kill in range(KILLS):
        said = write_and_be_killed(path, source)
        early += not said
        newest = max(newest, said)
        with OpenDatabase(path) as opened:
            kept = opened.checkpoints.find("owner", "/")
            windows = WindowSet(opened.notes.get("windows"), lambda data: None).restored
        assert not list(tmp_path.glob("*damaged*")), f"set aside after kill {kill}"
        assert (kept.value() if kept else 0) >= newest, f"P4, kill {kill}"
        newest = kept.value() if kept else 0
        for state in windows:
            assert state.url == "/a"
            assert state.x == state.y, f"kill {kill}"
    assert newest
    tell(f"{KILLS} times killed, {early} of them before anything was saved; {newest:,} checkpoints")
