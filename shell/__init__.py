"""Everview: a desktop app shell for Python whose views outlive their windows.

This is the authors' API: ``from shell import App, View``; the tree is in ``shell.html``, ready
parts in ``shell.widgets``.
"""

from shell.app import App
from shell.errors import EverviewError, ForbiddenError, ViewStopped
from shell.html.static_files import Script, StaticFile, StyleSheet
from shell.runtime.buckets import Bucket, Transfer, Upload
from shell.runtime.channels import Channel, Message
from shell.runtime.connection import Connection
from shell.runtime.input_event import InputEvent
from shell.runtime.middlewares import MiddlewareData
from shell.runtime.request import Request
from shell.runtime.responses import (
    FileResponse,
    HttpRedirectResponse,
    JsonResponse,
    RedirectResponse,
    Response,
    TemplateResponse,
    TemplateStringResponse,
)
from shell.runtime.routing import MATCH_ALL
from shell.runtime.state import Progress, State, StopReason
from shell.runtime.view import View

__version__ = "0.1.0"
__all__ = [
    "MATCH_ALL",
    "App",
    "Bucket",
    "Channel",
    "Connection",
    "EverviewError",
    "FileResponse",
    "ForbiddenError",
    "HttpRedirectResponse",
    "InputEvent",
    "JsonResponse",
    "Message",
    "MiddlewareData",
    "Progress",
    "RedirectResponse",
    "Request",
    "Response",
    "Script",
    "State",
    "StaticFile",
    "StopReason",
    "StyleSheet",
    "TemplateResponse",
    "TemplateStringResponse",
    "Transfer",
    "Upload",
    "View",
    "ViewStopped",
]  # fmt: skip
