"""`Files`: downloads, and dialogs in which a user chooses files and folders.

Threads: methods can be called from any thread. Coroutines run on the server thread.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import stat
from pathlib import Path
from typing import Any, BinaryIO

from everview.authoring.waiting import Waiting
from everview.errors import ViewError
from everview.html import FileInput
from everview.i18n import _
from everview.runtime.transfers.buckets import Bucket
from everview.runtime.transfers.transfers import Download
from everview.runtime.windows.effects import Notice, StartDownload
from everview.runtime.windows.platform import Dialog
from everview.runtime.windows.window import Window


class Files(Waiting):
    """The file services of a view, inherited by `View` and `AsyncView`."""

    def download(self, source: str | bytes | Path, name: str = "") -> None:
        """Offer a file to the user as a download.

        In a handler, the window of the event receives the file. In other code, one of the windows
        of this view receives the file.

        Args:
            source: A text, bytes, or the path of a file on this computer.
            name: The suggested file name; by default the name of the file.

        Raises:
            ViewError: The file does not exist.
        """
        if isinstance(source, Path):
            if not source.is_file():
                raise ViewError(f"there is no file {str(source)!r} to download")
            download = Download(name or source.name, path=source)
        else:
            body = source.encode() if isinstance(source, str) else bytes(source)
            download = Download(name or "download", body=body)
        window = self._window_of_the_event()
        runtime = self._server.runtime

        def offer() -> None:
            to = window or self._some_window()
            if to is not None:
                to.post(StartDownload(runtime.transfers.download_address(download)))

        self._instance.loop.call_soon_threadsafe(offer)

    def _ask_natively(self, dialog: Dialog) -> asyncio.Future[str | None] | None:
        """Show a native dialog and return its result; None if no window of this view is native."""
        window = self._window_of_the_event()
        if window is None or not window.label:
            window = next((w for w in self._instance.publisher.windows if w.label), None)
        return self._server.runtime.platform.choose(window, dialog)

    async def _choose_folder(self, title: str) -> str | None:
        future = self._ask_natively(Dialog("folder", title or _("Choose a folder")))
        if future is None:
            notice = _("A browser has no dialog for folders of this computer: type the path.")
            self._effect(Notice(notice))
            return None
        return await future

    async def _choose_file(
        self, title: str, suffixes: tuple[str, ...], window: Window | None
    ) -> Path | None:
        dialog = Dialog("open", title or _("Choose a file"), suffixes=suffixes)
        future = self._ask_natively(dialog)
        if future is not None:
            chosen = await future
            return Path(chosen) if chosen else None
        return await self._upload(dialog)

    async def _upload(self, dialog: Dialog) -> Path | None:
        """Ask for an upload in a pop-up of the page. A browser has no native dialog."""
        uploaded: asyncio.Future[None] = self._instance.loop.create_future()

        async def added(names: list[str]) -> None:
            if not uploaded.done():
                uploaded.set_result(None)

        bucket = Bucket(self._instance.request, 1, on_add=added, accept=dialog.suffixes)
        asking = self._instance.loop.create_task(
            self._ask(dialog.title, (_("Cancel"),), FileInput(bucket))
        )
        try:
            either: list[asyncio.Future[Any]] = [asking, uploaded]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asking.cancel()
        files = bucket.files
        return files[0].path if files else None

    async def _save_file(self, source: str | bytes | Path, name: str, title: str) -> Path | None:
        future = self._ask_natively(Dialog("save", title or _("Save as"), name))
        if future is None:
            self.download(source, name)
            return None
        chosen = await future
        if not chosen:
            return None
        await self._instance.in_thread(lambda: _write(Path(chosen), source), "save")
        return Path(chosen)


def _write(path: Path, source: str | bytes | Path) -> None:
    """Write ``source`` to ``path``.

    A program that reads the file gets either the complete old content or the complete new content.
    """
    path = path.resolve()  # replace the target of a symbolic link, not the link
    is_new = not path.exists()
    if not is_new and not path.is_file():
        _copy(source, path.open("wb"))  # a device or a pipe is written in place
        return
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.tmp")
    try:
        _copy(source, temporary.open("xb"))
        if not is_new:
            shutil.copymode(path, temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _copy(source: str | bytes | Path, target: BinaryIO) -> None:
    with target:
        if isinstance(source, Path):
            with source.open("rb") as opened:
                shutil.copyfileobj(opened, target, 1 << 20)
        else:
            target.write(source.encode() if isinstance(source, str) else source)
        target.flush()
        if stat.S_ISREG(os.fstat(target.fileno()).st_mode):
            os.fsync(target.fileno())
