"""What proves that an enterprise cannot be reached, by the numbers of a rule set."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol

from domain.refusals import (
    AttemptsTooClose,
    EnterpriseWasReached,
    NoVisitWithPhoto,
    Refused,
    TooFewContactAttempts,
    TooFewContactChannels,
)
from domain.rulesets import UnreachableGuard
from domain.workdays import Workdays


class Tried(Protocol):
    """What of a case the guard asks; of the days of its attempts the first and the last count."""

    @property
    def last_reach(self) -> str | None: ...
    @property
    def attempts(self) -> int: ...
    @property
    def channels(self) -> Collection[str]: ...
    @property
    def visits_with_photo(self) -> int: ...
    @property
    def contact_days(self) -> Collection[str]: ...


def missing_attempts(tried: Tried, rule: UnreachableGuard, workdays: Workdays) -> Iterable[Refused]:
    """What still stands against the conclusion (domain.md 9)."""
    if tried.last_reach is not None:
        yield EnterpriseWasReached()
    if tried.attempts < rule.attempts:
        yield TooFewContactAttempts(done=tried.attempts, needed=rule.attempts)
    if len(tried.channels) < rule.channels:
        yield TooFewContactChannels(done=len(tried.channels), needed=rule.channels)
    if tried.visits_with_photo < rule.visits:
        yield NoVisitWithPhoto(needed=rule.visits)
    if tried.contact_days:
        spread = workdays.between(min(tried.contact_days), max(tried.contact_days))
        if spread < rule.spread_workdays:
            yield AttemptsTooClose(done=spread, needed=rule.spread_workdays)
