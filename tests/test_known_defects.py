"""Each known defect of the reference framework has a regression test.

The regression tests are named ``test_defect_<number>_...`` and are in the files of their subjects.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

TESTS = Path(__file__).resolve().parent
#: The numbers of all known defects of Lona.
NUMBERS = range(1, 15)


def test_every_known_defect_has_a_test() -> None:
    found: dict[int, list[str]] = defaultdict(list)
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (
                named := re.match(r"test_defect_(\d+)_", node.name)
            ):
                found[int(named[1])].append(node.name)
    assert [number for number in NUMBERS if not found[number]] == []
    assert set(found) == set(NUMBERS)
