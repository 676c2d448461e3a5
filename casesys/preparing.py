"""Read models built from the log while another release serves, in short turns that may be cut off.

First every stream as it stood when the building began, then what came since. Each turn writes how
far it is with what it builds, so that whoever goes on after a kill goes on there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter, sleep
from typing import Any, NamedTuple

from sqlalchemy import Connection

from casesys.filling import Model, Progress, nothing_collected
from casesys.log import Pack
from casesys.registry import decode, encode
from casesys.serving import missing, named_row, note_built, own_set, served, whole
from casesys.stopping import Stopped
from casesys.system import System
from casesys.tables import BUILT
from casesys.telling import told
from domain.entries import Entry
from projections.beside import Beside
from projections.bulk import Bulk, drop_nothing
from projections.driver import rows, upsert, write
from projections.reading import feed

TURN = 400
"""How many entries one turn takes: on SQLite the office waits for its end, some 10 ms."""
FOLLOWED = 20
"""The same of entries that came since: of each its whole case is told again."""
STREAMS, POSITIONS = "streams", "positions"
BEGUN = encode([STREAMS, "", ""]).decode()
MARKS = "SELECT name, version, until, mark FROM read_model WHERE position IS NULL"
GO_ON = "UPDATE read_model SET mark = ? WHERE name = ? AND version = ? AND mark = ?"
FOLLOW = "UPDATE read_model SET position = ? WHERE name = ? AND version = ? AND position = ?"


class BuiltElsewhere(Stopped):
    """Another process builds the same read models; two would take each entry twice."""


@dataclass(slots=True)
class Building:
    """Read models on their way: up to which position, and where to go on."""

    models: Sequence[Model]
    until: int
    mark: str


def prepare(system: System, progress: Progress | None = None) -> dict[str, Any]:
    """Build what this release lacks beside what serves, and follow the log to its end.

    Nothing that is served is touched. Done again, or after a kill, it goes on where it was.

    :raises BuiltElsewhere: another process prepares the same
    """
    begun = perf_counter()
    with system.database.read() as c:
        names = missing(c, system.models.all)
    if names:
        with nothing_collected():
            _build(system, names, progress)
    position = follow(system)
    return {
        "built": names,
        "position": position,
        "seconds": round(perf_counter() - begun, 3),
    }


def _build(system: System, names: Sequence[str], progress: Progress | None) -> None:
    models = [model for model in system.models.all if model.name in names]
    building = _begin(system, models)
    by_stream = [model for model in models if model.source.by_stream]
    by_position = [model for model in models if not model.source.by_stream]
    parts = 1 + bool(by_position)
    turns, done = Turns(system), 0
    for pack, mark in _packs(system, building):
        # What is read and folded holds nobody up.
        found = _told(system, by_stream, pack, building.until)
        with turns.take() as c:
            _go_on(c, building, mark)
            _write(c, by_stream, found)
        done += len(found.entries)
        if progress is not None:
            progress(done // parts, building.until)
    for entries, mark in _positions(system, building):
        with turns.take() as c:
            _go_on(c, building, mark)
            feed(c, by_position, entries)
        if progress is not None:
            progress((building.until + entries[-1].position) // parts, building.until)
    with system.database.write() as c:
        _go_on(c, building, building.mark)
        for table in (table for model in by_stream for table in model.tables):
            if table.info["sums"]:
                drop_nothing(c, table)
        note_built(c, models, building.until)


class Told(NamedTuple):
    """The entries of a pack of streams, and the rows that they give where they are cases."""

    entries: list[Entry]
    rows: Mapping[str, Sequence[Sequence[Any]]] | None


def _told(system: System, models: Sequence[Model], pack: Pack, until: int) -> Told:
    with system.database.read() as c:
        entries = system.log.of_streams(c, pack.streams, until)
        if pack.owners == [""]:
            return Told(entries, None)
        workdays = system.models.calendars.workdays(c)
        beside = Beside(workdays, system.models.enterprises.named(c, pack.owners))
    return Told(entries, told([m for m in models if m.tells], entries, beside).rows)


def _write(c: Connection, models: Sequence[Model], found: Told) -> None:
    """Every stream is whole: nothing of it was known before."""
    known = dict.fromkeys((entry.stream_id for entry in found.entries), ())
    if found.rows is None:
        feed(c, models, found.entries, known, first=True)
        return
    feed(c, [model for model in models if not model.tells], found.entries, known)
    tables = {table.name: table for model in models for table in model.tables}
    bulk = Bulk(c, tables.values())
    for name, values in found.rows.items():
        bulk.take(tables[name], values)
        bulk.write_sums(tables[name])


def follow(system: System) -> int:
    """Let what stands behind the log take what came since, a short turn at a time; the position."""
    turns = Turns(system)
    while True:
        with system.database.read() as c:
            head, _ = system.log.head(c)
            built, now = whole(c), served(c)
            own = [m for m in system.models.all if now.get(m.name) != m.version]
            behind = {m.name: built[m.name, m.version] for m in own}
            position = min(behind.values(), default=head)
            page = system.log.after(c, position, FOLLOWED) if position < head else []
        if not page:
            return position
        models = [m for m in own if behind[m.name] == position]
        # Whoever is ahead of the others is met by them, not passed.
        ahead = min((at for at in behind.values() if at > position), default=head)
        page = [entry for entry in page if entry.position <= ahead]
        with turns.take() as c:
            values = [(page[-1].position, m.name, m.version, position) for m in models]
            _each(c, FOLLOW, values)
            feed(c, models, page)


def drop_others(system: System) -> list[str]:
    """Drop the versions that neither serve nor are this release's; their names."""
    own = own_set(system.models.all)
    with system.database.write() as c:
        system.database.lock(c)
        now = served(c)
        dropped = []
        for name, version, tables in rows(c, "SELECT name, version, tables FROM read_model"):
            if version in (now.get(name), own.get(name)):
                continue
            for table in tables.split():
                write(c, f"DROP TABLE IF EXISTS {table}", [()])
            write(c, "DELETE FROM read_model WHERE name = ? AND version = ?", [(name, version)])
            dropped.append(f"{name} {version}")
        return sorted(dropped)


