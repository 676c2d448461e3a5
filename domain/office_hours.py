"""When the office is open: its hours as dated rules, and the working days of its calendar."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from domain.instants import local_day
from domain.rulesets import Sure
from domain.workdays import Workdays

OFF_HOURS, OFF_DAY = "off_hours", "off_day"


class OfficeHours(NamedTuple):
    """From its first day on the office works from one time of the day up to another."""

    first_day: str
    opens: str
    closes: str
    source: str
    sure: Sure


HOURS: tuple[OfficeHours, ...] = (
    OfficeHours("0001-01-01", "08:00", "18:00", "office: the counter's hours", Sure.DESIGN),
)
"""The first line begins before every day; an office that changes its hours adds a line below."""

MIDNIGHT = "T16:00:00.000000Z"
"""How an instant ends of which only the day is known."""
Open = tuple[str, str, str]
"""From which minute of an hour up to which the office is open, and how the others lie outside."""


def hours_on(day: str) -> OfficeHours:
    return next(hours for hours in reversed(HOURS) if hours.first_day <= day)


def outside_hours(workdays: Workdays) -> Callable[[str], str | None]:
    """Says of an instant how it lies outside: on a day off, or at a time when nobody is there.

    A fact known by day has no time of day, and nothing is said of it.
    """
    known: dict[str, Open] = {}

    def outside(text: str) -> str | None:
        hour = text[:13]
        found = known.get(hour)
        if found is None:
            found = known[hour] = _open_in(text, workdays)
        if found[0] <= text[14:16] < found[1] or text.endswith(MIDNIGHT):
            return None
        return found[2]

    return outside


def _open_in(text: str, workdays: Workdays) -> Open:
    """The minutes of the hour of an instant; hours in Shanghai begin with those in UTC."""
    day = local_day(text)
    if not workdays.is_working(day):
        return ("", "", OFF_DAY)
    hours = hours_on(day)
    hour = f"{(int(text[11:13]) + 8) % 24:02d}"
    return (_minute(hours.opens, hour), _minute(hours.closes, hour), OFF_HOURS)


def _minute(time: str, hour: str) -> str:
    """The minute of an hour at which a time of the day comes; before its first or after its last.

    A minute is compared as text: nothing is before "", nothing of an hour after "60".
    """
    if time[:2] == hour:
        return time[3:]
    return "" if time[:2] < hour else "60"
