"""What a form offers to choose from where the office itself is the list."""

from __future__ import annotations

from collections.abc import Iterable

from casesys.permits import PERMITS, Permit
from casesys.system import System
from projections.office import logins


def unit_names(system: System) -> list[str]:
    """The member units, in the office's own order."""
    with system.database.read() as c:
        return system.models.member_units.names(c)


def officer_logins(system: System) -> list[tuple[str, str]]:
    """The work number and the unit of everyone who may be given a case."""
    with system.database.read() as c:
        return [
            (account.login, account.unit)
            for account in system.models.accounts.everyone(c)
            if not account.closed
            and any(Permit.ADVANCE in PERMITS.get(role, ()) for role in account.roles.split())
        ]


def logins_of(system: System, accounts: Iterable[str]) -> dict[str, str]:
    """The work numbers of these accounts, closed ones as well."""
    with system.database.read() as c:
        return logins(c, accounts)
