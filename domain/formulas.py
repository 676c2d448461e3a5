"""Every rate of the office as a formula with a name, a version and a unit (design D11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class CountingUnit(StrEnum):
    """What a rate counts: a figure in one unit is never set beside one in the other unnamed."""

    RECORD = "宗"
    CASE = "件"
    ENTERPRISE = "家"


class Exclusion(StrEnum):
    """What leaves both numerator and denominator."""

    UNLISTED = "unlisted"
    EXCLUDED_SUBJECTS = "excluded_subjects"
    WRONGLY_LISTED = "wrongly_listed"


@dataclass(frozen=True, slots=True)
class Rate:
    """A fraction as counted, and its percent; without a denominator there is no percent."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> int | None:
        return whole_percent(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Formula:
    """How one rate is computed; ``numerator`` and ``denominator`` name measures."""

    name: str
    version: int
    unit: CountingUnit
    numerator: str
    denominator: str
    exclusions: tuple[Exclusion, ...]

    @property
    def code(self) -> str:
        """The code of the sentence that says this formula in words."""
        return f"formula.{self.name}"

    def of(self, measures: Mapping[str, int]) -> Rate:
        return Rate(measures[self.numerator], measures[self.denominator])


def whole_percent(numerator: int, denominator: int) -> int | None:
    """Half up to the whole percent, from the exact fraction; None of an empty denominator."""
    if denominator == 0:
        return None
    return (200 * numerator + denominator) // (2 * denominator)


_SUBJECTS = (Exclusion.UNLISTED, Exclusion.EXCLUDED_SUBJECTS)
_RECORDS = (*_SUBJECTS, Exclusion.WRONGLY_LISTED)


def _repair(name: str, numerator: str, unit: CountingUnit, denominator: str) -> Formula:
    return Formula(f"repair.{name}", 1, unit, numerator, denominator, _RECORDS)


def _action(name: str, numerator: str) -> Formula:
    unit = CountingUnit.ENTERPRISE
    return Formula(f"action.{name}", 1, unit, numerator, "enterprises", _SUBJECTS)


FORMULAS: Mapping[str, Formula] = {
    formula.name: formula
    for formula in (
        _repair("by_record", "repaired_records", CountingUnit.RECORD, "records"),
        _repair("by_enterprise_full", "fully_repaired", CountingUnit.ENTERPRISE, "enterprises"),
        _repair("by_enterprise_any", "any_repaired", CountingUnit.ENTERPRISE, "enterprises"),
        _action("interview", "interviewed"),
        _action("photo", "photographed"),
        _action("commitment", "committed"),
        _action("all_three", "all_three"),
    )
}
REPAIR_BY_RECORD = FORMULAS["repair.by_record"]

EXIT = Formula("exit.case", 1, CountingUnit.CASE, "exited_cases", "cases", _SUBJECTS)
DESK: Mapping[str, Formula] = {EXIT.name: EXIT, **FORMULAS}
"""What the supervisor's desk shows: the exit of cases beside the rates that are reported."""
