"""Placement of windows on the connected screens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everview.desktop.placement import (
    CASCADE_STEP,
    FRAME_MARGIN,
    MIN_SIZE,
    Screen,
    WindowGeometry,
    cascade,
    fit_to_screen,
)
from everview.state.window_set import WindowState

LEFT = Screen("left", 0, 0, 1600, 1200)
RIGHT = Screen("right", 1600, 200, 1280, 800)


def saved(
    x: int | None, y: int | None, width: int = 800, height: int = 600, screen: str = ""
) -> WindowState:
    return WindowState(x=x, y=y, width=width, height=height, screen=screen)


def test_window_on_existing_screen_keeps_its_geometry() -> None:
    screens = [LEFT, RIGHT]
    assert fit_to_screen(saved(120, 80), screens) == WindowGeometry(120, 80, 800, 600)
    assert fit_to_screen(saved(1700, 250), screens) == WindowGeometry(1700, 250, 800, 600)


def test_window_without_position_is_centred_on_main_screen() -> None:
    found = fit_to_screen(saved(None, None), [LEFT, RIGHT])
    assert found.x == 400
    assert abs(found.y + 300 - 600) <= FRAME_MARGIN


def test_window_of_missing_screen_is_moved_to_existing_screen() -> None:
    found = fit_to_screen(saved(1700, 250, screen="right"), [LEFT])
    assert found == WindowGeometry(800, 250, 800, 600)
    found = fit_to_screen(saved(-5000, 99_999), [LEFT])
    assert found == WindowGeometry(0, 1200 - 600 - FRAME_MARGIN // 2, 800, 600)


def test_window_of_moved_screen_is_moved_with_it() -> None:
    moved = Screen("right", -1280, 0, 1280, 800)
    found = fit_to_screen(saved(1700, 250, 640, 480, "right"), [LEFT, moved])
    assert moved.x <= found.x <= moved.x + moved.width - 640
    assert found.width == 640


@pytest.mark.parametrize("size", [(5000, 5000), (1, 1)])
def test_window_size_is_limited(size: tuple[int, int]) -> None:
    found = fit_to_screen(saved(0, 0, *size), [RIGHT])
    assert MIN_SIZE[0] <= found.width <= RIGHT.width
    assert MIN_SIZE[1] <= found.height <= RIGHT.height


numbers = st.integers(-100_000, 100_000)
screens = st.builds(
    Screen, st.sampled_from(["a", "b", "c"]), st.integers(-5000, 5000), st.integers(-5000, 5000),
    st.integers(640, 8000), st.integers(480, 5000),
)  # fmt: skip


@given(numbers, numbers, st.integers(1, 100_000), st.integers(1, 100_000),
       st.sampled_from(["", "a", "b", "missing"]), st.lists(screens, min_size=1, max_size=4))  # fmt: skip
def test_whole_window_is_on_one_screen(x, y, width, height, name, found) -> None:
    geometry = fit_to_screen(saved(x, y, width, height, name), found)
    assert any(
        s.x <= geometry.x and geometry.x + geometry.width <= s.x + s.width
        and s.y <= geometry.y and geometry.y + geometry.height <= s.y + s.height
        for s in found
    )  # fmt: skip
    # The placed window is saved, so placing it again at the next start must not change it.
    again = saved(geometry.x, geometry.y, geometry.width, geometry.height, name)
    if not name:
        assert fit_to_screen(again, found).width == geometry.width


def test_new_windows_are_cascaded_until_the_screen_ends() -> None:
    others: list[WindowGeometry] = []
    for _ in range(6):
        others.append(cascade(saved(100, 100), others, [LEFT]))
    expected = [(100 + CASCADE_STEP * n, 100 + CASCADE_STEP * n) for n in range(6)]
    assert [(geometry.x, geometry.y) for geometry in others] == expected
    for _ in range(60):
        others.append(cascade(saved(100, 100), others, [LEFT]))
    assert all(geometry.x + geometry.width <= LEFT.width for geometry in others)
