"""Fields in Chromium follow the table in tests/support/field_rules.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from everview import App
from everview.runtime.windows.window import Window
from tests.support.field_rules import (
    FIELDS,
    INTERRUPTIONS,
    cases_of,
    key_of,
    make_app,
)
from tests.support.server import wait_until
from tests.support.serving import ServedApp

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

#: The visible content of a field.
SHOWN = """(field) => field.type === "checkbox" ? field.checked
  : field.tagName === "SELECT" ? field.selectedOptions[0]?.text ?? "" : field.value"""


class ServedDesk:
    """`Desk` with a served app."""

    def __init__(self, served: ServedApp) -> None:
        self.runtime = served.runtime
        self.do = served.do

    def relink(self, window: Window) -> None:
        link: Any = window.transport
        self.do(link._transport.abort)
        wait_until(
            lambda: window.transport not in (None, link) and window.cursor is not None,
            "the link is connected again",
        )


def enter(page: Page, key: str, value: str | bool) -> None:
    """Enter a value into a field like a person; the field keeps the focus."""
    field = page.locator(f"#{key}")
    field.focus()
    kind = field.evaluate("field => field.type")
    if value is True:
        page.keyboard.press("Space")
    elif kind == "select-one":
        field.select_option(str(value))
    elif kind == "date":
        year, month, day = str(value).split("-")
        page.keyboard.type(month + day + year)
    elif kind == "range":
        page.keyboard.press("ArrowRight")
    else:
        page.keyboard.type(str(value))


@pytest.mark.parametrize("interruption", INTERRUPTIONS)
def test_field_has_the_server_value_when_its_handler_is_done(
    app: App, served: ServedApp, open_page: Open, interruption: str
) -> None:
    make_app(app)
    page, other = open_page(), open_page()
    for shown in (page, other):
        shown.locator("#other").wait_for()
    view: Any = served.only_instance().view
    view.desk, view.interruption = ServedDesk(served), interruption
    wrong = []
    for name, handler, order in cases_of(interruption):
        key = key_of(name, handler, order)
        enter(page, key, FIELDS[name].typed)
        if handler == "submit":
            page.locator(f"#form-{key}").evaluate("form => form.requestSubmit()")
        wait_until(lambda key=key: key in view.done, f"the handler of {key} ends")
        for shown in (page, other):
            try:
                shown.wait_for_function(
                    f"([id, value]) => ({SHOWN})(document.getElementById(id)) === value",
                    arg=[key, FIELDS[name].shown], timeout=1000,
                )
            except TimeoutError:
                wrong.append((key, shown is page, shown.locator(f"#{key}").evaluate(SHOWN)))
        if view.fields[key].value != FIELDS[name].new:
            wrong.append((key, "server", view.fields[key].value))
    assert wrong == []


def test_value_from_outside_waits_while_the_person_types(
    app: App, served: ServedApp, open_page: Open
) -> None:
    make_app(app)
    page = open_page()
    page.locator("#other").wait_for()
    view: Any = served.only_instance().view
    view.desk, view.interruption, view.sets = ServedDesk(served), "nothing", False
    for name, case in FIELDS.items():
        key = key_of(name, "change", "after")
        enter(page, key, case.typed)
        # A date field reports a change after each part (month, day, year) that is entered.
        page.wait_for_function("id => document.getElementById(id).value !== ''", arg=key)
        wait_until(lambda key=key: key in view.done, f"the handler of {key} ends")
        typed = page.locator(f"#{key}").evaluate(SHOWN)
        view.set_from_outside(key, case.new)
        expect(page.locator("#mark")).to_have_text(key)
        shown = page.locator(f"#{key}").evaluate(SHOWN)
        assert shown == (typed if case.is_typed else case.shown), key
        page.locator("#other").focus()
        assert page.locator(f"#{key}").evaluate(SHOWN) == case.shown, key
