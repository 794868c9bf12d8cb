"""The public widget API in a real page: construction, updates, events, removal, static files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from everview import App, View
from everview.html import HTML, Button, Div, P
from everview.html.tree.static_files import Script, StyleSheet
from everview.html.widgets.widget import Widget
from tests.support.serving import ServedApp

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


class Probe(Widget):
    MODULE = Script("../support/static/probe.js")
    STATIC_FILES = [StyleSheet("../support/static/a.css")]
    CLASS_LIST = ("a",)


class Ordered(Div):
    STATIC_FILES = [
        StyleSheet("../support/static/b.css", sort_order=-1),
        StyleSheet("../support/static/a.css"),
        Script("../support/static/b.js"),
    ]
    CLASS_LIST = ("a",)


@pytest.fixture
def probes(app: App) -> None:
    @app.route("/")
    class Probes(View):
        is_daemon = True

        def handle_request(self, request):
            self.events: list[Any] = []
            self.probe = Probe("probe", data={"n": 1, "rows": []}, handle_ask=self.answer)
            self.out = P("-", _id="out")
            return HTML(self.probe, self.out, Button("x", _id="x"))

        def answer(self, event):
            self.events.append((event.name, event.data))
            if event.data != "silence":
                event.reply({"answer": event.data})

    @app.route("/elsewhere")
    def elsewhere(request):
        return HTML(P("elsewhere", _id="else"))


def view_of(served: ServedApp) -> Any:
    return next(i.view for i in served.runtime.instances.values() if i.is_daemon)


def ready(page: Page, count: int = 1) -> None:
    page.wait_for_selector("main .a")
    calls(page, count - 1, 1)


def calls(page: Page, probe: int, count: int) -> Any:
    """Wait for at least ``count`` calls of a probe's methods, and return all calls."""
    return page.evaluate(
        """([probe, count]) => new Promise((resolve, reject) => {
          const started = performance.now();
          const look = () => {
            const { calls } = window.probes?.[probe] || { calls: [] };
            if (calls.length >= count) resolve(calls);
            else if (performance.now() - started > 5000) reject(new Error(JSON.stringify(calls)));
            else setTimeout(look, 5);
          };
          look();
        })""",
        [probe, count],
    )


def test_widget_is_created_after_its_style_is_loaded_and_receives_changes(
    served: ServedApp, probes: None, open_page: Open
) -> None:
    page = open_page()
    ready(page)
    view = view_of(served)
    assert calls(page, 0, 1) == [["constructor", {"n": 1, "rows": []}, "rgb(1, 2, 3)"]]
    with view.probe.lock:
        view.probe.data["n"] = 2
        view.probe.data["rows"].append("a")
    assert calls(page, 0, 2)[1:] == [
        ["update", {"n": 2, "rows": ["a"]},
         [{"set": {"n": 2}}, {"at": ["rows"], "push": ["a"]}]]
    ]  # fmt: skip


def test_snapshot_preserves_the_widget_and_calls_update_without_changes(
    served: ServedApp, probes: None, open_page: Open
) -> None:
    page = open_page()
    ready(page)

    def drop_cursors() -> None:
        for window in served.runtime.windows:
            window.cursor = None

    served.do(drop_cursors)
    view_of(served).probe.data["n"] = 3
    assert calls(page, 0, 2)[1] == ["update", {"n": 3, "rows": []}, None]
    assert page.evaluate("probes.length") == 1


def test_removed_widget_is_destroyed_once(served: ServedApp, probes: None, open_page: Open) -> None:
    page = open_page()
    ready(page)
    view = view_of(served)
    view.probe.remove()
    assert calls(page, 0, 2)[1:] == [["destroy", False]]
    view.html.append(Div(view.probe))
    ready(page, 2)
    page.evaluate(
        "history.pushState(null, '', '/elsewhere'); dispatchEvent(new PopStateEvent('popstate'))"
    )
    expect(page.locator("#else")).to_be_visible()
    assert calls(page, 1, 2)[1:] == [["destroy", False]]
    assert len(calls(page, 0, 2)) == 2


