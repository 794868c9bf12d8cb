"""The rows that all implementations show, and their style sheet."""

from __future__ import annotations

import random

#: The style of a selected row, as in js-framework-benchmark. Without this style, selecting a row
#: would paint nothing.
SELECTED = "tr.danger { background: #f2dede; }"
#: The style of Everview's client (client/style.css). All implementations use this style, so that
#: layout and painting cost the same for all. A table that is as wide as the page needs a new layout
#: when any text in it changes. A table that is as wide as its content needs a new layout only when
#: its longest text changes.
STYLE = f"""
  * {{ box-sizing: border-box; }}
  body {{ font: 15px/1.5 system-ui, "Segoe UI", Roboto, Cantarell, "DejaVu Sans", sans-serif; }}
  table {{ border-spacing: 0; width: 100%; max-width: 60rem; }}
  td {{ text-align: left; padding: .45rem .6rem; border-bottom: 1px solid #d9dde5; }}
  {SELECTED}
"""

ADJECTIVES = "pretty large big small tall short long handsome plain quaint clean elegant".split()
COLOURS = "red yellow blue green pink brown purple white black orange".split()
NOUNS = "table chair house desk mouse keyboard car pizza cookie sandwich".split()


#: The row numbers of each seed start at a different multiple of this number, so that two seeds
#: never give the same row number.
NUMBERS_PER_SEED = 10_000


def row_id(number: int) -> str:
    """The ``id`` attribute of the row with this number."""
    return f"row-{number}"


def labels(count: int, seed: int) -> list[tuple[int, str]]:
    """Make ``count`` pairs of a number and a label.

    Args:
        count: At most `NUMBERS_PER_SEED`.
        seed: The same seed gives the same pairs. Different seeds give different numbers.
    """
    source = random.Random(seed)
    first = seed * NUMBERS_PER_SEED
    return [
        (
            first + number,
            f"{source.choice(ADJECTIVES)} {source.choice(COLOURS)} {source.choice(NOUNS)}",
        )
        for number in range(count)
    ]
