"""What is done with a table of 1,000 rows, until the page has it and until it is painted.

The work is that of Stefan Krause's js-framework-benchmark.
"""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from benchmarks.browser import chromium, open_page
from benchmarks.figures import Figure, Setup, beside, in_turn, medians
from benchmarks.processes import servers

#: Milliseconds by work and what they end with.
Times = dict[tuple[str, str], list[float]]

#: What is measured: the name, the button, the goal as a ratio, and whether it is a goal for what is
#: in the page, too. The benchmark that the work is from ends with painting.
WORK = {
    "create": ("create 1,000 rows", "create", 1.5, False),
    "replace": ("replace 1,000 rows", "create", 1.5, False),
    "update": ("update every 10th of 1,000", "update", 1.2, True),
    "select": ("select a row", "select", 1.2, True),
    "swap": ("swap two rows", "swap", 1.2, True),
    "drop": ("remove a row", "drop", 1.2, True),
    "clear": ("clear 1,000 rows", "clear", 1.2, True),
    "more": ("append 1,000 to 1,000 rows", "more", 1.5, False),
    "many": ("create 10,000 rows", "many", 1.5, False),
}
#: A round: what is measured comes with a name; what swings most, three times.
ROUND = [
    *[("create", "create"), ("replace", "replace"), ("clear", "clear")] * 2,
    ("create", "create"), ("replace", "replace"), ("update", "update"),
    *[("select", "select")] * 3, *[("swap", "swap")] * 3, *[("drop", "drop")] * 3,
    ("", "replace"), ("clear", "clear"), ("", "create"), ("more", "more"), ("", "clear"),
    ("many", "many"), ("", "clear"),
]  # fmt: skip
#: Starts of all processes: where they come to lie makes swapping 1.10 to 1.23 times the floor's.
STARTS = 4
#: Milliseconds until the page has it, and until it is painted.
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
#: Until what was left of the last work is done, Chromium's own part of it, too. With 20 ms, an
#: answer that came 13 ms later took 5 to 8 ms more to be painted, the floor's as well when it slept
#: so long; after half a second all are painted in the same time.
REST = """() => new Promise(resolve =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 500))))"""


def one_round(pages: dict[str, Page], times: dict[str, Times], round_: int = 0) -> None:
    """All of the work, each piece by one after the other."""
    for measured, work in ROUND:
        for name, page in in_turn(pages, round_):
            page.bring_to_front()
            page.evaluate(REST)
            changed, painted = page.evaluate(DO, [WORK[work][1], work])
            if measured:
                times[name].setdefault((measured, "changed"), []).append(changed)
                times[name].setdefault((measured, "painted"), []).append(painted)


def measure(setup: Setup) -> Iterator[Figure]:
    """Rounds in turns, in some starts; one start for peers, whose round may take half a minute."""
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
                         paired=beside(values))  # fmt: skip
