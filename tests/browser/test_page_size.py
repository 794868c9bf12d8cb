"""The requests and bytes until a page shows its view (docs/performance.md)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from everview import App, View
from everview.html import HTML, P
from everview.server.client_bundle.files import VARIABLE
from tests.support.serving import ServedApp

pytestmark = pytest.mark.browser

#: The number of requests: one each for the page, a script, a style sheet and the link.
REQUESTS = 4
#: The maximum size of the script and the style sheet together. Responses are not compressed.
BYTES = 38_000

#: A script that imports the same module from several addresses and compares the objects.
COMPARE = """async () => {
  const load = (path) => import(`/_everview/${path}.js`);
  const page = performance.getEntriesByType("resource").filter(({ name }) => /main.js/.test(name)).length;
  const [link, navigation, fields, t, widget] = await Promise.all(
    ["replica/link", "navigation/navigation", "replica/fields", "t", "widget"].map(load));
  const [main, commands, widgets] = await Promise.all(["main", "chrome/commands", "replica/widgets"].map(load));
  return {
    link: link.Link === main.$link.Link,
    navigation: navigation.parse === main.$navigation.parse,
    fields: fields.isField === main.$fields.isField,
    t: t.t === commands.$t.t,
    widget: widget.Widget === widgets.$widget.Widget,
    page,
  };
}"""


@pytest.fixture
def plain(app: App) -> None:
    @app.route("/")
    class Plain(View):
        def handle_request(self, request):
            return HTML(P("live", _id="live"))


def test_view_is_shown_after_four_requests(
    plain: None, served: ServedApp, chromium: Browser
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    requests: list[str] = []
    session.on("Network.requestWillBeSent", lambda event: requests.append(event["request"]["url"]))
    session.on("Network.webSocketCreated", lambda event: requests.append(event["url"]))

    # A script in the page lists the resources when the view appears, because Playwright could be
    # too late.
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
    sizes = {url.rpartition("/")[2]: size for url, size in loaded if not url.startswith("data:")}
    context.close()

    # The list contains the script and the style sheet, but neither the document nor the link.
    assert len(sizes) + 2 <= REQUESTS, sizes
    assert set(sizes) == {"main.js", "style.css"}
    assert sum(sizes.values()) <= BYTES, sizes
    # The link is requested after at most three requests: the page, the script and the style sheet.
    over_net = [url for url in requests if not url.startswith("data:")]
    first = next(n for n, url in enumerate(over_net) if url.startswith("ws"))
    assert first <= REQUESTS - 1, over_net


def test_module_is_the_same_object_from_every_address(
    plain: None, served: ServedApp, chromium: Browser
) -> None:
    """A widget that imports a module by its address gets the module that the page uses."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(served.address("/"))
    expect(page.locator("#live")).to_be_visible()
    found = page.evaluate(COMPARE)
    context.close()
    assert found == {
        "link": True, "navigation": True, "fields": True, "t": True, "widget": True, "page": 1,
    }  # fmt: skip


def test_commands_are_loaded_after_the_view(
    plain: None, served: ServedApp, chromium: Browser
) -> None:
    """After the server has ended, a page needs its commands for a notice, but cannot load them."""
    context = chromium.new_context()
    page = context.new_page()
    with page.expect_response("**/commands.js"), page.expect_response("**/commands.css"):
        page.goto(served.address("/"))
    context.close()


def test_page_served_from_the_sources_shows_the_view(
    app: App, plain: None, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    context = chromium.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    with ServedApp(app) as served:
        page.goto(served.address("/"))
        expect(page.locator("#live")).to_be_visible()
        page.get_by_role("button", name="Menu").click()
        expect(page.get_by_role("menu")).to_be_visible()
    context.close()
    assert errors == []
