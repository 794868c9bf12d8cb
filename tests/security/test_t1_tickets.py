"""T1: another account connects to the port and gets no access without a ticket or a window key."""

from __future__ import annotations

import contextlib
import json
import secrets
import time

import pytest
from websockets.frames import CloseCode

from everview.runtime.transfers.tickets import MAX_TICKETS
from everview.server.access.keys import Identity, Keys, proof
from everview.server.links import links as links_module
from everview.server.links.links import (
    BROKEN,
    MAX_UNPROVEN,
    REFUSED,
    WRONG_BEFORE_DELAY,
    WRONG_DELAY,
)
from everview.server.server import Server
from tests.support.server import (
    SECRET_TEXT,
    Closed,
    Page,
    Socket,
    new_page,
    port_of,
    request,
    serving,
    ticket_of,
    wait_until,
    works,
)  # fmt: skip

pytestmark = pytest.mark.security

#: The number of connections that fail to authenticate. The document threats.md requires 10,000, but
#: a few hundred are enough, because the cost of a connection does not depend on the number of
#: earlier ones.
WRONG_PROOFS = 300


def refused(page: Page, *arguments: object) -> int:
    """Return the close code of a refused link."""
    with page, pytest.raises(Closed) as closed:
        page.redeem(*arguments) if arguments else page.answer()  # type: ignore[arg-type]
    return closed.value.code


# access without a ticket ------------------------------------------------------------------------


def test_every_route_serves_the_same_page_without_data(server: Server) -> None:
    """The response to every URL has the same bytes, even if the URL belongs to a view with data."""
    port = port_of(server)
    assert works(server)
    with new_page(server) as page:
        page.attach("/counter/")
        targets = ["/", "/counter/", "/counter/?q=1", "/nowhere", "/_shel", "/a/b/c?d#e", "/%00"]
        bodies = {request(port, target).body for target in targets}
        assert len(bodies) == 1
        everything = [request(port, f"/_everview/{name}").body for name in ("main.js", "replica/link.js", "x")]
        for body in [*bodies, *everything]:
            assert SECRET_TEXT.encode() not in body
            assert page.credentials["key"].encode() not in body
            assert server.runtime.epoch.encode() not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "X"])
def test_method_other_than_get_is_refused(server: Server, method: str) -> None:
    assert request(port_of(server), "/counter/", method=method).status in (400, 405)


def test_server_discloses_nothing_before_authentication(server: Server) -> None:
    """The challenge of the server contains only a nonce and the proof of the key."""
    with Page(port_of(server)) as page:
        page.ask({"window": "0" * 32, "user": "owner", "label": "", "key": "00"})
        assert set(page.challenge) == {"t", "nonce", "proof"}


def test_window_message_before_authentication_is_refused(server: Server) -> None:
    with Socket(port_of(server)) as link:
        link.send({"t": "attach", "url": "/counter/"})
        assert link.closed() == BROKEN
    assert server.call(_instances(server)) == 0


async def _instances(server: Server) -> int:
    return len(server.runtime.instances)


# use of tickets ---------------------------------------------------------------------------------


def test_ticket_opens_one_window(server: Server) -> None:
    ticket = ticket_of(server.address("/counter/"))
    with Page(port_of(server)).redeem(ticket) as page:
        assert SECRET_TEXT in json.dumps(page.attach("/counter/"))


def test_used_ticket_is_refused(server: Server) -> None:
    ticket = ticket_of(server.address("/"))
    with Page(port_of(server)).redeem(ticket):
        assert refused(Page(port_of(server)), ticket) == REFUSED


@pytest.mark.parametrize("age", [29.9, 30.0, 1000.0])
def test_expired_ticket_is_refused(age: float) -> None:
    now = [1000.0]
    with serving(clock=lambda: now[0]) as server:
        ticket = ticket_of(server.address("/"))
        now[0] += age
        if age < 30:
            with Page(port_of(server)).redeem(ticket) as page:
                assert page.credentials["key"]
        else:
            assert refused(Page(port_of(server)), ticket) == REFUSED


@pytest.mark.parametrize("ticket", ["", "x", "A" * 43, "\x00" * 43, "é" * 43, "А" * 43])
def test_unknown_ticket_is_refused(server: Server, ticket: str) -> None:
    with Socket(port_of(server)) as link:
        link.send({"t": "hello", "nonce": "0" * 32, "ticket": ticket})
        if not ticket:  # without a ticket, the server requests a proof of the key
            assert link.receive()["t"] == "challenge"
            link.send({"t": "proof", "proof": ""})
        assert link.closed() == REFUSED


