"""The view Log: the live log file of the app."""

from __future__ import annotations

from pathlib import Path

from everview import Request, View
from everview.html import H1, HTML, P
from everview.i18n import _
from everview.widgets import Log
from views import app

FILE = "everview.log"
#: When the view opens, it shows this number of bytes from the end of the file.
TAIL_SIZE = 200_000
#: The time between two reads of the file, in seconds.
PAUSE = 0.3


@app.route("/log(/)", name="log")
class LogView(View):
    """The log of the app, which helps to find the cause of an error."""

    TITLE = "Log"

    def handle_request(self, request: Request) -> HTML | None:
        folder = dict(self.server.get_about()).get("Log")
        path = Path(folder, FILE) if folder else None
        if path is None or not path.exists():
            return HTML(H1(_("Log")), P(_("This app has no log file."), _class="dim"))
        lines = Log(label=_("Log"), height=28)
        self.show(HTML(H1(_("Log")), P(str(path), _class="dim"), lines))
        place, rest = max(0, path.stat().st_size - TAIL_SIZE), b""
        while True:
            place, rest = self.read(path, place, rest, lines)
            self.sleep(PAUSE)

    def read(self, path: Path, place: int, rest: bytes, lines: Log) -> tuple[int, bytes]:
        """Show new lines.

        Returns the position for the next read, and the incomplete line at the end.
        """
        if path.exists() and path.stat().st_size < place:
            place, rest = 0, b""  # the file was rotated: read the new one
        try:
            with path.open("rb") as file:
                file.seek(place)
                data = rest + file.read()
                place = file.tell()
        except OSError:
            return place, rest  # the new file does not exist yet
        *whole, rest = data.split(b"\n")
        lines.extend(line.decode(errors="replace") for line in whole)
        return place, rest
