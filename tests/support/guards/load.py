"""Guards against exhaustion and forged events (T11, T12)."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web

from everview.application.logs import OneEntryFormatter
from everview.html.tree.element import Element
from everview.runtime.execution.activities import Activities
from everview.runtime.runtime import Runtime
from everview.runtime.transfers.buckets import Bucket
from everview.runtime.windows import log_limit as log_limit_module
from everview.server.access import connections as connections_module
from everview.server.access.connections import Connection, Connections, Handshake
from everview.server.links import links as links_module
from everview.server.links import websocket as websocket_module
from everview.server.links.websocket import Pace, WebSocket
from tests.support.guards.case import GuardCase, Remove, replaces


def allow_any_number_of_connections(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Connections, "add", lambda self, new: self._unauthenticated.__setitem__(new, None))


def count_after_the_tls_handshake(patch: pytest.MonkeyPatch) -> None:
    original = Connections.add
    patch.setattr(Connections, "add", lambda self, new: (
        None if isinstance(new, Handshake) else original(self, new)))  # fmt: skip


def accept_subprotocols(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(links_module, "SUBPROTOCOL", "X-Unused")


def evict_the_oldest_link(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(links_module, "secrets", SimpleNamespace(
        token_hex=secrets.token_hex, choice=lambda links: links[0]))  # fmt: skip


def close_the_oldest_connection(patch: pytest.MonkeyPatch) -> None:
    def add(self: Connections, new: Connection) -> None:
        while len(self._unauthenticated) >= connections_module.MAX_UNAUTHENTICATED:
            oldest = next(iter(self._unauthenticated))
            self.discard(oldest)
            oldest.abort()
        self._unauthenticated[new] = None

    patch.setattr(Connections, "add", add)


def count_windows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Connection, "mark_authenticated", lambda self: None)


def decompress_bodies(patch: pytest.MonkeyPatch) -> None:
    original = Connection.__init__

    def init(self: Connection, *arguments: Any, **options: Any) -> None:
        original(self, *arguments, **options | {"auto_decompress": True})

    patch.setattr(Connection, "__init__", init)


def compress_links(patch: pytest.MonkeyPatch) -> None:
    original = web.WebSocketResponse.__init__

    def init(self: Any, **options: Any) -> None:
        original(self, **options | {"compress": True})

    patch.setattr(web.WebSocketResponse, "__init__", init)


def send_without_limit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(WebSocket, "_write", lambda self, frame: self._transport.write(frame))


def before_each_event(change: Callable[[Any, Any, Any], None]) -> Remove:
    """Return a patch that calls ``change`` before the runtime handles each event."""
    original = Runtime._receive_event

    def remove(patch: pytest.MonkeyPatch) -> None:
        def event(self: Runtime, window: Any, message: Any) -> None:
            change(self, window, message)
            original(self, window, message)

        patch.setattr(Runtime, "_receive_event", event)

    return remove


def set_the_shown_document(runtime: Any, window: Any, message: Any) -> None:
    if (instance := runtime._attached.get(window)) is not None:
        message.document = instance.id


def forget_received_events(runtime: Any, window: Any, message: Any) -> None:
    window.last_event_received = 0


GUARDS = [
    GuardCase("T11", "the size of a proof is limited", replaces(links_module, "UNPROVEN_SIZE", 10**12),
              "test_t11_exhaustion.py::test_unauthenticated_link_is_closed_after_few_bytes", {"size": 1_000_000}),
    GuardCase("T11", "idle connections are closed",
              replaces(Connection, "_process_keepalive", lambda self: None),
              "test_t11_exhaustion.py::test_idle_connection_is_closed"),
    GuardCase("T11", "slow requests are closed", replaces(Connection, "_process_keepalive", lambda self: None),
              "test_t11_exhaustion.py::test_slow_request_is_closed"),
    GuardCase("T11", "stalled bodies are closed", replaces(Connection, "watch_body", lambda self, request: None),
              "test_t11_exhaustion.py::test_stalled_request_body_is_closed"),
    GuardCase("T11", "the size of a head is limited", replaces(connections_module, "HEAD_SIZE", 10**12),
              "test_t11_exhaustion.py::test_endless_head_is_dropped"),
    GuardCase("T11", "connections are limited", allow_any_number_of_connections, "test_t11_exhaustion.py::test_number_of_unauthenticated_connections_is_limited"),
    GuardCase("T11", "connections count before the handshake", count_after_the_tls_handshake,
              "test_remote.py::test_silent_connections_count_before_their_tls_handshake"),
    GuardCase("T11", "idle connections are closed first", close_the_oldest_connection, "test_t11_exhaustion.py::test_connection_without_a_request_is_closed_first"),
    GuardCase("T11", "windows are not counted", count_windows,
              "test_t11_exhaustion.py::test_windows_do_not_count_as_unauthenticated_connections"),
    GuardCase("T11", "many cookies are accepted", replaces(connections_module, "FIELD_SIZE", 32_768),
              "test_t11_exhaustion.py::test_head_with_many_cookies_is_accepted"),
    GuardCase("T11", "refusals have our headers",
              replaces(Connection, "handle_error", web.RequestHandler.handle_error),
              "test_t11_exhaustion.py::test_response_to_a_malformed_request_has_the_security_headers"),
    GuardCase("T11", "the log is not filled", replaces(log_limit_module, "WARNINGS", 10**9),
              "test_t11_exhaustion.py::test_broken_links_do_not_fill_the_log"),
    GuardCase("T11", "script errors do not fill the log", replaces(log_limit_module, "WARNINGS", 10**9),
              "test_t11_exhaustion.py::test_script_errors_do_not_fill_the_log"),
    GuardCase("T11", "links with subprotocols are refused", accept_subprotocols,
              "test_t11_exhaustion.py::test_link_with_subprotocol_logs_nothing"),
    GuardCase("T11", "log lines cannot be forged", replaces(OneEntryFormatter, "format", logging.Formatter.format),
              "test_t11_exhaustion.py::test_text_with_line_breaks_is_one_log_entry"),
    GuardCase("T11", "evicted links may retry", replaces(links_module, "TRY_AGAIN", links_module.REFUSED),
              "test_t1_tickets.py::test_link_closed_in_favour_of_a_newer_one_may_reconnect"),
    GuardCase("T11", "a random link is evicted", evict_the_oldest_link,
              "test_t1_tickets.py::test_slow_page_connects_during_a_flood_of_links"),
    GuardCase("T11", "bodies are not decompressed", decompress_bodies,
              "test_t11_exhaustion.py::test_bodies_are_not_decompressed"),
    GuardCase("T11", "links are not compressed", compress_links, "test_t11_exhaustion.py::test_link_is_not_compressed"),
    GuardCase("T11", "the size of a message is limited", replaces(websocket_module, "MAX_MESSAGE", 10**12),
              "test_t11_exhaustion.py::test_too_large_message_closes_the_link"),
    GuardCase("T11", "the rate of messages is limited", replaces(Pace, "over", lambda self, size, spent=0.0: None),
              "test_t11_exhaustion.py::test_link_above_the_maximum_rate_is_delayed"),
    GuardCase("T11", "expensive messages count as several", replaces(websocket_module, "TIME_SHARE", 1e9),
              "test_t11_exhaustion.py::test_link_is_delayed_by_the_time_that_its_messages_take"),
    GuardCase("T11", "waiting handlers are limited", replaces(Activities, "__len__", lambda self: 0),
              "test_t11_exhaustion.py::test_events_of_a_hanging_view_are_limited"),
    GuardCase("T11", "unsent data is limited", send_without_limit,
              "test_t11_exhaustion.py::test_unsent_bytes_are_limited"),
    GuardCase("T11", "uploads end with the view", replaces(Bucket, "closed", False),
              "test_t11_exhaustion.py::test_unfinished_upload_is_aborted_when_its_view_ends"),
    GuardCase("T12", "undeclared events are refused", replaces(Element, "listens_to", lambda self, name: True),
              "test_t12_events.py::test_undeclared_event_of_any_node_is_lost"),
    GuardCase("T12", "the event must be of the shown view", before_each_event(set_the_shown_document),
              "test_t12_events.py::test_event_for_a_node_of_another_view_is_lost", {"kind": "another view"}),
    GuardCase("T12", "the event must be of the owner's view", before_each_event(set_the_shown_document),
              "test_t12_events.py::test_event_for_a_node_of_another_view_is_lost", {"kind": "another owner's"}),
    GuardCase("T12", "an event is handled once", before_each_event(forget_received_events),
              "test_t12_events.py::test_event_with_the_same_number_is_handled_once"),
]  # fmt: skip
