"""The pages of failed, forbidden and unknown views."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from everview.errors import EverviewError
from everview.html import HTML, Element
from everview.html.elements import tags
from everview.i18n import _


def describe(error: BaseException) -> str:
    """Return one line of text: the error and, if possible, the line of author code."""
    if isinstance(error, EverviewError) and error.location:
        return f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    library = Path(__file__).resolve().parents[2]
    author = [frame for frame in frames if library not in Path(frame.filename).resolve().parents]
    place = author[-1] if author else (frames[-1] if frames else None)
    where = f" ({Path(place.filename).name}, line {place.lineno})" if place else ""
    return f"{type(error).__name__}: {error}{where}"


def failed_page(title: str, error: BaseException, start_again: Callable[[Any], object]) -> Element:
    """Make the page for a view whose ``handle_request`` raised an exception.

    The page has a button that restarts the view.
    """
    trace = "".join(traceback.format_exception(error))
    return HTML(
        tags.Section(
            tags.H1(_("{title} failed").format(title=title)),
            tags.P(describe(error), role="alert"),
            tags.P(
                tags.Button(_("Start again"), handle_click=start_again, _class="primary"),
                " ",
                tags.A(_("Home"), href="/"),
            ),
            tags.Details(tags.Summary(_("Details for the author")), tags.Pre(trace, tabindex=0)),
            _class="shell-error",
        )
    )


def forbidden_page(error: BaseException) -> Element:
    """The page of a view that raised `ForbiddenError`."""
    return HTML(
        tags.Section(
            tags.H1(_("Access denied")),
            tags.P(str(error) or _("You do not have permission to open this view.")),
            tags.P(tags.A(_("Home"), href="/")),
            _class="shell-error",
        )
    )


def not_found_page(url: str) -> Element:
    """The page of a URL without a route."""
    return HTML(
        tags.Section(
            tags.H1(_("Page not found")),
            tags.P(_("No view of this app has this address:"), " ", tags.Code(url)),
            tags.P(tags.A(_("Home"), href="/")),
            _class="shell-error",
        )
    )
