"""The office's people at the door: who they are, their passwords and their sessions."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection

from casesys.commands.accounts import CHANGE_PASSWORD, RESET_PASSWORD
from casesys.database import StoreIsBusy
from casesys.permits import Person
from casesys.system import Given, System
from domain.instants import instant, moment
from domain.refusals import AccountIsUnknown, Refused
from domain.vocabulary import Role
from projections.driver import rows, write

LEAST_PASSWORD = 10
MOST_PASSWORD = 200
FAILURES = 5
LOCKED_FOR = timedelta(minutes=30)
IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=8)
NOTICED = timedelta(minutes=1)
"""A session is marked as used at most this often: a page that is only read writes nothing."""

ACCOUNT = "SELECT stream_id, login, unit, roles FROM account WHERE closed = 0 AND "


class SignInFailed(Refused):
    """No such account, or not its password: which of the two is nobody's business."""


class SignInLocked(Refused):
    """Too many wrong passwords; the right one is not taken either for a while."""


class PasswordTooShort(Refused): ...


class PasswordIsNoText(Refused):
    """It holds what no keyboard types, or came in an encoding that is not UTF-8."""


class PasswordTooLong(Refused): ...


class PasswordHoldsLogin(Refused): ...


def person_of(system: System, login: str) -> Person | None:
    """Who signs in by this login; None where no open account has it."""
    with system.database.read() as c:
        return _person(system, rows(c, ACCOUNT + "lower(login) = lower(?)", [login.strip()]))


def person_by_id(system: System, account: UUID | str) -> Person | None:
    """Who acts under this account; None where it is closed or was never opened."""
    with system.database.read() as c:
        return _by_id(system, c, str(account))


def name_of(system: System, account: UUID | str) -> str | None:
    """The name that the log keeps sealed; None where it was erased or is no account's."""
    with system.database.read() as c:
        for entry in system.log.stream(c, account):
            if entry.topic == "account.opened":
                sealed = entry.data["name"]
                return system.vault.open(c, entry.stream_id, entry.version, "name", sealed)
    return None


# -- passwords -----------------------------------------------------------------------------


def set_password(system: System, by: Person, account: UUID, password: str) -> None:
    """Give an account another password, note it in the log and end the account's sessions.

    The note comes first: a crash between the two leaves a note too many, never a silent change.

    :raises NotPermitted: it is neither one's own account nor one who makes accounts that asks
    :raises Refused: the password is too weak, or there is no such open account
    """
    owner = person_by_id(system, account)
    if owner is None:
        raise AccountIsUnknown(login=str(account))
    check_strength(owner.login, password)
    hashed = _hasher().hash(password)
    own = by.id == str(account)
    system.give(CHANGE_PASSWORD if own else RESET_PASSWORD, {}, Given(by, account))
    with system.database.write() as c:
        _keep_password(c, str(account), hashed, system.now(), of_another=not own)
        _end_all(c, str(account))


def check_password(system: System, login: str, password: str) -> Person:
    """The person whose login and password these are.

    An attempt is counted before the password is looked at, so that attempts made side by side
    are no way round the lock.

    :raises SignInFailed: no such open account, or another password
    :raises SignInLocked: too many wrong passwords before this one
    """
    person = person_of(system, login)
    hashed = _count_attempt(system, person.id) if person is not None else None
    # An unknown login takes as long as a known one: the time tells nobody which logins exist.
    matches = _verify(hashed or _nobodys_hash(), password[: MOST_PASSWORD + 1])
    if person is None or hashed is None or not matches:
        raise SignInFailed()
    fresh = _hasher().hash(password) if _hasher().check_needs_rehash(hashed) else hashed
    with system.database.write() as c:
        write(
            c,
            "UPDATE credential SET failures = 0, locked_until = NULL, password_hash = ? "
            "WHERE account = ? AND password_hash = ?",
            [(fresh, person.id, hashed)],
        )
    return person


def check_strength(login: str, password: str) -> None:
    """:raises Refused: the password is too weak, or cannot be typed again"""
    if not password.isprintable():
        raise PasswordIsNoText()
    if len(password) < LEAST_PASSWORD:
        raise PasswordTooShort(least=LEAST_PASSWORD)
    if len(password) > MOST_PASSWORD:
        raise PasswordTooLong(most=MOST_PASSWORD)
    if len(login) >= 3 and login.casefold() in password.casefold():
        raise PasswordHoldsLogin()


