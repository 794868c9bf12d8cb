"""`Services`: everything that a `Runtime` needs from outside.

The server makes the `Services` on the server thread, the application adds its own services, and
`Runtime` receives them in its constructor. No attribute is assigned later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from everview.process import Report
from everview.runtime.execution.activity import Spawn
from everview.runtime.instances.checkpoints import Checkpoints, MemoryCheckpoints
from everview.runtime.transfers.buckets import Store
from everview.runtime.windows.platform import NoPlatform, Platform
from everview.runtime.windows.window import Window

T = TypeVar("T")


class RunProcess(Protocol):
    """The type of the function that runs work in another process."""

    async def __call__(
        self,
        function: Callable[..., T],
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        on_progress: Report,
    ) -> T:
        """Run ``function(*arguments, **keywords)`` in a process and return its result.

        ``on_progress(done, total, label)`` is called on the server thread.
        """
        ...


def _ignore(*arguments: object) -> None:
    """Do nothing. This function is the default of the callbacks."""


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything that a runtime needs from outside.

    Attributes:
        loop: The loop of the server thread, and its clock.
        spawn: Starts threads.
        run_process: Runs work in processes.
        files: Stores uploaded files.
        checkpoints: Stores checkpoints; by default in memory.
        platform: The desktop; by default there is none.
        on_connect: Called with a window that has a new link.
        on_idle: Called when a window or an instance was removed and no window is open.
    """

    loop: asyncio.AbstractEventLoop
    spawn: Spawn
    run_process: RunProcess
    files: Store
    checkpoints: Checkpoints = field(default_factory=MemoryCheckpoints)
    platform: Platform = field(default_factory=NoPlatform)
    on_connect: Callable[[Window], object] = _ignore
    on_idle: Callable[[], object] = _ignore
