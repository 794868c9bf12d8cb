"""`NativeWindow`: the phases of a window, and the pool of windows."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from everview.desktop.desktop import NativeWindow, WindowPhase
from everview.errors import CommandError


@pytest.fixture
def window() -> NativeWindow:
    native: Any = object()
    return NativeWindow(native, "native-1")


def test_futures_of_an_opened_window_resolve_to_its_label(window: NativeWindow) -> None:
    future: Future[str] = Future()
    window.when_open(future)
    assert not future.done()
    window.opened()
    assert future.result(0) == "native-1"
    assert window.phase is WindowPhase.OPEN


def test_window_stays_open_if_it_is_reported_as_shown_twice(window: NativeWindow) -> None:
    window.opened()
    window.opened()
    assert window.phase is WindowPhase.OPEN


def test_futures_fail_if_the_window_is_closed_while_opening(window: NativeWindow) -> None:
    future: Future[str] = Future()
    window.when_open(future)
    window.closed()
    with pytest.raises(CommandError, match="closed while it opened"):
        future.result(0)
    assert (window.phase, window.label) == (WindowPhase.POOLED, "")


def test_late_report_of_pooled_window_does_not_open_it(window: NativeWindow) -> None:
    window.closed()
    window.opened()
    assert window.phase is WindowPhase.POOLED


def test_pooled_window_is_used_again_with_another_label(window: NativeWindow) -> None:
    window.opened()
    window.closed()
    assert not window.is_in_use
    window.reuse("native-2")
    assert window.is_in_use
    future: Future[str] = Future()
    window.when_open(future)
    window.opened()
    assert future.result(0) == "native-2"


def test_window_in_use_cannot_be_reused(window: NativeWindow) -> None:
    with pytest.raises(RuntimeError, match="opening cannot be opening"):
        window.reuse("native-2")


def test_futures_fail_if_the_window_is_destroyed_while_opening(window: NativeWindow) -> None:
    future: Future[str] = Future()
    window.when_open(future)
    window.destroyed()
    with pytest.raises(CommandError, match="the app is ending"):
        future.result(0)
    with pytest.raises(RuntimeError, match="destroyed cannot be pooled"):
        window.closed()
