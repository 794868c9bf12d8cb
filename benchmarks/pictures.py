"""Draw figures as SVG that follows the reader's light or dark theme."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from math import log10

from benchmarks.figures import Figure, short

WIDTH, LEFT, RIGHT = 760, 270, 70
#: The height of a bar, and the height of the row that contains it.
BAR, ROW = 11, 15
COLOURS = {
    "ours": "light-dark(#3455db, #8ea6ff)", "floor": "light-dark(#8a93a3, #7d8696)",
    "lona": "light-dark(#b3562e, #e79a74)", "nicegui": "light-dark(#17813a, #6fcf8f)",
    "reactpy": "light-dark(#8b3aa8, #cf93e6)", "goal": "light-dark(#b3261e, #ff8a80)",
}  # fmt: skip
#: The colours of lines that do not belong to an implementation.
SERIES = ("ours", "lona", "nicegui", "reactpy")
NAMES = {"ours": "Everview", "floor": "floor", "lona": "Lona", "nicegui": "NiceGUI",
         "reactpy": "ReactPy"}  # fmt: skip


def picture(height: float, parts: Iterable[str], title: str) -> str:
    """A complete SVG file."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'aria-label="{escape(title)}" style="color-scheme: light dark; '
        "background: light-dark(#fff, #1e2128); fill: light-dark(#1b1f27, #e6e8ee); "
        'font: 11px system-ui, sans-serif">\n' + "\n".join(parts) + "\n</svg>\n"
    )


