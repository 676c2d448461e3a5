"""Why a figure changed: both values, who came and who left, and the entries that did it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection

from casesys.figures.cases_of_day import Question
from casesys.figures.causes import Cause, Causes
from casesys.figures.members import SIZE, Of, Row, named
from casesys.figures.two_states import Moved, Part, TwoStates, count_of
from casesys.permits import Person
from casesys.system import System
from domain.formulas import FORMULAS, Rate
from projections.case_file import CASE_FILE
from projections.driver import rows_in
from projections.paging import paged


class BooksDiverge(ValueError):
    """What the first question may use is not all there for the second."""


class Explained(NamedTuple):
    """One who came into a part of the fraction, or left it, and what did it."""

    part: Part
    entered: bool
    row: Row
    causes: Sequence[Cause]


class Traffic(NamedTuple):
    """How many came into a part of the fraction, and how many left it."""

    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class Change:
    """A figure in two states, and one page of those who make the difference.

    ``numbers`` are those of the cases on which the named entries stand.
    """

    figure: str
    before: Question
    after: Question
    rates: tuple[Rate, Rate]
    traffic: Mapping[Part, Traffic]
    moved: Sequence[Explained]
    numbers: Mapping[str, str]
    total: int
    page: int
    pages: int
    first: int


def why_changed(
    system: System,
    person: Person,
    figure: str,
    before: Question,
    after: Question,
    of: Of | None = None,
    page: int = 1,
    size: int = SIZE,
) -> Change:
    """What parts a figure in two states of the books, or on two days, within the reader's reach.

    :raises KeyError: no formula has this name
    :raises BooksDiverge: the second state is not that of a later day, or of books that know more
    """
    formula, part_of_office = FORMULAS[figure], of or Of()
    before, after = (one._replace(reach=person.reach) for one in (before, after))
    if not _goes_on(before, after):
        raise BooksDiverge(figure)
    with system.database.read() as c:
        two = TwoStates(system, c, before, after, part_of_office, formula)
        moved = list(two.moved())
        at = paged(len(moved), page, size)
        some = moved[at.start : at.stop]
        causes = Causes(system, c, two, part_of_office)
        told = causes.of_all([(one, count_of(formula, one.part)) for one in some])
        explained = [
            Explained(one.part, one.entered, row, its)
            for one, row, its in zip(some, _rows(system, c, two, some), told, strict=True)
        ]
        return Change(
            figure,
            before,
            after,
            two.rates(),
            {
                part: Traffic(
                    sum(one.part == part and one.entered for one in moved),
                    sum(one.part == part and not one.entered for one in moved),
                )
                for part in Part
            },
            explained,
            _numbers(c, told),
            at.total,
            at.page,
            at.pages,
            at.first,
        )


def _goes_on(before: Question, after: Question) -> bool:
    """Whether all that the first question may use is there for the second."""
    return (
        before.as_of <= after.as_of
        and _reaches(after.known_at, before.known_at)
        and _reaches(after.position, before.position)
    )


def _reaches(last: Any, first: Any) -> bool:
    """None is all that there is now."""
    return last is None or (first is not None and bool(first <= last))


def _rows(system: System, c: Connection, two: TwoStates, some: Sequence[Moved]) -> list[Row]:
    """The names of each as they stood where it was counted."""
    found: dict[int, Row] = {}
    for entered, state in ((True, two.after), (False, two.before)):
        places = [n for n, one in enumerate(some) if one.entered == entered]
        named_rows = named(system, c, state.asked, [some[n].one for n in places])
        found |= dict(zip(places, named_rows, strict=True))
    return [found[n] for n in range(len(some))]


def _numbers(c: Connection, told: Sequence[Sequence[Cause]]) -> dict[str, str]:
    streams = {entry.stream_id for its in told for cause in its for entry in cause.entries}
    question = f"SELECT stream_id, number FROM {CASE_FILE} WHERE stream_id IN ({{keys}})"
    return dict(rows_in(c, question, streams))
