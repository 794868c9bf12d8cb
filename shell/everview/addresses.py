"""Functions that check addresses: paths of the app, and pages outside the app.

A window shows a path of the app. A path starts with exactly one slash, because browsers read two
slashes, or a slash and a backslash, as the start of a host name. A path has no fragment, because a
ticket would be appended to the fragment. A path has no white space, because browsers remove white
space from URLs.

This module does not check URLs in attributes and redirects, which may be relative; see
``everview.html.tree.safety``.
"""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

#: Maximum length of an address in characters.
MAX_LENGTH = 4096
_PATH = r"/(?![/\\])[^\s#]*"
#: URLs of web pages, mail addresses and phone numbers. Other schemes can run a program or read a
#: file.
_OUTSIDE = r"(?i)^(https?://[^\s\x00-\x1f/]|mailto:|tel:)[^\s\x00-\x1f]*\Z"

#: The type of a field that contains a path of the app, with its query.
AppPath = Annotated[str, msgspec.Meta(max_length=MAX_LENGTH, pattern=rf"^{_PATH}\Z")]
#: The type of a field that contains an `AppPath`, or "" if there is no path.
OptionalAppPath = Annotated[str, msgspec.Meta(max_length=MAX_LENGTH, pattern=rf"^({_PATH})?\Z")]
#: The type of a field that contains an address which the system's browser may open.
OutsideURL = Annotated[str, msgspec.Meta(max_length=MAX_LENGTH, pattern=_OUTSIDE)]


def is_app_path(text: str) -> bool:
    """Whether ``text`` is a path of the app."""
    return len(text) <= MAX_LENGTH and re.fullmatch(_PATH, text) is not None


def is_outside(url: str) -> bool:
    """Whether ``url`` is a web page, a mail address or a phone number."""
    return len(url) <= MAX_LENGTH and re.match(_OUTSIDE, url) is not None
