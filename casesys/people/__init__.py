"""The office's people: who they are, found by work number or by account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection

from casesys.permits import Person
from domain.vocabulary import Role
from projections.driver import rows
from projections.office import ACCOUNT

if TYPE_CHECKING:
    from casesys.system import System

OPEN = f"SELECT stream_id, login, unit, roles FROM {ACCOUNT} WHERE closed = 0 AND "


def person_of(system: System, login: str) -> Person | None:
    """Who signs in by this login; None where no open account has it."""
    with system.database.read() as c:
        return _person(system, rows(c, OPEN + "lower(login) = lower(?)", [login.strip()]))


def person_by_id(system: System, account: UUID | str) -> Person | None:
    """Who acts under this account; None where it is closed or was never opened."""
    with system.database.read() as c:
        return person_in(system, c, str(account))


def person_in(system: System, c: Connection, account: str) -> Person | None:
    """The same, within a question that is already asked."""
    return _person(system, rows(c, OPEN + "stream_id = ?", [account]))


def name_of(system: System, account: UUID | str) -> str | None:
    """The name that the log keeps sealed; None where it was erased or is no account's."""
    with system.database.read() as c:
        for entry in system.log.stream(c, account):
            if entry.topic == "account.opened":
                sealed = entry.data["name"]
                return system.vault.open(c, entry.stream_id, entry.version, "name", sealed)
    return None


def _person(system: System, found: list[tuple[Any, ...]]) -> Person | None:
    if not found:
        return None
    account, login, unit, roles = found[0]
    held = frozenset(roles.split())
    # The office sees every case, an auditor too; a member unit sees those it is responsible for.
    everything = unit == system.settings.office_unit or Role.AUDITOR in held
    return Person(account, login, unit, held, reach="" if everything else unit)
