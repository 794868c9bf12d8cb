"""T6: process lists, the environment, logs, files and the history contain no ticket or key.

Only the commands ``everview serve`` and ``everview address`` print one-time addresses on stdout.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from everview.server.server import Server
from tests.support.server import (
    PATIENCE,
    Closed,
    Page,
    Serving,
    Socket,
    everview,
    port_of,
    ticket_of,
    wait_until,
)  # fmt: skip

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

pytestmark = pytest.mark.security


def in_processes(secrets: list[str]) -> list[str]:
    """Return the files /proc/*/cmdline and /proc/*/environ that contain one of ``secrets``."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            for name in ("cmdline", "environ"):
                try:
                    content = (process / name).read_bytes()
                except OSError:
                    continue  # the process has ended or belongs to another account
                if any(secret.encode() in content for secret in secrets):
                    found.append(f"{process / name}")
    return found


def in_files(folder: Path, secrets: list[str]) -> list[str]:
    """Return the files below ``folder`` that contain one of ``secrets`` in their name or
    content.
    """
    found = []
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        for secret in secrets:
            if secret.encode() in content or secret in str(path):
                found.append(str(path))
    return found


def session(serving: Serving, home: Path) -> list[str]:
    """Cause all kinds of log entries: windows, refused links, errors. Returns the secrets."""
    secrets = [ticket_of(serving.address)]
    with serving.page() as page:
        secrets.append(page.credentials["key"])
        page.attach("/counter/")
        page.socket.send({"t": "error", "text": "an error of the page"})
        address = everview(home, "address", "/counter/").stdout.strip()
        secrets.append(ticket_of(address))
        with Page(serving.port).redeem(secrets[-1]) as second:
            secrets.append(second.credentials["key"])
        with Page(serving.port) as again, pytest.raises(Closed):
            again.redeem(secrets[-2])  # the ticket was already used, so it is refused
        with Socket(serving.port) as garbage:
            garbage.send({"t": "hello", "nonce": "0" * 32, "ticket": secrets[0], "more": secrets[0]})
            garbage.closed()
        with Page(serving.port).reconnect(second.credentials) as reconnected:
            reconnected.socket.send({"t": "event"})  # invalid: it is logged, and the link lives on
            assert reconnected.socket.is_open()
        unused = everview(home, "address").stdout.strip()
        secrets.append(ticket_of(unused))
        everview(home, "ls", "--json")
        everview(home, "serve")  # the second start fails, because the app is already running
        everview(home, "stop", "unknown")
        assert all(len(secret) >= 43 for secret in secrets)
        assert in_processes(secrets) == []
    return secrets


def test_full_session_leaves_no_secret(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Serving(home) as serving:
        secrets = session(serving, home)
        log = home / "everview" / "logs" / "everview.log"
        wait_until(lambda: "an error of the page" in log.read_text(), "the log is written")
        assert in_files(tmp_path, secrets) == []
        assert everview(home, "quit").returncode == 0
        assert serving.wait() == 0
    assert in_files(tmp_path, secrets) == []
    assert serving.stderr() == ""


def test_second_start_passes_no_address_to_a_browser(tmp_path: Path) -> None:
    """Every account can read the arguments of a browser (/proc/*/cmdline).

    The browser of this test is a script that records its arguments.
    """
    called = tmp_path / "called"
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\necho "$@" >> {called}\n')
    program.chmod(0o755)
    home = tmp_path / "home"
    with Serving(home) as serving:
        second = everview(home, "open", "/counter/", BROWSER=f"{program} %s")
        assert second.returncode == 0
        assert not called.exists()
        address = second.stdout.strip()
        with Page(serving.port).redeem(ticket_of(address)) as page:
            assert page.attach("/counter/")["document"]


def test_search_finds_a_planted_secret(tmp_path: Path) -> None:
    """The search functions of this module find a planted secret."""
    secret = "planted-" + os.urandom(16).hex()
    (tmp_path / "log").write_text(f"... {secret} ...")
    assert in_files(tmp_path, [secret]) == [str(tmp_path / "log")]
    for command, environment in (
        (["sleep", str(PATIENCE)], {**os.environ, "KEY": secret}),
        (["sh", "-c", f"sleep {PATIENCE}; : {secret}"], dict(os.environ)),
    ):
        process = subprocess.Popen(command, env=environment)
        try:
            wait_until(lambda: in_processes([secret]), "the process is found")
        finally:
            process.kill()
            process.wait()


@pytest.mark.browser
def test_page_removes_its_ticket_from_the_address(server: Server, tab: Tab) -> None:
    """The ticket is in no URL, history or storage. The key is only in the session storage of the
    tab.
    """
    address = server.address("/counter/?q=1")
    ticket = ticket_of(address)
    tab.goto(address)
    tab.locator("text=Increment").wait_for()
    assert tab.url == f"{server.guard.origin}/counter/?q=1"
    history = tab.context.new_cdp_session(tab).send("Page.getNavigationHistory")
    # Chromium also stores the typed URL with the used ticket in each entry of the history. A page
    # cannot change that.
    assert [entry["url"] for entry in history["entries"]][-1] == tab.url
    assert ticket not in str([entry["url"] for entry in history["entries"]])
    key = tab.evaluate("JSON.parse(sessionStorage.everview).key")
    assert len(key) == 64
    readable = tab.evaluate(
        "() => JSON.stringify([{...localStorage}, document.cookie, document.documentElement.outerHTML,"
        "{...sessionStorage}, history.state, document.title, window.name])"
    )
    assert ticket not in readable
    assert readable.count(key) == 1
    assert key not in str(history)
    assert tab.context.cookies() == []
    # Return the cookies and the storage that the browser would save on disk.
    assert ticket not in str(tab.context.storage_state())
    assert key not in str(tab.context.storage_state())


@pytest.mark.browser
def test_ticket_is_not_sent_in_requests(server: Server, tab: Tab) -> None:
    address = server.address("/counter/")
    requests: list[str] = []
    tab.on("request", lambda sent: requests.append(f"{sent.url.partition('#')[0]} {sent.headers}"))
    tab.goto(address)
    tab.locator("text=Increment").wait_for()
    tab.reload()
    tab.locator("text=Increment").wait_for()
    assert len(requests) > 5
    assert not [sent for sent in requests if ticket_of(address) in sent]
    assert f"127.0.0.1:{port_of(server)}" in requests[0]
