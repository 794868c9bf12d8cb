"""One rule tells paths of the app from external pages in messages, commands and stored rows."""

from __future__ import annotations

import msgspec
import pytest

from everview.addresses import MAX_LENGTH, AppPath, OptionalAppPath, is_app_path

PATHS = ["/", "/counter/", "/files/a%20b?x=1&y=/", "/ü", "/" + "a" * (MAX_LENGTH - 1)]
OTHERS = ["counter/", "//evil.test/", "/\\evil.test/", "/a b", "/a\n", "/a#ticket", "http://a/",
          "/" + "a" * MAX_LENGTH]  # fmt: skip


@pytest.mark.parametrize("text", PATHS)
def test_path_of_the_app_is_accepted(text: str) -> None:
    assert is_app_path(text)
    assert msgspec.convert(text, AppPath) == text
    assert msgspec.convert(text, OptionalAppPath) == text


@pytest.mark.parametrize("text", OTHERS)
def test_other_text_is_not_a_path_of_the_app(text: str) -> None:
    assert not is_app_path(text)
    for kind in (AppPath, OptionalAppPath):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(text, kind)


def test_empty_text_is_an_optional_path_only() -> None:
    assert not is_app_path("")
    assert msgspec.convert("", OptionalAppPath) == ""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert("", AppPath)
