"""Tests of the ready-made widgets in a real page, used with mouse and keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from everview import App, View
from everview.html import H1, HTML, Button, P, TextInput
from everview.widgets import (
    ICONS,
    Column,
    Icon,
    Log,
    Plot,
    ProgressBar,
    Tabs,
    Tree,
    VirtualTable,
)
from tests.support.server import wait_until
from tests.support.serving import ServedApp

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

MILLION = range(1_000_000)


class Numbers:
    """A data source that computes a million rows and stores none."""

    def __len__(self) -> int:
        return len(MILLION)

    def __getitem__(self, index: int) -> tuple[int, str]:
        return (index, f"row {index}")


def show(app: App, *parts: Any) -> None:
    @app.route("/")
    class Parts(View):
        is_daemon = True

        def handle_request(self, request):
            return HTML(H1("Parts"), parts)


class Recorder:
    """A handler that stores the data of its events."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def __call__(self, event: Any) -> None:
        self.events.append(event.data)


# log --------------------------------------------------------------------------------------------


def lines_in_view(page: Page) -> list[str]:
    return page.evaluate("""() => {
      const view = document.querySelector('.ev-log-view').getBoundingClientRect();
      return [...document.querySelectorAll('.ev-log-line')]
        .map(line => [line.getBoundingClientRect().top - view.top, line.textContent])
        .filter(([top]) => top > -10 && top < view.height - 10)
        .sort((a, b) => a[0] - b[0]).map(([, text]) => text);
    }""")


def wait_lines(page: Page, first: str | None, last: str) -> None:
    expect(page.locator(".ev-log-line", has_text=re.compile(f"^{last}$"))).to_be_visible()
    page.evaluate("() => new Promise(requestAnimationFrame)")
    lines = lines_in_view(page)
    assert lines[-1] == last
    assert first is None or lines[0] == first


def test_log_follows_the_end_until_the_user_scrolls_up(
    app: App, served: ServedApp, open_page: Open
) -> None:
    log = Log((f"line {n}" for n in range(500)), max_lines=1000, height=10)
    show(app, log)
    page = open_page()
    wait_lines(page, "line 490", "line 499")
    log.append("one more")
    wait_lines(page, None, "one more")
    expect(page.locator(".ev-log-more")).to_be_hidden()

    page.mouse.move(*middle(page, ".ev-log-view"))
    page.mouse.wheel(0, -1000)
    expect(page.locator(".ev-log-more")).to_be_visible()
    before = lines_in_view(page)
    log.extend(f"late {n}" for n in range(30))
    expect(page.locator(".ev-log-more")).to_have_text("30 new lines ↓")
    assert lines_in_view(page) == before

    # Lines at the start are removed, but the visible lines stay in place.
    log.extend(f"later {n}" for n in range(600))
    expect(page.locator(".ev-log-more")).to_have_text("630 new lines ↓")
    assert lines_in_view(page) == before

    page.click(".ev-log-more")
    wait_lines(page, "later 590", "later 599")
    expect(page.locator(".ev-log-more")).to_be_hidden()
    assert page.locator(".ev-log-line").count() < 60
    log.clear()
    expect(page.locator(".ev-log-empty")).to_be_visible()


def test_log_is_scrolled_with_the_keyboard_and_shows_plain_text(
    app: App, served: ServedApp, open_page: Open
) -> None:
    log = Log((f"<b>{n}</b>" for n in range(200)), height=10, label="Build")
    show(app, log)
    page = open_page()
    view = page.get_by_role("log", name="Build")
    expect(view).to_be_visible()
    wait_lines(page, None, "<b>199</b>")
    view.focus()
    page.keyboard.press("Home")
    expect(page.locator(".ev-log-line", has_text=re.compile("^<b>0</b>$"))).to_be_visible()
    expect(page.locator(".ev-log-more")).to_be_visible()
    page.keyboard.press("End")
    wait_lines(page, None, "<b>199</b>")
    expect(page.locator(".ev-log-more")).to_be_hidden()


# table ------------------------------------------------------------------------------------------


