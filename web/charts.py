"""Where the marks of a chart stand; the template draws them, and a table says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from casesys import CATEGORIES

APART = 30
"""Two names at the ends of lines need so much room."""


@dataclass(frozen=True, slots=True)
class Size:
    """The frame of a chart; with a legend the names stand above it, not at the lines' ends."""

    width: int
    height: int
    left: int
    right: int
    top: int
    floor: int
    labels: int
    legend: bool


WIDE = Size(620, 250, left=40, right=436, top=16, floor=176, labels=10, legend=False)
NARROW = Size(340, 250, left=34, right=322, top=52, floor=214, labels=4, legend=True)


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
    size: Size

    @property
    def name_x(self) -> int:
        return self.size.left if self.size.legend else self.size.right + 10


def trend(months: Sequence[Mapping[str, Any]], size: Size) -> Trend | None:
    """The month-end rates of both lists; None where there is no month to show."""
    if not months:
        return None
    most = _most(months)
    step = (size.right - size.left) / max(1, len(months) - 1)
    every = -(-len(months) // size.labels)
    marks = [
        Month(
            key=month["key"],
            x=round(size.left + n * step, 1),
            shown=(len(months) - 1 - n) % every == 0,
            denominators={c: month["rate_at_month_end"][c]["denominator"] for c in CATEGORIES},
        )
        for n, month in enumerate(months)
    ]
    lines = [_line(category, months, marks, size, most) for category in CATEGORIES]
    levels = [(level, _y(level, size, most)) for level in range(0, most + 1, most // 4)]
    return Trend(_named(lines, size), marks, levels, size)


def _most(months: Sequence[Mapping[str, Any]]) -> int:
    """The highest level of the axis: 20, 40 … 100."""
    highest = max(
        month["rate_at_month_end"][category]["percent"] or 0
        for month in months
        for category in CATEGORIES
    )
    return min(100, max(20, -(-int(highest) // 20) * 20))


def _y(percent: float, size: Size, most: int) -> float:
    return round(size.floor - (size.floor - size.top) * percent / most, 1)


def _line(
    category: str,
    months: Sequence[Mapping[str, Any]],
    marks: Sequence[Month],
    size: Size,
    most: int,
) -> Line:
    rates = [month["rate_at_month_end"][category] for month in months]
    points = [
        Point(mark.x, _y(rate["percent"], size, most))
        for mark, rate in zip(marks, rates, strict=True)
        if rate["percent"] is not None
    ]
    path = " ".join(f"{'L' if n else 'M'}{p.x} {p.y}" for n, p in enumerate(points))
    return Line(category, points, path, points[-1].y if points else size.floor, rates[-1])


def _named(lines: Sequence[Line], size: Size) -> list[Line]:
    """Names stand at the ends of their lines; two that would meet move apart."""
    if size.legend:
        return [replace(line, name_y=16 + 16 * n) for n, line in enumerate(lines)]
    upper, lower = sorted(lines, key=lambda line: line.name_y)
    short = max(0.0, APART - (lower.name_y - upper.name_y))
    down = min(short, size.floor - lower.name_y)
    moved = {upper.category: upper.name_y - (short - down), lower.category: lower.name_y + down}
    return [replace(line, name_y=moved[line.category]) for line in lines]


@dataclass(frozen=True, slots=True)
class Column:
    """One bar of the waterfall: from ``y`` down over ``height``, and where the next one starts.

    ``start`` and ``length`` say the same in percent of the axis, for a chart that lies.
    """

    name: str
    fill: str
    x: float
    y: float
    height: float
    cases: int
    records: int
    joint: float | None
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class Bracket:
    """A line over the bars that belong together, with their name."""

    name: str
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Falls:
    """From the list to its results, in 宗; the 件 stand under the names."""

    columns: Sequence[Column]
    brackets: Sequence[Bracket]
    levels: Sequence[tuple[int, float]]
    floor: int
    width: int
    height: int
    bar: int


FILLS = {
    "listed": "total",
    "excluded": "out",
    "governed": "total",
    "reached_operating": "part",
    "reached_not_operating": "part",
    "not_reached": "part",
    "exited": "exit",
    "repaired": "repair",
}
ORDER = (
    ("list", ("listed", "excluded", "governed")),
    ("classes", ("not_reached", "reached_not_operating", "reached_operating")),
    ("results", ("exited", "repaired")),
)
FALLS_WIDTH, FALLS_HEIGHT, FALLS_TOP, FALLS_FLOOR = 620, 256, 44, 216
BAR, GAP, APART_GROUPS, FALLS_LEFT = 44, 24, 26, 44


def waterfall(bars: Sequence[Any]) -> Falls | None:
    """Exclusions and classes hang where the one before ends; results stand on the floor."""
    by_name = {bar.name: bar for bar in bars}
    whole = by_name["listed"].records
    if not whole:
        return None
    step = _step(whole)
    most = -(-whole // step) * step

    def y_of(records: float) -> float:
        return float(round(FALLS_FLOOR - (FALLS_FLOOR - FALLS_TOP) * records / most, 1))

    columns: list[Column] = []
    brackets: list[Bracket] = []
    x = float(FALLS_LEFT)
    level = whole
    for group, names in ORDER:
        first = x
        for name in names:
            many = by_name[name].records
            if name in ("listed", "governed", "exited", "repaired"):
                top = many
                level = by_name["governed"].records if group == "list" else level
                joint = y_of(many) if name in ("listed", "governed") else None
            else:
                top = whole if name == "excluded" else level
                level = top - many
                joint = y_of(level) if name != "reached_operating" else None
            drawn = max(0.0, y_of(top - many) - y_of(top))
            columns.append(
                Column(
                    name, FILLS[name], round(x, 1), y_of(top), round(drawn, 1),
                    by_name[name].cases, many, joint,
                    round(100 * (top - many) / most, 1), round(100 * many / most, 1),
                )
            )  # fmt: skip
            x += BAR + GAP
        brackets.append(Bracket(group, round(first, 1), round(x - GAP, 1)))
        x += APART_GROUPS - GAP + GAP / 2
    levels = [(n, y_of(n)) for n in range(0, most + 1, step)]
    return Falls(columns, brackets, levels, FALLS_FLOOR, FALLS_WIDTH, FALLS_HEIGHT, BAR)


def _step(whole: int) -> int:
    """A round step that divides the axis into at most six."""
    size = 1
    while True:
        for times in (1, 2, 5):
            if whole <= 6 * size * times:
                return size * times
        size *= 10
