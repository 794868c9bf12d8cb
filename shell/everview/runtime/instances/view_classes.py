"""What can be told of an author's view class without running it.

`View` itself is above this module: it is the first class that has a ``handle_request``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_HOOKS = ("handle_input_event_root", "handle_input_event")


def base_of(view_class: type) -> type:
    """`View`."""
    return next(c for c in reversed(view_class.__mro__) if "handle_request" in vars(c))


def own_classes(view_class: type) -> Iterator[type]:
    """The class and its bases up to `View`, which is left out: the author's."""
    for cls in view_class.__mro__:
        if cls is base_of(view_class):
            return
        yield cls


def default_hooks(view_class: type) -> frozenset[str]:
    """Hooks the class did not override: they are spared the call."""
    base = base_of(view_class)
    return frozenset(
        name for name in _HOOKS if getattr(view_class, name) is getattr(base, name, None)
    )


def decides_late(view_class: type) -> bool:
    """Whether the view may set ``self.is_daemon``: code of its class names it.

    A second window at the same URL must wait for that decision; for all other views it must not.
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
