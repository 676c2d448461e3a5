"""Working-day arithmetic on a given calendar: no clock, no file, days as ISO text."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

REMEMBERED = 4096
"""How many answers are kept: many cases are listed on the same day."""


@dataclass(frozen=True, slots=True)
class Due:
    """A computed day; provisional where a year without a published calendar was counted through."""

    day: str
    provisional: bool


class Workdays:
    """The working days of the published years; any other year is taken as Monday to Friday."""

    def __init__(self, published: Mapping[int, Iterable[str]]) -> None:
        self._published = {year: _checked(year, days) for year, days in published.items()}
        self._added: dict[tuple[str, int], Due] = {}

    def is_published(self, year: int) -> bool:
        return year in self._published

    def is_working(self, day: str) -> bool:
        days = self._days(_year(day))
        place = bisect_left(days, day)
        return place < len(days) and days[place] == day

    def add(self, day: str, working_days: int) -> Due:
        """The n-th working day after the day; none after is the day itself or the next to work."""
        asked = (day, working_days)
        if asked not in self._added:
            if len(self._added) >= REMEMBERED:
                self._added.clear()
            self._added[asked] = self._add(day, working_days)
        return self._added[asked]

    def _add(self, day: str, working_days: int) -> Due:
        if working_days < 0:
            raise ValueError(f"cannot count {working_days} working days ahead")
        year = _year(day)
        # What is counted starts on the day after: the last day of an unpublished year adds no doubt
        sure = self.is_published(year) or (working_days > 0 and day.endswith("-12-31"))
        days = self._days(year)
        place = bisect_right(days, day) + working_days - 1
        if not working_days:
            place = bisect_left(days, day)
        while place >= len(days):
            place -= len(days)
            year += 1
            sure = sure and self.is_published(year)
            days = self._days(year)
        return Due(days[place], not sure)

    def between(self, first: str, last: str) -> int:
        """The working days after the first day up to the last, negative if the last is earlier."""
        if last < first:
            return -self.between(last, first)
        start, end = _year(first), _year(last)
        whole = sum(len(self._days(year)) for year in range(start, end))
        return whole + bisect_right(self._days(end), last) - bisect_right(self._days(start), first)

    def left(self, today: str, due: str) -> int:
        """The working days to a due day: 0 on that day only, below 0 once it has passed.

        A weekend is no working day, yet the day before it is over.
        """
        days = self.between(today, due)
        if due < today:
            return min(days, -1)
        return max(days, 1) if due > today else 0

    def _days(self, year: int) -> tuple[str, ...]:
        return self._published.get(year) or _monday_to_friday(year)


def _year(day: str) -> int:
    # Days are compared as text, so a day that is not written in full would be misplaced silently.
    if len(day) != 10:
        raise ValueError(f"not a day written as YYYY-MM-DD: {day!r}")
    return date.fromisoformat(day).year


def _checked(year: int, days: Iterable[str]) -> tuple[str, ...]:
    ordered = tuple(sorted(set(days)))
    if not ordered:
        raise ValueError(f"the calendar of {year} has no working day")
    if any(_year(day) != year for day in ordered):
        raise ValueError(f"the calendar of {year} holds a day of another year")
    return ordered


@lru_cache(maxsize=256)
def _monday_to_friday(year: int) -> tuple[str, ...]:
    first = date(year, 1, 1)
    days = (first + timedelta(n) for n in range((date(year, 12, 31) - first).days + 1))
    return tuple(day.isoformat() for day in days if day.weekday() < 5)
