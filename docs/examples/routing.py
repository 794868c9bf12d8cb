"""Routing: addresses with arguments, names for addresses, error pages of one's own."""

from everview import App, ForbiddenError, View
from everview.html import H1, HTML, A, Li, P, Ul

app = App(__file__)
BOOKS = {1: "Ulysses", 2: "Orlando"}


@app.route("/", name="shelf")
class Shelf(View):
    """All books, and the search for one."""

    def handle_request(self, request):
        word = request.GET.get("q", "").lower()
        found = {number: title for number, title in BOOKS.items() if word in title.lower()}
        return HTML(
            H1("Books"),
            Ul(
                Li(A(title, href=self.server.reverse("book", number=number)))
                for number, title in found.items()
            ),
            P(A("With an o", href="/?q=o"), " ", A("Secret", href="/secret")),
        )


@app.route("/book/<number:int>(/)", name="book")
class Book(View):
    """One book: the argument is an int, since the pattern says so."""

    def handle_request(self, request):
        title = BOOKS.get(request.match_info["number"])
        if title is None:
            return HTML(P("There is no such book."))
        return HTML(H1(title), A("Back", href=self.server.reverse("shelf")))


@app.route("/files/<path:path>")
def show_path(request):
    """A function is enough for a view that only shows."""
    return HTML(P(request.match_info["path"], _id="path"))


@app.route("/secret")
def secret(request):
    """Refuses everybody."""
    raise ForbiddenError("This shelf is locked.")


@app.error_404_view
def not_found(request):
    """What an address without a route shows."""
    return HTML(H1("No such page"), P(f"{request.url} leads nowhere."), A("Home", href="/"))


if __name__ == "__main__":
    app.run()
