"""From which day until which one everything about a case stayed as it was, time included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from domain.formulas_deltas import CaseLine, first_other
from domain.formulas_timeline import NOTHING
from domain.instants import FOREVER
from domain.workdays import Workdays
from projections.case_facts import (
    NEVER,
    NOWHERE,
    Facts,
    Place,
    Stood,
    held_by,
    standing_so,
    taken,
    told_of,
)


class Span(NamedTuple):
    """What was true from the end of the one day until before the end of the other."""

    since: str
    until: str
    place: Place
    facts: Facts


class Spans(NamedTuple):
    """All spans of a case; provisional, if a calendar that is not yet published may move one."""

    spans: list[Span]
    provisional: bool


def spans_of(line: CaseLine, workdays: Workdays, first: str = "") -> Spans:
    """All spans of a case, or those from the day on with which one of them begins."""
    found: list[Span] = []
    provisional = False
    for since, until, then in _stood(line, first):
        day = max(since, first)
        while day < until:
            told = told_of(then, line.category, day, workdays)
            if told is None:
                break
            provisional = provisional or told.provisional
            turn = min(told.until, until)
            last = found[-1] if found else None
            if last and last.facts == told.facts and (last.until, last.place) == (day, then.place):
                found[-1] = Span(last.since, turn, last.place, last.facts)
            else:
                found.append(Span(day, turn, then.place, told.facts))
            day = turn
    return Spans(found, provisional)


def turning(before: CaseLine, after: CaseLine) -> str | None:
    """The day from which on the spans of a case may be others; None where all stay as they are."""
    if before[:3] != after[:3] or before[4:] != after[4:]:
        return ""
    day = first_other(before, after)
    if day is not None and before.steps[-1].day < day:
        # What was added may be nothing that is told: then the case stands as before it.
        stood = [then for _, _, then in _stood(after, day)]
        if stood.count(stood[0]) == len(stood):
            return None
    return day


def _stood(line: CaseLine, first: str = "") -> Iterator[tuple[str, str, Stood]]:
    """How the case stood between each two days on which it did anything, but for what was over."""
    steps = {step.day: step for step in line.steps}
    turning = {day for record in line.records for day, _ in record.turns}
    days = sorted({*steps, *turning, *(day for day, _, _ in line.extensions)})
    place, at, took, held = NOWHERE, NOTHING, NEVER, held_by((), "")
    extended: tuple[tuple[str, str], ...] = ()
    for day, until in zip(days, [*days[1:], FOREVER], strict=True):
        step = steps.get(day)
        if step is not None:
            place, at = Place(*step[1:4]), step.standing
            took = taken(took, day, (where for where, _ in step.changed))
        if line.extensions:
            extended = tuple((kind, due) for on, kind, due in line.extensions if on <= day)
        if day in turning:
            held = held_by(line.records, day)
        if until >= first:
            yield day, until, standing_so(place, at, took, extended, held)