def _keep_password(c: Connection, account: str, hashed: str, now: str, *, of_another: bool) -> None:
    write(
        c,
        "INSERT INTO credential "
        "(account, password_hash, failures, locked_until, changed_at, of_another, code_step) "
        "VALUES (?, ?, 0, NULL, ?, ?, 0) ON CONFLICT (account) DO UPDATE SET "
        "password_hash = excluded.password_hash, failures = 0, locked_until = NULL, "
        "changed_at = excluded.changed_at, of_another = excluded.of_another",
        [(account, hashed, now, int(of_another))],
    )


def _count_attempt(system: System, account: str) -> str | None:
    """Count one more attempt, and say which hash it must match; None where none is set."""
    now = system.now()
    with system.database.write() as c:
        # The row is held from here on, so that two attempts at once are counted as two.
        write(c, "UPDATE credential SET failures = failures + 1 WHERE account = ?", [(account,)])
        found = rows(
            c,
            "SELECT password_hash, failures, locked_until FROM credential WHERE account = ?",
            [account],
        )
        if not found:
            return None
        hashed, failures, locked_until = found[0]
        if locked_until is not None and now < locked_until:
            raise SignInLocked(until=locked_until)
        if locked_until is not None:
            failures, locked_until = 1, None
        if failures >= FAILURES:
            locked_until = _later(now, LOCKED_FOR)
        write(
            c,
            "UPDATE credential SET failures = ?, locked_until = ? WHERE account = ?",
            [(failures, locked_until, account)],
        )
    return str(hashed)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_hex())


def _verify(hashed: str, password: str) -> bool:
    try:
        return _hasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


# -- sessions ------------------------------------------------------------------------------


def begin_session(system: System, person: Person) -> str:
    """A session's token; the database keeps only its hash, so a copy of it opens no session."""
    token, now = secrets.token_urlsafe(32), system.now()
    with system.database.write() as c:
        write(c, "DELETE FROM session WHERE begun_at < ?", [(_later(now, -LONGEST),)])
        write(
            c,
            "INSERT INTO session (id, account, begun_at, seen_at, proved_at, with_code) "
            "VALUES (?, ?, ?, ?, ?, 0)",
            [(_kept(token), person.id, now, now, now)],
        )
    return token


def find_session(system: System, token: str) -> Person | None:
    """Who is behind a token; None where the session ended, idled too long or grew too old.

    Roles are those of now: what was revoked meanwhile is gone from the next page on.
    """
    now, key = system.now(), _kept(token)
    with system.database.read() as c:
        found = rows(c, "SELECT account, begun_at, seen_at FROM session WHERE id = ?", [key])
        if not found:
            return None
        account, begun_at, seen_at = found[0]
        person = _by_id(system, c, account)
    over = now >= _later(begun_at, LONGEST) or now >= _later(seen_at, IDLE)
    if over or person is None:
        end_session(system, token)
        return None
    if now >= _later(seen_at, NOTICED):
        # A page is not refused because somebody else writes just now; the next one notes it.
        with suppress(StoreIsBusy), system.database.write() as c:
            write(c, "UPDATE session SET seen_at = ? WHERE id = ?", [(now, key)])
    return person


def end_session(system: System, token: str) -> None:
    with system.database.write() as c:
        write(c, "DELETE FROM session WHERE id = ?", [(_kept(token),)])


def _end_all(c: Connection, account: str) -> None:
    write(c, "DELETE FROM session WHERE account = ?", [(account,)])


def _kept(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _later(now: str, by: timedelta) -> str:
    return instant(moment(now) + by)


def _by_id(system: System, c: Connection, account: str) -> Person | None:
    return _person(system, rows(c, ACCOUNT + "stream_id = ?", [account]))


def _person(system: System, found: list[tuple[Any, ...]]) -> Person | None:
    if not found:
        return None
    account, login, unit, roles = found[0]
    held = frozenset(roles.split())
    # The office sees every case, an auditor too; a member unit sees those it is responsible for.
    everything = unit == system.settings.office_unit or Role.AUDITOR in held
    return Person(account, login, unit, held, reach="" if everything else unit)
