"""File upload: uploaded files arrive in a bucket; the result is a download."""

from everview import App, Bucket, View
from everview.html import H1, HTML, Button, FileInput, Label, Li, P, Ul

app = App(__file__)


@app.route("/")
class Upload(View):
    """Accepts up to three texts and counts their words."""

    def handle_request(self, request):
        self.bucket = Bucket(
            request, max_files=3, max_size=1_000_000, accept=[".txt"],
            on_add=self.added, on_delete=self.list_files,
        )  # fmt: skip
        self.files = Ul(_id="files")
        self.state = P("No file yet.", _id="state", role="status")
        return HTML(
            H1("Count words"),
            Label("Texts", _for="field"),
            FileInput(self.bucket, _id="field"),
            self.files,
            self.state,
            Button("Download the counts", handle_click=self.hand_out),
        )

    def added(self, names):
        self.list_files(names)
        self.state.set_text(f"{', '.join(names)} has arrived.")

    def list_files(self, names):
        self.files.nodes = [
            Li(self.line(name), " ", Button("Remove", handle_click=self.remover(name)))
            for name in self.bucket.get_file_names()
        ]

    def remover(self, name):
        return lambda event: self.bucket.remove(name)

    def line(self, name):
        words = self.bucket.get_path(name).read_text(errors="replace").split()
        return f"{name}: {len(words)} words"

    def hand_out(self, event):
        lines = [self.line(name) for name in self.bucket.get_file_names()]
        self.download("\n".join(lines), "counts.txt")


if __name__ == "__main__":
    app.run()
