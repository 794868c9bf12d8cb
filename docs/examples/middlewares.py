"""Middlewares: code that runs between a window and its view. `App.identify` names users."""

from everview import App, View
from everview.html import H1, HTML, P

app = App(__file__)
BANNED = {"mallory"}


@app.identify
def identify(connection):
    """Return the user of a connection, here in lower case, or None to refuse the connection."""
    name = connection.user.lower()
    return None if name in BANNED else name


@app.middleware
class Counting:
    """Counts requests; every view can read the number."""

    def on_startup(self, data):
        data.server.state["requests"] = 0
        return data

    def handle_request(self, data):
        data.server.state["requests"] += 1
        return data


@app.middleware
class OnlyStaff:
    """Replaces the views below ``/staff`` for all users but one."""

    async def handle_request(self, data):
        if data.request.path.startswith("/staff") and data.request.user != "ann":
            return HTML(H1("Staff only"))
        return data


@app.route("/")
@app.route("/staff")
class Hello(View):
    """A view that greets the user."""

    def handle_request(self, request):
        count = self.server.state["requests"]
        return HTML(H1(f"Hello, {request.user}"), P(f"request {count}", _id="count"))


if __name__ == "__main__":
    app.run()
