"""Responses of views over a link and over HTTP: redirects, templates, refusals, failures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from everview import (
    App,
    FileResponse,
    ForbiddenError,
    HttpRedirectResponse,
    JsonResponse,
    RedirectResponse,
    Response,
    TemplateResponse,
    TemplateStringResponse,
    View,
)
from everview.errors import NotAViewError, ViewError
from everview.html import H1, HTML, Button, Content, Div, Nav, P, TextArea, TextInput
from everview.html.elements.markup import markup
from everview.runtime.windows.effects import Load, OpenTab, Redirect
from everview.testing import SimulatedApp

# over a link ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("response", "effect"),
    [
        (RedirectResponse("/there/"), Redirect("/there/")),
        (HttpRedirectResponse("/there/"), Load("/there/")),
        (HttpRedirectResponse("https://example.org/"), OpenTab("https://example.org/")),
    ],
)
def test_redirect_is_sent_to_present_and_later_windows(
    app: App, simulated: SimulatedApp, response: object, effect: dict[str, str]
) -> None:
    @app.route("/")
    class Elsewhere(View):
        is_daemon = True

        def handle_request(self, request):
            return response

    first = simulated.open(wait=False)
    first.wait_until(lambda: effect in first.effects)
    later = simulated.open(wait=False)
    later.wait_until(lambda: effect in later.effects)


def test_template_becomes_nodes_and_inserts_values_as_text(
    app: App, simulated: SimulatedApp, tmp_path: Path
) -> None:
    app.add_template("hello.html", "<h1 id=title>Hello {{ name }}</h1>")

    @app.route("/response/")
    def response(request):
        return TemplateResponse("hello.html", {"name": "<b>you</b>"})

    @app.route("/string/")
    def string(request):
        return TemplateStringResponse("<p id=title>{{ name }}</p>", {"name": "<i>"})

    @app.route("/show/")
    class Show(View):
        def handle_request(self, request):
            self.show(template="hello.html", context={"name": "shown"})
            self.await_click()

    assert simulated.open("/response/").text("#title") == "Hello <b>you</b>"
    assert simulated.open("/string/").text("#title") == "<i>"
    assert simulated.open("/show/").text("#title") == "Hello shown"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ missing }}", "missing"),
        ("{% if %}", "template_string"),
        ("<script>alert(1)</script>", "script"),
        ("<p onclick='x()'>", "onclick"),
    ],
)
def test_template_error_names_the_mistake(
    app: App, simulated: SimulatedApp, template: str, message: str
) -> None:
    @app.route("/")
    def wrong(request):
        return TemplateStringResponse(template)

    assert message in simulated.open().page()


def test_missing_template_error_names_the_folders(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    def missing(request):
        return TemplateResponse("nowhere.html")

    page = simulated.open().page()
    assert "there is no template 'nowhere.html'" in page
    assert "templates" in page


def test_http_response_of_an_interactive_route_is_an_error(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    def data(request):
        return JsonResponse({})

    assert "interactive=False" in simulated.open().page()


def test_forbidden_error_shows_its_message_and_is_not_logged(
    app: App, simulated: SimulatedApp, caplog
) -> None:
    @app.route("/")
    def secret(request):
        raise ForbiddenError("members only")

    window = simulated.open()
    assert window.has("members only")
    assert not window.has("Start again")
    assert "Traceback" not in caplog.text


def test_error_views_of_the_app_are_shown(app: App, simulated: SimulatedApp) -> None:
    @app.error_403_view
    def forbidden(request, error):
        return HTML(P(f"no entry to {request.url}: {error}", _id="own"))

    @app.error_404_view
    class Missing(View):
        def handle_request(self, request):
            return HTML(P(f"nothing at {request.url}", _id="own"))

    @app.error_500_view
    class Failed(View):
        async def handle_request(self, request, error):
            return HTML(P(f"{type(error).__name__} at {request.url}", _id="own"))

    @app.route("/secret/")
    def secret(request):
        raise ForbiddenError("members only")

    @app.route("/broken/")
    async def broken(request):
        raise KeyError("x")

    assert simulated.open("/secret/").text("#own") == "no entry to /secret/: members only"
    assert simulated.open("/nowhere/").text("#own") == "nothing at /nowhere/"
    assert simulated.open("/broken/").text("#own") == "KeyError at /broken/"


def test_default_error_page_is_shown_if_the_error_view_fails(
    app: App, simulated: SimulatedApp
) -> None:
    @app.error_500_view
    def failed(request, error):
        raise RuntimeError("and this")

    @app.route("/")
    def broken(request):
        raise KeyError("x")

    assert simulated.open().has("Start again")


def test_error_view_must_be_a_view(app: App) -> None:
    with pytest.raises(NotAViewError):
        app.error_500_view(5)
    with pytest.raises(NotAViewError):
        app.error_404_view(dict)


def test_layout_is_shown_around_every_view(app: App, simulated: SimulatedApp) -> None:
    @app.frontend_view
    def layout(request):
        return HTML(Nav("My app"), Content(_id="content"))

    @app.route("/")
    class Inside(View):
        def handle_request(self, request):
            return HTML(P("the view", _id="view"), Button("more", handle_click=self.more))

        def more(self, event):
            self.html.append(P("more of it"))
            self.show(HTML(P("another tree", _id="view")))

    @app.route("/broken/")
    def broken(request):
        raise KeyError("x")

    window = simulated.open()
    assert window.text("nav") == "My app"
    assert window.text("#content #view") == "the view"
    window.click("more")
    assert window.text("#content") == "another tree"
    assert simulated.open("/broken/").has("nav")


def test_layout_without_content_element_is_reported(app: App, simulated: SimulatedApp) -> None:
    @app.frontend_view
    def layout(request):
        return Div("no place")

    @app.route("/")
    def view(request):
        return "view"

    assert "Content()" in simulated.open().page()


# over HTTP --------------------------------------------------------------------------------------


def test_results_of_http_routes_become_responses(
    app: App, simulated: SimulatedApp, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("file")
    answers = {
        "json": JsonResponse({"a": [1, None, "ü"]}),
        "text": "<b>",
        "node": H1("a < b"),
        "nothing": None,
        "bytes": Response(body=b"\x00", content_type="application/x-thing", status=201,
                          headers={"X-Own": "1"}),
        "file": FileResponse(tmp_path / "a.txt", name="b.txt"),
        "redirect": RedirectResponse("/text"),
        "string": TemplateStringResponse("<p>{{ x }}</p>", {"x": "&"}),
    }  # fmt: skip

    @app.route("/<name>", interactive=False)
    class Answers(View):
        def handle_request(self, request):
            assert not request.interactive
            return answers[request.match_info["name"]]

    assert json.loads(simulated.http("/json").content()) == {"a": [1, None, "ü"]}
    text = simulated.http("/text")
    assert (text.content(), text.content_type) == (b"<b>", "text/plain")
    node = simulated.http("/node")
    assert node.content_type == "text/html"
    assert b"<h1>a &lt; b</h1>" in node.content()
    assert simulated.http("/nothing").content() == b""
    thing = simulated.http("/bytes")
    assert (thing.status, thing.headers["X-Own"], thing.content()) == (201, "1", b"\x00")
    assert simulated.http("/file").name == "b.txt"
    assert simulated.http("/redirect").headers == {"Location": "/text"}
    assert b"<p>&amp;</p>" in simulated.http("/string").content()
    assert simulated.http("/missing").status == 500


def test_view_of_an_http_route_gets_the_request_and_ends(app: App, simulated: SimulatedApp) -> None:
    ended = []

    @app.route("/add", interactive=False)
    class Add(View):
        async def handle_request(self, request):
            if request.user != "owner":
                raise ForbiddenError
            return JsonResponse(
                [request.method, request.POST, request.GET, self.server.reverse("add")]
            )

        def on_cleanup(self):
            ended.append(True)

    app.router.routes[0].__dict__["name"] = "add"
    answer = simulated.http("/add?b=2", method="POST", post={"a": "1"})
    assert json.loads(answer.content()) == ["POST", {"a": "1"}, {"b": "2"}, "/add"]
    assert simulated.http("/add", user="other").status == 403
    simulated.wait_for(lambda: len(ended) == 2)
    assert not simulated.runtime.instances


def test_window_at_an_http_route_loads_its_address_and_keeps_its_view(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    def page(request):
        return HTML(P("page", _id="page"))

    @app.route("/data", interactive=False)
    def data(request):
        return "data"

    from everview.runtime.windows.messages import Attach

    window = simulated.open()
    window.say(Attach("/data?x=1"))
    window.wait_until(lambda: any(isinstance(effect, Load) for effect in window.effects))
    (effect,) = (effect for effect in window.effects if isinstance(effect, Load))
    assert effect.url.endswith("/data?x=1")
    assert effect.back == "/"
    assert simulated.instance(window).request.url == "/"
    ticket = effect.url.split("/")[3]
    redeemed = simulated.do(simulated.runtime.transfers.redeem, ticket)
    assert (redeemed.url, redeemed.user) == ("/data?x=1", "owner")
    assert simulated.do(simulated.runtime.transfers.redeem, ticket) is None
    fresh = simulated.open("/data", wait=False)
    fresh.wait_until(lambda: any(isinstance(effect, Load) for effect in fresh.effects))
    assert isinstance(fresh.effects[-1], Load)
    assert fresh.effects[-1].back == ""


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Response("a", b"b"), "not both"),
        (lambda: Response(status=99), "status"),
        (lambda: Response(headers={"A": "b\r\nSet-Cookie: x"}), "one line"),
        (lambda: JsonResponse(object()), "encoded as JSON"),
        (lambda: FileResponse("/nowhere"), "no file"),
    ],
)
def test_invalid_responses_are_errors(make, message: str) -> None:
    with pytest.raises(ViewError, match=message):
        make()


def test_parse_html_reads_markup_back() -> None:
    from everview.html import parse_html

    tree = Div(
        H1('a "quoted" & <less>', _class="x y", data_n='"&<>'),
        TextInput(value="it's <b>"),
        TextArea(value="</textarea><script>"),
        P("a\n b", style={"color": "red"}),
    )
    text = markup(tree)
    assert "<script>" not in text
    (read,) = parse_html(text)
    assert read.same_as(tree)
