"""Where windows go: on screens that there are, as far as possible where they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everview.desktop.placement import FRAME, LEAST, STEP, Place, Screen, beside, place
from everview.state.window_set import WindowState

LEFT = Screen("left", 0, 0, 1600, 1200)
RIGHT = Screen("right", 1600, 200, 1280, 800)


def at(x: int | None, y: int | None, width: int = 800, height: int = 600, screen: str = "") -> WindowState:
    return WindowState(x=x, y=y, width=width, height=height, screen=screen)


def test_a_window_comes_back_to_where_it_was() -> None:
    assert place(at(120, 80), [LEFT, RIGHT]) == Place(120, 80, 800, 600)
    assert place(at(1700, 250), [LEFT, RIGHT]) == Place(1700, 250, 800, 600)


def test_a_window_without_a_place_is_in_the_middle_of_the_main_screen() -> None:
    found = place(at(None, None), [LEFT, RIGHT])
    assert found.x == 400
    assert abs(found.y + 300 - 600) <= FRAME


def test_a_window_of_a_screen_that_is_gone_comes_to_one_that_is_there() -> None:
    assert place(at(1700, 250, screen="right"), [LEFT]) == Place(800, 250, 800, 600)
    assert place(at(-5000, 99_999), [LEFT]) == Place(0, 1200 - 600 - FRAME // 2, 800, 600)


def test_a_window_goes_with_its_screen_when_screens_are_arranged_anew() -> None:
    moved = Screen("right", -1280, 0, 1280, 800)
    found = place(at(1700, 250, 640, 480, "right"), [LEFT, moved])
    assert moved.x <= found.x <= moved.x + moved.width - 640
    assert found.width == 640


@pytest.mark.parametrize("size", [(5000, 5000), (1, 1)])
def test_a_window_is_no_larger_than_the_screen_and_no_smaller_than_useful(size: tuple[int, int]) -> None:
    found = place(at(0, 0, *size), [RIGHT])
    assert LEAST[0] <= found.width <= RIGHT.width
    assert LEAST[1] <= found.height <= RIGHT.height


numbers = st.integers(-100_000, 100_000)
screens = st.builds(
    Screen, st.sampled_from(["a", "b", "c"]), st.integers(-5000, 5000), st.integers(-5000, 5000),
    st.integers(640, 8000), st.integers(480, 5000),
)  # fmt: skip


@given(numbers, numbers, st.integers(1, 100_000), st.integers(1, 100_000),
       st.sampled_from(["", "a", "b", "gone"]), st.lists(screens, min_size=1, max_size=4))  # fmt: skip
def test_all_of_a_window_is_on_one_screen(x, y, width, height, name, found) -> None:
    where = place(at(x, y, width, height, name), found)
    assert any(
        s.x <= where.x and where.x + where.width <= s.x + s.width
        and s.y <= where.y and where.y + where.height <= s.y + s.height
        for s in found
    )  # fmt: skip
    # What was saved of it there puts it there again.
    again = at(where.x, where.y, where.width, where.height, name)
    if not name:
        assert place(again, found).width == where.width


def test_new_windows_are_a_step_apart_until_the_screen_ends() -> None:
    taken: list[Place] = []
    for _ in range(6):
        taken.append(beside(at(100, 100), taken, [LEFT]))
    assert [(p.x, p.y) for p in taken] == [(100 + STEP * n, 100 + STEP * n) for n in range(6)]
    for _ in range(60):
        taken.append(beside(at(100, 100), taken, [LEFT]))
    assert all(p.x + p.width <= LEFT.width for p in taken)
