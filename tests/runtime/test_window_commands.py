"""Commands that a window sends to the app, not to a view. The desktop is a fake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import pytest

from everview import App, View
from everview.addresses import is_outside
from everview.errors import LinkError
from everview.html import HTML, Button, P
from everview.progress import Progress
from everview.runtime.routing.places import Place
from everview.runtime.windows.effects import (
    About,
    ConfirmQuit,
    Copy,
    Effect,
    Notice,
    OpenTab,
    Places,
    Task,
    WindowState,
)
from everview.runtime.windows.messages import (
    Browse,
    InfoRequest,
    Prefer,
    QuitRequest,
    WindowCommand,
    decode,
)
from everview.runtime.windows.platform import NoPlatform
from everview.runtime.windows.window import Preferences, Window
from everview.testing import SimulatedApp, SimulatedWindow

E = TypeVar("E", bound=Effect)


class FakeDesktop(NoPlatform):
    """A fake desktop that records its calls."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def connected(self, window: Window) -> None:
        if window.label == "native-1":
            window.preferences = Preferences(1.5, "dark")

    def open_window(self, url: str, like: Window | None = None) -> bool:
        self.calls.append(("open", url, like.label if like else None))
        return True

    def prefer(self, window: Window) -> None:
        self.calls.append(window.preferences)

    def browse(self, url: str) -> bool:
        self.calls.append(("browse", url))
        return True

    def copy(self, text: str) -> bool:
        self.calls.append(("copy", text))
        return True

    def show_log(self) -> str:
        return "/the/logs"

    def about(self) -> list[tuple[str, str]]:
        return [("Python", "3.11")]

    def quit(self, how: str = "stop") -> bool:
        self.calls.append(("quit", how))
        return True


@pytest.fixture
def desktop() -> FakeDesktop:
    return FakeDesktop()


@pytest.fixture
def simulated(app: App, desktop: FakeDesktop) -> Iterator[SimulatedApp]:
    with SimulatedApp(app, platform=desktop) as simulated:
        yield simulated


@pytest.fixture(autouse=True)
def views(app: App) -> None:
    @app.route("/")
    def start(request):
        return HTML(P("Start"))

    @app.route("/tasks(/)", name="tasks")
    class Tasks(View):
        """Lists the running tasks.

        Lists of views do not show this paragraph.
        """

        TITLE = "The tasks"

        def handle_request(self, request):
            return HTML(P("Tasks"))

    @app.route("/files/<name>")
    def file(request, name):
        return HTML(P(name))

    @app.route("/raw", interactive=False)
    def raw(request):
        return "raw"

    @app.route("/work")
    class Work(View):
        is_daemon = True
        TITLE = "Work"

        def handle_request(self, request):
            button = Button("Go on")
            self.progress(3, 10, "files")
            self.show(HTML(button))
            self.await_click(button)
            return HTML(P("done"))

    app.site.title = "An app"


def effect(window: SimulatedWindow, kind: type[E]) -> E:
    """Wait for an effect of a type, and return the last effect of this type."""
    window.wait_until(lambda: any(isinstance(e, kind) for e in window.effects))
    return next(e for e in reversed(window.effects) if isinstance(e, kind))


def test_window_receives_its_preferences_and_its_app(simulated, desktop) -> None:
    plain, native = simulated.open(), simulated.open(label="native-1")
    assert plain.shown_as == WindowState(False, 1.0, "system", False, "An app", "/tasks/")
    assert native.shown_as == WindowState(True, 1.5, "dark", False, "An app", "/tasks/")


def test_app_without_tasks_route_has_no_link_to_it() -> None:
    app = App(__file__)
    app.route("/")(lambda request: HTML("x"))
    with SimulatedApp(app) as simulated:
        assert simulated.open().shown_as.tasks is None


def test_preferences_are_sent_again_after_a_reconnect(simulated, desktop) -> None:
    window = simulated.open()
    window.say(Prefer(zoom=1.25, theme="light"))
    window.wait_until(lambda: window.shown_as.zoom == 1.25)
    window.say(Prefer(fullscreen=True))
    window.wait_until(lambda: window.shown_as.fullscreen)
    assert desktop.calls == [Preferences(1.25, "light"), Preferences(1.25, "light", True)]
    window.drop()
    window.shown_as = None
    window.reconnect()
    window.wait_until(lambda: window.shown_as is not None and window.shown_as.theme == "light")


@pytest.mark.parametrize("text", [
    '{"t":"prefer","zoom":0.1}', '{"t":"prefer","zoom":9}', '{"t":"prefer","theme":"pink"}',
    '{"t":"quit","how":"now"}', '{"t":"info","what":"secrets"}', '{"t":"window","do":"format"}',
    '{"t":"browse","url":"file:///etc/passwd"}', '{"t":"browse","url":"javascript:alert(1)"}',
    '{"t":"browse","url":"https:///x"}', '{"t":"browse","url":"https://a b"}',
    '{"t":"browse","url":" https://a"}', '{"t":"browse","url":"https://a\\n"}',
    '{"t":"browse","url":"ms-settings:x"}', '{"t":"browse","url":"HTTPS://a","more":1}',
])  # fmt: skip
def test_message_with_invalid_fields_is_refused(text: str) -> None:
    with pytest.raises(LinkError):
        decode(text)


def test_only_web_and_mail_addresses_are_outside_links() -> None:
    assert is_outside("https://example.org/a?b#c")
    assert is_outside("http://example.org")
    assert is_outside("mailto:a@example.org")
    assert not is_outside("https://example.org/\x00")
    assert not is_outside("vbscript:x")
    assert not is_outside("http://" + "a" * 5000)


