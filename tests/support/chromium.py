"""Fixtures for tests in Chromium: the browser, a served app and its pages.

Each conftest.py imports the fixtures that its tests need. The pages have the security policy of the
app.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Page, sync_playwright

from everview import App
from everview.runtime.windows.platform import NoPlatform, Platform
from tests.support.serving import ServedApp

#: The possible names of the executable. The preferred name is first.
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def launched(browsers: BrowserType) -> Iterator[Browser]:
    """Launch the Chromium of this machine. Skips the test if there is none."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(
            "Chromium is not installed: run 'apt-get install chromium', or run 'dev.py test' as root"
        )
    browser = browsers.launch(
        executable_path=path,
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking",
              "--disable-component-update", "--disable-sync"],
    )  # fmt: skip
    yield browser
    browser.close()


# The scope of this fixture cannot be "session". While Playwright is open, it runs an asyncio loop
# in this thread, so other tests could not run one.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright, launched(playwright.chromium) as browser:
        yield browser


@pytest.fixture
def app() -> App:
    return App(__file__)


@pytest.fixture
def platform() -> Platform:
    """The desktop of the served app. A test module can override this fixture."""
    return NoPlatform()


@pytest.fixture
def served(app: App, platform: Platform) -> Iterator[ServedApp]:
    with ServedApp(app, platform) as served:
        yield served


@pytest.fixture
def open_page(chromium: Browser, served: ServedApp) -> Iterator[Callable[..., Page]]:
    """A function that opens each page in its own browser context. A script error in any page fails
    the test.

    If ``label`` is given, the page behaves like a page in a native window.
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


#: A script that drops a text, an address and a file on an element. Afterwards,
#: ``window.dropPrevented`` is true if the page has prevented the default action.
DROP_TEXT_AND_FILE = """element => {
  const data = new DataTransfer();
  data.setData("text/plain", "a <b> text");
  data.setData("text/uri-list", "# a comment\\r\\nhttps://example.org/\\r\\n");
  data.items.add(new File(["12345"], "a.txt", { type: "text/plain" }));
  for (const name of ["dragover", "drop"]) {
    const event = new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true, clientX: 5, clientY: 6 });
    element.dispatchEvent(event);
    window[name + "Prevented"] = event.defaultPrevented;
  }
}"""
