"""What a window is told once is told once, whatever becomes of its links."""

from __future__ import annotations

from typing import Any

import msgspec

from everview.runtime.windows.messages import encode
from everview.runtime.windows.window import EFFECTS_KEPT, Window


class Link:
    """A transport that notes what was sent."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def send(self, data: bytes) -> None:
        self.messages.append(msgspec.json.decode(data))

    def close(self, code: int, reason: str) -> None:
        """Nothing to do."""


def tell(window: Window, *effects: dict[str, Any]) -> None:
    for effect in effects:
        window.add_effect(effect)
    window.send(None, "d", 0.0, encode)


def window_with_link(told: int | None = None) -> tuple[Window, Link]:
    window, link = Window("w", "owner"), Link()
    window.connect(link, told)
    return window, link


def effects(link: Link) -> list[dict[str, Any]]:
    return [effect for message in link.messages for effect in message.get("effects", ())]


A, B, C = ({"notice": name} for name in "abc")


def test_what_was_on_its_way_when_a_link_broke_goes_again() -> None:
    window, first = window_with_link()
    for effect in (A, B, C):
        tell(window, effect)
    told = first.messages[0]["told"]
    second, third = Link(), Link()
    window.connect(second, told)
    tell(window)
    assert effects(second) == [B, C]
    # Nor did the second link bring it.
    window.connect(third, told)
    tell(window)
    assert effects(third) == [B, C]


def test_what_the_page_said_that_it_got_is_forgotten() -> None:
    window, first = window_with_link()
    tell(window, A, B)
    tell(window, C)
    window.was_told(first.messages[0]["told"])
    second = Link()
    window.connect(second, 0)
    tell(window)
    assert effects(second) == [C]


def test_a_page_that_was_loaded_anew_is_not_told_what_the_one_before_was() -> None:
    window, first = window_with_link()
    tell(window, {"load": "/_everview/answer/1"})
    window.add_effect(A)
    second = Link()
    window.connect(second)
    tell(window)
    assert effects(first) == [{"load": "/_everview/answer/1"}]
    assert effects(second) == [A]


def test_what_is_of_a_view_goes_with_it() -> None:
    window, first = window_with_link()
    tell(window, {"focus": 3}, A, {"hidden": [[3, True]]})
    window.add_effect({"reply": [1, None]})
    window.leave()
    second = Link()
    window.connect(second, 0)
    tell(window)
    assert effects(first) == [{"focus": 3}, A, {"hidden": [[3, True]]}]
    assert effects(second) == [A]


def test_a_page_that_was_forgotten_counts_on() -> None:
    window, link = window_with_link(told=57)
    tell(window, A)
    assert link.messages[0]["told"] == 58
    window.was_told(57)  # late, of the time before
    second = Link()
    window.connect(second, 57)
    tell(window)
    assert effects(second) == [A]


def test_a_page_that_says_nothing_costs_no_more_than_that() -> None:
    window, _ = window_with_link()
    for number in range(3 * EFFECTS_KEPT):
        tell(window, {"notice": str(number)})
    second = Link()
    window.connect(second, 0)
    tell(window)
    assert effects(second)[0] == {"notice": str(2 * EFFECTS_KEPT)}
    assert len(effects(second)) == EFFECTS_KEPT


def test_links_that_break_at_once_push_no_notice_out() -> None:
    # Each begins with how the window is, and all of them were kept: a hundred links and the
    # notices that were on their way were gone.
    window, _ = window_with_link()
    tell(window, A, B)
    for number in range(2 * EFFECTS_KEPT):
        last = Link()
        window.connect(last, 0)
        tell(window, {"window": {"zoom": number}})
    assert effects(last) == [A, B, {"window": {"zoom": 2 * EFFECTS_KEPT - 1}}]


def test_what_goes_again_is_no_more_than_what_is_kept() -> None:
    window, _ = window_with_link()
    for number in range(EFFECTS_KEPT):
        tell(window, {"notice": str(number)}, {"notice": f"{number} again"})
    last = Link()
    window.connect(last, 0)
    tell(window, A)
    assert len(effects(last)) == EFFECTS_KEPT
    assert effects(last)[-1] == A
