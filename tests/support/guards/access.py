"""Guards of access: tickets, authentication, origins, hosts, addresses (T1, T2, T3, T5, T6, T8)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web

from everview.runtime.runtime import Runtime
from everview.runtime.transfers import tickets as tickets_module
from everview.server import server as server_module
from everview.server.access.guard import Guard
from everview.server.access.keys import Identity, Keys
from everview.server.http import application as application_module
from everview.server.http.static_files import StaticFiles
from everview.server.links import links as links_module
from everview.server.links.links import Links
from tests.support.guards.case import GuardCase, Remove, page_has


def record_runtimes(patch: pytest.MonkeyPatch) -> list[Runtime]:
    """Patch `Links` so that it records the runtimes of all servers that start."""
    original = Links.__init__
    runtimes: list[Runtime] = []

    def init(self: Links, runtime: Runtime, keys: Keys) -> None:
        runtimes.append(runtime)
        original(self, runtime, keys)

    patch.setattr(Links, "__init__", init)
    return runtimes


def put_data_into_static_files(patch: pytest.MonkeyPatch) -> None:
    runtimes = record_runtimes(patch)
    original_answer = StaticFiles.answer

    def with_data(self: StaticFiles, request: web.Request) -> Any:
        response: Any = original_answer(self, request)
        response.body += repr(runtimes[-1].summaries()).encode()
        return response

    patch.setattr(StaticFiles, "answer", with_data)


def keep_used_tickets(patch: pytest.MonkeyPatch) -> None:
    def redeem(self: Any, ticket: str) -> Any:
        expires, value = self._tickets.get(tickets_module._digest(ticket), (0.0, None))
        return value if self._clock() < expires else None

    patch.setattr(tickets_module.Tickets, "redeem", redeem)


def never_expire_tickets(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tickets_module, "TICKET_LIFE", 1e9)


def accept_any_ticket(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Keys, "redeem", lambda self, ticket: Identity("owner"))


def accept_any_proof(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(links_module, "hmac", SimpleNamespace(compare_digest=lambda a, b: True))


def use_one_proof_for_both_sides(patch: pytest.MonkeyPatch) -> None:
    original = links_module.proof
    patch.setattr(links_module, "proof", lambda key, side, a, b: original(key, "", a, b))


def repeat_the_nonce(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(links_module, "secrets", SimpleNamespace(token_hex=lambda size: "0" * 32))


def derive_key_without(name: str) -> Remove:
    original = Keys.window_key

    def remove(patch: pytest.MonkeyPatch) -> None:
        def window_key(self: Keys, window: str, identity: Identity) -> str:
            if name == "window":
                return original(self, "", identity)
            return original(self, window, replace(identity, **{name: ""}))

        patch.setattr(Keys, "window_key", window_key)

    return remove


def use_one_master_key(patch: pytest.MonkeyPatch) -> None:
    original = Keys.__init__

    def init(self: Keys, clock: Callable[[], float]) -> None:
        original(self, clock)
        self._master = b"\0" * 32

    patch.setattr(Keys, "__init__", init)


def send_no_server_proof(patch: pytest.MonkeyPatch) -> None:
    original = links_module.proof

    def unproven(key: str, side: str, theirs: str, ours: str) -> str:
        return "0" * 64 if side == "server" else original(key, side, theirs, ours)

    patch.setattr(links_module, "proof", unproven)


def never_delay_refusals(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(links_module, "WRONG_DELAY", 0.0)


def allow_any_number_of_links(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(links_module, "MAX_UNPROVEN", 10**9)


def allow_any_time_to_prove(patch: pytest.MonkeyPatch) -> None:
    @contextlib.asynccontextmanager
    async def no_timeout(seconds: float) -> Any:
        yield

    without = SimpleNamespace(**{**vars(asyncio), "timeout": no_timeout})
    patch.setattr(links_module, "asyncio", without)


def handle_messages_before_the_proof(patch: pytest.MonkeyPatch) -> None:
    """Pass every message to the runtime, although the link is not authenticated yet."""
    runtimes = record_runtimes(patch)

    async def receive(socket: Any, kind: Any) -> Any:
        decoded: Any = links_module.decode(await socket.receive())
        if not isinstance(decoded, kind):
            window = runtimes[-1].connect("x", "owner", "", socket)
            runtimes[-1].receive(window, decoded)
            return await receive(socket, kind)
        return decoded

    patch.setattr(links_module, "_receive", receive)


def store_any_number_of_tickets(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tickets_module, "MAX_TICKETS", 10**9)


def accept_any_origin(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Guard, "socket_refusal", lambda self, origins: None)


def accept_any_origin_of_writes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Guard, "write_refusal", lambda self, origins: None)


def accept_a_missing_origin(patch: pytest.MonkeyPatch) -> None:
    original = Guard.socket_refusal
    patch.setattr(Guard, "socket_refusal", lambda self, o: original(self, o) if o else None)


def check_the_first_origin_only(patch: pytest.MonkeyPatch) -> None:
    original = Guard.socket_refusal
    patch.setattr(Guard, "socket_refusal", lambda self, origins: original(self, origins[:1]))


def compare_the_start_of_the_origin(patch: pytest.MonkeyPatch) -> None:
    def refusal(self: Guard, origins: list[str]) -> str | None:
        return None if "".join(origins).startswith(self.origin) else "no"

    patch.setattr(Guard, "socket_refusal", refusal)


def ignore_sec_fetch_site(patch: pytest.MonkeyPatch) -> None:
    original = Guard.refusal
    patch.setattr(Guard, "refusal", lambda self, target, hosts, sites:
                  original(self, target, hosts, []))  # fmt: skip


def accept_same_site(patch: pytest.MonkeyPatch) -> None:
    original = Guard.refusal
    patch.setattr(Guard, "refusal", lambda self, target, hosts, sites:
                  original(self, target, hosts, [s for s in sites if s != "same-site"]))  # fmt: skip


def send_header(name: str, value: str) -> Remove:
    """Add a header to all responses."""
    original = Guard.__init__

    def remove(patch: pytest.MonkeyPatch) -> None:
        def init(self: Guard, *arguments: Any, **options: Any) -> None:
            original(self, *arguments, **options)
            self.headers[name] = value

        patch.setattr(Guard, "__init__", init)

    return remove


def accept_any_host(patch: pytest.MonkeyPatch) -> None:
    original = Guard.refusal
    patch.setattr(Guard, "refusal", lambda self, target, hosts, sites:
                  original(self, target, [self.authority], sites))  # fmt: skip


def accept_a_missing_host(patch: pytest.MonkeyPatch) -> None:
    original = Guard.refusal
    patch.setattr(Guard, "refusal", lambda self, target, hosts, sites:
                  original(self, target, hosts or [self.authority], sites))  # fmt: skip


def accept_any_port(patch: pytest.MonkeyPatch) -> None:
    original = Guard.refusal

    def refusal(self: Guard, target: str, hosts: list[str], sites: list[str]) -> str | None:
        own = [self.authority if host.startswith("127.0.0.1:") else host for host in hosts]
        return original(self, target, own, sites)

    patch.setattr(Guard, "refusal", refusal)


def accept_any_target(patch: pytest.MonkeyPatch) -> None:
    original = Guard.refusal
    patch.setattr(Guard, "refusal", lambda self, target, hosts, sites:
                  original(self, "/", hosts, sites))  # fmt: skip


def skip_the_check_for_static_files(patch: pytest.MonkeyPatch) -> None:
    """Do not check requests for static files."""
    original = application_module._checks

    def checks(guard: Guard) -> Any:
        @web.middleware
        async def check(request: web.Request, handler: Any) -> web.StreamResponse:
            if request.path.startswith("/_everview/"):
                response: web.StreamResponse = await handler(request)
                return response
            return await original(guard)(request, handler)

        return check

    patch.setattr(application_module, "_checks", checks)


def listen_on_all_addresses(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(server_module, "HOST", "0.0.0.0")  # noqa: S104  (must never be used)


def put_the_ticket_into_the_query(patch: pytest.MonkeyPatch) -> None:
    """Put the ticket into the query, where the server could log it."""
    original = server_module.Server.address

    def address(self: Any, url: str = "/", identity: Identity | None = None) -> str:
        before, _, ticket = original(self, url, identity).partition("#")
        return f"{before}?ticket={ticket}#{ticket}"

    patch.setattr(server_module.Server, "address", address)


GUARDS = [
    GuardCase("T1", "static files contain no data", put_data_into_static_files,
              "test_t1_tickets.py::test_every_route_serves_the_same_page_without_data"),
    GuardCase("T1", "a ticket is valid once", keep_used_tickets, "test_t1_tickets.py::test_used_ticket_is_refused"),
    GuardCase("T1", "a ticket expires", never_expire_tickets, "test_t1_tickets.py::test_expired_ticket_is_refused",
              {"age": 1000.0}),
    GuardCase("T1", "an unknown ticket is refused", accept_any_ticket, "test_t1_tickets.py::test_unknown_ticket_is_refused",
              {"ticket": "x"}),
    GuardCase("T1", "another server's ticket is refused", accept_any_ticket,
              "test_t1_tickets.py::test_ticket_of_another_server_is_refused"),
    GuardCase("T1", "stored tickets are limited", store_any_number_of_tickets, "test_t1_tickets.py::test_number_of_tickets_is_limited"),
    GuardCase("T1", "the proof is compared", accept_any_proof, "test_t1_tickets.py::test_wrong_proof_of_the_key_is_refused",
              {"wrong": "0" * 64}),
    GuardCase("T1", "a proof contains its side", use_one_proof_for_both_sides,
              "test_t1_tickets.py::test_reflected_proof_of_the_server_is_refused"),
    GuardCase("T1", "a nonce is random", repeat_the_nonce, "test_t1_tickets.py::test_replayed_proof_is_refused"),
    GuardCase("T1", "a key belongs to a window", derive_key_without("window"),
              "test_t1_tickets.py::test_key_is_valid_for_one_window_user_and_label", {"name": "window"}),
    GuardCase("T1", "a key belongs to a user", derive_key_without("user"),
              "test_t1_tickets.py::test_key_is_valid_for_one_window_user_and_label", {"name": "user"}),
    GuardCase("T1", "a key belongs to a label", derive_key_without("label"),
              "test_t1_tickets.py::test_key_is_valid_for_one_window_user_and_label", {"name": "label"}),
    GuardCase("T1", "a key is valid for one start", use_one_master_key, "test_t1_tickets.py::test_key_is_valid_for_one_server_start"),
    GuardCase("T1", "the server proves itself", send_no_server_proof,
              "test_t1_tickets.py::test_server_proves_itself_first"),
    GuardCase("T1", "the proof is the first message", handle_messages_before_the_proof,
              "test_t1_tickets.py::test_window_message_before_authentication_is_refused"),
    GuardCase("T1", "wrong proofs are delayed", never_delay_refusals, "test_t1_tickets.py::test_refusals_are_delayed_after_many_failed_attempts"),
    GuardCase("T1", "unproven links are limited", allow_any_number_of_links,
              "test_t1_tickets.py::test_idle_links_do_not_prevent_a_window_from_connecting"),
    GuardCase("T1", "refused links are limited", allow_any_number_of_links,
              "test_t1_tickets.py::test_many_failed_attempts_cost_little_and_block_no_window"),
    GuardCase("T1", "the time for a proof is limited", allow_any_time_to_prove,
              "test_t1_tickets.py::test_link_without_authentication_is_closed"),
    GuardCase("T2", "the Origin is compared", accept_any_origin,
              "test_t2_origins.py::test_socket_of_another_origin_is_refused", {"origins": ["http://evil.test"]}),
    GuardCase("T2", "the Origin is required", accept_a_missing_origin,
              "test_t2_origins.py::test_socket_of_another_origin_is_refused", {"origins": []}),
    GuardCase("T2", "two Origins are refused", check_the_first_origin_only,
              "test_t2_origins.py::test_socket_of_another_origin_is_refused",
              {"origins": ["http://127.0.0.1:OWN", "http://evil.test"]}),
    GuardCase("T2", "the whole Origin is compared", compare_the_start_of_the_origin,
              "test_t2_origins.py::test_socket_of_another_origin_is_refused",
              {"origins": ["http://127.0.0.1:OWN.evil.test"]}),
    GuardCase("T2", "the Origin of writes is checked", accept_any_origin_of_writes,
              "test_t2_origins.py::test_write_of_another_origin_is_refused_before_routes_of_the_app"),
    GuardCase("T2", "Sec-Fetch-Site is checked", ignore_sec_fetch_site, "test_t2_origins.py::test_request_of_another_site_is_refused",
              {"sites": ["cross-site"], "answered": False}),
    GuardCase("T2", "another port is refused", accept_same_site,
              "test_t2_origins.py::test_another_port_of_this_machine_is_another_origin"),
    GuardCase("T2", "no CORS header is sent", send_header("Access-Control-Allow-Origin", "*"),
              "test_t2_origins.py::test_no_response_sets_a_cookie_or_allows_another_origin"),
    GuardCase("T2", "no cookie is sent", send_header("Set-Cookie", "key=1"),
              "test_t2_origins.py::test_no_response_sets_a_cookie_or_allows_another_origin"),
    GuardCase("T3", "the Host is compared", accept_any_host, "test_t3_hosts.py::test_request_with_another_host_is_refused",
              {"hosts": ["evil.test:OWN"]}),
    GuardCase("T3", "the Host's port is compared", accept_any_port, "test_t3_hosts.py::test_request_with_another_host_is_refused",
              {"hosts": ["127.0.0.1:OTHER"]}),
    GuardCase("T3", "the Host is required", accept_a_missing_host, "test_t3_hosts.py::test_request_without_host_is_refused",
              {"version": "1.0"}),
    GuardCase("T3", "the target must be a path", accept_any_target,
              "test_t3_hosts.py::test_target_that_names_a_host_is_refused",
              {"target": "http://evil.test/", "host": "127.0.0.1:OWN"}),
    GuardCase("T3", "static files are checked, too", skip_the_check_for_static_files,
              "test_t3_hosts.py::test_request_with_another_host_is_refused", {"hosts": ["evil.test:OWN"]}),
    GuardCase("T5", "only 127.0.0.1 is bound", listen_on_all_addresses,
              "test_t5_network.py::test_server_socket_is_bound_to_loopback_only"),
    GuardCase("T5", "only 127.0.0.1 is reachable", listen_on_all_addresses,
              "test_t5_network.py::test_connection_to_another_address_is_refused"),
    GuardCase("T6", "the page removes the fragment", page_has("replica/link.js", "history.replaceState", "void "),
              "test_t6_secrets.py::test_page_removes_its_ticket_from_the_address", in_browser=True),
    GuardCase("T6", "the ticket is not in the query", put_the_ticket_into_the_query,
              "test_t6_secrets.py::test_ticket_is_not_sent_in_requests"),
    GuardCase("T8", "the page checks the proof",
              page_has("replica/link.js", "isServer = theirs === message.proof;", "isServer = true;"),
              "test_t8_reconnect.py::test_page_sends_nothing_to_another_program", {"answer": "an invented proof"}, in_browser=True),
    GuardCase("T8", "a welcome without a proof is ignored",
              page_has("replica/link.js", "let isServer = Boolean(this.ticket);", "let isServer = true;"),
              "test_t8_reconnect.py::test_page_sends_nothing_to_another_program", {"answer": "a welcome without a challenge"}, in_browser=True),
    GuardCase("T8", "a frame before the proof is ignored",
              page_has("replica/link.js", "if (this.live) this.receive(message, data.length);",
                       "if (this.live || message.frame) this.receive(message, data.length);"),
              "test_t8_reconnect.py::test_page_sends_nothing_to_another_program", {"answer": "a frame without a welcome"}, in_browser=True),
]  # fmt: skip
