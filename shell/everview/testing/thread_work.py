"""`Work`: which author code is at work in threads now, and which of it waits.

A simulated app has come to rest when nothing is at work. Code that waits for the loop (`sleep`,
`await_click`, `ask` …) is not; code that computes, reads a file or calls ``time.sleep`` is.

Threads: `begin` and `busy` on the loop's thread. Guarantees: code that is at work is never taken
for waiting. It counts from before its thread starts until its end has arrived on the loop, and
waits only while one of its calls is registered and has no result.
"""

from __future__ import annotations

import contextvars
import sys
import sysconfig
import threading
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from everview.runtime.execution.activity import Activity, Done, Spawn, current

#: Where code is that is not an author's.
LIBRARIES = {Path(__file__).resolve().parents[1]} | {
    Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib", "purelib")
}


class Job:
    """One callable in a thread, and the author code it belongs to."""

    def __init__(self, function: Callable[..., Any], name: str) -> None:
        self.name = name
        self._activity = _activity_of(function)

    @property
    def waits(self) -> bool:
        """Whether it is blocked in a call whose result is not there yet."""
        if self._activity is None:
            return False
        calls = list(self._activity.pending)
        return bool(calls) and not any(call.done() for call in calls)


class Work:
    """The jobs of one loop."""

    def __init__(self) -> None:
        self._jobs: set[Job] = set()

    def begin(self, function: Callable[..., Any], name: str) -> Callable[[], None]:
        """``function`` is about to run in a thread; returns what says that it has."""
        job = Job(function, name)
        self._jobs.add(job)
        return partial(self._jobs.discard, job)

    def busy(self) -> list[str]:
        """The names of what is at work."""
        return [job.name for job in self._jobs if not job.waits]


class WatchedThreads:
    """``spawn`` for a runtime, whose jobs are known to ``work``."""

    def __init__(self, spawn: Spawn, work: Work) -> None:
        self._spawn = spawn
        self._work = work

    def __call__(self, function: Callable[[], object], name: str, done: Done) -> None:
        end = self._work.begin(function, name)

        def ended(result: Any, error: BaseException | None) -> None:
            end()
            done(result, error)

        try:
            self._spawn(function, name, ended)
        except RuntimeError:  # no more threads
            end()
            raise


def _activity_of(function: Callable[..., Any]) -> Activity | None:
    """The author code that a job of `activity.run` or `asyncio.to_thread` runs.

    Both hand over a copy of the context, as ``partial(context.run, ...)``; it is asked there.
    """
    run = getattr(function, "func", None) if isinstance(function, partial) else None
    context = getattr(run, "__self__", None)
    if not isinstance(context, contextvars.Context):
        return None
    return context.copy().run(current)


def where(names: list[str]) -> str:
    """Where the threads of these names are, at the nearest line of the author's."""
    frames = sys._current_frames()
    lines = []
    for thread in threading.enumerate():
        if thread.name not in names or thread.ident not in frames:
            continue
        stack = traceback.extract_stack(frames[thread.ident])
        own = [f for f in stack if not any(p in LIBRARIES for p in Path(f.filename).parents)]
        if own:
            frame = own[-1]
            lines.append(f"  {Path(frame.filename).name}, line {frame.lineno}: {frame.line}")
    return "\n".join(lines)
