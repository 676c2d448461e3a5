"""Every rate of the office as a formula with a name, a version and a unit (design D11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.counts import CONTACT_CLASSES, COUNTS, CountingUnit
from domain.obstacles import Obstacle
from domain.vocabulary import DeadlineKind, Impediment


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
    """How one rate is computed: which count is divided by which (``domain.counts``)."""

    name: str
    version: int
    numerator: str
    denominator: str
    exclusions: tuple[Exclusion, ...]

    @property
    def unit(self) -> CountingUnit:
        return COUNTS[self.denominator].unit

    @property
    def code(self) -> str:
        """The code of the sentence that says this formula in words."""
        return f"formula.{self.name}"

    @property
    def measures(self) -> tuple[str, str] | None:
        """The sums of the daily ledger that it divides; None where a day must be walked."""
        above, below = COUNTS[self.numerator].measure, COUNTS[self.denominator].measure
        return None if above is None or below is None else (above, below)

    def of(self, measures: Mapping[str, int]) -> Rate:
        """:raises KeyError: the ledger does not hold what is divided"""
        if self.measures is None:
            raise KeyError(self.name)
        above, below = self.measures
        return Rate(measures[above], measures[below])


def whole_percent(numerator: int, denominator: int) -> int | None:
    """Half up to the whole percent, from the exact fraction; None of an empty denominator."""
    if denominator == 0:
        return None
    return (200 * numerator + denominator) // (2 * denominator)


_SUBJECTS = (Exclusion.UNLISTED, Exclusion.EXCLUDED_SUBJECTS)
_RECORDS = (*_SUBJECTS, Exclusion.WRONGLY_LISTED)


def _of_records(name: str, numerator: str, denominator: str) -> Formula:
    return Formula(name, 1, numerator, denominator, _RECORDS)


def _of_subjects(name: str, numerator: str, denominator: str) -> Formula:
    return Formula(name, 1, numerator, denominator, _SUBJECTS)


def _named(*formulas: Formula) -> Mapping[str, Formula]:
    return {formula.name: formula for formula in formulas}


REPORTED = _named(
    _of_records("repair.by_record", "repaired", "records"),
    _of_records("repair.by_enterprise_full", "fully-repaired", "enterprises"),
    _of_records("repair.by_enterprise_any", "any-repaired", "enterprises"),
    _of_subjects("action.interview", "interviewed", "enterprises"),
    _of_subjects("action.photo", "photographed", "enterprises"),
    _of_subjects("action.commitment", "committed", "enterprises"),
    _of_subjects("action.all_three", "all-three", "enterprises"),
)
"""The rates that ``casesys rates`` answers with."""

REPAIR_BY_RECORD = REPORTED["repair.by_record"]
DESK = {**_named(_of_subjects("exit.case", "exited", "cases")), **REPORTED}
"""What the supervisor's desk shows: the exit of cases beside the rates that are reported."""

FORMULAS: Mapping[str, Formula] = {
    **DESK,
    **_named(
        _of_records(
            "removal.without_performance", f"held-{Obstacle.REMOVED_UNPERFORMED}", "records"
        ),
        *(_of_subjects(f"contact.{name}", f"contact-{name}", "cases") for name in CONTACT_CLASSES),
        _of_subjects("contact.not_reached", "class-not_reached", "cases"),
        *(_of_subjects(f"impediment.{kind}", f"impeded-{kind}", "cases") for kind in Impediment),
        _of_subjects("impediment.any", "impeded", "cases"),
        *(
            _of_subjects(f"deadline.{kind}", f"{kind}-on_time", f"{kind}-owed")
            for kind in DeadlineKind
        ),
    ),
}
"""Every rate of the office."""
