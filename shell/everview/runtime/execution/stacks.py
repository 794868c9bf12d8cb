"""`stack_of`: where running author code is now, for the log.

Not for: errors, which have a traceback.
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
    """The innermost lines of an activity, in the thread with its name or in its task."""
    frames: list[traceback.FrameSummary] = []
    if activity.in_thread:
        running = sys._current_frames()
        # Threads have the name of their activity. Two with the same name are both logged.
        idents = [t.ident for t in threading.enumerate() if t.name == activity.name]
        for ident in idents:
            if ident in running:
                frames += traceback.extract_stack(running[ident], -FRAMES)
    elif activity.task is not None:
        # A task has only its outermost coroutine. Each coroutine has the one that it awaits.
        coroutine: Any = activity.task.get_coro()
        while (frame := getattr(coroutine, "cr_frame", None)) is not None:
            frames += traceback.extract_stack(frame, 1)
            coroutine = coroutine.cr_await
    return "".join(traceback.format_list(frames))
