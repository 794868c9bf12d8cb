"""The exceptions of Everview.

An error message describes the problem, its place, and a solution. If author code causes the error,
the place is a line of author code. It is stored in `EverviewError.location` when the error is
created.

    EverviewError
    ├── HTMLError                     the tree was used in an invalid way
    │   ├── HierarchyError            a node was inserted into itself or a descendant
    │   ├── UnsafeHTMLError           a script, event attribute or unsafe URL was refused
    │   ├── AttributeValueError       an attribute value cannot be synchronised
    │   ├── FormError                 a form cannot be made of this dataclass
    │   └── SelectorError             a selector is invalid
    ├── ViewError                     a view used the runtime in an invalid way
    │   ├── NotAViewError             a route was given something that is not a View subclass
    │   ├── HandlerError              a handler is not callable
    │   └── BlockingCallError         a blocking call was made on the server thread
    ├── ForbiddenError                raised by a view: this user has no access
    ├── RouteError                    a route pattern or name is invalid
    ├── StaticFileError               a static file cannot be read or served
    ├── ProcessError                  work for `run_in_process` failed
    ├── SettingsError                 a setting does not exist or has another type
    ├── AppTableError                 [tool.everview] is malformed or differs from App(...)
    ├── TemplateError                 a template is missing or invalid
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

    Attributes:
        location: The nearest line of author code when the error was created, for example
            ``"my_view.py, line 12"``; "" if there is none, or if author code cannot cause it.
    """

    #: Whether author code causes errors of this class.
    has_location: ClassVar[bool] = False

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.location = find_location(sys._getframe(1)) if self.has_location else ""

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message} ({self.location})" if self.location else message


def find_location(frame: FrameType | None) -> str:
    """Return the nearest line of author code, as ``"file.py, line 12"``, or "" if there is none.

    Module names are checked before paths, because the paths in a frozen app do not exist on disk.
    """
    while frame is not None:
        spec = frame.f_globals.get("__spec__")
        # A module that runs with `python -m` is named __main__. Its spec has the real name.
        name = str(getattr(spec, "name", None) or frame.f_globals.get("__name__", ""))
        package = name.partition(".")[0]
        file = frame.f_code.co_filename
        is_library = package in sys.stdlib_module_names or "-packages" in file
        # Generated methods of dataclasses have the file name "<string>".
        if package != __package__ and not is_library and file != "<string>":
            return f"{Path(file).name}, line {frame.f_lineno}"
        frame = frame.f_back
    return ""


class HTMLError(EverviewError):
    """The tree was used in an invalid way."""

    has_location = True


class HierarchyError(HTMLError, ValueError):
    """A node was inserted into itself or into one of its descendants."""


class UnsafeHTMLError(HTMLError, ValueError):
    """A script, an event attribute, ``srcdoc`` or an unsafe URL was refused."""


class AttributeValueError(HTMLError, TypeError):
    """A value cannot be an attribute, a child or an input value."""


class FormError(HTMLError, TypeError):
    """A form cannot be made of this dataclass."""


class SelectorError(HTMLError, ValueError):
    """A selector is invalid."""


class ViewError(EverviewError):
    """A view used the runtime in an invalid way."""

    has_location = True


class ForbiddenError(EverviewError):
    """A view raises this error to refuse a user.

    The window shows the 403 page, and the error is not logged.
    """


class NotAViewError(ViewError, TypeError):
    """The object of a route is not a ``View`` subclass."""


class HandlerError(ViewError, TypeError):
    """A handler is not callable."""


class BlockingCallError(ViewError, RuntimeError):
    """A blocking call was made on the server thread, where it would block every view."""


class RouteError(EverviewError, ValueError):
    """A route pattern or a route name is invalid."""

    has_location = True


class StaticFileError(EverviewError, ValueError):
    """A static file cannot be read, or may not be served."""


class ProcessError(EverviewError, RuntimeError):
    """Work cannot be passed to another process, or the process ended without a result."""


class SettingsError(EverviewError, AttributeError):
    """A setting does not exist, or its value has the wrong type."""

    has_location = True


class AppTableError(EverviewError, ValueError):
    """``[tool.everview]`` is malformed, or differs from the arguments of ``App(...)``."""

    has_location = True


class TemplateError(EverviewError):
    """A template is missing or invalid, or needs a package that is not installed."""


class LinkError(EverviewError):
    """A window broke the link protocol; its link is closed."""


class StateError(EverviewError):
    """A folder or file of the app cannot be used safely."""


class AlreadyRunningError(EverviewError):
    """Another process of this app holds the instance lock."""


class NotRunningError(EverviewError):
    """No running process of this app answered."""


class CommandError(EverviewError):
    """A command line or a control request cannot be carried out."""


class ViewStopped(BaseException):
    """A blocking call of a view raises this exception when the view is stopped."""
