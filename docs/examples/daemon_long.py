"""A long-running daemon view: it continues without a window; every window shows its progress."""

from everview import App, View
from everview.html import H1, HTML, Button, P, Progress

app = App(__file__)
SECONDS = 60


@app.route("/")
class Backup(View):
    """A copy that takes a minute and can be paused.

    The finished view stays until it is dismissed.
    """

    is_daemon = True
    TITLE = "Backup"

    def handle_request(self, request):
        self.is_paused = False
        self.bar = Progress(value=0, max=SECONDS)
        self.state = P("Copying …", _id="state", role="status")
        self.button = Button("Pause", handle_click=self.pause)
        self.show(HTML(H1("Backup"), self.bar, self.state, self.button))
        for second in range(SECONDS):
            self.progress(second, SECONDS, "copying")
            self.sleep(1)
            if self.is_paused:
                self.state.set_text("Paused.")
                self.await_click(self.button)
                self.is_paused = False
                self.state.set_text("Copying …")
            self.bar.attributes["value"] = second + 1
        self.notify("The backup is done")
        return HTML(H1("Backup"), P("Everything is copied.", _id="state"))

    def pause(self, event):
        if self.is_paused:
            return event  # pass the event on to `handle_request`, which waits for this click
        self.is_paused = True
        return None

    def on_stop(self, reason):
        self.server.state["last backup"] = str(reason)


if __name__ == "__main__":
    app.run()
