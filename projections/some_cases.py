"""Read models of a row for some of the cases: one that the question is no longer about is gone."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import Connection, Table

from projections.beside import Beside
from projections.driver import delete, revise
from projections.reading import CaseStories, Change, ReadModel, Story, Told


class SomeCases(ReadModel[str, Story]):
    """One row a case that the question is about; the table's first column is its stream."""

    table: ClassVar[Table]
    tells: ClassVar[bool] = True

    def __init__(self, source: CaseStories) -> None:
        super().__init__(source)

    @abstractmethod
    def row(self, stream: str, story: Story) -> tuple[Any, ...] | None:
        """The row of a case in the order of the columns; None where there is nothing to say."""

    def told(self, changes: Sequence[Change[str, Story]], beside: Beside) -> Told:
        found = (self.row(change.key, change.after) for change in changes)
        return {self.table: [row for row in found if row is not None]}

    def settle(self, c: Connection, changes: Sequence[Change[str, Story]]) -> None:
        told: list[tuple[Any, ...]] = []
        known: dict[str, tuple[Any, ...]] = {}
        gone: list[tuple[Any, ...]] = []
        for change in changes:
            # What stands there is what the entries before said: it need not be read back.
            before = None if change.before is None else self.row(change.key, change.before)
            after = self.row(change.key, change.after)
            if before is not None:
                known[change.key] = before
            if after is not None:
                told.append(after)
            elif before is not None:
                gone.append((change.key,))
        revise(c, self.table, told, known)
        delete(c, self.table, gone)
