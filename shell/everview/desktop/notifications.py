"""`Notifications`: the system's notifications, by desktop-notifier.

Threads: the server thread. Guarantees: where there are none, or they fail, the app goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

log = logging.getLogger("everview.notifications")

#: Seconds the system has to say whether it has notifications.
PATIENCE = 5.0


class Notifications:
    """Notifies in the name of the app called ``title``; a click calls ``clicked(url)``."""

    def __init__(self, title: str, icon: Path, clicked: Callable[[str], None]) -> None:
        self._title = title
        self._icon = icon
        self._clicked = clicked
        self._notifier: Any = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def available(self) -> bool:
        """Whether the system has notifications."""
        return self._notifier is not None

    async def start(self) -> None:
        """Look for the system's notifications; it takes a while on a system without any."""
        try:
            # Here, because it looks for the system's own interface when it is imported.
            from desktop_notifier import DesktopNotifier, Icon

            notifier = DesktopNotifier(app_name=self._title, app_icon=Icon(path=self._icon))
            async with asyncio.timeout(PATIENCE):
                await notifier.get_capabilities()
                if await notifier.has_authorisation() or await notifier.request_authorisation():
                    self._notifier = notifier
        except Exception as error:  # noqa: BLE001  (whatever the system's interface raises)
            log.info("the system has no notifications: %r", error)

    def show(self, title: str, text: str, url: str) -> bool:
        """Show one, soon; a click opens ``url``. False if there are none."""
        if self._notifier is None:
            return False
        task = asyncio.get_running_loop().create_task(self._send(title, text, url))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _send(self, title: str, text: str, url: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._notifier.send(title, text, on_clicked=lambda: self._clicked(url))
        except Exception:  # the system's, which may have gone away
            log.exception("a notification could not be shown")
            self._notifier = None
