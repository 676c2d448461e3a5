"""Read models of single entries: rows an entry makes by itself, and whether it still counts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import Connection, Table

from domain.entries import VOIDING, Entry
from projections.driver import upsert, write
from projections.reading import NOTHING_KNOWN, Change, Known, ReadModel, Source


class TouchedEntries(Source[str, None]):
    """Every entry, by its stream; nothing needs to be known of a stream, so nothing is read."""

    by_stream = True

    def key(self, entry: Entry) -> str | None:
        return entry.stream_id

    def load(
        self, c: Connection, keys: set[str], before: int, known: Known = NOTHING_KNOWN
    ) -> Mapping[str, None]:
        return {}

    def fold(self, state: None, entries: Sequence[Entry]) -> None:
        return None


class MarkedEntries(ReadModel[str, None]):
    """Rows that one entry makes by itself; those of an entry taken away stay, and say so.

    The table has ``stream_id`` and ``version`` of the entry, and ``voided`` as its last column.
    """

    table: ClassVar[Table]

    def __init__(self, source: TouchedEntries) -> None:
        super().__init__(source)
        self._void = f"UPDATE {self.table.name} SET voided = 1 WHERE stream_id = ? AND version = ?"

    @abstractmethod
    def marks(self, entry: Entry) -> Iterable[tuple[Any, ...]]:
        """The rows of an entry in the order of the columns, without the last one."""

    def settle(self, c: Connection, changes: Sequence[Change[str, None]]) -> None:
        gone: set[tuple[str, int]] = set()
        found: list[tuple[int, tuple[str, int], tuple[Any, ...]]] = []
        for change in changes:
            for entry in change.entries:
                if entry.topic in VOIDING:
                    gone.add((entry.stream_id, entry.data["target"]))
                here = (entry.stream_id, entry.version)
                found += [(entry.position, here, row) for row in self.marks(entry)]
        # In the order of the log, as they are kept: a rebuild comes stream by stream.
        found.sort(key=lambda one: one[0])
        upsert(c, self.table, [(*row, int(here in gone)) for _, here, row in found])
        # What is taken away but is not of this batch was made, and written down, before it.
        write(c, self._void, sorted(gone - {here for _, here, _ in found}))
