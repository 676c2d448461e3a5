"""Instants and days as texts of one width, so that they sort, hash and read alike everywhere.

An instant is UTC to the microsecond, ``2021-03-08T01:02:59.000000Z``. A day is ``2021-03-08`` and
always a day in Asia/Shanghai, which has kept +08:00 without summer time since 1991.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

SHANGHAI = timezone(timedelta(hours=8))
FOREVER = "9999-12-31"
"""Later than every day that is asked about."""


def instant(moment: datetime) -> str:
    """The text of an aware moment."""
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone is not an instant")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def moment(text: str) -> datetime:
    """The aware moment that an instant's text stands for."""
    return datetime.fromisoformat(text)


def later(text: str, span: timedelta) -> str:
    """The instant that is this span after another, before it where the span is negative."""
    return instant(moment(text) + span)


@lru_cache(maxsize=8192)
def next_day(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


@lru_cache(maxsize=8192)
def previous_day(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def last_of_month(month: str) -> str:
    """The last day of a month, ``2021-02``."""
    return f"{month}-{monthrange(int(month[:4]), int(month[5:]))[1]:02d}"


def local_day(text: str) -> str:
    """The day in Shanghai on which an instant falls."""
    day = text[:10]
    return day if text[11:13] < "16" else next_day(day)


def start_of_day(day: str) -> str:
    """Local midnight: the instant of a fact of which only the day is known."""
    return previous_day(day) + "T16:00:00.000000Z"


def end_of_day(day: str) -> str:
    """The last instant that still belongs to the day."""
    return day + "T15:59:59.999999Z"
