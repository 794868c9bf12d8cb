"""Everview: a desktop app shell for Python whose views outlive their windows.

This is the authors' API: ``from shell import App, View``; the tree is in ``shell.html``.
"""

from shell.app import App
from shell.errors import EverviewError, ViewStopped
from shell.runtime.input_event import InputEvent
from shell.runtime.request import Request
from shell.runtime.state import Progress, State, StopReason
from shell.runtime.view import View

__version__ = "0.1.0"
__all__ = [
    "App", "EverviewError", "InputEvent", "Progress", "Request", "State", "StopReason", "View",
    "ViewStopped",
]  # fmt: skip
