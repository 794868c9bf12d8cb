"""Fuzz file names from pages, and untrusted addresses."""

from __future__ import annotations

import os
import unicodedata
from urllib.parse import unquote

from everview.addresses import is_outside
from everview.html.tree.safety import is_inside, is_safe_url
from everview.runtime.transfers.buckets import safe_name
from everview.server.http.replies import attachment, local_path


def one(data: bytes) -> None:
    header = data.decode("latin-1")
    name = safe_name(unquote(header, errors="replace"))
    assert name
    assert name not in (".", "..")
    assert len(name) <= 90
    assert os.path.basename(name) == name  # noqa: PTH119  (as the system sees it)
    assert not set(name) & set('<>:"/\\|?*')
    assert not any(unicodedata.category(c) in ("Cc", "Cf") for c in name)
    assert safe_name(name) == name
    header = attachment(name)
    assert header.isascii()
    assert not set(header) & set("\r\n\0")
    text = data.decode("utf-8", "replace")
    if is_inside(text):
        bare = "".join(c for c in text if c > " ")
        assert not bare.startswith(("//", "/\\", "\\\\", "\\/"))
        assert not bare.lower().startswith(("javascript:", "data:", "http:"))
    if is_outside(text):
        assert is_safe_url(text)
    if text[:1] == "/":
        location = local_path(text)
        assert location[0] == "/"
        assert location[1:2] not in ("/", "\\")
