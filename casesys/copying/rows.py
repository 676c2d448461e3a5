"""The rows of a table carried from one database into another, a bounded number at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, Table

from projections.driver import bare_pages, insert, key_order, select_all

AT_ONCE = 5000
Taken = Callable[[int], None]
"""Told after each page how many rows it had."""


def carry(source: Connection, target: Connection, table: Table, taken: Taken) -> int:
    """Every row as it is stored, in the order of its key; how many there were."""
    question = f"{select_all(table)} ORDER BY {key_order(source, table)}"
    names = [column.name for column in table.columns]
    put = _inserted if target.dialect.name == "sqlite" else _streamed
    # Closed also where something fails: the reading must end before its snapshot does.
    with closing(bare_pages(source, question, AT_ONCE)) as found:
        return put(target, table.name, names, found, taken)


def _inserted(
    c: Connection,
    table: str,
    names: Sequence[str],
    found: Iterable[list[tuple[Any, ...]]],
    taken: Taken,
) -> int:
    statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    return sum(_counted(found, lambda page: insert(c, statement, page), taken))


def _streamed(
    c: Connection,
    table: str,
    names: Sequence[str],
    found: Iterable[list[tuple[Any, ...]]],
    taken: Taken,
) -> int:
    driver: Any = c.connection.driver_connection

    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as out,
    ):

        def send(page: list[tuple[Any, ...]]) -> None:
            for row in page:
                out.write_row(row)

        return sum(_counted(found, send, taken))


def _counted(
    found: Iterable[list[tuple[Any, ...]]],
    put: Callable[[list[tuple[Any, ...]]], None],
    taken: Taken,
) -> Iterator[int]:
    for page in found:
        put(page)
        taken(len(page))
        yield len(page)
