"""Each app of docs/examples works when a simulated person uses it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from everview.testing import Clock, PersonWindow, SimulatedApp

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "docs" / "examples").glob("*.py"))
OpenWindow = Callable[..., PersonWindow]


def example(name: str) -> pytest.MarkDecorator:
    """A decorator that selects the example app for a test."""
    return pytest.mark.parametrize("everview_app", [name], indirect=True)


@example("getting_started")
def test_typed_name_changes_greeting(open_window: OpenWindow) -> None:
    window = open_window()
    assert window.text("#greeting") == "Hello!"
    window.type("Your name", " Ann ")
    assert window.text("#greeting") == "Hello, Ann!"


@example("html_tree")
def test_buttons_change_list_of_nodes(open_window: OpenWindow) -> None:
    window = open_window()
    assert window.text("#items") == "pear\napple"
    window.click("Add")
    window.click("Sort")
    assert window.text("#items") == "apple\nfruit 3\npear"
    window.click("Mark the first")
    assert window.text("#note") == "Marked: apple."
    assert window.attribute("apple", "class") == "marked"
    window.click("Hide the note")
    assert not window.has("#note")
    window.click("Empty")
    window.click("Mark the first")
    assert window.text("#items") == ""
    assert window.text("em") == "text"


@example("events")
def test_events_reach_their_handlers(open_window: OpenWindow) -> None:
    window = open_window()
    window.click("Mine", ctrl=True)
    window.click("Passed on")
    window.click("The view's")
    window.press("k", "#row")
    window.click("#row")
    assert window.text("#log").splitlines() == [
        "the button: click ctrl",
        "the button, which passes it on",
        "the view: click at button",
        "the view: click at button",
        "the root: key k",
        "the view: click at div",
    ]


@example("user_input")
def test_view_asks_its_questions_one_after_the_other(open_window: OpenWindow) -> None:
    window = open_window()
    window.type("Seats", 12)
    window.click("Go on")
    assert window.sees("8 or less")
    window.type("Seats", 4)
    window.click("Go on")
    window.choose("We cook", "Pie")
    window.click("Go on")
    window.click("Invite")
    assert window.sees("fill") or window.sees("Enter the name of the guest.")
    window.type("Name", "Ann")
    window.check("Vegetarian")
    window.press("Enter", "Name")
    assert window.text("#summary") == "4 seats, pie, Ann, on 01.01.2030, no meat."


@example("user_input")
def test_cancelled_form_sends_no_invitation(open_window: OpenWindow) -> None:
    window = open_window()
    window.click("Go on")
    window.click("Go on")
    window.click("No guest")
    assert window.text("#summary") == "2 seats, soup, no guest."


@example("routing")
def test_route_with_arguments_named_route_and_error_page_are_shown(open_window: OpenWindow) -> None:
    window = open_window()
    window.click("With an o")
    assert (window.url, window.text("ul")) == ("/?q=o", "Orlando")
    window.click("Orlando")
    assert (window.url, window.text("h1")) == ("/book/2/", "Orlando")
    window.click("Back")
    assert window.text("ul") == "Ulysses\nOrlando"
    window.click("Secret")
    assert window.sees("This shelf is locked.")
    window.back()
    assert window.url == "/"
    window.go("/files/a/b.txt")
    assert window.text("#path") == "a/b.txt"
    window.go("/book/9")
    assert window.sees("There is no such book.")
    window.go("/nowhere")
    assert window.sees("/nowhere does not exist.")


@example("responses")
def test_redirect_is_followed_and_template_is_shown(open_window: OpenWindow) -> None:
    window = open_window()
    window.click("Old address")
    assert (window.url, window.text()) == ("/new", "The new address")
    window.go("/")
    window.click("Leave")
    assert window.url == "/new"
    window.go("/template")
    assert window.text("ul") == "Ann\n<b>Bob</b>"


@example("responses")
def test_http_responses_contain_json_or_a_file_or_a_status(
    open_window: OpenWindow, running_app: SimulatedApp
) -> None:
    assert running_app.http("/numbers.json").content() == b'{"numbers":[1,2,3]}'
    teapot = running_app.http("/teapot")
    assert (teapot.status, teapot.headers["X-Kind"]) == (418, "teapot")
    window = open_window()
    window.click("Source")
    (saved,) = window.downloads
    assert saved.name == "responses.py"
    assert saved.data == next(p for p in EXAMPLES if p.name == saved.name).read_bytes()


@example("daemon_short")
def test_daemon_view_is_shared_by_its_key(
    open_window: OpenWindow, clock: Clock
) -> None:
    window = open_window()
    window.type("Item", "milk")
    window.click("Add")
    window.type("Item", "tea")
    window.press("Enter")
    window.close()
    clock.advance(3600)
    again, other = open_window(), open_window("/?list=books")
    assert again.text("#items") == "milk Done\ntea Done"
    assert other.text("#items") == ""
    again.click("Done", within="#items > li:first-child")
    assert again.text("#items") == "tea Done"
    with pytest.raises(AssertionError, match="does not submit"):
        again.click("Add")


@example("daemon_long")
def test_long_task_continues_without_window_and_can_be_paused(
    open_window: OpenWindow, clock: Clock, running_app: SimulatedApp
) -> None:
    window = open_window()
    clock.advance(10.5)
    assert window.title == "16% Backup"
    window.click("Pause")
    clock.advance(100)
    assert window.text("#state") == "Paused."
    window.click("Pause")
    window.close()
    clock.advance(60)
    window = open_window()
    assert (window.title, window.text("#state")) == ("Backup", "Everything is copied.")
    running_app.do(running_app.runtime.instances.popitem()[1].stop, "stopped")
    clock.settle()
    assert running_app.app.state["last backup"] == "stopped"


@example("channels")
def test_subscribers_receive_only_the_messages_of_their_street(open_window: OpenWindow) -> None:
    north, south = open_window("/light/north"), open_window("/light/south")
    everywhere, one = open_window("/watch"), open_window("/watch/north", user="bob")
    north.click("green")
    south.click("red")
    assert everywhere.text("#seen") == "south is red"
    assert one.text("#seen") == "north is green"


@example("shared_state")
def test_ticket_is_sold_once(open_window: OpenWindow) -> None:
    ann, bob = open_window(user="ann"), open_window("/?name=Robert", user="bob")
    ann.click("Buy")
    assert bob.text("#left") == "2 left"
    bob.click("Buy")
    ann.click("Buy")
    bob.click("Buy")
    assert (ann.text("#mine"), bob.text("#mine")) == ("You have ticket 3.", "Sold out.")
    assert ann.text("#left") == "0 left"


@example("middlewares")
def test_middlewares_can_count_refuse_and_replace_requests(open_window: OpenWindow) -> None:
    ann = open_window(user="Ann")
    assert ann.text("h1") == "Hello, ann"
    assert open_window(user="bob").text("#count") == "request 2"
    assert open_window("/staff", user="bob").text() == "Staff only"
    assert open_window("/staff", user="ann").text("h1") == "Hello, ann"
    with pytest.raises(PermissionError):
        open_window(user="mallory")


@example("static_files")
def test_static_files_are_linked_and_served(
    open_window: OpenWindow, running_app: SimulatedApp
) -> None:
    window = open_window()
    files = window.window.replica.meta["files"]
    assert any(url.endswith("/plain.css") for url in files)
    assert any(url.endswith("/print.css") for url in files)
    dot = running_app.app.static_files.get(window.attribute("img", "src"))
    assert dot is not None and dot.body.startswith(b"<svg")


@example("widgets")
def test_widgets_show_updated_data(open_window: OpenWindow) -> None:
    window, other = open_window(), open_window()
    assert window.data("#dial") == {"value": 0}
    window.fire("#dial", "turn", {"by": 1})
    window.fire("#dial", "turn", {"by": 1})
    assert window.data("#dial") == {"value": 2}
    assert window.data("#turns")["lines"] == ["at 1", "at 2"]
    assert window.sees("20 %")
    # the view is no daemon view, so each window has its own dial
    assert other.data("#dial") == {"value": 0}
    window.click("Back to 0")
    assert window.data("#dial") == {"value": 0}
    window.fire("#table", "select", {"ids": [3, 1000]})
    assert window.text("#chosen") == "Chosen: 9, 1000000"


@example("counter")
def test_counter_is_shared_by_windows_of_one_owner(open_window: OpenWindow) -> None:
    window, other, bobs = open_window(), open_window(), open_window(user="bob")
    window.click("Increment")
    window.click("Increment")
    other.click("Decrement")
    assert [w.text("#count") for w in (window, other, bobs)] == ["11", "11", "10"]


def join(window: PersonWindow, name: str) -> PersonWindow:
    window.type("Your name", name)
    window.press("Enter")
    return window


@example("chat")
def test_people_in_one_room_see_its_messages(open_window: OpenWindow, clock: Clock) -> None:
    ann = join(open_window(user="ann"), "Ann")
    bob = join(open_window(user="bob"), "Bob")
    other_room = join(open_window("/garden", user="eve"), "Eve")
    ann.type("Message", "Hello, <b>Bob</b>")
    ann.click("Send")
    bob.type("Message", "Hi")
    bob.click("Send")
    assert ann.value("Message") == bob.value("Message") == ""
    messages = ["Ann has joined.", "Bob has joined.", "Ann: Hello, <b>Bob</b>", "Bob: Hi"]
    assert ann.text("#lines").splitlines() == bob.text("#lines").splitlines() == messages
    assert other_room.text("#lines") == "Eve has joined."
    ann.drop()
    bob.type("Message", "Still there?")
    bob.click("Send")
    ann.reconnect()
    assert ann.text("#lines").splitlines()[-1] == "Bob: Still there?"
    ann.drop()
    clock.advance(11)
    assert bob.text("#lines").splitlines()[-1] == "Ann has left."
    late = join(open_window(user="ann"), "Ann")
    assert late.text("#lines").splitlines() == bob.text("#lines").splitlines()


def alive(window: PersonWindow) -> set[str | None]:
    cells = window.find_all("td[style*='black']")
    return {cell.attributes["data-at"] for cell in cells}


@example("game_of_life")
def test_glider_moves_without_window(open_window: OpenWindow, clock: Clock) -> None:
    window = open_window()
    start = {"1,2", "2,3", "3,1", "3,2", "3,3"}
    assert alive(window) == start
    window.click("Step")
    assert window.text("#state") == "generation 1, 5 alive"
    window.click("Run")
    window.close()
    clock.advance(0.2 * 3 + 0.1)
    window = open_window()
    assert window.text("#state") == "generation 4, 5 alive"
    # the glider has moved one cell down and one to the right
    assert alive(window) == {"2,3", "3,4", "4,2", "4,3", "4,4"}
    window.click("Stop")
    clock.advance(10)
    assert window.text("#state") == "generation 4, 5 alive"
    window.click("Run")
    clock.advance(0.25)
    assert window.text("#state") == "generation 5, 5 alive"
    window.click("Stop")
    window.click("Clear")
    window.click("td[data-at='0,0']")
    assert alive(window) == {"0,0"}


@example("function_plotter")
def test_formula_is_drawn_or_refused(open_window: OpenWindow) -> None:
    window = open_window()
    window.type("f(x) =", "x^2 + 1")
    window.type("from", 0)
    window.type("to", 2)
    data = window.data("#plot")
    assert (data["x"][0], data["x"][-1]) == (0, 2)
    assert (data["y"][0][0], data["y"][0][-1]) == (1, 5)
    window.type("f(x) =", "sqrt(x - 1)")
    assert window.data("#plot")["y"][0][0] is None
    assert window.text("#problem") == ""
    window.type("f(x) =", "__import__('os')")
    assert "not understood" in window.text("#problem")
    window.type("f(x) =", "1 +")
    assert "cannot be drawn" in window.text("#problem")


@example("file_upload")
def test_uploaded_files_are_counted_removed_and_downloaded(
    open_window: OpenWindow, tmp_path: Path
) -> None:  # fmt: skip
    window = open_window()
    poem = tmp_path / "poem.txt"
    poem.write_text("roses are red")
    window.upload("Texts", poem, ("note.txt", b"two words"))
    assert "poem.txt: 3 words" in window.text("#files")
    assert window.text("#state") == "note.txt has arrived."
    window.upload("Texts", ("virus.exe", b""))
    assert window.notices == ["Only .txt files are accepted here."]
    window.click("Remove", within="#files > li:first-child")
    window.click("Download the counts")
    assert [(s.name, s.text) for s in window.downloads] == [("counts.txt", "note.txt: 2 words")]


@example("confirmation")
def test_handler_asks_and_waits_for_answer(open_window: OpenWindow) -> None:
    window, other = open_window(), open_window()
    window.click("Delete", within="#letter")
    assert other.sees("Delete letter?")
    with pytest.raises(AssertionError, match="covers it"):
        other.click("Rename", within="#novel")
    other.click("Keep")
    assert window.text("#state") == "letter was kept."
    window.click("Delete", within="#letter")
    window.press("Escape")
    assert window.has("#letter")
    window.click("Rename", within="#novel")
    window.type("New name", "poem")
    window.click("Rename", within=window.find("[role=alertdialog]"))
    assert other.text("#poem").startswith("poem")
    window.click("Delete", within="#letter")
    window.click("Delete", within="[role=alertdialog]")
    assert not other.has("#letter")


def covered_examples() -> set[str]:
    """The names of the examples that the tests of this module use."""
    return {
        call.args[0].value
        for call in ast.walk(ast.parse(Path(__file__).read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "example"
        and isinstance(call.args[0], ast.Constant)
    }


def test_every_example_has_a_test() -> None:
    assert {path.stem for path in EXAMPLES} == covered_examples()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_is_one_file_that_can_be_run(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "\napp = App(__file__)\n" in text
    assert text.endswith('\n\nif __name__ == "__main__":\n    app.run()\n')
