"""What the worklist, the ledger and the search ask: cases by conditions, on any day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from casesys.lists.past import PastLists
from casesys.permits import Permit, Person
from casesys.system import System
from domain.identifiers import court_case_number, identify, penalty_document_number
from domain.instants import end_of_day, local_day, next_day, previous_day
from domain.vocabulary import Branch, Category, ContactResult, Impediment, Stage
from domain.workdays import Workdays
from projections.conditions import LISTED, OPEN, REPAIR
from projections.conditions import Wanted as Wanted
from projections.lists import ORDERS, CaseLists, Line, Slice
from projections.office import logins
from projections.uploads import EVER

SOON = 10
"""How many working days ahead the worklist looks."""

SIZE = 20
SHORTEST_NUMBER = 2
WORK_VIEWS = ("mine", "unclaimed", "today", "overdue", "soon", "unlocked", "second", "open")
LEDGER_VIEWS = ("all", "ongoing", "exited", "excluded", "closed", "unlisted")
SORTS = tuple(ORDERS)
CLOSED_LISTS: Mapping[str, tuple[str, ...]] = {
    "Category": tuple(map(str, Category)),
    "Stage": tuple(map(str, Stage)),
    "Branch": tuple(map(str, Branch)),
    "Impediment": tuple(map(str, Impediment)),
    "ContactClass": (
        str(ContactResult.REACHED_OPERATING),
        str(ContactResult.REACHED_NOT_OPERATING),
        "attempted_not_reached",
        "not_attempted",
    ),
    "Repair": REPAIR,
}
"""What a condition may be, as the books write it."""


class When(Protocol):
    """The day and the state of the books that a reader looks at; None is now."""

    @property
    def as_of(self) -> str | None: ...
    @property
    def known_at(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One case of a list with its clock: ``days`` are working days left, below 0 overdue."""

    line: Line
    officer: str | None
    days: int | None
    records: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """One page of a list, the tallies of its views, and what its conditions may be.

    ``held`` counts the rows of uploads that wait for a person; None for who may not settle them.
    """

    rows: Sequence[Row]
    slice: Slice
    tallies: Mapping[str, int]
    values: Mapping[str, Sequence[str]]
    today: str
    soon_until: str = ""
    exact: str | None = None
    held: int | None = None


def typed(text: str) -> Wanted:
    """A text somebody typed, as conditions: its words, and what number it may be."""
    text = "".join(c for c in text if c.isprintable() or c.isspace())[:200]
    words = tuple(text.split())
    if not words:
        return Wanted()
    whole = identify("".join(words))
    keys = {penalty_document_number(text).key, court_case_number(text).key}
    keys |= set() if whole.kind == "uscc" else {whole.key}
    # A number holds a figure; a name is not looked for among the numbers.
    numbered = any(letter.isdecimal() for letter in text)
    known = tuple(sorted(k for k in keys if len(k) >= SHORTEST_NUMBER)) if numbered else ()
    plain = whole.normal if whole.kind == "uscc" and whole.normal else "".join(words)
    return Wanted(words=words, whole=plain, keys=known)


