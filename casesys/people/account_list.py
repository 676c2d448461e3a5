"""The accounts as administrators see them: who has one, in which roles, and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from casesys.people.attempts import last_sign_ins
from casesys.people.sessions import IDLE, LONGEST
from casesys.system import System
from domain.account import go_together
from domain.entries import Entry
from domain.instants import later
from domain.vocabulary import Role
from projections.driver import rows
from projections.erasures import Erasure
from projections.office import ACCOUNT
from projections.paging import paged

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account: what it is by the log, and how it stands at the door."""

    id: str
    login: str
    unit: str
    roles: tuple[Role, ...]
    closed: bool
    has_password: bool
    for_once: bool
    locked_until: str | None
    has_code: bool
    last_seen: str | None


@dataclass(frozen=True, slots=True)
class AccountsPage:
    """One page of accounts in the order of their logins."""

    rows: Sequence[AccountLine]
    total: int
    page: int
    pages: int
    first: int


@dataclass(frozen=True, slots=True)
class AccountView:
    """One account, its sessions, and what was done with it, the newest first."""

    line: AccountLine
    sessions: int
    entries: Sequence[Entry]
    grantable: Sequence[Role]
    alone_in: Sequence[Role]
    erased: Erasure | None

    @property
    def named(self) -> bool:
        """Whether the log still holds a name that opens."""
        return self.erased is None


ALONE = (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR)
"""Roles that the office should not lose by closing one account."""

QUESTION = (
    "SELECT stream_id, login, unit, roles, closed, password_hash, of_another, locked_until, "
    f"code_secret IS NOT NULL FROM {ACCOUNT} a "
    "LEFT JOIN credential ON credential.account = a.stream_id"
)


def accounts_page(
    system: System, words: str = "", role: str = "", state: str = "open", page: int = 1
) -> AccountsPage:
    """Accounts whose login or unit holds these words, that hold this role; open, closed or all."""
    conditions, values = ["1 = 1"], list[Any]()
    if words:
        conditions.append("(instr(lower(login), lower(?)) > 0 OR instr(unit, ?) > 0)")
        values += [words, words]
    if role:
        conditions.append("(' ' || roles || ' ') LIKE ?")
        values.append(f"% {role} %")
    if state in ("open", "closed"):
        conditions.append("closed = ?")
        values.append(int(state == "closed"))
    where = f" WHERE {' AND '.join(conditions)}"
    with system.database.read() as c:
        if not system.database.is_sqlite:
            where = where.replace("instr(", "strpos(")
        ((total,),) = rows(c, f"SELECT COUNT(*) FROM {ACCOUNT}{where}", values)
        at = paged(total, page, A_PAGE)
        found = rows(
            c, f"{QUESTION}{where} ORDER BY login LIMIT ? OFFSET ?", [*values, A_PAGE, at.start]
        )
        lines = _lines(c, system.now(), found)
    return AccountsPage(lines, total, at.page, at.pages, at.first)


def see_account(system: System, account: UUID) -> AccountView | None:
    """One account, also a closed one; None where there is none."""
    now = system.now()
    with system.database.read() as c:
        found = rows(c, f"{QUESTION} WHERE stream_id = ?", [str(account)])
        if not found:
            return None
        (line,) = _lines(c, now, found)
        ((sessions,),) = rows(
            c,
            "SELECT COUNT(*) FROM session WHERE account = ? AND begun_at > ? AND seen_at > ?",
            [line.id, later(now, -LONGEST), later(now, -IDLE)],
        )
        others = rows(
            c, f"SELECT roles FROM {ACCOUNT} WHERE closed = 0 AND stream_id <> ?", [line.id]
        )
        entries = system.log.stream(c, account)
        erased = system.models.erasures.of(c, [line.id])
    elsewhere = {role for (roles,) in others for role in roles.split()}
    held = set(line.roles)
    return AccountView(
        line,
        sessions,
        entries[::-1],
        [role for role in Role if role not in held and go_together({*held, role})],
        [role for role in ALONE if role in held and role not in elsewhere and not line.closed],
        erased[-1] if erased else None,
    )


def _lines(c: Connection, now: str, found: Sequence[tuple[Any, ...]]) -> list[AccountLine]:
    seen = last_sign_ins(c, [row[0] for row in found])
    return [
        AccountLine(
            id=account,
            login=login,
            unit=unit,
            roles=tuple(Role(role) for role in roles.split()),
            closed=bool(closed),
            has_password=bool(hashed),
            for_once=bool(for_once),
            locked_until=locked if locked is not None and now < locked else None,
            has_code=bool(has_code),
            last_seen=seen.get(account),
        )
        for account, login, unit, roles, closed, hashed, for_once, locked, has_code in found
    ]