def middle(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def row(page: Page, text: str) -> Any:
    return page.locator(".ev-table-row", has=page.get_by_text(text, exact=True))


@pytest.fixture
def table(app: App, served: ServedApp) -> VirtualTable:
    table = VirtualTable(
        [Column("number", align="right"), "name"],
        Numbers(),
        label="Numbers",
        height=10,
        select="many",
    )
    show(app, table)
    return table


def test_table_of_a_million_rows_has_few_rows_in_the_page(
    table: VirtualTable, served: ServedApp, open_page: Open
) -> None:
    page = open_page()
    grid = page.get_by_role("grid", name="Numbers")
    expect(row(page, "row 0")).to_be_visible()
    expect(grid).to_have_attribute("aria-rowcount", "1000001")
    # The server sends the first rows together with the table, so the page does not request rows.
    assert not served.only_instance().was_used
    grid.focus()
    page.keyboard.press("End")
    expect(row(page, "row 999999")).to_be_visible()
    expect(row(page, "row 999999")).to_have_attribute("aria-rowindex", "1000001")
    expect(row(page, "row 999999")).to_have_class(re.compile("active"))
    page.keyboard.press("ArrowUp")
    expect(row(page, "row 999998")).to_have_class(re.compile("active"))
    page.keyboard.press("PageUp")
    expect(row(page, "row 999989")).to_have_class(re.compile("active"))
    page.keyboard.press("Home")
    expect(row(page, "row 0")).to_have_class(re.compile("active"))
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    expect(row(page, "row 12")).to_have_class(re.compile("active"))
    expect(row(page, "row 12")).to_be_in_viewport()
    active = grid.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-rowindex") == "14"
    # Drag the scroll bar to the middle.
    page.evaluate(
        "() => { const v = document.querySelector('.ev-table-view'); v.scrollTop = v.scrollHeight / 2; }"
    )
    expect(
        page.locator(".ev-table-row", has_text=re.compile(r"row (49|50)\d{4}")).first
    ).to_be_visible()
    expect(page.locator(".ev-table-row.waiting")).to_have_count(0)
    assert page.locator(".ev-table-row").count() <= 13


def test_mouse_wheel_scrolls_a_table_of_many_rows_by_pixels(
    table: VirtualTable, open_page: Open
) -> None:
    page = open_page()
    expect(row(page, "row 0")).to_be_visible()
    page.mouse.move(*middle(page, ".ev-table-view"))
    page.mouse.wheel(0, 280)
    expect(row(page, "row 10")).to_be_visible()
    expect(row(page, "row 19")).to_be_visible()
    expect(row(page, "row 9")).to_have_count(0)


def test_each_window_has_its_own_order_filter_and_selection(
    app: App, served: ServedApp, open_page: Open
) -> None:
    selected, activated = Recorder(), Recorder()
    people = [
        {"name": "Zoë", "age": 31}, {"name": "Ada", "age": None}, {"name": "Bob", "age": 7},
        *({"name": f"Person {n}", "age": 100 + n} for n in range(300)),
    ]  # fmt: skip
    table = VirtualTable(
        ["name", Column("age", align="right")],
        people,
        handle_select=selected,
        handle_activate=activated,
    )
    show(app, table)
    page, other = open_page(), open_page()
    expect(row(page, "Zoë")).to_be_visible()
    expect(row(other, "Zoë")).to_be_visible()
    first = page.locator(".ev-table-row[aria-rowindex='2']")
    age = page.get_by_role("columnheader", name="Age")
    age.get_by_role("button").click()
    expect(first).to_contain_text("Bob")
    expect(age).to_have_attribute("aria-sort", "ascending")
    age.get_by_role("button").click()
    expect(first).to_contain_text("Ada")  # a missing value counts as the largest
    expect(age).to_have_attribute("aria-sort", "descending")
    age.get_by_role("button").click()
    expect(first).to_contain_text("Zoë")
    page.get_by_role("searchbox").fill("ZO")
    expect(page.locator(".ev-table-bar output")).to_have_text("1 of 303 rows")
    expect(page.locator(".ev-table-row")).to_have_count(1)
    row(page, "Zoë").click()
    expect(row(page, "Zoë")).to_have_attribute("aria-selected", "true")
    expect(row(other, "Zoë")).to_have_attribute("aria-selected", "false")
    expect(other.locator(".ev-table-bar output")).to_have_text("303 rows")
    page.get_by_role("searchbox").fill("no such name")
    expect(page.locator(".ev-table-bar output")).to_have_text("0 of 303 rows")
    expect(page.locator(".ev-table-row")).to_have_count(0)
    page.get_by_role("searchbox").fill("")
    expect(row(page, "Zoë")).to_have_attribute("aria-selected", "true")
    page.get_by_role("grid").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(row(page, "Ada")).to_have_attribute("aria-selected", "true")
    expect(row(page, "Zoë")).to_have_attribute("aria-selected", "false")
    wait_until(lambda: len(selected.events) == 2 and activated.events, "all events are handled")
    assert selected.events == [{"ids": [0]}, {"ids": [1]}]
    assert activated.events == [{"id": 1}]


def test_refresh_updates_windows_at_any_scroll_position(
    app: App, served: ServedApp, open_page: Open
) -> None:
    rows = [(n, f"row {n}") for n in range(2000)]
    table = VirtualTable(["number", "name"], rows, height=10)
    show(app, table)
    page, other = open_page(), open_page()
    expect(row(other, "row 0")).to_be_visible()
    page.get_by_role("grid").focus()
    page.keyboard.press("End")
    expect(row(page, "row 1999")).to_be_visible()
    rows[0], rows[1999] = (0, "first"), (1999, "last")
    rows.append((2000, "row 2000"))
    table.refresh()
    expect(row(page, "last")).to_be_visible()
    expect(row(other, "first")).to_be_visible()
    expect(page.locator(".ev-table-bar output")).to_have_text("2,001 rows")


def test_rows_function_that_raises_is_called_only_a_few_times(
    app: App, served: ServedApp, open_page: Open
) -> None:
    calls: list[Any] = []

    def fetch(start, count, sort, text):
        calls.append((start, count, sort, text))
        if text == "fail":
            raise RuntimeError("the database is closed")
        return [(n, f"found {n}{text}") for n in range(start, min(start + count, 5000))], 5000

    show(app, VirtualTable(["number", Column("name", sortable=False)], fetch, height=10))
    page = open_page()
    expect(row(page, "found 0")).to_be_visible()
    page.get_by_role("searchbox").fill("!")
    expect(row(page, "found 0!")).to_be_visible()
    page.get_by_role("searchbox").fill("fail")
    expect(page.locator(".shell-notice.error").first).to_contain_text("the database is closed")
    page.get_by_role("searchbox").fill("")
    expect(row(page, "found 0")).to_be_visible()
    assert page.get_by_role("columnheader", name="Name").get_by_role("button").count() == 0
    assert len([text for *_, text in calls if text == "fail"]) <= 4


# plot -------------------------------------------------------------------------------------------


def test_plot_draws_its_lines_and_announces_values(
    app: App, served: ServedApp, open_page: Open
) -> None:
    plot = Plot("load", "memory", label="This computer", y_label="%")
    show(app, plot)
    page = open_page()
    slider = page.get_by_role("slider", name="This computer")
    expect(slider).to_have_attribute("aria-valuetext", "no points yet")
    plot.extend(
        range(100), (n / 2 for n in range(100)), (None if n < 50 else 20 for n in range(100))
    )
    expect(slider).to_have_attribute("aria-valuetext", "99: load 49.5 %, memory 20 %")
    expect(page.locator(".ev-plot-key").first).to_contain_text("49.5")
    assert colors(page) >= {"line 1", "line 2"}
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "0: load 0 %, memory – %")
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "1: load 0.5 %, memory – %")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^98: "))
    # The cursor does not move while points are added.
    plot.append(100, 7, 8)
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^97: "))
    page.keyboard.press("Escape")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^100: load 7 %"))
    expect(page.locator(".ev-plot [role=status]")).to_contain_text("points")


