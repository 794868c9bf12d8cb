"""T5: the network. The server listens on 127.0.0.1 only."""

from __future__ import annotations

import socket

import psutil
import pytest

from everview.server.server import Server
from tests.support.server import connect, listening_addresses, port_of

pytestmark = pytest.mark.security


def other_addresses() -> list[tuple[socket.AddressFamily, str]]:
    """The addresses of this machine except 127.0.0.1, and two other addresses of 127.0.0.0/8."""
    found = [(socket.AF_INET, "127.0.0.2"), (socket.AF_INET, "127.255.255.254")]
    for addresses in psutil.net_if_addrs().values():
        for address in addresses:
            if address.family in (socket.AF_INET, socket.AF_INET6):
                found.append((address.family, address.address))
    return [(family, ip) for family, ip in found if ip != "127.0.0.1"]


def test_server_socket_is_bound_to_loopback_only(server: Server) -> None:
    port = port_of(server)
    assert [found for found in listening_addresses() if found[1] == port] == [("127.0.0.1", port)]


def test_process_listens_on_loopback_only(server: Server) -> None:
    assert {ip for ip, _ in listening_addresses()} == {"127.0.0.1"}


def test_connection_to_another_address_is_refused(server: Server) -> None:
    port = port_of(server)
    connect(port).close()
    addresses = other_addresses()
    assert len(addresses) >= 2
    for family, ip in addresses:
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(10)
            with pytest.raises(OSError, match=r"refused|assign|unreachable|Invalid"):
                connection.connect((ip, port))


def test_port_is_chosen_by_the_system(server: Server) -> None:
    assert 1024 < port_of(server) < 65536
