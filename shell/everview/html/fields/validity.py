"""Whether what is in a field can be accepted, and why not: browsers' constraint validation.

`Validity` is what fields and groups of fields share; the functions judge texts as browsers do. The
rules are written down here once more because a page is told nothing that the server must believe:
what a form hands to an author was judged in the process.

Not for: the Python values (``inputs``, ``number_inputs`` ...), showing a reason (``form``).
Threads: as ``node``; the functions are pure.
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

#: The expression that the standard gives for one address.
_EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
#: Schemes whose URLs must have a host (URL standard, "special scheme", without file).
_WITH_HOST = frozenset({"http", "https", "ws", "wss", "ftp"})
_FORBIDDEN_IN_HOSTS = re.compile(r"[\x00-\x20#%/<>?@\\^|\x7f]")


class Validity(Element):
    """What has a value that can be wrong: ``valid``, and the ``reason`` why not."""

    __slots__ = ("_given_reason",)

    @property
    def valid(self) -> bool:
        """Whether the value can be accepted."""
        return not self.reason

    @property
    def reason(self) -> str:
        """Why the value cannot be accepted, in words for who fills it in; "" where it can.

        A field that is disabled or only for reading is always right, as in browsers.
        """
        if not self._is_checked_for_validity():
            return ""
        return getattr(self, "_given_reason", "") or self._find_reason()

    def set_reason(self, reason: str | None) -> None:
        """Say yourself why the value cannot be accepted; None or "" takes it back.

        It stays, whatever is typed, until it is taken back.
        """
        self._given_reason = reason or ""

    @property
    def required(self) -> bool:
        return self.get_attribute("required") is not None

    @required.setter
    def required(self, required: bool) -> None:
        self.set_attribute("required", required)

    @property
    def disabled(self) -> bool:
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
        """The reason that follows from the value and the attributes."""
        return ""


def is_email(text: str) -> bool:
    """Whether ``text`` is one e-mail address as browsers accept it."""
    return _EMAIL.fullmatch(text) is not None


def is_url(text: str) -> bool:
    """Whether ``text`` is an absolute URL; close to what the URL standard's parser accepts."""
    if not _SCHEME.match(text):
        return False
    scheme, _, rest = text.partition(":")
    if scheme.lower() not in _WITH_HOST:
        return True
    try:
        # However many slashes there are: "http:a" is http://a/ to a browser.
        parts = urlsplit(f"{scheme}://{rest.lstrip('/')}")
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    return bool(host) and not _FORBIDDEN_IN_HOSTS.search(host or "")


def fits_pattern(pattern: str, text: str) -> bool:
    """Whether all of ``text`` fits; a pattern that is none fits everything, as in browsers."""
    compiled = _compiled(pattern)
    return compiled is None or compiled.fullmatch(text) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        return None


def length(text: str) -> int:
    """The length as ``maxlength`` counts it: in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def whole_number(text: str | None) -> int | None:
    """An attribute like ``maxlength`` as a number; None where it is absent or no number."""
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


def decimal(text: str | None) -> Decimal | None:
    """A number of HTML text, exactly; None where it is none."""
    try:
        number = Decimal(text) if text is not None else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def off_step(value: Decimal, base: Decimal, step: Decimal) -> tuple[Decimal, Decimal] | None:
    """The nearest values below and above where ``value`` is off the steps from ``base``."""
    # Fractions: a Decimal's remainder has too few digits for 1e300 and steps of 0.1.
    exact = Fraction(step)
    over = (Fraction(value) - Fraction(base)) % exact
    if not over:
        return None
    below = Fraction(value) - over
    return _as_decimal(below), _as_decimal(below + exact)


def _as_decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)
