"""`Icon`: a small set of drawings, shown in the colour and size of the text around them."""

from __future__ import annotations

from everview.errors import AttributeValueError
from everview.html import Keyword
from everview.html.elements.svg import Path, Svg

#: A mapping from the name of an icon to its path in a square of 24 units. Lines are 2 units wide,
#: with round ends and without fill.
ICONS = {
    "add": "M12 5v14M5 12h14",
    "alert": "M12 4 2.8 20h18.4ZM12 10v4M12 17v.01",
    "arrow-down": "M12 5v14M6 13l6 6 6-6",
    "arrow-left": "M19 12H5M11 6l-6 6 6 6",
    "arrow-right": "M5 12h14M13 6l6 6-6 6",
    "arrow-up": "M12 19V5M6 11l6-6 6 6",
    "chart": "M4 4v16h16M8 15l4-5 3 3 5-7",
    "check": "M5 12.5 10 17.5 19.5 7",
    "chevron-down": "M6 9l6 6 6-6",
    "chevron-right": "M9 6l6 6-6 6",
    "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3.5 2",
    "close": "M6 6l12 12M18 6 6 18",
    "copy": "M9 9h11v11H9ZM15 9V4H4v11h5",
    "download": "M12 4v11M7 11l5 5 5-5M4 20h16",
    "edit": "M4 20l1-4L16 5l3 3L8 19ZM14 7l3 3",
    "file": "M6 3h8l5 5v13H6ZM14 3v5h5",
    "folder": "M3 6h6l2 2h10v11H3Z",
    "info": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v6M12 7.5v.01",
    "list": "M9 6h11M9 12h11M9 18h11M4.5 6v.01M4.5 12v.01M4.5 18v.01",
    "menu": "M4 6h16M4 12h16M4 18h16",
    "pause": "M8 5v14M16 5v14",
    "play": "M7 4.5v15L19.5 12Z",
    "refresh": "M20 12a8 8 0 1 1-2.3-5.6M20 3.5v4h-4",
    "remove": "M5 12h14",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5 20 20",
    "settings": (
        "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6M12 3v3M12 18v3M3 12h3M18 12h3"
        "M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M18.4 5.6l-2.2 2.2M7.8 16.2l-2.2 2.2"
    ),
    "star": "M12 3.5l2.6 5.6 6 .7-4.5 4.1 1.2 6L12 17l-5.3 2.9 1.2-6-4.5-4.1 6-.7Z",
    "stop": "M6 6h12v12H6Z",
    "table": "M4 5h16v14H4ZM4 10h16M10 10v9",
    "trash": "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
    "upload": "M12 16V5M7 9l5-5 5 5M4 20h16",
    "window": "M3 5h18v14H3ZM3 9.5h18",
}  # fmt: skip


class Icon(Svg):
    """A drawing with the colour and height of the text around it.

        Button(Icon("trash"), " Delete")
        Button(Icon("trash", label="Delete"))        # an icon without text needs a label

    Args:
        name: one of `ICONS`.
        label: the text for screen readers; without a label they skip the icon.
        size: any CSS length.
        attributes: as for `Element`.

    Raises:
        AttributeValueError: there is no icon with this name.
    """

    __slots__ = ()

    def __init__(
        self, name: str, label: str = "", size: str = "1.15em", **attributes: Keyword
    ) -> None:
        drawing = ICONS.get(name)
        if drawing is None:
            raise AttributeValueError(f"there is no icon {name!r}. Icons: {' '.join(ICONS)}")
        super().__init__(
            Path(attributes={"d": drawing}),
            attributes={
                "viewBox": "0 0 24 24", "fill": "none", "stroke": "currentColor",
                "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round",
                "style": f"width: {size}; height: {size}; vertical-align: -.2em; flex: none",
                "focusable": "false",
            },
            role="img" if label else None,
            aria_label=label or None,
            aria_hidden=not label or None,
            **attributes,
        )  # fmt: skip
