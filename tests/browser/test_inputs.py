"""Fields in a real page: values arrive with their types, and are validated as in Chromium."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from everview import App, View
from everview.html import (
    HTML,
    Button,
    CheckBox,
    ColorInput,
    DateInput,
    DateTimeInput,
    Div,
    EmailInput,
    Fieldset,
    Form,
    HiddenInput,
    MonthInput,
    NumberInput,
    P,
    Radio,
    RadioGroup,
    Range,
    SearchInput,
    Select,
    Span,
    Submit,
    Svg,
    TelInput,
    TextArea,
    TextInput,
    TimeInput,
    UrlInput,
    Value,
    WeekInput,
    element,
    mathml,
    svg,
)  # fmt: skip
from tests.support.serving import ServedApp

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
moment = datetime.datetime.fromisoformat


def view_of(served: ServedApp) -> Any:
    return served.only_instance().view


def fields_to_validate() -> list[Any]:
    # The attributes minlength and maxlength are not tested, because browsers validate them only for
    # typed text. The URL "http://a b" is not tested, because Chromium accepts it although the
    # standard does not.
    texts = ["", "x", " ", "ab", "1"]
    mails = [
        "a@b",
        "a@",
        "a b@c",
        "a@b..c",
        "a@-b.c",
        "a@b.",
        "@b",
        "a@b_c",
        "a'+/=?^{|}~@b.c",
        "a.@b",
        "a@1",
    ]
    urls = ["http://a", "a.b", "http://", "mailto:a@b", "http://[::1]/", "http://[::1", "http://a:x", "http://a:1",
            "http://a/b c", "HTTP:///a", "javascript:1", "x:", ":x", "//a", "ftp://", "foo://", "http:a",
            "http://a%b", "http://a:99999"]  # fmt: skip
    numbers = [None, 0, 1, 1.5, -2, 0.3, 0.35, 7, 1e300, 1e-7]
    days = [
        None,
        date(2026, 1, 1),
        date(2026, 1, 2),
        date(2026, 1, 8),
        date(1969, 12, 29),
        date(9999, 12, 31),
    ]
    times = [None, time(0), time(8, 0, 30), time(8, 1), time(8, 0, 0, 500_000), time(23, 59)]
    moments = [
        None,
        moment("2026-01-01 08:00"),
        moment("2026-01-01 08:00:30"),
        moment("1969-12-31 23:59"),
    ]
    made: list[Any] = []
    for text in texts:
        made += [TextInput(text, required=True), TextInput(text, pattern="[a-z]+"), TextArea(text, required=True),
                 TextInput(text, pattern="["), TextInput(text, required=True, readonly=True),
                 TextInput(text, required=True, disabled=True), HiddenInput(text, required=True),
                 SearchInput(text, required=True), TelInput(text, pattern="\\d"), TextInput(text, pattern="a|b")]  # fmt: skip
    made += [EmailInput(mail) for mail in mails]
    made += [EmailInput(f"{mail},x@y", multiple=True) for mail in mails]
    made += [UrlInput(url) for url in urls]
    for number in numbers:
        made += [NumberInput(number), NumberInput(number, required=True), NumberInput(number, min=0.5, max=6),
                 NumberInput(number, step=0.1), NumberInput(number, step=2, min=1), NumberInput(number, step="odd"),
                 Range(number), Range(number, min=1, max=8, step=3), Range(number, max=1, step=0.1)]  # fmt: skip
    for day in days:
        made += [DateInput(day, required=True), DateInput(day, min=date(2026, 1, 1), step=7), DateInput(day, step=2),
                 MonthInput(day, step=5), WeekInput(day, step=3), WeekInput(day, max=date(2026, 1, 1)),
                 MonthInput(day, min=date(2026, 1, 1))]  # fmt: skip
    for clock in times:
        made += [TimeInput(clock), TimeInput(clock, step=1), TimeInput(clock, step=0.5), TimeInput(clock, min=time(8)),
                 TimeInput(clock, min=time(22), max=time(6)), TimeInput(clock, min=time(8, 0, 30), step=30)]  # fmt: skip
    for when in moments:
        made += [DateTimeInput(when), DateTimeInput(when, step="any"), DateTimeInput(when, step=7),
                 DateTimeInput(when, min=moment("2026-01-01 00:00"))]  # fmt: skip
    made += [
        CheckBox(required=True),
        CheckBox(True, required=True),
        ColorInput("#ABCDEF"),
        Submit("Go"),
    ]
    made += [Select(values=[("", "-"), "a"], required=True), Select(values=["a"], required=True),
             Select(values=["a"], required=True, multiple=True), Select(values=["a"], size=3, required=True)]  # fmt: skip
    return made


def test_field_validity_is_the_same_in_chromium_and_python(
    app: App, served: ServedApp, open_page: Open
) -> None:
    fields = fields_to_validate()
    group = [
        Radio(name="a", required=True),
        Radio(name="a", required=True),
        Radio(True, name="b", required=True),
    ]
    off = Fieldset(TextInput("", required=True, _class="off"), disabled=True)
    fields += group

    @app.route("/")
    class All(View):
        def handle_request(self, request):
            return HTML(fields, off, _id="all")

    page = open_page()
    expect(page.locator(".off")).to_have_count(1)
    validated = page.evaluate(
        """() => [...document.querySelectorAll("#all > :not(fieldset)")].map(
            e => [!e.willValidate || e.validity.valid, e.tagName === "SELECT" ? null : e.value])"""
    )
    assert len(validated) == len(fields)
    failures = []
    for field, (valid, value) in zip(fields, validated, strict=True):
        case = (field, field.value, dict(field.attributes))
        if valid != field.valid:
            failures.append(("validity", *case, field.reason))
        if field.SLOT == ".value" and value != field._wire_value():
            failures.append(("value", *case, value))
    assert failures == [], "\n".join(map(str, failures))
    assert page.evaluate("!document.querySelector('.off').willValidate") and off.nodes[0].valid


@pytest.fixture
def typing(app: App) -> None:
    @app.route("/")
    class Typing(View):
        is_daemon = True

        def handle_request(self, request):
            self.events: list[Any] = []
            self.fields = {
                "number": NumberInput(5), "date": DateInput(), "time": TimeInput(), "month": MonthInput(),
                "moment": DateTimeInput(), "email": EmailInput(), "color": ColorInput(), "range": Range(),
            }  # fmt: skip
            for name, field in self.fields.items():
                field.id_list.add(name)
                field.set_handler("change", self.changed)
            self.output = Span("", _id="output")
            return HTML(self.fields.values(), self.output, Button("other", handle_click=self.other))

        def changed(self, event):
            self.events.append((event.node.id_list[0], event.data))
            self.output.set_text(repr(event.node.value))

        def other(self, event):
            self.output.set_text("clicked")


@pytest.mark.parametrize(
    ("name", "keys", "value"),
    [
        ("date", "11222026", date(2026, 11, 22)), ("time", "0805PM", time(20, 5)),
        ("moment", "11222026>0805AM", moment("2026-11-22 08:05")), ("email", "ann@b", "ann@b"),
    ],
)  # fmt: skip
def test_typed_values_have_the_type_of_their_field(
    served: ServedApp, typing: None, open_page: Open, name: str, keys: str, value: Any
) -> None:
    page, other = open_page(locale="en-US"), open_page(locale="en-US")
    page.focus(f"#{name}")
    page.clock.install()
    page.clock.pause_at(3e9)  # stop the timers that send edits during typing
    for key in keys:  # a year may have six digits, so the arrow key moves to the hour
        page.keyboard.press("ArrowRight" if key == ">" else key)
    page.clock.resume()
    page.locator(f"#{name}").blur()
    expect(page.locator("#output")).to_have_text(repr(value))
    view = view_of(served)
    assert view.fields[name].value == value
    # While a year is typed, 0002 and 0020 are valid years, but they must not be reported.
    assert len({data for _, data in view.events}) == 1
    expect(other.locator(f"#{name}")).to_have_value(view.fields[name]._wire_value())


def test_chosen_values_have_the_type_of_their_field(
    served: ServedApp, typing: None, open_page: Open
) -> None:
    page = open_page()
    for name, text, value in (
        ("month", "2026-11", date(2026, 11, 1)), ("color", "#12ab90", "#12ab90"), ("range", "73", 73.0),
    ):  # fmt: skip
        page.fill(f"#{name}", text)
        expect(page.locator("#output")).to_have_text(repr(value))
        assert view_of(served).fields[name].value == value


def test_half_typed_text_is_not_lost(served: ServedApp, typing: None, open_page: Open) -> None:
    page, other = open_page(), open_page()
    number = page.locator("#number")
    number.focus()
    page.keyboard.press("End")
    page.keyboard.type("e")  # "5e" is the start of "5e3" and not a number
    expect(page.locator("#output")).to_have_text("None")
    field = view_of(served).fields["number"]
    assert (field.value, field.reason) == (None, "Please enter a number.")
    expect(other.locator("#number")).to_have_value("")
    page.click("text=other")  # the click moves the focus, and its handler causes a frame
    expect(page.locator("#output")).to_have_text("clicked")
    assert page.evaluate("document.querySelector('#number').validity.badInput")
    number.focus()
    page.keyboard.press("End")
    page.keyboard.type("3")
    number.blur()
    expect(page.locator("#output")).to_have_text("5000.0")
    expect(number).to_have_value("5e3")  # the field still shows the text as it was typed
    expect(other.locator("#number")).to_have_value("5e3")


def test_view_may_clear_half_typed_text(
    served: ServedApp, typing: None, open_page: Open
) -> None:
    page = open_page()
    page.focus("#number")
    page.keyboard.press("End")
    page.keyboard.type("e")
    page.locator("#number").blur()
    expect(page.locator("#output")).to_have_text("None")
    view = view_of(served)
    view.fields["number"].value = None
    view.output.set_text("cleared")
    expect(page.locator("#output")).to_have_text("cleared")
    assert not page.evaluate("document.querySelector('#number').validity.badInput")


def test_option_is_reported_by_id_not_by_index(
    app: App, served: ServedApp, open_page: Open
) -> None:
    @app.route("/")
    class Chooses(View):
        is_daemon = True

        def handle_request(self, request):
            self.output = Span("", _id="output")
            self.select = Select(
                values=["a", "b", "c", "d"], _id="select", handle_change=self.changed
            )
            return HTML(self.select, self.output)

        def changed(self, event):
            self.output.set_text(event.data)

    page = open_page()
    expect(page.locator("#select option")).to_have_count(4)
    view = view_of(served)
    with view.html.lock:  # the removal sends no frame, so the page still shows the option
        view.select.options[0].remove()
        page.select_option("#select", label="c")
        assert page.locator("#select option").count() == 4
    expect(page.locator("#output")).to_have_text("c")
    expect(page.locator("#select option")).to_have_count(3)
    assert page.evaluate("document.querySelector('#select').selectedOptions[0].text") == "c"


def test_radio_buttons_of_two_forms_are_separate_groups_in_page_and_server(
    app: App, served: ServedApp, open_page: Open
) -> None:
    @app.route("/")
    class Radios(View):
        is_daemon = True

        def handle_request(self, request):
            self.radios = [Radio(True, name="size", _id=f"r{n}") for n in range(4)]
            self.group = RadioGroup(values=["x", "y"], value="y", _id="group")
            return HTML(Form(self.radios[:2]), Form(self.radios[2:]), self.group)

    page, other = open_page(), open_page()
    shown = "[...document.querySelectorAll('input')].map(e => e.checked)"
    expect(page.locator("#r3")).to_be_checked()
    assert page.evaluate(shown) == [False, True, False, True, False, True]
    page.check("#r0")
    expect(other.locator("#r0")).to_be_checked()
    assert other.evaluate(shown) == [True, False, False, True, False, True]
    page.locator("#group").get_by_label("x").check()
    expect(other.locator("#group").get_by_label("x")).to_be_checked()
    view = view_of(served)
    assert [radio.value for radio in view.radios] == [True, False, False, True]
    assert view.group.value == "x"


@dataclass
class Person:
    name: str
    email: str = ""
    age: int | None = None
    colour: str = ""

    def __post_init__(self) -> None:
        if self.name == self.email:
            raise ValueError("The name is not an address.")


def test_form_is_filled_in_with_the_keyboard(app: App, served: ServedApp, open_page: Open) -> None:
    @app.route("/")
    class Asks(View):
        def handle_request(self, request):
            person = self.await_form(Form(Person, cancel="Cancel"))
            return HTML(P(repr(person), _id="done"))

    page = open_page()
    expect(page.get_by_label("Name")).to_be_focused()
    page.get_by_label("Age").focus()
    page.keyboard.type("4e")
    page.keyboard.press("Enter")
    name = page.get_by_label("Name")
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description("Please fill in this field.")
    expect(page.get_by_label("Age")).to_have_accessible_description("Please enter a number.")
    page.keyboard.type("Ann")
    expect(name).not_to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Tab")
    page.keyboard.type("Ann")
    page.get_by_label("Age").fill("40")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("The name is not an address.")
    page.get_by_label("Email").fill("ann@b")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="OK")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("#done")).to_have_text(repr(Person("Ann", "ann@b", 40)))


def test_reset_button_keeps_the_values(
    app: App, served: ServedApp, open_page: Open
) -> None:
    @app.route("/")
    class Resets(View):
        def handle_request(self, request):
            self.name = Value("")
            return HTML(Form(TextInput(bind=self.name, _id="text"), Button("reset", type="reset", events=[])),
                        P(self.name, _id="output"))  # fmt: skip

    page = open_page()
    page.fill("#text", "typed")
    expect(page.locator("#output")).to_have_text("typed")
    page.click("text=reset")
    page.fill("#text", page.locator("#text").input_value() + "!")
    expect(page.locator("#output")).to_have_text("typed!")


def test_html_and_svg_elements_are_created_in_their_namespaces(
    app: App, served: ServedApp, open_page: Open
) -> None:
    @app.route("/")
    class Namespaces(View):
        is_daemon = True

        def handle_request(self, request):
            self.circle = svg.Circle(r=3)
            self.place = Div()
            return HTML(
                Svg(svg.ForeignObject(P("x", _class="p"), Svg(svg.A()))), self.place, self.circle,
                mathml.Math(mathml.Mtext(Span("y", _class="s"), mathml.Mi("z"))),
            )  # fmt: skip

    page = open_page()
    names = """() => Object.fromEntries([...document.querySelectorAll("main > div *")].map(
        e => [e.localName, e.namespaceURI.split("/").at(-1)]))"""
    expect(page.locator(".s")).to_have_count(1)
    expected = {"svg": "svg", "foreignObject": "svg", "p": "xhtml", "a": "svg", "div": "xhtml", "circle": "svg",
                "math": "MathML", "mtext": "MathML", "span": "xhtml", "mi": "MathML"}  # fmt: skip
    assert page.evaluate(names) == expected
    view = view_of(served)
    view.place.append(svg.Circle(r=1), view.circle)
    expect(page.locator("circle")).to_have_count(2)
    assert page.evaluate(names) == expected


def test_element_can_have_a_tag_name_that_is_a_member_of_objects(
    app: App, served: ServedApp, open_page: Open
) -> None:
    app.route("/")(lambda request: HTML(element("constructor", "a"), element("toString", "b")))
    page = open_page()
    expect(page.locator("main constructor")).to_have_text("a")
    expect(page.locator("main tostring")).to_have_text("b")


def test_ignored_element_reports_no_events(app: App, served: ServedApp, open_page: Open) -> None:
    @app.route("/")
    class Ignores(View):
        def handle_request(self, request):
            self.clicks = Value(0)
            self.button = Button("ignored", handle_click=self.clicked)
            self.button.ignore = True
            return HTML(
                self.button, Button("other", handle_click=self.clicked), P(self.clicks, _id="n")
            )

        def clicked(self, event):
            self.clicks.value += 1

    page = open_page()
    page.click("text=ignored")
    page.click("text=other")
    expect(page.locator("#n")).to_have_text("1")
