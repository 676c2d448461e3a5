"""A chart keeps its marks within its frame and its names apart."""

from __future__ import annotations

from typing import Any

from web.charts import NARROW, WIDE, trend


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
