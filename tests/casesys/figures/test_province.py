"""Sums over districts: counts are added, percentages never."""

from __future__ import annotations

from casesys.figures.province import summed


def test_a_rate_of_all_is_divided_anew_and_an_empty_one_has_no_percent() -> None:
    one = {"rates": {"r": {"numerator": 1, "denominator": 2, "percent": 50}}, "amount_yuan": "0.10"}
    other = {
        "rates": {"r": {"numerator": 0, "denominator": 98, "percent": 0}},
        "amount_yuan": "2.95",
    }
    assert summed([one, other]) == {
        "rates": {"r": {"numerator": 1, "denominator": 100, "percent": 1}},
        "amount_yuan": "3.05",
    }
    nothing = {"numerator": 0, "denominator": 0, "percent": None}
    assert summed([nothing, nothing]) == nothing


def test_what_only_one_district_counts_is_in_the_sum() -> None:
    assert summed([{"a": {"x": 1}}, {"a": {"y": 2}}]) == {"a": {"x": 1, "y": 2}}
