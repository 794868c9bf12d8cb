"""Log: what the app wrote down, as it comes."""

from __future__ import annotations

from pathlib import Path

from everview import Request, View
from everview.html import H1, HTML, P
from everview.i18n import _
from everview.widgets import Log
from views import app

FILE = "everview.log"
#: Bytes of the file that are shown of what was written before.
BEFORE = 200_000
#: Seconds between two looks at the file.
PAUSE = 0.3


@app.route("/log(/)", name="log")
class LogView(View):
    """What the app wrote down, for when something is wrong."""

    TITLE = "Log"

    def handle_request(self, request: Request) -> HTML | None:
        folder = dict(self.server.get_about()).get("Log")
        path = Path(folder, FILE) if folder else None
        if path is None or not path.exists():
            return HTML(H1(_("Log")), P(_("There is no log."), _class="dim"))
        lines = Log(label=_("Log"), height=28)
        self.show(HTML(H1(_("Log")), P(str(path), _class="dim"), lines))
        place, rest = max(0, path.stat().st_size - BEFORE), b""
        while True:
            place, rest = self.read(path, place, rest, lines)
            self.sleep(PAUSE)

    def read(self, path: Path, place: int, rest: bytes, lines: Log) -> tuple[int, bytes]:
        """Show what is new; returns where the next look begins, and a line that is not whole."""
        if path.exists() and path.stat().st_size < place:
            place, rest = 0, b""  # the file was put away, and a new one begun
        try:
            with path.open("rb") as file:
                file.seek(place)
                data = rest + file.read()
                place = file.tell()
        except OSError:
            return place, rest  # between the two
        *whole, rest = data.split(b"\n")
        lines.extend(line.decode(errors="replace") for line in whole)
        return place, rest
