"""A rate is a named formula: a fraction counted in one unit, and a percent half up."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.words import LANGUAGES, known, say
from domain.counts import COUNTS
from domain.formulas import DESK, FORMULAS, REPORTED, Formula, Rate, whole_percent
from domain.formulas_deltas import MEASURES

NAMES = [
    "repair.by_record",
    "repair.by_enterprise_full",
    "repair.by_enterprise_any",
    "action.interview",
    "action.photo",
    "action.commitment",
    "action.all_three",
]
SUMMED = [formula for formula in FORMULAS.values() if formula.measures]


def test_the_reported_formulas_are_the_seven_of_the_contract() -> None:
    assert list(REPORTED) == NAMES
    assert all(formula.version >= 1 for formula in FORMULAS.values())


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=list(FORMULAS))
def test_a_formula_divides_a_count_by_another_of_the_same_unit(formula: Formula) -> None:
    assert COUNTS[formula.numerator].unit is COUNTS[formula.denominator].unit is formula.unit


@pytest.mark.parametrize("formula", SUMMED, ids=lambda formula: formula.name)
def test_what_the_ledger_sums_is_a_measure_of_it(formula: Formula) -> None:
    assert set(formula.measures or ()) <= set(MEASURES)


def test_a_rate_that_is_reported_or_shown_first_is_summed_by_the_ledger() -> None:
    assert all(formula.measures for formula in DESK.values())


def test_what_the_ledger_does_not_sum_is_not_divided_from_it() -> None:
    with pytest.raises(KeyError):
        FORMULAS["deadline.interview"].of(dict.fromkeys(MEASURES, 1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_formula_and_exclusion_is_said_in_words(language: str) -> None:
    for formula in FORMULAS.values():
        assert known(formula.code)
        assert say(formula.code, language)
        for exclusion in formula.exclusions:
            assert say(f"formula.exclusion.{exclusion}", language)


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent"),
    [(1, 6, 17), (8, 47, 17), (1, 200, 1), (1, 201, 0), (1, 8, 13), (3, 8, 38), (5, 5, 100)],
)
def test_a_percent_is_rounded_half_up(numerator: int, denominator: int, percent: int) -> None:
    assert Rate(numerator, denominator).percent == percent


def test_an_empty_denominator_has_no_percent() -> None:
    assert Rate(0, 0).percent is None


@given(st.integers(1, 10**9), st.data())
def test_the_percent_is_the_nearest_of_the_exact_fraction(
    denominator: int, data: st.DataObject
) -> None:
    numerator = data.draw(st.integers(0, denominator))
    percent = whole_percent(numerator, denominator)
    assert percent is not None
    off = percent - Fraction(100 * numerator, denominator)
    assert Fraction(-1, 2) < off <= Fraction(1, 2)


def test_a_formula_reads_its_measures_by_name() -> None:
    measures = dict.fromkeys(MEASURES, 0) | {"repaired_records": 8, "records": 47}
    assert FORMULAS["repair.by_record"].of(measures) == Rate(8, 47)
    assert FORMULAS["action.photo"].of(measures).percent is None