def test_ticket_of_another_server_is_refused(server: Server) -> None:
    with serving() as other:
        ticket = ticket_of(other.address("/"))
        assert refused(Page(port_of(server)), ticket) == REFUSED
        with Page(port_of(other)).redeem(ticket) as page:
            assert page.credentials["key"]


def test_ticket_is_long_and_random() -> None:
    keys = Keys(lambda: 0.0)
    tickets = {keys.issue(Identity("owner")) for _ in range(100)}
    assert len(tickets) == 100
    assert all(len(ticket) >= 43 for ticket in tickets)  # 43 characters of base64 encode 256 bits


# use of window keys -----------------------------------------------------------------------------


def test_window_reconnects_with_its_key(server: Server) -> None:
    with new_page(server) as page:
        credentials = page.credentials
        document = page.attach("/counter/")["document"]
    with Page(port_of(server)).reconnect(credentials) as page:
        assert page.welcomed["t"] == "welcome"
        assert "key" not in page.welcomed  # the page has the window key, so it is not sent again
        assert page.attach("/counter/")["document"] == document


@pytest.mark.parametrize("wrong", ["", "0" * 64, "f" * 64, "é" * 64, "\ud800", "x" * 128])
def test_wrong_proof_of_the_key_is_refused(server: Server, wrong: str) -> None:
    with new_page(server) as page:
        credentials = page.credentials
    page = Page(port_of(server))
    page.ask(credentials)
    with page, pytest.raises(Closed) as closed:
        page.answer(wrong)
    # A lone surrogate is not valid JSON, so the message is refused before the proof of the key is
    # checked.
    assert closed.value.code in (REFUSED, BROKEN)


def test_reflected_proof_of_the_server_is_refused(server: Server) -> None:
    """A client without a key sends the server's own proof back to the server."""
    with new_page(server) as page:
        credentials = page.credentials
    with Page(port_of(server)) as page, pytest.raises(Closed) as closed:
        page.ask(credentials)
        page.answer(page.challenge["proof"])
    assert closed.value.code == REFUSED


def test_replayed_proof_is_refused(server: Server) -> None:
    """The test sends the recorded messages of a reconnected window again."""
    with new_page(server) as page:
        credentials = page.credentials
    with Page(port_of(server)) as first:
        first.ask(credentials)
        recorded = proof(credentials["key"], "client", first.nonce, first.challenge["nonce"])
        first.answer(recorded)
    with Page(port_of(server)) as second, pytest.raises(Closed) as closed:
        second.nonce = first.nonce
        second.ask(credentials)
        second.answer(recorded)
    assert closed.value.code == REFUSED


@pytest.mark.parametrize("name", ["window", "user", "label"])
def test_key_is_valid_for_one_window_user_and_label(server: Server, name: str) -> None:
    with new_page(server) as page:
        credentials = {**page.credentials}
    with Page(port_of(server)) as page, pytest.raises(Closed) as closed:
        page.reconnect({**credentials, name: "another"})
    assert closed.value.code == REFUSED


@pytest.mark.parametrize(
    ("window", "user"), [("{window}\0owner", ""), ("{window}\0", "owner"), ("", "{window}\0owner")]
)
def test_key_for_a_name_with_a_separator_is_not_valid_for_another_window(
    server: Server, window: str, user: str
) -> None:
    """The key is derived from the joined names. Other names that join to the same string must not
    match.
    """
    with new_page(server) as page:
        credentials = page.credentials
    names = {"window": window.format(**credentials), "user": user.format(**credentials)}
    with Page(port_of(server)) as page, pytest.raises(Closed):
        page.reconnect({**credentials, **names})


def test_key_is_valid_for_one_server_start(server: Server) -> None:
    with serving() as other, new_page(other) as page:
        credentials = page.credentials
    with Page(port_of(server)) as page, pytest.raises(Closed) as closed:
        page.reconnect(credentials)
    assert closed.value.code == REFUSED


def test_server_proves_itself_first(server: Server) -> None:
    with new_page(server) as page:
        credentials = page.credentials
    with Page(port_of(server)) as page:
        page.ask(credentials)
        assert page.server_is_proven()
    with serving() as other, Page(port_of(other)) as page:
        page.ask(credentials)
        # the page must close the link, because another program may use the old port
        assert not page.server_is_proven()


def test_duplicated_tab_becomes_a_new_window(server: Server) -> None:
    with new_page(server) as first:
        with Page(port_of(server)).reconnect(first.credentials, fresh=True) as second:
            assert second.credentials["window"] != first.credentials["window"]
        assert first.attach("/counter/")["document"]


# cost of failed authentication ------------------------------------------------------------------


