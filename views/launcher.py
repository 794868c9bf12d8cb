"""The view Launcher: the start page of a new window, with all views and all running tasks."""

from __future__ import annotations

from everview import InputEvent
from everview.html import H1, H2, H3, HTML, A, Button, Div, Li, P, Section, Ul
from everview.i18n import _
from views import app
from views.tasks import TaskView


@app.route("/", name="launcher")
class Launcher(TaskView):
    """The views of this app and its running tasks."""

    TITLE = "Everview"

    def build_page(self, table: Div) -> HTML:
        return HTML(
            H1("Everview"),
            Section(H2(_("Views")), Ul(self.cards(), _class="cards")),
            Section(H2(_("Running")), table),
            Div(
                Button(_("Quit Everview …"), handle_click=self.quit, _class="danger"),
                _class="row",
                style={"margin_top": "2rem"},
            ),
        )

    def cards(self) -> list[Li]:
        """Create a card for each view whose path has no parameters."""
        return [
            Li(A(H3(place.title), P(place.summary), href=place.url, _class="card"))
            for place in self.server.get_places()
        ]

    def quit(self, event: InputEvent) -> None:
        self.server.quit("ask", event.window)
