"""Static files: a style sheet of a view, and files of the app."""

from everview import App, StyleSheet, View
from everview.html import H1, HTML, Img, P

app = App(__file__)
DOT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="9"/></svg>'
app.add_static_file("print.css", "@media print { button { display: none } }", link=True)
dot_url = app.add_static_file("dot.svg", DOT)


@app.route("/")
class Styled(View):
    """A view whose pages load ``static/plain.css`` from the folder of this file."""

    STATIC_FILES = [StyleSheet("static/plain.css")]

    def handle_request(self, request):
        return HTML(
            H1("Static files", _class="plain-title"),
            P("A dot: ", Img(src=dot_url, alt="a dot", width=20)),
        )


if __name__ == "__main__":
    app.run()
