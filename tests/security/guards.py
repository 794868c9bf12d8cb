"""Every guard, how to take it out, and the tests that must then fail (the others: `more_guards`).

`test_each_guard_is_needed.py` runs them. A guard is taken out of the running code with
`pytest.MonkeyPatch`, one at a time; its tests are called as the functions they are.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from everview.application import logs as logs_module
from everview.runtime.transfers import buckets as buckets_module
from everview.runtime.transfers import tickets as tickets_module
from everview.runtime.transfers.transfers import Transfers
from everview.server import server as server_module
from everview.server.access.guard import Guard
from everview.server.access.keys import Identity, Keys
from everview.server.http import http as http_module
from everview.server.http.uploads import FileStore
from everview.server.links import links as links_module
from everview.state import folders as folders_module
from everview.state import instance_lock as instance_lock_module
from everview.state import store as store_module
from tests.security import test_t1_tickets as t1
from tests.security import test_t2_origins as t2
from tests.security import test_t3_hosts as t3
from tests.security import test_t5_network as t5
from tests.security import test_t6_secrets as t6
from tests.security import test_t7_files as t7
from tests.security import test_t13_paths as t13
from tests.security import test_t14_state as t14
from tests.security.more_guards import MORE_GUARDS
from tests.support.guard_case import GuardCase, Patch, outcomes, page_has

# T1 ---------------------------------------------------------------------------------------------


def data_in_static_bytes(patch: Patch) -> None:
    original = server_module.Server._file

    async def with_data(self: Any, request: Any) -> Any:
        response = await original(self, request)
        response.body += repr(self.runtime.summaries()).encode()
        return response

    patch.setattr(server_module.Server, "_file", with_data)


def tickets_stay(patch: Patch) -> None:
    def redeem(self: Any, ticket: str) -> Any:
        expires, value = self._tickets.get(tickets_module._digest(ticket), (0.0, None))
        return value if self._clock() < expires else None

    patch.setattr(tickets_module.Tickets, "redeem", redeem)


def tickets_are_forever(patch: Patch) -> None:
    patch.setattr(tickets_module, "TICKET_LIFE", 1e9)


def any_ticket(patch: Patch) -> None:
    patch.setattr(Keys, "redeem", lambda self, ticket: Identity("owner"))


def any_proof(patch: Patch) -> None:
    patch.setattr(links_module, "hmac", SimpleNamespace(compare_digest=lambda a, b: True))


def same_side(patch: Patch) -> None:
    original = links_module.proof
    patch.setattr(links_module, "proof", lambda key, side, a, b: original(key, "", a, b))


def same_nonce(patch: Patch) -> None:
    patch.setattr(links_module, "secrets", SimpleNamespace(token_hex=lambda size: "0" * 32))


def key_without(name: str) -> Callable[[Patch], None]:
    original = Keys.window_key

    def remove(patch: Patch) -> None:
        def window_key(self: Keys, window: str, identity: Identity) -> str:
            if name == "window":
                return original(self, "", identity)
            return original(self, window, replace(identity, **{name: ""}))

        patch.setattr(Keys, "window_key", window_key)

    return remove


def same_master_key(patch: Patch) -> None:
    original = Keys.__init__

    def init(self: Keys, clock: Callable[[], float]) -> None:
        original(self, clock)
        self._master = b"\0" * 32

    patch.setattr(Keys, "__init__", init)


def server_proves_nothing(patch: Patch) -> None:
    original = links_module.proof

    def unproven(key: str, side: str, theirs: str, ours: str) -> str:
        return "0" * 64 if side == "server" else original(key, side, theirs, ours)

    patch.setattr(links_module, "proof", unproven)


def no_delay(patch: Patch) -> None:
    patch.setattr(links_module, "WRONG_DELAY", 0.0)
    patch.setattr(t1.links_module, "WRONG_FREE", 0)
    # The test reads the delay it expects from the module: keep it at what it should be.
    patch.setattr(t1, "links_module", SimpleNamespace(WRONG_DELAY=1.0, WRONG_FREE=0, REFUSED=4403))


def any_number_of_links(patch: Patch) -> None:
    kept = links_module.UNPROVEN_KEPT
    patch.setattr(links_module, "UNPROVEN_KEPT", 10**9)
    patch.setattr(t1, "links_module", SimpleNamespace(UNPROVEN_KEPT=kept, REFUSED=4403))
    patch.setattr(t1, "WRONG_PROOFS", 60)


def any_time_to_prove(patch: Patch) -> None:
    import asyncio

    @contextlib.asynccontextmanager
    async def no_timeout(seconds: float) -> Any:
        yield

    without = SimpleNamespace(**{**vars(asyncio), "timeout": no_timeout})
    patch.setattr(links_module, "asyncio", without)


def before_the_proof(patch: Patch) -> None:
    """The first message is taken for the hello, whatever it is."""

    async def receive(self: Any, socket: Any, kind: Any) -> Any:
        decoded = links_module.decode(await socket.receive())
        if not isinstance(decoded, kind):
            window = self._runtime.connect("x", "owner", "", socket)
            self._runtime.receive(window, decoded)
            return await receive(self, socket, kind)
        return decoded

    patch.setattr(links_module.Links, "_receive", receive)


def any_number_of_tickets(patch: Patch) -> None:
    patch.setattr(tickets_module, "TICKETS_KEPT", 10**9)
    patch.setattr(t1, "tickets_module", SimpleNamespace(TICKETS_KEPT=1000))


# T2, T3 -----------------------------------------------------------------------------------------


def any_origin(patch: Patch) -> None:
    patch.setattr(Guard, "socket_refusal", lambda self, origins: None)


def any_writer(patch: Patch) -> None:
    patch.setattr(Guard, "write_refusal", lambda self, origins: None)


def no_origin_needed(patch: Patch) -> None:
    original = Guard.socket_refusal
    patch.setattr(Guard, "socket_refusal", lambda self, o: original(self, o) if o else None)


def one_origin_is_enough(patch: Patch) -> None:
    original = Guard.socket_refusal
    patch.setattr(Guard, "socket_refusal", lambda self, origins: original(self, origins[:1]))


def origin_by_prefix(patch: Patch) -> None:
    def loose(self: Guard, origins: list[str]) -> str | None:
        return None if "".join(origins).startswith(self.origin) else "no"

    patch.setattr(Guard, "socket_refusal", loose)


def any_site(patch: Patch) -> None:
    original = Guard.refusal
    patch.setattr(Guard, "refusal", lambda self, target, hosts, sites:
                  original(self, target, hosts, []))  # fmt: skip


def same_site_is_enough(patch: Patch) -> None:
    original = Guard.refusal
    patch.setattr(Guard, "refusal", lambda self, target, hosts, sites:
                  original(self, target, hosts, [s for s in sites if s != "same-site"]))  # fmt: skip


def sends(name: str, value: str) -> Callable[[Patch], None]:
    """A header that must never be sent, is."""
    original = Guard.__init__

    def remove(patch: Patch) -> None:
        def init(self: Guard, *arguments: Any, **options: Any) -> None:
            original(self, *arguments, **options)
            self.headers[name] = value

        patch.setattr(Guard, "__init__", init)

    return remove


def any_host(patch: Patch) -> None:
    original = Guard.refusal
    patch.setattr(Guard, "refusal", lambda self, target, hosts, sites:
                  original(self, target, [self.authority], sites))  # fmt: skip


def no_host_needed(patch: Patch) -> None:
    original = Guard.refusal
    patch.setattr(Guard, "refusal", lambda self, target, hosts, sites:
                  original(self, target, hosts or [self.authority], sites))  # fmt: skip


def any_port(patch: Patch) -> None:
    original = Guard.refusal

    def refusal(self: Guard, target: str, hosts: list[str], sites: list[str]) -> str | None:
        own = [self.authority if host.startswith("127.0.0.1:") else host for host in hosts]
        return original(self, target, own, sites)

    patch.setattr(Guard, "refusal", refusal)


def any_target(patch: Patch) -> None:
    original = Guard.refusal
    patch.setattr(Guard, "refusal", lambda self, target, hosts, sites:
                  original(self, "/", hosts, sites))  # fmt: skip


def checked_for_pages_only(patch: Patch) -> None:
    """The check after the routing, where static files have been answered."""
    original = server_module.Server._check

    def check(self: Any, request: Any, handler: Any) -> Any:
        if request.path.startswith("/_everview/"):
            return handler(request)
        return original(self, request, handler)

    check.__middleware_version__ = 1  # type: ignore[attr-defined]  # as aiohttp's decorator
    patch.setattr(server_module.Server, "_check", check)


# T5, T6 -----------------------------------------------------------------------------------------


def all_addresses(patch: Patch) -> None:
    patch.setattr(server_module, "HOST", "0.0.0.0")  # noqa: S104  (what must never be)


def ticket_in_the_query(patch: Patch) -> None:
    """As other programs do it: the server would see it, and so would every log."""
    original = server_module.Server.address

    def address(self: Any, url: str = "/", identity: Identity | None = None) -> str:
        before, _, ticket = original(self, url, identity).partition("#")
        return f"{before}?ticket={ticket}#{ticket}"

    patch.setattr(server_module.Server, "address", address)


# T7 ---------------------------------------------------------------------------------------------


def folder_links_followed(patch: Patch) -> None:
    patch.setattr(folders_module, "os", SimpleNamespace(**{**vars(os), "lstat": os.stat}))


def any_owner(patch: Patch) -> None:
    class Anybody(int):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = int.__hash__

        def __ne__(self, other: object) -> bool:
            return False

    patch.setattr(folders_module, "os",
                  SimpleNamespace(**{**vars(os), "geteuid": lambda: Anybody(0)}))  # fmt: skip


def anybody_may_write(patch: Patch) -> None:
    original = os.lstat

    def lstat(path: Path) -> Any:
        found = original(path)
        mode = found.st_mode if stat.S_ISLNK(found.st_mode) else found.st_mode & ~0o077
        return SimpleNamespace(st_mode=mode, st_uid=found.st_uid)

    patch.setattr(folders_module, "os", SimpleNamespace(**{**vars(os), "lstat": lstat}))


def file_links_followed(patch: Patch) -> None:
    patch.setattr(folders_module, "os", SimpleNamespace(**{**vars(os), "O_NOFOLLOW": 0}))


def lock_not_looked_at(patch: Patch) -> None:
    patch.setattr(instance_lock_module, "open_private",
                  lambda path, flags: os.open(os.devnull, os.O_RDONLY))  # fmt: skip


def no_kind_of_file_checked(patch: Patch) -> None:
    patch.setattr(folders_module, "stat",
                  SimpleNamespace(**{**vars(stat), "S_ISREG": lambda mode: True}))  # fmt: skip


def files_by_umask(patch: Patch) -> None:
    patch.setattr(logs_module, "open_private", lambda path, flags:
                  os.open(path, flags | os.O_CREAT, 0o666))  # fmt: skip


def folders_by_umask(patch: Patch) -> None:
    def make(path: Path) -> Path:
        path.mkdir(exist_ok=True)
        return path

    patch.setattr(folders_module, "private_folder", make)


def home_by_umask(patch: Patch) -> None:
    patch.setattr(folders_module, "_make_outer",
                  lambda path: path.mkdir(parents=True, exist_ok=True))  # fmt: skip


def old_files_as_they_are(patch: Patch) -> None:
    patch.setattr(folders_module, "os",
                  SimpleNamespace(**{**vars(os), "fchmod": lambda descriptor, mode: None}))  # fmt: skip


# T13, T14 -----------------------------------------------------------------------------------------


def names_as_they_come(patch: Patch) -> None:
    patch.setattr(buckets_module, "safe_name", lambda name: name or "file")


def paths_by_name(patch: Patch) -> None:
    original = FileStore.new_path

    def named(self: FileStore) -> Path:
        return original(self).with_name("upload.txt")

    patch.setattr(FileStore, "new_path", named)


def any_bucket(patch: Patch) -> None:
    patch.setattr(Transfers, "bucket", lambda self, token: next(iter(self._buckets.values()), None))


def rights_stay(patch: Patch) -> None:
    tickets_stay(patch)


def rights_to_any_url(patch: Patch) -> None:
    original = http_module.Http._answer

    async def of_any(self: Any, request: Any) -> Any:
        ticket = request.match_info["ticket"]
        found = self._runtime.transfers._answers._tickets.get(tickets_module._digest(ticket))
        if found is not None:
            prefix = http_module.HTTP_PREFIX + ticket
            found[1].url = request.raw_path.removeprefix(prefix)
        return await original(self, request)

    patch.setattr(http_module.Http, "_answer", of_any)


def no_sandbox(patch: Patch) -> None:
    patch.setattr(http_module, "INERT", ("text/html",))


def rows_as_they_are(patch: Patch) -> None:
    patch.setattr(store_module, "_checked", lambda row: store_module.Checkpoint(*row))


def versions_as_they_are(patch: Patch) -> None:
    patch.setattr(store_module, "_check", lambda database: None)


def nothing_set_aside(patch: Patch) -> None:
    patch.setattr(store_module.Store, "_set_aside", lambda self, error: self.path.unlink())


def _folder(spoil: Callable[..., None]) -> dict[str, Any]:
    return {"spoil": spoil, "name": "everview/logs"}


def _file(spoil: Callable[..., None], name: str = "logs/everview.log") -> dict[str, Any]:
    return {"spoil": spoil, "name": name}


GUARDS = [
    GuardCase("T1", "static bytes have no data", data_in_static_bytes,
              t1.test_every_route_is_the_same_page_without_data),
    GuardCase("T1", "a ticket is used once", tickets_stay, t1.test_a_used_ticket_is_refused),
    GuardCase("T1", "a ticket expires", tickets_are_forever, t1.test_an_expired_ticket_is_refused,
              {"age": 1000.0}),
    GuardCase("T1", "a ticket is known", any_ticket, t1.test_a_made_up_ticket_is_refused,
              {"ticket": "x"}),
    GuardCase("T1", "a ticket is of this server", any_ticket,
              t1.test_a_ticket_of_another_server_is_refused),
    GuardCase("T1", "few tickets are kept", any_number_of_tickets, t1.test_few_tickets_are_kept),
    GuardCase("T1", "the proof is compared", any_proof, t1.test_a_wrong_proof_is_refused,
              {"wrong": "0" * 64}),
    GuardCase("T1", "a proof names its side", same_side,
              t1.test_the_servers_own_proof_is_no_proof),
    GuardCase("T1", "a nonce is new", same_nonce, t1.test_a_replayed_proof_is_refused),
    GuardCase("T1", "a key is of a window", key_without("window"),
              t1.test_a_key_is_of_one_window_user_and_label, {"name": "window"}),
    GuardCase("T1", "a key is of a user", key_without("user"),
              t1.test_a_key_is_of_one_window_user_and_label, {"name": "user"}),
    GuardCase("T1", "a key is of a label", key_without("label"),
              t1.test_a_key_is_of_one_window_user_and_label, {"name": "label"}),
    GuardCase("T1", "a key is of one start", same_master_key, t1.test_a_key_is_of_one_start),
    GuardCase("T1", "the server proves itself", server_proves_nothing,
              t1.test_the_server_proves_itself_first),
    GuardCase("T1", "the proof comes first", before_the_proof,
              t1.test_what_comes_before_the_proof_is_not_looked_at),
    GuardCase("T1", "wrong proofs are delayed", no_delay, t1.test_wrong_proofs_are_throttled),
    GuardCase("T1", "few unproven links", any_number_of_links,
              t1.test_idle_links_keep_no_window_out),
    GuardCase("T1", "few refused links", any_number_of_links,
              t1.test_many_wrong_proofs_cost_little_and_keep_nobody_out),
    GuardCase("T1", "a time to prove", any_time_to_prove,
              t1.test_a_link_that_proves_nothing_is_closed),
    GuardCase("T2", "the Origin is compared", any_origin,
              t2.test_a_socket_of_another_origin_is_refused, {"origins": ["http://evil.test"]}),
    GuardCase("T2", "an Origin is needed", no_origin_needed,
              t2.test_a_socket_of_another_origin_is_refused, {"origins": []}),
    GuardCase("T2", "one Origin only", one_origin_is_enough,
              t2.test_a_socket_of_another_origin_is_refused,
              {"origins": ["http://127.0.0.1:OWN", "http://evil.test"]}),
    GuardCase("T2", "the whole Origin", origin_by_prefix,
              t2.test_a_socket_of_another_origin_is_refused,
              {"origins": ["http://127.0.0.1:OWN.evil.test"]}),
    GuardCase("T2", "the Origin of writes", any_writer,
              t2.test_a_write_of_another_origin_is_refused_before_the_apps_own_routes),
    GuardCase("T2", "Sec-Fetch-Site is checked", any_site, t2.test_sec_fetch_site,
              {"sites": ["cross-site"], "answered": False}),
    GuardCase("T2", "another port is another site", same_site_is_enough,
              t2.test_another_port_of_this_machine_is_another_origin),
    GuardCase("T2", "no CORS header", sends("Access-Control-Allow-Origin", "*"),
              t2.test_no_answer_has_a_cookie_or_lets_another_origin_read),
    GuardCase("T2", "no cookie", sends("Set-Cookie", "key=1"),
              t2.test_no_answer_has_a_cookie_or_lets_another_origin_read),
    GuardCase("T3", "the Host is compared", any_host, t3.test_another_host_is_refused,
              {"hosts": ["evil.test:OWN"]}),
    GuardCase("T3", "the Host's port is compared", any_port, t3.test_another_host_is_refused,
              {"hosts": ["127.0.0.1:OTHER"]}),
    GuardCase("T3", "a Host is needed", no_host_needed, t3.test_without_a_host_nothing_is_answered,
              {"version": "1.0"}),
    GuardCase("T3", "the target is a path", any_target,
              t3.test_a_target_that_names_a_host_is_refused,
              {"target": "http://evil.test/", "host": "127.0.0.1:OWN"}),
    GuardCase("T3", "for static files too", checked_for_pages_only,
              t3.test_another_host_is_refused, {"hosts": ["evil.test:OWN"]}),
    GuardCase("T5", "127.0.0.1 only: bound", all_addresses,
              t5.test_the_socket_is_bound_to_one_address),
    GuardCase("T5", "127.0.0.1 only: reached", all_addresses,
              t5.test_another_address_of_this_machine_is_refused),
    GuardCase("T6", "the fragment is cleared", page_has("replica/link.js", "history.replaceState", "void "),
              t6.test_the_page_forgets_its_ticket),
    GuardCase("T6", "no ticket in a query", ticket_in_the_query,
              t6.test_the_ticket_is_never_sent_in_a_request),
    GuardCase("T7", "no linked folder", folder_links_followed,
              t7.test_a_bad_folder_is_refused_with_its_path, _folder(t7.linked)),
    GuardCase("T7", "no foreign folder", any_owner,
              t7.test_a_bad_folder_is_refused_with_its_path, _folder(t7.foreign)),
    GuardCase("T7", "no writable folder", anybody_may_write,
              t7.test_a_bad_folder_is_refused_with_its_path, _folder(t7.writable_by_others)),
    GuardCase("T7", "no linked file", file_links_followed,
              t7.test_a_bad_file_is_refused_with_its_path, _file(t7.file_link)),
    GuardCase("T7", "no linked lock", lock_not_looked_at,
              t7.test_a_bad_file_is_refused_with_its_path,
              _file(t7.file_link, "run/lock")),
    GuardCase("T7", "no foreign file", any_owner,
              t7.test_a_bad_file_is_refused_with_its_path, _file(t7.foreign_file)),
    GuardCase("T7", "no pipe", no_kind_of_file_checked,
              t7.test_a_pipe_that_somebody_reads_is_refused),
    GuardCase("T7", "files are 0600", files_by_umask, t7.test_a_rotated_log_is_private),
    GuardCase("T7", "old files are made 0600", old_files_as_they_are,
              t7.test_a_file_is_private_from_its_creation, {"umask": 0}),
    GuardCase("T7", "folders are 0700", folders_by_umask, t7.test_a_rotated_log_is_private),
    GuardCase("T7", "the home is 0700", home_by_umask,
              t7.test_a_home_that_we_make_is_private_under_any_umask),
    GuardCase("T13", "names are made safe", names_as_they_come,
              t13.test_an_uploaded_files_name_is_no_path),
    GuardCase("T13", "paths are random", paths_by_name,
              t13.test_an_uploaded_files_name_is_no_path),
    GuardCase("T13", "a bucket has a token", any_bucket,
              t13.test_an_upload_needs_its_buckets_token),
    GuardCase("T13", "an answer is given once", rights_stay, t13.test_an_answer_is_given_once),
    GuardCase("T13", "a right is of one URL", rights_to_any_url,
              t13.test_a_right_to_an_answer_is_of_one_url),
    GuardCase("T13", "a download is given once", rights_stay, t13.test_a_download_is_given_once),
    GuardCase("T13", "answers are sandboxed", no_sandbox,
              t13.test_an_answer_that_could_run_scripts_is_of_no_origin),
    GuardCase("T14", "what is stored is JSON", rows_as_they_are,
              t14.test_what_is_no_json_is_not_taken),
    GuardCase("T14", "what is stored is a path", rows_as_they_are,
              t14.test_a_url_that_is_no_path_is_not_taken),
    GuardCase("T14", "damage is set aside", nothing_set_aside,
              t14.test_what_is_no_database_is_set_aside),
    GuardCase("T14", "a version is checked", versions_as_they_are,
              t14.test_a_newer_apps_database_is_left_as_it_is),
    *MORE_GUARDS,
]  # fmt: skip


def table() -> list[str]:
    """Which guard, which test, how that failed without the guard."""
    return [f"{case.threat:<4} {case.guard:<34}{case.test.__name__[5:]:<70}"
            f"{outcomes.get(str(case), 'not run')}" for case in GUARDS]  # fmt: skip


@contextlib.contextmanager
def without(case: GuardCase) -> Iterator[None]:
    """The code without the guard."""
    with pytest.MonkeyPatch.context() as patch:
        # What never comes without the guard need not be waited for long: waiting is failing.
        patch.setattr("tests.support.server.PATIENCE", 1.5)
        case.remove(patch)
        yield
