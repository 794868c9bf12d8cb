"""T10: a page of another origin has no access to the app, even if it was opened from a page of the
app.

The tests that native windows stay in the app are in ``tests/native``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from everview import App
from everview.html import HTML, A, Button, Form, P
from everview.html.elements import svg
from everview.server.access.keys import Identity
from everview.server.server import Server
from tests.support.server import serving, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.security, pytest.mark.browser]


@pytest.fixture
def linked(evil_port: int) -> Iterator[Server]:
    """A view with all kinds of links and a form to another server."""
    app, outside = App(__file__, name="links"), f"http://127.0.0.1:{evil_port}/"

    @app.route("/")
    def links(request: Any) -> HTML:
        return HTML(
            P("here"), A("link", href=outside, _id="link"), A("new", href=outside, target="_blank", _id="new"),
            A("opener", href=outside, target="_blank", rel="opener", _id="opener"),
            A("named", href=outside, target="other", _id="named"),
            svg.Svg(svg.A(svg.Text("drawn", y=20), href=outside, _id="drawn"), width=90, height=30),
            Form(Button("send", type="submit", _id="send"), action=outside),
        )  # fmt: skip

    with serving(app) as server:
        yield server


def home(tab: Page, server: Server) -> None:
    tab.goto(server.address("/", Identity("owner")))
    tab.wait_for_selector("#link")


@pytest.mark.parametrize("link", ["link", "new", "opener", "named", "drawn"])
def test_page_opened_by_a_link_has_no_access_to_the_page_of_the_app(
    tab: Page, linked: Server, link: str
) -> None:
    home(tab, linked)
    address = tab.url
    with tab.context.expect_page() as opened:
        tab.locator(f"#{link}").click()
    other = opened.value
    other.wait_for_load_state()
    assert other.evaluate("[window.opener, document.referrer, window.name.includes('everview')]") == [None, "", False]
    assert other.evaluate("window.parent === window && window.length") == 0
    assert other.evaluate("sessionStorage.length") == 0
    assert tab.url == address
    assert tab.locator("text=here").count() == 1


def test_submitted_form_stays_on_the_page(tab: Page, linked: Server) -> None:
    home(tab, linked)
    address = tab.url
    tab.locator("#send").click()
    tab.evaluate("document.querySelector('form').submit()")
    wait_until(lambda: tab.evaluate("1"), "the page answers")
    assert tab.url == address


def test_page_has_no_global_objects_of_the_app(tab: Page, linked: Server) -> None:
    """A page of another origin that is shown in a window of the app can call no object of the app.
    """
    home(tab, linked)
    known = set(tab.evaluate("Object.getOwnPropertyNames(window)"))
    assert not known & {"pywebview", "qt", "external_", "webview", "everview", "bridge", "QWebChannel"}
    bare = tab.context.new_page()
    bare.goto(linked.guard.origin + "/_everview/none")
    # The page's own scripts are modules, which define no globals.
    assert known - set(bare.evaluate("Object.getOwnPropertyNames(window)")) == set()


def test_page_of_another_origin_cannot_read_the_key(
    tab: Page, linked: Server, evil_port: int
) -> None:
    """The session storage belongs to our origin, so another page cannot read the key."""
    home(tab, linked)
    assert tab.evaluate("sessionStorage.length") > 0
    tab.goto(f"http://127.0.0.1:{evil_port}/")
    assert tab.evaluate("sessionStorage.length") == 0
    assert tab.evaluate("document.cookie") == ""
    tab.goto(linked.guard.origin)
    tab.wait_for_selector("#link")
