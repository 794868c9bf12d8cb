"""`FileDrop`: uploaded files are listed in every window and can be removed."""

from __future__ import annotations

import pytest

from everview import App, Bucket, View
from everview.html import HTML, P
from everview.testing import SimulatedApp
from everview.widgets import FileDrop


@pytest.mark.parametrize("is_async", [False, True])
def test_uploaded_files_are_listed_and_handlers_are_called(is_async: bool) -> None:
    app, deleted = App(__file__), []

    @app.route("/")
    class Files(View):
        is_daemon = True

        def handle_request(self, request):
            on_add = self.added_async if is_async else self.added
            self.bucket = Bucket(request, on_add=on_add, on_delete=deleted.append)
            self.status = P(_id="status")
            return HTML(FileDrop(self.bucket, "Drop photographs here"), self.status)

        def added(self, names):
            self.status.set_text(f"received {names[0]}")

        async def added_async(self, names):
            self.added(names)

    with SimulatedApp(app) as simulated:
        window, other = simulated.open(), simulated.open()
        assert window.has("Drop photographs here")
        assert window.upload("input[type=file]", "a.jpg", b"12345") == ""
        other.wait_text("#status", "received a.jpg")
        other.wait_until(lambda: other.has("ul li"))
        assert other.text("ul li") == "a.jpg 5 bytes Remove"
        other.click("Remove")
        window.wait_until(lambda: not window.has("ul li"))
        assert deleted == [["a.jpg"]]
