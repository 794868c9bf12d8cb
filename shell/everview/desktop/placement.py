"""Where a window goes on the screens that there are. Pure arithmetic: pixels in, pixels out."""

from __future__ import annotations

from dataclasses import dataclass

from everview.state.window_set import WindowState

SIZE = (1000, 720)
#: What a window cannot be smaller than.
LEAST = (360, 300)
#: Pixels of a screen that a window leaves free, for its frame.
FRAME = 64
#: How far a new window is from the one it was opened from, so that both are seen.
STEP = 36


@dataclass(frozen=True)
class Screen:
    """The part of a screen that windows may use."""

    name: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Place:
    """Where a window's frame begins, and the size of what is in it."""

    x: int
    y: int
    width: int
    height: int


def place(state: WindowState, screens: list[Screen]) -> Place:
    """The place of a window of which all is on one of ``screens``, the first being the main one.

    On the screen it was on, if that is there; else on the one where its middle would be.
    """
    width, height = state.width or SIZE[0], state.height or SIZE[1]
    screen = _screen(state, width, height, screens)
    width = max(LEAST[0], min(width, screen.width - FRAME))
    height = max(LEAST[1], min(height, screen.height - FRAME))
    if state.x is None or state.y is None:
        x = screen.x + (screen.width - width) // 2
        y = screen.y + (screen.height - height - FRAME // 2) // 2
    else:
        # Its frame's sides are thin, its title bar is not.
        x = _between(state.x, screen.x, screen.x + screen.width - width)
        y = _between(state.y, screen.y, screen.y + screen.height - height - FRAME // 2)
    return Place(x, y, width, height)


def beside(state: WindowState, taken: list[Place], screens: list[Screen]) -> Place:
    """As `place`, for a new window: a step further as long as another begins there."""
    found = place(state, screens)
    start = found
    while any(abs(found.x - t.x) < STEP // 2 and abs(found.y - t.y) < STEP // 2 for t in taken):
        moved = WindowState(x=found.x + STEP, y=found.y + STEP, width=start.width,
                            height=start.height, screen=state.screen)  # fmt: skip
        next_one = place(moved, screens)
        if (next_one.x, next_one.y) == (found.x, found.y):
            return start  # the corner of the screen is full
        found = next_one
    return found


def _screen(state: WindowState, width: int, height: int, screens: list[Screen]) -> Screen:
    named = [screen for screen in screens if state.screen and screen.name == state.screen]
    if named:
        return named[0]
    if state.x is not None and state.y is not None:
        x, y = state.x + width // 2, state.y + height // 2
        for screen in screens:
            if 0 <= x - screen.x < screen.width and 0 <= y - screen.y < screen.height:
                return screen
    return screens[0]


def _between(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))
