"""Tests of an app that other machines reach with TLS: its guards and its options.

The tests of all guards of the port run again in this module, with a server that uses TLS.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from everview.errors import CommandError
from everview.server.access import connections as connections_module
from everview.server.access.guard import Guard
from everview.server.access.remote import remote
from everview.server.server import Server
from tests.support import server as support
from tests.support.guards import GUARDS
from tests.support.guards.case import GuardCase, Remove, replaces
from tests.support.guards.run import run_case
from tests.support.server import (
    SECRET_TEXT,
    Refused,
    Serving,
    Socket,
    Tls,
    connect_tcp,
    everview,
    listening_addresses,
    new_page,
    on_server,
    port_of,
    request,
    serving,
    wait_until,
    works,
)

pytestmark = pytest.mark.security

ALL = "0.0.0.0"  # noqa: S104  (an option here; never bound)


@dataclass(frozen=True)
class Certificate:
    """A certificate on disk. The field ``trust`` is the TLS context of a client that trusts the
    certificate.
    """

    certificate: str
    key: str
    trust: ssl.SSLContext

    @property
    def options(self) -> list[str]:
        return ["--certificate", self.certificate, "--key", self.key]


def make(folder: Path, *names: str) -> Certificate:
    authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
    issued = authority.issue_cert(*names, key_type=trustme.KeyType.ECDSA)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    key.touch(mode=0o600)
    key.write_bytes(issued.private_key_pem.bytes())
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    return Certificate(str(certificate), str(key), trust)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make(tmp_path_factory.mktemp("certificate", numbered=True), "127.0.0.1", "app.test")


def use_tls(own: Certificate) -> Remove:
    """Make all servers and clients of a test use TLS."""
    found = remote("127.0.0.1", own.certificate, own.key)
    assert found is not None
    return replaces(support, "TLS", Tls(found, own.trust))


#: These threats are not tested with TLS. Their tests do not use the port, use a browser that does
#: not trust the certificate, or depend on the scheme.
NOT_BY_TLS = {"T4", "T6", "T7", "T8", "T9", "T14"}


def cases() -> list[GuardCase]:
    """Several guards may have the same test, so choose only one case for each test."""
    found = {(case.test, repr(case.parameters)): case
             for case in GUARDS if case.threat not in NOT_BY_TLS}  # fmt: skip
    return list(found.values())


@pytest.mark.parametrize("case", cases(), ids=str)
def test_guard_works_with_tls(case: GuardCase, own: Certificate) -> None:
    assert run_case(case, use_tls(own)) is None


def test_number_of_guards_tested_with_tls_is_at_least_as_expected() -> None:
    assert len(cases()) > 50


@pytest.fixture
def secure(own: Certificate, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    use_tls(own)(monkeypatch)
    with serving() as server:
        yield server


def test_window_with_tls_shows_a_view(secure: Server) -> None:
    with new_page(secure) as page:
        assert SECRET_TEXT in str(page.attach("/counter/"))


def test_addresses_with_tls_are_https(secure: Server) -> None:
    assert secure.address("/counter/").startswith(f"https://127.0.0.1:{port_of(secure)}/counter/#")
    assert "wss://127.0.0.1" in secure.guard.headers["Content-Security-Policy"]
    assert " ws://" not in secure.guard.headers["Content-Security-Policy"]


def test_responses_with_tls_forbid_requests_without_tls(secure: Server) -> None:
    for target in ("/", "/_everview/none", "/_everview/main.js"):
        policy = request(port_of(secure), target).all("Strict-Transport-Security")
        assert policy == ["max-age=2592000"]


def test_responses_without_tls_do_not_require_tls(server: Server) -> None:
    assert request(port_of(server), "/").all("Strict-Transport-Security") == []


def test_request_without_tls_to_a_tls_port_is_refused(secure: Server) -> None:
    with connect_tcp(port_of(secure)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"HTTP/" not in connection.recv(1000)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_version_is_refused(secure: Server, version: ssl.TLSVersion) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname = False
    old.verify_mode = ssl.CERT_NONE
    with pytest.warns(DeprecationWarning, match="TLS"):
        old.minimum_version = old.maximum_version = version
    old.set_ciphers("ALL:@SECLEVEL=0")
    with connect_tcp(port_of(secure)) as connection, pytest.raises(OSError, match=r"(?i)version|alert|eof|reset|protocol"):
        old.wrap_socket(connection)


def test_silent_connections_count_before_their_tls_handshake(
    own: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each accepted socket uses a descriptor, even if its client never starts the handshake."""
    monkeypatch.setattr(connections_module, "MAX_UNAUTHENTICATED", 16)
    monkeypatch.setattr(connections_module, "HANDSHAKE_TIME", 1000.0)
    use_tls(own)(monkeypatch)
    with serving() as server, new_page(server) as window, contextlib.ExitStack() as stack:
        window.attach("/counter/")
        silent = [stack.enter_context(connect_tcp(port_of(server))) for _ in range(60)]
        assert all(connection.recv(100) == b"" for connection in silent[:44])
        assert on_server(server, lambda: len(server.connections)) <= 16
        assert works(server)
        assert window.socket.is_open()


