"""How long personal data are kept after the end, and which end a case has come to."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from domain.case_state import CaseState
from domain.desk import Desk
from domain.entries import Fact
from domain.instants import local_day
from domain.refusals import CaseHasNotEnded, Refused, RetentionRuns
from domain.rulesets import Figure, Sure, last_day_of_months
from domain.vocabulary import ErasureGround, Outcome


class Ended(NamedTuple):
    """How and on which day something came to its end."""

    outcome: Outcome
    on: str


@dataclass(frozen=True, slots=True)
class RetentionSet:
    """The periods that hold from a day on, each with where it is from and how sure it is."""

    id: str
    first_day: str
    source: str
    sure: Sure
    months: Mapping[Outcome, Figure]

    def place(self, outcome: Outcome) -> str:
        """The rule as an entry and a list name it."""
        return f"{self.id}.{outcome}"

    def due_on(self, ended: Ended) -> str:
        """The first day on which the period is over."""
        last = last_day_of_months(ended.on, self.months[ended.outcome].value)
        return (date.fromisoformat(last) + timedelta(1)).isoformat()


def retention_on(day: str) -> RetentionSet:
    """The set in force on the day that asks; before the first one, the first."""
    return next((r for r in reversed(RETENTION_SETS) if r.first_day <= day), RETENTION_SETS[0])


def ended(state: CaseState, live: Sequence[Fact]) -> Ended | None:
    """What a case came to and when; None of one that is still worked on."""
    if state.closed is not None:
        return Ended(Outcome(state.closed), local_day(state.closed_at or state.last_at))
    if state.excluded is not None:
        days = [f.occurred_at for f in live if f.topic == "case.subject_excluded"]
        return Ended(Outcome.EXCLUDED, local_day(days[-1]))
    if state.exited_at is not None:
        return Ended(Outcome.EXITED, local_day(state.exited_at))
    return None


def rule_of_erasure(desk: Desk, ground: ErasureGround, end: Ended | None) -> str | None:
    """The period that is over, where that is the ground; any other ground asks for none."""
    if ground != ErasureGround.RETENTION_OVER:
        return None
    desk.require(_not_over(end, desk.today))
    return None if end is None else retention_on(desk.today).place(end.outcome)


def _not_over(end: Ended | None, today: str) -> Iterable[Refused]:
    if end is None:
        yield CaseHasNotEnded()
    elif (due_on := retention_on(today).due_on(end)) > today:
        yield RetentionRuns(due_on=due_on)


def _read() -> tuple[RetentionSet, ...]:
    text = files("domain.rulesets").joinpath("retention.toml").read_text(encoding="utf-8")
    return tuple(
        RetentionSet(
            id=table["id"],
            first_day=table["first_day"].isoformat(),
            source=table["source"],
            sure=Sure(table["sure"]),
            months=MappingProxyType(
                {
                    Outcome(name): Figure(**{**figure, "sure": Sure(figure["sure"])})
                    for name, figure in table["months"].items()
                }
            ),
        )
        for table in tomllib.loads(text)["sets"]
    )


RETENTION_SETS: tuple[RetentionSet, ...] = _read()
