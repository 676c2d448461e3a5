"""The listed cases at the end of a day, as numbers of words that many of them share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from casesys.figures.day_sums import Share, Sums, reasons, share_out, sums_of
from domain.workdays import Workdays
from projections.case_facts import CaseOnDay, Facts, Place
from projections.rates_spans import WHOLE_ROW, Kind, Row

Names = Mapping[int, tuple[str, str]]


class Question(NamedTuple):
    """Which day, as known when (None: now), and the unit whose cases the reader sees.

    With ``position``, as the log stood when that was its last; an import says of its entries that
    they were known long ago.
    """

    as_of: str
    known_at: str | None = None
    reach: str = ""
    position: int | None = None


class Standings:
    """The listed cases at the end of a day, and their sums, to which cases come and go."""

    def __init__(
        self, asked: Question, workdays: Workdays, columns: Collection[int] = WHOLE_ROW
    ) -> None:
        self.asked = asked
        self.columns = columns
        """What of a row is read; what is not read of it is zero."""
        self.workdays = workdays
        self.position = 0
        self.within: Collection[str] | None = None
        self.answers: dict[tuple[str, str | None], Any] = {}
        """What was asked of these cases while the log did not go on."""
        self.facts: dict[int, Facts] = {}
        self.places: dict[int, Place] = {}
        self.kinds: dict[int, Kind] = {}
        self.names: dict[int, tuple[str, str]] = {}
        """Stream and enterprise of the cases that were asked for by name."""
        self._named: Callable[[Collection[int] | None], Names] = lambda _: {}
        self._rows: dict[int, Row] = {}
        self._in_order = True
        self._many: Counter[int] | None = None
        self._sums: Sums | None = None
        self._impeding: Counter[tuple[str, int]] | None = None
        self._groups: dict[str, dict[str, dict[int, Share]]] = {}

    def names_from(self, named: Callable[[Collection[int] | None], Names]) -> None:
        """Where names are read while this one is asked."""
        self._named = named

    def take(self, numbers: Iterable[int], anew: Iterable[Row]) -> None:
        """Put these cases in the place of what was known of the numbers."""
        for number in numbers:
            gone = self._rows.pop(number, None)
            if gone is not None:
                self._add(gone, -1)
        first = not self._rows
        new = {row[0]: row for row in (sorted(anew) if first else anew)}
        if first:
            self._rows = new
        else:
            self._rows |= new
        if self._many is not None or self._impeding is not None or self._groups:
            for row in new.values():
                self._add(row, 1)
        self._in_order, self._sums = first, None

    def _add(self, row: Row, sign: int) -> None:
        """Keep what was added up already in step."""
        if self._many is not None:
            self._many[row[1]] += sign
        if self._impeding is not None:
            for why in reasons(self.facts[row[1]]):
                self._impeding[why, row[4]] += sign
        for axis, groups in self._groups.items():
            self._share_out(groups, axis, (row,), sign)

    # -- the cases -------------------------------------------------------------------------------

    def cases(self) -> list[CaseOnDay]:
        """Every case, in the order in which they were opened."""
        found = self.rows()
        return self.told(found, self.named([row[0] for row in found]))

    def told(self, some: Iterable[Row], names: Names) -> list[CaseOnDay]:
        """These cases in words."""
        kinds, places, facts = self.kinds, self.places, self.facts
        new = tuple.__new__
        return [
            new(CaseOnDay, names[number] + kinds[kind] + places[place] + facts[word])
            for number, word, place, kind, _ in some
        ]

    def rows(self, part: Mapping[str, str] | None = None) -> list[Row]:
        """Every case, or those of one part of the office, in the order of their opening."""
        if not self._in_order:
            self._rows = dict(sorted(self._rows.items()))
            self._in_order = True
        found = list(self._rows.values())
        for axis, name in (part or {}).items():
            nth, names = COLUMN_OF[axis], self.names_of(axis)
            wanted = {word for word, its in names.items() if its == name}
            found = [row for row in found if row[nth] in wanted]
        return found

    def names_of(self, axis: str) -> dict[int, str]:
        """Which group of an axis each word says."""
        said: Mapping[int, Any] = (self.facts, self.places, self.kinds)[COLUMN_OF[axis] - 1]
        return {word: getattr(its, axis) for word, its in said.items()}

    def governed(self, axis: str) -> set[str]:
        """The groups of an axis in which a governed case is."""
        nth, names = COLUMN_OF[axis], self.names_of(axis)
        return {names[row[nth]] for row in self._rows.values() if self.facts[row[1]].cases}

    def named(self, numbers: Collection[int]) -> Names:
        """Stream and enterprise of each of these cases."""
        missing = [number for number in numbers if number not in self.names]
        if missing:
            many = len(missing) > len(self._rows) // 4
            self.names.update(self._named(None if many else missing))
        return self.names

    # -- what they add up to ---------------------------------------------------------------------

    @property
    def many(self) -> Counter[int]:
        """Of how many cases the same is true, by the word for it."""
        if self._many is None:
            self._many = Counter([row[1] for row in self._rows.values()])
        return self._many

    @property
    def sums(self) -> Sums:
        if self._sums is None:
            self._sums = sums_of({self.facts[word]: n for word, n in self.many.items() if n})
        return self._sums

    @property
    def impeding(self) -> Counter[tuple[str, int]]:
        """How many cases of each enterprise each reason holds up."""
        if self._impeding is None:
            why = {word: reasons(self.facts[word]) for word in self.many}
            self._impeding = Counter(
                [(one, row[4]) for row in self._rows.values() for one in why[row[1]]]
            )
        return self._impeding

    def groups(self, axis: str) -> dict[str, dict[int, Share]]:
        """What each group of an axis has of each enterprise; made when first asked for."""
        if axis not in self._groups:
            groups: dict[str, dict[int, Share]] = {}
            self._share_out(groups, axis, self._rows.values(), 1)
            self._groups[axis] = groups
        return self._groups[axis]

    def _share_out(
        self, groups: dict[str, dict[int, Share]], axis: str, these: Iterable[Row], sign: int
    ) -> None:
        nth, names = COLUMN_OF[axis], self.names_of(axis)
        for row in these:
            facts = self.facts[row[1]]
            if facts.cases and facts.places:
                share_out(groups.setdefault(names[row[nth]], {}), row[4], facts, sign)


COLUMN_OF = {"debt": 1, **dict.fromkeys(Place._fields, 2), **dict.fromkeys(Kind._fields, 3)}
"""Which word of a row says in which group of an axis it is."""
