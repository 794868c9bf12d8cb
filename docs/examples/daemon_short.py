"""A short-running daemon view: the list stays when every window is closed."""

from everview import App, View
from everview.html import H1, HTML, Button, Form, Label, Li, TextInput, Ul

app = App(__file__)


@app.route("/")
class Shopping(View):
    """All windows of one owner share a list.

    Each value of ``?list=`` in the URL is another list.
    """

    is_daemon = True

    def handle_request(self, request):
        self.item = TextInput(_id="item", required=True)
        self.items = Ul(_id="items")
        return HTML(
            H1("Shopping"),
            Form(Label("Item", _for="item"), self.item, Button("Add", type="submit"),
                 handle_submit=self.add),
            self.items,
        )  # fmt: skip

    def add(self, event):
        line = Li(self.item.value, " ")
        line.append(Button("Done", handle_click=lambda event: line.remove()))
        self.items.append(line)
        self.item.value = ""

    @classmethod
    def instance_key(cls, request):
        return request.GET.get("list", "")


if __name__ == "__main__":
    app.run()
