"""Launcher: the page a new window opens at: the views, and what is running."""

from __future__ import annotations

import inspect

from shell import InputEvent
from shell.html import H1, H2, H3, HTML, A, Button, Div, Li, P, Section, Ul
from views import app
from views.tasks import TaskView


@app.route("/", name="launcher")
class Launcher(TaskView):
    """The views of this app, and what is running."""

    TITLE = "Everview"

    def around(self, table: Div) -> HTML:
        return HTML(
            H1("Everview"),
            Section(H2("Views"), Ul(self.cards(), _class="cards")),
            Section(H2("Running"), table),
            Div(
                Button("Quit Everview …", handle_click=self.quit, _class="danger"),
                _class="row",
                style={"margin_top": "2rem"},
            ),
        )

    def cards(self) -> list[Li]:
        """A card for every view that can be opened without knowing more than its path."""
        cards = []
        for route in app.router.routes:
            if route.pattern == "/" or "<" in route.pattern or "*" in route.pattern:
                continue
            summary = (inspect.getdoc(route.view) or "").partition("\n\n")[0]
            path = route.build({})
            name = route.view.TITLE or route.view.__name__
            cards.append(Li(A(H3(name), P(summary), href=path, _class="card")))
        return cards

    async def quit(self, event: InputEvent) -> None:
        working = [s for s in await self.server.get_views() if s.text != "ready"]
        details = Ul(Li(f"{s.title}: {s.text}") for s in working) if working else None
        question = "Quit, and stop what is running?" if working else "Quit Everview?"
        if await self.ask(question, "Quit", "Stay", details=details) == "Quit":
            self.server.quit()
