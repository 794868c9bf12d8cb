"""`Keys`: tickets and window keys, without a socket."""

from __future__ import annotations

import hashlib
import hmac
import threading

from everview.runtime.transfers.tickets import TICKET_LIFE, TICKETS_KEPT
from everview.server.access.keys import Identity, Keys, proof

OWNER = Identity("owner", "w1")


def test_a_ticket_gives_its_identity_once() -> None:
    keys = Keys(lambda: 0.0)
    ticket = keys.issue(OWNER)
    assert keys.redeem(ticket) == OWNER
    assert keys.redeem(ticket) is None


def test_a_ticket_ends_after_its_life() -> None:
    now = [0.0]
    keys = Keys(lambda: now[0])
    early, late = keys.issue(OWNER), keys.issue(OWNER)
    now[0] = TICKET_LIFE - 0.001
    assert keys.redeem(early) == OWNER
    now[0] = TICKET_LIFE
    assert keys.redeem(late) is None


def test_expired_tickets_are_dropped_by_the_next() -> None:
    now = [0.0]
    keys = Keys(lambda: now[0])
    for _ in range(10):
        keys.issue(OWNER)
    now[0] = TICKET_LIFE
    keys.issue(OWNER)
    assert len(keys._tickets) == 1


def test_the_oldest_goes_first_when_there_are_too_many() -> None:
    keys = Keys(lambda: 0.0)
    tickets = [keys.issue(OWNER) for _ in range(TICKETS_KEPT + 1)]
    assert keys.redeem(tickets[0]) is None
    assert all(keys.redeem(ticket) == OWNER for ticket in tickets[1:])


def test_what_is_kept_of_a_ticket_is_its_hash() -> None:
    keys = Keys(lambda: 0.0)
    ticket = keys.issue(OWNER)
    kept = keys._tickets._tickets
    assert ticket not in repr(kept)
    assert ticket.encode() not in b"".join(kept)


def test_threads_that_issue_at_once_get_tickets_that_work() -> None:
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


def test_a_window_key_is_the_same_each_time_and_different_for_each() -> None:
    keys, other = Keys(lambda: 0.0), Keys(lambda: 0.0)
    names = [("a", "u", "l"), ("b", "u", "l"), ("a", "v", "l"), ("a", "u", "m")]
    made = {keys.window_key(window, Identity(user, label)) for window, user, label in names}
    assert len(made) == 4
    assert keys.window_key("a", Identity("u", "l")) in made
    assert other.window_key("a", Identity("u", "l")) not in made


def test_a_proof_is_hmac_sha_256() -> None:
    """As in link.js; RFC 2104 by the standard library, so that the text is fixed."""
    key = "ab" * 32
    expected = hmac.new(bytes.fromhex(key), b"client\0one\0two", hashlib.sha256).hexdigest()
    assert proof(key, "client", "one", "two") == expected
    assert proof(key, "server", "one", "two") != expected
    assert proof(key, "client", "two", "one") != expected
