"""Tests of some examples in a browser, with mouse, keyboard and files."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from everview import App
from tests.support.chromium import chromium, open_page, platform, served

__all__ = ["chromium", "open_page", "platform", "served"]  # fixtures
pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]


def example(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("everview_app", [name], indirect=True)


@pytest.fixture
def app(everview_app: App) -> App:
    return everview_app


@example("game_of_life")
def test_game_of_life_is_updated_in_two_windows(open_page: OpenPage) -> None:
    page, other = open_page(), open_page()
    page.locator("td[data-at='10,10']").click()
    expect(other.locator("td[data-at='10,10']")).to_have_css("background-color", "rgb(0, 0, 0)")
    page.get_by_label("Pause").fill("0.05")
    page.get_by_role("button", name="Run").click()
    expect(other.locator("#state")).to_contain_text(re.compile("generation [1-9]"))
    other.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Run")).to_be_visible()


@example("function_plotter")
def test_plotter_draws_formula(open_page: OpenPage) -> None:
    page = open_page()
    canvas = page.locator("#plot canvas").first
    expect(canvas).to_be_visible()
    before = canvas.screenshot()
    page.get_by_label("f(x) =").fill("x^3")
    expect(page.locator("#problem")).to_be_empty()
    # The plot is drawn one or two frames after its data has changed. Therefore take pictures until
    # one differs from the first picture.
    assert any(canvas.screenshot() != before for _ in range(100))
    page.get_by_label("f(x) =").fill("x +")
    expect(page.locator("#problem")).to_contain_text("cannot be drawn")


@example("chat")
def test_chat_shows_the_messages_of_two_people(open_page: OpenPage) -> None:
    ann, bob = open_page(user="ann"), open_page(user="bob")
    for page, name in ((ann, "Ann"), (bob, "Bob")):
        page.get_by_label("Your name").fill(name)
        page.keyboard.press("Enter")
        expect(page.get_by_label("Message")).to_be_visible()
    ann.get_by_label("Message").fill("Hello, <b>Bob</b>")
    ann.get_by_role("button", name="Send").click()
    expect(bob.locator("#lines")).to_contain_text("Ann: Hello, <b>Bob</b>")
    expect(ann.get_by_label("Message")).to_have_value("")
    expect(ann.get_by_label("Message")).to_be_focused()


@example("file_upload")
def test_file_is_uploaded_and_downloaded(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    poem = tmp_path / "poem.txt"
    poem.write_text("roses are red")
    page.get_by_label("Texts").set_input_files(poem)
    expect(page.locator("#files")).to_contain_text("poem.txt: 3 words")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the counts").click()
    assert download.value.suggested_filename == "counts.txt"
    assert Path(download.value.path()).read_text() == "poem.txt: 3 words"


@example("widgets")
def test_documented_widget_is_turned_with_the_mouse(open_page: OpenPage) -> None:
    page = open_page()
    for count in (1, 2):
        page.get_by_role("button", name="turn:").click()
        expect(page.locator("#dial button")).to_have_text(f"turn: {count}")
    expect(page.get_by_text("at 2")).to_be_visible()
    page.get_by_role("button", name="Back to 0").click()
    expect(page.locator("#dial button")).to_have_text("turn: 0")
