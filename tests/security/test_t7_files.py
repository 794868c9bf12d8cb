"""T7: only the owner can read or replace the files of the app."""

from __future__ import annotations

import logging
import os
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from everview.application.logs import LOGGERS, PrivateFileHandler, start_logging
from everview.errors import StateError
from everview.state.folders import Folders, open_private, private_folder
from everview.state.instance_lock import InstanceLock
from tests.support.server import Serving, Socket, everview, wait_until

pytestmark = pytest.mark.security

AS_ROOT = os.geteuid() == 0
FOREIGN = 65534
#: The folders below EVERVIEW_HOME. The outermost folder is first.
FOLDERS = ["everview", "everview/run", "everview/logs"]


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """Close the log files that a test has opened."""
    yield
    for name in LOGGERS:
        logger = logging.getLogger(name)
        for handler in [h for h in logger.handlers if isinstance(h, PrivateFileHandler)]:
            logger.removeHandler(handler)
            handler.close()


def everything(folder: Path) -> list[tuple[str, str, int]]:
    """Return the path, mode and owner of ``folder`` and of all entries below it."""
    found = []
    for path in [folder, *folder.rglob("*")]:
        status = os.lstat(path)
        found.append((str(path), stat.filemode(status.st_mode), status.st_uid))
    return found


def not_private(folder: Path) -> list[tuple[str, str, int]]:
    """Return the entries that other accounts may read or write, or that belong to another
    account.
    """
    return [
        (path, mode, owner)
        for path, mode, owner in everything(folder)
        if mode not in ("drwx------", "-rw-------", "srw-------") or owner != os.geteuid()
    ]


# files of a full run ----------------------------------------------------------------------------


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_files_of_a_full_run_are_private(tmp_path: Path, umask: int) -> None:
    home = tmp_path / "home"
    with Serving(home, preexec_fn=lambda: os.umask(umask)) as serving:
        with serving.page() as page:
            page.attach("/counter/")
        with Socket(serving.port) as garbage:
            garbage.send("garbage")
            garbage.closed()
        log = home / "everview" / "logs" / "everview.log"
        wait_until(lambda: log.exists() and log.stat().st_size, "something is logged")
        assert everview(home, "ls").returncode == 0
        entries = everything(home / "everview")
        assert {"drwx------", "-rw-------", "srw-------"} == {mode for _, mode, _ in entries}
        assert not_private(home / "everview") == []
    assert not_private(home / "everview") == []
    assert len(everything(home / "everview")) > 4


