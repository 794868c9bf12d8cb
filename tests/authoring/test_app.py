"""`App` and the running server, used from views and from other code."""

from __future__ import annotations

import pytest

from everview import MATCH_ALL, App, View
from everview.errors import NotAViewError, RouteError, ViewError
from everview.html import HTML, P
from everview.testing import SimulatedApp


def test_server_is_available_while_app_runs(app: App) -> None:
    with pytest.raises(ViewError, match="while the app is running"):
        _ = app.server

    @app.route("/")
    class Asks(View):
        is_daemon = True

        def handle_request(self, request):
            server = app.server
            assert server.state is self.server.state
            views = server.get_views()
            return HTML(P(f"{server.user} {len(views)} {server.get_connection_count()}", _id="text"))

    @app.route("/other/<number:int>/", name="other")
    def other(request):
        return "other"

    with SimulatedApp(app) as simulated:
        assert simulated.open(user="ann").text("#text") == "ann 1 1"
        assert simulated.open(user="bob").text("#text") == "bob 1 2"
        assert app.server.get_connected_user_count() == 2
        assert app.server.get_running_views_count() == 2
        assert app.server.get_view_class("/") is Asks
        assert app.server.get_view_class("/none") is None
        assert app.server.reverse("other", number=5) == "/other/5/"
        with pytest.raises(RouteError, match="Did you mean 'other'"):
            app.server.reverse("othr", number=5)


def test_route_match_all_matches_every_other_path(app: App, simulated: SimulatedApp) -> None:
    @app.route("/known/")
    def known(request):
        return "known"

    @app.route(MATCH_ALL)
    def rest(request):
        return f"rest {request.path}"

    assert simulated.open("/known/").has("known")
    assert simulated.open("/a/b").has("rest /a/b")


@pytest.mark.parametrize("wrong", [5, dict, "view"])
def test_route_of_an_object_that_is_not_a_view_raises(app: App, wrong: object) -> None:
    with pytest.raises(NotAViewError, match=r"test_app\.py, line"):
        app.route("/")(wrong)


@pytest.mark.parametrize("pattern", ["/(<room>)", "/a(/)b", "/<a", "/a>", "/(a)/"])
def test_unknown_characters_in_a_route_are_refused(app: App, pattern: str) -> None:
    with pytest.raises(RouteError, match="unexpected"):
        app.route(pattern)(lambda request: "x")
