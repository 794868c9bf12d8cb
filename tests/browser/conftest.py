"""Real Chromium, found on this machine. Pages run with the app's own security policy."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Page, sync_playwright

from everview import App
from tests.support.serving import ServedApp
from tests.support.shell_app import Desk, add_views

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def launched(browsers: BrowserType) -> Iterator[Browser]:
    """A Chromium of this machine."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(
            "no Chromium is installed: 'apt-get install chromium', or run dev.py test as root"
        )
    browser = browsers.launch(
        executable_path=path,
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking",
              "--disable-component-update", "--disable-sync"],
    )  # fmt: skip
    yield browser
    browser.close()


# Not for the session: Playwright keeps an asyncio loop running in this thread while it is open, in
# which no other test could run one.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright, launched(playwright.chromium) as browser:
        yield browser


@pytest.fixture
def app() -> App:
    return App(__file__)


@pytest.fixture
def served(app: App) -> Iterator[ServedApp]:
    with ServedApp(app) as served:
        yield served


@pytest.fixture
def open_page(chromium: Browser, served: ServedApp) -> Iterator[Callable[..., Page]]:
    """Opens a window of its own; a script error in any of them fails the test.

    With a ``label`` it takes itself for a native one.
    """
    contexts: list[Any] = []
    errors: list[str] = []

    def open_page(url: str = "/", user: str = "owner", label: str = "", **options: Any) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 900, "height": 600}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(served.address(url, user, label))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def desk(app: App, served: ServedApp) -> Desk:
    """The views of `shell_app`, and a desktop that writes down what it is asked for."""
    add_views(app)
    desk = Desk()
    served.do(lambda: setattr(served.runtime, "platform", desk))
    return desk
