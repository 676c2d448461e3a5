"""What whole new stories give, written into tables that know nothing of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import add
from typing import Any

from sqlalchemy import Connection, Table

from projections.driver import add as add_rows
from projections.driver import insert_into, write

MOST_SUMS = 400_000
"""How many sums of a table are held at once; more are written down, and added to later."""
Row = Sequence[Any]


class Sums:
    """Rows of a table of sums, those of one key added up."""

    def __init__(self, table: Table) -> None:
        self._many = table.info["sums"]
        self._sums: dict[tuple[Any, ...], list[int]] = {}

    def __len__(self) -> int:
        return len(self._sums)

    def take(self, values: Iterable[Row]) -> None:
        sums, many = self._sums, self._many
        for row in values:
            key = tuple(row[:-many])
            had = sums.get(key)
            more = row[-many:]
            sums[key] = list(more) if had is None else list(map(add, had, more))

    def given(self) -> list[tuple[Any, ...]]:
        """What was added up, by key; what came to nothing is no row. Then it begins anew."""
        found = [(*key, *self._sums[key]) for key in sorted(self._sums) if any(self._sums[key])]
        self._sums.clear()
        return found


class Bulk:
    """Inserts rows as they come; what is added up is held, so that each sum is written once."""

    def __init__(self, c: Connection, tables: Iterable[Table]) -> None:
        self._c = c
        self._sums = {table: Sums(table) for table in tables if table.info["sums"]}
        self._written: set[Table] = set()

    def take(self, table: Table, values: Sequence[Row]) -> None:
        sums = self._sums.get(table)
        if sums is None:
            insert_into(self._c, table, values)
            return
        sums.take(values)
        if len(sums) > MOST_SUMS:
            self.write_sums(table)

    def write_sums(self, table: Table) -> None:
        sums = self._sums.get(table)
        if not sums:
            return
        add_rows(self._c, table, sums.given())
        if table in self._written:
            drop_nothing(self._c, table)
        self._written.add(table)


def drop_nothing(c: Connection, table: Table) -> None:
    """Take out the sums that came to nothing."""
    names = [column.name for column in table.columns][-table.info["sums"] :]
    nothing = " AND ".join(f"{name} = 0" for name in names)
    write(c, f"DELETE FROM {table.name} WHERE {nothing}", [()])
