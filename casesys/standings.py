"""How every listed case stood at the end of a day, as known at an instant, kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from casesys.figures import learnt_later
from casesys.system import System
from domain.instants import local_day
from domain.workdays import Workdays
from projections.case_lines import CaseOnDay, on_day, pack
from projections.driver import rows
from projections.rates import known_line

KEPT = 3
"""How many days are kept; one that the log has not outgrown answers the next page at once."""


class Question(NamedTuple):
    """Which day, as known when (None: now), and the unit whose cases the reader sees."""

    as_of: str
    known_at: str | None = None
    reach: str = ""


class Standings(NamedTuple):
    """The listed cases at the end of a day, in the order of their streams' ids."""

    cases: Sequence[CaseOnDay]
    workdays: Workdays


_Key = tuple[int, str, str | None, str, Workdays]
_kept: WeakKeyDictionary[System, OrderedDict[_Key, Standings]] = WeakKeyDictionary()
_lock = Lock()


def standings(system: System, c: Connection, asked: Question) -> Standings:
    """The cases of a day; the cases within reach are those of the unit that has them today."""
    workdays = system.models.calendars.workdays(c)
    key = (system.log.head(c)[0], *asked, workdays)
    with _lock:
        kept = _kept.setdefault(system, OrderedDict())
        found = kept.get(key)
        if found is not None:
            kept.move_to_end(key)
            return found
    found = Standings(tuple(_walked(system, c, asked)), workdays)
    with _lock:
        kept[key] = found
        while len(kept) > KEPT:
            kept.popitem(last=False)
    return found


def within(c: Connection, reach: str) -> set[str]:
    """The cases that a unit is responsible for today."""
    return {stream for (stream,) in rows(c, "SELECT stream_id FROM ledger WHERE unit = ?", [reach])}


def _walked(system: System, c: Connection, asked: Question) -> Iterator[CaseOnDay]:
    as_of, known_at, reach = asked
    streams = within(c, reach) if reach else None
    known = {}
    base = as_of
    if known_at is not None:
        base = min(as_of, local_day(known_at))
        stories = learnt_later(system, c, known_at, base, as_of, streams)
        for stream, entries in stories.items():
            enterprise = entries[0].data["enterprise"]
            known[stream] = pack(stream, enterprise, known_line(entries, known_at))
    for row in system.models.rates.packed(c, streams):
        seen = known.pop(row.stream, None)
        case = on_day(row, as_of, base) if seen is None else on_day(seen, as_of, as_of)
        if case is not None:
            yield case
    # What the books knew then and have taken back since is in no row.
    for _, row in sorted(known.items()):
        case = on_day(row, as_of, as_of)
        if case is not None:
            yield case
