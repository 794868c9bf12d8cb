"""The rows that all contenders show, and their look."""

from __future__ import annotations

import random

#: Of a selected row, as in the benchmark that the work is from: else there is nothing to paint.
SELECTED = "tr.danger { background: #f2dede; }"
#: The look of ours (client/style.css), for all: layout and painting are no engine's merit. A
#: table as wide as the page is laid out anew when any of its texts changes, one of its own width
#: only when the longest does.
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


def labels(count: int, seed: int) -> list[tuple[int, str]]:
    """``count`` pairs of a number and a label, the same for the same seed."""
    source = random.Random(seed)
    return [
        (
            number,
            f"{source.choice(ADJECTIVES)} {source.choice(COLOURS)} {source.choice(NOUNS)}",
        )
        for number in range(count)
    ]
