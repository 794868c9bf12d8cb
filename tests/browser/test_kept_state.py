"""Deltas, snapshots, moves and wraps of nodes preserve the state of a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from everview import App, View
from everview.html import HTML, Button, Details, Dialog, Div, P, Span, Summary, TextInput
from everview.runtime.instances.state import StopReason
from tests.support.serving import ServedApp

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

#: The states of a page. Each has a script that creates the state as a user does, and a JavaScript
#: expression that is true while the page has the state.
STATES = {
    "modal dialog": (
        "document.querySelector('#dialog').showModal()",
        "document.querySelector('#dialog').matches(':modal')"
        " && document.querySelector('#dialog').checkVisibility()",
    ),
    "popover": (
        "document.querySelector('#popover').showPopover()",
        "document.querySelector('#popover').matches(':popover-open')",
    ),
    "opened details": (
        "document.querySelector('#details').open = true",
        "document.querySelector('#details').open",
    ),
    "closed details": (
        "document.querySelector('#opened').open = false",
        "!document.querySelector('#opened').open",
    ),
    "edited text": (
        "document.querySelector('#editable').focus();"
        "document.execCommand('selectAll'); document.execCommand('insertText', false, 'typed');"
        "document.execCommand('insertParagraph'); document.execCommand('insertText', false, 'more')",
        "document.querySelector('#editable').innerText.replace(/\\s+/g, ' ') === 'typed more'",
    ),
    "attribute of a script": (
        "document.querySelector('#details').setAttribute('data-own', '1')",
        "document.querySelector('#details').getAttribute('data-own') === '1'",
    ),
    "scroll position": (
        "document.querySelector('#scrolled').scrollTop = 40",
        "document.querySelector('#scrolled').scrollTop === 40",
    ),
    "selection": (
        "document.querySelector('#field').focus();"
        "document.querySelector('#field').setSelectionRange(1, 3)",
        "document.activeElement.id === 'field' && document.activeElement.selectionStart === 1"
        " && document.activeElement.selectionEnd === 3",
    ),
}  # fmt: skip


@pytest.fixture
def view_with_state(app: App) -> None:
    @app.route("/")
    class Stateful(View):
        is_daemon = True

        def handle_request(self, request: Any) -> HTML:
            self.rows = [P(f"row {number}") for number in range(400)]
            self.parts = Div(
                Dialog("in the dialog", Button("inside"), id="dialog"),
                Div("in the popover", popover="auto", id="popover"),
                Details(Summary("more"), P("text"), id="details"),
                Details(Summary("less"), P("text"), id="opened", open=True),
                Div("editable", contenteditable=True, id="editable"),
                Div(Div("tall", style="height: 400px"), style="height: 80px; overflow: auto", id="scrolled"),
                TextInput("abcdef", id="field"), id="parts",
            )  # fmt: skip
            self.done = Span("-", id="done")
            self.html_before = Div(self.rows[:10], id="rows")
            return HTML(self.done, self.html_before, self.rows[10:], self.parts)


def by_delta(view: Any, served: ServedApp, page: Page) -> None:
    for row in view.rows[5:]:
        row.remove()


def by_snapshot(view: Any, served: ServedApp, page: Page) -> None:
    # The server does not know the revision of the windows any more, so it sends snapshots.
    served.do(lambda: [setattr(window, "cursor", None) for window in served.runtime.windows])
    by_delta(view, served, page)


def by_move(view: Any, served: ServedApp, page: Page) -> None:
    view.html.insert(0, view.parts)


def by_wrap(view: Any, served: ServedApp, page: Page) -> None:
    inner = Div()
    view.html.append(Div(inner))
    inner.append(view.parts)


def by_wrap_in_snapshot(view: Any, served: ServedApp, page: Page) -> None:
    served.do(lambda: [setattr(window, "cursor", None) for window in served.runtime.windows])
    by_wrap(view, served, page)


CHANGES = [by_delta, by_snapshot, by_move, by_wrap, by_wrap_in_snapshot]


def test_change_of_the_view_keeps_the_state_of_the_page(
    view_with_state: None, served: ServedApp, open_page: Open
) -> None:
    lost = []
    for change in CHANGES:
        for name, (make, check) in STATES.items():
            page = open_page()
            expect(page.locator("#parts")).to_have_count(1)
            view: Any = served.only_instance().view
            page.evaluate(make)
            assert page.evaluate(check), name
            with view.html.lock:
                change(view, served, page)
                view.done.set_text(f"{change.__name__}: {name}")
            expect(page.locator("#done")).to_have_text(f"{change.__name__}: {name}")
            if not page.evaluate(check):
                lost.append((change.__name__, name))
            page.context.close()
            served.do(served.only_instance().stop, StopReason.STOPPED)
    assert lost == []


def test_snapshot_with_a_changed_text_replaces_edited_text(
    view_with_state: None, served: ServedApp, open_page: Open
) -> None:
    page = open_page()
    expect(page.locator("#parts")).to_have_count(1)
    view: Any = served.only_instance().view
    page.evaluate(STATES["edited text"][0])
    served.do(lambda: [setattr(window, "cursor", None) for window in served.runtime.windows])
    view.parts.nodes[4].set_text("from the view")
    # The snapshot replaces the edited text with the new one, as a delta does. The element that the
    # user added stays.
    expect(page.locator("#editable")).to_have_text("from the viewmore")


def test_snapshot_that_turns_nodes_inside_out_is_applied(
    app: App, served: ServedApp, open_page: Open
) -> None:
    @app.route("/")
    class Nested(View):
        is_daemon = True

        def handle_request(self, request: Any) -> HTML:
            self.inner = Div("inner", id="inner")
            self.outer = Div("outer", self.inner, id="outer")
            return HTML(self.outer)

    page = open_page()
    expect(page.locator("#outer > #inner")).to_have_count(1)
    view: Any = served.only_instance().view
    served.do(lambda: [setattr(window, "cursor", None) for window in served.runtime.windows])
    with view.html.lock:
        view.html.append(view.inner)
        view.inner.append(view.outer)
    expect(page.locator("#inner > #outer")).to_have_count(1)
    expect(page.locator("#outer > #inner")).to_have_count(0)
