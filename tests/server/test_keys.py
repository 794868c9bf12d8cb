"""`Keys`: tickets, window keys and proofs, without a socket."""

from __future__ import annotations

import hashlib
import hmac
import threading

from everview.runtime.transfers.tickets import MAX_TICKETS, TICKET_LIFE
from everview.server.access.keys import Identity, Keys, proof

OWNER = Identity("owner", "w1")


def test_ticket_redeemed_twice_is_accepted_once() -> None:
    keys = Keys(lambda: 0.0)
    ticket = keys.issue(OWNER)
    assert keys.redeem(ticket) == OWNER
    assert keys.redeem(ticket) is None


def test_expired_ticket_is_refused() -> None:
    now = [0.0]
    keys = Keys(lambda: now[0])
    early, late = keys.issue(OWNER), keys.issue(OWNER)
    now[0] = TICKET_LIFE - 0.001
    assert keys.redeem(early) == OWNER
    now[0] = TICKET_LIFE
    assert keys.redeem(late) is None


def test_issuing_a_ticket_drops_expired_tickets() -> None:
    now = [0.0]
    keys = Keys(lambda: now[0])
    for _ in range(10):
        keys.issue(OWNER)
    now[0] = TICKET_LIFE
    keys.issue(OWNER)
    assert keys.ticket_count == 1


def test_issuing_tickets_beyond_the_limit_drops_the_oldest() -> None:
    keys = Keys(lambda: 0.0)
    tickets = [keys.issue(OWNER) for _ in range(MAX_TICKETS + 1)]
    assert keys.redeem(tickets[0]) is None
    assert all(keys.redeem(ticket) == OWNER for ticket in tickets[1:])


def test_tickets_are_stored_as_hashes() -> None:
    keys = Keys(lambda: 0.0)
    ticket = keys.issue(OWNER)
    stored = repr(keys._tickets._tickets)
    assert ticket not in stored
    assert hashlib.sha256(ticket.encode()).digest() in keys._tickets._tickets


def test_tickets_issued_by_several_threads_are_valid() -> None:
    keys = Keys(lambda: 0.0)
    tickets: list[str] = []
    threads = [
        threading.Thread(target=lambda: tickets.extend(keys.issue(OWNER) for _ in range(50)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(tickets)) == 400
    assert all(keys.redeem(ticket) == OWNER for ticket in tickets)


def test_window_key_is_stable_and_unique() -> None:
    keys, other = Keys(lambda: 0.0), Keys(lambda: 0.0)
    names = [("a", "u", "l"), ("b", "u", "l"), ("a", "v", "l"), ("a", "u", "m")]
    made = {keys.window_key(window, Identity(user, label)) for window, user, label in names}
    assert len(made) == 4
    assert keys.window_key("a", Identity("u", "l")) in made
    assert other.window_key("a", Identity("u", "l")) not in made


def test_proof_is_hmac_sha_256() -> None:
    """The client (link.js) computes the same proof, so the signed text must not change."""
    key = "ab" * 32
    expected = hmac.new(bytes.fromhex(key), b"client\0one\0two", hashlib.sha256).hexdigest()
    assert proof(key, "client", "one", "two") == expected
    assert proof(key, "server", "one", "two") != expected
    assert proof(key, "client", "two", "one") != expected
