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
    INTAKE = "intake"
    READ = "read"
    AUDIT = "audit"
    REVEAL = "reveal"
    OPERATE = "operate"


PERMITS: dict[str, frozenset[Permit]] = {
    Role.OFFICER: frozenset({Permit.READ, Permit.ADVANCE, Permit.INTAKE, Permit.REVEAL}),
    Role.SUPERVISOR: frozenset(
        {Permit.READ, Permit.ADVANCE, Permit.APPROVE, Permit.INTAKE, Permit.REVEAL}
    ),
    Role.AUDITOR: frozenset({Permit.READ, Permit.AUDIT, Permit.REVEAL}),
    "operator": frozenset({Permit.READ, Permit.INTAKE, Permit.AUDIT, Permit.OPERATE}),
}
"""The operator runs the installation and decides nothing on a case."""


class NotPermitted(Refused):
    """The person's roles do not hold the permit that the act asks."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is at the counter: an account's id (or ``operator:<login>``), and its roles."""

    id: str
    login: str
    unit: str
    roles: frozenset[str]

    @property
    def permits(self) -> frozenset[Permit]:
        return frozenset().union(*(PERMITS.get(role, frozenset()) for role in self.roles))

    def require(self, permit: Permit) -> None:
        """:raises NotPermitted: no role of this person holds the permit"""
        if permit not in self.permits:
            raise NotPermitted(permit=str(permit))


def operator(login: str) -> Person:
    return Person(f"operator:{login}", login, "", frozenset({"operator"}))
