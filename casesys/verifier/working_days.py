"""Days in Shanghai, and the office's working days by the calendars that stand in its log."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

SHANGHAI_CLOCK = timezone(timedelta(hours=8))
"""The office's time, which has known no summer time since before its first day."""
ONE_DAY = timedelta(days=1)
SATURDAY = 5


@lru_cache(maxsize=65536)
def day_in_shanghai(instant: str) -> str:
    """The day, as 2021-03-08, on which an instant of the log falls for the office."""
    return datetime.fromisoformat(instant).astimezone(SHANGHAI_CLOCK).date().isoformat()


def months_later(day: str, months: int) -> str:
    """The same day some months on; the last of its month where that month is too short."""
    year, month, of_month = map(int, day.split("-"))
    years, month = divmod(month - 1 + months, 12)
    year, month = year + years, month + 1
    return date(year, month, min(of_month, monthrange(year, month)[1])).isoformat()


def day_after(day: str) -> str:
    return (date.fromisoformat(day) + ONE_DAY).isoformat()


class WorkingDays:
    """The working days of the published years; of any other year, Monday to Friday."""

    def __init__(self, published: Mapping[int, Iterable[str]]) -> None:
        self._published = {year: frozenset(days) for year, days in published.items()}
        self._counted: dict[tuple[str, int], str] = {}

    def is_one(self, day: date) -> bool:
        published = self._published.get(day.year)
        return day.weekday() < SATURDAY if published is None else day.isoformat() in published

    def nth_after(self, day: str, n: int) -> str:
        """The n-th working day after a day, which itself is not counted."""
        asked = (day, n)
        if asked not in self._counted:
            found = date.fromisoformat(day)
            while n:
                found += ONE_DAY
                n -= self.is_one(found)
            self._counted[asked] = found.isoformat()
        return self._counted[asked]

    def on_or_after(self, day: str) -> str:
        """The day itself if it is a working day, else the next one that is."""
        found = date.fromisoformat(day)
        while not self.is_one(found):
            found += ONE_DAY
        return found.isoformat()
