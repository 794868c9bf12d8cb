"""T3: DNS rebinding. The app refuses requests to another name that resolves to 127.0.0.1."""

from __future__ import annotations

import pytest

from everview.server.server import Server
from tests.support.server import Refused, Socket, exchange, head, port_of, request

pytestmark = pytest.mark.security

#: The Host headers of requests that must be refused. OWN is replaced by the port of the app, and
#: OTHER by another port.
HOSTS: list[list[str]] = [
    [],
    [""],
    ["127.0.0.1"],
    ["127.0.0.1:"],
    ["127.0.0.1:OTHER"],
    ["127.0.0.1:0OWN"],
    ["127.0.0.1:+OWN"],
    ["127.0.0.1.:OWN"],
    ["127.0.0.1:OWN."],
    ["127.0.0.1:OWN/"],
    ["127.1:OWN"],
    ["127.0.0.2:OWN"],
    ["2130706433:OWN"],
    ["0x7f000001:OWN"],
    ["0.0.0.0:OWN"],
    ["localhost"],
    ["localhost:OWN"],
    ["LOCALHOST:OWN"],
    ["localhost.:OWN"],
    ["evil.test"],
    ["evil.test:OWN"],
    ["127.0.0.1.evil.test:OWN"],
    ["evil.test@127.0.0.1:OWN"],
    ["127.0.0.1:OWN@evil.test"],
    ["127.0.0.1:OWN, evil.test"],
    ["http://127.0.0.1:OWN"],
    ["[::1]:OWN"],
    ["[::ffff:127.0.0.1]:OWN"],
    ["[::ffff:7f00:1]:OWN"],
    ["127.0.0.1:OWN", "evil.test"],
    ["evil.test", "127.0.0.1:OWN"],
    ["127.0.0.1:OWN", "127.0.0.1:OWN"],
]
TARGETS = ["/", "/counter/", "/_everview/main.js", "/_everview/none.js", "/_everview/link"]


def with_ports(values: list[str], port: int) -> list[str]:
    return [v.replace("OWN", str(port)).replace("OTHER", str(port - 1)) for v in values]


@pytest.mark.parametrize("hosts", HOSTS, ids=str)
def test_request_with_another_host_is_refused(server: Server, hosts: list[str]) -> None:
    """aiohttp itself answers 400 to invalid requests, for example with two Host headers."""
    port = port_of(server)
    for target in TARGETS:
        reply = request(port, target, hosts=with_ports(hosts, port))
        assert reply.status in (400, 403), target
        assert b"<script" not in reply.body
    with pytest.raises(Refused) as refused:
        Socket(port, hosts=with_ports(hosts, port)).close()
    assert refused.value.reply.status in (400, 403)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_request_without_host_is_refused(server: Server, version: str) -> None:
    reply = exchange(port_of(server), head("GET", "/", [("Connection", "close")], version))
    assert reply.status in (400, 403)


def test_request_with_own_host_is_answered(server: Server) -> None:
    assert request(port_of(server), "/").status == 200
    assert request(port_of(server), "/_everview/main.js").status == 200


@pytest.mark.parametrize(
    "target",
    ["http://evil.test/", "http://evil.test:OWN/", "http://127.0.0.1:OWN/", "https://evil.test/",
     "http://[::ffff:127.0.0.1]:OWN/", "//evil.test/", "*", "evil.test:80", "ws://evil.test/"],
)  # fmt: skip
@pytest.mark.parametrize("host", ["127.0.0.1:OWN", "evil.test", "evil.test:OWN"])
def test_target_that_names_a_host_is_refused(server: Server, target: str, host: str) -> None:
    """An absolute URL as the request target (RFC 9112) could name a different host than the Host
    header.

    The target ``//evil.test/`` is only a path. For every path, the server returns the same page.
    """
    port = port_of(server)
    (target,), hosts = with_ports([target], port), with_ports([host], port)
    for method in ("GET", "OPTIONS", "CONNECT"):
        status = request(port, target, method=method, hosts=hosts).status
        if target.startswith("/") and host.startswith("127"):
            assert status == (200 if method == "GET" else 405) or method == "CONNECT"
        else:
            assert status in (400, 403)


def test_refusal_contains_the_right_address(server: Server) -> None:
    reply = request(port_of(server), "/", hosts=["evil.test"])
    assert server.guard.origin.encode() in reply.body


def test_refused_socket_creates_no_link(server: Server) -> None:
    """The Host header is checked before routing, so no link is created."""
    port = port_of(server)
    with pytest.raises(Refused):
        Socket(port, hosts=["evil.test"]).close()
    assert not server.links._unproven
    assert not server.runtime.windows
