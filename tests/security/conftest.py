"""Fixtures: a started server for each test, and a browser for the tests that need one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from everview.server.server import Server
from tests.support import server as support
from tests.support.guards.report import outcomes, table

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of guards if this run has removed more than one guard."""
    if len(outcomes) > 1:
        terminalreporter.section("guards: each test without its guard")
        for line in table():
            terminalreporter.line(line)


@pytest.fixture
def server() -> Iterator[Server]:
    with support.serving() as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser in which the name ``evil.test`` resolves to this machine.

    The browser is closed after each module, because no other event loop can run in the main thread
    while it is open.
    """
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    from playwright.sync_api import sync_playwright

    arguments = [
        "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--host-resolver-rules=MAP evil.test 127.0.0.1",
    ]  # fmt: skip
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A tab in a new browser context."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(1000 * support.PATIENCE)
    yield page
    context.close()


class _EvilPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>evil</title><body>evil</body>")

    def log_message(self, *arguments: object) -> None:
        """Log nothing."""


@pytest.fixture
def evil_port() -> Iterator[int]:
    """Start another web server on this machine and return its port."""
    other = ThreadingHTTPServer(("127.0.0.1", 0), _EvilPage)
    thread = threading.Thread(target=other.serve_forever, args=(0.02,))
    thread.start()
    yield other.server_port
    other.shutdown()
    thread.join()
    other.server_close()
