"""Every exception Everview raises on purpose.

A message says what is wrong, where, and what to do about it. *Where* is the author's own line, for
the errors that an author's code causes: `EverviewError.place` finds it when the error is made.

    EverviewError
    ├── HTMLError                     the tree was used in a way that cannot be shown
    │   ├── HierarchyError            a node was inserted into itself or a descendant
    │   ├── UnsafeHTMLError           a script, event attribute or unsafe URL was refused
    │   ├── AttributeValueError       an attribute value cannot be synchronised
    │   ├── FormError                 a dataclass that no form can be made of
    │   └── SelectorError             a selector is not understood
    ├── ViewError                     a view used the runtime in a way that cannot work
    │   ├── NotAViewError             a route was given something that is not a View subclass
    │   ├── HandlerError              a handler is not callable
    │   └── BlockingCallError         a blocking call was made on the server thread
    ├── ForbiddenError                raised by a view: this person may not see it
    ├── RouteError                    a route pattern or name is wrong
    ├── StaticFileError               a static file cannot be read or served
    ├── ProcessError                  the process of `run_in_process` ended, or cannot take this
    ├── SettingsError                 there is no such setting, or it has another type
    ├── AppTableError                 [tool.everview] is malformed, or differs from App(...)
    ├── TemplateError                 a template is missing, or wrong
    ├── LinkError                     a window broke the link protocol
    ├── StateError                    a folder or file of the app cannot be used safely
    ├── AlreadyRunningError           another process of this app holds the instance lock
    ├── NotRunningError               no process of this app answers
    └── CommandError                  a command line or control request cannot be carried out

    ViewStopped (BaseException)       raised in a view's blocked call when the view is stopped;
                                      derives from BaseException so that an author's
                                      ``except Exception`` does not keep a stopped view alive
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import ClassVar


class EverviewError(Exception):
    """Base of all errors raised by Everview.

    ``place``: ``"my_view.py, line 12"``, the nearest line of the author's code when the error was
    made; "" where there is none, and for errors that no line of a view can cause.
    """

    #: Whether an author's line causes errors of this class.
    _HAS_PLACE: ClassVar[bool] = False

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.place = find_place(sys._getframe(1)) if self._HAS_PLACE else ""

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message} ({self.place})" if self.place else message


def find_place(frame: FrameType | None) -> str:
    """The nearest line outside this package and libraries, as ``"file.py, line 12"``, or "".

    By module names where that can be: in a frozen app the paths are not those of any folder.
    """
    while frame is not None:
        spec = frame.f_globals.get("__spec__")
        # What runs by `python -m` is called __main__; its spec knows its name.
        name = str(getattr(spec, "name", None) or frame.f_globals.get("__name__", ""))
        package = name.partition(".")[0]
        file = frame.f_code.co_filename
        is_library = package in sys.stdlib_module_names or "-packages" in file
        # A dataclass's own methods are compiled from a text without a file.
        if package != __package__ and not is_library and file != "<string>":
            return f"{Path(file).name}, line {frame.f_lineno}"
        frame = frame.f_back
    return ""


class HTMLError(EverviewError):
    """The tree was used in a way that cannot be shown."""

    _HAS_PLACE = True


class HierarchyError(HTMLError, ValueError):
    """A node was inserted into itself or into one of its descendants."""


class UnsafeHTMLError(HTMLError, ValueError):
    """A script, an event attribute, ``srcdoc`` or an unsafe URL was refused."""


class AttributeValueError(HTMLError, TypeError):
    """A value cannot be an attribute, a child or an input value."""


class FormError(HTMLError, TypeError):
    """No form can be made of a dataclass."""


class SelectorError(HTMLError, ValueError):
    """A selector is not understood."""


class ViewError(EverviewError):
    """A view used the runtime in a way that cannot work."""

    _HAS_PLACE = True


class ForbiddenError(EverviewError):
    """Raised by a view for who may not see it: its windows show the 403 page, nothing is logged."""


class NotAViewError(ViewError, TypeError):
    """A route was given something that is not a ``View`` subclass."""


class HandlerError(ViewError, TypeError):
    """A handler is not callable."""


class BlockingCallError(ViewError, RuntimeError):
    """A blocking call was made on the server thread, where it would block every view."""


class RouteError(EverviewError, ValueError):
    """A route pattern or a route name is wrong."""

    _HAS_PLACE = True


class StaticFileError(EverviewError, ValueError):
    """A static file cannot be read, or may not be served."""


class ProcessError(EverviewError, RuntimeError):
    """Work in a process of its own cannot be handed over, or its process ended without a word."""


class SettingsError(EverviewError, AttributeError):
    """A setting that there is not, or of the wrong type."""

    _HAS_PLACE = True


class AppTableError(EverviewError, ValueError):
    """``[tool.everview]`` is malformed, or differs from what ``App(...)`` was given."""

    _HAS_PLACE = True


class TemplateError(EverviewError):
    """A template is missing, wrong, or needs what is not installed."""


class LinkError(EverviewError):
    """A window broke the link protocol; its link is closed."""


class StateError(EverviewError):
    """A folder or file of the app cannot be used safely."""


class AlreadyRunningError(EverviewError):
    """Another process of this app holds the instance lock."""


class NotRunningError(EverviewError):
    """No process of this app answers."""


class CommandError(EverviewError):
    """A command line or a control request cannot be carried out."""


class ViewStopped(BaseException):
    """Raised inside a view's blocking call when the view is stopped."""
