"""A confirmation pop-up: a handler asks and waits for the answer."""

from everview import App, View
from everview.html import H1, HTML, Button, Li, P, TextInput, Ul
from everview.widgets import Popup

app = App(__file__)


@app.route("/")
class Documents(View):
    """Documents that can be renamed, and deleted after a confirmation."""

    is_daemon = True

    def handle_request(self, request):
        self.documents = Ul(self.line(name) for name in ("letter", "novel"))
        self.state = P(_id="state", role="status")
        return HTML(H1("Documents"), self.documents, self.state)

    def line(self, name):
        return Li(
            name, " ",
            Button("Rename", handle_click=self.rename),
            Button("Delete", handle_click=self.delete),
            _id=name,
        )  # fmt: skip

    def delete(self, event):
        line = event.node.parent
        name = line.id_list[0]
        if self.ask(f"Delete {name}?", "Delete", "Keep") == "Delete":
            line.remove()
            self.state.set_text(f"{name} was deleted.")
        else:
            self.state.set_text(f"{name} was kept.")

    def rename(self, event):
        line = event.node.parent
        name = TextInput(line.id_list[0], aria_label="New name")
        popup = Popup("Rename", name, answers=("Rename", "Cancel"))
        self.html.append(popup)
        try:
            answered, answer = False, None
            while not answered:
                answered, answer = popup.answer_of(self.await_input_event(popup, *popup.buttons))
        finally:
            popup.remove()
        if answer == "Rename" and name.value:
            line.nodes[0].set_text(name.value)
            line.id_list = [name.value]


if __name__ == "__main__":
    app.run()
