"""Everview: a desktop app shell for Python whose views outlive their windows.

Authors import the API from this package: ``from everview import App, View``. HTML elements are in
``everview.html``, and widgets are in ``everview.widgets``.
"""

from everview.search_path import put_standard_library_first

# `put_standard_library_first` must run before all other imports; ``search_path.py`` explains why.
put_standard_library_first()

from everview.authoring.app import App, Start, register_starter
from everview.authoring.async_view import AsyncView
from everview.authoring.view import View
from everview.errors import EverviewError, ForbiddenError, ViewStopped
from everview.html.tree.static_files import Script, StaticFile, StyleSheet
from everview.progress import Progress
from everview.runtime.execution.channels import Channel, Message
from everview.runtime.execution.input_event import InputEvent
from everview.runtime.instances.checkpoints import Checkpoint
from everview.runtime.instances.state import State, StopReason, Summary
from everview.runtime.routing.middlewares import MiddlewareData
from everview.runtime.routing.request import Request
from everview.runtime.routing.responses import (
    FileResponse,
    HttpRedirectResponse,
    JsonResponse,
    RedirectResponse,
    Response,
    TemplateResponse,
    TemplateStringResponse,
)
from everview.runtime.routing.routing import MATCH_ALL
from everview.runtime.transfers.buckets import Bucket, Transfer, Upload
from everview.runtime.windows.connection import Connection
from everview.version import __version__

__all__ = [
    "MATCH_ALL",
    "App",
    "AsyncView",
    "Bucket",
    "Channel",
    "Checkpoint",
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
    "Summary",
    "TemplateResponse",
    "TemplateStringResponse",
    "Transfer",
    "Upload",
    "View",
    "ViewStopped",
    "__version__",
]  # fmt: skip


def _start(app: App, start: Start) -> int:
    # The server and the desktop are imported inside this function, so that a program which only
    # defines views does not load them.
    from everview.cli.app_program import run_script

    return run_script(app, start)


register_starter(_start)
