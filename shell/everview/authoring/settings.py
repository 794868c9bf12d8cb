"""`Settings`: what an app may set (``app.settings``). An unknown name is an error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from everview.errors import SettingsError


@dataclass
class Settings:
    """Every setting with its default.

    ``TEMPLATE_DIRS``: folders of templates, relative to the app's script.
    ``TEMPLATE_EXTRA_CONTEXT``, ``TEMPLATE_EXTRA_FILTERS``: names and filters that every template
    has. ``STOP_DAEMON_WHEN_VIEW_FINISHES``: the default of views. ``INITIAL_SERVER_STATE``: what
    ``server.state`` has at the start. ``HTTP_MAX_SIZE``: the largest body, in bytes, that a
    pass-through route or a POST may have (uploads have the limits of their buckets).
    ``SECOND_START``: what starting the app again does where it runs and nothing else is said:
    "window" opens one more, "focus" brings the newest one to the front. ``LANGUAGE``: of the
    texts, as "de"; "" is the system's (docs/how-to/translations.md). ``GUI``: what shows windows,
    "qt", "gtk", "cocoa" or "edgechromium"; "" is what the system has, and the environment variable
    ``EVERVIEW_GUI`` comes before it.
    """

    TEMPLATE_DIRS: list[str | Path] = field(default_factory=lambda: ["templates"])
    TEMPLATE_EXTRA_CONTEXT: dict[str, Any] = field(default_factory=dict)
    TEMPLATE_EXTRA_FILTERS: dict[str, Callable[..., Any]] = field(default_factory=dict)
    STOP_DAEMON_WHEN_VIEW_FINISHES: bool = False
    INITIAL_SERVER_STATE: dict[str, Any] = field(default_factory=dict)
    HTTP_MAX_SIZE: int = 1024**2
    SECOND_START: str = "window"
    GUI: str = ""
    LANGUAGE: str = ""

    def __setattr__(self, name: str, value: Any) -> None:
        known = [setting.name for setting in fields(self)]
        if name not in known:
            near = get_close_matches(name.upper(), known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
            raise SettingsError(f"there is no setting {name!r}: {hint}")
        kinds = {"list": list, "dict": dict, "bool": bool, "int": int, "str": str}
        kind = next(s.type for s in fields(self) if s.name == name)
        expected = kinds[str(kind).partition("[")[0]]
        if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
            raise SettingsError(f"{name} is a {expected.__name__}, not {value!r}")
        if name == "SECOND_START" and value not in ("window", "focus"):
            raise SettingsError(f'SECOND_START is "window" or "focus", not {value!r}')
        object.__setattr__(self, name, value)
