"""The documents of the repository and their code blocks."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"])


def blocks(document: Path) -> list[tuple[int, str, str]]:
    """Return the fenced code blocks of a document, each as ``(line, language, text)``."""
    text = document.read_text(encoding="utf-8")
    found = re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [(text.count("\n", 0, m.start()) + 2, m[1], m[2]) for m in found]


def name_of(document: Path) -> str:
    return str(document.relative_to(ROOT))
