"""Which penalties open for repair about today, which are open and wait, and what each lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from casesys.permits import Person
from casesys.rules.cases import open_cases
from casesys.system import System
from domain.instants import local_day, previous_day
from domain.lawful_days import lawful_days
from domain.rejudging import JudgedRecord, requirements
from domain.rulesets import Requirement, repair_opens, ruleset, ruleset_on
from domain.vocabulary import PublicityClass
from domain.workdays import Workdays
from projections.judging import JudgedCase, Opens
from projections.paging import paged

SIZE = 20
SPANS = (5, 10, 20, 60)
"""How many working days before and after the day may be looked at."""

OPENS_VIEWS = ("today", "ahead", "recent", "open")
AROUND, OPEN = OPENS_VIEWS[:3], OPENS_VIEWS[3]
"""All that may be applied for on the day, however long its period has been over."""

LACKS = ("complete", "performed", "commitment_for_record")
IN_THE_BOOKS = frozenset({"commitment", "proof_of_performance"})
"""Documents of which the books know whether they are there; the others are seen at the counter."""


class OpensOnly(NamedTuple):
    """Which of the penalties; what is empty asks nothing."""

    campaign: str = ""
    town: str = ""
    unit: str = ""
    lacks: str = ""
    officers: tuple[str, ...] = ()


class OpeningRecord(NamedTuple):
    """A penalty, the day from which its repair may be asked for, and what it lacks."""

    case: JudgedCase
    record: JudgedRecord
    rule_set: str
    day: str
    provisional: bool

    @property
    def lacks(self) -> tuple[str, ...]:
        """What the books do not hold, by the names of the needs of an application."""
        needed = {
            "performed": self.record.performed,
            "commitment_for_record": self.record.committed,
        }
        return tuple(name for name, there in needed.items() if not there)

    @property
    def grade(self) -> PublicityClass:
        return PublicityClass(self.record.publicity_class or PublicityClass.GENERAL)

    @property
    def beyond(self) -> bool:
        """Whether the figures count it by what befell its enterprise, not as waiting."""
        return bool(self.case.facts.impediments)

    @property
    def to_bring(self) -> tuple[Requirement, ...]:
        """What else its rule set asks to be handed in."""
        rules = ruleset(self.rule_set)
        return tuple(
            one
            for one in requirements(rules, "documents")
            if self.grade in one.classes and one.code not in IN_THE_BOOKS
        )


class OpensPage(NamedTuple):
    """One page of a view, by day and number.

    ``tallies`` are those of the views whose penalties were sought: every open case is judged only
    for who asks which of them wait. ``beyond`` is how many of ``total`` the figures count apart.
    """

    rows: Sequence[OpeningRecord]
    names: Mapping[str, str]
    total: int
    page: int
    pages: int
    first: int
    tallies: Mapping[str, int]
    values: Mapping[str, Sequence[str]]
    today: str
    since: str
    until: str
    beyond: int


def opening_records(
    system: System,
    person: Person,
    view: str = "today",
    within: int = SPANS[1],
    only: OpensOnly = OpensOnly(),  # noqa: B008 - a tuple of texts
    page: int = 1,
    size: int | None = SIZE,
    *,
    as_of: str | None = None,
    known_at: str | None = None,
) -> OpensPage:
    """The penalties that open today, within so many working days after or before, or are open.

    :raises TooMuchToFold: a question about the past that is too wide names a campaign
    """
    today = as_of or local_day(known_at or system.now())
    with system.database.read() as c:
        workdays = system.models.calendars.workdays(c)
        since, until = first_of(workdays, today, within), workdays.add(today, within).day
        now = as_of is None and known_at is None
        cases: Iterable[JudgedCase] = ()
        if view == OPEN or not now:
            cases = open_cases(system, c, as_of, known_at, only.campaign, person.reach)
        if now:
            opens = [*system.models.judging.opening(c, since, until, person.reach)]
        else:
            cases = list(cases)
            opens = [one for case in cases for one in _opens(case, workdays, since, until)]
        waiting = [one for case in cases for one in _waiting(case, workdays, today)]
        sought = {name: [o for o in opens if _view(o.day, today) == name] for name in AROUND}
        if view == OPEN:
            sought[OPEN] = waiting
        every = {name: [*map(OpeningRecord._make, its)] for name, its in sought.items()}
        views = {name: [o for o in its if _answers(o, only)] for name, its in every.items()}
        rows = sorted(views[view], key=_in_order)
        at = paged(len(rows), page, size or max(1, len(rows)))
        shown = rows[at.start : at.stop]
        names = system.models.enterprises.names(c, {one.case.enterprise for one in shown})
    return OpensPage(
        shown,
        names,
        at.total,
        at.page,
        at.pages,
        at.first,
        {name: len(its) for name, its in views.items()},
        {
            name: sorted({getattr(one.case, name) for its in every.values() for one in its})
            for name in ("campaign", "town", "unit")
        },
        today,
        since,
        until,
        sum(one.beyond for one in rows),
    )


def first_of(workdays: Workdays, today: str, within: int) -> str:
    """The first day from which no more than so many working days lead up to today."""
    day = today
    while workdays.between(previous_day(day), today) <= within:
        day = previous_day(day)
    return day


def _view(day: str, today: str) -> str:
    return "today" if day == today else "ahead" if day > today else "recent"


def _in_order(one: OpeningRecord) -> tuple[str, str, str]:
    return one.day, one.case.number, one.record.number


def _answers(one: OpeningRecord, only: OpensOnly) -> bool:
    case = one.case
    return (
        # Nothing is asked for twice.
        one.record.repair != "applied"
        and only.campaign in ("", case.campaign)
        and only.town in ("", case.town)
        and only.unit in ("", case.unit)
        and (not only.officers or case.officer in only.officers)
        and (not only.lacks or only.lacks in (one.lacks or ("complete",)))
    )


def _opens(case: JudgedCase, workdays: Workdays, since: str, until: str) -> Iterator[Opens]:
    for record in case.facts.records:
        grade = record.publicity_class or PublicityClass.GENERAL
        for rules, day, provisional in lawful_days(record.decided_on, grade, workdays):
            if since <= day <= until and ruleset_on(day) is rules:
                yield Opens(case, record, rules.id, day, provisional)


def _waiting(case: JudgedCase, workdays: Workdays, today: str) -> Iterator[Opens]:
    """Its penalties that by the rules of the day may be applied for, and never were."""
    rules = ruleset_on(today)
    for record in case.facts.records:
        if record.repair != "none":
            continue
        grade = record.publicity_class or PublicityClass.GENERAL
        opens = repair_opens(record.decided_on, grade, rules, workdays)
        if opens is not None and opens.day <= today:
            yield Opens(case, record, rules.id, opens.day, opens.provisional)
