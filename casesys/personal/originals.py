"""Who may take a photograph as it came, with where and when: whoever just said why."""

from __future__ import annotations

from datetime import timedelta

from casesys.evidence.reach import sees_evidence
from casesys.permits import Permit, Person
from casesys.system import System
from domain.instants import later
from projections.driver import rows
from projections.evidence_use import EVIDENCE_USE
from projections.trail_marks import TRAIL_MARK

OPEN_FOR = timedelta(minutes=15)
"""How long after a reveal of its entry a file may be taken as it came."""

REVEALED = (
    f"SELECT 1 FROM {TRAIL_MARK} m "
    f"JOIN {EVIDENCE_USE} u ON u.stream_id = m.stream_id AND u.version = m.target "
    "JOIN log l ON l.position = m.position "
    "WHERE m.mark = 'read' AND m.actor = ? AND u.sha256 = ? AND l.entered_at >= ? LIMIT 1"
)


def may_take_original(system: System, person: Person, sha256: str) -> bool:
    """Whether this person has an entry that rests on the file open, with a reason in the log."""
    if Permit.REVEAL not in person.permits or not sees_evidence(system, person, sha256):
        return False
    with system.database.read() as c:
        since = later(system.now(), -OPEN_FOR)
        return bool(rows(c, REVEALED, [person.id, sha256, since]))
