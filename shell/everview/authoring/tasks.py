"""`Tasks`: long work of a view: its progress, its checkpoints, and work in another process.

Threads: methods can be called from any thread. Coroutines run on the server thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from typing import TypeVar, cast

from everview.authoring.base import ViewBase
from everview.errors import HandlerError, ViewError
from everview.process import Report
from everview.progress import Progress
from everview.runtime.execution.activity import is_async, refuse_on_loop
from everview.runtime.instances.checkpoints import encode_checkpoint

T = TypeVar("T")


class Tasks(ViewBase):
    """The services for long work, inherited by `View` and `AsyncView`."""

    is_daemon: bool

    def progress(self, done: float | None, total: float | None = None, label: str = "") -> None:
        """Report progress to the page, the titles of its windows and the list of tasks.

        A call is so cheap that a loop can report progress after every item.

        Args:
            done: The finished amount, in any unit; None: no work is running.
            total: The whole amount, in the same unit; None: unknown.
            label: A text for the list of tasks.

        Raises:
            ValueError: A number is NaN or infinite.
        """
        progress = None if done is None else Progress.checked(done, total, label)
        self._instance.set_progress(progress)

    def await_sync(self, awaitable: Awaitable[T]) -> T:
        """Run an awaitable on the server thread and return its result. Only for plain code.

        Raises:
            BlockingCallError: The caller is ``async`` code. Such code can use ``await`` instead.
        """
        loop = self._instance.loop
        refuse_on_loop(loop, "await_sync()", "write 'await' before the awaitable itself")

        async def wait() -> T:
            return await awaitable

        return self._call(wait)

    def _encoded_checkpoint(self, data: object) -> bytes:
        """Encode ``data`` as JSON.

        Raises `ViewError` if this is not a daemon view, or if ``data`` is not a JSON value.
        """
        if not self.is_daemon:
            raise ViewError("only daemon views have checkpoints: set is_daemon = True")
        return encode_checkpoint(data)

    async def _save_checkpoint(self, encoded: bytes) -> None:
        await self._instance.save_checkpoint(encoded)

    async def _run_in_process(
        self, function: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]
    ) -> T:
        executor = cast(Executor | None, kwargs.pop("executor", None))
        if executor is not None:
            return await asyncio.wrap_future(executor.submit(function, *args, **kwargs))
        instance = self._instance
        before = instance.document.progress

        def show(done: float, total: float | None, label: str) -> None:
            instance.set_progress(Progress.checked(done, total, label))

        run_process = self._server.runtime.services.run_process
        try:
            return await run_process(function, args, kwargs, show)
        finally:
            instance.set_progress(before)

    async def _run_in_thread(
        self, function: Callable[[], T], name: str, on_progress: Report | None
    ) -> T:
        return await self._instance.run_in_thread(function, name, on_progress)

    def _name_of_work(self, function: Callable[..., object]) -> str:
        """Return the name of the thread that runs ``function``.

        Raises `HandlerError` if ``function`` is not a plain function.
        """
        check_callable(function, "run_in_thread")
        if is_async(function):
            raise HandlerError(f"run_in_thread() needs a plain function, not {function!r}")
        name = getattr(function, "__qualname__", repr(function))
        return f"{name} of {self._instance.request.url}"


def check_callable(function: object, name: str) -> None:
    """Raise `HandlerError` if ``function``, an argument of the method ``name``, is not callable."""
    if not callable(function):
        raise HandlerError(f"{name}() needs a function, not {function!r}: it is not callable")
