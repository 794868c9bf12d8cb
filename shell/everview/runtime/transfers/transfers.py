"""`Transfers`: permissions for HTTP requests of windows: answers, downloads, uploads.

The permission is a secret part of the URL. An answer or a download has a ticket (valid once, for
30 s). A bucket has a token that is valid as long as its view runs.

Not for: HTTP itself (``everview.server.http``).

Threads: `download_address` and `open` from any; the rest on the server thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from everview.runtime.routing.request import Request
from everview.runtime.transfers.buckets import Bucket, CallHandler, Store, safe_name
from everview.runtime.transfers.tickets import TICKET_LIFE, Tickets

#: Prefix of the address of a one-time answer; the ticket and the URL of the app follow.
HTTP_PREFIX = "/_everview/http/"
DOWNLOAD_PREFIX = "/_everview/download/"
UPLOAD_PREFIX = "/_everview/upload/"


@dataclass(frozen=True)
class Download:
    """A file to save under ``name``: its bytes or its path."""

    name: str
    body: bytes | None = None
    path: Path | None = None


class Transfers:
    """The permissions of one server start.

    Args:
        clock: monotonic, in seconds.
        later: ``later(seconds, function)`` calls a function on the server thread. Any thread may
            call it.
        store: stores the files of buckets.
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
        """A one-time address of the answer to ``request``."""
        return f"{HTTP_PREFIX}{self._answers.issue(request)}{request.url}"

    def redeem(self, ticket: str) -> Request | None:
        """The request of a ticket, once; None if the ticket is not valid."""
        return self._answers.redeem(ticket)

    def download_address(self, download: Download) -> str:
        """A one-time address of a file."""
        name = quote(safe_name(download.name))
        if download.body is not None:
            # The body may be large, and the page may never fetch it.
            self._later(TICKET_LIFE, self._downloads.drop_expired)
        return f"{DOWNLOAD_PREFIX}{self._downloads.issue(download)}/{name}"

    def redeem_download(self, ticket: str) -> Download | None:
        """The file of a ticket, once; None if the ticket is not valid."""
        return self._downloads.redeem(ticket)

    def bucket(self, token: str) -> Bucket | None:
        """The bucket of a token; None if the token is not valid."""
        return self._buckets.get(token)

    def open(self, bucket: Bucket, call: CallHandler) -> None:
        """Allow uploads to ``bucket``. ``call`` runs handlers of its view."""
        bucket.open(call, self._store)
        self._buckets[bucket.token] = bucket

    def close(self, bucket: Bucket) -> None:
        """End uploads to ``bucket`` and delete its files."""
        self._buckets.pop(bucket.token, None)
        for path in bucket.close():
            if self._store is not None:
                self._store.remove(path)
