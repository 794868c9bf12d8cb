"""Links that are cut anywhere: in a proof, in the middle of a frame, of an event, of an answer.

Two windows of one view, each behind a network of its own (`FaultyProxy`). In both somebody clicks and
types, and the view changes by itself all the while. Then the networks calm down.
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
from tests.support.chromium import chromium, served
from tests.support.mutations import EVERY, Mutator, SeededSource
from tests.support.often import often
from tests.support.page_dump import DUMP, expected, normal
from tests.support.proxy import FaultyProxy
from tests.support.record import Record
from tests.support.server import wait_until
from tests.support.serving import ServedApp

__all__ = ["chromium", "served"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.timeout(often(120, 3_600))]

#: Of each window.
CUTS = often(25, 1_000)
WINDOWS = ["one", "two"]
BUTTONS = 5
#: Events that are not acknowledged, or of which a window was not told what they did, from which on
#: nobody goes on clicking there.
PATIENT = 20
#: Notes what the page is told, and how long it was without a link, in milliseconds.
WATCH = """(() => {
  Object.assign(window, { told: [], away: [], kept: [] });
  let since = 0;
  window.WebSocket = class extends WebSocket {
    constructor(...all) {
      super(...all);
      this.addEventListener("close", () => since ||= performance.now());
      this.addEventListener("message", ({ data }) => {
        const message = JSON.parse(data);
        if (message.t === "welcome" && since) {
          away.push(performance.now() - since);
          since = 0;
        }
        for (const { t, text } of message.effects || []) if (t === "notice") told.push(text);
        if (message.acknowledged) kept = kept.filter((number) => number > message.acknowledged);
        if (message.t === "welcome") kept = kept.filter((number) => number > message.acknowledged);
      });
    }
    send(data) {
      const { t, number } = JSON.parse(data);
      if (t === "event" && !kept.includes(number)) kept.push(number);
      super.send(data);
    }
  };
})()"""


class Board(View):
    """Buttons and a field for each window; what is done with them is written down."""

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
        self.record.said[name].append(text)
        event.window.post(Notice(text))


@pytest.fixture
def proxies(served: ServedApp, seed: int) -> Iterator[dict[str, FaultyProxy]]:
    """A network for each window; the server knows their addresses as its own."""
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
    """A window behind each network; a script error in any of them fails the test."""
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
    """Somebody at one window, and what came of it."""

    def __init__(self, name: str, page: Page, board: Board, source: random.Random) -> None:
        self.name, self.page, self.board, self.source = name, page, board, source
        self.typed = ""
        self.sent, self.handled, self.said = (
            by_window.setdefault(name, [])
            for by_window in (board.record.sent, board.record.handled, board.record.said)
        )

    def act(self) -> None:
        """Click here and there, type sometimes."""
        # A window keeps any number of events while it is without a link, but is told no more than
        # EFFECTS_KEPT notices at once: where no frame fits into what passes before the next cut, a
        # link brings no more than its welcome, which acknowledges.
        kept, told = self.page.evaluate("[kept.length, told.length]")
        most = 4 if max(kept, len(self.sent) - told) < PATIENT else 1
        clicked = [str(self.source.randrange(BUTTONS)) for _ in range(self.source.randrange(most))]
        self.sent += clicked
        self.page.evaluate("ids => ids.forEach(id => document.getElementById(id).click())",
                           [f"{self.name}-{number}" for number in clicked])  # fmt: skip
        if self.source.random() < 0.2:
            self.page.locator(f"#{self.name}-field").press_sequentially("x")
            self.typed += "x"

    def settle(self) -> None:
        """Leave the field, and wait until all is done."""
        self.page.locator("body").click(position={"x": 1, "y": 1})
        field = self.board.fields[self.name]
        wait_until(lambda: len(self.handled) >= len(self.sent), f"all of {self.name} is handled")
        wait_until(lambda: field.value == self.typed, f"all that {self.name} typed is there")
        wait_until(lambda: not self.page.evaluate("kept.length"), f"{self.name} is acknowledged")
        wait_until(lambda: self.page.evaluate("told.length") >= len(self.said), f"{self.name} is told")

    def note(self) -> None:
        """For the record: what this window shows and was told."""
        record = self.board.record
        wait_until(lambda: normal(self.page.evaluate(DUMP)) == record.tree, f"{self.name} agrees")
        record.shown[self.name] = normal(self.page.evaluate(DUMP))
        record.told[self.name] = self.page.evaluate("told")
        record.unacknowledged[self.name] = self.page.evaluate("kept.length")


@pytest.mark.parametrize("seed", range(2))
def test_nothing_is_lost_or_done_twice(
    served: ServedApp,
    proxies: dict[str, FaultyProxy],
    pages: dict[str, Page],
    seed: int,
    tell: Callable[[str], None],
) -> None:
    source = random.Random(seed)
    instance = served.only_instance()
    board = instance.view
    assert isinstance(board, Board)
    people = [Person(name, page, board, source) for name, page in pages.items()]
    # Beside the buttons, never in their place.
    kinds = [kind for kind in EVERY if kind != "root"]
    mutator = Mutator(instance.document, SeededSource(seed), kinds)
    for proxy in proxies.values():
        proxy.rages = True
    served.cut_links()
    while min(proxy.cuts for proxy in proxies.values()) < CUTS:
        for person in people:
            person.act()
        for _ in range(source.randrange(3)):
            mutator.step()
        people[0].page.wait_for_timeout(source.randrange(40))
    for proxy in proxies.values():
        proxy.rages = False
    # What was drawn before still goes wrong, once.
    served.cut_links()
    for person in people:
        person.settle()
    board.record.tree = normal(expected(served))
    for person in people:
        person.note()
        away = sorted(person.page.evaluate("away"))
        tell(f"window {person.name}: {proxies[person.name].cuts} cuts, {len(person.sent)} clicks; "
             f"without a link for {median(away):.0f} ms, p99 {away[int(len(away) * 0.99)]:.0f} ms")  # fmt: skip
    board.record.check()
