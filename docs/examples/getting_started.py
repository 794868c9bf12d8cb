"""A first view: the greeting changes while a name is typed."""

from everview import App, View
from everview.html import H1, HTML, Label, P, TextInput

app = App(__file__)


@app.route("/")
class Greeting(View):
    """Greets the person whose name is in the field."""

    TITLE = "Greeting"

    def handle_request(self, request):
        self.name = TextInput(_id="name", handle_change=self.greet, input_delay=100)
        self.greeting = P("Hello!", _id="greeting")
        return HTML(H1("Greeting"), Label("Your name", _for="name"), self.name, self.greeting)

    def greet(self, event):
        name = self.name.value.strip()
        self.greeting.set_text(f"Hello, {name}!" if name else "Hello!")


if __name__ == "__main__":
    app.run()
