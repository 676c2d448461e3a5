"""Statements that go straight to the driver, written once for both databases."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain, islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, Text
from sqlalchemy.exc import DBAPIError

T = TypeVar("T")
CHUNK = 500
"""How many keys one statement names at the most."""
AT_ONCE = 500
"""How many values one statement that inserts several rows has at the most."""


@cache
def _for(dialect: str, statement: str) -> str:
    return statement if dialect == "sqlite" else statement.replace("?", "%s")


def _raw(c: Connection) -> Any:
    """The driver's own connection: both drivers execute on it, and make the cursor themselves."""
    return c.connection.dbapi_connection


def rows(c: Connection, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a question written with ``?``."""
    try:
        cursor = _raw(c).execute(_for(c.dialect.name, statement), tuple(values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
    except c.dialect.loaded_dbapi.Error as error:
        raise _raised(c, statement, error) from error


def write(c: Connection, statement: str, values: Sequence[Sequence[Any]]) -> None:
    """One statement for every tuple of values."""
    if not values:
        return
    try:
        if len(values) == 1:
            _raw(c).execute(_for(c.dialect.name, statement), values[0])
        else:
            _raw(c).cursor().executemany(_for(c.dialect.name, statement), values)
    except c.dialect.loaded_dbapi.Error as error:
        raise _raised(c, statement, error) from error


def insert(c: Connection, statement: str, values: Sequence[Sequence[Any]]) -> None:
    """An ``INSERT … VALUES (?, …)`` for every tuple.

    SQLite takes many rows by one statement in half the time; PostgreSQL is sent them in a
    pipeline anyway, and lets no statement meet the same key twice.
    """
    many = AT_ONCE // len(values[0]) if values and c.dialect.name == "sqlite" else 0
    whole = len(values) // many * many if many else 0
    if whole:
        packs = (values[first : first + many] for first in range(0, whole, many))
        several = _several(statement, len(values[0]), many)
        write(c, several, [tuple(chain.from_iterable(pack)) for pack in packs])
    write(c, statement, values[whole:])


@cache
def _several(statement: str, width: int, many: int) -> str:
    row = f"({', '.join('?' * width)})"
    return statement.replace(row, ", ".join([row] * many))


def _raised(c: Connection, statement: str, error: Exception) -> BaseException:
    """The driver's error as SQLAlchemy's, so that callers know one kind.

    They share the driver's own cursor otherwise: a result of SQLAlchemy costs more than the
    question itself where a command asks a dozen.
    """
    return DBAPIError.instance(statement, None, error, c.dialect.loaded_dbapi.Error)


def pages(
    c: Connection, statement: str, values: Sequence[Any] = (), size: int = 2000
) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a question, a bounded number at a time."""
    found = c.exec_driver_sql(
        _for(c.dialect.name, statement), tuple(values), execution_options={"stream_results": True}
    )
    for some in found.partitions(size):
        yield [tuple(row) for row in some]


def bare_pages(
    c: Connection, statement: str, size: int
) -> Generator[list[tuple[Any, ...]], None, None]:
    """The same for a question without values, as the driver gives the rows: twice as fast."""
    if c.dialect.name == "sqlite":
        cursor = c.connection.cursor()
    else:
        # By a name, or the driver would fetch the whole answer at once.
        cursor = c.connection.driver_connection.cursor("bare_pages")  # type: ignore[union-attr]
    try:
        cursor.execute(statement)
        while page := cursor.fetchmany(size):
            yield list(page)
    finally:
        cursor.close()


ASKED = "casesys_asked"


@contextmanager
def asking_once(c: Connection) -> Iterator[None]:
    """While one batch is fed nobody else changes a read model: what was asked once may be kept."""
    c.info[ASKED] = {}
    try:
        yield
    finally:
        del c.info[ASKED]


def asked_once(c: Connection) -> dict[str, Any]:
    """What was kept since the batch began; outside of one nothing is."""
    found: dict[str, Any] = c.info.get(ASKED, {})
    return found


@cache
def select_all(table: Table) -> str:
    return f"SELECT {', '.join(column.name for column in table.columns)} FROM {table.name}"


def key_order(c: Connection, table: Table) -> str:
    """The order by primary key that is the same on every database, whatever its language."""
    plain = "" if c.dialect.name == "sqlite" else ' COLLATE "C"'
    return ", ".join(
        column.name + (plain if isinstance(column.type, Text) else "")
        for column in table.primary_key.columns
    )


@cache
def _upsert(table: Table) -> str:
    names = [column.name for column in table.columns]
    keys = [column.name for column in table.primary_key.columns]
    rest = [name for name in names if name not in keys]
    then = ", ".join(f"{name} = excluded.{name}" for name in rest)
    action = f"DO UPDATE SET {then}" if rest else "DO NOTHING"
    return f"{_inserting(table)} ON CONFLICT ({', '.join(keys)}) {action}"


@cache
def _inserting(table: Table) -> str:
    names = [column.name for column in table.columns]
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def insert_into(c: Connection, table: Table, values: Sequence[Sequence[Any]]) -> None:
    """Write whole rows whose keys are not there, given in the order of the table's columns."""
    if c.dialect.name == "sqlite":
        insert(c, _inserting(table), values)
    elif values:
        _copy(c, table, values)


def _copy(c: Connection, table: Table, values: Iterable[Sequence[Any]]) -> None:
    """PostgreSQL takes rows in one stream, with no answer for each."""
    names = ", ".join(column.name for column in table.columns)
    cursor = c.connection.cursor()
    statement = f"COPY {table.name} ({names}) FROM STDIN"
    try:
        with cursor.copy(statement) as stream:
            for row in values:
                stream.write_row(row)
    except c.dialect.loaded_dbapi.Error as error:
        raise _raised(c, statement, error) from error
    finally:
        cursor.close()


@cache
def _adding(table: Table) -> str:
    names = [column.name for column in table.columns]
    keys = ", ".join(column.name for column in table.primary_key.columns)
    sums = names[-table.info["sums"] :]
    then = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in sums)
    return f"{_inserting(table)} ON CONFLICT ({keys}) DO UPDATE SET {then}"


