"""Any two moments of all cases compared: who stood otherwise, in what, and by which entries."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from casesys.audit.before_after import Side
from casesys.figures.books import require_books
from casesys.figures.cases_of_day import Question, standings, within
from casesys.figures.knowledge import workdays_at
from casesys.figures.members import Of
from casesys.figures.values import WHOLE, rates_of
from casesys.lists.past import MOST_ENTRIES, TooMuchToFold
from casesys.permits import Person
from casesys.replay.differing import (
    ChangeKind,
    Way,
    deadline_sides,
    kind_of,
    sides_between,
    turned_sides,
    way_of,
)
from casesys.replay.parting import PartingEntry, parting, state_at, steps_of, touched_between
from casesys.system import System
from domain.entries import Entry
from domain.formulas import FORMULAS, Formula, Rate
from domain.workdays import Workdays
from projections.case_facts import Facts
from projections.driver import CHUNK, chunks, rows, rows_in
from projections.ledger import LEDGER
from projections.office import logins
from projections.paging import paged
from projections.rates_spans import Row

SIZE = 50
KEPT = 2
"""How many comparisons are kept, so that their pages, kinds and files need no second fold."""

LAST = 2**62


class Place(NamedTuple):
    """Which case, by its number, and whose it is today."""

    number: str
    enterprise: str
    name: str
    campaign: str
    category: str
    town: str
    unit: str


class ChangedCase(NamedTuple):
    """One case that stood otherwise; without entries, days alone did it."""

    place: Place
    sides: Sequence[Side]
    entries: Sequence[PartingEntry]

    @property
    def kinds(self) -> set[ChangeKind]:
        return {kind_of(side) for side in self.sides}


class Tally(NamedTuple):
    """In how many cases something of a kind differs, and in how many it came or went."""

    cases: int = 0
    entered: int = 0
    left: int = 0


class Moved(NamedTuple):
    """A formula at both moments."""

    formula: Formula
    before: Rate
    after: Rate


@dataclass(frozen=True, slots=True)
class Compared:
    """Everything that differs between two moments, in the order of the cases' numbers."""

    before: Question
    after: Question
    cases: Sequence[ChangedCase]
    tallies: Mapping[ChangeKind, Tally]
    figures: Sequence[Moved]
    logins: Mapping[str, str]
    """Of the accounts that the differing facts hold."""

    def of_kind(self, kind: str) -> Sequence[ChangedCase]:
        if not kind:
            return self.cases
        return [case for case in self.cases if kind in case.kinds]


@dataclass(frozen=True, slots=True)
class ComparedPage:
    """One page of what differs."""

    whole: Compared
    rows: Sequence[ChangedCase]
    total: int
    page: int
    pages: int
    first: int


class _Key(NamedTuple):
    head: int
    before: Question
    after: Question
    campaign: str


_kept: WeakKeyDictionary[System, OrderedDict[_Key, Compared]] = WeakKeyDictionary()
_lock = Lock()


def compare_moments(
    system: System,
    person: Person,
    before: Question,
    after: Question,
    campaign: str = "",
    most: int = MOST_ENTRIES,
) -> Compared:
    """What differs between two moments, in either order, within the reader's reach.

    :raises TooMuchToFold: the cases between them have too many entries; a campaign may do
    :raises Refused: the books of a moment are not there
    """
    require_books(system, before, after)
    before, after = (one._replace(reach=person.reach) for one in (before, after))
    with system.database.read() as c:
        key = _Key(system.log.head(c)[0], before, after, campaign)
        with _lock:
            found = _kept.setdefault(system, OrderedDict()).get(key)
        if found is None:
            found = _Comparison(system, c, before, after, campaign).made(most)
    with _lock:
        kept = _kept.setdefault(system, OrderedDict())
        kept[key] = found
        kept.move_to_end(key)
        while len(kept) > KEPT:
            kept.popitem(last=False)
    return found


def forget(system: System) -> None:
    """Let the next comparison be made anew; for whoever measures that."""
    with _lock:
        _kept.pop(system, None)


def campaigns_of(system: System, person: Person) -> list[str]:
    """The campaigns of the cases within the reader's reach."""
    question, values = f"SELECT DISTINCT campaign FROM {LEDGER}", []
    if person.reach:
        question, values = f"{question} WHERE unit = ?", [person.reach]
    with system.database.read() as c:
        return sorted(name for (name,) in rows(c, question, values) if name)


def compared_page(found: Compared, kind: str, page: int, size: int = SIZE) -> ComparedPage:
    some = found.of_kind(kind)
    at = paged(len(some), page, size)
    rows_of_page = some[at.start : at.stop]
    return ComparedPage(found, rows_of_page, at.total, at.page, at.pages, at.first)


