"""How every listed case stood at the end of a day, as known at an instant, kept up to date."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from casesys.figures.day_sums import Share as Share
from casesys.figures.knowledge import known as known_in
from casesys.figures.knowledge import workdays_at
from casesys.figures.standings import Question as Question
from casesys.figures.standings import Standings as Standings
from casesys.system import System
from projections.case_facts import Stood, Whose, may_turn, told_of
from projections.case_lines import Packed, pack, stood
from projections.driver import rows, rows_in
from projections.enterprises import ENTERPRISE
from projections.ledger import LEDGER
from projections.rates import RATES_CASE, REGISTERED
from projections.rates_spans import (
    WHOLE_ROW,
    Kind,
    Row,
    facts_said,
    kinds_said,
    places_said,
    rows_on,
    word_of,
)

KEPT = 4
"""How many days are kept; when the log goes on, only what it touched is looked at anew."""


_kept: WeakKeyDictionary[System, OrderedDict[Question, Standings]] = WeakKeyDictionary()
_lock = Lock()


@contextmanager
def standings(
    system: System, c: Connection, asked: Question, columns: Collection[int] = WHOLE_ROW
) -> Iterator[Standings]:
    """The cases of a day, nobody else's while they are read.

    The cases within reach are those of the unit that has them today. Who reads few ``columns`` of
    them is given those that are kept, else nothing more than that.
    """
    with _lock:
        kept = _kept.setdefault(system, OrderedDict())
        if columns == WHOLE_ROW or asked in kept:
            workdays = workdays_at(system, c, asked.position)
            found = kept.pop(asked, None)
            if found is None or found.workdays is not workdays:
                found = Standings(asked, workdays)
            # What was half taken is not kept.
            _bring_up_to(system, c, found, system.log.head(c)[0])
            kept[asked] = found
            while len(kept) > KEPT:
                kept.popitem(last=False)
            yield found
            return
    yield standings_anew(system, c, asked, columns)


def standings_anew(
    system: System, c: Connection, asked: Question, columns: Collection[int]
) -> Standings:
    """The cases of a day with as much of their rows as is read, for one reader."""
    found = Standings(asked, workdays_at(system, c, asked.position), columns)
    _bring_up_to(system, c, found, system.log.head(c)[0])
    return found


def forget(system: System) -> None:
    """Let the next question of any day be read anew; for whoever measures that."""
    with _lock:
        _kept.pop(system, None)


def _bring_up_to(system: System, c: Connection, found: Standings, head: int) -> None:
    """Look anew at the cases on which entries came since, or which came into reach or left it."""
    found.names_from(lambda numbers: system.models.rates.names(c, numbers))
    if found.position >= head:
        return  # another reader's snapshot may be an entry ahead of this one
    found.answers.clear()
    reach = found.asked.reach
    now = within(c, reach) if reach else None
    if not found.position:
        found.take((), _seen(system, c, found, now))
    else:
        touched = _touched_since(c, found.position)
        if now is not None:
            touched = (touched & now) | (now ^ set(found.within or ()))
        asked = touched if now is None else touched & now
        anew = _seen(system, c, found, asked) if asked else []
        found.take(opened(c, touched).values(), anew)
    found.within, found.position = now, head


def _touched_since(c: Connection, position: int) -> set[str]:
    question = (
        "SELECT stream_id FROM log WHERE position > ? AND topic > 'case.' AND topic < 'case/'"
    )
    streams = {stream for (stream,) in rows(c, question, [position])}
    question = (
        f"SELECT stream_id FROM {RATES_CASE} WHERE enterprise IN (SELECT uscc FROM {ENTERPRISE} "
        "WHERE stream_id IN (SELECT stream_id FROM log WHERE position > ? AND topic = ?))"
    )
    return streams | {stream for (stream,) in rows(c, question, [position, REGISTERED])}


def within(c: Connection, reach: str) -> set[str]:
    """The cases that a unit is responsible for today."""
    return {
        stream for (stream,) in rows(c, f"SELECT stream_id FROM {LEDGER} WHERE unit = ?", [reach])
    }


def opened(c: Connection, streams: Iterable[str]) -> dict[str, int]:
    """The numbers of these cases: where in the log each begins."""
    question = "SELECT stream_id, position FROM log WHERE version = 1 AND stream_id IN ({keys})"
    return {stream: int(position) for stream, position in rows_in(c, question, streams)}


def _seen(
    system: System, c: Connection, found: Standings, streams: Collection[str] | None
) -> list[Row]:
    """The cases as they stood, as far as it was known; their words are told to who keeps them."""
    asked, rates = found.asked, system.models.rates
    until, known = _known(system, c, asked, streams)
    numbers = opened(c, known) if streams is None else opened(c, {*streams, *known})
    whose = [(numbers[row.stream], row.whose, stood(row, asked.as_of)) for row in known.values()]
    if system.models.calendars.workdays(c) is not found.workdays:
        # The spans are told by other calendars than were published then.
        others = [row for row in rates.packed(c, streams) if row.stream not in known]
        its = rates.numbers(c, [row.stream for row in others])
        whose += [(its[row.stream], row.whose, stood(row, until)) for row in others]
        return _told(found, whose)
    aside = {number for number, *_ in whose}
    ours = None if streams is None else [numbers[stream] for stream in streams]
    spans = list(rows_on(c, until, ours, found.columns))
    if aside:
        spans = [row for row in spans if row[0] not in aside]
    _say(c, found, spans)
    if until < asked.as_of:
        facts = found.facts
        words = {word for _, word, *_ in spans}
        turning = {word for word in words if may_turn(facts[word], until, asked.as_of)}
        late = {number for number, word, *_ in spans if word in turning}
        spans = [row for row in spans if row[0] not in late]
        names = {stream: number for number, (stream, _) in rates.names(c, late).items()}
        whose += [
            (names[row.stream], row.whose, stood(row, until)) for row in rates.packed(c, names)
        ]
    return spans + _told(found, whose)


def _say(c: Connection, found: Standings, spans: Sequence[Row]) -> None:
    """Tell who keeps these rows what their words mean."""
    facts, places, kinds = (set(map(itemgetter(nth), spans)) for nth in (1, 2, 3))
    found.facts.update(facts_said(c, facts - found.facts.keys()))
    found.places.update(places_said(c, places - found.places.keys()))
    found.kinds.update(kinds_said(c, kinds - found.kinds.keys()))


def _told(found: Standings, whose: Iterable[tuple[int, Whose, Stood]]) -> list[Row]:
    """The rows of cases that stood so, at the end of the day that is asked about."""
    told = []
    for number, case, then in whose:
        its = told_of(then, case.category, found.asked.as_of, found.workdays)
        if its is None:
            continue
        kind = Kind(*case[2:])
        facts, place, sort = word_of(its.facts)[0], word_of(then.place)[0], word_of(kind)[0]
        found.facts[facts], found.places[place], found.kinds[sort] = its.facts, then.place, kind
        told.append((number, facts, place, sort, word_of(case.enterprise)[0]))
        found.names[number] = case[:2]
    return told


def seen_rows(
    system: System,
    c: Connection,
    asked: Question,
    streams: Collection[str] | None,
    month: str = "",
) -> Iterator[tuple[Packed, str]]:
    """Each case as it was known, and the last day of which that tells; in no order.

    With a month, those may be left out that did nothing in it.
    """
    until, known = _known(system, c, asked, streams)
    for row in system.models.rates.packed(c, streams, month):
        then = known.pop(row.stream, None)
        yield (row, until) if then is None else (then, asked.as_of)
    # What the books knew then and have taken back since is in no row.
    for row in known.values():
        yield row, asked.as_of


def _known(
    system: System, c: Connection, asked: Question, streams: Collection[str] | None
) -> tuple[str, dict[str, Packed]]:
    """The last day of which the rows tell, and the cases that were known otherwise."""
    until, otherwise = known_in(system, c, asked.as_of, asked.known_at, asked.position, streams)
    return until, {stream: pack(stream, *case) for stream, case in otherwise.items()}
