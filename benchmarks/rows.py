"""The rows that all contenders show, and their style sheet."""

from __future__ import annotations

import random

#: The style of a selected row, as in js-framework-benchmark; without it nothing would be painted.
SELECTED = "tr.danger { background: #f2dede; }"
#: The style of our client (client/style.css), used by all contenders, because layout and painting
#: do not depend on the contender. A table as wide as the page needs a new layout when any of its
#: texts changes; a table with a width of its own only when the longest text changes.
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


#: The numbers of the rows of one seed start at a multiple of this, so that no number repeats.
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
