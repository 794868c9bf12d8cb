"""Checks that a tree contains no text that a browser would run as code.

The page checks the same rules (``client/replica/replica.js``), so a defect on one side alone is not
a vulnerability. This module does not escape text: no text is ever parsed as HTML.

Sources: HTML standard, "Scripting" and "URL". URL parsers strip leading control characters and
blanks and ignore tabs and newlines inside a scheme; this module does the same.
"""

from __future__ import annotations

import re

from everview.errors import AttributeValueError, UnsafeHTMLError

REFUSED_TAGS = frozenset(
    """script iframe frame frameset object embed applet base meta link style template noscript
    portal animate animatemotion animatetransform set""".split()
)
URL_ATTRIBUTES = frozenset(
    {"href", "src", "action", "formaction", "xlink:href", "poster", "data", "cite", "background"}
)
#: The schemes that links and sources can have. A URL without a scheme is relative and safe.
SAFE_SCHEMES = frozenset({"http", "https", "mailto", "tel", "blob", "ws", "wss"})

#: A cache of attribute names that have been checked and are harmless with any value.
_HARMLESS: set[str] = set()
MAX_HARMLESS = 1000
_TAG = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*\Z")
_ATTRIBUTE = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:.-]*\Z")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_IGNORED_IN_URLS = re.compile(r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u3000\ufeff]")
#: Browsers interpret a backslash as a slash.
_OTHER_HOST = re.compile(r"[/\\]{2}")
_SAFE_DATA = re.compile(r"data:image/(png|jpeg|gif|webp|avif|bmp|x-icon)[;,]", re.IGNORECASE)


def check_tag(tag: str) -> str:
    """Return ``tag`` if elements with this tag are allowed in a page.

    Raises:
        UnsafeHTMLError: elements with this tag are not allowed in a page.
    """
    if not _TAG.match(tag):
        raise UnsafeHTMLError(f"{tag!r} is not the name of an element")
    if tag.lower() in REFUSED_TAGS:
        raise UnsafeHTMLError(
            f"<{tag}> is refused: it runs or loads content that the view cannot control. "
            "Use handlers in Python, or an Everview widget."
        )
    return tag


def check_attribute(name: str, value: str) -> str:
    """Return ``value`` if it is allowed for the attribute ``name``.

    Raises:
        UnsafeHTMLError: setting the attribute could run a script.
        AttributeValueError: ``name`` is not the name of an attribute.
    """
    if name in _HARMLESS:
        return value
    if not _ATTRIBUTE.match(name):
        raise AttributeValueError(f"{name!r} is not the name of an attribute")
    lowered = name.lower()
    if lowered.startswith("on"):
        raise UnsafeHTMLError(
            f"the attribute {name!r} is refused: it is a script. "
            f"Give a Python handler instead: handle_{lowered[2:]}=..."
        )
    if lowered == "srcdoc":
        raise UnsafeHTMLError("the attribute 'srcdoc' is refused: it is HTML text")
    if lowered in URL_ATTRIBUTES:
        if not is_safe_url(value):
            raise UnsafeHTMLError(
                f"{name}={value[:60]!r} is refused: its URL scheme may run a script"
            )
    elif len(_HARMLESS) < MAX_HARMLESS:
        _HARMLESS.add(name)
    return value


def is_inside(url: str) -> bool:
    """Whether ``url`` is a relative URL of this app: a path, a query or a fragment."""
    url = _IGNORED_IN_URLS.sub("", url)
    return _SCHEME.match(url) is None and not _OTHER_HOST.match(url)


def is_safe_url(url: str) -> bool:
    """Whether ``url`` is relative or has a scheme that cannot run a script."""
    url = _IGNORED_IN_URLS.sub("", url)
    scheme = _SCHEME.match(url)
    if scheme is None or scheme.group(1).lower() in SAFE_SCHEMES:
        return True
    return bool(_SAFE_DATA.match(url))