def test_home_folder_is_created_private_with_any_umask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account that can write to EVERVIEW_HOME could replace the folders of the app."""
    monkeypatch.setenv("EVERVIEW_HOME", str(tmp_path / "home"))
    old = os.umask(0)
    try:
        folder = Folders("everview").state
    finally:
        os.umask(old)
    assert not_private(tmp_path / "home") == []
    assert folder == tmp_path / "home" / "everview" / "state"


def test_rotated_logs_are_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVERVIEW_HOME", str(tmp_path))
    monkeypatch.setattr("everview.application.logs.SIZE", 1000)
    old = os.umask(0)
    try:
        path = start_logging(Folders("everview"))
        for number in range(50):
            logging.getLogger("everview.test").warning("line %d of a long log", number)
    finally:
        os.umask(old)
    assert len(list(path.parent.iterdir())) == 3
    assert not_private(tmp_path / "everview") == []


# refused files and folders ----------------------------------------------------------------------


def linked(path: Path, elsewhere: Path) -> None:
    elsewhere.mkdir(mode=0o700)
    path.symlink_to(elsewhere)


def linked_to_nothing(path: Path, elsewhere: Path) -> None:
    path.symlink_to(elsewhere)


def foreign(path: Path, elsewhere: Path) -> None:
    if not AS_ROOT:
        pytest.skip("only root can give a folder away")
    path.mkdir(mode=0o700)
    os.chown(path, FOREIGN, FOREIGN)


def writable_by_others(path: Path, elsewhere: Path) -> None:
    path.mkdir()
    path.chmod(0o777)


def writable_by_group(path: Path, elsewhere: Path) -> None:
    path.mkdir()
    path.chmod(0o770)


def a_file(path: Path, elsewhere: Path) -> None:
    path.write_text("mine")


def a_pipe(path: Path, elsewhere: Path) -> None:
    os.mkfifo(path)


BAD_FOLDERS = [
    linked, linked_to_nothing, foreign, writable_by_others, writable_by_group, a_file, a_pipe,
]  # fmt: skip


@pytest.mark.parametrize("make_unsafe", BAD_FOLDERS, ids=lambda make_unsafe: make_unsafe.__name__)
@pytest.mark.parametrize("name", FOLDERS)
def test_unsafe_folder_is_refused_with_its_path(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_unsafe: Callable[[Path, Path], None],
    name: str,
) -> None:
    """The app writes nothing to the folder. If the folder is a link, its target is unchanged."""
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    monkeypatch.setenv("EVERVIEW_HOME", str(home))
    bad = home / name
    for parent in [home, *reversed([p for p in bad.parents if home in p.parents])]:
        parent.mkdir(mode=0o700)
    make_unsafe(bad, elsewhere)
    before = everything(tmp_path)
    with pytest.raises(StateError) as refused:
        write_all(Folders("everview"))
    assert str(bad) in str(refused.value)
    made_in_bad = [entry for entry in everything(tmp_path)
                   if entry not in before and entry[0].startswith((str(bad), str(elsewhere)))]  # fmt: skip
    assert made_in_bad == []


def write_all(folders: Folders) -> None:
    """Write all files that a start of the app writes."""
    lock = InstanceLock(folders)
    lock.acquire()
    lock.release()
    start_logging(folders)


def test_folder_readable_by_others_is_made_private(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(0o755)
    assert private_folder(folder) == folder
    assert not_private(folder) == []


def file_link(path: Path, elsewhere: Path) -> None:
    elsewhere.write_text("the user's own text")
    path.symlink_to(elsewhere)


def file_link_to_nothing(path: Path, elsewhere: Path) -> None:
    path.symlink_to(elsewhere)


def fifo(path: Path, elsewhere: Path) -> None:
    os.mkfifo(path)


def folder(path: Path, elsewhere: Path) -> None:
    path.mkdir()


def foreign_file(path: Path, elsewhere: Path) -> None:
    if not AS_ROOT:
        pytest.skip("only root can give a file away")
    path.touch(0o666)
    os.chown(path, FOREIGN, FOREIGN)


BAD_FILES = [file_link, file_link_to_nothing, fifo, folder, foreign_file]


@pytest.mark.parametrize("make_unsafe", BAD_FILES, ids=lambda make_unsafe: make_unsafe.__name__)
@pytest.mark.parametrize("name", ["logs/everview.log", "run/lock"])
def test_unsafe_file_is_refused_with_its_path(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_unsafe: Callable[[Path, Path], None],
    name: str,
) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    monkeypatch.setenv("EVERVIEW_HOME", str(home))
    folders = Folders("everview")
    assert folders.logs
    assert folders.runtime
    bad = home / "everview" / name
    make_unsafe(bad, elsewhere)
    content = elsewhere.read_text() if elsewhere.exists() else None
    with pytest.raises(StateError) as refused:
        write_all(folders)
        logging.getLogger("everview").warning("written through it")
    assert str(bad) in str(refused.value)
    assert (elsewhere.read_text() if elsewhere.exists() else None) == content


def test_pipe_with_a_reader_is_refused(tmp_path: Path) -> None:
    """The app checks the type of the opened file, because a pipe that has a reader can be opened.
    """
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(StateError, match="pipe"):
            os.close(open_private(path, os.O_WRONLY | os.O_APPEND))
    finally:
        os.close(reader)


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_opened_file_is_private_with_any_umask(tmp_path: Path, umask: int) -> None:
    """An old file that others can read is made private when it is opened."""
    old = os.umask(umask)
    try:
        os.close(open_private(tmp_path / "new", os.O_WRONLY))
        (tmp_path / "old").touch(0o644)
        os.close(open_private(tmp_path / "old", os.O_WRONLY))
    finally:
        os.umask(old)
    tmp_path.chmod(0o700)
    assert not_private(tmp_path) == []


# tests with the whole program -------------------------------------------------------------------


@pytest.mark.parametrize("make_unsafe", [linked, foreign, writable_by_others], ids=lambda s: s.__name__)
def test_start_with_unsafe_folder_prints_its_path(
    tmp_path: Path, make_unsafe: Callable[[Path, Path], None]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    make_unsafe(home / "everview", tmp_path / "elsewhere")
    ended = everview(home, "serve")
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert str(home / "everview") in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert "Traceback" not in ended.stderr


def test_control_socket_replaces_a_link(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run = home / "everview" / "run"
    run.mkdir(parents=True)
    for path in (home / "everview", run):
        path.chmod(0o700)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("the user's own text")
    (run / "control").symlink_to(elsewhere)
    with Serving(home):
        status = os.lstat(run / "control")
        assert stat.S_ISSOCK(status.st_mode)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(run / "control"))
    assert elsewhere.read_text() == "the user's own text"