class _Comparison:
    """Folds the cases on which an entry parts the two moments; days alone are told by figures."""

    def __init__(
        self, system: System, c: Connection, before: Question, after: Question, campaign: str
    ) -> None:
        self._system, self._c = system, c
        self.before, self.after = before, after
        self._of = Of(campaign=campaign)

    def made(self, most: int) -> Compared:
        touched = self._places(touched_between(self._c, self.before, self.after))
        if sum(version for _, version in touched.values()) > most:
            raise TooMuchToFold(self._of.campaign)
        was, now = (self._standing(asked) for asked in (self.before, self.after))
        found = list(self._by_entries({stream: place for stream, (place, _) in touched.items()}))
        found += self._by_days(was, now, touched)
        found.sort(key=lambda case: case.place.number)
        return Compared(
            self.before,
            self.after,
            found,
            _tallies(found),
            [Moved(one, was.rates[name], now.rates[name]) for name, one in FORMULAS.items()],
            _logins(self._c, found),
        )

    def _places(self, streams: Collection[str]) -> dict[str, tuple[Place, int]]:
        """The cases that the reader asks about, each with how many entries it has."""
        question = (
            "SELECT stream_id, number, enterprise, name, campaign, category, town, unit, version "
            f"FROM {LEDGER} WHERE stream_id IN ({{keys}})"
        )
        seen = within(self._c, self.before.reach) if self.before.reach else None
        return {
            stream: (Place(number, code, name or code, *rest), version)
            for stream, number, code, name, *rest, version in rows_in(self._c, question, streams)
            if (seen is None or stream in seen) and self._of.campaign in ("", rest[0])
        }

    def _by_entries(self, places: Mapping[str, Place]) -> Iterator[ChangedCase]:
        calendars = [
            workdays_at(self._system, self._c, one.position) for one in (self.before, self.after)
        ]
        for some in chunks(sorted(places), CHUNK):
            for stream, entries in self._system.log.entries_before(self._c, some, LAST).items():
                apart = parting(entries, self.before, self.after)
                sides = self._sides(entries, calendars) if apart else []
                if sides:
                    yield ChangedCase(places[stream], sides, steps_of(apart))

    def _sides(self, entries: Sequence[Entry], calendars: Sequence[Workdays]) -> list[Side]:
        was, now = (state_at(entries, asked) for asked in (self.before, self.after))
        return [
            *sides_between(was, now),
            *deadline_sides(
                (was, calendars[0], self.before.as_of), (now, calendars[1], self.after.as_of)
            ),
        ]

    def _standing(self, asked: Question) -> _Standing:
        with standings(self._system, self._c, asked) as seen:
            found = {row[0]: row for row in seen.rows(self._of.part)}
            rates = rates_of(seen, FORMULAS, of=self._of)[WHOLE]
            return _Standing(found, dict(seen.facts), rates)

    def _by_days(
        self, was: _Standing, now: _Standing, touched: Collection[str]
    ) -> Iterator[ChangedCase]:
        """The cases of which nothing was recorded between, and whose deadlines passed."""
        turned = {}
        for number, row in was.rows.items():
            then = now.rows.get(number)
            if then is not None and then[1] != row[1]:
                sides = turned_sides(was.facts[row[1]], now.facts[then[1]])
                if sides:
                    turned[number] = sides
        names = self._system.models.rates.names(self._c, turned)
        streams = {stream: turned[number] for number, (stream, _) in names.items()}
        places = self._places([stream for stream in streams if stream not in touched])
        for stream, (place, _) in places.items():
            yield ChangedCase(place, streams[stream], ())


class _Standing(NamedTuple):
    """The listed cases of one moment as the figures have them."""

    rows: dict[int, Row]
    facts: Mapping[int, Facts]
    rates: Mapping[str, Rate]


def _tallies(cases: Iterable[ChangedCase]) -> dict[ChangeKind, Tally]:
    found = dict.fromkeys(ChangeKind, Tally())
    for case in cases:
        ways: dict[ChangeKind, set[Way]] = {}
        for side in case.sides:
            ways.setdefault(kind_of(side), set()).add(way_of(side))
        for kind, its in ways.items():
            cases_of, entered, left = found[kind]
            found[kind] = Tally(
                cases_of + 1, entered + (Way.ENTERED in its), left + (Way.LEFT in its)
            )
    return found


def _logins(c: Connection, cases: Iterable[ChangedCase]) -> dict[str, str]:
    accounts = {
        value
        for case in cases
        for side in case.sides
        if side.kind == "account"
        for value in (side.before, side.after)
        if value
    }
    return logins(c, accounts)
