"""Comparisons at the counter: what the next release would change, and who stands for it."""

from __future__ import annotations

from typing import NamedTuple

from casesys.comparing.again import Again, computed_again
from casesys.comparing.kept import Comparison, Signature, comparison, newest
from casesys.install import record
from casesys.log import Meta
from casesys.permits import NotPermitted, Permit, Person
from casesys.serving import served
from casesys.system import System
from domain.refusals import ComparisonIsUnknown
from domain.releases import SIGNS, sign_comparison
from domain.vocabulary import Role
from projections.driver import rows


class ChangeSeen(NamedTuple):
    """A comparison as its reader sees it; ``again``: the old figures by the old rules."""

    found: Comparison
    again: Again
    current: bool
    """Whether what it calls the old one is what serves."""
    came: int
    """How many entries came since."""


def see_change(system: System, person: Person) -> ChangeSeen | None:
    """The last comparison that was made; None where there is none."""
    require_reader(person)
    with system.database.read() as c:
        found = newest(system, c)
        if found is None:
            return None
        current = found.facts["old"] == dict(served(c))
        again = computed_again(system, c, found.facts) if current else {}
        head, _ = system.log.head(c)
    return ChangeSeen(found, again, current, head - found.facts["position"])


def require_reader(person: Person) -> None:
    """:raises NotPermitted: neither supervisor nor auditor, or of one unit alone"""
    if Permit.AUDIT not in person.permits:
        person.require(Permit.APPROVE)
    if person.reach:
        raise NotPermitted(permit=str(Permit.AUDIT))


def may_sign(person: Person, found: Comparison) -> list[Role]:
    """In which roles this person may still sign."""
    if found.signed_by(person.id):
        return []
    return [role for role in found.unsigned if role in person.roles]


def sign_change(
    system: System, person: Person, digest: str, role: str, command_id: str | None = None
) -> Signature:
    """Stand for a comparison; the same ``command_id`` again is answered with what it did.

    :raises NotPermitted: the person does not hold the role, or it signs nothing
    :raises ComparisonIsUnknown: nothing of this digest was found
    :raises ComparisonIsSigned: somebody signed in this role
    :raises SamePersonSigned: this person signed in the other role
    :raises StoreIsBusy: the database could not be written in time
    """
    require_reader(person)
    if role not in SIGNS or role not in person.roles:
        raise NotPermitted(permit=role)
    with system.database.write() as c:
        system.database.lock(c)
        found = comparison(system, c, digest)
        if found is None:
            raise ComparisonIsUnknown()
        before = [s for s in found.signatures if s.by == person.id and s.role == role]
        if before and command_id is not None:
            question = "SELECT command_id FROM log WHERE position = ?"
            if rows(c, question, [before[0].position]) == [(command_id,)]:
                return before[0]
        desk = system.desk(c, person.id)
        signed = sign_comparison(
            desk,
            {one.role: one.by for one in found.signatures},
            digest=digest,
            role=Role(role),
            log_position=found.facts["position"],
            old=found.facts["old"],
            new=found.facts["new"],
        )
        (entry,) = record(c, system, desk, [signed], Meta(command_id=command_id))
    return Signature(Role(role), person.id, person.login, entry.recorded_at, entry.position)
