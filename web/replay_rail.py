"""Where the marks of the two-clock rail stand: happened above, recorded below, a line an entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from casesys import LATE_DAYS, Entry, Frame, PlayedCase, moment

MOST = 60
"""So many entries are drawn, those round the one that is looked at."""


class Size(NamedTuple):
    """The frame of the drawing."""

    width: int
    left: int
    right: int
    months: int
    """So many month names have room."""


SIZES = {"wide": Size(1000, 76, 984, 12), "narrow": Size(340, 8, 332, 4)}
HAPPENED_AT, RECORDED_AT, HEIGHT = 46, 98, 128


class Mark(NamedTuple):
    """One entry: where it happened and where it was recorded; ``kind`` is how it is drawn."""

    happened: float
    recorded: float
    kind: str
    late_days: int


class Month(NamedTuple):
    """The first day of a month on the rail."""

    x: float
    name: str


class Rail(NamedTuple):
    """The drawing in one size; ``here`` is drawn last, over the others."""

    name: str
    size: Size
    marks: Sequence[Mark]
    here: Mark
    months: Sequence[Month]
    late: int


def rail(played: PlayedCase, frame: Frame) -> list[Rail]:
    """The rail of the entries round the one that is looked at, wide and narrow."""
    first = max(0, min(frame.n - MOST // 2, played.total - MOST))
    some = list(enumerate(played.entries[first : first + MOST], first + 1))
    instants = [at for _, e in some for at in (e.occurred_at, e.recorded_at)]
    begins, ends = moment(min(instants)), moment(max(instants))
    return [_drawn(name, size, played, frame, some, (begins, ends)) for name, size in SIZES.items()]


def _drawn(
    name: str,
    size: Size,
    played: PlayedCase,
    frame: Frame,
    some: Sequence[tuple[int, Entry]],
    span: tuple[datetime, datetime],
) -> Rail:
    begins, ends = span
    seconds = max(1.0, (ends - begins).total_seconds())

    def x(at: datetime) -> float:
        share = (at - begins).total_seconds() / seconds
        return round(size.left + share * (size.right - size.left), 1)

    marks = []
    here = None
    gone = played.taken_away(frame.n)
    for n, entry in some:
        its = played.view.moment(entry)
        kind = "late" if its.late_days >= LATE_DAYS else "timely"
        kind = "voided" if entry.version in gone else kind
        kind = "ahead" if n > frame.n else kind
        ends_at = x(moment(entry.occurred_at)), x(moment(entry.recorded_at))
        mark = Mark(*ends_at, "here" if n == frame.n else kind, its.late_days)
        if n == frame.n:
            here = mark
        else:
            marks.append(mark)
    assert here is not None
    months = [Month(x(at), words) for at, words in _months(begins, ends)]
    step = -(-len(months) // size.months) or 1
    late = sum(mark.late_days >= LATE_DAYS for mark in (*marks, here))
    return Rail(name, size, marks, here, months[::step], late)


def _months(begins: datetime, ends: datetime) -> Iterator[tuple[datetime, str]]:
    year, month = begins.year, begins.month
    while True:
        month += 1
        if month > 12:
            year, month = year + 1, 1
        at = begins.replace(
            year=year, month=month, day=1, hour=0, minute=0, second=0, microsecond=0
        )
        if at > ends:
            return
        yield at, f"{year}-{month:02d}"
