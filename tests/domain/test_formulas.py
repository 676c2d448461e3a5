"""A rate is a named formula: a fraction counted in one unit, and a percent half up."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.words import LANGUAGES, known, say
from domain.formulas import FORMULAS, CountingUnit, Formula, Rate, whole_percent
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


def test_the_formulas_are_the_seven_that_the_office_reports() -> None:
    assert list(FORMULAS) == NAMES
    assert all(formula.version >= 1 for formula in FORMULAS.values())


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=NAMES)
def test_a_formula_divides_two_measures_that_are_kept(formula: Formula) -> None:
    assert {formula.numerator, formula.denominator} <= set(MEASURES)


def test_records_are_divided_by_records_and_enterprises_by_enterprises() -> None:
    for formula in FORMULAS.values():
        in_records = formula.denominator == "records"
        assert (formula.unit is CountingUnit.RECORD) == in_records


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
