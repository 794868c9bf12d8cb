"""State that all views share: ``server.state``, with a lock for changes that belong together."""

from everview import App, Channel, View
from everview.html import H1, HTML, Button, P

app = App(__file__)
app.settings.INITIAL_SERVER_STATE = {"tickets": 3, "sold": []}


@app.route("/")
class Tickets(View):
    """Every window has its own view, and no ticket is sold twice."""

    def handle_request(self, request):
        self.buyer = request.GET.get("name", request.user)
        self.left = P(_id="left")
        self.mine = P("No ticket yet.", _id="mine")
        self.subscribe("tickets", lambda message: self.show_left())
        self.show_left()
        return HTML(H1("Tickets"), self.left, Button("Buy", handle_click=self.buy), self.mine)

    def show_left(self):
        self.left.set_text(f"{self.server.state['tickets']} left")

    def buy(self, event):
        state = self.server.state
        with state.lock:
            if not state["tickets"]:
                self.mine.set_text("Sold out.")
                return
            state["tickets"] -= 1
            state["sold"] = [*state["sold"], self.buyer]
        self.mine.set_text(f"You have ticket {len(state['sold'])}.")
        Channel("tickets").send()


if __name__ == "__main__":
    app.run()