def test_failed_tls_handshake_is_not_counted(secure: Server) -> None:
    for data in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01", b""):
        with connect_tcp(port_of(secure)) as connection:
            connection.sendall(data)
    wait_until(
        lambda: on_server(secure, lambda: len(secure.connections)) == 0,
        "failed handshakes are removed",
    )
    assert works(secure)


def test_slow_tls_handshake_is_closed(
    own: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections_module, "HANDSHAKE_TIME", 0.05)
    use_tls(own)(monkeypatch)
    with serving() as server, connect_tcp(port_of(server)) as connection:
        assert connection.recv(100) == b""


def test_http_origin_with_tls_is_refused(secure: Server) -> None:
    port = port_of(secure)
    with pytest.raises(Refused), Socket(port, origins=[f"http://127.0.0.1:{port}"]):
        pass
    assert request(port, "/x", [("Origin", f"http://127.0.0.1:{port}")], "POST").status == 403


def test_host_that_is_not_in_the_certificate_is_refused(secure: Server) -> None:
    """Only the names of the certificate are accepted as Host and Origin."""
    port = port_of(secure)
    assert secure.guard.authorities == [f"app.test:{port}", f"127.0.0.1:{port}"] or (
        set(secure.guard.authorities) == {f"app.test:{port}", f"127.0.0.1:{port}"}
    )
    for host in ("app.test", "127.0.0.1"):
        assert request(port, hosts=[f"{host}:{port}"]).status == 200
    for host in (f"evil.test:{port}", "app.test", f"app.test.:{port}", f"APP.test:{port}x", f"localhost:{port}",
                 f"x.app.test:{port}", f"0.0.0.0:{port}", f"app.test:{port + 1}"):
        assert request(port, hosts=[host]).status == 403
    with pytest.raises(Refused), Socket(port, origins=["https://evil.test"]):
        pass
    with Socket(port, origins=[f"https://app.test:{port}"], hosts=[f"app.test:{port}"]):
        pass


def test_authority_at_default_port_has_no_port() -> None:
    guard = Guard("app.test", 443, secure=True)
    assert (guard.authority, guard.origin) == ("app.test", "https://app.test")
    assert Guard("app.test", 80, secure=True).authority == "app.test:80"


# options of the remote server -------------------------------------------------------------------


def test_server_is_not_remote_without_options() -> None:
    assert remote() is None
    assert remote("", "", "", []) is None


@pytest.mark.parametrize("given", ["address", "certificate", "key", "address certificate",
                                   "address key", "certificate key", "names", "address names"])
