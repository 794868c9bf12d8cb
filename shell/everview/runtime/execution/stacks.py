"""`stack_of`: the stack of running author code, for the log.

This module does not describe errors, which have a traceback.
"""

from __future__ import annotations

import sys
import threading
import traceback
from typing import Any

from everview.runtime.execution.activity import Activity

#: Maximum number of frames of a stack that are logged, from the innermost.
FRAMES = 8


def stack_of(activity: Activity) -> str:
    """Return the innermost lines of the stack of an activity in a thread or a task."""
    frames: list[traceback.FrameSummary] = []
    if activity.in_thread:
        running = sys._current_frames()
        # Each thread has the name of its activity. If two threads have the same name, both are
        # logged.
        idents = [t.ident for t in threading.enumerate() if t.name == activity.name]
        for ident in idents:
            if ident in running:
                frames += traceback.extract_stack(running[ident], -FRAMES)
    elif activity.task is not None:
        # A task refers only to its outermost coroutine. Each coroutine refers to the coroutine that
        # it awaits.
        coroutine: Any = activity.task.get_coro()
        while (frame := getattr(coroutine, "cr_frame", None)) is not None:
            frames += traceback.extract_stack(frame, 1)
            coroutine = coroutine.cr_await
    return "".join(traceback.format_list(frames))
