"""The names under which other tools know what happened: a register's types of action."""

from __future__ import annotations

from casesys.registry import kind_of
from domain.entries import VOIDING, Entry
from domain.vocabulary import COUNTS_AS_REPAIR

VOIDED = "action_voided"
REPAIRED = "record_repaired"
ACTIVITIES = {
    "case.subject_listed": "case_listed",
    "case.record_attached": "record_added",
    "case.assigned": "assigned",
    "case.contact_attempted": "contact_attempted",
    "case.key_supervision_started": "key_supervision_started",
    "case.impediment_found": "impediment_found",
    "case.impediment_cleared": "impediment_cleared",
    "case.interview_held": "interview_held",
    "case.photo_added": "photo_added",
    "case.commitment_signed": "commitment_signed",
    "case.repair_applied": "repair_applied",
    "case.repair_returned": "repair_returned",
    "case.repair_revoked": "repair_revoked",
    "case.deadline_extended": "deadline_extended",
    "case.closed": "case_closed",
    "case.reopened": "case_reopened",
    **dict.fromkeys(VOIDING, VOIDED),
}


def activity(entry: Entry) -> str:
    """The type of action that an entry is; the topic of one that no register knows.

    A decision that is no repair, denied or removed without performance, keeps its topic.
    """
    if entry.topic == "case.repair_result_recorded":
        return REPAIRED if entry.data["result"] == "granted" else entry.topic
    if entry.topic == "case.record_removed_by_court":
        ground = entry.data["ground"]
        return REPAIRED if ground is None or ground in COUNTS_AS_REPAIR else entry.topic
    return ACTIVITIES.get(entry.topic, entry.topic)


def stream_kind(entry: Entry) -> str:
    """What the stream of an entry is: a case, an enterprise, an account …"""
    return str(kind_of(entry.topic).aggregate.TOPIC)  # type: ignore[attr-defined]