def test_remote_server_with_missing_options_causes_an_error(own: Certificate, given: str) -> None:
    options = {"address": ALL, "certificate": own.certificate, "key": own.key, "names": ["a.test"]}
    with pytest.raises(CommandError, match="all three"):
        remote(**{name: options[name] for name in given.split()})  # type: ignore[arg-type]


def test_remote_server_without_names_uses_the_names_of_the_certificate(
    own: Certificate, tmp_path: Path
) -> None:
    found = remote(ALL, own.certificate, own.key)
    assert found is not None
    assert set(found.names) == {"127.0.0.1", "app.test"}
    found = remote(ALL, own.certificate, own.key, ["other.test", "::1"])
    assert found is not None
    assert found.names == ("other.test", "[::1]")


@pytest.mark.parametrize("address", ["localhost", "here", "0.0.0.0:80", "https://0.0.0.0", "300.0.0.1", "*"])
def test_remote_server_with_an_invalid_address_causes_an_error(
    own: Certificate, address: str
) -> None:
    with pytest.raises(CommandError, match="not an IP address"):
        remote(address, own.certificate, own.key)


@pytest.mark.parametrize("name", ["https://a.test", "a.test:80", "A.test", "a test", "a/b", "", "*.a.test", "ä.test"])
def test_remote_server_with_an_invalid_name_causes_an_error(own: Certificate, name: str) -> None:
    with pytest.raises(CommandError, match="not a host name"):
        remote(ALL, own.certificate, own.key, [name])


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_key_that_others_can_read_causes_an_error(tmp_path: Path, mode: int) -> None:
    made = make(tmp_path, "127.0.0.1")
    Path(made.key).chmod(mode)
    with pytest.raises(CommandError, match="read by others"):
        remote(ALL, made.certificate, made.key)


def test_key_of_another_certificate_causes_an_error(own: Certificate, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="mismatch"):
        remote(ALL, own.certificate, make(tmp_path, "127.0.0.1").key)


@pytest.mark.parametrize("what", ["certificate", "key"])
@pytest.mark.parametrize("how", ["missing", "a folder", "garbage", "empty"])
def test_unreadable_file_causes_an_error_with_its_path(tmp_path: Path, what: str, how: str) -> None:
    made = make(tmp_path, "127.0.0.1")
    paths = {"certificate": made.certificate, "key": made.key}
    path = Path(paths[what])
    path.unlink()
    if how == "a folder":
        path.mkdir(mode=0o700)
    elif how != "missing":
        path.touch(mode=0o600)
        path.write_text("garbage\n" * 5 if how == "garbage" else "")
    with pytest.raises(CommandError, match=str(path)) as error:
        remote(ALL, **paths)
    assert "\n" not in str(error.value)


def test_expired_certificate_causes_an_error(tmp_path: Path) -> None:
    import datetime

    authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    issued = authority.issue_cert("app.test", not_before=past, not_after=past + datetime.timedelta(days=1))
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    certificate.write_bytes(issued.cert_chain_pems[0].bytes())
    key.touch(mode=0o600)
    key.write_bytes(issued.private_key_pem.bytes())
    with pytest.raises(CommandError, match="expired"):
        remote(ALL, str(certificate), str(key))


# the serve command ------------------------------------------------------------------------------


def test_serve_command_with_certificate_uses_tls(own: Certificate, tmp_path: Path) -> None:
    with Serving(tmp_path / "home", "--address", "127.0.0.1", *own.options) as served:
        assert served.port > 1024


def test_serve_command_with_invalid_options_prints_one_line(
    own: Certificate, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    for options, word in ((["--address", ALL], "all three"), (own.options, "all three"),
                          (["--address", "nowhere", *own.options], "not an IP address")):
        ended = everview(home, "serve", *options)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert len(ended.stderr.splitlines()) == 1
        assert word in ended.stderr


def test_server_without_options_listens_on_loopback_only(server: Server) -> None:
    assert [ip for ip, port in listening_addresses() if port == port_of(server)] == ["127.0.0.1"]
