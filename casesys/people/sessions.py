"""Sessions: how one begins, how long it lasts, and what ends it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from casesys.database import StoreIsBusy
from casesys.people import person_in
from casesys.permits import Person
from domain.instants import later
from domain.vocabulary import Role
from projections.driver import rows, write

if TYPE_CHECKING:
    from casesys.system import System

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=8)
NOTICED = timedelta(minutes=1)
"""A session is marked as used at most this often: a page that is only read writes nothing."""

PROVED_FOR = timedelta(minutes=5)
"""How long a proof of who one is counts for acts of weight."""

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR})
"""Who does nothing without one-time codes."""


@dataclass(frozen=True, slots=True)
class Session:
    """One person at one browser, and what is still to be done before anything else."""

    id: str
    person: Person
    begun_at: str
    seen_at: str
    proved_at: str
    with_code: bool
    has_code: bool
    of_another: bool

    @property
    def wants_code(self) -> bool:
        """The password was right; the one-time code is still to come."""
        return self.has_code and not self.with_code

    @property
    def wants_enrolment(self) -> bool:
        return not self.has_code and bool(ADMINISTRATORS & self.person.roles)

    def proved(self, now: str) -> bool:
        """Whether the person proved who they are only just."""
        return now < later(self.proved_at, PROVED_FOR)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its owner sees it in the list of their own."""

    begun_at: str
    seen_at: str
    this: bool


def begin_session(
    system: System, person: Person, *, with_code: bool = False, proved: bool = True
) -> str:
    """A session's token; the database keeps only its hash, so a copy of it opens no session.

    Not ``proved`` is who was let in on another's word that is no longer fresh.
    """
    token, now = secrets.token_urlsafe(32), system.now()
    proved_at = now if proved else later(now, -PROVED_FOR)
    with system.database.write() as c:
        write(c, "DELETE FROM session WHERE begun_at < ?", [(later(now, -LONGEST),)])
        write(
            c,
            "INSERT INTO session (id, account, begun_at, seen_at, proved_at, with_code) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [(_kept(token), person.id, now, now, proved_at, int(with_code))],
        )
    return token


def find_session(system: System, token: str) -> Session | None:
    """Who is behind a token; None where the session ended, idled too long or grew too old.

    Roles are those of now: what was revoked meanwhile is gone from the next page on.
    """
    now, key = system.now(), _kept(token)
    with system.database.read() as c:
        found = rows(
            c,
            "SELECT session.account, begun_at, seen_at, proved_at, with_code, "
            "code_secret IS NOT NULL, COALESCE(of_another, 0) FROM session "
            "LEFT JOIN credential ON credential.account = session.account WHERE id = ?",
            [key],
        )
        if not found:
            return None
        account, begun_at, seen_at, proved_at, *marks = found[0]
        person = person_in(system, c, account)
    over = now >= later(begun_at, LONGEST) or now >= later(seen_at, IDLE)
    if over or person is None:
        end_session(system, token)
        return None
    if now >= later(seen_at, NOTICED):
        # A page is not refused because somebody else writes just now; the next one notes it.
        with suppress(StoreIsBusy), system.database.write() as c:
            write(c, "UPDATE session SET seen_at = ? WHERE id = ?", [(now, key)])
    return Session(key, person, begun_at, seen_at, proved_at, *(bool(mark) for mark in marks))


def mark_proved(system: System, session: Session, *, with_code: bool) -> None:
    """The person behind a session proved just now who they are."""
    kept = int(with_code or session.with_code)
    with system.database.write() as c:
        write(
            c,
            "UPDATE session SET proved_at = ?, with_code = ? WHERE id = ?",
            [(system.now(), kept, session.id)],
        )


def end_session(system: System, token: str) -> None:
    with system.database.write() as c:
        write(c, "DELETE FROM session WHERE id = ?", [(_kept(token),)])


def sessions_of(system: System, session: Session) -> Sequence[OpenSession]:
    """The sessions of the person behind this one that still last, the newest first."""
    now = system.now()
    with system.database.read() as c:
        found = rows(
            c,
            "SELECT id, begun_at, seen_at FROM session WHERE account = ? AND begun_at > ? "
            "AND seen_at > ? ORDER BY seen_at DESC, begun_at DESC, id",
            [session.person.id, later(now, -LONGEST), later(now, -IDLE)],
        )
    return [OpenSession(begun, seen, key == session.id) for key, begun, seen in found]


def end_other_sessions(system: System, session: Session) -> None:
    """Leave the person only this session."""
    with system.database.write() as c:
        write(
            c,
            "DELETE FROM session WHERE account = ? AND id <> ?",
            [(session.person.id, session.id)],
        )


def _kept(token: str) -> str:
    return sha256(token.encode()).hexdigest()
