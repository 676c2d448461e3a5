"""A chart keeps its marks within its frame and its names apart."""

from __future__ import annotations

from typing import Any

from casesys.figures.page import Bar
from web.charts import FALLS_FLOOR, FALLS_TOP, FALLS_WIDTH, NARROW, WIDE, trend, waterfall


def month(key: str, penalty: int | None, judgment: int | None) -> dict[str, Any]:
    rates = {
        name: {"numerator": percent or 0, "denominator": 100, "percent": percent}
        for name, percent in (("penalty", penalty), ("judgment", judgment))
    }
    return {"key": key, "rate_at_month_end": rates}


def test_marks_and_names_stay_within_the_chart() -> None:
    cases = [
        [month("2021-01", 100, 0)],
        [month("2021-01", None, None)],
        [month(f"20{y}-{m:02d}", (y * m) % 101, 50) for y in range(20, 30) for m in range(1, 13)],
        [month("2021-01", 3, 3), month("2021-02", 0, 0)],
    ]
    assert trend([], WIDE) is None
    for months in cases:
        for size in (WIDE, NARROW):
            drawn = trend(months, size)
            assert drawn is not None
            for line in drawn.lines:
                assert all(size.left <= p.x <= size.right for p in line.points)
                assert all(size.top <= p.y <= size.floor for p in line.points)
            first, second = drawn.lines
            assert abs(first.name_y - second.name_y) >= (16 if size.legend else 30)
            assert sum(one.shown for one in drawn.months) <= size.labels


def bars(whole: int, out: int, lost: int, ceased: int, exited: int, repaired: int) -> list[Bar]:
    governed = whole - out
    records = {
        "listed": whole,
        "excluded": out,
        "governed": governed,
        "reached_operating": governed - lost - ceased,
        "reached_not_operating": ceased,
        "not_reached": lost,
        "exited": exited,
        "repaired": repaired,
    }
    return [Bar(name, 1, n) for name, n in records.items()]


def test_the_waterfall_hangs_each_bar_where_the_one_before_ends() -> None:
    assert waterfall(bars(0, 0, 0, 0, 0, 0)) is None
    for numbers in [(123, 19, 12, 0, 29, 50), (1, 1, 0, 0, 0, 0), (99_999, 7, 5_000, 1, 0, 9)]:
        drawn = waterfall(bars(*numbers))
        assert drawn is not None
        at = {column.name: column for column in drawn.columns}
        for column in drawn.columns:
            assert FALLS_TOP <= column.y <= FALLS_FLOOR and column.x + drawn.bar <= FALLS_WIDTH
            assert column.y + column.height <= FALLS_FLOOR + 0.2
            assert 0 <= column.start <= column.start + column.length <= 100.1
        for name in ("listed", "governed", "reached_operating", "exited", "repaired"):
            assert abs(at[name].y + at[name].height - FALLS_FLOOR) < 0.2, name
        assert at["excluded"].y == at["listed"].y
        assert abs(at["excluded"].y + at["excluded"].height - at["governed"].y) < 0.2
        assert at["not_reached"].y == at["governed"].y
        assert 2 <= len(drawn.levels) <= 8
