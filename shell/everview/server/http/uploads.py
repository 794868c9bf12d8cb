"""Receive uploaded files: `UploadReceiver` fills buckets, `FileStore` owns the files on disk.

Each server start has one folder for uploads. The folder is private to its user. It is created at
the first upload and deleted when the server stops. The names of its files are random, so no part
of a path comes from a page.

This module does not use HTTP; see ``http.transfers``. A simulated window uploads with the same
`UploadReceiver`.

Threads: `FileStore` can be used from any thread. `UploadReceiver` is used on the server thread,
and accesses the disk in other threads.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar

from everview.i18n import N_, _
from everview.runtime.execution.activity import Spawn, in_thread
from everview.runtime.transfers.buckets import Bucket, Refusal, Transfer, Upload, too_large

logger = logging.getLogger("everview.http")

P = ParamSpec("P")
T = TypeVar("T")

#: Minimum time between two progress reports of one upload, in seconds.
PROGRESS_EVERY = 0.1

NO_BUCKET = N_("No view accepts this file.")
ENDED = N_("The view that requested this file has ended.")


@dataclass(frozen=True)
class UploadResult:
    """The outcome of an upload: an HTTP status and its text.

    If the status is 200, the text is the name of the file in the bucket. Otherwise it is the
    reason for the refusal.
    """

    status: int
    text: str

    @property
    def accepted(self) -> bool:
        """Whether the upload succeeded, so that the file is in the bucket."""
        return self.status == 200


class FileStore:
    """The files of all uploads.

    Args:
        folder: Where the store creates its folder; None: the system's folder for temporary files.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._parent = folder
        self._folder: Path | None = None
        self._lock = threading.Lock()

    @property
    def folder(self) -> Path | None:
        """The folder of this store; None before the first upload."""
        return self._folder

    def new_path(self) -> Path:
        """An unused path. Raises OSError if the folder cannot be created."""
        with self._lock:
            if self._folder is None:
                # `mkdtemp` creates the folder with mode 0700.
                self._folder = Path(tempfile.mkdtemp(prefix="everview-uploads-", dir=self._parent))
            return self._folder / secrets.token_hex(16)

    def open(self, path: Path) -> BinaryIO:
        """Create a file with mode 0600. Raises OSError."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        return os.fdopen(os.open(path, flags, 0o600), "wb")

    def remove(self, path: Path) -> None:
        """Delete a file if it exists."""
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            logger.warning("an uploaded file cannot be deleted: %s", error)

    def close(self) -> None:
        """Delete the folder with all its files."""
        with self._lock:
            folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


class UploadReceiver:
    """Writes the bytes of uploads to disk and adds the files to their buckets.

    Args:
        store: Where the files are stored.
        spawn: Runs a function in another thread.
    """

    def __init__(self, store: FileStore, spawn: Spawn) -> None:
        self._store = store
        self._spawn = spawn

    async def receive(
        self,
        bucket: Bucket | None,
        name: str,
        size: int | None,
        content_type: str,
        chunks: AsyncIterable[bytes],
    ) -> UploadResult:
        """Receive one file.

        Args:
            bucket: The destination; None if no bucket has the token of the request.
            name: The name of the file as the page sends it.
            size: The number of bytes that the page announced; None if it announced none.
            content_type: The media type that the page claims.
            chunks: The content.
        """
        if bucket is None:
            return UploadResult(404, _(NO_BUCKET))
        accepted = bucket.begin(name, size)
        if isinstance(accepted, Refusal):
            return UploadResult(accepted.status, accepted.text)
        name = accepted
        path = await self._in_thread(self._store.new_path)
        added = False
        try:
            received = await self._write(bucket, name, size, path, chunks)
            if isinstance(received, Refusal):
                return UploadResult(received.status, received.text)
            added = bucket.add(Upload(name, path, received, content_type))
        except ConnectionError:
            return UploadResult(400, _("{name} was not received completely.").format(name=name))
        except OSError as error:
            logger.warning("an upload cannot be stored: %s", error)
            return UploadResult(
                507, _("The file cannot be stored: {reason}.").format(reason=error.strerror)
            )
        finally:
            if not added:
                bucket.give_up(name)
                self._store.remove(path)
        return UploadResult(200, name) if added else UploadResult(404, _(ENDED))

    async def _write(
        self,
        bucket: Bucket,
        name: str,
        announced: int | None,
        path: Path,
        chunks: AsyncIterable[bytes],
    ) -> int | Refusal:
        """Write the content to ``path``. Returns its size, or the reason for a refusal."""
        size, reported = 0, 0.0
        loop = asyncio.get_running_loop()
        file = await self._in_thread(self._store.open, path)
        try:
            async for chunk in chunks:
                size += len(chunk)
                if bucket.closed:
                    return Refusal(404, _(ENDED))
                if bucket.max_size is not None and size > bucket.max_size:
                    return too_large(name, bucket.max_size)
                await self._in_thread(file.write, chunk)
                if loop.time() - reported >= PROGRESS_EVERY:
                    reported = loop.time()
                    bucket.arriving(Transfer(name, size, announced))
        finally:
            await self._in_thread(file.close)
        if announced is not None and size < announced:
            return Refusal(400, _("{name} was not received completely.").format(name=name))
        bucket.arriving(Transfer(name, size, size))
        return size

    async def _in_thread(
        self, function: Callable[P, T], *args: P.args, **keywords: P.kwargs
    ) -> T:  # fmt: skip
        return await in_thread(partial(function, *args, **keywords), "upload", self._spawn)
