"""Every exception Everview raises on purpose.

A message says what is wrong, where, and what to do about it.

    EverviewError
    ├── HTMLError                     the tree was used in a way that cannot be shown
    │   ├── HierarchyError            a node was inserted into itself or a descendant
    │   ├── UnsafeHTMLError           a script, event attribute or unsafe URL was refused
    │   ├── AttributeValueError       an attribute value cannot be synchronised
    │   └── SelectorError             a selector is not understood
    ├── ViewError                     a view used the runtime in a way that cannot work
    │   ├── NotAViewError             a route was given something that is not a View subclass
    │   ├── HandlerError              a handler is not callable
    │   └── BlockingCallError         a blocking call was made on the server thread
    ├── RouteError                    a route pattern or name is wrong
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


class EverviewError(Exception):
    """Base of all errors raised by Everview."""


class HTMLError(EverviewError):
    """The tree was used in a way that cannot be shown."""


class HierarchyError(HTMLError, ValueError):
    """A node was inserted into itself or into one of its descendants."""


class UnsafeHTMLError(HTMLError, ValueError):
    """A script, an event attribute, ``srcdoc`` or an unsafe URL was refused."""


class AttributeValueError(HTMLError, TypeError):
    """A value cannot be an attribute, a child or an input value."""


class SelectorError(HTMLError, ValueError):
    """A selector is not understood."""


class ViewError(EverviewError):
    """A view used the runtime in a way that cannot work."""


class NotAViewError(ViewError, TypeError):
    """A route was given something that is not a ``View`` subclass."""


class HandlerError(ViewError, TypeError):
    """A handler is not callable."""


class BlockingCallError(ViewError, RuntimeError):
    """A blocking call was made on the server thread, where it would block every view."""


class RouteError(EverviewError, ValueError):
    """A route pattern or a route name is wrong."""


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
