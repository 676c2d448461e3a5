"""Which open cases would change under another rule set: a replay that writes nothing."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from threading import Lock
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from casesys.permits import Person
from casesys.rules.cases import open_cases, these_cases
from casesys.system import System
from domain.instants import local_day
from domain.rejudging import Basis, Change, Effect, Rejudged, Rejudging, basis
from domain.rulesets import RULE_SETS, ruleset
from projections.judging import JudgedCase
from projections.paging import paged

SIZE = 20
KEPT = 4
"""How many answers are kept: the next page of one comes at once while the log stands still."""

EFFECTS = tuple(map(str, Effect))
RULE_SET_IDS = tuple(rules.id for rules in RULE_SETS)


class RuleQuestion(NamedTuple):
    """Under which rule set, compared with which (empty: those that hold), on which day."""

    after: str
    before: str = ""
    as_of: str | None = None
    known_at: str | None = None


class Only(NamedTuple):
    """Which of the changed cases; what is empty asks nothing."""

    effect: str = ""
    campaign: str = ""
    town: str = ""
    unit: str = ""

    def holds(self, row: Changing) -> bool:
        return (
            (not self.effect or self.effect in row.mark.effects)
            and (not self.campaign or row.campaign == self.campaign)
            and (not self.town or row.town == self.town)
            and (not self.unit or row.unit == self.unit)
        )


class ChangedCase(NamedTuple):
    """One open case that another rule set would change."""

    case: JudgedCase
    found: Rejudged


class Changing(NamedTuple):
    """What is kept of a changed case, as small as may be: a district has many."""

    number: str
    stream: str
    campaign: str
    town: str
    unit: str
    mark: Mark


class Difference(NamedTuple):
    """What two rule sets say at one place (None: nothing), and how many open cases it changes."""

    before: str
    after: str
    place: str
    was: Basis | None
    now: Basis | None
    cases: int


class RejudgedPage(NamedTuple):
    """One page of the changed cases, by number; ``of`` is how many open cases were judged.

    ``effects`` and ``differences`` count the cases that answer to every condition but the kind of
    change itself.
    """

    rows: Sequence[ChangedCase]
    names: Mapping[str, str]
    total: int
    page: int
    pages: int
    first: int
    of: int
    changed: int
    effects: Mapping[str, int]
    differences: Sequence[Difference]
    values: Mapping[str, Sequence[str]]
    today: str


class _Answer(NamedTuple):
    """All that one question finds; the conditions are put to it afterwards."""

    of: int
    rows: tuple[Changing, ...]


_Key = tuple[int, RuleQuestion, str, str, str]
_kept: WeakKeyDictionary[System, OrderedDict[_Key, _Answer]] = WeakKeyDictionary()
_lock = Lock()


def rejudged(
    system: System,
    person: Person,
    asked: RuleQuestion,
    only: Only = Only(),  # noqa: B008 - a tuple of texts
    page: int = 1,
    size: int | None = SIZE,
) -> RejudgedPage:
    """The open cases within reach that change; all on one page where no size is given.

    :raises KeyError: no such rule set
    :raises TooMuchToFold: a question about the past that is too wide names a campaign
    """
    today = asked.as_of or local_day(asked.known_at or system.now())
    with system.database.read() as c:
        answer = _answer(system, c, person, asked, only.campaign, today)
        within = [row for row in answer.rows if only._replace(effect="").holds(row)]
        rows = [row for row in within if only.holds(row)] if only.effect else within
        at = paged(len(rows), page, size or max(1, len(rows)))
        streams = [row.stream for row in rows[at.start : at.stop]]
        shown = list(_changed(system, c, asked, streams, today))
        names = system.models.enterprises.names(c, {row.case.enterprise for row in shown})
    return RejudgedPage(
        shown,
        names,
        at.total,
        at.page,
        at.pages,
        at.first,
        answer.of,
        len(answer.rows),
        _effects(within),
        _differences(within),
        _values(answer.rows),
        today,
    )


def _answer(
    system: System, c: Connection, person: Person, asked: RuleQuestion, campaign: str, today: str
) -> _Answer:
    past = asked.as_of is not None or asked.known_at is not None
    # Only the past is folded anew for each campaign; of today all cases stand in one table.
    key = (system.log.head(c)[0], asked, person.reach, campaign if past else "", today)
    with _lock:
        kept = _kept.setdefault(system, OrderedDict())
        if key in kept:
            kept.move_to_end(key)
        else:
            kept[key] = _judge(system, c, person.reach, asked, key[3], today)
            while len(kept) > KEPT:
                kept.popitem(last=False)
        return kept[key]


def _judge(
    system: System, c: Connection, reach: str, asked: RuleQuestion, campaign: str, today: str
) -> _Answer:
    judging = _judging(system, c, asked, today)
    marks = Marks()
    same: dict[str, str] = {}
    changed, many = [], 0
    for case in open_cases(system, c, asked.as_of, asked.known_at, campaign, reach):
        many += 1
        found = judging.of(case.facts)
        if found is not None:
            of, town, unit = (
                same.setdefault(one, one) for one in (case.campaign, case.town, case.unit)
            )
            changed.append(Changing(case.number, case.stream, of, town, unit, marks.of(found)))
    return _Answer(many, tuple(sorted(changed, key=attrgetter("number"))))


def _judging(system: System, c: Connection, asked: RuleQuestion, today: str) -> Rejudging:
    before = ruleset(asked.before) if asked.before else None
    workdays = system.models.calendars.workdays(c)
    return Rejudging(before, ruleset(asked.after), today, workdays)


def _changed(
    system: System, c: Connection, asked: RuleQuestion, streams: Sequence[str], today: str
) -> Iterator[ChangedCase]:
    """These cases once more, whole, for whoever shows them."""
    judging = _judging(system, c, asked, today)
    for case in these_cases(system, c, asked.as_of, asked.known_at, streams):
        found = judging.of(case.facts)
        if found is not None:
            yield ChangedCase(case, found)


class Mark(NamedTuple):
    """The kinds of change of a case, and the places of the rule sets that bring them about."""

    effects: frozenset[str]
    places: frozenset[tuple[str, str, str]]


class Marks:
    """Tells of many cases how each changes; there are few ways, which many cases share."""

    def __init__(self) -> None:
        self._one: dict[int, Mark] = {}
        self._together: dict[tuple[int, ...], Mark] = {}
        self._alike: dict[Mark, Mark] = {}

    def of(self, found: Rejudged) -> Mark:
        parts = [self._of_record(changes) for _, changes in found.records]
        if found.case:
            parts.append(self._same(_mark(found.case)))
        if len(parts) == 1:
            return parts[0]
        key = tuple(sorted({id(part) for part in parts}))
        if key not in self._together:
            effects: frozenset[str] = frozenset().union(*(part.effects for part in parts))
            places: frozenset[tuple[str, str, str]] = frozenset().union(
                *(part.places for part in parts)
            )
            self._together[key] = self._same(Mark(effects, places))
        return self._together[key]

    def _of_record(self, changes: tuple[Change, ...]) -> Mark:
        """Penalties of one day and class change alike, and share what says so."""
        mark = self._one.get(id(changes))
        if mark is None:
            mark = self._one[id(changes)] = self._same(_mark(changes))
        return mark

    def _same(self, mark: Mark) -> Mark:
        return self._alike.setdefault(mark, mark)


def _mark(changes: Iterable[Change]) -> Mark:
    every = list(changes)
    return Mark(
        frozenset(str(one.effect) for one in every),
        frozenset((one.before, one.after, one.place) for one in every),
    )


def _by_mark(rows: Sequence[Changing]) -> list[tuple[Mark, int]]:
    """The ways in which these cases change, and how many change so."""
    marks = {id(row.mark): row.mark for row in rows}
    return [(marks[one], n) for one, n in Counter(id(row.mark) for row in rows).items()]


def _effects(rows: Sequence[Changing]) -> dict[str, int]:
    """How many cases each kind of change touches, the kinds in their own order."""
    counted: Counter[str] = Counter()
    for mark, n in _by_mark(rows):
        for effect in mark.effects:
            counted[effect] += n
    return {effect: counted[effect] for effect in EFFECTS if counted[effect]}


def _differences(rows: Sequence[Changing]) -> list[Difference]:
    counted: Counter[tuple[str, str, str]] = Counter()
    for mark, n in _by_mark(rows):
        for place in mark.places:
            counted[place] += n
    return [
        Difference(was, now, place, basis(ruleset(was), place), basis(ruleset(now), place), n)
        for (was, now, place), n in sorted(counted.items(), key=_by_place)
    ]


def _by_place(counted: tuple[tuple[str, str, str], int]) -> tuple[int, tuple[str, str, str]]:
    (was, now, place), _ = counted
    return GROUPS.index(place.partition(".")[0]), (place, was, now)


GROUPS = (
    "publicity",
    "conditions",
    "documents",
    "clocks",
    "deadlines",
    "unreachable",
    "interviews",
)
"""The parts of a rule set, the repair of penalties first."""


def _values(rows: Sequence[Changing]) -> dict[str, list[str]]:
    """What the conditions may be."""
    return {
        "campaign": sorted({row.campaign for row in rows}),
        "town": sorted({row.town for row in rows}),
        "unit": sorted({row.unit for row in rows}),
    }
