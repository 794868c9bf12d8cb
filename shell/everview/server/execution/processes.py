"""`Processes`: runs work of views in processes, with progress.

Each call starts a new process, with the start method ``spawn`` on every platform. The process
inherits no thread, lock or socket of the app, and can be ended at any time, unlike a worker of a
pool. For many small pieces of work, authors pass an executor instead.

Function, arguments and result are pickled between a process and its own child, over a pipe that no
other process has. No data from elsewhere is ever unpickled.

Threads: the server thread. A thread waits for each process.
Guarantees: the process ends with the call, whether the call returns, raises or is cancelled.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, Literal, TypeVar

from everview.errors import ProcessError
from everview.process import Report, child_main
from everview.runtime.execution.activity import Spawn, in_thread

T = TypeVar("T")
#: A message of a child process: its kind and its value. The kind "ended" means that the pipe is
#: closed.
Message = tuple[Literal["progress", "result", "error", "ended"], Any]

#: If a process has not ended this number of seconds after SIGTERM, it gets SIGKILL.
TERMINATE_TIMEOUT = 1.0


class Processes:
    """Runs functions in processes. The runtime's services use an instance as ``run_process``."""

    def __init__(self, spawn: Spawn) -> None:
        self._spawn = spawn

    async def __call__(
        self,
        function: Callable[..., T],
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        on_progress: Report,
    ) -> T:
        """Call ``function(*arguments, **keywords)`` in a process and return its result.

        ``on_progress`` is called on the server thread.

        Raises:
            ProcessError: The process ended without an outcome, or the function, its arguments or
                its result cannot be pickled.
            Exception: Any exception that ``function`` raises.
        """
        process, connection = await self._start(function, arguments, keywords)
        try:
            while True:
                kind, value = await self._in_thread(partial(_receive, connection))
                if kind == "progress":
                    on_progress(*value)
                elif kind == "result":
                    result: T = value
                    return result
                elif kind == "error":
                    error, text = value
                    error.add_note(f"In the process:\n{text}")
                    raise error
                else:
                    process.join(TERMINATE_TIMEOUT)
                    raise ProcessError(
                        f"the process of {_name(function)} ended with code {process.exitcode}"
                    )
        finally:
            self._end_in_thread(process, connection)

    async def _start(
        self, function: Callable[..., object], arguments: tuple[Any, ...], keywords: dict[str, Any]
    ) -> tuple[SpawnProcess, Connection]:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=child_main, args=(theirs, function, arguments, keywords), daemon=True
        )
        starting = self._in_thread(partial(_start, process, theirs))
        try:
            await asyncio.shield(starting)
        except asyncio.CancelledError:
            # Starting a process cannot be interrupted, so wait until it has started, and end it
            # then.
            starting.add_done_callback(lambda _: self._end_in_thread(process, ours))
            raise
        except Exception as error:
            ours.close()
            raise ProcessError(
                f"{_name(function)} cannot be passed to a process: {error}; it must be a function "
                "of a module, and its arguments must be picklable"
            ) from error
        return process, ours

    def _in_thread(self, function: Callable[[], T]) -> asyncio.Future[T]:
        return in_thread(function, "process", self._spawn)

    def _end_in_thread(self, process: SpawnProcess, connection: Connection) -> None:
        """End a process without waiting for it."""
        in_thread(partial(_end, process, connection), "end of a process", self._spawn)


def _start(process: SpawnProcess, theirs: Connection) -> None:
    try:
        process.start()
    finally:
        # Close our copy of the child's end of the pipe. Only then does the pipe close when the
        # child ends.
        theirs.close()


def _receive(connection: Connection) -> Message:
    try:
        message: Message = connection.recv()
    except (EOFError, OSError):
        return "ended", None
    except Exception as error:  # noqa: BLE001  (unpickling may raise any exception)
        return "error", (ProcessError(f"the result cannot be read: {error}"), "")
    return message


def _end(process: SpawnProcess, connection: Connection) -> None:
    connection.close()
    if process.pid is None:
        return  # the process could not be started
    if process.is_alive():
        process.terminate()
    process.join(TERMINATE_TIMEOUT)
    if process.exitcode is None:
        process.kill()
        process.join()
    with contextlib.suppress(ValueError):
        process.close()


def _name(function: object) -> str:
    return str(getattr(function, "__qualname__", function))
