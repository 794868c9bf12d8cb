"""An app and a desktop that records its requests, for the tests of the shell."""

from __future__ import annotations

import threading

from playwright.sync_api import Page

from everview import App, View
from everview.html import H1, HTML, A, Button, Div, P, TextArea, TextInput
from everview.runtime.windows.platform import NoPlatform


class Desk(NoPlatform):
    """A desktop without windows that records the requests of the app in ``requests``."""

    def __init__(self) -> None:
        self.requests: list[tuple[object, ...]] = []

    def open_window(self, url, like=None):
        self.requests.append(("open", url))
        return True

    def close_window(self, window):
        self.requests.append(("close",))
        return True

    def browse(self, url):
        self.requests.append(("browse", url))
        return True

    def show_log(self):
        self.requests.append(("log",))
        return "/a/folder/of/the.log"

    def about(self):
        return [("Version", "1.2"), ("System", "Test 7")]

    def quit(self, how="stop"):
        self.requests.append(("quit", how))
        return True


def wait_for_desk(page: Page, desk: Desk, *what: object) -> None:
    """Wait until the desktop has received this request."""
    for _ in range(200):
        if what in desk.requests:
            return
        page.evaluate("new Promise(requestAnimationFrame)")
    raise AssertionError(f"the desktop did not receive {what}, only {desk.requests}")


def add_views(app: App) -> None:
    """Add a start page with fields, a page with much text, and a task that never ends."""

    @app.route("/")
    class Start(View):
        """The start page, which has fields."""

        TITLE = "Start"

        def handle_request(self, request):
            self.output = P(_id="output")
            return HTML(
                H1("Start"), TextInput("", _id="field"), TextArea(_id="area"),
                Div(TextInput("", _id="own"), data_ignore=True),
                P(A("to the text", href="/text?a=1", _id="to-text")),
                P(A("to a part", href="/text#part", _id="to-part")),
                P(A("outside", href="https://example.org/a?b=c", _id="outside")),
                Button("Copy", handle_click=self.put, _id="copy"),
                Button("Say", handle_click=lambda event: self.notice("A word"), _id="say"),
                Button("Complain", handle_click=lambda event: self.notice("A fault", kind="error"),
                       _id="complain"),
                self.output,
            )  # fmt: skip

        def put(self, event):
            self.copy("a text")

    @app.route("/text")
    class Text(View):
        """A view with much text."""

        TITLE = "Text"

        def handle_request(self, request):
            self.rest = Div(_id="rest")
            return HTML(
                H1("Text"),
                (P(f"Line {number} says: The Needle and the hay.") for number in range(60)),
                P("A part", _id="part"),
                P("a ", A("nee", href="/"), "dle in two pieces", _id="pieces"),
                P("a needle that is hidden", hidden=True),
                (P(f"end {number}") for number in range(30)),
                self.rest,
            )

    @app.route("/work", name="work")
    class Work(View):
        """A task that runs until the test releases it."""

        is_daemon = True
        TITLE = "Work"

        def handle_request(self, request):
            self.released = threading.Event()
            self.show(HTML(H1("Work"), P("At work …")))
            self.progress(3, 10, "three of ten")
            self.released.wait()
            self.is_daemon = False  # closing the task now loses no work

    @app.route("/tasks", name="tasks")
    def tasks(request):
        """The page with the list of tasks."""
        return HTML(H1("What runs"))
