"""The rows of a table carried from one database into another, a bounded number at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection, Table

from projections.driver import bare_pages, insert, key_order, select_all

AT_ONCE = 5000
Taken = Callable[[int], None]
"""Told after each page how many rows it had."""
Page = list[tuple[Any, ...]]


def carry(source: Connection, target: Connection, table: Table, taken: Taken) -> None:
    """Every row as it is stored, in the order of its key."""
    question = f"{select_all(table)} ORDER BY {key_order(source, table)}"
    # Closed also where something fails: the reading must end before its snapshot does.
    with closing(bare_pages(source, question, AT_ONCE)) as found, _into(target, table) as put:
        for page in found:
            put(page)
            taken(len(page))


@contextmanager
def _into(c: Connection, table: Table) -> Iterator[Callable[[Page], None]]:
    """What writes a page: several rows a statement on SQLite, one stream on PostgreSQL."""
    names = [column.name for column in table.columns]
    into = f"{table.name} ({', '.join(names)})"
    if c.dialect.name == "sqlite":
        statement = f"INSERT INTO {into} VALUES ({', '.join('?' * len(names))})"
        yield lambda page: insert(c, statement, page)
        return
    driver: Any = c.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as out:

        def send(page: Page) -> None:
            for row in page:
                out.write_row(row)

        yield send
