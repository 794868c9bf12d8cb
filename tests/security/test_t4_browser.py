"""T4 in a real browser: no payload in any slot runs a script or violates the policy of the page.

The tests also apply hostile frames directly. The page refuses these frames, even without the checks
in Python.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from everview import App, ForbiddenError, TemplateStringResponse, View
from everview.html import HTML, Button, Form, Img, P, Span, TextInput
from everview.server.access.keys import Identity
from everview.server.server import Server
from tests.support.hostile import LOOK, PAYLOADS, SLOTS, Watched, page_of, widgets
from tests.support.server import on_server, serving, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.security, pytest.mark.browser]

#: Choose some payloads for slots that exist only once in a page.
SAMPLE = PAYLOADS[::15]


def hostile_app() -> App:  # noqa: C901  (many small views)
    app = App(__file__, name="hostile")

    @app.route("/slot/<slot>")
    def slot(request: Any) -> HTML:
        return page_of(request.match_info["slot"], PAYLOADS)

    @app.route("/empty")
    def empty(request: Any) -> HTML:
        return HTML(P("empty"))

    @app.route("/widgets/<number>")
    def with_widgets(request: Any) -> HTML:
        payload = SAMPLE[int(request.match_info["number"])]
        return HTML(list(widgets(payload)), P(_id=f"w{request.match_info['number']}"))

    @app.route("/around")
    class Around(View):
        """A view with payloads in its title, its progress, its notices and its questions."""

        def handle_request(self, request: Any) -> None:
            self.show(HTML(P("around")))
            for number, payload in enumerate(SAMPLE):
                self.set_title(payload)
                self.progress(number, len(SAMPLE), payload)
                self.notice(payload, "error" if number % 2 else payload)
                self.show()
            for payload in SAMPLE[:12]:
                self.ask(payload, payload, "no", details=P(payload))

    @app.route("/template/<number>")
    def template(request: Any) -> TemplateStringResponse:
        text = "".join(f'<p title="{{{{ x[{n}] }}}}">{{{{ x[{n}] }}}}</p>' for n in range(len(SAMPLE)))
        return TemplateStringResponse(text, {"x": SAMPLE})

    @app.route("/fails/<number>")
    def fails(request: Any) -> None:
        raise ValueError(SAMPLE[int(request.match_info["number"])])

    @app.route("/forbidden/<number>")
    def forbidden(request: Any) -> None:
        raise ForbiddenError(SAMPLE[int(request.match_info["number"])])

    @app.route("/download")
    class Downloads(View):
        def handle_request(self, request: Any) -> HTML:
            return HTML(Button(str(n), handle_click=self.save) for n in range(len(SAMPLE)))

        def save(self, event: Any) -> None:
            self.download(b"x", SAMPLE[int(event.node.get_text())])

    return app


@pytest.fixture(scope="module")
def hostile() -> Iterator[Server]:
    with serving(hostile_app()) as server:
        yield server


@pytest.fixture
def watched(tab: Page) -> Watched:
    return Watched(tab)


def go(watched: Watched, server: Server, url: str) -> None:
    watched.page.goto(server.address(url, Identity("owner")))
    watched.page.wait_for_selector("main > *", state="attached")


def visit(watched: Watched, url: str) -> None:
    """Show another URL without loading the page again."""
    watched.page.evaluate(
        "(url) => { history.pushState(null, '', url); dispatchEvent(new PopStateEvent('popstate')); }",
        url,
    )


@pytest.mark.parametrize("slot", SLOTS)
def test_payloads_in_a_slot_have_no_effect(hostile: Server, watched: Watched, slot: str) -> None:
    go(watched, hostile, f"/slot/{slot}")
    address = watched.page.url
    watched.check(len(PAYLOADS) / 4)
    assert watched.page.url == address


def test_payloads_in_unguarded_page_are_detected(watched: Watched, evil_port: int) -> None:
    """In a page without guards, many payloads run scripts."""
    watched.page.goto(f"http://127.0.0.1:{evil_port}/")
    watched.page.evaluate(
        "(texts) => { for (const text of texts) { const d = document.createElement('main');"
        " d.innerHTML = text; document.body.append(d); } }",
        PAYLOADS,
    )
    wait_until(lambda: watched.page.evaluate("1") and len(watched.hits) > 20, "many payloads run")
    assert len(watched.page.evaluate(LOOK)["bad"]) == 20


def test_payloads_in_widgets_have_no_effect(hostile: Server, watched: Watched) -> None:
    go(watched, hostile, "/widgets/0")
    for number in range(len(SAMPLE)):
        visit(watched, f"/widgets/{number}")
        watched.page.wait_for_selector(f"#w{number}", state="attached")
    watched.check(10)


def test_payloads_in_the_title_and_in_notices_have_no_effect(
    hostile: Server, watched: Watched
) -> None:
    go(watched, hostile, "/around")
    for _ in SAMPLE[:12]:
        watched.page.locator(".popup button").last.click()
    watched.page.wait_for_selector(".popup", state="detached")
    watched.check()


def test_payloads_in_templates_and_error_pages_have_no_effect(
    hostile: Server, watched: Watched
) -> None:
    go(watched, hostile, "/template/0")
    watched.check(len(SAMPLE))
    for number in range(len(SAMPLE)):
        visit(watched, f"/{('fails', 'forbidden')[number % 2]}/{number}")
        watched.page.wait_for_selector(".shell-error")
    for payload in SAMPLE[::2]:
        # The payload is encoded as in the address bar.
        visit(watched, "/no/" + watched.page.evaluate("encodeURIComponent", payload.encode("utf-8", "replace").decode()))
        watched.page.wait_for_selector(".shell-error")
    watched.check()


def test_payloads_as_download_names_are_safe(hostile: Server, watched: Watched) -> None:
    go(watched, hostile, "/download")
    # Chromium asks the user before the eleventh download.
    for number in range(0, len(SAMPLE), len(SAMPLE) // 8):
        with watched.page.expect_download() as saved:
            watched.page.get_by_role("button", name=str(number), exact=True).click()
        name = saved.value.suggested_filename
        assert name
        assert not set(name) & set("/\\<>:\"|?*\0\n"), name
    watched.check()


# tests of frames that Python never sends --------------------------------------------------------

#: A script that applies frames to new trees in the page. It returns the numbers of refused and of
#: applied frames.
APPLY = """async (frames) => {
  const { Replica } = await import("/_everview/replica/replica.js");
  const root = document.querySelector("main");
  root.replaceChildren();
  let refused = 0, applied = 0;
  for (const stream of frames) {
    const holder = document.createElement("div");
    root.append(holder);
    const tree = new Replica(holder, () => {});
    try { tree.apply("x", { to: 1, tree: stream }); applied++; } catch { refused++; }
    // The same attributes as a change of existing nodes.
    const slots = stream[1] && stream[1][1];
    if (slots && typeof slots === "object" && !Array.isArray(slots)) {
      try {
        tree.apply("x", { to: 2, tree: [1, ["div"], ["svg", ["a"]]] });
        tree.apply("x", { from: 2, to: 3, set: [[1, slots], [3, slots]] });
      } catch { refused++; }
    }
  }
  return { refused, applied };
}"""


def hostile_frames() -> list[list[Any]]:
    """Return frames that Python never sends, with payloads as URLs, scripts, elements and
    styles.
    """
    frames: list[list[Any]] = []
    hosts = ("a", "img", "form", "button", "svg:a", "svg:use", "svg:image", "math:mi", "input", "video")
    names = ("href", "src", "action", "formaction", "xlink:href", "HREF", "Src", "srcdoc", "style",
             "poster", "data", "background")
    events = ("onclick", "onload", "onerror", "ONFOCUS", "onbegin")
    for number, payload in enumerate(PAYLOADS):
        for name in names[number % 2 :: 2]:
            frames.append([1, [hosts[(number + len(name)) % len(hosts)], {name: payload}]])
        frames.append([1, [hosts[number % len(hosts)], {events[number % len(events)]: "hit()", "src": "x"}]])
        frames.append([1, ["div", {payload: "hit()"}]])
        frames.append([1, [payload, "hit()"]])
        frames.append([1, ["p", {"title": payload}, payload]])
    for tag in ("script", "SCRIPT", "svg:script", "math:script", "iframe", "object", "embed", "style",
                "link", "meta", "base", "template", "svg:animate", "svg:set", "svg:animateTransform",
                "frame", "portal", "applet", "noscript", "x:script", "script:x", "svg:svg:script"):
        frames.append([1, [tag, {"src": "data:,hit()", "href": "data:,hit()"}, "hit()"]])
        frames.append([1, ["svg", [tag, "hit()"]]])
    return frames


def test_page_refuses_hostile_frames(hostile: Server, watched: Watched) -> None:
    go(watched, hostile, "/empty")
    frames = hostile_frames()
    found = watched.page.evaluate(APPLY, json.loads(json.dumps(frames).replace("\\ud800", "").replace("\\udfff", "")))
    assert found["refused"] > len(frames) / 4
    assert found["applied"] > len(frames) / 8
    watched.check()


def test_hostile_effects_neither_leave_the_page_nor_run_scripts(
    hostile: Server, watched: Watched
) -> None:
    """The server sends effects and frames that name URLs, modules and style sheets of other
    sites.
    """
    go(watched, hostile, "/empty")
    address = watched.page.url
    addresses = ["javascript:hit()", "JavaScript:hit()", "java\tscript:hit()", "data:text/html,<script>hit()</script>",
                 "//evil.test/hit", "/\\evil.test/hit", "http://evil.test/hit", "blob:null/hit", "vbscript:hit()",
                 "/\t/evil.test/hit", "\\\\evil.test/hit"]  # fmt: skip

    def send() -> None:
        (window,) = [w for w in hostile.runtime.windows if w.transport is not None]
        document = next(iter(hostile.runtime.instances))
        assert window.transport is not None

        def send_message(**message: Any) -> None:
            window.transport.send(json.dumps({"document": document, **message}).encode())  # type: ignore[union-attr]

        for url in addresses:
            for name in ("redirect", "load", "download"):
                send_message(effects=[{"t": name, "url": url}])
            send_message(effects=[{"t": "load", "url": url, "back": url}])
            send_message(frame={"to": 10**6, "meta": {"files": [url, url + ".js", url + ".css"], "title": url},
                       "tree": [1, ["div", {"$": {"module": url, "data": {}}}, "x"]]})  # fmt: skip
        send_message(effects=[{"t": "notice", "text": "done-with-it"}])

    on_server(hostile, send)
    watched.page.wait_for_selector("text=done-with-it")
    watched.check()
    assert watched.page.url == address


HIDING = """createElement createTextNode querySelector activeElement attributes firstChild nextSibling parentNode
    localName remove insertBefore setAttribute removeAttribute hasAttribute dataset closest append $id""".split()


def test_field_names_do_not_hide_dom_members(tab: Page) -> None:
    """In the DOM, fields become members of their form. Forms and images become members of the document."""
    app = App(__file__, name="names")

    @app.route("/<name>")
    class Names(View):
        def handle_request(self, request: Any) -> HTML:
            name = request.match_info["name"]
            self.form = Form(TextInput("a", _name=name), TextInput("b", _id=name))
            return HTML(Img(name=name), Form(name=name), self.form,
                        Button("go", _id=f"go-{HIDING.index(name)}", handle_click=self.go))  # fmt: skip

        def go(self, event: Any) -> None:
            self.form.attributes["title"] = "changed"
            self.form.insert(0, Span("first"))
            self.form.append(Span("last", _id="last"))

    with serving(app) as server:
        tab.goto(server.address(f"/{HIDING[0]}", Identity("owner")))
        for number, name in enumerate(HIDING):
            tab.evaluate("(url) => { history.pushState(null, '', url); dispatchEvent(new PopStateEvent('popstate')); }",
                         f"/{name}")  # fmt: skip
            tab.locator(f"#go-{number}").click()
            tab.wait_for_selector("form[title=changed] > span:first-child ~ #last")


def test_policy_blocks_injected_scripts(hostile: Server, watched: Watched) -> None:
    """The policy stops scripts that get into the page despite the other guards."""
    go(watched, hostile, "/empty")
    watched.page.evaluate(
        """() => {
          const main = document.querySelector("main");
          for (const text of ["<img src=x onerror=hit()>", "<svg onload=hit()>", "<iframe srcdoc='<script>parent.hit()</script>'>",
                              "<a href=javascript:hit()>x</a>", "<p onclick=hit()>x", "<style>*{color:red}</style>",
                              "<embed src=data:text/html,x>", "<object data=data:text/html,x>", "<base href=//evil.test/>",
                              "<form action=//evil.test/><button>x"]) {
            const part = document.createElement("div");
            part.innerHTML = text;
            main.append(part);
          }
          const script = document.createElement("script");
          script.textContent = "hit()";
          main.append(script);
          const other = document.createElement("script");
          other.src = "data:text/javascript,hit()";
          main.append(other);
          for (const node of main.querySelectorAll("a, p, button")) node.click();
        }"""
    )
    wait_until(lambda: len(watched.page.evaluate("seen.reports")) >= 8, "all violations are reported")
    watched.page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
    assert not watched.hits
    assert not watched.requests
    assert watched.page.url.endswith("/empty")


def test_hostile_open_effect_runs_no_script(hostile: Server, watched: Watched) -> None:
    go(watched, hostile, "/empty")

    def send() -> None:
        for window in hostile.runtime.windows:
            if window.transport is not None:
                for url in ("javascript:opener.hit()", "java\nscript:opener.hit()",
                            "data:text/html,<script>opener.hit()</script>"):
                    window.transport.send(json.dumps({"document": "", "effects": [{"t": "open", "url": url}]}).encode())
                window.transport.send(b'{"document":"","effects":[{"t":"notice","text":"done-with-it"}]}')

    on_server(hostile, send)
    watched.page.wait_for_selector("text=done-with-it")
    watched.check()
