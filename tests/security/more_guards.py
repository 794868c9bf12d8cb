"""The guards of T4, T8, T9, T11 and T12, as `guards` has the others."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from everview.application import control as control_module
from everview.html.elements import parse as parse_module
from everview.html.tree import safety as safety_module
from everview.html.tree.element import Element
from everview.runtime.execution.activities import Activities
from everview.runtime.instances import page as page_module
from everview.runtime.routing import responses as responses_module
from everview.runtime.runtime import Runtime
from everview.runtime.transfers.buckets import Bucket
from everview.server.access import connections as connections_module
from everview.server.access import guard as guard_module
from everview.server.access.connections import Connection, Connections
from everview.server.links import links as links_module
from everview.server.links import websocket as websocket_module
from everview.server.links.websocket import Pace, WebSocket
from tests.security import test_t4_browser as t4_browser
from tests.security import test_t4_hostile_text as t4
from tests.security import test_t8_reconnect as t8
from tests.security import test_t9_control as t9
from tests.security import test_t11_exhaustion as t11
from tests.security import test_t12_events as t12
from tests.support.guard_case import GuardCase, Patch, page_has

Remove = Callable[[Patch], None]


def sets(target: Any, name: str, value: Any) -> Remove:
    """Something in its place that guards nothing."""
    return lambda patch: patch.setattr(target, name, value)


# T4 ---------------------------------------------------------------------------------------------


def attributes_as_they_come(patch: Patch) -> None:
    for module in (sys.modules["everview.html.tree.element"], parse_module):
        patch.setattr(module, "check_attribute", lambda name, value, tag="": value)


def any_place(patch: Patch) -> None:
    for module in (responses_module, page_module):
        patch.setattr(module, "is_inside", lambda url: True)


# T9 ---------------------------------------------------------------------------------------------


def socket_by_umask(patch: Patch) -> None:
    chmod = Path.chmod

    def only_folders(self: Path, mode: int, **options: Any) -> None:
        if self.name != "control":
            chmod(self, mode, **options)

    patch.setattr(Path, "chmod", only_folders)


# T11 --------------------------------------------------------------------------------------------


def any_number_of_connections(patch: Patch) -> None:
    patch.setattr(Connections, "add", lambda self, new: self._open.__setitem__(new, None))


def oldest_goes(patch: Patch) -> None:
    def add(self: Connections, new: Connection) -> None:
        while len(self._open) >= connections_module.KEPT:
            oldest = next(iter(self._open))
            self.forget(oldest)
            oldest.abort()
        self._open[new] = None

    patch.setattr(Connections, "add", add)


def windows_count(patch: Patch) -> None:
    def is_proven(self: Connection) -> None:
        pass

    patch.setattr(Connection, "is_proven", is_proven)


def bodies_decompressed(patch: Patch) -> None:
    original = Connection.__init__

    def init(self: Connection, *arguments: Any, **options: Any) -> None:
        original(self, *arguments, **options | {"auto_decompress": True})

    patch.setattr(Connection, "__init__", init)


def links_compressed(patch: Patch) -> None:
    original = web.WebSocketResponse.__init__

    def init(self: Any, **options: Any) -> None:
        original(self, **options | {"compress": True})

    patch.setattr(web.WebSocketResponse, "__init__", init)


def sends_without_end(patch: Patch) -> None:
    patch.setattr(WebSocket, "_write", lambda self, frame: self._transport.write(frame))


# T12 --------------------------------------------------------------------------------------------


def before_the_event(change: Callable[[Any, Any, Any], None]) -> Remove:
    """Something is made fit before the runtime looks at it."""
    original = Runtime._event

    def remove(patch: Patch) -> None:
        def event(self: Runtime, window: Any, message: Any) -> None:
            change(self, window, message)
            original(self, window, message)

        patch.setattr(Runtime, "_event", event)

    return remove


def of_what_is_shown(runtime: Any, window: Any, message: Any) -> None:
    if (instance := runtime._shown.get(window)) is not None:
        message.document = instance.id


def as_if_new(runtime: Any, window: Any, message: Any) -> None:
    window.received = 0


MORE_GUARDS = [
    GuardCase("T4", "event attributes (Python)", attributes_as_they_come,
              t4.test_an_event_attribute_is_refused_in_every_writing),
    GuardCase("T4", "schemes (Python)", sets(safety_module, "is_safe_url", lambda url: True),
              t4.test_a_scheme_that_may_run_scripts_is_refused, {"scheme": "javascript"}),
    GuardCase("T4", "unknown schemes (Python)",
              sets(safety_module, "SAFE_SCHEMES", safety_module.SAFE_SCHEMES | {"intent"}),
              t4.test_a_scheme_that_may_run_scripts_is_refused, {"scheme": "intent"}),
    GuardCase("T4", "ignored letters in schemes",
              sets(safety_module, "_IGNORED_IN_URLS", safety_module.re.compile("[^\\s\\S]")),
              t4.test_a_scheme_that_may_run_scripts_is_refused, {"scheme": "javascript"}),
    GuardCase("T4", "elements (Python)", sets(safety_module, "REFUSED_TAGS", frozenset()),
              t4.test_elements_that_run_or_load_are_refused_in_every_writing),
    GuardCase("T4", "parsed text is checked", attributes_as_they_come,
              t4.test_parsed_text_has_no_more_than_nodes_have),
    GuardCase("T4", "a redirect stays here", any_place,
              t4.test_a_view_cannot_be_made_to_lead_elsewhere, {"url": "//evil.test"}),
    GuardCase("T4", "the policy is sent",
              sets(guard_module, "_POLICY", "script-src 'self' 'unsafe-inline' {socket}"),
              t4.test_every_answer_has_the_policy),
    GuardCase("T4", "elements (page)",
              page_has("replica/tree.js", "if (REFUSED_TAGS.has(name.toLowerCase()))",
                       "if (false)"),
              t4_browser.test_the_page_refuses_hostile_frames_by_itself, {"every": 60}),
    GuardCase("T4", "attributes (page)", page_has("replica/tree.js", 'if (kind === "refused")', "if (false)"),
              t4_browser.test_the_page_refuses_hostile_frames_by_itself, {"every": 60}),
    GuardCase("T4", "schemes (page)", page_has("replica/tree.js", 'kind === "url" && !isSafeUrl(value)', "false"),
              t4_browser.test_the_page_refuses_hostile_frames_by_itself, {"every": 20}),
    GuardCase("T4", "no name hides a member (page)",
              page_has("replica/tree.js", 'kind === "name" && HIDING.has(value)', "false"),
              t4_browser.test_names_of_fields_hide_nothing_that_the_page_needs),
    GuardCase("T4", "the page stays here (page)",
              page_has("navigation/going.js", "(url) => parse(url)?.origin === location.origin", "() => true"),
              t4_browser.test_a_hostile_server_cannot_make_the_page_go_or_run),
    GuardCase("T4", "no script is opened (page)",
              page_has("navigation/leaving.js", "!/^(https?|mailto|tel):$/.test(target.protocol)", "false"),
              t4_browser.test_a_hostile_server_cannot_open_a_script),
    GuardCase("T4", "the policy holds", sets(guard_module, "_POLICY", "connect-src 'self' {socket}"),
              t4_browser.test_the_policy_keeps_back_what_slips_through),
    GuardCase("T8", "the page asks for a proof",
              page_has("replica/link.js", "isServer = theirs === message.proof;", "isServer = true;"),
              t8.test_a_page_tells_another_program_nothing, {"answer": "a made up proof"}),
    GuardCase("T8", "no welcome without a proof",
              page_has("replica/link.js", "let isServer = Boolean(this.ticket);", "let isServer = true;"),
              t8.test_a_page_tells_another_program_nothing, {"answer": "a welcome at once"}),
    GuardCase("T8", "nothing is shown before",
              page_has("replica/link.js", "if (this.live) this.receive(message, data.length);",
                       "if (this.live || message.frame) this.receive(message, data.length);"),
              t8.test_a_page_tells_another_program_nothing, {"answer": "a frame at once"}),
    GuardCase("T9", "the peer's account", sets(control_module, "_is_own", lambda connection: True),
              t9.test_another_account_that_reaches_the_socket_is_not_answered),
    GuardCase("T9", "the peer's account (not root)",
              sets(control_module, "_is_own", lambda connection: True),
              t9.test_a_peer_of_another_uid_is_not_answered),
    GuardCase("T9", "the listener's account",
              sets(control_module, "_is_own", lambda connection: True),
              t9.test_a_command_is_not_said_to_another_account),
    GuardCase("T9", "the socket is 0600", socket_by_umask,
              t9.test_another_account_does_not_reach_the_socket),
    GuardCase("T9", "commands are checked", sets(control_module, "_decoder", msgspec.json.Decoder()),
              t9.test_garbage_and_unknown_commands_are_refused),
    GuardCase("T9", "a line is short", sets(control_module, "MAX_LINE", 10**9),
              t9.test_what_is_too_long_is_not_read, {"end": b"\n"}),
    GuardCase("T9", "few connections", sets(control_module, "AT_ONCE", 10**6),
              t9.test_a_thousand_connects_are_few),
    GuardCase("T11", "a proof is short", sets(links_module, "UNPROVEN_SIZE", 10**12),
              t11.test_an_unproven_link_may_say_little, {"size": 1_000_000}),
    GuardCase("T11", "a silent connection ends",
              sets(Connection, "_process_keepalive", lambda self: None),
              t11.test_a_connection_that_asks_nothing_is_closed),
    GuardCase("T11", "a slow request ends", sets(Connection, "_process_keepalive", lambda self: None),
              t11.test_a_request_that_never_ends_is_closed),
    GuardCase("T11", "a head has an end", sets(connections_module, "HEAD_SIZE", 10**12),
              t11.test_a_head_without_end_is_dropped),
    GuardCase("T11", "few connections", any_number_of_connections, t11.test_few_connections_are_kept),
    GuardCase("T11", "the silent go first", oldest_goes, t11.test_who_asks_for_nothing_goes_first),
    GuardCase("T11", "windows are not among them", windows_count,
              t11.test_windows_are_not_among_the_few),
    GuardCase("T11", "refusals have our headers",
              sets(Connection, "handle_error", web.RequestHandler.handle_error),
              t11.test_what_is_no_request_is_refused_as_everything_is),
    GuardCase("T11", "the log is not filled", sets(links_module, "WARNINGS", 10**9),
              t11.test_broken_links_do_not_fill_the_log),
    GuardCase("T11", "bodies are not decompressed", bodies_decompressed,
              t11.test_nothing_is_decompressed),
    GuardCase("T11", "links are not compressed", links_compressed, t11.test_a_link_has_no_compression),
    GuardCase("T11", "a message has an end", sets(websocket_module, "MAX_MESSAGE", 10**12),
              t11.test_a_large_message_is_refused),
    GuardCase("T11", "a link has a pace", sets(Pace, "over", lambda self, size: None),
              t11.test_the_pace_of_a_link),
    GuardCase("T11", "few handlers wait", sets(Activities, "__len__", lambda self: 0),
              t11.test_events_of_a_view_that_hangs_do_not_pile_up),
    GuardCase("T11", "little waits to be sent", sends_without_end,
              t11.test_what_waits_to_be_sent_is_bounded),
    GuardCase("T11", "uploads end with the view", sets(Bucket, "closed", False),
              t11.test_uploads_without_an_end_are_given_up_with_their_view),
    GuardCase("T12", "a listener is declared", sets(Element, "listens_to", lambda self, name: True),
              t12.test_every_node_with_every_event),
    GuardCase("T12", "of the view that is shown", before_the_event(of_what_is_shown),
              t12.test_an_event_is_of_the_view_that_its_window_shows, {"whose": "another view"}),
    GuardCase("T12", "of the owner's own view", before_the_event(of_what_is_shown),
              t12.test_an_event_is_of_the_view_that_its_window_shows, {"whose": "another owner's"}),
    GuardCase("T12", "a number is handled once", before_the_event(as_if_new),
              t12.test_a_number_is_handled_once),
]  # fmt: skip
