"""`python -m benchmarks [NAME ...] [--rounds N] [--json FILE]`: a table, then JSON.

What can be measured against the floor is measured in turns with it, so that a busy machine is busy
for both; its figures mean something as ratios only.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import answer, busy, growth, memory, page, pages, startup, wire


def click(rounds: int) -> dict[str, Any]:
    """A click, and 1,000 rows, with the floor beside each."""
    results = {}
    for what, found in pages.click_and_create(rounds).items():
        ours, floor = pages.summary(found["ours"]), pages.summary(found["floor"])
        ratio = ours["median"] / floor["median"]
        results[what] = {"ours": ours, "floor": floor, "ratio": ratio}
    return results


#: Each takes the number of rounds.
ALL: dict[str, Callable[[int], dict[str, Any]]] = {
    "page": lambda rounds: {"page until live": page.measure()},
    "click": click,
    "append": lambda rounds: {"append one row to 10,000": pages.append_frame()},
    "wire": lambda rounds: wire.measure(),
    "memory": lambda rounds: memory.measure(),
    "growth": lambda rounds: growth.measure(),
    "answer": lambda rounds: answer.measure(max(3, rounds // 2)),
    "busy": lambda rounds: {"10,000 changes a second, 8 windows": busy.measure(5)},
    "startup": lambda rounds: {"process start to painted window": startup.measure(5)},
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(ALL)}; default: all"
    )
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(ALL):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; choose from {', '.join(ALL)}")
    results: dict[str, Any] = {}
    print(f"{'':10}{'measured':46} figures")
    for name in arguments.names or ALL:
        for what, found in ALL[name](arguments.rounds).items():
            results[what] = found
            print(f"{name:10}{what:46} {_short(found)}", flush=True)
    text = json.dumps(results)
    print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n")


def _short(found: Any) -> str:
    if isinstance(found, dict):
        return ", ".join(
            f"{key} ({_short(value)})" if isinstance(value, dict) else f"{key} {_short(value)}"
            for key, value in found.items()
        )
    return f"{found:.2f}" if isinstance(found, float) else str(found)


if __name__ == "__main__":
    main()
