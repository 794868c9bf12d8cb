"""Rules of the page: closed dialogs, drops of text, names of fields, errors in values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from everview import App, View
from everview.html import (
    HTML,
    Button,
    Dialog,
    Div,
    Form,
    Img,
    P,
    Select,
    Svg,
    TextInput,
    svg,
)
from tests.support.serving import ServedApp

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def test_closed_dialogs_and_popovers_are_not_shown(
    app: App, served: ServedApp, open_page: Open
) -> None:
    classes = ["", "row", "card", "form", "popup", "cards"]

    @app.route("/")
    def closed(request: Any) -> HTML:
        return HTML(
            [Dialog("closed", Button("in it"), _class=name) for name in classes],
            [Div("closed", popover="auto", _class=name) for name in classes],
            Dialog("open", id="open", open=True),
        )

    page = open_page()
    expect(page.locator("#open")).to_be_visible()
    shown = page.evaluate("[...document.querySelectorAll('main *')].filter(e => e.checkVisibility()).map(e => e.id)")
    assert [name for name in shown if name] == ["open"]
    page.evaluate("document.querySelector('main dialog').showModal()")
    expect(page.locator("main dialog").first).to_be_visible()


def test_text_is_dragged_into_a_field_and_within_it(
    app: App, served: ServedApp, open_page: Open
) -> None:
    @app.route("/")
    class Fields(View):
        is_daemon = True

        def handle_request(self, request: Any) -> HTML:
            self.field = TextInput("", id="field")
            self.locked = TextInput("", id="locked", readonly=True)
            return HTML(P("dragged", id="source"), self.field, self.locked)

    page = open_page()
    page.locator("#source").select_text()
    page.drag_and_drop("#source", "#field", source_position={"x": 10, "y": 10})
    expect(page.locator("#field")).to_have_value("dragged")
    page.locator("#source").select_text()
    page.drag_and_drop("#source", "#locked", source_position={"x": 10, "y": 10})
    expect(page.locator("#locked")).to_have_value("")
    page.keyboard.press("Tab")
    other = open_page()
    expect(other.locator("#field")).to_have_value("dragged")  # the server has the value


def test_drop_outside_of_fields_and_drop_of_files_are_prevented(
    app: App, served: ServedApp, open_page: Open
) -> None:
    @app.route("/")
    def parts(request: Any) -> HTML:
        return HTML(P("text", id="text"), TextInput(id="field"), Div("all", contenteditable=True, id="editable"))

    page = open_page()
    expect(page.locator("#editable")).to_have_count(1)
    prevented = page.evaluate(
        """() => ["text", "field", "editable"].flatMap(id => [false, true].map(isFile => {
          const data = new DataTransfer();
          if (isFile) data.items.add(new File(["1"], "a.txt")); else data.setData("text/plain", "x");
          const event = new DragEvent("dragover", { dataTransfer: data, bubbles: true, cancelable: true });
          document.getElementById(id).dispatchEvent(event);
          return event.defaultPrevented;
        }))"""
    )
    assert prevented == [True, True, False, True, False, True]


#: Names of members that every form or the document has.
MEMBERS = """() => {
  const names = new Set();
  for (let made of [document.createElement("form"), HTMLDocument.prototype]) {
    for (; made; made = Object.getPrototypeOf(made)) Object.getOwnPropertyNames(made).forEach(name => names.add(name));
  }
  return [...names].filter(name => name[0] !== "_");
}"""


def test_names_of_elements_do_not_hide_members_that_the_page_uses(
    app: App, served: ServedApp, open_page: Open
) -> None:
    @app.route("/")
    class Names(View):
        is_daemon = True

        def handle_request(self, request: Any) -> HTML:
            self.form = Form(id="the-form", handle_click=self.clicked)
            self.pictures = Div()
            return HTML(self.form, self.pictures)

        def clicked(self, event: Any) -> None:
            self.form.attributes["data-clicked"] = "yes"

    page = open_page()
    expect(page.locator("#the-form")).to_have_count(1)
    view: Any = served.only_instance().view
    names = [*page.evaluate(MEMBERS), "disabled", "$id", "$events"]
    assert len(names) > 300
    with view.html.lock:
        view.form.append(TextInput(name=name) for name in names)
        view.form.append(TextInput(id=name) for name in names)
        view.pictures.append(Img(name=name) for name in names)
        view.pictures.append(Img(name=f"{name}-2", id=name) for name in names)
        view.pictures.append(Form(name=name) for name in names)
        view.form.style["outline"] = "1px solid red"
        view.form.attributes["title"] = "set"
    expect(page.locator("#the-form[title=set] > input").first).to_be_attached()
    outline = page.evaluate("getComputedStyle(document.querySelector('#the-form')).outline")
    assert outline.startswith("rgb(255, 0, 0)")
    assert page.evaluate("document.hidden === false && document.body.tagName === 'BODY' && document.title !== ''")
    # These names are in common use, so they are allowed, although they hide reflected attributes.
    for name in ("name", "title", "action", "method", "role", "hidden", "lang"):
        assert page.locator(f"#the-form > [name={name}]").count() == 1, name
        assert page.locator(f"#the-form > [id={name}]").count() == 1, name
    page.evaluate("document.querySelector('#the-form > input').click()")
    expect(page.locator("[data-clicked=yes]")).to_have_count(1)
    with view.html.lock:
        view.form.clear()
        view.form.append(P("last", id="last"))
    expect(page.locator("#the-form > #last")).to_have_count(1)


def test_error_in_one_value_does_not_stop_other_values(
    app: App, served: ServedApp, open_page: Open
) -> None:
    @app.route("/")
    class Values(View):
        is_daemon = True

        def handle_request(self, request: Any) -> HTML:
            self.field = TextInput("before", id="field")
            # A select element inside SVG is not an HTML field, so its value cannot be set.
            return HTML(Svg(Select(values=[("a", "A"), ("b", "B")])), self.field)

    page = open_page()
    expect(page.locator("#field")).to_have_value("before")
    view: Any = served.only_instance().view
    view.field.value = "after"
    expect(page.locator("#field")).to_have_value("after")


def test_attributes_of_svg_with_a_prefix_have_their_namespace(
    app: App, served: ServedApp, open_page: Open
) -> None:
    @app.route("/")
    class Picture(View):
        is_daemon = True

        def handle_request(self, request: Any) -> HTML:
            self.used = svg.Use(attributes={"xlink:href": "#shape"})
            self.text = svg.Text("a  b", attributes={"xml:space": "preserve", "xml:lang": "de"})
            return HTML(Svg(svg.Rect(id="shape", width=20, height=20), self.used, self.text), P(attributes={"xml:lang": "de"}))

    page = open_page()
    expect(page.locator("use")).to_have_count(1)
    assert page.evaluate("document.querySelector('use').href.baseVal") == "#shape"
    assert page.evaluate("document.querySelector('use').getBBox().width") == 20
    assert page.evaluate("document.querySelector('text').getAttributeNS('http://www.w3.org/XML/1998/namespace', 'space')") == "preserve"
    view: Any = served.only_instance().view
    view.used.attributes["xlink:href"] = "#other"
    page.wait_for_function("document.querySelector('use').href.baseVal === '#other'")
    del view.used.attributes["xlink:href"]
    page.wait_for_function("!document.querySelector('use').hasAttribute('xlink:href')")
