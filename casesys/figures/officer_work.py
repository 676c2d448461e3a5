"""How much work lies with each officer and each unit today, and what was recorded of late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection

from casesys.figures.members import SIZE, Members, Row
from casesys.permits import Person
from casesys.system import System
from domain.counts import CountingUnit
from domain.instants import instant, local_day, moment
from projections.driver import rows, rows_in
from projections.ledger import LEDGER
from projections.office import ACCOUNT
from projections.paging import paged

AHEAD = 10
"""How many working days ahead a case is due soon."""

SINCE = 30
"""How many days back acts are counted."""

HOLDERS = ("officer", "unit")
OF_WORK = ("open", "overdue", "due", "acts")
"""What is counted of each: cases that ask for a step, those late, those due soon, and acts."""


class Work(NamedTuple):
    """What lies with one officer or unit; an empty ``key`` is what lies with nobody."""

    key: str
    name: str
    unit: str
    open: int
    overdue: int
    due: int
    acts: int


class Workload(NamedTuple):
    """The work of everybody within reach; ``today`` and ``until`` bound what is due soon."""

    holders: Sequence[Work]
    by: str
    today: str
    until: str


class _Asked(NamedTuple):
    today: str
    until: str
    since: str


def workload(system: System, person: Person, by: str) -> Workload:
    """The holders, whoever has most overdue first.

    :raises KeyError: work lies with officers and units only
    """
    _held_in(by)
    with system.database.read() as c:
        asked = _asked(system, c)
        counts = (
            f"SELECT COALESCE({by}, ''), COUNT(*), "
            "SUM(CASE WHEN due_on < ? THEN 1 ELSE 0 END), "
            "SUM(CASE WHEN due_on >= ? AND due_on <= ? THEN 1 ELSE 0 END) "
            f"FROM {LEDGER} WHERE step IS NOT NULL{_reach(person, 'AND unit')} GROUP BY 1"
        )
        within = [person.reach] if person.reach else []
        found = rows(c, counts, [asked.today, asked.today, asked.until, *within])
        cases = {key: (int(n), int(late), int(due)) for key, n, late, due in found}
        acts = _acts(c, person, by, asked)
        names = _names(c, {*cases, *acts} - {""}) if by == "officer" else {}
    acting = {key for key in acts if by == "unit" or key in names}
    holders = []
    for key in {*cases, *acting}:
        name, unit = names.get(key, (key, key if by == "unit" else ""))
        held, late, due = cases.get(key, (0, 0, 0))
        holders.append(Work(key, name, unit, held, late, due, acts.get(key, 0)))
    order = sorted(holders, key=lambda one: (not one.key, -one.overdue, -one.open, one.name))
    return Workload(order, by, asked.today, asked.until)


def work_members(
    system: System, person: Person, by: str, key: str, what: str, page: int
) -> Members:
    """One page of the cases, or of the acts, that one number of the workload counts.

    :raises KeyError: nothing of this name is counted
    """
    _held_in(by)
    if what not in OF_WORK:
        raise KeyError(what)
    with system.database.read() as c:
        asked = _asked(system, c)
        source, values = (_of_acts if what == "acts" else _of_cases)(person, by, key, what, asked)
        ((total,),) = rows(c, f"SELECT COUNT(*) FROM {source}", values)
        at = paged(int(total), page, SIZE)
        columns = "l.number, l.enterprise, " + (
            "log.topic, log.recorded_at" if what == "acts" else "l.step, l.due_on"
        )
        order = "log.position DESC" if what == "acts" else "l.due_on IS NULL, l.due_on, l.number"
        question = f"SELECT {columns} FROM {source} ORDER BY {order} LIMIT ? OFFSET ?"
        found = rows(c, question, [*values, SIZE, at.start])
        names = system.models.enterprises.names(c, {code for _, code, *_ in found})
        listed = [
            Row(code, names.get(code, code), [number], None, word, when)
            for number, code, word, when in found
        ]
    return Members(what, CountingUnit.CASE, listed, at.total, at.page, at.pages, at.first)


def _of_cases(person: Person, by: str, key: str, what: str, asked: _Asked) -> tuple[str, list[Any]]:
    source = f"{LEDGER} l WHERE l.step IS NOT NULL AND COALESCE(l.{by}, '') = ?"
    values: list[Any] = [key]
    if what == "overdue":
        source, values = f"{source} AND l.due_on < ?", [*values, asked.today]
    elif what == "due":
        source += " AND l.due_on >= ? AND l.due_on <= ?"
        values += [asked.today, asked.until]
    return _within(person, source, values)


def _of_acts(person: Person, by: str, key: str, what: str, asked: _Asked) -> tuple[str, list[Any]]:
    holder = "log.actor" if by == "officer" else "l.unit"
    source = f"log JOIN {LEDGER} l ON l.stream_id = log.stream_id WHERE {ACTS} AND {holder} = ?"
    return _within(person, source, [asked.since, key])


ACTS = (
    "log.recorded_at > ? AND log.topic > 'case.' AND log.topic < 'case/' "
    "AND log.topic <> 'case.opened' AND log.caused_by IS NULL"
)
"""What people recorded on cases themselves: no import, and no opening of a file."""


def _acts(c: Connection, person: Person, by: str, asked: _Asked) -> dict[str, int]:
    holder = "log.actor" if by == "officer" else "l.unit"
    source = f"FROM log JOIN {LEDGER} l ON l.stream_id = log.stream_id WHERE {ACTS}"
    source, values = _within(person, source, [asked.since])
    return {
        key: int(n) for key, n in rows(c, f"SELECT {holder}, COUNT(*) {source} GROUP BY 1", values)
    }


def _within(person: Person, source: str, values: list[Any]) -> tuple[str, list[Any]]:
    return (
        source + _reach(person, "AND l.unit"),
        [*values, person.reach] if person.reach else values,
    )


def _reach(person: Person, column: str) -> str:
    return f" {column} = ?" if person.reach else ""


def _held_in(by: str) -> None:
    if by not in HOLDERS:
        raise KeyError(by)


def _asked(system: System, c: Connection) -> _Asked:
    now = system.now()
    today = local_day(now)
    until = system.models.calendars.workdays(c).add(today, AHEAD).day
    return _Asked(today, until, instant(moment(now) - timedelta(days=SINCE)))


def _names(c: Connection, keys: set[str]) -> Mapping[str, tuple[str, str]]:
    """The work number and the unit of each holder that has an account."""
    question = f"SELECT stream_id, login, unit FROM {ACCOUNT} WHERE stream_id IN ({{keys}})"
    return {key: (login, unit) for key, login, unit in rows_in(c, question, keys)}
