"""`NativeWindow`: the phases of a window and its way through the pool."""

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


def test_window_opened_resolves_its_futures_with_the_label(window: NativeWindow) -> None:
    future: Future[str] = Future()
    window.when_open(future)
    assert not future.done()
    window.opened()
    assert future.result(0) == "native-1"
    assert window.phase is WindowPhase.OPEN


def test_window_reported_as_shown_twice_stays_open(window: NativeWindow) -> None:
    window.opened()
    window.opened()
    assert window.phase is WindowPhase.OPEN


def test_window_closed_while_opening_fails_its_futures(window: NativeWindow) -> None:
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


def test_window_destroyed_while_opening_fails_its_futures(window: NativeWindow) -> None:
    future: Future[str] = Future()
    window.when_open(future)
    window.destroyed()
    with pytest.raises(CommandError, match="the app is ending"):
        future.result(0)
    with pytest.raises(RuntimeError, match="destroyed cannot be pooled"):
        window.closed()
