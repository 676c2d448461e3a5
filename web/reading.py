"""What every page reads of its request: the system, the language, the day and the books."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any, cast

from flask import current_app, g, request

from casesys import EvidenceStore, System, end_of_day, instant, known, local_day, moment, say

_SHANGHAI = timezone(timedelta(hours=8))
_WHOLE_MINUTE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d\Z")


YEARS = range(1900, 2201)
"""A day outside is a slip of the hand, and some are outside the calendar's own arithmetic."""


EVER = "9"
"""Later than every instant."""


class NoSuchDay(Exception):
    """The address asks for a day or an instant that there is not."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which day, and which state of the books, a page is asked for."""

    as_of: str | None
    known_at: str | None
    today: str
    now: str

    @property
    def past(self) -> bool:
        return self.as_of is not None or self.known_at is not None

    @property
    def until(self) -> str:
        """The last instant of which a page on what was received may tell."""
        days = [end_of_day(self.as_of)] if self.as_of is not None else []
        return min([*days, self.known_at or EVER])

    @property
    def query(self) -> dict[str, Any]:
        """The part of an address that keeps to this day."""
        parts = {"as_of": self.as_of, "known_at": self.known_at}
        return {name: value for name, value in parts.items() if value is not None}


def system() -> System:
    """The system of this process, made when it is first asked for."""
    return cast(System, current_app.extensions["casesys"].system)


def evidence_store() -> EvidenceStore:
    return system().evidence


def language() -> str:
    return cast(str, g.language)


def t(code: str, **values: Any) -> str:
    """The sentence of a code in the reader's language."""
    return say(code, language(), **values)


def who_words(who: str) -> str:
    """Who recorded an entry: a work number, or in words what no account stands behind."""
    kind, _, name = who.partition(":")
    code = f"who.{kind}"
    return t(code, who=name) if name and known(code) else who


def asked() -> Asked:
    """``as_of`` and ``known_at`` of the address; what is no day or instant is a bad request."""
    now = system().now()
    try:
        as_of = day_of(request.args.get("as_of", ""))
        known_at = instant_of(request.args.get("known_at", ""))
    except (ValueError, OverflowError) as wrong:
        raise NoSuchDay from wrong
    return Asked(as_of, known_at, local_day(now), now)


def day_of(text: str) -> str | None:
    """:raises ValueError: it is no day that the office may ask for"""
    text = text.strip()
    if not text:
        return None
    day = date.fromisoformat(text)
    if day.year not in YEARS or len(text) != 10:
        raise ValueError(text)
    return day.isoformat()


def instant_of(text: str) -> str | None:
    """A local minute stands for its end: what was recorded within it was known.

    :raises ValueError: it is no instant, or one out of the office's years
    """
    text = text.strip()
    if not text:
        return None
    found = datetime.fromisoformat(text.replace(" ", "T"))
    if found.year not in YEARS:
        raise ValueError(text)
    if _WHOLE_MINUTE.match(text):
        found = found.replace(second=59, microsecond=999999)
    return instant(found if found.tzinfo else found.replace(tzinfo=_SHANGHAI))


def local_minute(at: str) -> str:
    """An instant as a form holds it: ``2021-07-22T14:20`` on the office's own wall."""
    return moment(at).astimezone(_SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def word(kind: str, value: Any) -> str:
    """The word of one choice of a closed list: ``word("Branch", "operating")``."""
    code = f"choice.{kind}.{value}"
    return t(code) if known(code) else str(value)
