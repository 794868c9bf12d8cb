"""Tests of `PersonWindow`: usable elements, effects of actions, and messages of failures."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from everview import App, Bucket, View
from everview.html import (
    HTML,
    KEYDOWN,
    A,
    Button,
    CheckBox,
    DateInput,
    Details,
    Div,
    Fieldset,
    FileInput,
    Form,
    Label,
    Legend,
    Li,
    NumberInput,
    P,
    PasswordInput,
    RadioGroup,
    Range,
    Select,
    Summary,
    Table,
    Td,
    TextArea,
    TextInput,
    Tr,
    Ul,
)
from everview.runtime.transfers.buckets import Transfer
from everview.testing import Clock, PersonWindow, SimulatedApp
from everview.widgets import Column, VirtualTable

Show = Callable[..., PersonWindow]


@pytest.fixture
def show() -> Iterator[Show]:
    """Returns a function that opens a window with the given nodes."""
    app = App(__file__)
    made: dict[str, Any] = {}

    @app.route("*")
    class Shown(View):
        is_daemon = True

        def handle_request(self, request):
            return HTML(made["nodes"])

    with SimulatedApp(app, Clock()) as running:

        def show(*nodes: Any) -> PersonWindow:
            made["nodes"] = nodes
            return running.open_window()

        yield show


class Recorder(list[Any]):
    """A handler object that records its events."""

    def __call__(self, event: Any) -> None:
        self.append((event.name, event.data if event.name == "change" else event.tag_name))


def refused(action: Callable[..., Any], *arguments: Any, **keywords: Any) -> str:
    """Return the message of a refused action, without the nodes of the page that follow it."""
    with pytest.raises(AssertionError) as failure:
        action(*arguments, **keywords)
    return str(failure.value).partition("\n\n")[0]


def test_hidden_element_cannot_be_clicked(show: Show) -> None:
    received = Recorder()
    window = show(
        Button("A", hidden=True, handle_click=received),
        Div(Button("B", handle_click=received), style="color: red; display:none"),
        Details(Summary("More"), Button("C", handle_click=received)),
    )
    assert "it is hidden" in refused(window.click, "A")
    assert "<div> around it is hidden by its style" in refused(window.click, "B")
    assert "<details>" in refused(window.click, "C")
    assert received == []
    window.click("More")
    window.click("C")
    assert received == [("click", "button")]


def test_disabled_or_read_only_element_cannot_be_used(show: Show) -> None:
    received = Recorder()
    window = show(
        Button("A", disabled=True, handle_click=received),
        Fieldset(Legend("All"), TextInput(_id="b", handle_change=received), disabled=True),
        TextInput("fixed", _id="c", readonly=True),
    )
    assert "it is disabled" in refused(window.click, "A")
    assert "<fieldset> around it is disabled" in refused(window.type, "#b", "x")
    assert "is read-only" in refused(window.type, "#c", "x")
    assert received == []


def test_ambiguous_name_is_refused_without_a_selector_or_a_surrounding_element(show: Show) -> None:
    received = Recorder()
    window = show(Ul(Li(name, Button("Delete", _id=name, handle_click=received)) for name in "ab"))
    message = refused(window.click, "Delete")
    assert "2 elements match 'Delete'" in message
    assert 'id="a"' in message and 'id="b"' in message
    window.click("Delete", within="li:last-child")
    window.click(window.find("#a"))
    assert len(received) == 2


def test_missing_element_is_reported_with_similar_names(show: Show) -> None:
    window = show(Button("Increment"), Button("Stop"))
    with pytest.raises(AssertionError) as failure:
        window.click("Incremnt")
    assert "did you mean 'Increment'?" in str(failure.value)
    assert "[Increment] [Stop]" in str(failure.value)
    assert "available: 'Increment', 'Stop'" in refused(window.click, "Quit")
    old = window.find("Stop")
    window.go("/other")
    assert "no longer in the page" in refused(window.click, old)


def test_field_is_found_by_its_label(show: Show) -> None:
    fields = [TextInput(_id=f"f{n}") for n in range(5)]
    fields[2].attributes["placeholder"] = "Street"
    fields[3].attributes["aria-label"] = "Town"
    window = show(
        Label("Name", _for="f0"), fields[0], Label("Age ", fields[1]), fields[2], fields[3],
        P("Country", _id="l"), fields[4],
    )  # fmt: skip
    for number, name in enumerate(["Name", "Age", "Street", "Town", "#f4"]):
        window.type(name, str(number))
    assert [field.value for field in fields] == ["0", "1", "2", "3", "4"]


def test_field_accepts_the_same_values_as_in_a_browser(show: Show) -> None:
    text, number, day = TextInput(maxlength=3, _id="t"), NumberInput(_id="n"), DateInput(_id="d")
    slider, secret, area = Range(min=0, max=10, _id="r"), PasswordInput(_id="p"), TextArea(_id="a")
    window = show(text, number, day, slider, secret, area)
    window.type("#t", "a\nbcd")
    window.type("#d", datetime.date(2026, 11, 22))
    window.type("#r", 7)
    window.type("#p", "secret")
    window.type("#a", "two\nlines")
    window.type("#n", 2.5)
    values = [text.value, number.value, day.value, slider.value, secret.value, area.value]
    assert values == ["abc", 2.5, datetime.date(2026, 11, 22), 7, "secret", "two\nlines"]
    window.type("#n", "many")
    assert (number.value, number.valid, window.value("#n")) == (None, False, "many")
    assert window.value("#p") == "secret"
    with pytest.raises(ValueError, match="from 0 to 10"):
        window.type("#r", 11)


def test_options_and_boxes_are_chosen_by_their_texts(show: Show) -> None:
    box, received = CheckBox(), Recorder()
    group = RadioGroup(values=["S", "L"], aria_label="Size")
    colour = Select(values=[(1, "Red"), (2, "Blue")], _id="colour", handle_change=received)
    many = Select(values=["x", "y", "z"], multiple=True, aria_label="Letters")
    window = show(Label(box, " I agree"), group, Label("Colour", _for="colour"), colour, many)
    window.check("I agree")
    window.check("I agree")
    assert box.checked and window.value("I agree")
    window.click("I agree")
    assert not box.checked
    window.choose("Size", "L")
    assert group.value == "L"
    window.choose("Colour", "Blue")
    assert (colour.value, window.value("Colour"), received) == (2, "Blue", [("change", 2)])
    window.choose("Letters", "x", "z")
    assert (many.value, window.value("Letters")) == (("x", "z"), ["x", "z"])
    assert "has no option 'Green'" in refused(window.choose, "Colour", "Green")
    assert "use check(), choose()" in refused(window.type, "I agree", "yes")


def test_moved_focus_causes_focus_and_blur_events(show: Show) -> None:
    received = Recorder()
    one, other = TextInput(_id="one"), TextInput(_id="other")
    for field in (one, other):
        field.set_handler("focus", received)
        field.set_handler("blur", received)
    window = show(one, other, Button("Out"))
    window.type("#one", "a")
    window.press("b")
    window.press("Tab")
    window.press("c")
    window.click("Out")
    assert [name for name, _ in received] == ["focus", "blur", "focus", "blur"]
    assert (one.value, other.value) == ("ab", "c")


def test_key_events_are_sent_to_the_element_with_a_key_handler(show: Show) -> None:
    received: list[Any] = []
    row = Div("row", tabindex=0, handle_keydown=lambda event: received.append(event.data))
    window = show(row)
    assert KEYDOWN in row.events
    window.press("Ctrl+Shift+K", "row")
    data = received[0]
    assert (data["key"], data["ctrl"], data["shift"], data["alt"]) == ("K", True, True, False)
    with pytest.raises(ValueError, match="not a key"):
        window.press("Entr")


def test_form_is_submitted_as_in_a_browser(show: Show) -> None:
    received = Recorder()
    name = TextInput(name="guest", required=True, _id="name")
    form = Form(name, Button("Send", type="submit"), handle_submit=received)
    window = show(form, Button("Outside", type="submit"))
    assert "does not submit" in refused(window.click, "Send")
    assert "guest: " in refused(window.press, "Enter", "#name")
    window.click("Outside")
    assert received == []
    window.type("#name", "Ann")
    window.press("Enter")
    window.click("Send")
    window.submit()
    assert received == [("submit", "form")] * 3


def test_link_is_followed_unless_it_has_a_handler(show: Show) -> None:
    received = Recorder()
    window = show(
        A("In", href="/a?b=c#d"), A("Relative", href="e"), A("Out", href="https://example.org/"),
        A("Handled", href="/no", handle_click=received), A("New", href="/f", target="_blank"),
    )  # fmt: skip
    window.click("Handled")
    assert (window.url, received) == ("/", [("click", "a")])
    window.click("In")
    assert window.url == "/a?b=c"
    window.click("Out")
    window.click("New")
    window.click("In", ctrl=True)
    assert window.opened == ["https://example.org/", "/f", "/a?b=c#d"]
    window.back()
    assert window.url == "/"
    assert "is empty" in refused(window.back)


def test_click_reaches_the_nearest_listener_unless_it_is_ignored(show: Show) -> None:
    received = Recorder()
    inner = P("inner")
    window = show(Div(inner, handle_click=received), Div(P("ignored"), ignore=True))
    window.click("inner")
    window.click("ignored")
    assert received == [("click", "div")]


def test_text_contains_the_visible_lines(show: Show) -> None:
    window = show(
        P("Hello ", A("you", href="/"), "  !"), P("secret", hidden=True),
        Table(Tr(Td("a"), Td("b")), Tr(Td("c"), Td("d"))), Select(values=["no text"]),
    )  # fmt: skip
    assert window.text() == "Hello you !\na\tb\nc\td"
    assert window.sees("you !") and not window.sees("secret")
    assert window.has("you") and not window.has("secret") and window.has("td")
    assert [node.get_text() for node in window.find_all("td:last-child")] == ["b", "d"]


def test_page_shows_the_visible_elements_as_text(show: Show) -> None:
    window = show(
        P("Count: ", _id="count"), Label("Name", _for="n"), TextInput("Ann", _id="n"),
        Div(Button("Go"), Button("Stop", disabled=True), Label(CheckBox(True), " loud")),
        Ul(Li(A("home", href="/"))), P("never", hidden=True),
    )  # fmt: skip
    lines = [" ".join(line.split()) for line in window.page().splitlines()]
    assert lines == [
        "owner at / - 'Shown'",
        "Count: #count",
        "Name |Ann| #n",
        "[Go] [Stop (disabled)] [x] loud",
        "- home -> /",
    ]


def test_window_without_a_link_cannot_be_used(show: Show) -> None:
    count = P("0", _id="count")
    window = show(count, Button("Add", handle_click=lambda event: count.set_text("1")))
    window.drop()
    assert "no link" in refused(window.click, "Add")
    assert "(no link)" in window.page()
    window.reconnect()
    window.click("Add")
    assert window.text("#count") == "1"


def test_event_of_a_removed_element_causes_a_notice(show: Show) -> None:
    button = Button("Once", handle_click=lambda event: button.remove())
    window = show(button)
    node = window.find("Once")
    window.click(node)
    window._input.report(node, "click", {})
    window._clock.settle()
    assert window.notices == ["This action failed: the element no longer exists."]


def test_server_value_replaces_typed_text_after_the_field_loses_the_focus(show: Show) -> None:
    field = TextInput(_id="field")
    upper = TextInput(_id="upper", handle_change=lambda event: setattr(upper, "value", "UP"))
    window = show(field, upper, Button("Out"), Button("Set"))
    window.type("#field", "mine")
    field.value = "theirs"
    window._clock.settle()
    assert window.value("#field") == "mine"
    window.click("Out")
    assert window.value("#field") == "theirs"
    window.type("#upper", "up")
    # the server replaces the typed value, because a handler of this window has set another one
    assert window.value("#upper") == "UP"


class Everything(View):
    """A view that sends every kind of effect."""

    is_daemon = True

    def handle_request(self, request):
        self.field = TextInput(_id="field")
        calls = {
            "notice": lambda: self.notice("hello"),
            "download": lambda: self.download(b"data", "a.bin"),
            "open": lambda: self.open_window("/elsewhere"),
            "redirect": lambda: self.redirect("/other?x=1"),
            "message": lambda: self.send_str("to scripts"),
            "focus": lambda: self.focus(self.field),
            "notify": lambda: self.notify("Done", "all of it"),
            "fail": lambda: 1 / 0,
        }
        return HTML(
            self.field,
            [Button(n, handle_click=lambda event, c=c: (c(), None)[1]) for n, c in calls.items()],
        )


def test_window_performs_the_effects_of_a_view(caplog: pytest.LogCaptureFixture) -> None:
    app = App(__file__)
    app.route("*")(Everything)
    with SimulatedApp(app, Clock()) as running:
        window, other = running.open_window(), running.open_window()
        for name in ("notice", "notify", "fail", "open", "message"):
            window.click(name)
        assert window.notices[:2] == ["hello", "Done: all of it"]
        assert "ZeroDivisionError" in window.notices[2]
        assert other.notices == ["hello", "Done: all of it"]
        assert window.opened == ["/elsewhere"] and window.messages == ["to scripts"]
        window.click("download")
        assert [(saved.name, saved.data) for saved in window.downloads] == [("a.bin", b"data")]
        assert other.downloads == []
        window.click("focus")
        window.press("k")
        assert window.value("#field") == "k"
        window.click("redirect")
        assert window.url == other.url == "/other?x=1"
    assert "ZeroDivisionError" in caplog.text


def test_upload_reports_progress_and_respects_the_limits_of_the_server() -> None:
    app = App(__file__)
    transfers: list[Transfer] = []
    buckets: list[Bucket] = []

    @app.route("/")
    class Uploads(View):
        def handle_request(self, request):
            bucket = Bucket(request, max_size=5, on_progress=self.report)
            buckets.append(bucket)
            return HTML(FileInput(bucket, aria_label="File"))

        def report(self, transfer):
            transfers.append(transfer)

    with SimulatedApp(app, Clock()) as running:
        window = running.open_window()
        window.upload("File", ("a.txt", b"12345"))
        assert [(t.name, t.done, t.total) for t in transfers] == [("a.txt", 5, 5)]
        (upload,) = buckets[0].files
        assert (upload.content_type, upload.path.read_bytes()) == ("text/plain", b"12345")
        window.upload("File", ("b.txt", b"123456"))
        assert "larger than 5 bytes" in window.notices[-1]
        assert buckets[0].get_file_names() == ["a.txt"]


def test_messages_stay_in_order_with_slow_middlewares() -> None:
    app = App(__file__)
    app.route("*")(Everything)
    received: list[str] = []

    @app.middleware
    class Slow:
        async def handle_websocket_message(self, data: Any) -> Any:
            received.append(type(data.message).__name__)
            return data if len(received) < 3 else None

    with SimulatedApp(app, Clock()) as running:
        window = running.open_window()
        window.click("notice")
        window.go("/x")
        window.click("notice")
    assert received == ["Event", "Attach", "Event"]
    assert window.notices == ["hello", "This action failed: the element no longer exists."]


def test_widget_receives_the_answer_to_its_event(show: Show) -> None:
    table = VirtualTable([Column("n")], [(n,) for n in range(1000)], _id="t")
    window = show(table)
    assert window.data("#t")["total"] == 1000
    query = {"start": 998, "count": 9, "sort": ["n", True], "filter": ""}
    assert window.fire("#t", "rows", query)["rows"] == [[1, ["1"]], [0, ["0"]]]
    assert "no element listens" in refused(window.fire, "#t", "nonsense")


def test_state_of_the_page_is_lost_after_a_reload(show: Show) -> None:
    field = TextInput(_id="field")
    window = show(field, Details(Summary("More"), P("inside")), PasswordInput(_id="secret"))
    window.type("#field", "kept")
    window.type("#secret", "typed")
    window.click("More")
    assert window.sees("inside")
    window.reload()
    assert (window.value("#field"), window.value("#secret")) == ("kept", "")
    assert not window.sees("inside")
