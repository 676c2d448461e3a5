"""How every listed case stood at the end of a day, as known at an instant, kept up to date."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from operator import attrgetter
from threading import Lock
from time import sleep
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from casesys.figures.knowledge import known as known_in
from casesys.figures.knowledge import workdays_at
from casesys.system import System
from domain.counts import governance_class
from domain.obstacles import REPAIRED
from domain.workdays import Workdays
from projections.case_lines import CaseOnDay, Packed, Stood, Whose, on_day, pack
from projections.case_lines import stood as stood_on
from projections.driver import rows

KEPT = 4
"""How many days are kept; when the log goes on, only what it touched is looked at anew."""


IN_ONE_GO = 200
PAUSE = 0.0005
"""After so many cases the other readers of this process have their turn, for so many seconds."""


class Question(NamedTuple):
    """Which day, as known when (None: now), and the unit whose cases the reader sees.

    With ``position``, as the log stood when that was its last; an import says of its entries that
    they were known long ago.
    """

    as_of: str
    known_at: str | None = None
    reach: str = ""
    position: int | None = None


class Share(NamedTuple):
    """The 宗 of one enterprise in one group, and how many of them are repaired."""

    records: int
    repaired: int


NO_SHARE = Share(0, 0)


class Sums(NamedTuple):
    """Records and cases of each bar, of each reason that holds 宗 up, and of each deadline."""

    bars: Counter[tuple[str, str]]
    held: Counter[str]
    holding: Counter[str]
    deadlines: Counter[tuple[int, str]]


Alike = tuple[int, int, str, int, tuple[str, ...], tuple[str, ...]]
_alike: Callable[[CaseOnDay], Alike] = attrgetter(
    "cases", "exited", "contact", "repaired_records", "places", "deadlines"
)
"""What the sums ask of a case: a district's many cases are alike in few ways."""


class Standings:
    """The listed cases at the end of a day, and their sums, to which cases come and go."""

    def __init__(self, asked: Question, workdays: Workdays) -> None:
        self.asked = asked
        self.workdays = workdays
        self.position = 0
        self.within: Collection[str] | None = None
        self.answers: dict[tuple[str, str | None], Any] = {}
        """What was asked of these cases while the log did not go on."""
        self._cases: dict[str, CaseOnDay] = {}
        self._many: Counter[Alike] = Counter()
        self._sums: Sums | None = None
        self.impeding: Counter[tuple[str, str]] = Counter()
        """How many cases of each enterprise each reason holds up."""
        self._groups: dict[str, dict[str, dict[str, Share]]] = {}

    def cases(self) -> list[CaseOnDay]:
        return [case for _, case in sorted(self._cases.items())]

    def take(self, streams: Iterable[str] | None, anew: Iterable[CaseOnDay]) -> None:
        """Put these cases in the place of what was known of the streams (None: of nothing)."""
        for stream in streams or ():
            gone = self._cases.pop(stream, None)
            if gone is not None:
                self._add(gone, -1)
        for case in anew:
            self._cases[case.stream] = case
            self._add(case, 1)
        self._sums = None

    def _add(self, case: CaseOnDay, sign: int) -> None:
        self._many[_alike(case)] += sign
        for why in _reasons(case):
            self.impeding[why, case.enterprise] += sign
        for axis, groups in self._groups.items():
            _share_out(groups, axis, case, sign)

    @property
    def sums(self) -> Sums:
        if self._sums is None:
            self._sums = _sums_of(self._many)
        return self._sums

    def groups(self, axis: str) -> dict[str, dict[str, Share]]:
        """What each group of an axis has of each enterprise; made when first asked for."""
        if axis not in self._groups:
            groups: dict[str, dict[str, Share]] = {}
            for case in self._cases.values():
                _share_out(groups, axis, case, 1)
            self._groups[axis] = groups
        return self._groups[axis]


@lru_cache(maxsize=65536)
def _not_repaired(places: tuple[str, ...]) -> tuple[str, ...]:
    return tuple({where: None for where in places if where not in REPAIRED})


def _reasons(case: CaseOnDay) -> tuple[str, ...]:
    """Why the 宗 of a governed case are not repaired, each reason once."""
    return _not_repaired(case.places) if case.cases else ()


def _share_out(groups: dict[str, dict[str, Share]], axis: str, case: CaseOnDay, sign: int) -> None:
    many = len(case.places)
    if not case.cases or not many:
        return
    its = groups.setdefault(getattr(case, axis), {})
    had = its.pop(case.enterprise, NO_SHARE)
    now = Share(had[0] + sign * many, had[1] + sign * case.repaired_records)
    if now.records:
        its[case.enterprise] = now


