"""Events: handlers of nodes, hooks of the view, and keys."""

from everview import App, View
from everview.html import CLICK, H1, HTML, KEYDOWN, Button, Div, Li, Ul

app = App(__file__)


@app.route("/")
class Events(View):
    """A list of the received events, each with the handler that received it."""

    def handle_request(self, request):
        self.log = Ul(_id="log")
        return HTML(
            H1("Events"),
            Button("Mine", handle_click=self.mine),
            Button("Passed on", handle_click=self.passed_on),
            Button("The view's", _id="hook", events=[CLICK]),
            Div("Click this row, or press keys in it", _id="row", tabindex=0,
                events=[CLICK, KEYDOWN], _class="card"),
            self.log,
        )  # fmt: skip

    def write(self, text):
        self.log.append(Li(text))

    def mine(self, event):
        keys = [name for name in ("alt", "ctrl", "shift") if event.data.get(name)]
        self.write(f"the button: {event.name} {'+'.join(keys)}".strip())

    def passed_on(self, event):
        self.write("the button, which passes it on")
        return event

    def handle_input_event_root(self, event):
        if event.node_has_id("row") and event.name == "keydown":
            self.write(f"the root: key {event.data['key']}")
            return None
        return event

    def handle_input_event(self, event):
        self.write(f"the view: {event.name} at {event.tag_name}")


if __name__ == "__main__":
    app.run()
