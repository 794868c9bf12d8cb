"""`Window`: each effect is performed once, even if links of the window break."""

from __future__ import annotations

import msgspec

from everview.runtime.windows.effects import (
    AnyEffect,
    Focus,
    Load,
    Notice,
    Reply,
    SetHidden,
    WindowState,
)
from everview.runtime.windows.updates import Update
from everview.runtime.windows.window import MAX_EFFECTS, Window

A, B, C = Notice("a"), Notice("b"), Notice("c")


class Link:
    """A fake transport that stores the sent updates."""

    def __init__(self) -> None:
        self.updates: list[Update] = []

    def send(self, data: bytes) -> None:
        self.updates.append(msgspec.json.decode(data, type=Update))

    def close(self, code: int, reason: str) -> None:
        """Closing a fake transport has no effect."""


def send(window: Window, *effects: AnyEffect) -> None:
    for effect in effects:
        window.add_effect(effect)
    window.send(None, "d", 0.0)


def window_with_link(effects_received: int | None = None) -> tuple[Window, Link]:
    window, link = Window("w", "owner"), Link()
    window.connect(link, effects_received)
    return window, link


def effects(link: Link) -> list[AnyEffect]:
    return [effect for update in link.updates for effect in update.effects]


def state(zoom: float) -> WindowState:
    return WindowState(False, zoom, "system", False, "app", None)


def test_unconfirmed_effects_are_sent_again_after_a_link_breaks() -> None:
    window, first = window_with_link()
    for effect in (A, B, C):
        send(window, effect)
    received = first.updates[0].effects_number
    second, third = Link(), Link()
    window.connect(second, received)
    send(window)
    assert effects(second) == [B, C]
    # The second link breaks, too, before the page receives the effects.
    window.connect(third, received)
    send(window)
    assert effects(third) == [B, C]


def test_confirmed_effects_are_not_sent_again() -> None:
    window, first = window_with_link()
    send(window, A, B)
    send(window, C)
    window.confirm_effects(first.updates[0].effects_number)
    second = Link()
    window.connect(second, 0)
    send(window)
    assert effects(second) == [C]


def test_reloaded_page_does_not_get_effects_of_the_previous_page() -> None:
    window, first = window_with_link()
    send(window, Load("/_everview/answer/1"))
    window.add_effect(A)
    second = Link()
    window.connect(second)
    send(window)
    assert effects(first) == [Load("/_everview/answer/1")]
    assert effects(second) == [A]


def test_effects_of_a_view_are_dropped_when_the_window_leaves_it() -> None:
    window, first = window_with_link()
    send(window, Focus(3), A, SetHidden([(3, True)]))
    window.add_effect(Reply(1, None))
    window.leave()
    second = Link()
    window.connect(second, 0)
    send(window)
    assert effects(first) == [Focus(3), A, SetHidden([(3, True)])]
    assert effects(second) == [A]


def test_effects_number_continues_for_a_page_whose_window_was_forgotten() -> None:
    window, link = window_with_link(effects_received=57)
    send(window, A)
    assert link.updates[0].effects_number == 58
    window.confirm_effects(57)  # a late message for the forgotten window
    second = Link()
    window.connect(second, 57)
    send(window)
    assert effects(second) == [A]


def test_effects_of_a_page_that_confirms_nothing_are_limited() -> None:
    window, _ = window_with_link()
    for number in range(3 * MAX_EFFECTS):
        send(window, Notice(str(number)))
    second = Link()
    window.connect(second, 0)
    send(window)
    assert effects(second)[0] == Notice(str(2 * MAX_EFFECTS))
    assert len(effects(second)) == MAX_EFFECTS


def test_many_broken_links_do_not_drop_notices() -> None:
    # A WindowState is sent at the start of each link. An earlier version stored all of these
    # effects, so after a hundred links it dropped the unconfirmed notices.
    window, _ = window_with_link()
    send(window, A, B)
    for number in range(2 * MAX_EFFECTS):
        last = Link()
        window.connect(last, 0)
        send(window, state(number))
    assert effects(last) == [A, B, state(2 * MAX_EFFECTS - 1)]


def test_repeated_effects_are_limited() -> None:
    window, _ = window_with_link()
    for number in range(MAX_EFFECTS):
        send(window, Notice(str(number)), Notice(f"{number} again"))
    last = Link()
    window.connect(last, 0)
    send(window, A)
    assert len(effects(last)) == MAX_EFFECTS
    assert effects(last)[-1] == A
