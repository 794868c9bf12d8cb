"""Files that the user drags from another program and drops on a window."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.display import Display, Point, wait_until
from tests.support.driver import RunningApp

pytestmark = pytest.mark.native

APP = '''
from everview import App, Bucket, View
from everview.html import Div, HTML, P
from everview.widgets import FileDrop
app = App(__file__)

@app.route("/")
class Drops(View):
    def handle_request(self, request):
        self.result = P(_id="result")
        self.bucket = Bucket(request, on_add=self.added)
        return HTML(
            Div("Drop here", handle_drop=self.dropped, _id="target",
                style={"height": "150px", "background": "silver"}),
            FileDrop(self.bucket), self.result,
        )

    def dropped(self, event):
        self.result.set_text("paths: " + ", ".join(map(str, event.paths)))

    def added(self, names):
        self.result.set_text("uploaded: " + self.bucket.files[0].path.read_text())

app.run()
'''


@pytest.fixture
def source(display: Display, tmp_path: Path) -> Iterator[Path]:
    dragged = tmp_path / "a file.txt"
    dragged.write_text("the content")
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).parents[1] / "support" / "drag_source.py"), str(dragged)],
        env=display.environment | {"HOME": str(tmp_path), "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "painted\n"
    display.panels |= set(
        wait_until(lambda: [w for w in display.windows() if display.title(w) == "drag source"])
    )
    yield dragged
    process.terminate()
    process.communicate()


def drag_to(app: RunningApp, selector: str) -> None:
    (page,) = app.wait_for_pages(1)
    x, y, frame_x, frame_y = page.evaluate(
        f"(r => [r.x + r.width / 2, r.y + r.height / 2, screenX, screenY])"
        f"(document.querySelector({selector!r}).getBoundingClientRect())"
    )
    page.evaluate("window.seen = 0")
    page.evaluate(
        "void addEventListener('dragover', event => { window.seen +="
        f" event.target.closest({selector!r}) && event.defaultPrevented ? 1 : 0; }})"
    )
    left, top = app.display.edges(page.window)
    target = Point(round(frame_x + left + x), round(frame_y + top + y))
    # When the page has seen several drag events, the source of the drag has received the answer to
    # the first event.
    app.display.drag(Point(1400, 980), target, lambda: page.evaluate("window.seen") > 3)


def test_dropped_file_has_its_path_and_can_be_uploaded(app: RunningApp, source: Path) -> None:
    script = app.home / "drops.py"
    script.write_text(APP)
    app.command = [app.command[0], str(script)]
    app.process = app.spawn()
    (page,) = app.wait_for_pages(1)
    drag_to(app, "#target")
    page.wait_for_text("#result", f"paths: {source}")
    drag_to(app, ".ev-drop-area")
    page.wait_for_text("#result", "uploaded: the content")
