"""An interval says how little a small group tells."""

from __future__ import annotations

import pytest

from domain.intervals import wilson


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [(0, 10, 0.0, 27.75), (5, 10, 23.66, 76.34), (10, 10, 72.25, 100.0), (50, 100, 40.38, 59.62)],
)
def test_the_interval_is_the_published_one(
    numerator: int, denominator: int, low: float, high: float
) -> None:
    found = wilson(numerator, denominator)
    assert found is not None
    assert found == pytest.approx((low, high), abs=0.01)


def test_nothing_of_nothing_has_no_interval() -> None:
    assert wilson(0, 0) is None


def test_more_of_the_same_share_is_surer() -> None:
    few, many = wilson(3, 10), wilson(300, 1000)
    assert few is not None and many is not None
    assert many[1] - many[0] < few[1] - few[0]