def colors(page: Page) -> set[str]:
    """Return the lines whose colors occur on the canvas."""
    return set(
        page.evaluate("""() => {
      const canvas = document.querySelector(".ev-plot canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const probe = document.querySelector(".ev-plot").appendChild(document.createElement("i"));
      const colors = [1, 2, 3].map(n => {
        probe.style.color = `var(--ev-line-${n})`;
        return getComputedStyle(probe).color.match(/\\d+/g).map(Number);
      });
      probe.remove();
      return [1, 2, 3].filter(n => {
        const [r, g, b] = colors[n - 1];
        for (let at = 0; at < data.length; at += 4)
          if (Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b) < 12 && data[at + 3] > 200) return true;
        return false;
      }).map(n => `line ${n}`);
    }""")
    )


def test_plot_shows_a_single_peak_among_100_000_points(
    app: App, served: ServedApp, open_page: Open
) -> None:
    plot = Plot("value", height=200)
    plot.extend(range(100_000), (100 if n == 54_321 else 0 for n in range(100_000)))
    show(app, plot)
    page = open_page()
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", "99999")
    highest = page.evaluate("""() => {
      const canvas = document.querySelector(".ev-plot canvas");
      const probe = document.querySelector(".ev-plot").appendChild(document.createElement("i"));
      probe.style.color = "var(--ev-line-1)";
      const wanted = Number(getComputedStyle(probe).color.match(/\\d+/g)[2]);
      const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      for (let at = 0; at < data.length; at += 4)
        if (Math.abs(data[at + 2] - wanted) < 40 && data[at] < 140 && data[at + 3] > 100) return [Math.floor(at / 4 / width), at / 4 % width / width];
      return null;
    }""")
    assert highest is not None
    assert highest[0] < 20
    assert 0.5 < highest[1] < 0.6


