"""Benchmarks against a floor and peers: `python -m benchmarks` (or `python3 dev.py bench`).

The floor is hand-written code for exactly this work: a bare aiohttp websocket and a page of vanilla
JavaScript. Ours does the same as a view. Both run in separate processes and take turns in the
same Chromium. Figures are medians and ratios, because machines differ and vary over time.

Not for: correctness (``tests/``).
"""
