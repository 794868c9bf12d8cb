"""`ThreadWork` tracks the authors' code that runs in threads, and whether that code waits.

A simulated app is idle if no author code runs. Code that waits for the loop (`sleep`,
`await_click`, `ask` …) does not count as running. Code that computes, reads a file or calls
``time.sleep`` does.

Threads: `begin` and `busy` are called on the thread of the loop.

Guarantees: running code never counts as waiting. A job is tracked from before its thread starts
until the loop has received its end. A job counts as waiting only while one of its calls is
registered and has no result.
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

from everview.runtime.execution.activity import Activity, Done, Spawn, current

#: Folders with code that does not belong to an author.
LIBRARIES = {Path(__file__).resolve().parents[1]} | {
    Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib", "purelib")
}


class Job:
    """A function that runs in a thread, with the activity to which it belongs."""

    def __init__(self, function: Callable[..., object], name: str) -> None:
        self.name = name
        self._activity = _activity_of(function)

    @property
    def waits(self) -> bool:
        """Whether the job is blocked in a call that has no result yet."""
        if self._activity is None:
            return False
        calls = list(self._activity.pending)
        return bool(calls) and not any(call.done() for call in calls)


class ThreadWork:
    """The jobs of one loop."""

    def __init__(self) -> None:
        self._jobs: set[Job] = set()

    def begin(self, function: Callable[..., object], name: str) -> Callable[[], None]:
        """Register ``function`` before it runs in a thread.

        Returns a function that must be called when ``function`` has ended.
        """
        job = Job(function, name)
        self._jobs.add(job)
        return partial(self._jobs.discard, job)

    def busy(self) -> list[str]:
        """The names of the jobs that run and do not wait."""
        return [job.name for job in self._jobs if not job.waits]


class WatchedThreads:
    """A ``spawn`` function for a runtime that registers its jobs in a `ThreadWork`."""

    def __init__(self, spawn: Spawn, work: ThreadWork) -> None:
        self._spawn = spawn
        self._work = work

    def __call__(self, function: Callable[[], object], name: str, done: Done) -> None:
        end = self._work.begin(function, name)

        def ended(result: object, error: BaseException | None) -> None:
            end()
            done(result, error)

        try:
            self._spawn(function, name, ended)
        except RuntimeError:  # the system cannot start more threads
            end()
            raise


def _activity_of(function: Callable[..., object]) -> Activity | None:
    """The activity of a job of `activity.run` or `asyncio.to_thread`.

    `activity.run` and `asyncio.to_thread` pass ``partial(context.run, ...)``. The context contains
    the activity.
    """
    run = getattr(function, "func", None) if isinstance(function, partial) else None
    context = getattr(run, "__self__", None)
    if not isinstance(context, contextvars.Context):
        return None
    return context.copy().run(current)


def position_of(names: list[str]) -> str:
    """The innermost line of an author's code in each thread with one of these names."""
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