def test_outside_link_opens_system_browser(simulated, desktop) -> None:
    window = simulated.open()
    window.say(Browse("https://example.org/"))
    simulated.wait_for(lambda: desktop.calls == [("browse", "https://example.org/")])


def test_outside_link_opens_tab_without_desktop(app: App) -> None:
    with SimulatedApp(app) as simulated:
        window = simulated.open()
        window.say(Browse("https://example.org/2"))
        assert effect(window, OpenTab) == OpenTab("https://example.org/2")


def test_new_window_resembles_the_requesting_window(simulated, desktop) -> None:
    window = simulated.open(label="native-1")
    window.say(WindowCommand("open", "/tasks/"))
    simulated.wait_for(lambda: desktop.calls == [("open", "/tasks/", "native-1")])


def test_places_message_lists_views_and_tasks_of_the_owner(simulated, desktop) -> None:
    simulated.open("/work")
    simulated.open("/work", user="stranger")
    window = simulated.open()
    window.say(InfoRequest("places"))
    places = effect(window, Places)
    assert Place("/tasks/", "The tasks", "Lists the running tasks.") in places.views
    assert {view.url for view in places.views} == {"/tasks/", "/work"}
    assert places.tasks == [Task("Work", "/work", "needs input", Progress(3, 10, "files"))]


def test_log_folder_and_versions_are_shown(simulated, desktop) -> None:
    window = simulated.open()
    window.say(WindowCommand("log"))
    assert "/the/logs" in effect(window, Notice).text
    window.say(InfoRequest("about"))
    assert effect(window, About) == About("An app", [("Python", "3.11")])


def test_quit_asks_and_lists_tasks_only_while_work_is_running(simulated, desktop) -> None:
    window = simulated.open()
    window.say(QuitRequest("ask"))
    simulated.wait_for(lambda: desktop.calls == [("quit", "stop")])
    simulated.open("/work")
    window.say(QuitRequest("ask"))
    (task,) = effect(window, ConfirmQuit).tasks
    assert (task.title, task.progress) == ("Work", Progress(3, 10, "files"))
    for how in ("background", "finish", "stop"):
        window.say(QuitRequest(how))
    simulated.wait_for(lambda: [how for _, how in desktop.calls[1:]] == ["background", "finish", "stop"])


def test_identified_user_cannot_end_the_app(app, simulated, desktop) -> None:
    app.identify(lambda connection: connection.user)
    guest, native = simulated.open(user="guest"), simulated.open(label="native-1")
    guest.say(QuitRequest("stop"))
    assert "cannot end" in effect(guest, Notice).text
    assert desktop.calls == []
    native.say(QuitRequest("stop"))
    simulated.wait_for(lambda: desktop.calls == [("quit", "stop")])


def test_identified_user_sees_no_paths_of_the_server(app, simulated, desktop) -> None:
    app.identify(lambda connection: connection.user)
    guest, native = simulated.open(user="guest"), simulated.open(label="native-1")
    guest.say(InfoRequest("about"))
    assert effect(guest, About) == About("An app", [])
    guest.say(WindowCommand("log"))
    assert "/the/logs" not in effect(guest, Notice).text
    native.say(InfoRequest("about"))
    assert effect(native, About).rows


def test_quit_without_desktop_shows_notice(app: App) -> None:
    with SimulatedApp(app) as simulated:
        window = simulated.open()
        window.say(QuitRequest("stop"))
        assert "cannot be ended from here" in effect(window, Notice).text


def test_copy_uses_the_desktop_or_the_page(app: App, simulated, desktop) -> None:
    @app.route("/copy")
    class Copies(View):
        def handle_request(self, request):
            return HTML(Button("Copy", handle_click=lambda event: self.copy("a text")))

    native = simulated.open("/copy", label="native-1")
    native.click("Copy")
    simulated.wait_for(lambda: desktop.calls == [("copy", "a text")])
    tab = simulated.open("/copy")
    tab.click("Copy")
    assert effect(tab, Copy) == Copy("a text")


def test_message_is_a_dialog_of_the_page_without_desktop(app: App, simulated) -> None:
    @app.route("/ask")
    class Asks(View):
        def handle_request(self, request):
            self.show(HTML(P("Before")))
            answer = self.show_message("All of it?", "Delete", ("Delete", "Keep"))
            return HTML(P(f"answer: {answer}"))

    window = simulated.open("/ask")
    window.wait_until(lambda: window.has("All of it?"))
    window.click("Keep")
    window.wait_until(lambda: window.has("answer: Keep"))


def test_dropped_files_have_paths_only_from_the_desktop(app: App, simulated) -> None:
    received = []

    @app.route("/drop")
    class Drops(View):
        def handle_request(self, request):
            return HTML(P("Here", handle_drop=self.dropped))

        def dropped(self, event):
            received.append([str(path) for path in event.paths])

    window = simulated.open("/drop", label="native-1")
    data = {"x": 1, "y": 1, "text": "", "urls": [], "files": [{"name": "a.txt", "size": 1, "type": ""}]}
    window.event("Here", "drop", data)
    simulated.wait_for(lambda: received == [[]])
    simulated.do(lambda: setattr(window.window, "dropped", ["/home/a.txt", "/home/other.txt"]))
    window.event("Here", "drop", data)
    simulated.wait_for(lambda: received == [[], ["/home/a.txt"]])
    for hostile in (None, [], "x", {"files": 3}, {"files": [None, {"name": []}]}):
        simulated.do(lambda: setattr(window.window, "dropped", ["/home/a.txt"]))
        window.event("Here", "drop", hostile)
    simulated.wait_for(lambda: len(received) == 7)
    assert received[2:] == [[]] * 5
