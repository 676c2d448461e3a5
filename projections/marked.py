"""Read models of single entries: rows an entry makes by itself, and whether it still counts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import Connection, Table

from domain.entries import VOIDING, Entry
from projections.beside import Beside
from projections.driver import upsert, write
from projections.reading import NOTHING_KNOWN, Change, Known, ReadModel, Source, Told


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
    topics: ClassVar[Collection[str]]
    """The kinds of entry that make any row."""
    tells: ClassVar[bool] = True

    def __init__(self, source: TouchedEntries) -> None:
        super().__init__(source)
        self._void = f"UPDATE {self.table.name} SET voided = 1 WHERE stream_id = ? AND version = ?"

    @abstractmethod
    def marks(self, entry: Entry) -> Iterable[tuple[Any, ...]]:
        """The rows of an entry in the order of the columns, without the last one."""

    def told(self, changes: Sequence[Change[str, None]], beside: Beside) -> Told:
        found, _ = self._found(changes)
        return {self.table: found}

    def settle(self, c: Connection, changes: Sequence[Change[str, None]]) -> None:
        found, earlier = self._found(changes)
        upsert(c, self.table, found)
        # What is taken away but is not of this batch was made, and written down, before it.
        write(c, self._void, earlier)

    def _found(
        self, changes: Sequence[Change[str, None]]
    ) -> tuple[list[tuple[Any, ...]], list[tuple[str, int]]]:
        """The rows in the order of the log, and the entries taken away that make none here."""
        gone: set[tuple[str, int]] = set()
        found: list[tuple[int, tuple[str, int], tuple[Any, ...]]] = []
        for change in changes:
            for entry in change.entries:
                if entry.topic in VOIDING:
                    gone.add((entry.stream_id, entry.data["target"]))
                if entry.topic in self.topics:
                    for row in self.marks(entry):
                        found.append((entry.position, (entry.stream_id, entry.version), row))
        # In the order of the log, as they are kept: a rebuild comes stream by stream.
        found.sort(key=lambda one: one[0])
        here = {at for _, at, _ in found}
        return [(*row, int(at in gone)) for _, at, row in found], sorted(gone - here)