def test_plot_is_redrawn_after_a_resize_and_in_the_dark_theme(
    app: App, served: ServedApp, open_page: Open
) -> None:
    plot = Plot("value")
    plot.extend([0, 1, 2], [1, 3, 2])
    show(app, plot)
    page = open_page()
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", "2")
    assert colors(page) == {"line 1"}
    page.set_viewport_size({"width": 500, "height": 500})
    page.emulate_media(color_scheme="dark")
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    assert colors(page) == {"line 1"}
    width = page.evaluate(
        "() => { const c = document.querySelector('.ev-plot canvas'); return [c.width, c.clientWidth * devicePixelRatio]; }"
    )
    assert width[0] == round(width[1])
    assert width[0] < 500


# tabs, tree, progress, icons, pop-up ------------------------------------------------------------


def test_tab_is_selected_in_one_window_by_its_user_or_in_all_by_python(
    app: App, served: ServedApp, open_page: Open
) -> None:
    selected = Recorder()
    field = TextInput("", _id="field")
    tabs = Tabs(
        ("One", P("first")),
        ("Two", field),
        ("Three", P("third")),
        handle_select=selected,
        label="Parts",
    )
    show(app, tabs)
    page, other = open_page(), open_page()
    tab = page.get_by_role("tab", name="Two")
    tab.click()
    expect(page.get_by_role("tabpanel", name="Two")).to_be_visible()
    expect(page.get_by_text("first")).to_be_hidden()
    expect(other.get_by_text("first")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#field")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Three")).to_be_focused()
    expect(page.get_by_role("tab", name="Three")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("first")).to_be_visible()
    page.keyboard.press("End")
    expect(page.get_by_text("third")).to_be_visible()
    tabs.select(1)
    for window in (page, other):
        expect(window.locator("#field")).to_be_visible()
    # Hidden panels stay hidden after a snapshot.
    served.do(lambda: [setattr(w, "cursor", None) for w in served.runtime.windows])
    tabs.add("Four", P("fourth"))
    expect(page.get_by_role("tab")).to_have_count(4)
    expect(page.get_by_text("first")).to_be_hidden()
    expect(page.get_by_text("fourth")).to_be_hidden()
    tabs.remove_panel(1)
    expect(page.get_by_role("tab")).to_have_count(3)
    expect(page.get_by_text("third")).to_be_visible()
    assert selected.events == [{"index": 1}, {"index": 2}, {"index": 0}, {"index": 2}]


def test_tree_can_be_used_with_the_keyboard_and_is_opened_in_one_window_only(
    app: App, served: ServedApp, open_page: Open
) -> None:
    selected = Recorder()
    tree = Tree(
        [{"label": "src", "children": [{"label": "main.py", "id": "main"}, {"label": "lib", "children": [{"label": "a.py"}]}]},
         {"label": "docs", "lazy": True}, {"label": "README"}],
        label="Files", handle_select=selected,
    )  # fmt: skip

    def opened(event: Any) -> None:
        tree.item(event.data["path"])["children"] = [{"label": "late.md"}]

    show(app, tree)
    tree.set_handler("open", lambda event: opened(event) if event.data["path"] == [1] else None)
    page, other = open_page(), open_page()
    item = lambda name: page.get_by_role("treeitem", name=name, exact=True)  # noqa: E731
    expect(item("src")).to_have_attribute("aria-expanded", "false")
    item("src").focus()
    page.keyboard.press("ArrowRight")
    expect(item("main.py")).to_be_visible()
    expect(item("main.py")).to_have_attribute("aria-level", "2")
    expect(other.get_by_role("treeitem", name="main.py")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(item("main.py")).to_be_focused()
    page.keyboard.press("Enter")
    expect(item("main.py")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowLeft")
    expect(item("src")).to_be_focused()
    page.keyboard.press("d")
    expect(item("docs")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(item("late.md")).to_be_visible()
    page.keyboard.press("End")
    expect(item("README")).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect(item("main.py")).to_have_count(0)
    # When Python changes the tree, the existing items in the page are updated.
    page.keyboard.press("ArrowRight")
    tree.items[0]["children"].append({"label": "new.py"})
    expect(item("new.py")).to_be_visible()
    expect(item("src")).to_be_focused()
    item("lib").click()
    expect(item("a.py")).to_be_visible()
    wait_until(lambda: len(selected.events) == 2, "both select events are handled")
    assert selected.events == [{"id": "main", "path": [0, 0]}, {"id": "0.1", "path": [0, 1]}]


def test_progress_bar_shows_and_announces_its_value(
    app: App, served: ServedApp, open_page: Open
) -> None:
    bar = ProgressBar("Copying", 1, 4)
    show(app, bar)
    page = open_page()
    native = page.get_by_role("progressbar", name="Copying")
    expect(native).to_have_js_property("value", 25)
    expect(page.locator(".ev-progress output")).to_have_text("25 %")
    bar.set(None)
    expect(native).to_have_js_property("position", -1)
    bar.set(4, 4, "Copied")
    expect(page.get_by_role("progressbar", name="Copied")).to_have_js_property("value", 100)


def test_icons_are_drawn_and_labelled(app: App, served: ServedApp, open_page: Open) -> None:
    show(app, [Icon(name) for name in ICONS], Button(Icon("trash", label="Delete")))
    page = open_page()
    expect(page.get_by_role("button", name="Delete")).to_be_visible()
    drawn = page.evaluate(
        "[...document.querySelectorAll('main svg')].map(s => s.firstChild.getBBox()).filter(b => b.width + b.height > 8 && b.x >= 1 && b.y >= 1 && b.x + b.width <= 23 && b.y + b.height <= 23).length"
    )
    assert drawn == len(ICONS) + 1
    assert page.locator("main svg[aria-hidden=true]").count() == len(ICONS)


def test_focus_stays_in_the_pop_up_and_is_restored_when_it_closes(
    app: App, served: ServedApp, open_page: Open
) -> None:
    @app.route("/")
    class Asks(View):
        is_daemon = True

        def handle_request(self, request):
            self.output = P("-", _id="output")
            self.field = TextInput("", _id="field")
            return HTML(self.output, Button("ask", handle_click=self.ask_user), self.field)

        def ask_user(self, event):
            self.output.set_text(str(self.ask("Sure?", "Yes", "No")))

    page = open_page()
    page.get_by_role("button", name="ask").click()
    yes, no = page.get_by_role("button", name="Yes"), page.get_by_role("button", name="No")
    expect(no).to_be_focused()
    page.keyboard.press("Tab")
    expect(yes).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(no).to_be_focused()
    page.evaluate("document.querySelector('#field').focus()")
    expect(yes).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#output")).to_have_text("Yes")
    expect(page.locator(".popup")).to_have_count(0)
    expect(page.get_by_role("button", name="ask")).to_be_focused()


def test_every_widget_shows_hostile_text_as_plain_text(
    app: App, served: ServedApp, open_page: Open
) -> None:
    hostile = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>"
    plot = Plot(hostile, label=hostile, x_label=hostile, y_label=hostile)
    plot.append(1, 1)
    show(
        app, Log([hostile], label=hostile), VirtualTable([hostile], [(hostile,)], label=hostile), plot,
        Tree([{"label": hostile, "id": hostile}], label=hostile), ProgressBar(hostile),
        Tabs((hostile, P(hostile)), label=hostile), Icon("info", label=hostile),
    )  # fmt: skip
    page = open_page()
    for part in (".ev-log-line", ".ev-table-row", ".ev-tree-item", "[role=tab]", ".ev-plot-key"):
        expect(page.locator(part).first).to_contain_text(hostile)
    assert page.evaluate(
        "[window.hacked, document.querySelectorAll('main img, main script').length]"
    ) == [None, 0]