def wrong_proof(port: int) -> float:
    """Send a wrong proof of the key. Returns the seconds until the refusal."""
    with Page(port) as page:
        page.ask({"window": secrets.token_hex(16), "user": "owner", "label": "", "key": "00"})
        page.socket.send({"t": "proof", "proof": "0" * 64})
        begin = time.monotonic()
        assert page.socket.closed() == REFUSED
        return time.monotonic() - begin


def test_refusals_are_delayed_after_many_failed_attempts(server: Server) -> None:
    """After `WRONG_BEFORE_DELAY` failed attempts, a refusal takes at least `WRONG_DELAY`."""
    port = port_of(server)
    for _ in range(WRONG_BEFORE_DELAY):
        wrong_proof(port)
    for _ in range(2):
        assert wrong_proof(port) >= 0.9 * WRONG_DELAY
    assert works(server)  # a client with a ticket does not wait
    assert wrong_proof(port) < 0.9 * WRONG_DELAY  # success has reset the count of failures


def test_many_failed_attempts_cost_little_and_block_no_window(server: Server) -> None:
    """The test opens `WRONG_PROOFS` real connections. Each connection waits until it is refused.

    Each connection costs about 1 ms of processor time. The limit of 50 ms detects a leak or a loop,
    not a slow machine. Few connections are open at once, and a window can connect during the
    attack.
    """
    port = port_of(server)
    before = time.process_time()
    with contextlib.ExitStack() as stack:
        pages: list[Page] = []
        for _ in range(WRONG_PROOFS):
            page = stack.enter_context(Page(port))
            pages.append(page)
            page.ask({"window": secrets.token_hex(16), "user": "owner", "label": "", "key": "00"})
            page.socket.send({"t": "proof", "proof": "0" * 64})
        spent = time.process_time() - before
        assert len(server.links._unproven) <= MAX_UNPROVEN
        assert works(server)
        for page in pages:
            assert page.socket.closed() in (REFUSED, CloseCode.TRY_AGAIN_LATER, 1006)
        assert spent / WRONG_PROOFS < 0.05
        wait_until(lambda: not server.links._unproven, "all refused links are removed")


def test_idle_links_do_not_prevent_a_window_from_connecting(server: Server) -> None:
    """If many links send nothing, only a few of them stay open, and a window can connect
    immediately.
    """
    idle = [Socket(port_of(server)) for _ in range(MAX_UNPROVEN + 60)]
    try:
        assert works(server)
        still_open = [link for link in idle if link.is_open()]
        assert len(still_open) <= MAX_UNPROVEN
    finally:
        for link in idle:
            link.close()


def test_link_closed_in_favour_of_a_newer_one_may_reconnect(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The close code is not `REFUSED`, because a page never reconnects after that code
    (client/replica/link.js).
    """
    monkeypatch.setattr(links_module, "MAX_UNPROVEN", 1)
    with Socket(port_of(server)) as first, Socket(port_of(server)):
        assert first.closed() == CloseCode.TRY_AGAIN_LATER


def test_slow_page_connects_during_a_flood_of_links(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before each step of authentication, the test opens as many other links as may be open.

    If each new link closed the oldest one, a slow page could never connect.
    """
    monkeypatch.setattr(links_module, "MAX_UNPROVEN", 8)
    port = port_of(server)
    with new_page(server) as page:
        credentials = page.credentials
    with contextlib.ExitStack() as flood:
        for _ in range(200):
            with contextlib.suppress(Closed, BrokenPipeError, ConnectionResetError), Page(port) as page:
                for _ in range(8):
                    flood.enter_context(Socket(port))
                page.reconnect(credentials)
                return
    pytest.fail("the page never connected")


def test_link_without_authentication_is_closed(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links_module, "PROOF_TIME", 0.05)
    with Socket(port_of(server)) as silent:
        assert silent.closed() == REFUSED
    with Page(port_of(server)) as half:
        half.ask({"window": "0" * 32, "user": "owner", "label": "", "key": "00"})
        assert half.socket.closed() == REFUSED


def test_accepted_link_stays_open(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits of unauthenticated links do not apply to windows."""
    monkeypatch.setattr(links_module, "PROOF_TIME", 2.0)
    with new_page(server) as page:
        for _ in range(MAX_UNPROVEN + 5):
            Socket(port_of(server)).close()
        assert page.attach("/counter/")["document"]


def test_number_of_tickets_is_limited() -> None:
    keys = Keys(lambda: 0.0)
    first = keys.issue(Identity("owner"))
    for _ in range(MAX_TICKETS):
        last = keys.issue(Identity("owner"))
    assert keys.ticket_count <= MAX_TICKETS
    assert keys.redeem(first) is None
    assert keys.redeem(last) == Identity("owner")
