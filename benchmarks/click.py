"""A click of a person until the page shows what it did."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.browser import chromium, open_page
from benchmarks.figures import Figure, Setup, beside, in_turn, medians, percentiles
from benchmarks.processes import servers

#: Clicks in a block, blocks of one start of all processes, and starts in a round. Where processes
#: come to lie in memory makes a click a twentieth cheaper or dearer, the floor's with its messages
#: padded, for instance.
BLOCK, BLOCKS, STARTS = 25, 24, 2 / 3
CLICKS = """count => new Promise(async resolve => {
  const button = document.getElementById("add"), target = document.getElementById("count");
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
    """Blocks of clicks in turns. A page's clock steps by 0.1 ms where the page is not isolated."""
    clicks: dict[str, list[float]] = {name: [] for name in setup.contenders}
    blocks: dict[str, list[float]] = {name: [] for name in setup.contenders}
    for group in setup.groups():
        for _ in range(max(1, round(setup.rounds * STARTS))):
            with chromium() as browser, servers(group) as serving:
                pages = {name: open_page(browser, server) for name, server in serving.items()}
                for page in pages.values():
                    page.bring_to_front()
                    page.evaluate(CLICKS, 200)
                for round_ in range(BLOCKS):
                    for name, page in in_turn(pages, round_):
                        page.bring_to_front()
                        block = page.evaluate(CLICKS, BLOCK)
                        clicks[name] += block
                        blocks[name].append(median(block))
    yield Figure("click", "a click until the page shows its effect", "ms", medians(clicks), 1.25,
                 paired=beside(blocks))  # fmt: skip
    yield Figure("click", "the same, p99", "ms", percentiles(clicks), 1.5)
