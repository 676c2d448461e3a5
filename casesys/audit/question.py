"""One page of the log under conditions, never reading more of it at once than a page may cost."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection

from casesys.log import SELECT, entry_of
from domain.entries import Entry
from projections.driver import rows

SPAN = 200_000
"""How many entries one page reads at the most where no index leads to those that answer."""
FEW = 5_000
"""So many entries of a time are looked up by its index; where there are more, the log is read."""

Window = tuple[int, int]


class Edges(Protocol):
    """From which position a page is read: older than ``before``, or newer than ``after``."""

    @property
    def before(self) -> int | None: ...
    @property
    def after(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Page:
    """Entries newest first; ``searched`` is how far the log was read where it was not all read."""

    entries: Sequence[Entry]
    newer: int | None
    older: int | None
    searched: int | None


@dataclass(slots=True)
class Question:
    """Conditions on entries; ``narrow`` if an index leads to the few that can answer."""

    where: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    narrow: bool = False
    within: Window | None = None

    def also(self, condition: str, *values: Any, narrow: bool = False) -> None:
        self.where.append(condition)
        self.values += values
        self.narrow = self.narrow or narrow

    def one_of(self, column: str, values: Collection[str], *, narrow: bool = False) -> None:
        self.also(f"{column} IN ({marks_for(values)})", *values, narrow=narrow)

    def keep_to(self, window: Window | None) -> None:
        """Only these positions can answer; None: that is not known."""
        self.within = window
        self.narrow = self.narrow or window is not None

    def page(self, c: Connection, edges: Edges, head: int, size: int, span: int) -> Page:
        """At most ``size`` entries, and at most ``span`` of the log read to find them."""
        first, last = self.within or (1, head)
        if edges.after is not None:
            bottom = min(max(edges.after, first - 1), last)
            return self._newer(c, bottom, last, size, span)
        top = last + 1 if edges.before is None else min(edges.before, last + 1)
        return self._older(c, first, max(top, 1), last, size, span)

    def _older(self, c: Connection, first: int, top: int, last: int, size: int, span: int) -> Page:
        low = first if self.narrow else max(first, top - span)
        found = self._between(c, low, top - 1, "DESC", size + 1)
        older = searched = None
        if len(found) > size:
            older = found[size - 1].position
        elif low > first:
            older = searched = low
        return Page(found[:size], top - 1 if top <= last else None, older, searched)

    def _newer(self, c: Connection, bottom: int, last: int, size: int, span: int) -> Page:
        high = last if self.narrow else min(last, bottom + span)
        found = self._between(c, bottom + 1, high, "ASC", size + 1)
        newer = searched = None
        if len(found) > size:
            newer = found[size - 1].position
        elif high < last:
            newer = searched = high
        return Page(found[:size][::-1], newer, bottom + 1 if bottom > 0 else None, searched)

    def _between(self, c: Connection, low: int, high: int, order: str, most: int) -> list[Entry]:
        where = " AND ".join(["position >= ? AND position <= ?", *self.where])
        question = f"{SELECT} WHERE {where} ORDER BY position {order} LIMIT ?"
        return [entry_of(row) for row in rows(c, question, [low, high, *self.values, most])]


def window(c: Connection, clock: str, first: str, last: str, head: int) -> Window | None:
    """The positions between which all entries of a time stand; None: they are too many to say.

    What the server's clock says never goes back, so its times are found by halving the log.
    """
    if clock == "entered":
        return _since(c, first, head), _since(c, last + "~", head) - 1
    question = (
        "SELECT COUNT(*), MIN(position), MAX(position) FROM (SELECT position FROM log "
        "WHERE recorded_at >= ? AND recorded_at <= ? LIMIT ?) few"
    )
    ((many, low, high),) = rows(c, question, [first, last, FEW])
    if many == FEW:
        return None
    return (low, high) if many else (1, 0)


def _since(c: Connection, at: str, head: int) -> int:
    """The first position that was entered at this instant or later; one after the head if none."""
    low, high = 1, head + 1
    while low < high:
        middle = (low + high) // 2
        ((entered_at,),) = rows(c, "SELECT entered_at FROM log WHERE position = ?", [middle])
        if entered_at < at:
            low = middle + 1
        else:
            high = middle
    return low


def marks_for(values: Collection[Any]) -> str:
    return ", ".join("?" * len(values))
