"""Addresses that lead nowhere: redirects in a circle, and addresses that are refused."""

from __future__ import annotations

import pytest

from everview import App, RedirectResponse, View
from everview.html import H1, HTML, P
from everview.runtime.runtime import MAX_REDIRECTS
from everview.testing import Clock, SimulatedApp


def redirecting(app: App, calls: list[str], path: str, target: str) -> None:
    @app.route(path)
    class Redirecting(View):
        def handle_request(self, request):
            calls.append(path)
            return RedirectResponse(target)


@pytest.mark.parametrize("start", ["/a", "/self"])
def test_redirect_loop_ends_with_a_page_that_names_it(start: str) -> None:
    app, calls = App(__file__), []
    redirecting(app, calls, "/a", "/b")
    redirecting(app, calls, "/b", "/a")
    redirecting(app, calls, "/self", "/self")
    with SimulatedApp(app, Clock()) as running:
        window = running.open_window(start)
        window.wait_for(lambda: window.sees("redirects too often"))
        assert 1 <= len(calls) <= MAX_REDIRECTS + 1


def test_view_that_redirects_while_it_is_shown_is_stopped_in_a_loop() -> None:
    app, calls = App(__file__), []

    @app.route("/")
    class Circle(View):
        def handle_request(self, request):
            calls.append(request.url)
            self.redirect(f"/?{len(calls)}")
            return HTML(P("moving"))

    with SimulatedApp(app, Clock()) as running:
        window = running.open_window()
        window.wait_for(lambda: window.sees("redirects too often"))
        assert len(calls) <= MAX_REDIRECTS + 1


def test_chain_of_twenty_redirects_arrives() -> None:
    app, calls = App(__file__), []
    for number in range(MAX_REDIRECTS):
        redirecting(app, calls, f"/{number}", f"/{number + 1}")

    @app.route(f"/{MAX_REDIRECTS}")
    class End(View):
        def handle_request(self, request):
            return HTML(H1("Here"))

    with SimulatedApp(app, Clock()) as running:
        window = running.open_window("/0")
        window.wait_for(lambda: window.sees("Here"))
        assert len(calls) == MAX_REDIRECTS


@pytest.mark.parametrize("url", ["/?" + "x" * 5000, "/a b"])
def test_refused_address_shows_a_page_and_the_window_goes_on(url: str) -> None:
    app = App(__file__)

    @app.route("/")
    class Home(View):
        def handle_request(self, request):
            return HTML(H1("Welcome"), P("home"))

    with SimulatedApp(app, Clock()) as running:
        window = running.open_window()
        window.go(url)
        window.wait_for(lambda: window.sees("too long or not valid"))
        window.click("Home")
        window.wait_for(lambda: window.sees("Welcome"))
