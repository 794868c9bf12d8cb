"""Processes are killed while they create, open or write the database. No checkpoint is lost."""

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
#: The approximate time that a process needs to start, in milliseconds. Some processes are killed
#: earlier, before they open the database.
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


def write_until_killed(path: Path, source: random.Random) -> int:
    """Run the writer and kill it. Returns the last number that it reported as saved, or 0."""
    reported = 0
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], cwd=ROOT, text=True,
                          env=environment(path.parent), stdout=subprocess.PIPE) as writer:  # fmt: skip
        assert writer.stdout is not None
        if source.random() < 0.3:
            time.sleep(source.random() * START / 1000)
        else:
            for _ in range(source.randrange(1, 40)):
                reported = int(writer.stdout.readline())
            time.sleep(source.random() / 200)
        writer.send_signal(signal.SIGKILL)
        for line in writer.stdout:
            reported = int(line)
    return reported


def test_saved_checkpoints_are_preserved_when_the_process_is_killed(
    tmp_path: Path, report: Callable[[str], None]
) -> None:
    path, source = tmp_path / "everview.db", random.Random(1)
    newest = early = 0
    for kill in range(KILLS):
        reported = write_until_killed(path, source)
        early += not reported
        newest = max(newest, reported)
        with OpenDatabase(path) as opened:
            saved = opened.checkpoints.find("owner", "/")
            windows = WindowSet(opened.notes.get("windows"), lambda data: None).restored
        assert not list(tmp_path.glob("*damaged*")), f"kill {kill}: the database was renamed as damaged"
        assert (saved.value() if saved else 0) >= newest, f"P4: a checkpoint was lost after kill {kill}"
        newest = saved.value() if saved else 0
        for state in windows:
            assert state.url == "/a"
            assert state.x == state.y, f"kill {kill}: the windows were stored partly"
    assert newest
    report(f"{KILLS} kills, {early} of them before the first checkpoint; {newest:,} checkpoints")
