"""How every listed case stood at the end of a day, as known at an instant, kept up to date."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from casesys.figures import AXES, learnt_later
from casesys.system import System
from domain.instants import local_day
from domain.obstacles import REPAIRED
from domain.workdays import Workdays
from projections.case_lines import CaseOnDay, Packed, on_day, pack
from projections.driver import rows
from projections.rates import known_line

KEPT = 4
"""How many days are kept; when the log goes on, only what it touched is looked at anew."""


class Question(NamedTuple):
    """Which day, as known when (None: now), and the unit whose cases the reader sees."""

    as_of: str
    known_at: str | None = None
    reach: str = ""


class Share(NamedTuple):
    """The 宗 of one enterprise in one group, and how many of them are repaired."""

    records: int
    repaired: int


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
        self.bars: Counter[tuple[str, str]] = Counter()
        """Records and cases of each bar: (bar, "records")."""
        self.held: Counter[str] = Counter()
        self.holding: Counter[tuple[str, str]] = Counter()
        self.impeding: Counter[tuple[str, str]] = Counter()
        self.deadlines: Counter[tuple[int, str]] = Counter()
        self.groups: dict[str, dict[str, dict[str, Share]]] = {axis: {} for axis in AXES}

    def cases(self) -> list[CaseOnDay]:
        return list(self._cases.values())

    def take(self, streams: Iterable[str] | None, anew: Iterable[CaseOnDay]) -> None:
        """Put these cases in the place of what was known of the streams (None: of nothing)."""
        for stream in streams or ():
            gone = self._cases.pop(stream, None)
            if gone is not None:
                self._add(gone, -1)
        for case in anew:
            self._cases[case.stream] = case
            self._add(case, 1)

    def _add(self, case: CaseOnDay, sign: int) -> None:
        many = len(case.places)
        for bar in bars_of(case):
            self.bars[bar, "cases"] += sign
            self.bars[bar, "records"] += sign * many
        if not case.cases:
            return
        self.bars["repaired", "records"] += sign * case.repaired_records
        self.bars["repaired", "cases"] += sign * bool(case.repaired_records)
        for place, status in enumerate(case.deadlines):
            self.deadlines[place, status] += sign
        if many != case.repaired_records:
            reasons = [where for where in case.places if where not in REPAIRED]
            for why in reasons:
                self.held[why] += sign
            for why in set(reasons):
                self.holding[why, "cases"] += sign
                self.impeding[why, case.enterprise] += sign
        if many:
            for axis, key in zip(AXES, (case.town, case.campaign, case.unit), strict=True):
                its = self.groups[axis].setdefault(key, {})
                had = its.pop(case.enterprise, Share(0, 0))
                now = Share(had[0] + sign * many, had[1] + sign * case.repaired_records)
                if now.records:
                    its[case.enterprise] = now


CLASSES = ("reached_operating", "reached_not_operating", "not_reached")
"""The three classes of the waterfall: who was not reached was tried for, or not yet."""


def class_of(case: CaseOnDay) -> str:
    """Which of the three classes a governed case is in, by its last answer."""
    return case.contact if case.contact in CLASSES else CLASSES[2]


def bars_of(case: CaseOnDay) -> Iterator[str]:
    """Which bars of the waterfall a case stands in; the repaired 宗 are counted beside them."""
    yield "listed"
    if not case.cases:
        yield "excluded"
        return
    yield "governed"
    yield class_of(case)
    if case.exited:
        yield "exited"


_kept: WeakKeyDictionary[System, OrderedDict[Question, Standings]] = WeakKeyDictionary()
_lock = Lock()


@contextmanager
def standings(system: System, c: Connection, asked: Question) -> Iterator[Standings]:
    """The cases of a day, nobody else's while they are read.

    The cases within reach are those of the unit that has them today.
    """
    workdays = system.models.calendars.workdays(c)
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
    for row, until in seen_rows(system, c, found.asked, streams):
        case = on_day(row, found.asked.as_of, until, found.workdays)
        if case is not None:
            yield case


def within(c: Connection, reach: str) -> set[str]:
    """The cases that a unit is responsible for today."""
    return {stream for (stream,) in rows(c, "SELECT stream_id FROM ledger WHERE unit = ?", [reach])}


def seen_rows(
    system: System, c: Connection, asked: Question, streams: Collection[str] | None
) -> Iterator[tuple[Packed, str]]:
    """Each case as it was known, and the last day of which that tells."""
    as_of, known_at, _ = asked
    known: dict[str, Packed] = {}
    base = as_of
    if known_at is not None:
        base = min(as_of, local_day(known_at))
        stories = learnt_later(system, c, known_at, base, as_of, streams)
        for stream, entries in stories.items():
            enterprise = entries[0].data["enterprise"]
            known[stream] = pack(stream, enterprise, known_line(entries, known_at))
    for row in system.models.rates.packed(c, streams):
        then = known.pop(row.stream, None)
        yield (row, base) if then is None else (then, as_of)
    # What the books knew then and have taken back since is in no row.
    for row in known.values():
        yield row, as_of
