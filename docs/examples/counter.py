"""Counter: a small daemon view. All windows of its owner share one number."""

from everview import App, View
from everview.html import H1, HTML, Button, Span

app = App(__file__)


@app.route("/")
class Counter(View):
    """A number with buttons to increase and decrease it."""

    is_daemon = True

    def handle_request(self, request):
        self.count = Span("10", _id="count")
        return HTML(
            H1("Counter"),
            self.count,
            Button("Increment", handle_click=lambda event: self.add(1)),
            Button("Decrement", handle_click=lambda event: self.add(-1)),
        )

    def add(self, step):
        self.count.set_text(int(self.count.get_text()) + step)


if __name__ == "__main__":
    app.run()
