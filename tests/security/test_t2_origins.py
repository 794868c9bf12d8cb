"""T2: a web page of another origin opens the socket or sends a POST request, and is refused."""

from __future__ import annotations

import pytest

from everview import App, Response
from everview.server.server import Server
from tests.support.server import Refused, Socket, new_page, port_of, request, scheme, serving, works

pytestmark = pytest.mark.security

#: Origin headers of requests that must be refused. OWN is replaced by the port of the app, and
#: OTHER by another port.
ORIGINS: list[list[str]] = [
    [],
    [""],
    ["null"],
    ["NULL"],
    ["file://"],
    ["file:///"],
    ["file:///home/me/page.html"],
    ["about:blank"],
    ["data:text/html,x"],
    ["blob:http://127.0.0.1:OWN/0"],
    ["http://127.0.0.1"],
    ["http://127.0.0.1:80"],
    ["http://127.0.0.1:OTHER"],
    ["http://127.0.0.1:0OWN"],
    ["http://127.0.0.1:OWN0"],
    ["http://127.0.0.1:OWN."],
    ["http://127.0.0.1.:OWN"],
    ["http://127.0.0.1:OWN/"],
    ["http://127.0.0.1:OWN/counter/"],
    ["http://127.0.0.1:OWN?x"],
    ["http://127.0.0.1:OWN#x"],
    ["HTTP://127.0.0.1:OWN"],
    ["https://127.0.0.1:OWN"],
    ["ws://127.0.0.1:OWN"],
    ["127.0.0.1:OWN"],
    ["//127.0.0.1:OWN"],
    ["http:127.0.0.1:OWN"],
    ["http://user@127.0.0.1:OWN"],
    ["http://127.0.0.1:OWN@evil.test"],
    ["http://user:pass@127.0.0.1:OWN"],
    ["http://localhost:OWN"],
    ["http://LOCALHOST:OWN"],
    ["http://127.1:OWN"],
    ["http://127.0.0.2:OWN"],
    ["http://2130706433:OWN"],
    ["http://0x7f.0.0.1:OWN"],
    ["http://0.0.0.0:OWN"],
    ["http://[::1]:OWN"],
    ["http://[::ffff:127.0.0.1]:OWN"],
    ["http://evil.test"],
    ["http://evil.test:OWN"],
    ["http://127.0.0.1.evil.test:OWN"],
    ["http://evil127.0.0.1:OWN"],
    ["http://127.0.0.1:OWN.evil.test"],
    ["http://127.0.0.1%3AOWN"],
    ["http://127.0.0.1:OWN, http://evil.test"],
    ["http://evil.test http://127.0.0.1:OWN"],
    ["http://127.0.0.1:OWN", "http://evil.test"],
    ["http://evil.test", "http://127.0.0.1:OWN"],
    ["http://127.0.0.1:OWN", "http://127.0.0.1:OWN"],
]

#: Each pair contains the Sec-Fetch-Site headers of a request, and whether the server answers it.
SITES: list[tuple[list[str], bool]] = [
    ([], True),
    (["same-origin"], True),
    (["none"], True),
    (["same-site"], False),  # another port of this machine is the same site
    (["cross-site"], False),
    ([""], False),
    (["Same-Origin"], False),
    (["same-origin, cross-site"], False),
    (["same-origin", "cross-site"], False),
    (["cross-site", "same-origin"], False),
]


def with_ports(values: list[str], port: int) -> list[str]:
    other = port - 1 if port > 1024 else port + 1
    return [value.replace("OWN", str(port)).replace("OTHER", str(other)) for value in values]


def test_at_least_forty_origins_are_listed() -> None:
    assert len({tuple(origins) for origins in ORIGINS}) >= 40


def test_own_origin_opens_the_socket(server: Server) -> None:
    assert works(server)


@pytest.mark.parametrize("origins", ORIGINS, ids=str)
def test_socket_of_another_origin_is_refused(server: Server, origins: list[str]) -> None:
    port = port_of(server)
    with pytest.raises(Refused) as refused:
        Socket(port, origins=with_ports(origins, port)).close()
    assert refused.value.reply.status == 403


