"""`Guard`: decides whether an HTTP request is accepted.

The checks run before routing, for every request, including static files and the websocket:

- ``Host`` must be exactly one of the server's own addresses. Any other name that resolves to
  127.0.0.1 (DNS rebinding) is refused (T3). The request target must be a path, so that it cannot
  name another host.
- ``Sec-Fetch-Site`` must be ``same-origin`` or ``none``. This refuses requests from pages of other
  origins, including other ports of this machine (T2).
- If a request other than GET and HEAD has an ``Origin``, it must be the server's own (T2).
- A websocket request must have an ``Origin``, which must be the server's own (T2).

The server sends no CORS headers and no cookies. Threads: the server thread.
"""

from __future__ import annotations

from collections.abc import Sequence

#: The Content-Security-Policy of every answer. Only the page's own scripts and styles run. The
#: websocket addresses are listed because older engines do not count ``ws:`` as ``'self'``.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' {socket}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_CROSS_SITE = "Requests from other sites are not answered."


class Guard:
    """Checks requests against the server's own addresses.

    Args:
        host: The main host name or address of the server.
        port: Its port.
        names: Further host names.
        secure: Whether browsers connect to the server by TLS (`everview.server.access.remote`).
    """

    def __init__(
        self, host: str, port: int, names: Sequence[str] = (), secure: bool = False
    ) -> None:
        # Browsers omit the default port of the scheme.
        suffix = "" if port == (443 if secure else 80) else f":{port}"
        self.authorities = [f"{name}{suffix}" for name in (host, *names)]
        scheme = "https" if secure else "http"
        self.origins = {f"{scheme}://{authority}" for authority in self.authorities}
        self.authority = self.authorities[0]
        self.origin = f"{scheme}://{self.authority}"
        sockets = " ".join(origin.replace("http", "ws", 1) for origin in sorted(self.origins))
        self.headers = {
            "Content-Security-Policy": PAGE_POLICY.format(socket=sockets),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            # The Cross-Origin headers isolate the page from other origins: browsers run it in a
            # separate process.
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Embedder-Policy": "require-corp",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
            "Cache-Control": "no-cache",
        }
        if secure:
            # Browsers apply this header to all ports of the host name. It therefore expires after
            # a month, not after a year.
            self.headers["Strict-Transport-Security"] = "max-age=2592000"

    def refusal(self, target: str, hosts: list[str], sites: list[str]) -> str | None:
        """The reason why a request is refused; None if it is accepted.

        Args:
            target: The request target as it was sent.
            hosts: The values of all Host headers.
            sites: The values of all Sec-Fetch-Site headers. Older engines send none.
        """
        if len(hosts) != 1 or hosts[0] not in self.authorities or not target.startswith("/"):
            return f"This is not the address of the app. Open {self.origin}/ instead."
        if not set(sites) <= {"same-origin", "none"}:
            return _CROSS_SITE
        return None

    def write_refusal(self, origins: list[str]) -> str | None:
        """The reason why a request that may change something is refused; None if it is accepted.

        Browsers always send the Origin of such a request. A client without an Origin is not a
        browser, so the request does not come from a web page.

        Args:
            origins: The values of all Origin headers.
        """
        return None if set(origins) <= self.origins else _CROSS_SITE

    def socket_refusal(self, origins: list[str]) -> str | None:
        """The reason why a websocket is refused; None if it is accepted.

        Args:
            origins: The values of all Origin headers.
        """
        if len(origins) != 1 or origins[0] not in self.origins:
            return "Only the app's own pages can open a link."
        return None
