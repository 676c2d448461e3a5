"""Making a database ready: its tables, the calendars, the member units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from getpass import getuser
from pathlib import Path

from eventsourcing.domain import Aggregate
from sqlalchemy import Connection

from casesys import migrations
from casesys.calendars import published_years
from casesys.log import Meta
from casesys.permits import Permit, Person, operator
from casesys.personal.master_key import require_master_key
from casesys.personal.sweeping import sweep
from casesys.preparing import follow, prepare
from casesys.proofs.tree_of_log import fill
from casesys.rebuild import rebuild_in
from casesys.serving import (
    Set,
    missing,
    own_set,
    require_built,
    require_served,
    served,
    take_over,
)
from casesys.system import System
from casesys.units import Unit, joining, read_units, usual_units
from domain.desk import Desk
from domain.entries import Entry
from domain.events import DeskEvent
from domain.office import Calendar, begin, calendar_id
from projections.driver import rows, rows_in
from projections.office import CALENDAR, MEMBER_UNIT
from projections.reading import feed

NOTHING_BESIDES = Meta()
AT_ONCE = 20_000
"""How many entries are built from while everybody waits: some seconds."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation added to the log; nothing where it had been done before."""

    calendars: tuple[int, ...]
    units: int
    before: Set = field(default_factory=dict, compare=False)
    """What served until then."""


def install(
    system: System, units: Path | None = None, *, person: Person | None = None
) -> Installed:
    """Make the database ready; done again, or by two processes at once, it adds nothing twice.

    :raises RegisterUnsound: the list of member units cannot be read
    """
    person = person or operator(getuser())
    person.require(Permit.OPERATE)
    listed = read_units(units) if units is not None else usual_units()
    before = create_tables(system)
    with system.database.write() as c:
        system.database.lock(c)
        # Another release may have taken over since: its read models are not fed from here.
        require_served(c, own_set(system.models.all))
        desk = system.desk(c, person.id)
        calendars = _new_calendars(c, desk)
        joined = new_units(c, desk, listed)
        record(c, system, desk, [*calendars, *joined])
    # What a crash after an erasure left undone is done now.
    sweep(system)
    return Installed(tuple(calendar.year for calendar in calendars), len(joined), before)


def require_ready(system: System) -> None:
    """Asked by every process before it serves or answers from the read models.

    :raises Stopped: the database does not keep what it is given, is not installed, holds
        tables of another release, or was sealed under another master key
    """
    system.database.check_durability()
    require_installed(system)
    require_master_key(system)
    with system.database.read() as c:
        require_built(c, system.models.all)
    system.hold_to_its_release()
    with system.database.read():
        """Asked with the first snapshot, as with every other."""


def require_installed(system: System) -> None:
    """:raises Stopped: the tables of the log are not there, or are another release's"""
    with system.database.read() as c:
        migrations.check(c)


def begin_to_serve(system: System) -> Set:
    """Let this release serve from now on, once it has taken the last entries; what served before.

    :raises Stopped: it is not installed, or its read models are not built
    """
    require_installed(system)
    with system.database.read() as c:
        require_built(c, system.models.all)
    follow(system)
    with system.database.write() as c:
        system.database.lock(c)
        before = served(c)
        take_over(c, system.log, system.models.all, system.now())
    return before


def create_tables(system: System) -> Set:
    """Bring the store's tables, the read models and the evidence to what this release needs.

    Then this release serves. Where another serves until now and the log is long, what is missing
    is built beside it first, so that the office waits only for the last entries.
    """
    models = system.models.all
    with system.database.write() as c:
        system.database.make_schema(c)
        # PostgreSQL lets two processes create one table at once, and fails the second of them.
        system.database.lock(c)
        migrations.upgrade(c)
        fill(c)
        system.make_evidence_key(c)
        names = missing(c, models)
        beside = bool(names) and bool(served(c)) and system.log.head(c)[0] > AT_ONCE
        if names and not beside:
            rebuild_in(system, c, names)
    prepare(system)
    before = begin_to_serve(system)
    system.evidence.seal_all()
    return before


def record(
    c: Connection,
    system: System,
    desk: Desk,
    aggregates: Iterable[Aggregate],
    meta: Meta = NOTHING_BESIDES,
) -> Sequence[Entry]:
    """Append what happened to streams beside the cases, in the caller's locked transaction."""
    batch = [
        (event, meta)
        for aggregate in aggregates
        for event in aggregate.collect_events()
        if isinstance(event, DeskEvent)
    ]
    entries = system.log.append(c, batch, desk.now)
    feed(c, system.models.all, entries)
    return entries


def new_units(c: Connection, desk: Desk, units: Sequence[Unit]) -> Sequence[Aggregate]:
    """The streams of those units that the office never had; one that left does not come back."""
    question = f"SELECT name FROM {MEMBER_UNIT} WHERE name IN ({{keys}})"
    had = {name for (name,) in rows_in(c, question, [unit.name for unit in units])}
    return joining(desk, [unit for unit in units if unit.name not in had])


def _new_calendars(c: Connection, desk: Desk) -> list[Calendar]:
    """The years whose notice is not yet in the log, or stands there with other days."""
    newest = {
        year: (edition, days)
        for year, edition, days in rows(
            c, f"SELECT year, edition, days FROM {CALENDAR} ORDER BY year, edition"
        )
    }
    found = []
    for year, days in published_years().items():
        edition, known = newest.get(year, (0, ""))
        if known == "\n".join(days):
            continue
        found.append(
            begin(
                Calendar,
                Calendar.CalendarPublished,
                calendar_id(year, edition + 1),
                desk,
                year=year,
                edition=edition + 1,
                days=list(days),
            )
        )
    return found
