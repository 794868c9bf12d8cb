"""Files that a view saves for a person."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path
from typing import Any

import pytest

from everview import App, View
from everview.html import HTML, Button
from everview.runtime.windows.platform import Dialog
from everview.testing import SimulatedApp


def save(
    app: App, simulated: SimulatedApp, monkeypatch: pytest.MonkeyPatch, target: Path, source: Any
) -> list[Any]:
    """Save ``source`` as a view does; the person chooses ``target``."""
    found: list[Any] = []

    @app.route("/")
    class Saves(View):
        def handle_request(self, request: Any) -> HTML:
            return HTML(Button("save", handle_click=self.save))

        def save(self, event: Any) -> None:
            def choose(dialog: Dialog) -> asyncio.Future[str | None]:
                chosen: asyncio.Future[str | None] = self._instance.loop.create_future()
                chosen.set_result(str(target))
                return chosen

            monkeypatch.setattr(self, "_ask_natively", choose)
            try:
                found.append(self.save_file(source, "a.txt"))
            except OSError as error:
                found.append(error)

    window = simulated.open("/")
    window.click("save")
    window.wait_until(lambda: bool(found))  # the handler waits and has released its turn
    return found


@pytest.mark.parametrize("kind", ["text", "bytes", "path"])
def test_saved_file_replaces_the_chosen_one_and_keeps_its_permissions(
    app: App, simulated: SimulatedApp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    target, other = tmp_path / "target.txt", tmp_path / "source"
    other.write_bytes(b"new")
    target.write_text("old")
    target.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(target)
    source = {"text": "new", "bytes": b"new", "path": other}[kind]
    assert save(app, simulated, monkeypatch, link, source) == [link]
    assert target.read_bytes() == b"new" and link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "source", "target.txt"]


def test_failed_save_leaves_the_old_file(
    app: App, simulated: SimulatedApp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    target = tmp_path / "target.txt"
    target.write_text("old")
    (error,) = save(app, simulated, monkeypatch, target, tmp_path / "missing")
    assert isinstance(error, FileNotFoundError)
    assert target.read_text() == "old" and list(tmp_path.iterdir()) == [target]


def test_save_of_a_path_does_not_read_it_whole(
    app: App, simulated: SimulatedApp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(bytes(3 << 20))

    def refuse(self: Path) -> bytes:
        raise AssertionError("the file is read whole")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert save(app, simulated, monkeypatch, target, source) == [target]
    assert target.stat().st_size == 3 << 20
