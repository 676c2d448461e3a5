"""Where two versions of a read model stand beside each other, and what their tables have in common.

Of the other release's tables this one knows the names, from ``read_model``, and asks the database
for their columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Table, inspect
from sqlalchemy.exc import NoSuchTableError

from projections.driver import rows

NAMED = "SELECT tables FROM read_model WHERE name = ? AND version = ?"
Columns = Mapping[str, str]
"""The type of each column as the database says it, by its name and in its order."""


@dataclass(frozen=True)
class Beside:
    """One table in both versions; ``old`` is the name that it has in the other."""

    question: str
    old: str
    new: str
    had: Columns
    has: Columns
    keys: tuple[str, ...]
    """What a row is found by; nothing where the two find it by other columns."""

    @cached_property
    def common(self) -> list[str]:
        return [name for name in self.has if name in self.had]

    @property
    def come(self) -> list[str]:
        return [name for name in self.has if name not in self.had]

    @property
    def gone(self) -> list[str]:
        return [name for name in self.had if name not in self.has]

    def told(self, alias: str, name: str) -> str:
        """A column as it is compared: as text where the two keep it otherwise."""
        if self.had[name] == self.has[name]:
            return f"{alias}.{name}"
        return f"CAST({alias}.{name} AS TEXT)"


def names_of(c: Connection, name: str, version: int) -> dict[str, str]:
    """The tables of one version of a read model, by what they are about."""
    found = rows(c, NAMED, [name, version])
    return {table.rpartition("_")[0]: table for table in found[0][0].split()} if found else {}


def beside(c: Connection, table: Table, old: str) -> Beside | None:
    """A table of this release beside the other's; None where that is gone."""
    had = columns_of(c, old)
    if not had:
        return None
    own = tuple(column.name for column in table.primary_key.columns)
    its = inspect(c).get_pk_constraint(old)["constrained_columns"]
    keys = own if set(its) == set(own) else ()
    return Beside(table.info["question"], old, table.name, had, columns_of(c, table.name), keys)


def columns_of(c: Connection, table: str) -> Columns:
    try:
        found: Sequence[Any] = inspect(c).get_columns(table)
    except NoSuchTableError:
        return {}
    return {column["name"]: str(column["type"]) for column in found}
