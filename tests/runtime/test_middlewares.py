"""Middlewares and `App.identify`: connections, messages and requests."""

from __future__ import annotations

import threading

import pytest

from everview import App, Connection, ForbiddenError, MiddlewareData, View
from everview.errors import HandlerError
from everview.html import HTML, Button, P, Span
from everview.runtime.windows.effects import EventLost
from everview.runtime.windows.messages import Event
from everview.testing import SimulatedApp


def page(app: App, is_daemon: bool = False) -> None:
    view = {"is_daemon": is_daemon}

    class Page(View):
        def handle_request(self, request):
            self.count = Span(0, _id="count")
            return HTML(self.count, Button("add", handle_click=self.add))

        def add(self, event):
            self.count.set_text(int(self.count.get_text()) + 1)

    Page.is_daemon = view["is_daemon"]
    app.route("/")(Page)


def test_connection_is_refused_if_a_middleware_does_not_return_it(app: App) -> None:
    page(app)
    received: list[MiddlewareData] = []

    @app.middleware
    class MembersOnly:
        def handle_connection(self, data):
            received.append(data)
            return data if data.connection.user == "member" else None

    with SimulatedApp(app) as simulated:
        assert simulated.open(user="member").text("#count") == "0"
        with pytest.raises(PermissionError):
            simulated.open(user="guest")
    assert isinstance(received[0].connection, Connection)
    assert received[0].server.get_connection_count() == 1


def test_identify_names_the_user_of_a_connection(app: App) -> None:
    page(app, is_daemon=True)

    @app.identify
    async def identify(connection: Connection):
        if connection.user == "broken":
            raise RuntimeError("lookup failed")
        return {"tom": "thomas", "thomas": "thomas"}.get(connection.user)

    with SimulatedApp(app) as simulated:
        one, two = simulated.open(user="tom"), simulated.open(user="thomas")
        one.click("add")
        two.wait_text("#count", "1")
        assert simulated.instance(one).user == "thomas"
        for user in ("unknown", "broken"):
            with pytest.raises(PermissionError):
                simulated.open(user=user)


def test_message_is_lost_if_a_middleware_does_not_return_it(app: App) -> None:
    page(app)
    passes_events = [False]

    class Filter:
        async def handle_websocket_message(self, data):
            if isinstance(data.message, Event) and not passes_events[0]:
                return None
            return data

    app.middleware(Filter())
    with SimulatedApp(app) as simulated:
        window = simulated.open()
        window.click("add")
        assert window.text("#count") == "0"
        assert any(isinstance(effect, EventLost) for effect in window.effects)
        passes_events[0] = True
        window.click("add")
        assert window.text("#count") == "1"


def test_middleware_can_answer_a_request(app: App) -> None:
    page(app)

    @app.middleware
    class Maintenance:
        def handle_request(self, data):
            assert isinstance(data.view, View)
            if data.request.GET.get("away"):
                return HTML(P("back soon", _id="away"))
            if data.request.GET.get("secret"):
                raise ForbiddenError("not you")
            return data

    with SimulatedApp(app) as simulated:
        assert simulated.open("/").has("#count")
        assert simulated.open("/?away=1").has("#away")
        assert simulated.open("/?secret=1").has("not you")


def test_middlewares_run_for_each_window_of_a_running_view(app: App) -> None:
    page(app, is_daemon=True)
    allowed = ["first"]
    windows = []

    @app.middleware
    class Guests:
        def handle_request(self, data):
            windows.append(data.request.connection.window)
            if not allowed:
                return HTML(P("full", _id="full"))
            allowed.pop()
            return data

    with SimulatedApp(app) as simulated:
        first, second = simulated.open(), simulated.open()
        assert first.has("#count")
        assert second.has("#full")
        assert windows == [first.id, second.id]
        allowed.append("third")
        third = simulated.open()
        first.click("add")
        third.wait_text("#count", "1")


def test_slow_middleware_does_not_delay_other_windows(app: App) -> None:
    page(app)
    go_on = threading.Event()

    @app.middleware
    class Slow:
        def handle_request(self, data):
            if data.request.GET:
                assert go_on.wait(10)
            return data

    with SimulatedApp(app) as simulated:
        slow = simulated.open("/?slow=1", wait=False)
        quick = simulated.open()
        quick.click("add")
        assert quick.text("#count") == "1"
        go_on.set()
        slow.wait_text("#count", "0")


def test_middlewares_run_in_order_and_at_startup_and_shutdown(app: App) -> None:
    page(app)
    called = []

    def middleware(name):
        class Middleware:
            async def on_startup(self, data):
                called.append(f"{name} starts")
                return data

            def handle_request(self, data):
                called.append(name)
                return data

            def on_shutdown(self, data):
                called.append(f"{name} ends")
                return data

        return Middleware

    app.middleware(middleware("one"))
    app.middleware(middleware("two"))
    with SimulatedApp(app) as simulated:
        simulated.open()
    assert called == ["one starts", "two starts", "one", "two", "one ends", "two ends"]


def test_failing_middleware_refuses_the_connection(app: App, caplog) -> None:
    page(app)

    @app.middleware
    class Broken:
        def handle_connection(self, data):
            raise RuntimeError("broken middleware")

    with SimulatedApp(app) as simulated, pytest.raises(PermissionError):
        simulated.open()
    assert "broken middleware" in caplog.text


@pytest.mark.parametrize("wrong", [object(), 5])
def test_object_without_hooks_is_not_a_middleware(app: App, wrong: object) -> None:
    with pytest.raises(HandlerError, match="needs one of"):
        app.middleware(wrong)


def test_hooks_must_be_callable(app: App) -> None:
    class Wrong:
        handle_request = "no"

    with pytest.raises(HandlerError, match="handle_request"):
        app.middleware(Wrong())
    with pytest.raises(HandlerError):
        app.identify("me")
    with pytest.raises(HandlerError):
        app.frontend_view("layout")
