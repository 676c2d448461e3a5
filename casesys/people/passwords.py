"""Passwords: how one is set, how one is checked, and the lock after too many wrong ones."""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection

from casesys.commands.accounts import CHANGE_PASSWORD, RESET_PASSWORD, UNLOCK_ACCOUNT
from casesys.people import person_by_id, person_of
from casesys.permits import Person
from casesys.system import Given, Receipt, System
from domain.instants import later
from domain.refusals import AccountIsUnknown, Refused
from projections.driver import rows, write

LEAST_PASSWORD = 10
MOST_PASSWORD = 200
FAILURES = 5
LOCKED_FOR = timedelta(minutes=30)
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What is told by voice or copied from paper without being taken for another."""


class SignInFailed(Refused):
    """No such account, or not its password: which of the two is nobody's business."""


class SignInLocked(Refused):
    """Too many wrong passwords; the right one is not taken either for a while."""


class PasswordTooShort(Refused): ...


class PasswordIsNoText(Refused):
    """It holds what no keyboard types, or came in an encoding that is not UTF-8."""


class PasswordTooLong(Refused): ...


class PasswordHoldsLogin(Refused): ...


class PasswordIsTheSame(Refused):
    """Who must choose another password chose the one that was given."""


def set_password(
    system: System, by: Person, account: UUID, password: str, *, lasting: bool = False
) -> None:
    """Give an account another password, note it in the log and end the account's sessions.

    The note comes first: a crash between the two leaves a note too many, never a silent change.
    What somebody else gave is for once, unless it is ``lasting``: its owner chooses another.

    :raises NotPermitted: it is neither one's own account nor one who makes accounts that asks
    :raises Refused: the password is too weak, or there is no such open account
    """
    owner = person_by_id(system, account)
    if owner is None:
        raise AccountIsUnknown(login=str(account))
    check_strength(owner.login, password)
    own = by.id == str(account)
    if own and _verify(_hash_of(system, owner.id) or _nobodys_hash(), password):
        raise PasswordIsTheSame()
    hashed = _hasher().hash(password)
    system.give(CHANGE_PASSWORD if own else RESET_PASSWORD, {}, Given(by, account))
    with system.database.write() as c:
        _keep_password(c, owner.id, hashed, system.now(), of_another=not (own or lasting))


def one_time_password(login: str) -> str:
    """A password to be told once: eighty bits, in groups of four letters."""
    while True:
        letters = [secrets.choice(LETTERS) for _ in range(16)]
        made = "-".join("".join(letters[n : n + 4]) for n in range(0, 16, 4))
        if login.casefold() not in made:
            return made


def check_password(system: System, login: str, password: str) -> Person:
    """The person whose login and password these are.

    An attempt is counted before the password is looked at, so that attempts made side by side
    are no way round the lock. Where one-time codes are set up, only the code forgives the
    failures before it: the password alone would let somebody guess codes for ever.

    :raises SignInFailed: no such open account, or another password
    :raises SignInLocked: too many wrong passwords before this one
    """
    person = person_of(system, login)
    hashed = _counted(system, person.id) if person is not None else None
    # An unknown login takes as long as a known one: the time tells nobody which logins exist.
    matches = _verify(hashed or _nobodys_hash(), password[: MOST_PASSWORD + 1])
    if person is None or hashed is None or not matches:
        raise SignInFailed()
    fresh = _hasher().hash(password) if _hasher().check_needs_rehash(hashed) else hashed
    with system.database.write() as c:
        write(
            c,
            "UPDATE credential SET locked_until = NULL, password_hash = ?, "
            "failures = CASE WHEN code_secret IS NULL OR failures < 1 THEN 0 ELSE failures - 1 END "
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


def unlock(system: System, by: Person, account: UUID) -> Receipt:
    """Lift the lock that failures put on an account.

    :raises NotPermitted: it is not one who makes accounts that asks
    :raises Refused: it is one's own account, or it is closed
    """
    receipt = system.give(UNLOCK_ACCOUNT, {}, Given(by, account))
    with system.database.write() as c:
        forgive(c, str(account))
    return receipt


def count_attempt(c: Connection, now: str, account: str) -> tuple[Any, ...] | None:
    """Count one more attempt; the account's credential, or None where it has none.

    :raises SignInLocked: too many failures before this attempt
    """
    # The row is held from here on, so that two attempts at once are counted as two.
    write(c, "UPDATE credential SET failures = failures + 1 WHERE account = ?", [(account,)])
    found = rows(
        c,
        "SELECT password_hash, code_secret, code_step, failures, locked_until "
        "FROM credential WHERE account = ?",
        [account],
    )
    if not found:
        return None
    *credential, failures, locked_until = found[0]
    if locked_until is not None and now < locked_until:
        raise SignInLocked(until=locked_until)
    if locked_until is not None:
        failures, locked_until = 1, None
    if failures >= FAILURES:
        locked_until = later(now, LOCKED_FOR)
    write(
        c,
        "UPDATE credential SET failures = ?, locked_until = ? WHERE account = ?",
        [(failures, locked_until, account)],
    )
    return tuple(credential)


def forgive(c: Connection, account: str) -> None:
    write(
        c, "UPDATE credential SET failures = 0, locked_until = NULL WHERE account = ?", [(account,)]
    )


def _counted(system: System, account: str) -> str | None:
    """Count one more attempt, and say which hash it must match; None where none is set."""
    with system.database.write() as c:
        credential = count_attempt(c, system.now(), account)
    return None if credential is None else str(credential[0])


def _hash_of(system: System, account: str) -> str | None:
    with system.database.read() as c:
        found = rows(c, "SELECT password_hash FROM credential WHERE account = ?", [account])
    return str(found[0][0]) if found else None


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
