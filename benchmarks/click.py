"""Measure the time from a click until the page shows its effect."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.browser import chromium, open_page
from benchmarks.figures import Figure, Setup, in_turn, medians, paired_ratio, percentiles
from benchmarks.processes import servers

#: The number of clicks in a block, of blocks in one start of all processes, and of starts in a
#: round. All processes are started several times, because the position of a process in memory
#: changes the time of a click by 5 %.
BLOCK, BLOCKS, STARTS = 25, 24, 2 / 3
#: The names of the two buttons: one has a plain handler, the other an ``async`` handler.
PLAIN, ASYNC = "add", "add-async"
#: Times of clicks in milliseconds, by button and implementation.
Times = dict[str, dict[str, list[float]]]
CLICKS = """([id, count]) => new Promise(async resolve => {
  const button = document.getElementById(id), target = document.getElementById("count");
  const times = [];
  for (let i = 0; i < count; i++) {
    times.push(await new Promise(done => {
      const observer = new MutationObserver(() => {
        observer.disconnect();
        done(performance.now() - started);
      });
      observer.observe(target, { childList: true, characterData: true, subtree: true });
      const started = performance.now();
      button.click();
    }));
  }
  resolve(times);
})"""


def measure(setup: Setup) -> Iterator[Figure]:
    """Measure blocks of clicks. The implementations take turns after each block.

    The clock of a page has steps of 0.1 ms, unless the page is cross-origin isolated.
    """
    names = {PLAIN: setup.contenders, ASYNC: setup.only("ours", "floor")}
    clicks: Times = {button: {name: [] for name in found} for button, found in names.items()}
    blocks: Times = {button: {name: [] for name in found} for button, found in names.items()}
    for group in setup.groups():
        for _ in range(max(1, round(setup.rounds * STARTS))):
            with chromium() as browser, servers(group) as serving:
                pages = {name: open_page(browser, server) for name, server in serving.items()}
                for button, found in names.items():
                    for name in group:
                        if name in found:
                            pages[name].bring_to_front()
                            pages[name].evaluate(CLICKS, [button, 200])
                for round_ in range(BLOCKS):
                    for button, found in names.items():
                        for name, page in in_turn(pages, round_):
                            if name not in found:
                                continue
                            page.bring_to_front()
                            block = page.evaluate(CLICKS, [button, BLOCK])
                            clicks[button][name] += block
                            blocks[button][name].append(median(block))
    plain, asynchronous = clicks[PLAIN], clicks[ASYNC]
    yield Figure("click", "a click until the page shows its effect", "ms", medians(plain), 1.4,
                 paired=paired_ratio(blocks[PLAIN]))  # fmt: skip
    yield Figure(
        "click", "a click until the page shows its effect, p99", "ms", percentiles(plain), 1.5
    )
    yield Figure("click", "a click of an async handler", "ms", medians(asynchronous), 1.25,
                 paired=paired_ratio(blocks[ASYNC]))  # fmt: skip
    yield Figure("click", "a click of an async handler, p99", "ms", percentiles(asynchronous), 1.5)
