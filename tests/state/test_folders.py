"""`Folders`: the paths on this system and with EVERVIEW_HOME."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import platformdirs
import pytest

from everview.errors import StateError
from everview.state.folders import Folders, open_private, private_folder


@pytest.fixture(autouse=True)
def own_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A home folder for the test. These tests must not touch the real one."""
    for name in ("EVERVIEW_HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    (tmp_path / "person").mkdir()


def mode(path: Path) -> str:
    return stat.filemode(os.lstat(path).st_mode)


def test_all_folders_are_below_everview_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVERVIEW_HOME", str(tmp_path / "home"))
    folders = Folders("app")
    assert folders.state == tmp_path / "home/app/state"
    assert folders.logs == tmp_path / "home/app/logs"
    assert folders.runtime == tmp_path / "home/app/run"
    assert {mode(p) for p in (tmp_path / "home").rglob("*")} == {"drwx------"}
    assert list((tmp_path / "person").iterdir()) == []


@pytest.mark.parametrize("error", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_file_that_cannot_be_written_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    def refuse(*arguments: object) -> int:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StateError, match="set EVERVIEW_HOME to a folder") as raised:
        open_private(tmp_path / "lock", os.O_RDWR)
    monkeypatch.undo()
    assert os.strerror(error) in str(raised.value)
    assert "link" not in str(raised.value)


def test_everview_home_may_be_relative_or_start_with_a_tilde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVERVIEW_HOME", "here")
    folders = Folders("app")
    monkeypatch.chdir("/")
    assert folders.state == tmp_path / "here/app/state"
    monkeypatch.setenv("EVERVIEW_HOME", "~/there")
    assert Folders("app").state == tmp_path / "person/there/app/state"


def test_empty_everview_home_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVERVIEW_HOME", "")
    assert Folders("app").state == Path(platformdirs.user_state_dir("everview", False)) / "app"


def test_home_with_other_files_is_not_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user may choose a home folder that already contains other files.

    Everview changes only its own subfolders.
    """
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o755)
    (home / "mine").write_text("mine")
    monkeypatch.setenv("EVERVIEW_HOME", str(home))
    assert mode(Folders("app").state) == "drwx------"
    assert mode(home) == "drwxr-xr-x"
    assert (home / "mine").read_text() == "mine"


def test_folders_of_the_system_are_used_without_everview_home(tmp_path: Path) -> None:
    folders = Folders("app")
    state = Path(platformdirs.user_state_dir("everview", False))
    assert folders.state == state / "app"
    assert folders.logs == Path(platformdirs.user_log_dir("everview", False)) / "app"
    assert str(folders.state).startswith(str(tmp_path))
    assert mode(state) == mode(state / "app") == mode(folders.logs) == "drwx------"


def test_runtime_folder_of_the_system_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system removes its runtime folder at the end of the session.

    The runtime folder is never on a network drive, where locks fail.
    """
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    (tmp_path / "run").mkdir(mode=0o700)
    assert Folders("app").runtime == tmp_path / "run/everview/app"
    assert mode(tmp_path / "run/everview") == mode(tmp_path / "run/everview/app") == "drwx------"


@pytest.mark.parametrize("value", [None, ""])
def test_runtime_folder_is_below_the_state_folder_if_the_system_has_none(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    """A folder such as /tmp/runtime-1000 is not used, because any account could create it first."""
    if value is not None:
        monkeypatch.setenv("XDG_RUNTIME_DIR", value)
    folders = Folders("app")
    assert folders.runtime == folders.state / "run"
    assert mode(folders.runtime) == "drwx------"


def test_everview_home_contains_the_runtime_folder_even_if_the_system_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes with different XDG_RUNTIME_DIR must not share one state folder."""
    monkeypatch.setenv("EVERVIEW_HOME", str(tmp_path / "home"))
    without = Folders("app").runtime
    (tmp_path / "system").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "system"))
    assert Folders("app").runtime == without == tmp_path / "home/app/run"
    assert list((tmp_path / "system").iterdir()) == []


def test_two_apps_have_different_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVERVIEW_HOME", str(tmp_path))
    assert Folders("one").state != Folders("two").state


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", "/etc", "a b", "A", "ä", "-x", "a\0b", "a\n", "x" * 62]
)
def test_invalid_name_of_an_app_is_refused(name: str) -> None:
    with pytest.raises(StateError, match="cannot be the name"):
        Folders(name)


def test_home_that_is_a_file_is_refused_with_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an earlier version a file as home printed a FileExistsError with a traceback."""
    (tmp_path / "file").write_text("mine")
    for home in ("file", "file/below"):
        monkeypatch.setenv("EVERVIEW_HOME", str(tmp_path / home))
        with pytest.raises(StateError, match=str(tmp_path / home)):
            Folders("app").state  # noqa: B018  (reading it creates it)


def test_unusable_runtime_folder_is_not_replaced_by_one_in_tmp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package platformdirs would use /tmp/runtime-1000 instead and print a warning."""
    (tmp_path / "file").write_text("mine")
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    for given in (tmp_path / "file", tmp_path / "none", "relative", tmp_path / "open"):
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(given))
        folders = Folders("app")
        assert folders.runtime == folders.state / "run"
    assert not (tmp_path / "none").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can change the owner of a folder")
def test_runtime_folder_of_another_account_is_refused_with_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another account has created the folder "everview" in the runtime folder first."""
    run = tmp_path / "run"
    run.mkdir(mode=0o700)
    (run / "everview").mkdir(mode=0o700)
    os.chown(run / "everview", 65534, 65534)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(run))
    with pytest.raises(StateError, match=str(run / "everview")):
        Folders("app").runtime  # noqa: B018


def test_private_folder_that_exists_is_returned(tmp_path: Path) -> None:
    assert private_folder(tmp_path / "x") == private_folder(tmp_path / "x")


def test_private_file_is_opened_with_its_content(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"one")
    descriptor = open_private(path, os.O_WRONLY | os.O_APPEND)
    try:
        assert os.get_blocking(descriptor)
        os.write(descriptor, b"two")
    finally:
        os.close(descriptor)
    assert path.read_bytes() == b"onetwo"


def test_file_that_cannot_be_opened_is_named_in_the_error(tmp_path: Path) -> None:
    with pytest.raises(StateError, match=str(tmp_path / "none" / "x")):
        open_private(tmp_path / "none" / "x", os.O_WRONLY)
