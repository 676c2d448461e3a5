"""Read models made again from the log, and proven to be what the log says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.schema import CreateTable

from casesys.database import Database
from casesys.filling import LogIsDamaged as LogIsDamaged
from casesys.filling import Progress as Progress
from casesys.filling import fill
from casesys.serving import missing, note_built, own_set, served, whole
from casesys.system import System
from projections.driver import rows, select_all, write
from projections.reading import ReadModel

Model = ReadModel[Any, Any]
STANDING = "SELECT name, version, position FROM read_model ORDER BY name, version"
SHOWN = 20
"""How many differing keys of a table are named."""


class ModelIsUnknown(Exception):
    """There is no read model of this name."""


def rebuild(
    system: System,
    names: Sequence[str] | None = None,
    progress: Progress | None = None,
    batch: int | None = None,
    processes: int | None = None,
) -> dict[str, Any]:
    """Make read models again from the log, in one transaction: readers see the old or the new.

    Writers wait meanwhile. The seconds are those of building; the digests are taken afterwards.
    Other ``processes`` read and fold with this one: so many, or as many as are of use.

    :raises ModelIsUnknown: a name is no read model's
    :raises LogIsDamaged: an entry is missing
    :raises TellerDied: one of the processes ended; nothing was kept
    """
    with system.database.write() as c:
        system.database.lock(c)
        return rebuild_in(system, c, names, progress, batch, processes)


def rebuild_in(
    system: System,
    c: Connection,
    names: Sequence[str] | None = None,
    progress: Progress | None = None,
    batch: int | None = None,
    processes: int | None = 0,
) -> dict[str, Any]:
    """The same inside a transaction that holds the lock; others see only what it has committed."""
    begun = perf_counter()
    models = named(system, names)
    absent = missing(c, models)
    for model in models:
        empty(c, model, anew=model.name in absent)
    with indexed_afterwards(c, models):
        seconds = fill(system, c, models, progress, batch, processes)
    events, _ = system.log.head(c)
    note_built(c, models, events)
    spent = perf_counter() - begun
    answer = {}
    for model in models:
        digest, count = model.digest(c)
        written = round(seconds[model.name], 3)
        answer[model.name] = {"seconds": written, "rows": count, "digest": digest}
    return {"events": events, "seconds": round(spent, 3), "models": answer}


def verify(
    system: System, names: Sequence[str] | None = None, progress: Progress | None = None
) -> dict[str, Any]:
    """Build the read models beside the served ones, from one snapshot, and compare the digests.

    The office works on meanwhile: what is built stands in temporary tables, which hide the served
    ones of the same name from this one connection only.
    """
    # A connection of its own: one that knew the served tables might keep plans made for them.
    beside = Database(system.settings.database_url)
    try:
        with beside.read() as c:
            models = named(system, names)
            stale = set(missing(c, models))
            served = {m.name: m.digest(c) for m in models if m.name not in stale}
            for model in models:
                for table in model.tables:
                    write(c, _temporary(c, table), [()])
            fill(system, c, models, progress, processes=None)
            answer = {}
            for model in models:
                digest, count = model.digest(c)
                equal = served.get(model.name) == (digest, count)
                answer[model.name] = {"equal": equal, "rows": count, "digest": digest}
                if not equal:
                    answer[model.name] |= {
                        "outdated": model.name in stale,
                        "differing": [] if model.name in stale else _differing(c, model),
                    }
            events, _ = system.log.head(c)
            whole = all(entry["equal"] for entry in answer.values())
            return {"events": events, "equal": whole, "models": answer}
    finally:
        beside.dispose()


def status(system: System) -> dict[str, Any]:
    """What stands in the database: every read model's version and rows, and how far the log is."""
    with system.database.read() as c:
        position, _ = system.log.head(c)
        built, now = whole(c), served(c)
        answer = {}
        for model in system.models.all:
            serves = now.get(model.name) == model.version
            left_at = built.get((model.name, model.version))
            answer[model.name] = {
                "version": model.version,
                "position": position if serves else left_at,
                "rows": None if left_at is None else _count(c, model),
                "serves": serves,
            }
        own = own_set(system.models.all)
        others = [
            {"name": name, "version": version, "position": at, "serves": now.get(name) == version}
            for name, version, at in rows(c, STANDING)
            if own.get(name) != version
        ]
        return {"position": position, "models": answer, "others": others}


def digests(system: System, c: Connection) -> dict[str, tuple[str, int]]:
    """The digest of every read model and how many rows it has."""
    return {model.name: model.digest(c) for model in system.models.all}


def named(system: System, names: Sequence[str] | None) -> list[Model]:
    known = {model.name: model for model in system.models.all}
    for name in names or ():
        if name not in known:
            raise ModelIsUnknown(f"{name!r} is none of {', '.join(known)}")
    return [model for name, model in known.items() if not names or name in names]


def empty(c: Connection, model: Model, *, anew: bool) -> None:
    """Take every row away; ``anew``: the tables too, which may be of another shape.

    Rows that are deleted stay in the snapshots of those who read now. A table that is dropped
    does not on PostgreSQL, so that is only for tables that nobody of this release reads yet.
    """
    for table in model.tables:
        if anew:
            table.drop(c, checkfirst=True)
            table.create(c)
        else:
            write(c, f"DELETE FROM {table.name}", [()])


@contextmanager
def indexed_afterwards(c: Connection, models: Sequence[Model]) -> Iterator[None]:
    """Sort an index once over all rows rather than row by row, where no fold asks it meanwhile.

    PostgreSQL would shut out the readers as long as the index is gone, so it keeps its own.
    """
    tables = [table for model in models for table in model.tables]
    if c.dialect.name != "sqlite":
        tables = []
    indexes = [i for table in tables for i in table.indexes if not i.info.get("folding")]
    for index in indexes:
        index.drop(c, checkfirst=True)
    yield
    for index in indexes:
        index.create(c)


def _temporary(c: Connection, table: Table) -> str:
    made = str(CreateTable(table).compile(dialect=c.dialect))
    return made.replace("CREATE TABLE", "CREATE TEMPORARY TABLE", 1)


def _differing(c: Connection, model: Model) -> list[str]:
    """Keys of rows that only one of the served and the built table has, the first few."""
    found: list[str] = []
    schema = "main" if c.dialect.name == "sqlite" else rows(c, "SELECT current_schema()")[0][0]
    for table in model.tables:
        keys = ", ".join(column.name for column in table.primary_key.columns)
        built = select_all(table)
        served = built.replace(f"FROM {table.name}", f'FROM "{schema}".{table.name}')
        either = f"({built} EXCEPT {served}) UNION ALL ({served} EXCEPT {built})"
        if c.dialect.name == "sqlite":
            either = (
                f"SELECT * FROM ({built} EXCEPT {served}) UNION ALL "
                f"SELECT * FROM ({served} EXCEPT {built})"
            )
        question = f"SELECT DISTINCT {keys} FROM ({either}) AS differing LIMIT {SHOWN}"
        found += [" ".join(map(str, [table.info["question"], *key])) for key in rows(c, question)]
    return found


def _count(c: Connection, model: Model) -> int:
    return sum(int(rows(c, f"SELECT COUNT(*) FROM {t.name}")[0][0]) for t in model.tables)
