"""Measure Everview and compare it: `python -m benchmarks` (or `python3 dev.py bench`).

Everview is compared with other frameworks and with the floor. The floor is hand-written code for
exactly this work: an aiohttp websocket and a page of plain JavaScript. A view of Everview does the
same work. Both run in separate processes and are measured in turns in the same Chromium. Figures
are medians and ratios, because machines differ and vary over time.

This package does not test correctness; see ``tests/``.
"""
