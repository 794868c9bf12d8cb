"""T2 and T3 in a real browser: pages of another origin, and a name that was rebound to 127.0.0.1.

The same script also runs in a page of the app and succeeds there. So a failure in another page
shows that the server refuses that page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from everview.server.server import Server
from tests.support.server import port_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.security, pytest.mark.browser]

#: A script that tries every way in which a page can reach the server. The result of a failed
#: attempt is "".
ATTEMPTS = """async ({ origin, own }) => {
  const loads = (name, attributes) => new Promise((resolve) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.onload = () => resolve("loaded");
    element.onerror = () => resolve("");
    document.body.append(element);
  });
  const opens = () => new Promise((resolve) => {
    const socket = new WebSocket(origin.replace("http", "ws") + "/_everview/link");
    socket.onopen = () => { resolve("open"); socket.close(); };
    socket.onerror = () => resolve("");
  });
  const fetched = (path, options) => fetch(origin + path, options)
    .then(async (answer) => answer.ok ? await answer.text() : "").catch(() => "");
  const posts = { method: "POST", body: "x" };
  return {
    socket: await opens(),
    page: await fetched("/"),
    script_text: await fetched("/_everview/main.js"),
    opaque: await fetched("/", { mode: "no-cors", credentials: "include" }),
    image: await loads("img", { src: origin + "/_everview/icon.svg" }),
    style: await loads("link", { rel: "stylesheet", href: origin + "/_everview/style.css" }),
    script: await loads("script", { src: origin + "/_everview/replica/link.js" + (own ? "" : "?1"), type: "module" }),
    classic: own ? "" : await loads("script", { src: origin + "/_everview/main.js" }),
    post: await fetched("/", posts),
    simple_post: await fetched("/counter/", { ...posts, mode: "no-cors" }),
    preflight: await fetched("/", { headers: { "X-Custom": "1" } }),
    credentials: await fetched("/", { credentials: "include" }),
  };
}"""
WORKS_IN_OWN_PAGE = {"socket", "page", "script_text", "image", "style", "script"}


def attempts(tab: Page, server: Server, own: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = tab.evaluate(ATTEMPTS, {"origin": server.guard.origin, "own": own})
    return found


def test_page_of_the_app_has_access(server: Server, tab: Page) -> None:
    tab.goto(server.guard.origin)
    found = attempts(tab, server, own=True)
    assert {name for name in WORKS_IN_OWN_PAGE if found[name]} == WORKS_IN_OWN_PAGE


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "evil.test"])
def test_page_of_another_origin_has_no_access(
    server: Server, tab: Page, evil_port: int, host: str
) -> None:
    """An address on 127.0.0.1 with another port is another origin, but the same site."""
    tab.goto(f"http://{host}:{evil_port}/")
    assert {name: value for name, value in attempts(tab, server).items() if value} == {}
    assert not server.runtime.windows


def test_page_of_another_origin_can_neither_embed_the_app_nor_send_a_form(
    server: Server, tab: Page, evil_port: int
) -> None:
    tab.goto(f"http://127.0.0.1:{evil_port}/")
    for element in (
        "<iframe src='ORIGIN/counter/'></iframe>",
        "<iframe sandbox='allow-scripts' src='ORIGIN/'></iframe>",
        "<embed src='ORIGIN/'>",
        "<object data='ORIGIN/'></object>",
    ):
        html = element.replace("ORIGIN", server.guard.origin)
        with tab.expect_response(lambda answer: answer.url.startswith(server.guard.origin)) as sent:
            tab.evaluate("(html) => document.body.insertAdjacentHTML('beforeend', html)", html)
        assert sent.value.status == 403, element
    with tab.expect_response(lambda answer: answer.url.startswith(server.guard.origin)) as sent:
        tab.evaluate(
            """(origin) => {
              const form = Object.assign(document.createElement("form"),
                { method: "post", action: origin + "/counter/", target: "_self" });
              document.body.append(form);
              form.submit();
            }""",
            server.guard.origin,
        )
    assert sent.value.status == 403
    tab.wait_for_load_state()
    assert tab.locator(".shell-bar").count() == 0


def test_page_of_another_origin_cannot_open_a_window(
    server: Server, tab: Page, evil_port: int
) -> None:
    """If the server answered this request, ``window.open`` would give the page a handle to a window
    of the app.
    """
    tab.goto(f"http://evil.test:{evil_port}/")
    with tab.expect_popup() as opened:
        tab.evaluate("(origin) => { window.open(origin + '/counter/'); }", server.guard.origin)
    opened.value.wait_for_load_state()
    assert opened.value.locator(".shell-bar").count() == 0
    assert not server.runtime.windows


def test_page_at_a_rebound_name_has_no_access(server: Server, tab: Page) -> None:
    """For the browser, the name evil.test is the page's own origin. The server refuses it as Host
    header.
    """
    origin = f"http://evil.test:{port_of(server)}"
    answer = tab.goto(origin + "/counter/")
    assert answer is not None
    assert answer.status == 403
    assert tab.locator(".shell-bar").count() == 0
    found = tab.evaluate(ATTEMPTS, {"origin": origin, "own": True})
    assert {name: value for name, value in found.items() if value} == {}
    assert not server.runtime.windows
