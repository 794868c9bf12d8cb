"""Measure operations on a table of 1,000 rows: the times until the page is changed and painted.

The operations are those of Stefan Krause's js-framework-benchmark.
"""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from benchmarks.browser import chromium, open_page
from benchmarks.figures import Figure, Setup, in_turn, medians, paired_ratio
from benchmarks.processes import servers

#: Times in milliseconds, by operation and by the event that ends the measurement ("changed" or
#: "painted").
Times = dict[tuple[str, str], list[float]]

#: The operations. Each has a name, a button, a goal (a ratio to the floor, the hand-written minimal
#: server), and a flag: true if the goal also limits the time until the change is in the page.
#: js-framework-benchmark measures only until painting.
WORK = {
    "create": ("create 1,000 rows", "create", 2.0, False),
    "replace": ("replace 1,000 rows", "create", 1.5, False),
    "update": ("update every 10th of 1,000", "update", 1.2, True),
    "select": ("select a row", "select", 1.2, True),
    "swap": ("swap two rows", "swap", 1.2, True),
    "drop": ("remove a row", "drop", 1.2, True),
    "clear": ("clear 1,000 rows", "clear", 1.4, True),
    "more": ("append 1,000 to 1,000 rows", "more", 2.0, False),
    "many": ("create 10,000 rows", "many", 2.2, False),
}
#: The steps of a round, as pairs of a name and an operation. A step with the name "" is not
#: measured. Operations with strongly varying times are measured three times.
ROUND = [
    *[("create", "create"), ("replace", "replace"), ("clear", "clear")] * 2,
    ("create", "create"), ("replace", "replace"), ("update", "update"),
    *[("select", "select")] * 3, *[("swap", "swap")] * 3, *[("drop", "drop")] * 3,
    ("", "replace"), ("clear", "clear"), ("", "create"), ("more", "more"), ("", "clear"),
    ("many", "many"), ("", "clear"),
]  # fmt: skip
#: All processes are started this number of times. With a single start, the ratio of the operation
#: "swap" is between 1.10 and 1.23, depending on the position of the processes in memory.
STARTS = 4
#: The times in milliseconds until the change is in the page, and until it is painted.
DO = """([button, work]) => new Promise((resolve, reject) => {
  const rows = document.getElementById("rows");
  const label = index => rows.children[index]?.children[1].textContent;
  const end = () => [label(997), label(998), label(999)].join();
  const count = rows.childElementCount, last = end(), tenth = label(990), second = label(1);
  const danger = rows.querySelector(".danger");
  const isDone = {
    create: () => rows.childElementCount === 1000,
    replace: () => rows.childElementCount === 1000 && end() !== last,
    update: () => label(990) !== tenth,
    select: () => ![null, danger].includes(rows.querySelector(".danger")),
    swap: () => label(1) !== second,
    drop: () => rows.childElementCount === count - 1,
    clear: () => rows.childElementCount === 0,
    more: () => rows.childElementCount === count + 1000,
    one: () => rows.childElementCount === count + 1,
    many: () => rows.childElementCount === 10000,
  }[work];
  const observer = new MutationObserver(() => {
    if (!isDone()) return;
    observer.disconnect();
    const changed = performance.now() - started;
    requestAnimationFrame(() => setTimeout(() => resolve([changed, performance.now() - started])));
  });
  observer.observe(rows, { childList: true, subtree: true, characterData: true, attributes: true });
  const started = performance.now();
  document.getElementById(button).click();
  setTimeout(() => reject(new Error(`${work} took more than two minutes`)), 120_000);
})"""
#: Before each operation, wait until all work after the last operation is done, including Chromium's
#: own work. A pause of 20 ms is too short: it delays painting by 5 to 8 ms if the answer takes 13
#: ms longer. After a pause of 500 ms there is no such delay.
REST = """() => new Promise(resolve =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 500))))"""


def one_round(pages: dict[str, Page], times: dict[str, Times], round_: int = 0) -> None:
    """Run all operations. The implementations take turns at each operation."""
    for measured, work in ROUND:
        for name, page in in_turn(pages, round_):
            page.bring_to_front()
            page.evaluate(REST)
            changed, painted = page.evaluate(DO, [WORK[work][1], work])
            if measured:
                times[name].setdefault((measured, "changed"), []).append(changed)
                times[name].setdefault((measured, "painted"), []).append(painted)


def measure(setup: Setup) -> Iterator[Figure]:
    """Run the rounds in several starts of the processes.

    Other frameworks are started only once, because one of their rounds takes up to 30 s.
    """
    times: dict[str, Times] = {name: {} for name in setup.contenders}
    for group in setup.groups():
        rounds = max(2, setup.rounds // STARTS)
        for _ in range(STARTS if "floor" in group else 1):
            with chromium() as browser, servers(group) as serving:
                pages = {name: open_page(browser, server) for name, server in serving.items()}
                one_round(pages, {name: {} for name in group})
                for round_ in range(rounds):
                    one_round(pages, times, round_)
    for work, (what, _, goal, is_strict) in WORK.items():
        for until in ("painted", "changed"):
            values = {name: found[work, until] for name, found in times.items()}
            name = f"{what}, {'painted' if until == 'painted' else 'in the page'}"
            is_goal = is_strict or until == "painted"
            yield Figure("table", name, "ms", medians(values), goal if is_goal else None,
                         paired=paired_ratio(values))  # fmt: skip
