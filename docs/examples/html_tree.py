"""The tree: nodes are Python objects, and every window shows their changes."""

from everview import App, View
from everview.html import H1, HTML, Button, Div, Li, P, Ul, parse_html

app = App(__file__)


@app.route("/")
class Tree(View):
    """A list with buttons that change it."""

    def handle_request(self, request):
        self.items = Ul(Li("pear"), Li("apple"), _id="items", _class="plain")
        self.note = P("Nothing is marked.", _id="note", style={"color": "gray"})
        return HTML(
            H1("Fruit"),
            self.items,
            Div(
                Button("Add", handle_click=self.add),
                Button("Sort", handle_click=self.sort),
                Button("Mark the first", handle_click=self.mark),
                Button("Hide the note", handle_click=self.hide),
                Button("Empty", handle_click=self.empty),
                _class="row",
            ),
            self.note,
            parse_html("<p>This was parsed from <em>text</em>.</p>"),
        )

    def add(self, event):
        self.items.append(Li(f"fruit {len(self.items) + 1}"))

    def sort(self, event):
        # Sorting moves the existing nodes. The windows do not create new ones.
        self.items.nodes = sorted(self.items.nodes, key=lambda item: item.get_text())

    def mark(self, event):
        first = self.html.query_selector("#items > li:first-child")
        if first is None:
            return
        first.class_list.add("marked")
        first.style["font-weight"] = "bold"
        self.note.set_text(f"Marked: {first.get_text()}.")

    def hide(self, event):
        self.note.hide()

    def empty(self, event):
        self.items.clear()


if __name__ == "__main__":
    app.run()
