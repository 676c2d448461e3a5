"""Who may be shown a file of evidence: whoever sees a case, or a receipt, that rests on it."""

from __future__ import annotations

from casesys.permits import Person
from casesys.system import System


def sees_evidence(system: System, person: Person, sha256: str) -> bool:
    """A file that nothing rests on was just received, and its form is not given yet."""
    if not person.reach:
        return True
    with system.database.read() as c:
        published = system.models.published.reach_of(c, sha256)
        if published is not None:
            return published == person.reach
        return system.models.evidence_use.reached(c, sha256, person.reach)
