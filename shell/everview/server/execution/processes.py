"""`Processes`: CPU-bound work of a view in a process of its own, with progress, ended with it.

A process for each call, started afresh (``spawn``, on every platform the same): nothing of the
app's threads, locks or sockets is in it, and it can be ended at any instant, which a worker of a
pool can not. Who has many small pieces of work hands in an executor instead.

The function and its arguments travel by pickle between a process and its own child, over a pipe
that nobody else has; nothing that comes from outside is ever unpickled.

Threads: the server thread; a thread of its own waits for each process.
Guarantees: the process ends with the call, whether that returns, raises or is cancelled.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import multiprocessing.connection
from collections.abc import Callable
from functools import partial
from typing import Any

from everview.errors import ProcessError
from everview.process import child_main
from everview.runtime.execution.activity import Spawn, in_thread

#: Seconds a process that was told to end (SIGTERM) has before it is killed.
END_TIME = 1.0


class Processes:
    """Starts processes; an instance is the runtime's ``run_process``. ``spawn``: threads."""

    def __init__(self, spawn: Spawn) -> None:
        self._spawn = spawn

    async def __call__(
        self,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        on_progress: Callable[..., None],
    ) -> Any:
        """``function(*arguments, **keywords)`` in a process; ``on_progress`` is called on the loop.

        Raises what the function raises, `ProcessError` if the process ended without a word, or if
        function, arguments or result cannot be pickled.
        """
        process, connection = await self._start(function, arguments, keywords)
        try:
            while True:
                kind, value = await self._in_thread(_receive, connection)
                if kind == "progress":
                    on_progress(*value)
                    continue
                return _outcome(function, process, kind, value)
        finally:
            # In a thread: one that is told to end may take a moment, and nobody waits for it.
            self._spawn(partial(_end, process, connection), "end of a process", _nothing)

    async def _start(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]
    ) -> tuple[Any, Any]:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=child_main, args=(theirs, function, arguments, keywords), daemon=True
        )
        starting = self._in_thread(_start, process, theirs)
        try:
            await asyncio.shield(starting)
        except asyncio.CancelledError:
            # It is being started: it is ended when that is done.
            starting.add_done_callback(
                lambda _: self._spawn(partial(_end, process, ours), "end of a process", _nothing)
            )
            raise
        except Exception as error:
            ours.close()
            raise ProcessError(
                f"{_name(function)} cannot be handed to a process: {error}; it must be a function "
                "of a module, its arguments what pickle takes"
            ) from error
        return process, ours

    def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
        return in_thread(partial(function, *arguments), "process", self._spawn)


def _outcome(function: Any, process: Any, kind: str, value: Any) -> Any:
    if kind == "result":
        return value
    if kind == "error":
        error, text = value
        error.add_note(f"In the process:\n{text}")
        raise error
    process.join(END_TIME)
    raise ProcessError(f"the process of {_name(function)} ended with code {process.exitcode}")


def _nothing(result: Any, error: BaseException | None) -> None:
    """Nobody waits for the end of a process."""


def _start(process: Any, theirs: Any) -> None:
    try:
        process.start()
    finally:
        # Only the child has it then: its end is the end of the file.
        theirs.close()


def _receive(connection: multiprocessing.connection.Connection) -> tuple[str, Any]:
    try:
        kind, value = connection.recv()
    except (EOFError, OSError):
        return "gone", None
    except Exception as error:  # noqa: BLE001  (whatever the pickle of a result raises here)
        return "error", (ProcessError(f"the result cannot be read: {error}"), "")
    return kind, value


def _end(process: Any, connection: multiprocessing.connection.Connection) -> None:
    connection.close()
    if process.pid is None:
        return  # it could not be started
    if process.is_alive():
        process.terminate()
    process.join(END_TIME)
    if process.exitcode is None:
        process.kill()
        process.join()
    with contextlib.suppress(ValueError):
        process.close()


def _name(function: Any) -> str:
    return str(getattr(function, "__qualname__", function))
