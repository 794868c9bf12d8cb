"""`python -m benchmarks [click] [append] [busy] [startup] [--rounds N]`: a table, then JSON."""

from __future__ import annotations

import argparse
import json
from typing import Any

from benchmarks import busy, pages, startup

ALL = ("click", "append", "busy", "startup")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(ALL)}; default: all"
    )
    parser.add_argument("--rounds", type=int, default=12)
    arguments = parser.parse_args()
    names = arguments.names or ALL
    results: dict[str, Any] = {}
    if "click" in names:
        for what, found in pages.click_and_create(arguments.rounds).items():
            ours, floor = pages.summary(found["ours"]), pages.summary(found["floor"])
            ratio = ours["median"] / floor["median"]
            results[what] = {"ours": ours, "floor": floor, "ratio of medians": ratio}
            sides = (f"{side} {v['median']:.2f} (p99 {v['p99']:.2f})"
                     for side, v in (("ours", ours), ("floor", floor)))  # fmt: skip
            print(f"{what:34} {', '.join(sides)}, ratio {ratio:.2f}")
    for name, measure in (
        ("append", lambda: {"append one row to 10,000": pages.append_frame()}),
        ("busy", lambda: {"10,000 changes a second, 8 windows": busy.measure(5)}),
        ("startup", lambda: {"process start to painted window": startup.measure(5)}),
    ):
        if name in names:
            for what, found in measure().items():
                results[what] = found
                print(f"{what:34} {_short(found)}")
    print(json.dumps(results))


def _short(found: Any) -> str:
    if isinstance(found, dict):
        return ", ".join(f"{key} {_short(value)}" for key, value in found.items())
    return f"{found:.2f}" if isinstance(found, float) else str(found)


if __name__ == "__main__":
    main()
