"""`Settings`: the settings of an app (``app.settings``). An unknown name is an error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from everview.errors import SettingsError

#: Maps the first word of a setting's type annotation to the type that values must have.
_TYPES: dict[str, type] = {
    "list": list, "dict": dict, "bool": bool, "int": int, "str": str, "Literal": str,
}  # fmt: skip


@dataclass
class Settings:
    """The settings of an app. Each has a default value.

    Attributes:
        TEMPLATE_DIRS: Folders of templates, relative to the app's script.
        TEMPLATE_EXTRA_CONTEXT: Names that every template can use.
        TEMPLATE_EXTRA_FILTERS: Filters that every template can use.
        STOP_DAEMON_WHEN_VIEW_FINISHES: The default for all views.
        INITIAL_SERVER_STATE: The content of ``server.state`` at the start.
        HTTP_MAX_SIZE: The largest body, in bytes, of a request to a pass-through route and of a
            POST. Uploads have the limits of their buckets.
        SECOND_START: The effect of a second start without a URL: "window" opens one more window,
            "focus" brings the newest window to the front.
        GUI: The library that shows windows: "qt", "gtk", "cocoa" or "edgechromium". "" is the
            default of the system. The environment variable ``EVERVIEW_GUI`` takes precedence.
        LANGUAGE: The language of texts, such as "de". "" is the language of the system
            (docs/how-to/translations.md).
    """

    TEMPLATE_DIRS: list[str | Path] = field(default_factory=lambda: ["templates"])
    TEMPLATE_EXTRA_CONTEXT: dict[str, Any] = field(default_factory=dict)
    TEMPLATE_EXTRA_FILTERS: dict[str, Callable[..., Any]] = field(default_factory=dict)
    STOP_DAEMON_WHEN_VIEW_FINISHES: bool = False
    INITIAL_SERVER_STATE: dict[str, Any] = field(default_factory=dict)
    HTTP_MAX_SIZE: int = 1024**2
    SECOND_START: Literal["window", "focus"] = "window"
    GUI: str = ""
    LANGUAGE: str = ""

    def __setattr__(self, name: str, value: object) -> None:
        annotations = {setting.name: str(setting.type) for setting in fields(self)}
        if name not in annotations:
            near = get_close_matches(name.upper(), annotations, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(annotations)}"
            raise SettingsError(f"there is no setting {name!r}: {hint}")
        expected = _TYPES[annotations[name].partition("[")[0]]
        if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
            raise SettingsError(f"{name} must be {expected.__name__}, not {value!r}")
        if name == "SECOND_START" and value not in ("window", "focus"):
            raise SettingsError(f'SECOND_START must be "window" or "focus", not {value!r}')
        object.__setattr__(self, name, value)
