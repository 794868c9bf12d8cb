"""Links are cut at random times: during authentication, a frame, an event or an answer.

Two windows show one view, each behind a proxy (`FaultyProxy`). A simulated person clicks and types
in both windows, and the view changes at the same time. At the end, the proxies make no more cuts.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from everview import App, View
from everview.html import HTML, Button, TextInput
from everview.runtime.windows.effects import Notice
from tests.support.chromium import chromium, platform, served
from tests.support.mutations import EVERY, Mutator, SeededSource
from tests.support.often import often
from tests.support.page_dump import DUMP, expected, normal
from tests.support.proxy import FaultyProxy
from tests.support.record import Record
from tests.support.server import wait_until
from tests.support.serving import ServedApp

__all__ = ["chromium", "platform", "served"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.timeout(often(120, 3_600))]

#: The number of times that the link of each window is cut.
CUTS = often(25, 1_000)
WINDOWS = ["one", "two"]
BUTTONS = 5
#: A simulated person stops clicking while the server has not yet answered this number of events
#: with an acknowledgement or a notice.
PATIENT = 20
#: A script that records the notices of the page, its unacknowledged events, and the duration of
#: each time without a link in milliseconds.
WATCH = """(() => {
  Object.assign(window, { notices: [], offline: [], unacknowledged: [] });
  let since = 0;
  window.WebSocket = class extends WebSocket {
    constructor(...all) {
      super(...all);
      this.addEventListener("close", () => since ||= performance.now());
      this.addEventListener("message", ({ data }) => {
        const message = JSON.parse(data);
        if (message.t === "welcome" && since) {
          offline.push(performance.now() - since);
          since = 0;
        }
        for (const { t, text } of message.effects || []) if (t === "notice") notices.push(text);
        if (message.acknowledged || message.t === "welcome")
          unacknowledged = unacknowledged.filter((number) => number > message.acknowledged);
      });
    }
    send(data) {
      const { t, number } = JSON.parse(data);
      if (t === "event" && !unacknowledged.includes(number)) unacknowledged.push(number);
      super.send(data);
    }
  };
})()"""


class Board(View):
    """A view with buttons and a field for each window. The view records the clicks."""

    is_daemon = True

    def handle_request(self, request: Any) -> HTML:
        self.record = Record()
        self.fields = {name: TextInput(_id=f"{name}-field") for name in WINDOWS}
        buttons = [Button(f"{name} {number}", _id=f"{name}-{number}", handle_click=self.click)
                   for name in WINDOWS for number in range(BUTTONS)]  # fmt: skip
        return HTML(buttons, self.fields.values())

    def click(self, event: Any) -> None:
        name, _, number = event.node.get_text().partition(" ")
        self.record.handled[name].append(number)
        text = f"{name} {len(self.record.handled[name])}"
        self.record.notices[name].append(text)
        event.window.post(Notice(text))


@pytest.fixture
def proxies(served: ServedApp, seed: int) -> Iterator[dict[str, FaultyProxy]]:
    """Start a proxy for each window. The server accepts the addresses of the proxies as its own."""
    guard = served.server.guard
    port = int(guard.authority.rpartition(":")[2])
    with ExitStack() as stack:
        found = {name: stack.enter_context(FaultyProxy(port, seed * 100 + number))
                 for number, name in enumerate(WINDOWS)}  # fmt: skip
        for proxy in found.values():
            guard.authorities.append(proxy.authority)
            guard.origins.add(f"http://{proxy.authority}")
        yield found


@pytest.fixture
def pages(
    app: App, served: ServedApp, chromium: Browser, proxies: dict[str, FaultyProxy]
) -> Iterator[dict[str, Page]]:
    """Open a page behind each proxy. A script error in any page fails the test."""
    app.route("/")(Board)
    own, errors = served.server.guard.authority, []
    with ExitStack() as stack:
        found = {}
        for name, proxy in proxies.items():
            context = stack.enter_context(chromium.new_context())
            context.add_init_script(WATCH)
            found[name] = page = context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(served.address().replace(own, proxy.authority))
            page.locator("#one-0").wait_for()
        yield found
    assert errors == []


class Person:
    """A simulated person at one window. The object records the sent events, and the events that the
    server handled.
    """

    def __init__(self, name: str, page: Page, board: Board, source: random.Random) -> None:
        self.name, self.page, self.board, self.source = name, page, board, source
        self.typed = ""
        self.sent, self.handled, self.notices = (
            by_window.setdefault(name, [])
            for by_window in (board.record.sent, board.record.handled, board.record.notices)
        )

    def act(self) -> None:
        """Click some random buttons, and sometimes type."""
        # A page stores any number of events without a link, but the server stores only MAX_EFFECTS
        # notices for it. If the proxy cuts a link before the first frame, the link transfers only
        # its welcome, which acknowledges events.
        stored, received = self.page.evaluate("[unacknowledged.length, notices.length]")
        most = 4 if max(stored, len(self.sent) - received) < PATIENT else 1
        clicked = [str(self.source.randrange(BUTTONS)) for _ in range(self.source.randrange(most))]
        self.sent += clicked
        self.page.evaluate("ids => ids.forEach(id => document.getElementById(id).click())",
                           [f"{self.name}-{number}" for number in clicked])  # fmt: skip
        if self.source.random() < 0.2:
            self.page.locator(f"#{self.name}-field").press_sequentially("x")
            self.typed += "x"

    def settle(self) -> None:
        """Move the focus out of the field, and wait until all events are handled and
        acknowledged.
        """
        self.page.locator("body").click(position={"x": 1, "y": 1})
        field = self.board.fields[self.name]
        wait_until(
            lambda: len(self.handled) >= len(self.sent), f"all events of {self.name} are handled"
        )
        wait_until(lambda: field.value == self.typed, f"the server has the text of {self.name}")
        wait_until(
            lambda: not self.page.evaluate("unacknowledged.length"),
            f"all events of {self.name} are acknowledged",
        )
        wait_until(
            lambda: self.page.evaluate("notices.length") >= len(self.notices),
            f"{self.name} has received all notices",
        )

    def record_page(self) -> None:
        """Record the nodes and notices of this page."""
        record = self.board.record
        wait_until(
            lambda: normal(self.page.evaluate(DUMP)) == record.tree,
            f"{self.name} shows the tree of the server",
        )
        record.shown[self.name] = normal(self.page.evaluate(DUMP))
        record.received[self.name] = self.page.evaluate("notices")
        record.unacknowledged[self.name] = self.page.evaluate("unacknowledged.length")


@pytest.mark.parametrize("seed", range(2))
def test_no_event_is_lost_or_repeated_when_links_are_cut(
    served: ServedApp,
    proxies: dict[str, FaultyProxy],
    pages: dict[str, Page],
    seed: int,
    report: Callable[[str], None],
) -> None:
    source = random.Random(seed)
    instance = served.only_instance()
    board = instance.view
    assert isinstance(board, Board)
    people = [Person(name, page, board, source) for name, page in pages.items()]
    # A change of the root would replace the buttons.
    kinds = [kind for kind in EVERY if kind != "root"]
    mutator = Mutator(instance.document, SeededSource(seed), kinds)
    for proxy in proxies.values():
        proxy.injects = True
    served.cut_links()
    while min(proxy.cuts for proxy in proxies.values()) < CUTS:
        for person in people:
            person.act()
        for _ in range(source.randrange(3)):
            mutator.step()
        people[0].page.wait_for_timeout(source.randrange(40))
    for proxy in proxies.values():
        proxy.injects = False
    # Cut all links once more, because the links that are open now still have a fault.
    served.cut_links()
    for person in people:
        person.settle()
    board.record.tree = normal(expected(served))
    for person in people:
        person.record_page()
        offline = sorted(person.page.evaluate("offline"))
        report(f"window {person.name}: {proxies[person.name].cuts} cuts, {len(person.sent)} clicks; "
             f"without a link for {median(offline):.0f} ms, p99 {offline[int(len(offline) * 0.99)]:.0f} ms")  # fmt: skip
    board.record.check()