def test_moved_widget_is_not_destroyed(served: ServedApp, probes: None, open_page: Open) -> None:
    page = open_page()
    ready(page)
    view = view_of(served)
    into = Div(_id="into")
    view.html.append(into)
    into.append(view.probe)
    expect(page.locator("#into .a")).to_be_visible()
    view.probe.data["n"] = 5
    assert [entry[0] for entry in calls(page, 0, 2)] == ["constructor", "update"]


def test_error_in_a_widget_does_not_affect_the_page(
    served: ServedApp, probes: None, open_page: Open, caplog: Any
) -> None:
    page = open_page()
    ready(page)
    view = view_of(served)
    with view.probe.lock:
        view.probe.data["fails"] = True
        view.out.set_text("still shown")
    expect(page.locator("#out")).to_have_text("still shown")
    view.probe.data["fails"] = False
    calls(page, 0, 3)
    page.click("#x")
    assert "this widget fails" in caplog.text


def test_event_of_a_widget_is_answered_in_its_window_only(
    served: ServedApp, probes: None, open_page: Open
) -> None:
    page, other = open_page(), open_page()
    ready(page)
    ready(other)
    assert page.evaluate("probes[0].fire('ask', [1, {a: null}])") == {"answer": [1, {"a": None}]}
    assert other.evaluate("probes[0].fire('ask', 'silence')") is None
    assert view_of(served).events == [("ask", [1, {"a": None}]), ("ask", "silence")]
    # If several events are sent at the same time, each gets its own answer.
    assert page.evaluate("Promise.all([1, 2, 3].map(n => probes[0].fire('ask', n)))") == [
        {"answer": n} for n in (1, 2, 3)
    ]


def test_undeclared_event_of_a_widget_is_not_sent(
    served: ServedApp, probes: None, open_page: Open
) -> None:
    page = open_page()
    ready(page)
    assert page.evaluate("probes[0].fire('other', 1)") is None
    assert view_of(served).events == []


def test_event_during_a_disconnect_is_handled_once(
    served: ServedApp, probes: None, open_page: Open
) -> None:
    page = open_page()
    ready(page)
    for number in range(5):
        served.cut_links()
        answer = page.evaluate("number => probes[0].fire('ask', number)", number)
        # The event was handled once. Its answer may be lost, because the link was closed.
        assert answer in ({"answer": number}, None)
    assert [data for _, data in view_of(served).events] == list(range(5))


def test_style_sheets_are_linked_once_in_order(
    app: App, served: ServedApp, open_page: Open
) -> None:
    @app.route("/")
    class Late(View):
        def handle_request(self, request):
            self.box = Div()
            return HTML(Button("more", handle_click=self.more), self.box)

        def more(self, event):
            self.box.append(Ordered("styled"))

    page = open_page()
    assert page.locator("head link[href*=static]").count() == 0
    for _ in range(3):
        page.click("text=more")
    expect(page.locator(".a").first).to_have_css("color", "rgb(1, 2, 3)")
    expect(page.locator(".a")).to_have_count(3)
    sheets = page.evaluate(
        "[...document.querySelectorAll('head link[href*=static]')].map(l => l.href)"
    )
    assert [sheet.rpartition("/")[2] for sheet in sheets] == ["b.css", "a.css"]
    assert page.evaluate("window.loadedB") == 1


def test_page_loads_only_static_files(
    served: ServedApp, probes: None, open_page: Open
) -> None:
    """The page loads only static files, even if a frame names other files. The server has the same
    check.
    """
    page = open_page()
    ready(page)
    refused = page.evaluate(
        """async () => {
          const { load, link } = await import("/_everview/replica/files.js");
          const tried = ["https://example.com/x.js", "//example.com/x.js", "/x.js", "data:text/javascript,1",
            "/_everview/main.js", "/_everview/static/../main.js", "/_everview/static/%2e%2e/main.js", "javascript:1",
            "/_everview/static/", "blob:x", "/_everview/static/a?b", "\\\\_shell\\\\static\\\\x.js", "/_everview/static//x.js"];
          const outcomes = await Promise.all(tried.map(url => load(url).then(() => url, error => error.message)));
          const errors = [];
          link(tried.map(url => url.replace(".js", ".css")), error => errors.push(error.message));
          return [tried.length, outcomes.filter(text => text.includes("is not a static file")).length, errors.length,
                  document.querySelectorAll("head link[href*=static]").length];
        }"""
    )
    assert refused == [13, 13, 13, 1]