class Turns:
    """Short writes; while others write as well, each leaves them as much time as it took."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._head = 0

    @contextmanager
    def take(self) -> Iterator[Connection]:
        database = self._system.database
        with database.write() as c:
            begun = perf_counter()
            yield c
            head, _ = self._system.log.head(c)
        if head != self._head and self._head and database.is_sqlite:
            sleep(perf_counter() - begun)
        self._head = head


def _begin(system: System, models: Sequence[Model]) -> Building:
    """Go on with a building of just these, or begin one on empty tables."""
    with system.database.write() as c:
        standing = {(name, version): (until, mark) for name, version, until, mark in rows(c, MARKS)}
        places = {standing.get((model.name, model.version)) for model in models}
        if len(places) == 1 and (place := places.pop()) is not None:
            return Building(models, *place)
        until, _ = system.log.head(c)
        for model in models:
            for table in model.tables:
                table.drop(c, checkfirst=True)
                table.create(c)
        upsert(c, BUILT, [(*named_row(model), None, until, BEGUN) for model in models])
        return Building(models, until, BEGUN)


def _packs(system: System, building: Building) -> Iterator[tuple[Pack, str]]:
    """The streams as they stood at the beginning, a turn of whole ones at a time."""
    kind, *place = decode(building.mark)
    if kind != STREAMS:
        return
    with system.database.read() as c:
        packs = list(system.log.packs(c, TURN, building.until, tuple(place)))
    for pack in packs:
        yield pack, encode([STREAMS, *pack.last]).decode()


def _positions(system: System, building: Building) -> Iterator[tuple[list[Entry], str]]:
    """The log in its order up to where the streams were read."""
    kind, *place = decode(building.mark)
    position = int(place[0]) if kind == POSITIONS else 0
    while position < building.until:
        with system.database.read() as c:
            page = system.log.after(c, position, min(TURN, building.until - position))
        position = page[-1].position
        yield page, encode([POSITIONS, position]).decode()


def _go_on(c: Connection, building: Building, mark: str) -> None:
    values = [(mark, model.name, model.version, building.mark) for model in building.models]
    _each(c, GO_ON, values)
    building.mark = mark


def _each(c: Connection, statement: str, values: Sequence[tuple[Any, ...]]) -> None:
    """:raises BuiltElsewhere: a row is no longer as it was left; nothing of the turn is kept"""
    for value in values:
        cursor = c.exec_driver_sql(
            statement if c.dialect.name == "sqlite" else statement.replace("?", "%s"), value
        )
        if cursor.rowcount != 1:
            raise BuiltElsewhere("built_elsewhere")