def text(x: float, y: float, what: str, anchor: str = "start", extra: str = "") -> str:
    """A text element. ``y`` is the baseline of the text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {extra}>{escape(what)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str, extra: str = "") -> str:
    """A straight line."""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} style="stroke: {COLOURS.get(colour, colour)}" {extra}/>'


def box(x: float, y: float, width: float, height: float, colour: str) -> str:
    """A filled rectangle."""
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {place} style="fill: {COLOURS[colour]}"/>'


def key(names: Sequence[str], y: float) -> list[str]:
    """A legend that explains the colours."""
    parts = []
    for index, name in enumerate(names):
        x = LEFT + index * 90
        parts.append(box(x, y - 9, 10, 10, name))
        parts.append(text(x + 14, y, NAMES[name]))
    return parts


def bars(figures: Sequence[Figure], title: str) -> str:
    """A picture on a logarithmic scale. The time of each implementation is shown as a bar."""
    names = [name for name in NAMES if any(name in figure.values for figure in figures)]
    values = [value for figure in figures for value in figure.values.values()]
    low, high = log10(min(values)) - 0.2, log10(max(values))
    scale = (WIDTH - LEFT - RIGHT) / (high - low)
    parts, y = [*key(names, 34), text(10, 18, title, extra='font-weight="600"')], 50.0
    for figure in figures:
        top = y
        for name in names:
            if (value := figure.values.get(name)) is None:
                continue
            width = max(1.0, (log10(value) - low) * scale)
            parts.append(box(LEFT, y, width, BAR, name))
            parts.append(text(LEFT + width + 4, y + 9, f"{short(value)} {figure.unit}"))
            y += ROW
        parts.append(text(LEFT - 10, (top + y) / 2 + 1, figure.what, "end"))
        y += 8
    return picture(y, parts, title)


def ratios(figures: Sequence[Figure], title: str) -> str:
    """A picture with a bar for each ratio of Everview to the floor.

    A red mark on a bar shows the goal.
    """
    most = max(max(figure.ratio or 0, figure.goal or 0) for figure in figures) * 1.05
    scale = (WIDTH - LEFT - RIGHT) / most
    parts = [text(10, 18, title, extra='font-weight="600"')]
    y = 34.0
    for figure in figures:
        ratio = figure.ratio or 0.0
        parts.append(box(LEFT, y, ratio * scale, BAR, "ours"))
        if figure.goal is not None:
            x = LEFT + figure.goal * scale
            parts.append(line(x, y - 2, x, y + BAR + 2, "goal", 'stroke-width="2"'))
        parts.append(text(LEFT + max(ratio, figure.goal or 0) * scale + 6, y + 9, f"{ratio:.2f}"))
        parts.append(text(LEFT - 10, y + 9, figure.what, "end"))
        y += ROW + 4
    one = LEFT + scale
    parts.append(line(one, 28, one, y, "floor", 'stroke-dasharray="2 3"'))
    parts.append(text(one, y + 12, "1: the floor", "middle"))
    parts.append(text(WIDTH - 10, y + 12, "red: the goal", "end"))
    return picture(y + 20, parts, title)


def ends(placed: dict[str, tuple[float, float]]) -> list[str]:
    """Write the name of each line at its right end. The names do not overlap."""
    parts, last = [], float("-inf")
    for name, (x, y) in sorted(placed.items(), key=lambda item: item[1][1]):
        last = max(y + 4, last + 13)
        parts.append(text(x + 10, last, name))
    return parts


def curves(series: dict[str, dict[float, float]], title: str, unit: str, by: str) -> str:
    """A picture of curves over a logarithmic horizontal axis."""
    left, top, bottom, right = 60, 44, 250, WIDTH - 190
    xs = sorted({x for points in series.values() for x in points})
    most = max(value for points in series.values() for value in points.values()) * 1.1
    first, last = log10(xs[0]), log10(xs[-1])

    def place(x: float, value: float) -> tuple[float, float]:
        across = (log10(x) - first) / ((last - first) or 1)
        return left + across * (right - left), bottom - value / most * (bottom - top)

    parts = [text(10, 18, title, extra='font-weight="600"')]
    for x in xs:
        at, _ = place(x, 0)
        parts.append(line(at, top, at, bottom, "light-dark(#e4e7ee, #353a46)"))
        parts.append(text(at, bottom + 16, f"{x:,.0f}", "middle"))
    for step in range(5):
        value = most * step / 4
        parts.append(text(left - 8, place(xs[0], value)[1] + 4, f"{short(value)}", "end"))
    parts.append(text((left + right) / 2, bottom + 34, by, "middle"))
    parts.append(text(left - 8, top - 12, unit, "end"))
    ended: dict[str, tuple[float, float]] = {}
    for (name, points), colour in zip(series.items(), SERIES, strict=False):
        placed = [place(x, points[x]) for x in sorted(points)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        style = f"fill: none; stroke: {COLOURS[colour]}; stroke-width: 2"
        parts.append(f'<polyline points="{path}" style="{style}"/>')
        ended[name] = placed[-1]
    return picture(bottom + 44, [*parts, *ends(ended)], title)


def history(runs: Sequence[tuple[str, dict[str, float]]], title: str) -> str:
    """A picture with a line for each ratio of Everview to the floor, over the commits."""
    left, top, bottom, right = 40, 34, 230, WIDTH - 250
    names = list(runs[-1][1])
    most = max(max(found.values()) for _, found in runs) * 1.1
    parts = [text(10, 18, title, extra='font-weight="600"')]
    step = (right - left) / max(1, len(runs) - 1)
    for index, (commit, _) in enumerate(runs):
        parts.append(text(left + index * step, bottom + 16, commit, "middle"))
    for tick in range(int(most) + 1):
        y = bottom - tick / most * (bottom - top)
        parts.append(line(left, y, right, y, "light-dark(#e4e7ee, #353a46)"))
        parts.append(text(left - 6, y + 4, str(tick), "end"))
    ended: dict[str, tuple[float, float]] = {}
    for name, colour in zip(names, SERIES, strict=False):
        placed = [
            (left + index * step, bottom - found[name] / most * (bottom - top))
            for index, (_, found) in enumerate(runs)
            if name in found
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        style = f"fill: none; stroke: {COLOURS[colour]}; stroke-width: 2"
        parts.append(f'<polyline points="{path}" style="{style}"/>')
        for x, y in placed:
            parts.append(box(x - 3, y - 3, 6, 6, colour))
        ended[name] = placed[-1]
    return picture(bottom + 26, [*parts, *ends(ended)], title)
