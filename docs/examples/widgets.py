"""Ready-made widgets, and a widget with a script of its own."""

from everview import App, Script, View
from everview.html import H1, HTML, Button, P
from everview.html.widgets.widget import Widget
from everview.widgets import Column, Log, ProgressBar, VirtualTable

app = App(__file__)


class Dial(Widget):
    """A knob that a person can turn. ``data["value"]`` is its position."""

    MODULE = Script("static/dial.js")


@app.route("/")
class Workshop(View):
    """A knob that changes a log, a bar and a table."""

    def handle_request(self, request):
        self.dial = Dial(data={"value": 0}, handle_turn=self.turned, _id="dial")
        self.log = Log(label="Turns", _id="turns")
        self.bar = ProgressBar("Turned", 0, 10)
        self.rows = [(number, number**2) for number in range(10_000)]
        self.table = VirtualTable(
            [Column("number"), Column("square", align="right", format="{:,}".format)],
            self.rows,
            handle_select=self.selected,
            _id="table",
        )
        self.chosen = P("No row is chosen.", _id="chosen")
        back = Button("Back to 0", handle_click=self.back)
        return HTML(H1("Widgets"), self.dial, back, self.bar, self.log, self.table, self.chosen)

    def turned(self, event):
        self.dial.data["value"] += event.data["by"]
        self.log.append(f"at {self.dial.data['value']}")
        self.bar.set(self.dial.data["value"], 10)

    def back(self, event):
        self.dial.data["value"] = 0
        self.log.append("back")
        self.bar.set(0, 10)

    def selected(self, event):
        chosen = [str(self.rows[place][1]) for place in event.data["ids"]]
        self.chosen.set_text(f"Chosen: {', '.join(chosen)}")


if __name__ == "__main__":
    app.run()
