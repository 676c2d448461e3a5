"""The entries of a case as a reader meets them: when, by whom, how late, and whether they count."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from casesys.cases.typed_again import CORRECTED_BY
from domain.entries import VOIDING, Entry
from domain.findings import LATE_DAYS, days_late
from domain.instants import local_day, start_of_day

MILESTONES = frozenset(
    {
        "case.subject_listed",
        "case.subject_excluded",
        "case.subject_reinstated",
        "case.reachability_concluded",
        "case.interview_held",
        "case.commitment_signed",
        "case.key_supervision_started",
        "case.repair_result_recorded",
        "case.repair_revoked",
        "case.record_removed_by_court",
        "case.subject_exited",
        "case.closed",
        "case.reopened",
    }
)


class Moment(NamedTuple):
    """One entry of the timeline, with its place in both clocks."""

    entry: Entry
    who: str
    late_days: int
    day_only: bool
    milestone: bool
    voided: bool
    command: str | None


def moment_of(entry: Entry, counting: Collection[int], who: Mapping[str, str]) -> Moment:
    """``counting`` are the versions that no void has taken away, ``who`` the logins by account."""
    return Moment(
        entry=entry,
        who=who.get(entry.actor, entry.actor),
        late_days=days_late(entry),
        day_only=entry.occurred_at == start_of_day(local_day(entry.occurred_at)),
        milestone=entry.topic in MILESTONES,
        voided=entry.version not in counting and entry.topic not in VOIDING,
        command=CORRECTED_BY.get(entry.topic),
    )


def is_late(entry: Entry) -> bool:
    return days_late(entry) >= LATE_DAYS
