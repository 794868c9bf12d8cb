"""Random mutations in a real page: page and server have the same nodes after each of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from everview import App, View
from everview.html import HTML
from tests.support.mutations import Mutator, SeededSource
from tests.support.page_dump import assert_agrees
from tests.support.serving import ServedApp

pytestmark = pytest.mark.browser


def test_page_and_server_agree_after_every_mutation(
    app: App, served: ServedApp, open_page: Callable[..., Page]
) -> None:
    @app.route("/")
    class Empty(View):
        is_daemon = True

        def handle_request(self, request):
            return HTML()

    first, second = open_page(), open_page()
    expect(second.locator("main > div")).to_have_count(1)
    instance = served.only_instance()
    for seed in range(12):
        instance.document.root.clear()
        source = SeededSource(seed)
        mutator = Mutator(instance.document, source)
        for step in range(40):
            # No frame is sent while the lock is held, so the changes of several mutations are
            # merged into one frame.
            with instance.document.lock:
                kinds = [mutator.step() for _ in range(source.number(1, 4))]
            assert_agrees(first, served, f"seed {seed}, step {step}: {kinds}")
        assert_agrees(second, served, f"seed {seed}")
        served.cut_links()


def test_page_requests_a_snapshot_if_a_frame_does_not_match_its_tree(
    app: App, served: ServedApp, open_page: Callable[..., Page]
) -> None:
    @app.route("/")
    class Empty(View):
        is_daemon = True

        def handle_request(self, request):
            return HTML()

    page = open_page()
    expect(page.locator("main > div")).to_have_count(1)
    instance = served.only_instance()
    mutator = Mutator(instance.document, SeededSource(3))
    for _ in range(30):
        mutator.step()
    assert_agrees(page, served, "before")
    served.do(lambda: [setattr(w, "cursor", 1) for w in served.runtime.windows])
    mutator.html.append("one more")
    assert_agrees(page, served, "after a frame that did not fit")
