"""What a page loads until its view is live: few requests, few bytes. docs/performance.md says more."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from everview import App, View
from everview.html import HTML, P
from tests.support.serving import ServedApp

pytestmark = pytest.mark.browser

#: The page, a script, a style sheet, the link.
REQUESTS = 4
#: Script and style sheet together, as they are sent (nothing is compressed).
BYTES = 30_000


@pytest.fixture
def plain(app: App) -> None:
    @app.route("/")
    class Plain(View):
        def handle_request(self, request):
            return HTML(P("live", _id="live"))


def test_a_page_is_live_after_four_requests(plain: None, served: ServedApp, chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    asked: list[str] = []
    sizes: dict[str, int] = {}
    session.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
    session.on("Network.webSocketCreated", lambda event: asked.append(event["url"]))

    # In the page: the moment counts at which the view is there, not the one at which we look.
    page.add_init_script("""
      new MutationObserver((_, observer) => {
        if (!document.getElementById("live")) return;
        observer.disconnect();
        window.loaded = performance.getEntriesByType("resource").map(e => [e.name, e.decodedBodySize]);
      }).observe(document, { childList: true, subtree: true });
    """)
    session.send("Network.enable")
    page.goto(served.address("/"))
    expect(page.locator("#live")).to_be_visible()
    loaded = page.evaluate("window.loaded")
    here = [url for url, _ in loaded if not url.startswith("data:")]
    sizes = {url.rpartition("/")[2]: size for url, size in loaded if not url.startswith("data:")}
    context.close()

    # The document and the link are no resources to the page.
    assert len(here) + 2 <= REQUESTS, here
    assert set(sizes) == {"main.js", "style.css"}
    assert sum(sizes.values()) <= BYTES, sizes
    # The document comes first; nothing but these four was begun before the link was.
    over_net = [url for url in asked if not url.startswith("data:")]
    begun = next(n for n, url in enumerate(over_net) if url.startswith("ws"))
    assert begun <= REQUESTS - 1, over_net


def test_a_module_of_the_page_is_not_there_twice(
    plain: None, served: ServedApp, chromium: Browser
) -> None:
    """Widgets import these by their URLs, and get what the page itself has."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(served.address("/"))
    expect(page.locator("#live")).to_be_visible()
    found = page.evaluate("""async () => {
      const [main, navigation, link, widget, again] = await Promise.all(
        ["main", "navigation/navigation", "replica/link", "widget", "replica/widgets"].map((name) => import(`/_everview/${name}.js`)));
      const late = await import("/_everview/replica/files.js");
      return {
        navigation: navigation.parse === main.$navigation.parse,
        link: link.Link === main.$link.Link,
        files: late.load === again.$files.load,
        widget: typeof widget.Widget,
        sockets: performance.getEntriesByName(location.origin + "/_everview/main.js").length,
      };
    }""")
    context.close()
    assert found == {"navigation": True, "link": True, "files": True, "widget": "function", "sockets": 1}


def test_what_is_shown_late_is_there_soon_after(plain: None, served: ServedApp, chromium: Browser) -> None:
    """So that a notice can be shown when the server has gone away."""
    context = chromium.new_context()
    page = context.new_page()
    with page.expect_response("**/commands.js"), page.expect_response("**/commands.css"):
        page.goto(served.address("/"))
    context.close()
