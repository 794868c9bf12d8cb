"""Effects: one-shot commands to the page of a window. They are never part of the tree.

The page performs each effect once, in the order in which the effects were added. Its dispatch
table in ``client/`` has one function per tag; a test compares the table with `AnyEffect`.
docs/protocol.md describes how effects are sent again after a link broke.

Changes of the tree are in ``everview.html``, messages of pages in ``messages.py``.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from everview.progress import Progress
from everview.runtime.routing.places import Place


class Effect(msgspec.Struct, tag_field="t"):
    """Base of all effects."""


#: The kind of a notice, which determines its appearance.
NoticeKind = Literal["info", "error"]


class Notice(Effect, tag="notice"):
    """Show a short notice."""

    text: str
    kind: NoticeKind = "info"


class EventLost(Effect, tag="lost"):
    """Report that the event with this number was not handled."""

    number: int


class Focus(Effect, tag="focus"):
    """Move the keyboard focus to a node."""

    node: int


class SetHidden(Effect, tag="hidden"):
    """Hide or show nodes in this window only. Each pair is a node id and whether to hide it."""

    nodes: list[tuple[int, bool]]


class Reply(Effect, tag="reply"):
    """Answer the widget that fired the event with this number. ``data`` is a JSON value."""

    event: int
    data: object


class WindowState(Effect, tag="window"):
    """Set the preferences of the window, and name the app to which it belongs.

    Args:
        native: whether it is a native window, not a browser tab.
        zoom: a factor.
        theme: "system", "light" or "dark".
        fullscreen: whether it fills the screen.
        app: the title of the app.
        tasks: the path of the view that lists running instances, if the app has one.
    """

    native: bool
    zoom: float
    theme: str
    fullscreen: bool
    app: str
    tasks: str | None


class Redirect(Effect, tag="redirect"):
    """Attach to another URL of the app."""

    url: str


class Load(Effect, tag="load"):
    """Load another page of the app.

    ``back``: the URL that the window continues to show if the answer is a file; "" for none.
    """

    url: str
    back: str = ""


class OpenTab(Effect, tag="open"):
    """Open a URL of the app, or a page outside the app, in a new browser tab."""

    url: str


class StartDownload(Effect, tag="download"):
    """Save the file at a one-time address."""

    url: str


class ViewMessage(Effect, tag="message"):
    """Dispatch a string of the view to the view's own scripts in the page."""

    text: str


class CloseTab(Effect, tag="close"):
    """Close this browser tab."""


class Copy(Effect, tag="copy"):
    """Put a string on the clipboard."""

    text: str


class Task(msgspec.Struct, frozen=True):
    """A running instance in the palette and in the quit dialog."""

    title: str
    url: str
    state: str
    progress: Progress | None


class Places(Effect, tag="places"):
    """Show the views and tasks that the user can open."""

    views: list[Place]
    tasks: list[Task]


class About(Effect, tag="about"):
    """Show a description of this app: its title, and then pairs of a name and a value."""

    title: str
    rows: list[tuple[str, str]]


class ConfirmQuit(Effect, tag="quitting"):
    """Ask the user whether running tasks are finished or stopped when the app ends."""

    tasks: list[Task]


AnyEffect = (
    Notice
    | EventLost
    | Focus
    | SetHidden
    | Reply
    | WindowState
    | Redirect
    | Load
    | OpenTab
    | StartDownload
    | ViewMessage
    | CloseTab
    | Copy
    | Places
    | About
    | ConfirmQuit
)

#: A new effect of one of these types replaces an older effect that was not sent yet, because only
#: the newest state matters.
STATE_EFFECTS = (WindowState,)
#: These effects are dropped when the window shows another view.
VIEW_EFFECTS = (Focus, SetHidden, Reply)
