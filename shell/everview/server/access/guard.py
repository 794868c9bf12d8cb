"""`Guard`: which HTTP requests are answered at all.

Checked before routing, for every request, static files and the socket too:

* ``Host`` is exactly our own address: a name that an attacker points at 127.0.0.1 is not (T3).
  The request's target is a path, so that it names no other host beside that one.
* ``Sec-Fetch-Site`` is ``same-origin`` or ``none``: pages of other origins get nothing, other
  ports of this machine included (T2).
* the ``Origin`` of what is no GET or HEAD is our own, where there is one (T2).
* the socket's ``Origin`` is exactly our own; a missing one is refused (T2).

There is no CORS header and no cookie. Threads: the server thread.
"""

from __future__ import annotations

from collections.abc import Sequence

#: Sent with every answer. The page's own scripts and styles are the only ones that run; a socket
#: address is added, since older engines do not count ``ws:`` as ``'self'``.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' {socket}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Guard:
    """Knows the server's own addresses: of ``host``, and of ``names`` if it has more.

    ``secure``: they are reached by TLS (`everview.server.access.remote`).
    """

    def __init__(
        self, host: str, port: int, names: Sequence[str] = (), secure: bool = False
    ) -> None:
        # Browsers leave the usual port out.
        end = "" if port == (443 if secure else 80) else f":{port}"
        self.authorities = [f"{name}{end}" for name in (host, *names)]
        scheme = "https" if secure else "http"
        self.origins = {f"{scheme}://{authority}" for authority in self.authorities}
        self.authority = self.authorities[0]
        self.origin = f"{scheme}://{self.authority}"
        sockets = " ".join(origin.replace("http", "ws", 1) for origin in sorted(self.origins))
        self.headers = {
            "Content-Security-Policy": _POLICY.format(socket=sockets),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            # Both together isolate the page in a process of its own, away from other origins'.
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Embedder-Policy": "require-corp",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
            "Cache-Control": "no-cache",
        }

    def refusal(self, target: str, hosts: list[str], sites: list[str]) -> str | None:
        """Why a request is not answered, or None.

        ``target`` is as the request has it; ``hosts`` and ``sites`` are all its Host and
        Sec-Fetch-Site headers. Older engines send no Sec-Fetch-Site.
        """
        if len(hosts) != 1 or hosts[0] not in self.authorities or not target.startswith("/"):
            return f"This is not the address of the app. Open {self.origin}/ instead."
        if not set(sites) <= {"same-origin", "none"}:
            return "Requests from other sites are not answered."
        return None

    def write_refusal(self, origins: list[str]) -> str | None:
        """Why a request that may change something is not answered, or None.

        Browsers say where such a request comes from; what says nothing is no browser.
        """
        if not set(origins) <= self.origins:
            return "Requests from other sites are not answered."
        return None

    def socket_refusal(self, origins: list[str]) -> str | None:
        """Why a socket is not opened, or None. ``origins`` are all its Origin headers."""
        if len(origins) != 1 or origins[0] not in self.origins:
            return "A link is opened by the app's own pages only."
        return None
