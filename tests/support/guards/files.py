"""Guards of files, transfers, the control channel and the database (T7, T9, T13, T14)."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from everview.application import control as control_module
from everview.application import logs as logs_module
from everview.runtime.transfers import buckets as buckets_module
from everview.runtime.transfers import tickets as tickets_module
from everview.runtime.transfers.transfers import HTTP_PREFIX, Transfers
from everview.server.http import replies as replies_module
from everview.server.http.transfers import TransferRoutes
from everview.server.http.uploads import FileStore
from everview.state import database as database_module
from everview.state import folders as folders_module
from everview.state import instance_lock as instance_lock_module
from everview.state import schema as schema_module
from tests.support.guards.access import keep_used_tickets
from tests.support.guards.case import GuardCase, replaces


def follow_links_to_folders(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(folders_module, "os", SimpleNamespace(**{**vars(os), "lstat": os.stat}))


def accept_any_owner(patch: pytest.MonkeyPatch) -> None:
    class AnyUser(int):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = int.__hash__

        def __ne__(self, other: object) -> bool:
            return False

    patch.setattr(folders_module, "os",
                  SimpleNamespace(**{**vars(os), "geteuid": lambda: AnyUser(0)}))  # fmt: skip


def accept_any_mode(patch: pytest.MonkeyPatch) -> None:
    original = os.lstat

    def lstat(path: Path) -> Any:
        found = original(path)
        mode = found.st_mode if stat.S_ISLNK(found.st_mode) else found.st_mode & ~0o077
        return SimpleNamespace(st_mode=mode, st_uid=found.st_uid)

    patch.setattr(folders_module, "os", SimpleNamespace(**{**vars(os), "lstat": lstat}))


def follow_links_to_files(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(folders_module, "os", SimpleNamespace(**{**vars(os), "O_NOFOLLOW": 0}))


def open_another_file_as_lock(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(instance_lock_module, "open_private",
                  lambda path, flags: os.open(os.devnull, os.O_RDONLY))  # fmt: skip


def accept_any_kind_of_file(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(folders_module, "stat",
                  SimpleNamespace(**{**vars(stat), "S_ISREG": lambda mode: True}))  # fmt: skip


def create_files_by_umask(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(logs_module, "open_private", lambda path, flags:
                  os.open(path, flags | os.O_CREAT, 0o666))  # fmt: skip


def create_folders_by_umask(patch: pytest.MonkeyPatch) -> None:
    def make(path: Path) -> Path:
        path.mkdir(exist_ok=True)
        return path

    patch.setattr(folders_module, "private_folder", make)


def create_the_home_by_umask(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(folders_module, "_make_outer",
                  lambda path: path.mkdir(parents=True, exist_ok=True))  # fmt: skip


def leave_the_mode_of_old_files(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(folders_module, "os",
                  SimpleNamespace(**{**vars(os), "fchmod": lambda descriptor, mode: None}))  # fmt: skip


def use_file_names_unchanged(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(buckets_module, "safe_name", lambda name: name or "file")


def use_fixed_paths(patch: pytest.MonkeyPatch) -> None:
    original = FileStore.new_path

    def named(self: FileStore) -> Path:
        return original(self).with_name("upload.txt")

    patch.setattr(FileStore, "new_path", named)


def accept_any_bucket_token(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Transfers, "bucket", lambda self, token: next(iter(self._buckets.values()), None))


def accept_a_ticket_for_any_url(patch: pytest.MonkeyPatch) -> None:
    original = TransferRoutes._answer

    async def of_any(self: Any, request: Any) -> Any:
        ticket = request.match_info["ticket"]
        found = self._runtime.transfers._answers._tickets.get(tickets_module._digest(ticket))
        if found is not None:
            prefix = HTTP_PREFIX + ticket
            found[1].url = request.raw_path.removeprefix(prefix)
        return await original(self, request)

    patch.setattr(TransferRoutes, "_answer", of_any)


def send_no_sandbox(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(replies_module, "INERT", ("text/html",))


def accept_any_row(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(schema_module, "checkpoint_of_row", lambda row: schema_module.Checkpoint(*row))


def accept_any_version(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(schema_module, "check", lambda connection: None)


def delete_a_damaged_database(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(database_module.Database, "_rename", lambda self, error: self.path.unlink())



def create_the_socket_by_umask(patch: pytest.MonkeyPatch) -> None:
    chmod = Path.chmod

    def only_folders(self: Path, mode: int, **options: Any) -> None:
        if self.name != "control":
            chmod(self, mode, **options)

    patch.setattr(Path, "chmod", only_folders)


GUARDS = [
    GuardCase("T7", "linked folders are refused", follow_links_to_folders,
              "test_t7_files.py::test_unsafe_folder_is_refused_with_its_path", {"make_unsafe": "linked", "name": "everview/logs"}),
    GuardCase("T7", "foreign folders are refused", accept_any_owner,
              "test_t7_files.py::test_unsafe_folder_is_refused_with_its_path", {"make_unsafe": "foreign", "name": "everview/logs"}),
    GuardCase("T7", "writable folders are refused", accept_any_mode,
              "test_t7_files.py::test_unsafe_folder_is_refused_with_its_path", {"make_unsafe": "writable_by_others", "name": "everview/logs"}),
    GuardCase("T7", "linked files are refused", follow_links_to_files,
              "test_t7_files.py::test_unsafe_file_is_refused_with_its_path", {"make_unsafe": "file_link", "name": "logs/everview.log"}),
    GuardCase("T7", "a linked lock is refused", open_another_file_as_lock,
              "test_t7_files.py::test_unsafe_file_is_refused_with_its_path",
              {"make_unsafe": "file_link", "name": "run/lock"}),
    GuardCase("T7", "foreign files are refused", accept_any_owner,
              "test_t7_files.py::test_unsafe_file_is_refused_with_its_path", {"make_unsafe": "foreign_file", "name": "logs/everview.log"}),
    GuardCase("T7", "pipes are refused", accept_any_kind_of_file,
              "test_t7_files.py::test_pipe_with_a_reader_is_refused"),
    GuardCase("T7", "files are 0600", create_files_by_umask, "test_t7_files.py::test_rotated_logs_are_private"),
    GuardCase("T7", "old files are made 0600", leave_the_mode_of_old_files,
              "test_t7_files.py::test_opened_file_is_private_with_any_umask", {"umask": 0}),
    GuardCase("T7", "folders are 0700", create_folders_by_umask, "test_t7_files.py::test_rotated_logs_are_private"),
    GuardCase("T7", "the created home is 0700", create_the_home_by_umask,
              "test_t7_files.py::test_home_folder_is_created_private_with_any_umask"),
    GuardCase("T9", "the peer's account is checked", replaces(control_module, "_is_own", lambda connection: True),
              "test_t9_control.py::test_other_account_that_reaches_the_socket_gets_no_answer"),
    GuardCase("T9", "the peer's account is checked (not root)",
              replaces(control_module, "_is_own", lambda connection: True),
              "test_t9_control.py::test_peer_of_another_uid_gets_no_answer"),
    GuardCase("T9", "the listener's account is checked",
              replaces(control_module, "_is_own", lambda connection: True),
              "test_t9_control.py::test_command_is_not_sent_to_another_account"),
    GuardCase("T9", "the socket is 0600", create_the_socket_by_umask,
              "test_t9_control.py::test_other_account_cannot_connect_to_the_socket"),
    GuardCase("T9", "commands are checked", replaces(control_module, "_decoder", msgspec.json.Decoder()),
              "test_t9_control.py::test_malformed_and_unknown_commands_are_refused"),
    GuardCase("T9", "the length of a line is limited", replaces(control_module, "MAX_LINE", 10**9),
              "test_t9_control.py::test_line_that_is_too_long_is_not_read", {"end": b"\n"}),
    GuardCase("T9", "connections are limited", replaces(control_module, "AT_ONCE", 10**6),
              "test_t9_control.py::test_idle_connections_are_limited"),
    GuardCase("T13", "file names are made safe", use_file_names_unchanged,
              "test_t13_paths.py::test_upload_name_with_path_is_stored_under_random_name"),
    GuardCase("T13", "paths are random", use_fixed_paths,
              "test_t13_paths.py::test_upload_name_with_path_is_stored_under_random_name"),
    GuardCase("T13", "the token of a bucket is checked", accept_any_bucket_token,
              "test_t13_paths.py::test_upload_with_wrong_token_is_refused"),
    GuardCase("T13", "an answer is served once", keep_used_tickets, "test_t13_paths.py::test_response_requested_twice_is_served_once"),
    GuardCase("T13", "a ticket is valid for one URL", accept_a_ticket_for_any_url,
              "test_t13_paths.py::test_response_ticket_for_another_url_is_refused"),
    GuardCase("T13", "a download is served once", keep_used_tickets, "test_t13_paths.py::test_download_requested_twice_is_served_once"),
    GuardCase("T13", "answers are sandboxed", send_no_sandbox,
              "test_t13_paths.py::test_html_response_has_a_sandbox_policy"),
    GuardCase("T14", "stored values must be JSON", accept_any_row,
              "test_t14_state.py::test_data_that_is_not_json_is_refused"),
    GuardCase("T14", "stored URLs must be paths", accept_any_row,
              "test_t14_state.py::test_url_that_is_not_a_path_is_refused"),
    GuardCase("T14", "a damaged database is moved away", delete_a_damaged_database,
              "test_t14_state.py::test_file_that_is_not_a_database_is_renamed"),
    GuardCase("T14", "the version is checked", accept_any_version,
              "test_t14_state.py::test_database_of_a_newer_version_is_renamed_unchanged"),
]  # fmt: skip
