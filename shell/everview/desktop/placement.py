"""Positions and sizes of windows on the screens that exist. Pure arithmetic, in pixels."""

from __future__ import annotations

from dataclasses import dataclass

from everview.state.window_set import WindowState

DEFAULT_SIZE = (1000, 720)
MIN_SIZE = (360, 300)
#: On each screen, this number of pixels is reserved for the frame of a window.
FRAME_MARGIN = 64
#: A new window is moved by this number of pixels from the previous one, so that both are visible.
CASCADE_STEP = 36


@dataclass(frozen=True)
class Screen:
    """The area of a screen that windows may use."""

    name: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class WindowGeometry:
    """The position of a window's frame, and the size of its inside."""

    x: int
    y: int
    width: int
    height: int


def fit_to_screen(state: WindowState, screens: list[Screen]) -> WindowGeometry:
    """The geometry of a saved window, changed so that the whole window is on one screen.

    The function chooses the screen on which the window was. If that screen no longer exists, it
    chooses the screen that contains the centre of the window, or else the first screen.

    Args:
        state: The saved window. If it has no position, it is centred.
        screens: The screens that exist, the main one first.
    """
    width, height = state.width or DEFAULT_SIZE[0], state.height or DEFAULT_SIZE[1]
    screen = _screen_of(state, width, height, screens)
    width = max(MIN_SIZE[0], min(width, screen.width - FRAME_MARGIN))
    height = max(MIN_SIZE[1], min(height, screen.height - FRAME_MARGIN))
    # The title bar is high, the other edges of the frame are thin.
    free_x = screen.width - width
    free_y = screen.height - height - FRAME_MARGIN // 2
    if state.x is None or state.y is None:
        x, y = screen.x + free_x // 2, screen.y + free_y // 2
    else:
        x = _clamp(state.x, screen.x, screen.x + free_x)
        y = _clamp(state.y, screen.y, screen.y + free_y)
    return WindowGeometry(x, y, width, height)


def cascade(
    state: WindowState, others: list[WindowGeometry], screens: list[Screen]
) -> WindowGeometry:
    """The geometry of a new window, moved step by step until no other window is at its position.

    Args:
        state: The preferred position and size.
        others: The windows that are open.
        screens: The screens that exist, the main one first.
    """
    first = found = fit_to_screen(state, screens)
    while any(_is_near(found, other) for other in others):
        moved = WindowState(
            x=found.x + CASCADE_STEP, y=found.y + CASCADE_STEP,
            width=first.width, height=first.height, screen=state.screen,
        )  # fmt: skip
        following = fit_to_screen(moved, screens)
        if (following.x, following.y) == (found.x, found.y):
            return first  # the window has reached the corner of the screen
        found = following
    return found


def _is_near(a: WindowGeometry, b: WindowGeometry) -> bool:
    return abs(a.x - b.x) < CASCADE_STEP // 2 and abs(a.y - b.y) < CASCADE_STEP // 2


def _screen_of(state: WindowState, width: int, height: int, screens: list[Screen]) -> Screen:
    for screen in screens:
        if state.screen and screen.name == state.screen:
            return screen
    if state.x is not None and state.y is not None:
        x, y = state.x + width // 2, state.y + height // 2
        for screen in screens:
            if 0 <= x - screen.x < screen.width and 0 <= y - screen.y < screen.height:
                return screen
    return screens[0]


def _clamp(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))
