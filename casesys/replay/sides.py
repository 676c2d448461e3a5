"""A case on both sides of one entry, fact by fact, grouped as its reader looks for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from casesys.audit.before_after import OF_CASE, Facts, Side
from casesys.replay.case import Frame
from domain.case_state import CaseState
from domain.deadlines import deadlines
from domain.main_step import main_step
from domain.record_state import RecordState
from domain.workdays import Workdays

READ = {fact: (fact, kind, read) for fact, kind, read in OF_CASE}

AS_PLAYED: dict[str, Facts] = {
    "case": (
        # Before its first entry there is no case that could stand anywhere.
        ("stage", "choice:Stage", lambda s: s.stage if s.number else None),
        ("next", "command", main_step),
        ("category", "choice:Category", lambda s: s.category),
        ("campaign", "text", lambda s: s.campaign),
        READ["listed"],
        READ["branch"],
        READ["officer"],
        READ["unit"],
        ("town", "text", lambda s: s.town),
        ("missing", "needs", lambda s: tuple(s.missing_for_exit()) if s.is_listed else ()),
    ),
    "waits": (
        READ["impediments"],
        READ["proposals"],
        READ["objections"],
    ),
    "done": (
        READ["contact"],
        READ["attempts"],
        READ["notice"],
        READ["interviews"],
        READ["photos"],
        READ["commitments"],
        READ["supervised"],
    ),
    "end": (
        READ["excluded"],
        READ["exited"],
        READ["closed"],
        ("reopened", "yes", lambda s: s.reopened),
    ),
}
"""The facts of each group but the deadlines and the 宗, which are told one by one."""

GROUPS = ("case", "waits", "deadlines", "done", "records", "end")


class RunningDeadline(NamedTuple):
    """One deadline on a day; ``days`` are working days left to it, below 0 over it."""

    status: str
    due_on: str | None
    done_on: str | None
    days: int | None
    provisional: bool


class StandingRecord(NamedTuple):
    """Where one 宗 stands."""

    repair: str
    performance: str | None
    has_commitment: bool


class FactGroup(NamedTuple):
    """Facts that stand together."""

    name: str
    sides: Sequence[Side]


def sides_of(frame: Frame, workdays: Workdays) -> list[FactGroup]:
    """Every fact of the case before and after, the same of both included."""
    before, after = frame.before, frame.after
    found = {
        name: [Side(fact, kind, read(before), read(after)) for fact, kind, read in facts]
        for name, facts in AS_PLAYED.items()
    }
    found["deadlines"] = list(_deadlines(before, after, workdays, frame.day))
    found["records"] = list(_records(before, after))
    return [FactGroup(name, found[name]) for name in GROUPS]


def _deadlines(before: CaseState, after: CaseState, workdays: Workdays, day: str) -> Iterator[Side]:
    was, now = (_running(state, workdays, day) for state in (before, after))
    for kind in dict.fromkeys((*was, *now)):
        yield Side(kind, "deadline", was.get(kind), now.get(kind))


def _running(state: CaseState, workdays: Workdays, day: str) -> dict[str, RunningDeadline]:
    """The deadlines that have begun; of one that is kept no day is left."""
    found = {}
    for one in deadlines(state, workdays, day):
        if one.due is None:
            continue
        days = None
        if one.done_on is None and str(one.status) != "not_applicable":
            days = workdays.left(day, one.due.day)
        found[str(one.kind)] = RunningDeadline(
            str(one.status), one.due.day, one.done_on, days, one.due.provisional
        )
    return found


def _records(before: CaseState, after: CaseState) -> Iterator[Side]:
    """Every 宗, also one that an entry speaks of before it is attached to the case."""
    was, now = _all(before), _all(after)
    for key in dict.fromkeys((*was, *now)):
        record = now.get(key) or was[key]
        yield Side("record", "record", _stands(was, key), _stands(now, key), record.number or key)


def _all(state: CaseState) -> dict[str, RecordState]:
    return {**state.unattached, **state.records}


def _stands(records: dict[str, RecordState], key: str) -> Any:
    record = records.get(key)
    if record is None:
        return None
    return StandingRecord(record.repair, record.performance, record.has_commitment)
