"""Validity of a field's value and the reason of an error: the constraint validation of browsers.

`Validity` is the base class of fields and groups of fields. The functions check texts as browsers
do. The server repeats the checks of the page, because it must not trust a page: a form returns only
values that the server has checked.

This module does not convert values to Python (see ``inputs``, ``number_inputs`` ...) or show a
reason (see ``form``).
Threads: the rules of the module ``node`` apply; the functions are pure.
Source: HTML standard, "Constraints" and "Input element types", read 2026-11.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from urllib.parse import urlsplit

from everview.html.tree.element import Element
from everview.i18n import N_

MISSING = N_("Please fill in this field.")

#: The HTML standard's regular expression for one address.
_EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
#: The schemes of URLs that need a host (URL standard, "special scheme", without file).
_WITH_HOST = frozenset({"http", "https", "ws", "wss", "ftp"})
_FORBIDDEN_IN_HOSTS = re.compile(r"[\x00-\x20#%/<>?@\\^|\x7f]")


class Validity(Element):
    """An element with a value that can be invalid: see ``valid`` and ``reason``."""

    __slots__ = ("_given_reason",)

    @property
    def valid(self) -> bool:
        """Whether the value is valid."""
        return not self.reason

    @property
    def reason(self) -> str:
        """The reason why the value is invalid, as a text for the user; "" if it is valid.

        As in browsers, a field that is disabled or read-only is always valid.
        """
        if not self._is_checked_for_validity():
            return ""
        return getattr(self, "_given_reason", "") or self._find_reason()

    def set_reason(self, reason: str | None) -> None:
        """Make the value invalid for a reason that the view found.

        Args:
            reason: a text for the user, which is stored until the next call; None or "": no reason.
        """
        self._given_reason = reason or ""

    @property
    def required(self) -> bool:
        """Whether the field must not be empty."""
        return self.get_attribute("required") is not None

    @required.setter
    def required(self, required: bool) -> None:
        self.set_attribute("required", required)

    @property
    def disabled(self) -> bool:
        """Whether the field is disabled."""
        return self.get_attribute("disabled") is not None

    @disabled.setter
    def disabled(self, disabled: bool) -> None:
        self.set_attribute("disabled", disabled)

    def _is_checked_for_validity(self) -> bool:
        if self.disabled:
            return False
        ancestor = self.parent
        while ancestor is not None:
            if ancestor.tag_name == "fieldset" and ancestor.get_attribute("disabled") is not None:
                return False
            ancestor = ancestor.parent
        return True

    def _find_reason(self) -> str:
        """The reason why the value breaks a rule of the attributes; "" if it breaks none."""
        return ""


def is_email(text: str) -> bool:
    """Whether ``text`` is one e-mail address that browsers accept."""
    return _EMAIL.fullmatch(text) is not None


def is_url(text: str) -> bool:
    """Whether ``text`` is an absolute URL, nearly as in the URL standard's parser."""
    if not _SCHEME.match(text):
        return False
    scheme, _, rest = text.partition(":")
    if scheme.lower() not in _WITH_HOST:
        return True
    try:
        # Browsers accept any number of slashes: "http:a" is http://a/.
        parts = urlsplit(f"{scheme}://{rest.lstrip('/')}")
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    return bool(host) and not _FORBIDDEN_IN_HOSTS.search(host or "")


def fits_pattern(pattern: str, text: str) -> bool:
    """Whether ``pattern`` matches the whole ``text``.

    As in browsers, an invalid pattern matches every text.
    """
    compiled = _compiled(pattern)
    return compiled is None or compiled.fullmatch(text) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        return None


def length(text: str) -> int:
    """The length in UTF-16 code units, which ``maxlength`` counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def whole_number(text: str | None) -> int | None:
    """An attribute such as ``maxlength`` as a number; None if it is absent or not a number."""
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


def decimal(text: str | None) -> Decimal | None:
    """The exact value of a number in HTML text; None if the text is not a number."""
    try:
        number = Decimal(text) if text is not None else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def off_step(value: Decimal, base: Decimal, step: Decimal) -> tuple[Decimal, Decimal] | None:
    """The nearest allowed values below and above ``value``; None if ``value`` is allowed.

    The allowed values are ``base`` plus any multiple of ``step``.
    """
    # Use fractions, because a Decimal remainder has too few digits for 1e300 and steps of 0.1.
    exact = Fraction(step)
    over = (Fraction(value) - Fraction(base)) % exact
    if not over:
        return None
    below = Fraction(value) - over
    return _as_decimal(below), _as_decimal(below + exact)


def _as_decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)