def add(c: Connection, table: Table, values: Sequence[tuple[Any, ...]]) -> None:
    """Write whole rows of a table of sums, each added to the one of its key that stands there."""
    insert(c, _adding(table), values)


@cache
def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def upsert(c: Connection, table: Table, values: Sequence[tuple[Any, ...]]) -> None:
    """Write whole rows, given in the order of the table's columns."""
    insert(c, _upsert(table), values)


def standing(c: Connection, table: Table, keys: Iterable[Any]) -> dict[Any, tuple[Any, ...]]:
    """The whole rows of a table whose first column is its key, by it."""
    question = f"{select_all(table)} WHERE {table.columns[0].name} IN ({{keys}})"
    return {row[0]: row for row in rows_in(c, question, keys)}


def revise(
    c: Connection,
    table: Table,
    values: Sequence[tuple[Any, ...]],
    known: Mapping[Any, tuple[Any, ...]] | None = None,
) -> None:
    """Write whole rows, of those that are there, which may be known, only what differs.

    An index whose columns stay is not touched, and a command's commit is the smaller for it. The
    table's first column is its key.
    """
    if known is None:
        known = standing(c, table, [row[0] for row in values])
    names = _names(table)
    upsert(c, table, [row for row in values if row[0] not in known])
    differing: dict[tuple[int, ...], list[tuple[Any, ...]]] = {}
    for row in values:
        before = known.get(row[0], row)
        places = tuple(place for place, value in enumerate(row) if value != before[place])
        if places:
            differing.setdefault(places, []).append((*(row[p] for p in places), row[0]))
    for places, some in differing.items():
        changed = ", ".join(f"{names[place]} = ?" for place in places)
        write(c, f"UPDATE {table.name} SET {changed} WHERE {names[0]} = ?", some)


def delete(c: Connection, table: Table, keys: Sequence[tuple[Any, ...]]) -> None:
    """Take rows away by their primary keys."""
    if not keys:
        return
    names = [column.name for column in table.primary_key.columns]
    where = " AND ".join(f"{name} = ?" for name in names)
    write(c, f"DELETE FROM {table.name} WHERE {where}", keys)


def rows_in(
    c: Connection, statement: str, keys: Iterable[Any], first: Sequence[Any] = ()
) -> Iterator[tuple[Any, ...]]:
    """The rows of a question whose ``{keys}`` stands for a list, asked in bounded pieces.

    The values that stand ``first`` belong to the places before the list.
    """
    for some in chunks(keys, CHUNK):
        question = statement.replace("{keys}", ", ".join("?" * len(some)))
        yield from rows(c, question, [*first, *some])


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
