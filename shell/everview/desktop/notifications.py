"""`Notifications`: notifications of the system, with desktop-notifier.

Threads: all methods are called on the server thread. Guarantees: the app also works without
notifications. Errors of the notification service are logged, never raised.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_notifier import DesktopNotifier

logger = logging.getLogger("everview.notifications")

#: The notification service must answer a call within this number of seconds.
ANSWER_TIME = 5.0


class Notifications:
    """Shows notifications of one app.

    Args:
        title: The name of the app.
        icon: The icon of the app.
        clicked: Called with the URL of a notification that the user clicks.
    """

    def __init__(self, title: str, icon: Path, clicked: Callable[[str], None]) -> None:
        self._title = title
        self._icon = icon
        self._clicked = clicked
        self._notifier: DesktopNotifier | None = None
        #: References that keep running tasks alive.
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def available(self) -> bool:
        """Whether the system has a notification service."""
        return self._notifier is not None

    async def start(self) -> None:
        """Connect to the notification service; takes up to `ANSWER_TIME` if there is none."""
        try:
            # Importing the package connects to the notification service, and fails if there is
            # none.
            from desktop_notifier import DesktopNotifier, Icon

            notifier = DesktopNotifier(app_name=self._title, app_icon=Icon(path=self._icon))
            async with asyncio.timeout(ANSWER_TIME):
                await notifier.get_capabilities()
                if await notifier.has_authorisation() or await notifier.request_authorisation():
                    self._notifier = notifier
        except Exception as error:  # noqa: BLE001  (each system raises errors of its own)
            logger.info("there is no notification service: %r", error)

    def show(self, title: str, text: str, url: str) -> bool:
        """Show a notification soon.

        Args:
            title: The first line.
            text: The text below it.
            url: Passed to ``clicked`` when the user clicks the notification.

        Returns:
            False if there is no notification service.
        """
        if self._notifier is None:
            return False
        sending = self._send(self._notifier, title, text, url)
        task = asyncio.get_running_loop().create_task(sending)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _send(self, notifier: DesktopNotifier, title: str, text: str, url: str) -> None:
        try:
            async with asyncio.timeout(ANSWER_TIME):
                await notifier.send(title, text, on_clicked=lambda: self._clicked(url))
        except Exception:  # the call fails, for example, if the notification service has ended
            logger.exception("a notification could not be shown")
            self._notifier = None
