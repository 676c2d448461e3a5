"""What the worklist, the ledger and the search ask: cases by conditions, on any day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from casesys.past import PastLists
from casesys.permits import Person
from casesys.system import System
from domain.identifiers import court_case_number, identify, penalty_document_number
from domain.instants import local_day, next_day, previous_day
from domain.vocabulary import Branch, Category, ContactResult, Impediment, Stage
from domain.workdays import Workdays
from projections.lists import LISTED, OPEN, ORDERS, REPAIR, CaseLists, Line, Slice
from projections.lists import Wanted as Wanted
from projections.office import ACCOUNT

SOON = 10
"""How many working days ahead the worklist looks."""

SIZE = 20
SHORTEST_NUMBER = 2
WORK_VIEWS = ("mine", "today", "overdue", "soon", "second", "open")
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
    """One page of a list, the tallies of its views, and what its conditions may be."""

    rows: Sequence[Row]
    slice: Slice
    tallies: Mapping[str, int]
    values: Mapping[str, Sequence[str]]
    today: str
    soon_until: str = ""
    exact: str | None = None


def typed(text: str) -> Wanted:
    """A text somebody typed, as conditions: its words, and what number it may be."""
    text = "".join(c for c in text if c.isprintable() or c.isspace())[:200]
    words = tuple(text.split())
    if not words:
        return Wanted()
    whole = identify("".join(words))
    keys = {penalty_document_number(text).key, court_case_number(text).key}
    keys |= set() if whole.kind == "uscc" else {whole.key}
    known = tuple(sorted(key for key in keys if len(key) >= SHORTEST_NUMBER))
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
        with self._at(when, wanted.campaign) as (here, c, today, workdays):
            until = workdays.add(today, SOON).day
            views = work_views(person, today, until)
            within = Wanted(reach=person.reach)
            wanted = wanted.and_also(within)
            asked = views[view].and_also(wanted)
            found = self._asked.slice(here, asked, sort, page, size)
            counted = self._asked.count(here, [views[n].and_also(within) for n in WORK_VIEWS])
            tallies = dict(zip(WORK_VIEWS, counted, strict=True))
            return ListAnswer(
                rows=self._rows(c, here, found, today, workdays),
                slice=found,
                tallies=tallies,
                values=self._asked.values(here),
                today=today,
                soon_until=until,
            )

    def tallies(
        self, person: Person, asked: Sequence[tuple[str, Wanted]], when: When
    ) -> Sequence[int]:
        """How many cases each of these queries of the worklist finds, counted in one reading."""
        if not asked:
            return []
        with self._at(when, "") as (here, _, today, workdays):
            views = work_views(person, today, workdays.add(today, SOON).day)
            within = Wanted(reach=person.reach)
            wanted = [views[view].and_also(more).and_also(within) for view, more in asked]
            return self._asked.count(here, wanted)

    def ledger(
        self, person: Person, view: str, wanted: Wanted, sort: str, page: int, when: When
    ) -> ListAnswer:
        """Every case of the list, whatever became of it."""
        with self._at(when, wanted.campaign) as (here, c, today, workdays):
            views = ledger_views()
            within = Wanted(campaign=wanted.campaign, reach=person.reach)
            wanted = wanted.and_also(within)
            found = self._asked.slice(here, views[view].and_also(wanted), sort, page, SIZE)
            counted = self._asked.count(here, [views[name].and_also(within) for name in views])
            return ListAnswer(
                rows=self._rows(c, here, found, today, workdays),
                slice=found,
                tallies=dict(zip(views, counted, strict=True)),
                values={**self._asked.values(here), "campaign": self._campaigns(c)},
                today=today,
            )

    def search(self, person: Person, text: str, page: int, when: When) -> ListAnswer:
        """Cases by name, former name, code, number or pinyin; ``exact`` if the text names one."""
        wanted = typed(text).and_also(Wanted(reach=person.reach))
        with self._at(when, "") as (here, c, today, workdays):
            exact = self._asked.exactly(here, wanted)
            found = self._asked.slice(here, wanted, "number", page, SIZE)
            streams = [line.stream_id for line in found.lines]
            records = self._asked.records_found(here, streams, wanted)
            return ListAnswer(
                rows=self._rows(c, here, found, today, workdays, records),
                slice=found,
                tallies={},
                values={},
                today=today,
                exact=exact[0] if len(exact) == 1 else None,
            )

    @contextmanager
    def _at(
        self, when: When, campaign: str
    ) -> Iterator[tuple[Connection, Connection, str, Workdays]]:
        """Where to ask for cases, where for the office, the day it is there, and its calendar."""
        today = when.as_of or local_day(when.known_at or self._system.now())
        with self._system.database.read() as c:
            workdays = self._system.models.calendars.workdays(c)
            if when.as_of is None and when.known_at is None:
                yield c, c, today, workdays
                return
            with self._past.at(c, when.as_of, when.known_at, campaign) as past:
                yield past, c, today, workdays

    def _rows(
        self,
        c: Connection,
        here: Connection,
        found: Slice,
        today: str,
        workdays: Workdays,
        records: Mapping[str, Sequence[str]] | None = None,
    ) -> list[Row]:
        who = _logins(c, {line.officer for line in found.lines if line.officer})
        return [
            Row(
                line,
                who.get(line.officer or "", line.officer),
                None if line.due_on is None else workdays.left(today, line.due_on),
                (records or {}).get(line.stream_id, ()),
            )
            for line in found.lines
        ]

    def _campaigns(self, c: Connection) -> Sequence[str]:
        return self._asked.values(c)["campaign"]


def work_views(person: Person, today: str, soon_until: str) -> dict[str, Wanted]:
    """The saved views of the worklist; an officer's are those under the account or its login."""
    return {
        "mine": Wanted(asks=True, officers=(person.id, person.login)),
        "today": Wanted(asks=True, due_from=today, due_to=today),
        "overdue": Wanted(asks=True, due_to=previous_day(today)),
        "soon": Wanted(asks=True, due_from=next_day(today), due_to=soon_until),
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


def _logins(c: Connection, accounts: Iterable[str]) -> dict[str, str]:
    question = ACCOUNT.select().where(ACCOUNT.c.stream_id.in_(list(accounts)))
    return {row.stream_id: row.login for row in c.execute(question)}
