"""Middlewares: code of the app between windows and views; and who somebody is."""

from everview import App, View
from everview.html import H1, HTML, P

app = App(__file__)
BANNED = {"mallory"}


@app.identify
def identify(connection):
    """Whose a connection is: here, a name in small letters. None refuses it."""
    name = connection.user.lower()
    return None if name in BANNED else name


@app.middleware
class Counting:
    """Counts requests, and lets every view know the number."""

    def on_startup(self, data):
        data.server.state["requests"] = 0
        return data

    def handle_request(self, data):
        data.server.state["requests"] += 1
        return data


@app.middleware
class OnlyStaff:
    """Shows something else instead of the views that are for staff."""

    async def handle_request(self, data):
        if data.request.path.startswith("/staff") and data.request.user != "ann":
            return HTML(H1("Staff only"))
        return data


@app.route("/")
@app.route("/staff")
class Hello(View):
    """Says who is here."""

    def handle_request(self, request):
        count = self.server.state["requests"]
        return HTML(H1(f"Hello, {request.user}"), P(f"request {count}", _id="count"))


if __name__ == "__main__":
    app.run()
