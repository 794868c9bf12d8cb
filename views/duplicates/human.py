"""Sizes, durations and file names as text for people.

This module does not describe errors; see ``problems``.
"""

from __future__ import annotations

import unicodedata

from everview.i18n import ngettext

_UNITS = ("kB", "MB", "GB", "TB", "PB", "EB")

# These joiners are not escaped, because some scripts and emoji need them. All other format
# characters are escaped. Some of them, for example the right-to-left override, make a name look
# like another one.
_JOINERS = "\u200c\u200d"


def format_size(size: int) -> str:
    """A size in bytes as text, in steps of 1000: ``1536`` is ``1.5 kB``.

    The units kB, MB and GB are powers of 1000 (IEC 80000-13), as on the labels of disks and in
    Finder, GNOME and KDE.
    """
    if size < 1000:
        return ngettext("{size} byte", "{size} bytes", size).format(size=size)
    value = float(size)
    for unit in _UNITS:
        value /= 1000
        # The limits apply to the rounded value: 999,950 bytes are 1.0 MB, not 1000 kB.
        if value < 99.95:
            return f"{value:.1f} {unit}"
        if value < 999.5:
            return f"{value:.0f} {unit}"
    return f"{value:.0f} {_UNITS[-1]}"


def format_duration(seconds: float) -> str:
    """A duration in seconds as its two largest units: ``7384`` is ``2 h 3 min``."""
    left = round(max(0.0, seconds))
    if left < 60:
        return f"{left} s"
    parts: list[str] = []
    for name, length in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, left = divmod(left, length)
        if count:
            parts.append(f"{count} {name}")
        elif parts:
            break
        if len(parts) == 2:
            break
    return " ".join(parts)


def display_path(path: str) -> str:
    r"""A path as printable text. Different paths have different texts.

    Bytes that are not UTF-8 (lone surrogates, PEP 383) become ``\xff``, control characters and
    direction marks become ``\u202e``. Use it only to show a path, not to open the file.
    """
    if path.isprintable():
        return path
    return "".join(character if _shows(character) else _escaped(character) for character in path)


def _shows(character: str) -> bool:
    category = unicodedata.category(character)
    return category not in {"Cc", "Cf", "Cs", "Zl", "Zp"} or character in _JOINERS


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
