"""Figures computed from the log alone: one walk over its streams, no read model asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import Connection

from casesys.figures.cases_of_day import Question
from casesys.figures.drawing import Names, Part, name_of
from casesys.figures.members import counted_of
from casesys.system import System
from domain.case import GovernanceCase
from domain.entries import Entry, live
from domain.evolution import state_of
from domain.office import Calendar, Enterprise
from domain.workdays import Workdays
from projections.case_lines import CaseOnDay, Packed, counted_numbers, on_day, pack, stood
from projections.rates_lines import MATTERS, known_line

AT_ONCE = 4000
"""How many entries are held in memory at a time, and those of one enterprise together."""


class Asked(NamedTuple):
    """Which counts of a day are to be computed anew; the question names a position of the log."""

    question: Question
    parts: Sequence[Part]


class _Case(NamedTuple):
    """A case of the log: its number, whose it is, and its entries in order."""

    number: str
    enterprise: str
    entries: Sequence[Entry]


class _Office:
    """What the log says beside the cases, which comes before them."""

    def __init__(self) -> None:
        self.calendars: list[Entry] = []
        self.industries: dict[str, tuple[int, str]] = {}

    def take(self, entry: Entry) -> None:
        if entry.topic == Calendar.CalendarPublished.TOPIC:
            self.calendars.append(entry)
        elif entry.topic == Enterprise.EnterpriseRegistered.TOPIC:
            self.industries[entry.data["uscc"]] = (entry.position, entry.data["industry"] or "")

    def workdays(self, system: System, position: int) -> Workdays:
        known = [entry for entry in self.calendars if entry.position <= position]
        return system.models.calendars.as_published(known)

    def industry(self, enterprise: str, position: int) -> str:
        registered, industry = self.industries.get(enterprise, (0, ""))
        return industry if registered <= position else ""


class _Counting:
    """One question while the log goes by."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.workdays: Workdays | None = None
        self.members: dict[Part, Names] = {part: [] for part in asked.parts}

    def take(self, system: System, office: _Office, cases: Sequence[_Case]) -> None:
        """Count all cases of some enterprises."""
        question = self.asked.question
        assert question.position is not None
        if self.workdays is None:
            self.workdays = office.workdays(system, question.position)
        numbers: dict[str, str] = {}
        rows: dict[str, Packed] = {}
        found: list[CaseOnDay] = []
        for case in cases:
            industry = office.industry(case.enterprise, question.position)
            row = _row(case, question, industry)
            if row is None:
                continue
            then = on_day(row.whose, stood(row, question.as_of), question.as_of, self.workdays)
            if then is not None:
                found.append(then)
                rows[row.stream] = row
                numbers[row.stream] = case.number
        records = {stream: counted_numbers(row, question.as_of) for stream, row in rows.items()}
        for (count, of), names in self.members.items():
            some = counted_of(of.among(found), count)
            names += [name_of(count, one, numbers, records) for one in some]


def _row(case: _Case, question: Question, industry: str) -> Packed | None:
    """The case as the log stood at the position; None where it was not there or beyond reach."""
    position = question.position
    entries = [entry for entry in case.entries if position is None or entry.position <= position]
    if not entries or (question.reach and state_of(live(entries)).unit != question.reach):
        return None
    # The first says whose the case is; the others only where they can move a figure.
    telling = [entries[0], *(entry for entry in entries[1:] if entry.topic in MATTERS)]
    line = known_line(telling, question.known_at, industry)
    return pack(case.entries[0].stream_id, case.enterprise, line)


def recompute(system: System, c: Connection, asked: Sequence[Asked]) -> list[dict[Part, Names]]:
    """The members of every count, sorted; many questions are answered by one walk."""
    office = _Office()
    counting = [_Counting(one) for one in asked]
    for entries in system.log.whole_streams(c, AT_ONCE):
        cases = list(_cases(entries, office))
        if cases:
            for one in counting:
                one.take(system, office, cases)
    for one in counting:
        for names in one.members.values():
            names.sort()
    return [one.members for one in counting]


def _cases(entries: Iterable[Entry], office: _Office) -> Iterator[_Case]:
    for _, stream in groupby(entries, attrgetter("stream_id")):
        its = list(stream)
        if not its[0].topic.startswith("case."):
            for entry in its:
                office.take(entry)
        elif its[0].topic == GovernanceCase.CaseOpened.TOPIC:
            # A case without its opening is nobody's: whoever took it away sees its members leave.
            yield _Case(its[0].data["number"], its[0].data["enterprise"], its)
