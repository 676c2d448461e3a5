"""Read models of a row for some of the cases: one that the question is no longer about is gone."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import Connection, Table

from projections.driver import delete, revise, upsert
from projections.reading import CaseStories, Change, ReadModel, Story


class SomeCases(ReadModel[str, Story]):
    """One row a case that the question is about; the table's first column is its stream."""

    table: ClassVar[Table]

    def __init__(self, source: CaseStories) -> None:
        super().__init__(source)

    @abstractmethod
    def row(self, stream: str, story: Story) -> tuple[Any, ...] | None:
        """The row of a case in the order of the columns; None where there is nothing to say."""

    def settle(self, c: Connection, changes: Sequence[Change[str, Story]]) -> None:
        new: list[tuple[Any, ...]] = []
        changed: list[tuple[Any, ...]] = []
        gone: list[tuple[Any, ...]] = []
        for change in changes:
            found = self.row(change.key, change.after)
            if found is not None:
                (new if change.before is None else changed).append(found)
            elif change.before is not None:
                gone.append((change.key,))
        upsert(c, self.table, new)
        revise(c, self.table, changed)
        delete(c, self.table, gone)
