"""Sizes, durations and names as text."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.duplicates.human import display_path, format_duration, format_size


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (1536, "1.5 kB"),
        (99_949, "99.9 kB"),
        (99_950, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (5_000_000_000, "5.0 GB"),
        (2 * 10**21, "2000 EB"),
    ],
)
def test_size_is_formatted(size: int, text: str) -> None:
    assert format_size(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0 s"),
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (65, "1 min 5 s"),
        (3600, "1 h"),
        (3605, "1 h"),
        (7384, "2 h 3 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_duration_is_formatted(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/home/ann/Übung 1.txt", "/home/ann/Übung 1.txt"),
        (os.fsdecode(b"caf\xe9"), "caf\\xe9"),
        ("two\nlines\x7f", "two\\x0alines\\x7f"),
        ("exe.\u202etxt", "exe.\\u202etxt"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("Bild\u202f1", "Bild\u202f1"),
        ("\ud800", "\\ud800"),
        ("\U000e0001", "\\U000e0001"),
    ],
)
def test_path_is_printable(path: str, text: str) -> None:
    assert display_path(path) == text


@given(st.binary())
def test_every_name_can_be_encoded_and_has_one_line(name: bytes) -> None:
    shown = display_path(os.fsdecode(name))
    shown.encode("utf-8")
    assert len(shown.splitlines()) <= 1
