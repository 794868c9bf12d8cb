"""Functions that find properties of an author's view class without running its code.

`View` is in a higher layer, so this module cannot import it. Therefore `View` is found as the
topmost base class that has a ``handle_request``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_HOOKS = ("handle_input_event_root", "handle_input_event")


def base_of(view_class: type) -> type:
    """The topmost base class that defines ``handle_request``: `View`."""
    return next(c for c in reversed(view_class.__mro__) if "handle_request" in vars(c))


def own_classes(view_class: type) -> Iterator[type]:
    """Return the class and its base classes, without `View` and the base classes of `View`."""
    for cls in view_class.__mro__:
        if cls is base_of(view_class):
            return
        yield cls


def default_hooks(view_class: type) -> frozenset[str]:
    """The names of the hooks that the class does not override; they are not called."""
    base = base_of(view_class)
    return frozenset(
        name for name in _HOOKS if getattr(view_class, name) is getattr(base, name, None)
    )


def decides_late(view_class: type) -> bool:
    """Whether the code of the class contains the name ``is_daemon``, and so may set this attribute.

    If the code may set ``is_daemon``, a second window at the same URL waits for the decision.
    """
    return any(
        _names_is_daemon(getattr(value, "__code__", None))
        for cls in own_classes(view_class)
        for value in vars(cls).values()
    )


def _names_is_daemon(code: Any) -> bool:
    return code is not None and (
        "is_daemon" in code.co_names
        or any(_names_is_daemon(inner) for inner in code.co_consts if hasattr(inner, "co_names"))
    )
