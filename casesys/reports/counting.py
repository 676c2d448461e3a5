"""The figures of a report without a receipt: counted by the same rules, nobody named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from casesys.figures.cases_of_day import Standings
from casesys.figures.drawing import Line, Wanted, version_of
from casesys.figures.drawing import counts_of as divided_by
from casesys.figures.members import UNKNOWN, Of
from casesys.figures.values import WHOLE, counts_of


def lines_among(seen: Standings, wanted: Sequence[Wanted]) -> list[Line]:
    """Each figure of a day, from three walks however many are wanted; without a digest.

    A part of the office is a list, a town, or all of it.
    """
    whole = counts_of(seen, _counts(one for one in wanted if one.of == Of()))[WHOLE]
    lists = counts_of(seen, _counts(one for one in wanted if one.of.category), "category")
    towns = counts_of(seen, _counts(one for one in wanted if one.of.town), "town")

    def its(of: Of) -> Mapping[str, int]:
        if of.category:
            return lists.get(of.category, {})
        if of.town:
            return towns.get("" if of.town == UNKNOWN else of.town, {})
        return whole

    found = []
    for number, (figure, of) in enumerate(wanted, 1):
        above, below = divided_by(figure)
        numerator = its(of).get(above, 0)
        denominator = None if below is None else its(of).get(below, 0)
        version = version_of(figure) or 0
        found.append(Line(number, figure, version, of, numerator, denominator, ""))
    return found


def _counts(wanted: Iterable[Wanted]) -> set[str]:
    return {count for one in wanted for count in divided_by(one.figure) if count is not None}
