"""Who may be shown a file of evidence: whoever sees a case that rests on it."""

from __future__ import annotations

from casesys.permits import Person
from casesys.system import System


def sees_evidence(system: System, person: Person, sha256: str) -> bool:
    """A file that no case rests on was just received, and its form is not given yet."""
    if not person.reach:
        return True
    with system.database.read() as c:
        return system.models.evidence_use.reached(c, sha256, person.reach)