class Lists:
    """The questions of the list pages, each answered from one snapshot."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._asked = CaseLists()
        self._past = PastLists(system.log)

    def work(
        self,
        person: Person,
        view: str,
        wanted: Wanted,
        sort: str,
        page: int,
        when: When,
        size: int = SIZE,
    ) -> ListAnswer:
        """The cases that ask something of the office, and how many in each view."""
        with self._at(when, person, wanted.campaign) as at:
            views = work_views(person, at.today, at.soon_until)
            asked = views[view].and_also(wanted).and_also(at.within)
            found = self._asked.slice(at.cases, asked, sort, page, size, at.head)
            return ListAnswer(
                rows=self._rows(at, found.lines),
                slice=found,
                tallies=self._tallies(at, views, Wanted()),
                values=self._asked.values(at.cases, at.within.reach),
                today=at.today,
                soon_until=at.soon_until,
                held=self._held(at, person, when),
            )

    def tallies(
        self, person: Person, asked: Sequence[tuple[str, Wanted]], when: When
    ) -> Sequence[int]:
        """How many cases each of these queries of the worklist finds."""
        if not asked:
            return []
        with self._at(when, person) as at:
            wanted = [self._wanted(at, person, view, more) for view, more in asked]
            return self._asked.count(at.cases, wanted, at.head)

    def ledger(
        self, person: Person, view: str, wanted: Wanted, sort: str, page: int, when: When
    ) -> ListAnswer:
        """Every case of the list, whatever became of it."""
        with self._at(when, person, wanted.campaign) as at:
            views = ledger_views()
            asked = views[view].and_also(wanted).and_also(at.within)
            values = self._asked.values(at.cases, at.within.reach)
            values["campaign"] = self._asked.values(at.office, person.reach)["campaign"]
            found = self._asked.slice(at.cases, asked, sort, page, SIZE, at.head)
            return ListAnswer(
                rows=self._rows(at, found.lines),
                slice=found,
                tallies=self._tallies(at, views, Wanted(campaign=wanted.campaign)),
                values=values,
                today=at.today,
            )

    def search(self, person: Person, text: str, page: int, when: When) -> ListAnswer:
        """Cases by name, former name, code, number or pinyin; ``exact`` if the text names one."""
        with self._at(when, person) as at:
            wanted = typed(text).and_also(at.within)
            exact = self._asked.exactly(at.cases, wanted)
            found = self._asked.slice(at.cases, wanted, "number", page, SIZE, at.head)
            streams = [line.stream_id for line in found.lines]
            records = self._asked.records_found(at.cases, streams, wanted)
            return ListAnswer(
                rows=self._rows(at, found.lines, records),
                slice=found,
                tallies={},
                values={},
                today=at.today,
                exact=exact[0] if len(exact) == 1 else None,
            )

    @contextmanager
    def _at(self, when: When, person: Person, campaign: str = "") -> Iterator[_At]:
        """Where to ask, on which day and calendar, for whom."""
        today = when.as_of or local_day(when.known_at or self._system.now())
        with self._system.database.read() as c:
            workdays = self._system.models.calendars.workdays(c)
            soon_until = workdays.add(today, SOON).day
            if when.as_of is None and when.known_at is None:
                head, _ = self._system.log.head(c)
                within = Wanted(reach=person.reach)
                yield _At(c, c, today, soon_until, workdays, within, head)
                return
            past = self._past.at(c, when.as_of, when.known_at, campaign, person.reach)
            with past as cases:
                # It holds the cases within reach and no others.
                yield _At(cases, c, today, soon_until, workdays, Wanted())

    def _wanted(self, at: _At, person: Person, view: str, wanted: Wanted) -> Wanted:
        views = work_views(person, at.today, at.soon_until) | ledger_views()
        return views[view].and_also(wanted).and_also(at.within)

    def _tallies(self, at: _At, views: Mapping[str, Wanted], given: Wanted) -> dict[str, int]:
        within = given.and_also(at.within)
        if within == Wanted():
            counted = self._asked.count(at.cases, list(views.values()), at.head)
        else:
            asked = list(views.values())
            counted = self._asked.count_together(at.cases, within, asked, at.head)
        return dict(zip(views, counted, strict=True))

    def _held(self, at: _At, person: Person, when: When) -> int | None:
        if Permit.INTAKE not in person.permits:
            return None
        until = end_of_day(when.as_of) if when.as_of is not None else EVER
        until = min(until, when.known_at or EVER)
        return self._system.models.uploads.count_waiting(at.office, until)

    def _rows(
        self, at: _At, lines: Sequence[Line], records: Mapping[str, Sequence[str]] | None = None
    ) -> list[Row]:
        who = logins(at.office, {line.officer for line in lines if line.officer})
        return [
            Row(
                line,
                who.get(line.officer or "", line.officer),
                None if line.due_on is None else at.workdays.left(at.today, line.due_on),
                (records or {}).get(line.stream_id, ()),
            )
            for line in lines
        ]


class _At(NamedTuple):
    """Where to ask for cases, where for the office, and the day it is there.

    ``head`` is the last entry of the log where the answer hangs on it and on nothing else.
    """

    cases: Connection
    office: Connection
    today: str
    soon_until: str
    workdays: Workdays
    within: Wanted
    head: int | None = None


def work_views(person: Person, today: str, soon_until: str) -> dict[str, Wanted]:
    """The saved views of the worklist; an officer's are those under the account or its login."""
    return {
        "mine": Wanted(asks=True, officers=(person.id, person.login)),
        "unclaimed": Wanted(asks=True, unclaimed=True),
        "today": Wanted(asks=True, due_from=today, due_to=today),
        "overdue": Wanted(asks=True, due_to=previous_day(today)),
        "soon": Wanted(asks=True, due_from=next_day(today), due_to=soon_until),
        "unlocked": Wanted(stages=(*OPEN, str(Stage.EXITED)), opens_on=today),
        "second": Wanted(asks=True, stages=(str(Stage.AWAITING_SECOND),)),
        "open": Wanted(asks=True),
    }


def ledger_views() -> dict[str, Wanted]:
    named = {
        "all": LISTED,
        "ongoing": OPEN,
        "exited": (str(Stage.EXITED),),
        "excluded": (str(Stage.EXCLUDED),),
        "closed": (str(Stage.CLOSED),),
        "unlisted": (str(Stage.UNLISTED),),
    }
    return {name: Wanted(stages=stages) for name, stages in named.items()}
