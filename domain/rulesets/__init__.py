"""The dated rule sets: which numbers apply on which day, where each is from and how sure it is."""

import tomllib
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from domain.vocabulary import PublicityClass, RemovalGround
from domain.workdays import Due, Workdays


class Sure(StrEnum):
    """How well a rule is known: read in the original, read elsewhere, remembered, or our own."""

    VERIFIED = "verified"
    SECONDARY = "secondary"
    MEMORY = "memory"
    DESIGN = "design"


@dataclass(frozen=True, slots=True)
class Figure:
    """Where a number of a rule set is from; decisions use the plain number beside it."""

    value: int
    unit: str
    source: str
    sure: Sure


@dataclass(frozen=True, slots=True)
class Deadlines:
    """In working days: two from the listing, the last from the first interview."""

    first_contact: int
    interview: int
    commitment: int


@dataclass(frozen=True, slots=True)
class UnreachableGuard:
    """What must have been tried before an enterprise may be called unreachable."""

    attempts: int
    channels: int
    visits: int
    spread_workdays: int


@dataclass(frozen=True, slots=True)
class Interviews:
    officers: int


@dataclass(frozen=True, slots=True)
class PublicityPeriod:
    zh: str
    en: str
    published: bool
    repairable: bool
    min_months: int
    max_months: int


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition or a document of repair, and the classes it is asked of."""

    code: str
    zh: str
    en: str
    classes: frozenset[PublicityClass]
    source: str
    sure: Sure


@dataclass(frozen=True, slots=True)
class RepairClocks:
    """Time limits of a repair in working days; None where no limit of the instrument is known."""

    intake: int | None
    decide: int | None
    extend: int | None
    sync: int | None
    withdraw_after_annulment: int | None
    fraud_bar_years: int | None


@dataclass(frozen=True, slots=True)
class Removal:
    """What a court's removal of a record means for the figures."""

    ground: RemovalGround
    code: str
    zh: str
    en: str
    counts_as_performance: bool
    leaves_denominator: bool
    source: str
    sure: Sure


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything that holds from the first to the last day; without a last day it holds now."""

    id: str
    instrument: str
    first_day: str
    last_day: str | None
    source: str
    sure: Sure
    deadlines: Deadlines
    unreachable: UnreachableGuard
    interviews: Interviews
    publicity: Mapping[PublicityClass, PublicityPeriod]
    conditions: tuple[Requirement, ...]
    documents: tuple[Requirement, ...]
    clocks: RepairClocks
    removals: Mapping[RemovalGround, Removal]
    remove_within: int
    figures: Mapping[str, Figure]  # by place, as in deadlines.first_contact


def earliest_repair_day(
    decided_on: str,
    class_: PublicityClass | str,
    ruleset: RuleSet,
    workdays: Workdays | None = None,
) -> str | None:
    """The first day on which repair may be asked for; None if the class can never be repaired.

    With a calendar a shortest period that ends on a day off ends on the next working day
    (民法典 art. 203).
    """
    opens = repair_opens(decided_on, class_, ruleset, workdays)
    return opens.day if opens is not None else None


def repair_opens(
    decided_on: str,
    class_: PublicityClass | str,
    ruleset: RuleSet,
    workdays: Workdays | None = None,
) -> Due | None:
    """The same day, and whether a calendar that is not yet published may still move it."""
    period = ruleset.publicity[PublicityClass(class_)]
    if not period.repairable:
        return None
    if not period.min_months:
        return Due(decided_on, False)
    last = Due(last_day_of_months(decided_on, period.min_months), False)
    if workdays is not None:
        last = workdays.add(last.day, 0)
    return Due((date.fromisoformat(last.day) + timedelta(1)).isoformat(), last.provisional)


def last_day_of_months(day: str, months: int) -> str:
    """The last day of a term in months: the corresponding day, else the last of its month."""
    start = date.fromisoformat(day)
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1])).isoformat()


def ruleset_on(day: str) -> RuleSet:
    """The rule set in force on the day; before the first one, the first."""
    date.fromisoformat(day)  # text that is no day would be compared all the same
    return next((r for r in reversed(RULE_SETS) if r.first_day <= day), RULE_SETS[0])


def ruleset(id: str) -> RuleSet:
    """The rule set of that id, which events keep; KeyError if there never was one."""
    return _BY_ID[id]


def _read(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


def _plain(table: dict[str, Any], place: str, figures: dict[str, Figure]) -> dict[str, Any]:
    """The table with plain numbers, its figures put aside by their place."""
    plain: dict[str, Any] = {}
    for name, value in table.items():
        here = f"{place}.{name}" if place else name
        if isinstance(value, dict) and "value" in value:
            figures[here] = Figure(**{**value, "sure": Sure(value["sure"])})
            plain[name] = figures[here].value
        else:
            plain[name] = _plain(value, here, figures) if isinstance(value, dict) else value
    return plain


def _requirement(table: dict[str, Any]) -> Requirement:
    classes = frozenset(map(PublicityClass, table.pop("classes", PublicityClass)))
    return Requirement(classes=classes, sure=Sure(table.pop("sure")), **table)


def _removals(tables: dict[str, Any]) -> Mapping[RemovalGround, Removal]:
    removals = (
        Removal(ground=RemovalGround(ground), sure=Sure(table.pop("sure")), **table)
        for ground, table in tables.items()
    )
    return MappingProxyType({removal.ground: removal for removal in removals})


def _ruleset(name: str) -> RuleSet:
    figures: dict[str, Figure] = {}
    table = _plain({**_read(name), "court": _read("court.toml")}, "", figures)
    publicity = {PublicityClass(c): PublicityPeriod(**p) for c, p in table["publicity"].items()}
    unknown: dict[str, None] = dict.fromkeys(RepairClocks.__slots__)
    return RuleSet(
        id=table["id"],
        instrument=table["instrument"],
        first_day=table["first_day"].isoformat(),
        last_day=table["last_day"].isoformat() if "last_day" in table else None,
        source=table["source"],
        sure=Sure(table["sure"]),
        deadlines=Deadlines(**table["deadlines"]),
        unreachable=UnreachableGuard(**table["unreachable"]),
        interviews=Interviews(**table["interviews"]),
        publicity=MappingProxyType(publicity),
        conditions=tuple(map(_requirement, table["conditions"])),
        documents=tuple(map(_requirement, table["documents"])),
        clocks=RepairClocks(**{**unknown, **table["clocks"]}),
        removals=_removals(table["court"]["removals"]),
        remove_within=table["court"]["remove_within"],
        figures=MappingProxyType(figures),
    )


RULE_SETS: tuple[RuleSet, ...] = tuple(
    _ruleset(name) for name in ("R2019.toml", "R2023.toml", "R2026.toml")
)
_BY_ID = {one.id: one for one in RULE_SETS}
