"""T5: the network. The server listens on 127.0.0.1 and nowhere else."""

from __future__ import annotations

import os
import socket

import psutil
import pytest

from everview.server.server import Server
from tests.support.server import connect, port_of

pytestmark = pytest.mark.security


def listening() -> list[tuple[str, int]]:
    """Every address this process listens on, as the system has it."""
    return [
        (found.laddr.ip, found.laddr.port)
        for found in psutil.Process(os.getpid()).net_connections("inet")
        if found.status == psutil.CONN_LISTEN
    ]


def other_addresses() -> list[tuple[socket.AddressFamily, str]]:
    """The machine's own addresses but 127.0.0.1, among them all of 127.0.0.0/8 in one."""
    found = [(socket.AF_INET, "127.0.0.2"), (socket.AF_INET, "127.255.255.254")]
    for addresses in psutil.net_if_addrs().values():
        for address in addresses:
            if address.family in (socket.AF_INET, socket.AF_INET6):
                found.append((address.family, address.address))
    return [(family, ip) for family, ip in found if ip != "127.0.0.1"]


def test_the_socket_is_bound_to_one_address(server: Server) -> None:
    port = port_of(server)
    assert [address for address in listening() if address[1] == port] == [("127.0.0.1", port)]


def test_nothing_else_is_listened_on(server: Server) -> None:
    """Whatever this process opened for the server is on the loopback address."""
    assert {ip for ip, _ in listening()} == {"127.0.0.1"}


def test_another_address_of_this_machine_is_refused(server: Server) -> None:
    port = port_of(server)
    connect(port).close()
    addresses = other_addresses()
    assert len(addresses) >= 2
    for family, ip in addresses:
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(10)
            with pytest.raises(OSError, match=r"refused|assign|unreachable|Invalid"):
                connection.connect((ip, port))


def test_each_server_gets_a_port_from_the_system(server: Server) -> None:
    assert 1024 < port_of(server) < 65536