def _sums_of(many: Mapping[Alike, int]) -> Sums:
    sums = Sums(Counter(), Counter(), Counter(), Counter())
    for alike, n in many.items():
        cases, _, _, repaired, places, deadlines = alike
        for bar in bars_of(alike):
            sums.bars[bar, "cases"] += n
            sums.bars[bar, "records"] += n * len(places)
        if not cases:
            continue
        sums.bars["repaired", "records"] += n * repaired
        sums.bars["repaired", "cases"] += n * bool(repaired)
        for place, status in enumerate(deadlines):
            sums.deadlines[place, status] += n
        for where in places:
            if where not in REPAIRED:
                sums.held[where] += n
        for why in _not_repaired(places):
            sums.holding[why] += n
    return sums


def bars_of(alike: Alike) -> Iterator[str]:
    """Which bars of the waterfall a case stands in; the repaired 宗 are counted beside them."""
    cases, exited, contact, *_ = alike
    yield "listed"
    if not cases:
        yield "excluded"
        return
    yield "governed"
    yield governance_class(contact)
    if exited:
        yield "exited"


_kept: WeakKeyDictionary[System, OrderedDict[Question, Standings]] = WeakKeyDictionary()
_lock = Lock()


@contextmanager
def standings(system: System, c: Connection, asked: Question) -> Iterator[Standings]:
    """The cases of a day, nobody else's while they are read.

    The cases within reach are those of the unit that has them today.
    """
    workdays = workdays_at(system, c, asked.position)
    head = system.log.head(c)[0]
    with _lock:
        kept = _kept.setdefault(system, OrderedDict())
        found = kept.pop(asked, None)
        if found is None or found.workdays is not workdays:
            found = Standings(asked, workdays)
        _bring_up_to(system, c, found, head)  # what was half taken is not kept
        kept[asked] = found
        while len(kept) > KEPT:
            kept.popitem(last=False)
        yield found


def _bring_up_to(system: System, c: Connection, found: Standings, head: int) -> None:
    """Look anew at the cases on which entries came since, or which came into reach or left it."""
    if found.position >= head:
        return  # another reader's snapshot may be an entry ahead of this one
    found.answers.clear()
    reach = found.asked.reach
    now = within(c, reach) if reach else None
    if not found.position:
        found.take(None, _seen(system, c, found, now))
    else:
        question = (
            "SELECT DISTINCT stream_id FROM log "
            "WHERE position > ? AND topic > 'case.' AND topic < 'case/'"
        )
        touched = {stream for (stream,) in rows(c, question, [found.position])}
        if now is not None:
            touched = (touched & now) | (now ^ set(found.within or ()))
        asked = touched if now is None else touched & now
        found.take(touched, _seen(system, c, found, asked) if asked else ())
    found.within, found.position = now, head


def _seen(
    system: System, c: Connection, found: Standings, streams: Collection[str] | None
) -> Iterator[CaseOnDay]:
    for nth, (whose, then) in enumerate(_stood(system, c, found.asked, streams)):
        case = on_day(whose, then, found.asked.as_of, found.workdays)
        if case is not None:
            yield case
        if not (nth + 1) % IN_ONE_GO:
            sleep(PAUSE)


def within(c: Connection, reach: str) -> set[str]:
    """The cases that a unit is responsible for today."""
    return {stream for (stream,) in rows(c, "SELECT stream_id FROM ledger WHERE unit = ?", [reach])}


def _stood(
    system: System, c: Connection, asked: Question, streams: Collection[str] | None
) -> Iterator[tuple[Whose, Stood]]:
    """Each case as it stood, as far as it was known."""
    base, known = _known(system, c, asked, streams)
    for whose, stood in system.models.rates.stood(c, base, streams):
        if whose.stream not in known:
            yield whose, stood
    for row in known.values():
        yield row.whose, stood_on(row, asked.as_of)


def seen_rows(
    system: System, c: Connection, asked: Question, streams: Collection[str] | None
) -> Iterator[tuple[Packed, str]]:
    """Each case as it was known, and the last day of which that tells."""
    base, known = _known(system, c, asked, streams)
    for row in system.models.rates.packed(c, streams):
        then = known.pop(row.stream, None)
        yield (row, base) if then is None else (then, asked.as_of)
    # What the books knew then and have taken back since is in no row.
    for row in known.values():
        yield row, asked.as_of


def _known(
    system: System, c: Connection, asked: Question, streams: Collection[str] | None
) -> tuple[str, dict[str, Packed]]:
    """The last day of which the rows tell, and the cases that were known otherwise."""
    until, otherwise = known_in(system, c, asked.as_of, asked.known_at, asked.position, streams)
    return until, {stream: pack(stream, *case) for stream, case in otherwise.items()}
