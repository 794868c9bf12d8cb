"""Views with payloads in all slots for text, and checks of their effects in a browser."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everview.errors import AttributeValueError, HierarchyError, UnsafeHTMLError
from everview.html import (
    H1,
    HTML,
    A,
    Abbr,
    Article,
    Audio,
    Blockquote,
    Button,
    Code,
    Details,
    Div,
    Fieldset,
    Form,
    Img,
    Label,
    Legend,
    Li,
    Option,
    P,
    Pre,
    Section,
    Select,
    Span,
    Summary,
    Table,
    Td,
    TextArea,
    TextInput,
    Th,
    Tr,
    Video,
    mathml,
    parse_html,
    svg,
)
from everview.html.elements.tags import element
from everview.html.tree.element import Element
from everview.widgets import Column, Log, Plot, ProgressBar, Tabs, Tree, VirtualTable

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAYLOADS: list[str] = json.loads((Path(__file__).parents[1] / "security" / "payloads.json").read_text())
#: The exceptions that refuse a payload.
REFUSALS = (UnsafeHTMLError, AttributeValueError, HierarchyError)

URL_ATTRIBUTES = "href src action formaction xlink:href poster cite data background".split()
OTHER_ATTRIBUTES = """title alt id class lang dir role for name value placeholder type rel target style
    aria-label data-x data-ignore data-shell-bucket ping srcset sizes media longdesc usemap manifest
    profile classid codebase archive icon dynsrc lowsrc code nonce integrity charset content
    http-equiv is slot part exportparts popovertarget popovertargetaction command commandfor form
    formmethod formenctype formtarget method enctype accept accept-charset pattern list download
    autocomplete enterkeyhint inputmode itemtype itemid itemprop xmlns xml:base xml:lang xlink:title
    fill stroke filter mask clip-path marker-end d points transform from to values attributeName
    begin by cursor color-profile encoding actiontype definitionURL""".split()
SCRIPTS = ["srcdoc", "onclick", "onload", "onerror", "ONFOCUS", "onToggle", "onbeforescriptexecute",
           "onanimationstart", "on", "onx", "SrcDoc"]  # fmt: skip

Made = Iterator[Element]


def attempt(make: Callable[[], Any]) -> Made:
    """Yield the result of ``make()``, or nothing if this call refuses its payload."""
    with contextlib.suppress(*REFUSALS):
        yield make()


def with_attribute(node: Element, name: str, payload: str) -> Element:
    node.attributes[name] = payload
    return node


def texts(payload: str) -> Made:
    kinds = (P, Span, Button, Td, Th, Pre, Code, Label, Li, A, H1, Legend, Abbr, Blockquote, Article)
    for kind in kinds:
        yield kind(payload)
    yield Details(Summary(payload), payload)
    yield Select(Option(payload))
    yield Select(Option(payload, value=payload))
    yield TextArea(payload)
    yield TextInput(payload, placeholder=payload)
    yield Fieldset(Legend(payload))
    yield Table(Tr(Td(payload)))
    yield svg.Svg(svg.Title(payload), svg.Desc(payload), svg.Text(payload),
                  svg.ForeignObject(P(payload)))  # fmt: skip
    yield mathml.Math(mathml.Mtext(payload), mathml.Mi(payload), mathml.AnnotationXml(P(payload)))
    late = P()
    late.set_text(payload)
    yield late
    yield element("my-part", payload)


def addresses(payload: str) -> Made:
    hosts: list[Callable[[], Element]] = [A, Img, Form, Button, Video, Audio, svg.A, svg.Use, svg.Image,
                                          svg.FeImage, mathml.Mi, Blockquote, Td, TextInput]
    first = len(payload)
    for number, name in enumerate(URL_ATTRIBUTES):
        host = hosts[(first + 3 * number) % len(hosts)]
        yield from attempt(lambda host=host, name=name: with_attribute(host(), name, payload))


def attributes(payload: str) -> Made:
    # Use a third of the attributes for each payload, because all attributes would take minutes.
    for number, name in enumerate(OTHER_ATTRIBUTES):
        if (number + len(payload)) % 3:
            continue
        host = (Div, Button, A, svg.Rect, TextInput, Form, mathml.Mo, Img, Section)[number % 9]
        yield from attempt(lambda host=host, name=name: with_attribute(host(), name, payload))
    for number, name in enumerate(SCRIPTS):
        for host in ((Div, Img, svg.Svg, mathml.Math, Button)[(number + len(payload)) % 5],):
            for made in attempt(lambda host=host, name=name: with_attribute(host(), name, payload)):
                raise AssertionError(f"{name}={payload!r} was accepted by {made!r}")


def names(payload: str) -> Made:
    """Use payloads as names of attributes, elements and styles, although authors do not use
    untrusted text there.
    """
    yield from attempt(lambda: with_attribute(Div("x"), payload, "hit()"))
    yield from attempt(lambda: element(payload, "hit()"))
    yield from attempt(lambda: element(f"x-{payload}", "hit()"))
    yield from attempt(lambda: Div("x", style={payload: "hit()"}))


def looks(payload: str) -> Made:
    for name in ("background_image", "width", "content", "cursor", "--x", "behavior", "animation"):
        yield from attempt(lambda name=name: Div("x", style={name: payload}))
    yield from attempt(lambda: Div("x", _style=payload))
    yield from attempt(lambda: Div("x", _class=payload))
    yield from attempt(lambda: Div("x", _class=[payload, "b"]))
    yield from attempt(lambda: Div("x", _id=payload))
    yield from attempt(lambda: svg.Svg(svg.Rect(style={"fill": payload})))

    def later() -> Div:
        node = Div("x")
        node.style["background"] = payload
        node.class_list.add(payload.split()[0] if payload.split() else "x")
        return node

    yield from attempt(later)


def parsed(payload: str) -> Made:
    for text in (payload, f"<p title='{payload}'>x", f'<p title="{payload}">x', f"<a href={payload}>x",
                 f"<svg>{payload}</svg>", f"<math>{payload}</math>", f"<textarea>{payload}</textarea>",
                 f"<select><option>{payload}</select>", f"<b style='{payload}'>x", f"<!--{payload}-->",
                 f"<{payload}>x", f"<p {payload}>x", f"<title>{payload}</title>", f"&lt;{payload}&gt;"):
        yield from attempt(lambda text=text: Div(parse_html(text)))


def widgets(payload: str) -> Made:
    yield Log([payload], label=payload)
    yield VirtualTable([Column(payload), Column("b")], [(payload, payload)], label=payload, height=2)
    yield Plot(payload, label=payload, x_label=payload, y_label=payload)
    yield Tree([{"label": payload, "id": payload, "children": [{"label": payload}], "open": True}],
               label=payload)  # fmt: skip
    yield Tabs({payload: P(payload), "b": P("b")}, label=payload)
    yield ProgressBar(label=payload)


#: The slots of all pages except the page with widgets. Widgets are on a separate page, because they
#: are slow.
SLOTS: dict[str, Callable[[str], Made]] = {
    "texts": texts, "addresses": addresses, "attributes": attributes, "names": names, "looks": looks,
    "parsed": parsed,
}  # fmt: skip


def page_of(slot: str, payloads: list[str]) -> HTML:
    """A page with all payloads in one slot."""
    return HTML(Div(list(SLOTS[slot](payload))) for payload in payloads)


# checks in the browser --------------------------------------------------------------------------

#: A script that runs before all other scripts in every document, including documents in frames.
WATCH = """
  window.seen = { reports: [] };
  document.addEventListener("securitypolicyviolation", (event) => seen.reports.push(
    `${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""
#: A script that searches the DOM for elements and attributes that must not be in the page.
LOOK = """() => {
  const bad = [];
  const tags = new Set("script iframe frame object embed applet base meta link style portal animate set animatetransform animatemotion".split(" "));
  const schemes = new Set("http: https: mailto: tel: blob: ws: wss:".split(" "));
  const urls = new Set("href src action formaction xlink:href poster data cite background".split(" "));
  const all = [...document.querySelectorAll("body main, body main *")];
  for (const node of all) {
    if (tags.has(node.localName.toLowerCase())) bad.push(`<${node.localName}>`);
    for (const { name, value } of node.attributes) {
      const lowered = name.toLowerCase();
      if (lowered.startsWith("on") || lowered === "srcdoc") bad.push(`${name}=${value}`);
      if (!urls.has(lowered)) continue;
      let scheme = "";
      try { scheme = new URL(value, document.baseURI).protocol; } catch { continue; }
      if (!schemes.has(scheme) && !/^data:image\\/(png|jpeg|gif|webp|avif|bmp|x-icon)[;,]/i.test(value.trim()))
        bad.push(`${name}=${value} is ${scheme}`);
    }
  }
  return { bad: bad.slice(0, 20), count: all.length };
}"""
#: A script that focuses and clicks elements and sends events, because these may start scripts.
#: Links are not followed.
TOUCH = """() => {
  // A sample, because each call forces a layout.
  const some = [...document.querySelectorAll("main button, main summary, main label, main details, main input")];
  for (let index = 0; index < some.length; index += Math.ceil(some.length / 40)) {
    some[index].focus?.();
    some[index].click?.();
  }
  for (const node of document.querySelectorAll("main *")) {
    for (const name of ["mouseover", "animationend", "load", "error"]) node.dispatchEvent(new Event(name));
  }
}"""


class Watched:
    """A page in which script calls, policy violations and requests to other sites are recorded."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.hits: list[Any] = []
        self.requests: list[str] = []
        page.expose_function("hit", lambda *arguments: self.hits.append(arguments))
        page.add_init_script(WATCH)
        page.on("dialog", lambda dialog: (self.hits.append(dialog.message), dialog.dismiss()))
        page.on("requestfinished", lambda request: self._record_request(request.url))
        page.on("requestfailed", self._failed)
        page.context.on("page", lambda other: self.requests.append(other.url))

    def _record_request(self, url: str) -> None:
        """Record a request to another server."""
        if not url.startswith(("http://127.0.0.1:", "data:image/", "blob:")):
            self.requests.append(url)

    def _failed(self, request: Any) -> None:
        """Record a failed request, unless the page's policy or the origin of an image blocked it."""
        if request.failure not in ("csp", "origin"):
            self._record_request(f"{request.url} ({request.failure})")

    def check(self, count: int = 0) -> None:
        """Fail if a payload had an effect, or if fewer than ``count`` elements are shown."""
        found = self.page.evaluate(LOOK)
        self.page.evaluate(TOUCH)
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)))")
        assert not found["bad"], found["bad"]
        assert found["count"] > count
        # Ignore blocked images and media, because they are harmless.
        reports = [report for report in self.page.evaluate("seen.reports")
                   if not report.startswith(("img-src", "media-src", "font-src"))]  # fmt: skip
        assert not reports, reports[:10]
        assert not self.hits, self.hits[:10]
        assert not self.requests, self.requests[:10]
