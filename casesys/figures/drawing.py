"""Whom a figure counts, in the names that a reader can check, and the digest over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Connection

from casesys.figures.cases_of_day import Question, Standings, seen_rows, standings
from casesys.figures.members import Counted, Of, counted_of
from casesys.registry import encode
from casesys.system import System
from domain.counts import COUNTS, CountingUnit
from domain.formulas import FORMULAS
from domain.refusals import FigureIsUnknown
from projections.case_lines import counted_numbers
from projections.driver import pages
from projections.ledger import LEDGER


class Wanted(NamedTuple):
    """One figure of a part of the office, by the name of its formula or of its count."""

    figure: str
    of: Of = Of()


class Line(NamedTuple):
    """One figure as it was computed; a count has no denominator.

    ``number`` is its place within the receipt, from 1.
    """

    number: int
    figure: str
    version: int
    of: Of
    numerator: int
    denominator: int | None
    digest: str

    @property
    def counts(self) -> tuple[int, int | None]:
        return self.numerator, self.denominator


Part = tuple[str, Of]
"""One count of a part of the office: several figures divide by the same."""

Names = list[str]
"""Case numbers, case and record numbers or credit codes, sorted; nothing stands in it twice."""


class Drawn(NamedTuple):
    """The figures of a day with their members; ``position`` is the last entry that was known."""

    position: int
    lines: list[Line]
    members: Mapping[Part, Names]


def counts_of(figure: str) -> tuple[str, str | None]:
    """What is divided by what; a count stands alone.

    :raises FigureIsUnknown: neither a formula nor a count has this name
    """
    if figure in FORMULAS:
        return FORMULAS[figure].numerator, FORMULAS[figure].denominator
    if figure in COUNTS:
        return figure, None
    raise FigureIsUnknown(figure=figure[:60])


def version_of(figure: str) -> int | None:
    """The version of the rule as this release has it; None where it has none of this name."""
    if figure in FORMULAS:
        return FORMULAS[figure].version
    return COUNTS[figure].version if figure in COUNTS else None


def parts_of(wanted: Iterable[Wanted]) -> list[Part]:
    """Every count that these figures are made of, each once."""
    found = ((count, one.of) for one in wanted for count in counts_of(one.figure) if count)
    return list(dict.fromkeys(found))


def draw(system: System, c: Connection, asked: Question, wanted: Sequence[Wanted]) -> Drawn:
    """Compute the figures of a day, all of them from one walk.

    :raises FigureIsUnknown: neither a formula nor a count has a wanted name
    """
    parts = parts_of(wanted)
    head = system.log.head(c)[0]
    with standings(system, c, asked) as seen:
        # Another reader's snapshot may be an entry ahead of this one; names are read from ours.
        position = seen.position if asked.position is None else min(asked.position, head)
        found = _counted(seen, parts) if position <= head else None
    if found is None:
        asked, position = asked._replace(position=head), head
        with standings(system, c, asked) as seen:
            found = _counted(seen, parts)
    members = _named(system, c, asked, found)
    return Drawn(position, lines_of(asked._replace(position=position), wanted, members), members)


def _counted(seen: Standings, parts: Iterable[Part]) -> dict[Part, list[Counted]]:
    every = seen.cases()
    return {(count, of): counted_of(of.among(every), count) for count, of in parts}


def lines_of(
    asked: Question, wanted: Sequence[Wanted], members: Mapping[Part, Names]
) -> list[Line]:
    """The figures, counted from their members."""
    found = []
    for number, (figure, of) in enumerate(wanted, 1):
        above, below = counts_of(figure)
        version = version_of(figure)
        assert version is not None
        over = members[above, of]
        under = None if below is None else members[below, of]
        found.append(
            Line(
                number,
                figure,
                version,
                of,
                len(over),
                None if under is None else len(under),
                digest_of(asked, figure, version, of, over, under),
            )
        )
    return found


def digest_of(
    asked: Question, figure: str, version: int, of: Of, above: Names, below: Names | None
) -> str:
    """SHA-256 over what the figure is and everybody whom it counts, as one JSON array."""
    when = [asked.as_of, asked.known_at, asked.position, asked.reach]
    return sha256(encode([figure, version, told(of), *when, above, below])).hexdigest()


def told(of: Of) -> dict[str, str]:
    """What narrows the part, without what does not."""
    return {name: value for name, value in sorted(of._asdict().items()) if value}


def name_of(
    count: str,
    one: Counted,
    numbers: Mapping[str, str],
    records: Mapping[str, Sequence[str]],
) -> str:
    """A 宗 by its case's number and its own, a 件 by its number, a 家 by its credit code."""
    if COUNTS[count].unit == CountingUnit.ENTERPRISE:
        return one.enterprise
    (stream,) = one.cases
    return numbers[stream] if one.nth is None else f"{numbers[stream]} {records[stream][one.nth]}"


def _named(
    system: System, c: Connection, asked: Question, found: Mapping[Part, list[Counted]]
) -> dict[Part, Names]:
    numbers = dict(chain.from_iterable(pages(c, f"SELECT stream_id, number FROM {LEDGER}")))
    of_records = {one.cases[0] for many in found.values() for one in many if one.nth is not None}
    records = {
        row.stream: counted_numbers(row, until)
        for row, until in seen_rows(system, c, asked, of_records)
    }
    return {
        part: sorted(name_of(part[0], one, numbers, records) for one in many)
        for part, many in found.items()
    }
