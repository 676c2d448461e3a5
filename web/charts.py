"""Where the marks of a chart stand; the template draws them, and a table says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 560, 250
LEFT, RIGHT, TOP, FLOOR = 40, 448, 16, 176
CATEGORIES = ("penalty", "judgment")
MOST_LABELS = 10
APART = 30
"""Two names at the ends of lines need so much room."""


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """One rate over the months: its points, and where its name stands."""

    category: str
    points: Sequence[Point]
    path: str
    name_y: float
    last: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Month:
    """One mark of the time axis; ``shown`` if there is room for its words."""

    key: str
    x: float
    shown: bool
    denominators: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Trend:
    lines: Sequence[Line]
    months: Sequence[Month]
    levels: Sequence[tuple[int, float]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = RIGHT
    floor: int = FLOOR


def trend(months: Sequence[Mapping[str, Any]]) -> Trend | None:
    """The month-end rates of both lists; None where there is no month to show."""
    if not months:
        return None
    top = _top(months)
    step = (RIGHT - LEFT) / max(1, len(months) - 1)
    every = -(-len(months) // MOST_LABELS)
    marks = [
        Month(
            key=month["key"],
            x=round(LEFT + n * step, 1),
            shown=(len(months) - 1 - n) % every == 0,
            denominators={c: month["rate_at_month_end"][c]["denominator"] for c in CATEGORIES},
        )
        for n, month in enumerate(months)
    ]
    lines = [_line(category, months, marks, top) for category in CATEGORIES]
    levels = [(level, _y(level, top)) for level in range(0, top + 1, max(5, top // 4))]
    return Trend(_set_apart(lines), marks, levels)


def _top(months: Sequence[Mapping[str, Any]]) -> int:
    highest = max(
        month["rate_at_month_end"][category]["percent"] or 0
        for month in months
        for category in CATEGORIES
    )
    return min(100, max(20, -(-int(highest) // 20) * 20))


def _y(percent: float, top: int) -> float:
    return round(FLOOR - (FLOOR - TOP) * percent / top, 1)


def _line(
    category: str, months: Sequence[Mapping[str, Any]], marks: Sequence[Month], top: int
) -> Line:
    rates = [month["rate_at_month_end"][category] for month in months]
    points = [
        Point(mark.x, _y(rate["percent"], top))
        for mark, rate in zip(marks, rates, strict=True)
        if rate["percent"] is not None
    ]
    path = " ".join(f"{'L' if n else 'M'}{p.x} {p.y}" for n, p in enumerate(points))
    return Line(category, points, path, points[-1].y if points else FLOOR, rates[-1])


def _set_apart(lines: Sequence[Line]) -> list[Line]:
    """Names that would stand on each other move apart, the lower one down if there is room."""
    upper, lower = sorted(lines, key=lambda line: line.name_y)
    gap = lower.name_y - upper.name_y
    if gap >= APART:
        return list(lines)
    down = min(APART - gap, FLOOR - lower.name_y)
    up = APART - gap - down
    moved = {upper.category: upper.name_y - up, lower.category: lower.name_y + down}
    return [
        Line(line.category, line.points, line.path, moved[line.category], line.last)
        for line in lines
    ]
