"""A chat: each room is a channel, and each window is one person."""

from everview import App, Channel, View
from everview.html import H1, HTML, Button, Form, Label, Li, P, TextInput, Ul

app = App(__file__)
KEPT = 100


@app.route("/")
@app.route("/<room>")
class Chat(View):
    """A room. A new window shows the messages that were sent before."""

    def handle_request(self, request):
        self.room = request.match_info.get("room") or "lobby"
        name = TextInput(_id="name", required=True)
        join = Form(Label("Your name", _for="name"), name, Button("Join", type="submit"))
        self.show(HTML(H1(f"Room {self.room}"), join), title=f"Chat: {self.room}")
        self.await_input_event(join)
        self.name = name.value.strip() or "guest"

        self.lines = Ul(_id="lines", aria_live="polite")
        self.text = TextInput(_id="text")
        self.subscribe(f"chat.{self.room}", self.receive)
        for sender, text in self.history():
            self.write(sender, text)
        self.say("", f"{self.name} has joined.")
        return HTML(
            H1(f"Room {self.room}"),
            self.lines,
            Form(Label("Message", _for="text"), self.text, Button("Send", type="submit"),
                 handle_submit=self.send),
            P("You are ", self.name),
        )  # fmt: skip

    def history(self):
        return self.server.state.get(f"chat.{self.room}", [])

    def send(self, event):
        if self.text.value.strip():
            self.say(self.name, self.text.value)
        self.text.value = ""
        self.focus(self.text)

    def say(self, sender, text):
        topic = f"chat.{self.room}"
        with self.server.state.lock:
            self.server.state[topic] = [*self.history()[1 - KEPT :], (sender, text)]
        Channel(topic).send((sender, text))

    def receive(self, message):
        self.write(*message.data)

    def write(self, sender, text):
        self.lines.append(Li(f"{sender}: {text}" if sender else text))
        if len(self.lines) > KEPT:
            self.lines.nodes[0].remove()

    def on_stop(self, reason):
        if hasattr(self, "lines"):
            self.say("", f"{self.name} has left.")


if __name__ == "__main__":
    app.run()
