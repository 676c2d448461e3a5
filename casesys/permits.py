"""Who may do what: one table from role to permits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.refusals import Refused
from domain.vocabulary import Role


class Permit(StrEnum):
    """What a command asks of the person who gives it."""

    ADVANCE = "advance"
    APPROVE = "approve"
    ERASE = "erase"
    INTAKE = "intake"
    READ = "read"
    AUDIT = "audit"
    REVEAL = "reveal"
    OPERATE = "operate"
    ACCOUNTS = "accounts"
    GRANT = "grant"
    OWN = "own"


DESK = {Permit.OWN, Permit.READ, Permit.ADVANCE, Permit.INTAKE, Permit.REVEAL}
PERMITS: dict[str, frozenset[Permit]] = {
    Role.OFFICER: frozenset(DESK),
    Role.SUPERVISOR: frozenset({*DESK, Permit.APPROVE, Permit.ERASE}),
    Role.AUDITOR: frozenset({Permit.OWN, Permit.READ, Permit.AUDIT, Permit.REVEAL}),
    Role.SYSTEM_ADMINISTRATOR: frozenset({Permit.OWN, Permit.ACCOUNTS}),
    Role.SECURITY_ADMINISTRATOR: frozenset({Permit.OWN, Permit.GRANT}),
    "operator": frozenset(
        {Permit.READ, Permit.INTAKE, Permit.AUDIT, Permit.OPERATE, Permit.ACCOUNTS, Permit.GRANT}
    ),
}
"""The three administrative powers are apart: accounts, roles, and the watching of both.

The operator runs the installation and decides nothing on a case; accounts and roles are the
operator's only until the office has administrators of its own."""

OF_THE_OFFICE = frozenset({Permit.INTAKE})
"""What a unit does not do: which enterprises are on the list is for the office to say."""


class NotPermitted(Refused):
    """The person's roles do not hold the permit that the act asks."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is at the counter: an account's id (or ``operator:<login>``), and its roles.

    ``reach`` is the unit whose cases this person sees and advances; empty, it is all cases.
    """

    id: str
    login: str
    unit: str
    roles: frozenset[str]
    reach: str = ""

    @property
    def permits(self) -> frozenset[Permit]:
        held = frozenset[Permit]().union(*(PERMITS.get(role, frozenset()) for role in self.roles))
        return held - OF_THE_OFFICE if self.reach else held

    def reaches(self, unit: str) -> bool:
        """Whether a case that this unit is responsible for is this person's to see."""
        return not self.reach or unit == self.reach

    def require(self, permit: Permit) -> None:
        """:raises NotPermitted: no role of this person holds the permit"""
        if permit not in self.permits:
            raise NotPermitted(permit=str(permit))


def operator(login: str) -> Person:
    return Person(f"operator:{login}", login, "", frozenset({"operator"}))
