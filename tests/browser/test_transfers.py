"""Tests of files and HTTP responses in a real page: uploads, downloads, routes without a view."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from everview import App, Bucket, FileResponse, JsonResponse, View
from everview.html import HTML, A, Button, FileInput, Img, Li, P, Ul

DROP = """element => {
  const data = new DataTransfer();
  data.items.add(new File(["dropped"], "dropped.txt", { type: "text/plain" }));
  for (const name of ["dragover", "drop"]) {
    element.dispatchEvent(new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}"""


def files(app: App, **limits: object) -> list[Bucket]:
    buckets: list[Bucket] = []

    @app.route("/")
    class Files(View):
        is_daemon = True

        def handle_request(self, request):
            self.bucket = Bucket(request, on_add=self.added, **limits)
            buckets.append(self.bucket)
            self.list = Ul(_id="list")
            return HTML(FileInput(self.bucket, _id="files"), self.list)

        def added(self, names):
            self.list.extend(Li(name) for name in names)

    return buckets


def test_chosen_and_dropped_files_arrive_in_every_window(
    app: App, open_page, tmp_path: Path
) -> None:
    buckets = files(app)
    first, second = open_page(), open_page()
    large = tmp_path / "größer.bin"
    large.write_bytes(bytes(range(256)) * 20_000)
    small = tmp_path / "small.txt"
    small.write_text("hello")
    first.set_input_files("#files", [large, small])
    expect(second.locator("#list li")).to_have_text(["größer.bin", "small.txt"])
    assert buckets[0].get_path("größer.bin").read_bytes() == large.read_bytes()
    first.locator("#files").evaluate(DROP)
    expect(second.locator("#list li")).to_have_count(3)
    assert buckets[0].get_path("dropped.txt").read_text() == "dropped"
    expect(first.locator("#files")).not_to_have_attribute("data-pending", "")
    assert first.input_value("#files") == ""
    # The files that a window has chosen are not part of the document, so another window does not
    # show them.
    first.set_input_files("#files", small)
    expect(second.locator("#list li")).to_have_count(4)


def test_refused_file_shows_the_reason(app: App, open_page, tmp_path: Path) -> None:
    files(app, max_size=3)
    page = open_page()
    path = tmp_path / "a.txt"
    path.write_text("too long")
    page.set_input_files("#files", path)
    expect(page.locator(".shell-notice.error")).to_contain_text("a.txt is larger than 3 bytes")


def test_file_dropped_outside_a_field_does_not_replace_the_page(app: App, open_page) -> None:
    files(app)
    page = open_page()
    prevented = page.evaluate("""() => {
      const event = new DragEvent("drop", { dataTransfer: new DataTransfer(), bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
      return event.defaultPrevented;
    }""")
    assert prevented


def test_download_is_saved_and_the_page_is_still_shown(app: App, open_page) -> None:
    @app.route("/")
    class Offers(View):
        def handle_request(self, request):
            return HTML(Button("get", handle_click=self.get), P("here", _id="here"))

        def get(self, event):
            self.download("a,b\n1,2", name="table.csv")
            self.html.append(P("offered", _id="offered"))

    page = open_page()
    for _ in range(2):
        with page.expect_download() as download:
            page.click("text=get")
        assert download.value.suggested_filename == "table.csv"
        assert Path(download.value.path()).read_text() == "a,b\n1,2"
    expect(page.locator("#offered")).to_have_count(2)


def test_link_to_a_route_without_a_view_loads_its_response(
    app: App, open_page, tmp_path: Path
) -> None:
    (tmp_path / "report.txt").write_text("the report")

    @app.route("/")
    def home(request):
        return HTML(A("data", href="/data?x=1"), A("file", href="/file"), P("home", _id="home"))

    @app.route("/data", interactive=False)
    def data(request):
        return JsonResponse({"x": request.GET["x"]})

    @app.route("/file", interactive=False)
    def file(request):
        return FileResponse(tmp_path / "report.txt", name="report.txt")

    page = open_page()
    with page.expect_download() as download:
        page.click("text=file")
    assert Path(download.value.path()).read_text() == "the report"
    # The page is still shown and its link is still open.
    assert page.evaluate("location.pathname") == "/"
    expect(page.locator("#home")).to_be_visible()
    page.click("text=data")
    expect(page.locator("body")).to_have_text('{"x":"1"}')
    page.reload()  # the one-time address was already used, so the page requests the route again
    expect(page.locator("body")).to_have_text('{"x":"1"}')
    page.go_back()
    expect(page.locator("#home")).to_be_visible()


def test_scripts_of_a_response_do_not_run(app: App, open_page) -> None:
    from everview import Response

    @app.route("/")
    def home(request):
        return HTML(A("html", href="/html"), Img(src="/none.png", alt=""))

    @app.route("/html", interactive=False)
    def html(request):
        text = "<p id=p>text</p><script>p.textContent = sessionStorage.length</script>"
        return Response(text, content_type="text/html")

    page = open_page()
    page.click("text=html")
    expect(page.locator("#p")).to_have_text("text")
    assert page.evaluate("window.origin") == "null"


def test_scripts_of_the_view_receive_the_sent_text(app: App, open_page) -> None:
    @app.route("/")
    class Sends(View):
        def handle_request(self, request):
            return HTML(Button("send", handle_click=lambda event: self.send_str("hello <b>")))

    page = open_page()
    page.evaluate("""() => {
      window.messages = [];
      addEventListener("everview-message", (event) => messages.push(event.detail));
    }""")
    page.click("main button")
    page.wait_for_function("messages.length")
    assert page.evaluate("messages") == ["hello <b>"]
