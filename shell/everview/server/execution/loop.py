"""`new_event_loop` and `run_loop`: the event loop of the server, on one thread from start to end.

Objects that are bound to a thread, such as an `sqlite3` connection, work in ``async`` views only
if every step of every coroutine runs on the same thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

logger = logging.getLogger("everview.server")


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Create an event loop of uvloop if it is installed (not on Windows), otherwise of asyncio."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def run_loop(loop: asyncio.AbstractEventLoop, main: Coroutine[object, object, None]) -> None:
    """Run ``loop`` on the calling thread until ``main`` has finished.

    Unlike ``run_until_complete``, this function continues when author code calls ``loop.stop()``
    and when a task raises SystemExit or KeyboardInterrupt: one view must not end all others.

    Raises:
        BaseException: Any exception that ``main`` raises.
    """
    task = loop.create_task(main)
    task.add_done_callback(lambda _: loop.stop())
    while not task.done():
        try:
            loop.run_forever()
        except (SystemExit, KeyboardInterrupt):
            logger.exception("a task on the server thread tried to end the process")
    task.result()
