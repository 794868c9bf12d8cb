"""User input: a view that asks one question after the other, as a terminal program does."""

from dataclasses import dataclass, field
from datetime import date

from everview import App, View
from everview.html import H1, HTML, Button, Form, Label, NumberInput, P, Select

app = App(__file__)


@dataclass
class Guest:
    """A guest at the dinner."""

    name: str
    vegetarian: bool = False
    arrives: date = field(default=date(2030, 1, 1))

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("Enter the name of the guest.")


@app.route("/")
class Dinner(View):
    """Asks for a number, a choice and a form, and shows a summary."""

    def handle_request(self, request):
        seats = NumberInput(value=2, min=1, max=8, _id="seats")
        go_on = Button("Go on")
        problem = P(role="alert")
        self.show(HTML(H1("Dinner"), Label("Seats", _for="seats"), seats, go_on, problem))
        while True:
            self.await_click(go_on)
            if seats.valid and seats.value:
                break
            problem.set_text(seats.reason or "How many?")

        menu = Select(values=[("soup", "Soup"), ("pie", "Pie")], _id="menu")
        self.show(HTML(H1("Menu"), Label("We cook", _for="menu"), menu, Button("Go on")))
        self.await_click()

        guest = self.await_form(Form(Guest, submit="Invite", cancel="No guest"))
        guest_line = "no guest" if guest is None else f"{guest.name}, on {guest.arrives:%d.%m.%Y}"
        diet = ", no meat" if guest is not None and guest.vegetarian else ""
        return HTML(
            H1("Done"),
            P(f"{seats.value:.0f} seats, {menu.value}, {guest_line}{diet}.", _id="summary"),
        )


if __name__ == "__main__":
    app.run()
