"""Routing: URLs with arguments, named routes and custom error pages."""

from everview import App, ForbiddenError, View
from everview.html import H1, HTML, A, Li, P, Ul

app = App(__file__)
BOOKS = {1: "Ulysses", 2: "Orlando"}


@app.route("/", name="shelf")
class Shelf(View):
    """Shows all books, or only the books that match a search."""

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
    """Shows one book. The URL pattern converts the argument to an int."""

    def handle_request(self, request):
        title = BOOKS.get(request.match_info["number"])
        if title is None:
            return HTML(P("There is no such book."))
        return HTML(H1(title), A("Back", href=self.server.reverse("shelf")))


@app.route("/files/<path:path>")
def show_path(request):
    """A function can be a view if it only shows something."""
    return HTML(P(request.match_info["path"], _id="path"))


@app.route("/secret")
def secret(request):
    """A view that refuses access to every user."""
    raise ForbiddenError("This shelf is locked.")


@app.error_404_view
def not_found(request):
    """Shows the error page of a URL that has no route."""
    return HTML(H1("No such page"), P(f"{request.url} does not exist."), A("Home", href="/"))


if __name__ == "__main__":
    app.run()