def test_write_of_another_origin_is_refused_before_routes_of_the_app() -> None:
    """A request without an Origin is from a program of this account, not from a browser."""
    app, written_by = App(__file__), []

    @app.route("/api", http_pass_through=True)
    def api(request):
        written_by.append(request.headers.get("Origin"))
        return Response("written")

    with serving(app) as server:
        port = port_of(server)
        for origins in ORIGINS:
            own = set(origins) <= {f"{scheme()}://127.0.0.1:OWN"}
            headers = [("Origin", origin) for origin in with_ports(origins, port)]
            for method in ("POST", "PUT", "DELETE", "PATCH"):
                assert request(port, "/api", headers, method=method).status == (200 if own else 403)
    assert set(written_by) == {None, f"{scheme()}://127.0.0.1:{port}"}


@pytest.mark.parametrize(("sites", "answered"), SITES, ids=str)
def test_request_of_another_site_is_refused(
    server: Server, sites: list[str], answered: bool
) -> None:
    """The server checks requests for the page, the static files and the socket."""
    port = port_of(server)
    headers = [("Sec-Fetch-Site", site) for site in sites]
    for target in ("/", "/counter/", "/_everview/main.js", "/_everview/none.js"):
        status = request(port, target, headers).status
        assert (status in (200, 404)) if answered else status == 403
    if answered:
        Socket(port, headers=headers).close()
    else:
        with pytest.raises(Refused) as refused:
            Socket(port, headers=headers).close()
        assert refused.value.reply.status == 403


def test_another_port_of_this_machine_is_another_origin(server: Server) -> None:
    """A page of another local server is "same-site". It can load neither the page nor a script of
    the app.
    """
    headers = [("Sec-Fetch-Site", "same-site"), ("Origin", "http://127.0.0.1:1")]
    for target in ("/", "/_everview/main.js"):
        reply = request(port_of(server), target, headers)
        assert reply.status == 403
        assert b"<script" not in reply.body


def test_no_response_sets_a_cookie_or_allows_another_origin(server: Server) -> None:
    """The test includes responses with files, errors and refusals, and responses to preflights and
    malformed requests.
    """
    port = port_of(server)
    evil = [("Origin", "http://evil.test")]
    preflight = [*evil, ("Access-Control-Request-Method", "GET"),
                 ("Access-Control-Request-Private-Network", "true")]  # fmt: skip
    replies = [
        request(port, "/"),
        request(port, "/", evil),
        request(port, "/counter/"),
        request(port, "/_everview/main.js", evil),
        request(port, "/_everview/none.js", evil),
        request(port, "/_everview/link", evil),
        request(port, "/_everview/link"),
        request(port, "/", [("Cookie", "key=1")]),
        request(port, "/", [("Sec-Fetch-Site", "cross-site")]),
        request(port, "/", hosts=["evil.test"]),
        request(port, "*", method="OPTIONS"),
        request(port, "/", [("Content-Length", "x")]),
        request(port, "/" + "a" * 20_000),
        request(port, "no path"),
        *[request(port, target, preflight, method="OPTIONS")
          for target in ("/", "/_everview/link", "/_everview/main.js")],
        *[request(port, "/", evil, method=method) for method in ("POST", "PUT", "DELETE", "HEAD")],
    ]  # fmt: skip
    with new_page(server) as page:
        replies.append(page.socket.reply)
    for reply in replies:
        names = {name.lower() for name, _ in reply.headers}
        assert reply.status > 0
        assert not [name for name in names if name.startswith("access-control-")]
        assert "set-cookie" not in names
    # Only a GET or HEAD request of the app's own origin was successful.
    assert [reply.status for reply in replies[-8:-1]] == [403, 403, 403, 403, 403, 403, 200]


def test_cookie_grants_no_access(server: Server) -> None:
    """A server on another port could set a cookie that contains a key. The cookie grants no
    access.
    """
    with new_page(server) as page:
        cookie = "; ".join(f"{name}={value}" for name, value in page.credentials.items())
        with Socket(port_of(server), headers=[("Cookie", cookie)]) as link:
            link.send({"t": "attach", "url": "/counter/"})
            assert link.closed() == 4400
