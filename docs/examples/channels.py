"""Channels: one view sends the colour of a traffic light, other views receive it."""

from everview import App, Channel, View
from everview.html import H1, HTML, Button, Div, P

app = App(__file__)


@app.route("/light/<street>")
class Light(View):
    """Sends its colour to a channel when it changes."""

    def handle_request(self, request):
        self.street = request.match_info["street"]
        colours = ("red", "yellow", "green")
        buttons = [Button(colour, handle_click=self.switch) for colour in colours]
        return HTML(H1(f"Light at {self.street}"), Div(buttons, _class="row"))

    def switch(self, event):
        Channel(f"light.{self.street}").send({"colour": event.node.get_text()})


@app.route("/watch")
@app.route("/watch/<street>")
class Watch(View):
    """Subscribes to one street, or to all streets with a wildcard."""

    def handle_request(self, request):
        self.seen = P("Nothing yet.", _id="seen")
        self.subscribe(f"light.{request.match_info.get('street') or '*'}", self.changed)
        return HTML(H1("Lights"), self.seen)

    def changed(self, message):
        street = message.topic.partition(".")[2]
        self.seen.set_text(f"{street} is {message.data['colour']}")


if __name__ == "__main__":
    app.run()
