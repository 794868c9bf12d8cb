"""How fast it is, against a floor: `python -m benchmarks` (or `python3 dev.py bench`).

The floor (`floor`) is what a person would write by hand for just this work: a bare aiohttp
websocket and a page of vanilla JavaScript. Ours (`ours`) does the same as a view. Both run as
processes of their own, in turns, in the same Chromium; figures are medians and ratios, since
machines differ and drift. Not for correctness (``tests/``).
"""
