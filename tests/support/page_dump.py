"""Compare the nodes of a page in Chromium with those of the server."""

from __future__ import annotations

import json
import time
from typing import Any

from playwright.sync_api import Page

from everview.testing.page.replica import Replica
from tests.support.serving import ServedApp

#: A script that returns the nodes of the page in the format of `expected`.
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
    // The nodes that a widget creates are not in the tree, but they must show its data.
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
    """Return the nodes of the only instance of the app."""
    replica = Replica()
    document = served.only_instance().document
    # Taking a snapshot changes the journal. Undo that change, so that the next deltas are not
    # affected.
    with document.lock:
        sent, has_unsent = document.sent_revision, document._has_unsent_change
        replica.apply(json.loads(json.dumps(document.snapshot())))
        document.sent_revision, document._has_unsent_change = sent, has_unsent
    return json.loads(json.dumps([child.plain() for child in replica.root.children]))


def normal(dump: Any) -> Any:
    """Convert the nodes of a page: styles to the format of the server, and widgets to their
    data.
    """
    if isinstance(dump, dict):
        # Before the page has loaded the module for widgets, it stores their data in another form.
        if "module" in (dump.get("$") or ()):
            dump = {**dump, "$": dump["$"]["data"]}
        style = dump.get("style")
        return {**dump, "style": style.strip("; ")} if style is not None else dump
    return [normal(item) for item in dump] if isinstance(dump, list) else dump


def assert_agrees(page: Page, served: ServedApp, message: str) -> None:
    """Wait up to 5 s until the page shows the nodes of the server. If it does not, the test fails
    with ``message``.
    """
    wanted = normal(expected(served))
    deadline = time.monotonic() + 5
    got = None
    while time.monotonic() < deadline:
        got = normal(page.evaluate(DUMP))
        if got == wanted:
            return
    assert got == wanted, message
