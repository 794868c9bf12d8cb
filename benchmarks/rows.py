"""The rows that both sides show."""

from __future__ import annotations

import random

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
