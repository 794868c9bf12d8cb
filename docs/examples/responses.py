"""Responses: redirects, templates, and HTTP responses for other programs."""

from pathlib import Path

from everview import (
    App,
    FileResponse,
    JsonResponse,
    RedirectResponse,
    Response,
    TemplateStringResponse,
    View,
)
from everview.html import H1, HTML, A, Button, Li, Ul

app = App(__file__)


@app.route("/")
class Index(View):
    """A page with links to the other routes."""

    def handle_request(self, request):
        links = {"Old address": "/old", "Template": "/template", "Numbers": "/numbers.json",
                 "Source": "/source", "Teapot": "/teapot"}  # fmt: skip
        return HTML(
            H1("Responses"),
            Ul(Li(A(text, href=url)) for text, url in links.items()),
            Button("Leave", handle_click=lambda event: self.redirect("/new")),
        )


@app.route("/old")
def old(request):
    """A view that redirects to the new address."""
    return RedirectResponse("/new")


@app.route("/new")
def new(request):
    """The page to which the old address redirects."""
    return HTML(H1("The new address"))


@app.route("/template")
def template(request):
    """A view made from a template. Inserted values are shown as text, never as HTML."""
    return TemplateStringResponse(
        "<h1>{{ title }}</h1><ul>{% for name in names %}<li>{{ name }}</li>{% endfor %}</ul>",
        {"title": "A template", "names": ["Ann", "<b>Bob</b>"]},
    )


@app.route("/numbers.json", interactive=False)
def numbers(request):
    """A route that sends JSON to other programs."""
    return JsonResponse({"numbers": [1, 2, 3]})


@app.route("/source", interactive=False)
def source(request):
    """A route that sends a file, which browsers save."""
    return FileResponse(Path(__file__), name="responses.py")


@app.route("/teapot", interactive=False)
def teapot(request):
    """A route that sends a response with a chosen status and chosen headers."""
    return Response("short and stout", status=418, headers={"X-Kind": "teapot"})


if __name__ == "__main__":
    app.run()
