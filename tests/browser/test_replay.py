"""The corpus of random mutations, replayed in a real page: page and server agree after each."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from everview import App, View
from everview.html import HTML
from everview.testing.page.replica import Replica
from tests.support.mutations import Mutator, SeededSource
from tests.support.serving import ServedApp

pytestmark = pytest.mark.browser

DUMP = """() => new Promise(resolve => setTimeout(() => {
  const chosen = e => [...e.options].flatMap((o, i) => o.selected ? [i] : []);
  const values = {
    INPUT: e => ["checkbox", "radio"].includes(e.type) ? [".checked", e.checked] : [".value", e.value],
    SELECT: e => [".selected", chosen(e)],
  };
  const dump = node => {
    if (node.nodeType === 3) return [node.$id, node.data];
    const attributes = {};
    for (const { name, value } of node.attributes) attributes[name] = value;
    if (node.$events) attributes["@"] = [...node.$events.keys()];
    if (node.$widget) attributes["$"] = node.$widget.data;
    const read = values[node.tagName];
    if (read) { const [slot, value] = read(node); attributes[slot] = value; }
    // What a widget made itself is no part of the tree; it must still be there, up to date.
    const own = [...node.childNodes].filter(child => child.$id === undefined);
    if (node.$widget?.object && own.map(e => e.textContent).join() !== JSON.stringify(node.$widget.data)) {
      attributes["own"] = own.map(e => e.textContent);
    }
    const children = [...node.childNodes].filter(child => child.$id !== undefined);
    return [node.$id, node.localName, attributes, children.map(dump)];
  };
  resolve([...document.querySelector("main").childNodes].map(dump));
}))"""


def expected(served: ServedApp) -> Any:
    replica = Replica()
    document = served.only_instance().document
    # Read without handing a revision out, so that the test does not disturb the journal.
    with document.lock:
        shown, dirty = document._shown, document._dirty
        replica.apply(json.loads(json.dumps(document.snapshot())))
        document._shown, document._dirty = shown, dirty
    return json.loads(json.dumps([child.plain() for child in replica.root.children]))


def normal(dump: Any) -> Any:
    """Styles as the object model writes them, widgets as their data."""
    if isinstance(dump, dict):
        # None: the page's part for widgets is still on its way.
        if "module" in (dump.get("$") or ()):
            dump = {**dump, "$": dump["$"]["data"]}
        style = dump.get("style")
        return {**dump, "style": style.strip("; ")} if style is not None else dump
    return [normal(item) for item in dump] if isinstance(dump, list) else dump


def assert_agrees(page: Page, served: ServedApp, told: str) -> None:
    wanted = normal(expected(served))
    deadline = time.monotonic() + 5
    got = None
    while time.monotonic() < deadline:
        got = normal(page.evaluate(DUMP))
        if got == wanted:
            return
    assert got == wanted, told


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
            # Several mutations in one frame now and then: then they are merged.
            with instance.document.lock:
                kinds = [mutator.step() for _ in range(source.number(1, 4))]
            assert_agrees(first, served, f"seed {seed}, step {step}: {kinds}")
        assert_agrees(second, served, f"seed {seed}")
        served.cut_links()


def test_a_page_that_lost_its_copy_mends_itself(
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
