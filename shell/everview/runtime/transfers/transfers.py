"""`Transfers`: what goes over HTTP beside the links, and who may: answers, downloads, uploads.

A right is part of the URL and useless to who was not given it: an answer or a download has a ticket
(one use, 30 s), a bucket a token for as long as its view lives.

Not for: HTTP itself (``server.http.http``). Threads: `download_address` and `open` from any; the
rest on the server thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from everview.runtime.routing.request import Request
from everview.runtime.transfers.buckets import Bucket, Store, safe_name
from everview.runtime.transfers.tickets import TICKET_LIFE, Tickets

#: Below it, what is answered once: a ticket, then the URL.
HTTP_PREFIX = "/_everview/http/"
DOWNLOAD_PREFIX = "/_everview/download/"
UPLOAD_PREFIX = "/_everview/upload/"


@dataclass(frozen=True)
class Download:
    """A file to save under ``name``: the bytes, or where they are."""

    name: str
    body: bytes | None = None
    path: Path | None = None


class Transfers:
    """The rights of one server start. ``clock`` is monotonic, in seconds.

    ``later(seconds, function)`` calls a function after some time, on the server thread; called
    from any.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        later: Callable[[float, Callable[[], None]], object] = lambda seconds, function: None,
        store: Store | None = None,
    ) -> None:
        self._store = store
        self._later = later
        self._answers: Tickets[Request] = Tickets(clock)
        self._downloads: Tickets[Download] = Tickets(clock)
        self._buckets: dict[str, Bucket] = {}

    def address(self, request: Request) -> str:
        """Where ``request`` is answered, once."""
        return f"{HTTP_PREFIX}{self._answers.issue(request)}{request.url}"

    def redeem(self, ticket: str) -> Request | None:
        """What is to be answered."""
        return self._answers.redeem(ticket)

    def download_address(self, download: Download) -> str:
        """Where the file is to be had, once."""
        name = quote(safe_name(download.name))
        if download.body is not None:
            # It may be large, and nobody may ever come for it.
            self._later(TICKET_LIFE, self._downloads.forget_old)
        return f"{DOWNLOAD_PREFIX}{self._downloads.issue(download)}/{name}"

    def redeem_download(self, ticket: str) -> Download | None:
        """The file."""
        return self._downloads.redeem(ticket)

    def bucket(self, token: str) -> Bucket | None:
        """Where files are sent to with this token."""
        return self._buckets.get(token)

    def open(self, bucket: Bucket, call: Callable[..., Any]) -> None:
        """Files may be sent to ``bucket``; ``call`` runs handlers of its view."""
        bucket.open(call, self._store)
        self._buckets[bucket.token] = bucket

    def close(self, bucket: Bucket) -> None:
        """Nobody wants them any more."""
        self._buckets.pop(bucket.token, None)
        for path in bucket.close():
            if self._store is not None:
                self._store.remove(path)
