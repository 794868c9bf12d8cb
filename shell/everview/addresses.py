"""Checks of addresses: paths of the app, and pages outside it.

A window attaches to a path of the app. Such a path starts with one slash (browsers read two
slashes, or a slash and a backslash, as another host). It has no fragment (a ticket would be
appended there) and no white space (URLs ignore it).

Not for: URLs in attributes and redirects, which may be relative (``everview.html.tree.safety``).
"""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

#: Maximum length of an address in characters.
MAX_LENGTH = 4096
_PATH = r"/(?![/\\])[^\s#]*"
#: A web page, mail address or phone number: nothing that runs a program or reads a file.
_OUTSIDE = r"(?i)^(https?://[^\s\x00-\x1f/]|mailto:|tel:)[^\s\x00-\x1f]*\Z"

#: A path of the app, with its query.
AppPath = Annotated[str, msgspec.Meta(max_length=MAX_LENGTH, pattern=rf"^{_PATH}\Z")]
#: An `AppPath`, or "" if there is none.
OptionalAppPath = Annotated[str, msgspec.Meta(max_length=MAX_LENGTH, pattern=rf"^({_PATH})?\Z")]
#: An address that the system's browser may open.
OutsideURL = Annotated[str, msgspec.Meta(max_length=MAX_LENGTH, pattern=_OUTSIDE)]


def is_app_path(text: str) -> bool:
    """Whether ``text`` is a path of the app."""
    return len(text) <= MAX_LENGTH and re.fullmatch(_PATH, text) is not None


def is_outside(url: str) -> bool:
    """Whether ``url`` is a page or a person that another program can open."""
    return len(url) <= MAX_LENGTH and re.match(_OUTSIDE, url) is not None
