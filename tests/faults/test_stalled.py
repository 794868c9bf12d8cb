"""A window that stops reading uses limited memory and delays no other window."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from everview import App, View
from everview.html import HTML, Span
from everview.runtime.windows.window import BYTES_IN_FLIGHT
from tests.support.often import often
from tests.support.server import Page, new_page, on_server, serving, wait_until

pytestmark = pytest.mark.timeout(often(120, 1_200))

#: The number of characters in each value, the number of values per second, and the duration of the
#: test in seconds.
SIZE, RATE, SECONDS = 200_000, 50, often(3, 600)
READERS = 3


class Reader:
    """A window that reads and confirms all frames."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.newest = ""
        self.frames = 0
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        while self.newest != "end":
            message = self.page.frame()
            self.frames += 1
            self.page.socket.send({"t": "confirm", "frames": 1})
            for _, change in message["frame"].get("set", ()):
                self.newest = change.split()[0]


def test_window_that_does_not_read_delays_no_other_window(report: Callable[[str], None]) -> None:
    app = App(__file__, name="stalled")

    @app.route("/")
    class Large(View):
        is_daemon = True

        def handle_request(self, request):
            self.word = Span("-")
            return HTML(self.word)

    with serving(app) as server:
        readers = [Reader(new_page(server)) for _ in range(READERS)]
        stalled = Reader(new_page(server))
        for reader in (*readers, stalled):
            reader.page.attach("/")
        (instance,) = server.runtime.instances.values()
        *_, window = list(server.runtime.windows)
        for reader in readers:
            reader.thread.start()
        waiting = []
        for number in range(RATE * SECONDS):
            instance.view.word.set_text(f"{number} {'x' * SIZE}")
            time.sleep(1 / RATE)
            buffered = on_server(server, window.transport._transport.get_write_buffer_size)
            waiting.append(max(buffered, window._unconfirmed_bytes))
        instance.view.word.set_text("end")
        for reader in readers:
            wait_until(lambda reader=reader: reader.newest == "end", "a window shows the end")
        assert max(waiting) <= BYTES_IN_FLIGHT + SIZE + 1_000
        # When the stalled window reads again, it receives the current state, not every earlier
        # value.
        stalled.thread.start()
        wait_until(lambda: stalled.newest == "end", "the stalled window shows the end")
        assert stalled.frames < min(reader.frames for reader in readers)
        report(f"{SECONDS} s: {min(reader.frames for reader in readers)} frames for a window that reads, "
             f"{stalled.frames} for the stalled one; at most {max(waiting):,} unsent bytes")  # fmt: skip
        for reader in (*readers, stalled):
            reader.page.close()
