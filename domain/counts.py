"""Whom each figure of the office counts: every 宗, 件 or 家, chosen by one rule with one name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from domain.formulas_deltas import Presence
from domain.obstacles import REPAIRED, Obstacle
from domain.vocabulary import DeadlineKind, DeadlineStatus, Impediment


class CountingUnit(StrEnum):
    """What is counted: a figure in one unit is never set beside one in the other unnamed."""

    RECORD = "宗"
    CASE = "件"
    ENTERPRISE = "家"


class CaseThatDay(Protocol):
    """What of a case at the end of a day the counts ask."""

    @property
    def cases(self) -> int: ...
    @property
    def excluded(self) -> int: ...
    @property
    def exited(self) -> int: ...
    @property
    def closed(self) -> int: ...
    @property
    def repaired_records(self) -> int: ...
    @property
    def contact(self) -> str: ...
    @property
    def impediments(self) -> Collection[str]: ...
    @property
    def deadlines(self) -> Sequence[str]: ...


CONTACT_CLASSES = (
    "reached_operating",
    "reached_not_operating",
    "attempted_not_reached",
    "not_attempted",
)
GOVERNANCE_CLASSES = ("reached_operating", "reached_not_operating", "not_reached")
"""The three classes of the national campaign's form: whoever was not reached is one class."""

OWED = frozenset({DeadlineStatus.ON_TIME, DeadlineStatus.LATE, DeadlineStatus.OPEN_OVERDUE})
"""A deadline that was met, late or not, or that has passed; one that still runs says nothing."""

OfCase = Callable[[CaseThatDay], bool]
OfRecord = Callable[[CaseThatDay, str], bool]
OfEnterprise = Callable[[Presence], bool]


class Count(NamedTuple):
    """One count; ``measure`` is the sum of the daily ledger that says the same, where one does.

    A published figure names the ``version`` of the rule that it was counted by.
    """

    name: str
    unit: CountingUnit
    measure: str | None = None
    version: int = 1


def governance_class(contact: str) -> str:
    """Which of the three classes a governed case is in, by its last answer."""
    return contact if contact in GOVERNANCE_CLASSES else GOVERNANCE_CLASSES[2]


def _in_class(name: str) -> OfCase:
    return lambda case: bool(case.cases) and governance_class(case.contact) == name


def _contact(name: str) -> OfCase:
    return lambda case: bool(case.cases) and case.contact == name


def _impeded(kind: str) -> OfCase:
    return lambda case: bool(case.cases) and kind in case.impediments


def _deadline(place: int, statuses: Collection[str]) -> OfCase:
    return lambda case: bool(case.cases) and case.deadlines[place] in statuses


OF_CASES: Mapping[str, OfCase] = {
    "listed": lambda case: True,
    "cases": lambda case: bool(case.cases),
    "excluded": lambda case: bool(case.excluded),
    "exited": lambda case: bool(case.exited),
    "closed": lambda case: bool(case.closed),
    "with-repaired": lambda case: bool(case.cases and case.repaired_records),
    "impeded": lambda case: bool(case.cases and case.impediments),
    **{f"class-{name}": _in_class(name) for name in GOVERNANCE_CLASSES},
    **{f"impeded-{kind}": _impeded(kind) for kind in Impediment},
    **{f"contact-{name}": _contact(name) for name in CONTACT_CLASSES},
    **{
        f"{kind}-{status}": _deadline(place, {status})
        for place, kind in enumerate(DeadlineKind)
        for status in DeadlineStatus
    },
    **{f"{kind}-owed": _deadline(place, OWED) for place, kind in enumerate(DeadlineKind)},
}


def _of(holds: OfCase) -> OfRecord:
    return lambda case, _: holds(case)


def _held_by(why: Obstacle) -> OfRecord:
    return lambda case, where: bool(case.cases) and where == why


OF_RECORDS: Mapping[str, OfRecord] = {
    "records-listed": _of(OF_CASES["listed"]),
    "records": _of(OF_CASES["cases"]),
    "records-excluded": _of(OF_CASES["excluded"]),
    "records-exited": _of(OF_CASES["exited"]),
    **{f"records-class-{name}": _of(_in_class(name)) for name in GOVERNANCE_CLASSES},
    "repaired": lambda case, where: bool(case.cases) and where in REPAIRED,
    "unrepaired": lambda case, where: bool(case.cases) and where not in REPAIRED,
    **{f"held-{why}": _held_by(why) for why in Obstacle},
}
"""What of one 宗 of a case, and where it stands or what holds it up, makes it count."""


BARS: Mapping[str, tuple[str, str]] = {
    "listed": ("listed", "records-listed"),
    "excluded": ("excluded", "records-excluded"),
    "governed": ("cases", "records"),
    **{name: (f"class-{name}", f"records-class-{name}") for name in GOVERNANCE_CLASSES},
    "exited": ("exited", "records-exited"),
    "repaired": ("with-repaired", "repaired"),
}
"""The way from the list to its results: what counts the 件 of each bar, and its 宗."""


def _present(place: int) -> OfEnterprise:
    return lambda its: bool(its[place])


OF_ENTERPRISES: Mapping[str, OfEnterprise] = {
    name.replace("_", "-"): _present(place) for place, name in enumerate(Presence._fields)
}
"""What is true of one enterprise by all its cases that are counted."""

WITH_RECORDS = "with-records"
"""The enterprises that have a 宗 that counts: the base of a group's rate by 家."""

_MEASURES: Mapping[str, str] = {
    "cases": "cases",
    "excluded": "excluded_cases",
    "exited": "exited_cases",
    "closed": "closed_cases",
    "impeded": "impeded_any",
    **{f"impeded-{kind}": f"impeded_{kind}" for kind in Impediment},
    **{f"contact-{name}": f"class_{name}" for name in CONTACT_CLASSES},
    "records": "records",
    "repaired": "repaired_records",
    f"held-{Obstacle.REMOVED_UNPERFORMED}": "removed_without_performance",
    **{name.replace("_", "-"): name for name in Presence._fields},
}


def _counts() -> dict[str, Count]:
    units = {
        **dict.fromkeys(OF_CASES, CountingUnit.CASE),
        **dict.fromkeys(OF_RECORDS, CountingUnit.RECORD),
        **dict.fromkeys((*OF_ENTERPRISES, WITH_RECORDS), CountingUnit.ENTERPRISE),
    }
    return {name: Count(name, unit, _MEASURES.get(name)) for name, unit in units.items()}


COUNTS: Mapping[str, Count] = _counts()
"""Every count of the office by its name."""
