"""Views without mistakes, which both type checkers accept and which run.

The module ``mistaken_views`` has the same views with mistakes.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from everview import (
    App,
    AsyncView,
    Channel,
    InputEvent,
    Message,
    RedirectResponse,
    Request,
    StopReason,
    View,
    process,
)
from everview.html import (
    HTML,
    Button,
    CheckBox,
    DateInput,
    Div,
    Form,
    NumberInput,
    P,
    Span,
    TextInput,
    Value,
)
from everview.widgets import Column, Plot, VirtualTable

app = App(__file__)


@dataclass
class Person:
    name: str
    age: int
    birthday: date | None = None


def count_primes(limit: int, first: int = 2) -> int:
    """Count prime numbers. This function can run in a process or a thread."""
    process.progress(0, limit, "counting")
    return sum(all(n % d for d in range(2, n)) for n in range(first, limit))


@app.route("/fields")
class Fields(View):
    """A view that uses the values of fields with their types."""

    is_daemon = True

    def handle_request(self, request: Request) -> HTML:
        self.number = NumberInput(3, min=1, _id="number", handle_change=self.changed)
        self.text = TextInput("x", _id="text")
        self.birthday = DateInput(date(2000, 2, 29), _id="birthday")
        self.box = CheckBox(True, _id="box")
        self.count = Value(0)
        self.state = P(_id="state", role="status")
        more = Button("More", handle_click=self.more, disabled=False)
        # Set attributes by keyword, by their names in HTML, and with the prefix
        # ``data-``.
        own = Div(
            "own", _id="own", data_task=7, data_is_new=True, aria_label="Own", itemprop="name",
            attributes={"data-x": "1", "x-y": 2}, style={"margin_top": "1em"},
        )  # fmt: skip
        own.attributes["data-later"] = "later"
        own.class_list.add("card")
        return HTML(
            self.number, self.text, self.birthday, self.box, Span(self.count), more, own, self.state,
            Button("Without event", handle_click=lambda event: self.set_title("clicked")),
        )  # fmt: skip

    def changed(self, event: InputEvent) -> InputEvent | None:
        value = self.number.value
        if value is None:
            self.state.set_text("empty")
            return None
        half: float = value / 2
        self.state.set_text(half)
        return event

    def more(self, event: InputEvent) -> None:
        self.count.value += 1
        birthday = self.birthday.value
        if birthday is not None:
            self.birthday.value = birthday + timedelta(days=1)
        checked: bool = self.box.value
        self.text.value = self.text.value.upper() + str(checked)
        self.notice(f"{event.node.tag_name} was clicked", kind="info")
        if self.html is not None:
            self.html.class_list.add("clicked")
        pane = self.pane()
        pane.order = "name"
        self.state.set_text(f"{self.text.value} {pane.order}")

    def on_stop(self, reason: StopReason) -> None:
        Channel("stops").send({"reason": reason.value})

    @classmethod
    def instance_key(cls, request: Request) -> str:
        return request.GET.get("list", "")


@app.route("/plain")
class Plain(View):
    """A view that waits in synchronous code."""

    def handle_request(self, request: Request) -> HTML | RedirectResponse:
        self.subscribe("stops", self.stopped)
        start, leave = Button("Start", _id="start"), Button("Leave", _id="leave")
        event: InputEvent = self.await_click(start, leave, html=HTML(start, leave), timeout=60)
        if leave in event.nodes:
            return RedirectResponse("/fields")
        person = self.await_form(Form(Person))
        if person is None:
            return HTML(P("cancelled", _id="done"))
        answer = self.ask(f"Is {person.name} right?", "Yes", "No", details=P("Look again."))
        primes: int = self.run_in_process(count_primes, 10, first=2)
        primes += self.run_in_thread(count_primes, person.age)
        with ThreadPoolExecutor(1) as pool:
            primes += self.run_in_process(count_primes, 10, executor=pool)
        self.sleep(0.01)
        self.progress(1, 2, "half")
        text = f"{person.name.upper()} {person.age + 1} {answer} {primes}"
        return HTML(P(text, _id="done"))

    def stopped(self, message: Message) -> None:
        self.set_title(message.topic)

    def choose(self, event: InputEvent) -> None:
        path = self.choose_file("Table", suffixes=[".csv"])
        if path is not None:
            self.download(path, path.name)
        folder: str | None = self.choose_folder()
        saved: Path | None = self.save_file("a,b", "table.csv")
        self.show_message(f"{folder} {saved}", buttons=("OK", "Cancel"))
        self.server.quit("ask", event.window)


@app.route("/async")
class Async(AsyncView):
    """A view that waits in ``async`` code."""

    async def handle_request(self, request: Request) -> str:
        button = Button("Start", _id="start")
        event = await self.await_click(button, html=HTML(button))
        person = await self.await_form(Form(Person))
        if person is None:
            return "cancelled"
        answer = await self.ask("Right?", "Yes", "No")
        await self.sleep(0.01)
        primes = await self.run_in_process(count_primes, 10)
        primes += await self.run_in_thread(count_primes, 10)
        running = await self.server.get_views()
        return f"{event.name} {person.name.upper()} {answer} {primes + 1} {len(running)}"

    def plain_handler(self, event: InputEvent) -> None:
        self.set_title("plain")


@app.route("/widgets")
class Widgets(View):
    """A view with ready-made widgets and their layouts."""

    def handle_request(self, request: Request) -> HTML:
        columns = [Column("number"), Column("square", align="right", format="{:,}".format)]
        table = VirtualTable(columns, [(1, 1), (2, 4)], label="Squares", handle_select=self.selected)
        plot = Plot("a", "b", x="time", label="Lines")
        plot.append(1.5, 2, None)
        return HTML(table, plot)

    def selected(self, event: InputEvent) -> None:
        self.set_title(str(event.data))


@app.route("/function/<name>")
def greet(request: Request) -> HTML:
    """A view that is a function."""
    return HTML(P("Hello ", request.match_info["name"], _id="hello"))
