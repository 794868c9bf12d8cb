"""`Transfers`: permissions for HTTP requests of windows: answers, downloads, uploads.

A permission is a secret part of a URL. The URL of an answer or a download contains a ticket, which
is valid once, for 30 s. The URL of a bucket contains a token, which is valid as long as its view
runs.

This module does not handle HTTP; see ``everview.server.http``.

Threads: `download_address` and `open` can be called from any thread, the other methods only on the
server thread.
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
    """The bytes or the path of a file that the page saves under ``name``."""

    name: str
    body: bytes | None = None
    path: Path | None = None


class Transfers:
    """All permissions of one run of the server.

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
        """Return an address at which the answer to ``request`` can be fetched once."""
        return f"{HTTP_PREFIX}{self._answers.issue(request)}{request.url}"

    def redeem(self, ticket: str) -> Request | None:
        """Use up a ticket and return its request; None if the ticket is not valid."""
        return self._answers.redeem(ticket)

    def download_address(self, download: Download) -> str:
        """Return an address at which a file can be fetched once."""
        name = quote(safe_name(download.name))
        if download.body is not None:
            # Expired downloads are removed, because a body may be large and the page may never
            # fetch it.
            self._later(TICKET_LIFE, self._downloads.drop_expired)
        return f"{DOWNLOAD_PREFIX}{self._downloads.issue(download)}/{name}"

    def redeem_download(self, ticket: str) -> Download | None:
        """Use up a ticket and return its file; None if the ticket is not valid."""
        return self._downloads.redeem(ticket)

    def bucket(self, token: str) -> Bucket | None:
        """The bucket of a token; None if the token is not valid."""
        return self._buckets.get(token)

    def open(self, bucket: Bucket, call: CallHandler) -> None:
        """Allow uploads to ``bucket``. ``call`` runs handlers of the bucket's view."""
        bucket.open(call, self._store)
        self._buckets[bucket.token] = bucket

    def close(self, bucket: Bucket) -> None:
        """End uploads to ``bucket`` and delete its files."""
        self._buckets.pop(bucket.token, None)
        for path in bucket.close():
            if self._store is not None:
                self._store.remove(path)
