"""One-time codes (TOTP, RFC 6238): set up by their owner, checked at the door, good for once."""

from __future__ import annotations

import hmac
from uuid import UUID

import pyotp
from sqlalchemy import Connection

from casesys.commands.accounts import ENROL_CODE, RESET_CODE
from casesys.people.passwords import SignInFailed, count_attempt, forgive
from casesys.permits import Person
from casesys.system import Given, Receipt, System
from casesys.vault import SealBroken
from domain.instants import moment
from domain.refusals import Refused
from projections.driver import rows, write

STEP_SECONDS = 30
LEEWAY = (0, -1, 1)
"""A telephone's clock may be a step off, and a code typed slowly is of the step before."""

DIGITS = 6


class CodeIsWrong(Refused):
    """It is no code of now, or it was used before."""


class NothingToEnrol(Refused):
    """The form holds no secret that this office made for this account."""


def new_secret() -> str:
    return pyotp.random_base32()


def enrolment_address(secret: str, login: str, office: str) -> str:
    """What a telephone reads from the picture: the secret and whose it is."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=office)


def wrap_offer(system: System, person: Person, secret: str) -> str:
    """A secret that is offered and not yet taken, as a form may carry it."""
    return system.vault.wrap(f"offer:{person.id}", secret)


def open_offer(system: System, person: Person, wrapped: str) -> str:
    """:raises NothingToEnrol: this office did not wrap it for this account"""
    try:
        return system.vault.unwrap(f"offer:{person.id}", wrapped)
    except (SealBroken, ValueError) as broken:
        raise NothingToEnrol() from broken


def enrol_code(system: System, person: Person, secret: str, code: str) -> Receipt:
    """Set up one-time codes on a secret that the owner's telephone already knows.

    :raises CodeIsWrong: the code is none of this secret's of now
    """
    now = system.now()
    step = _step_of(secret, code, now, 0)
    if step is None:
        raise CodeIsWrong()
    receipt = system.give(ENROL_CODE, {}, Given(person, UUID(person.id)))
    wrapped = system.vault.wrap("code", secret)
    with system.database.write() as c:
        # Who comes by the identity provider alone has no password, and an empty hash matches none.
        write(
            c,
            "INSERT INTO credential "
            "(account, password_hash, failures, changed_at, of_another, code_secret, code_step) "
            "VALUES (?, '', 0, ?, 0, ?, ?) ON CONFLICT (account) DO UPDATE SET "
            "code_secret = excluded.code_secret, code_step = excluded.code_step",
            [(person.id, now, wrapped, step)],
        )
    return receipt


def reset_code(system: System, by: Person, account: UUID, explanation: str) -> Receipt:
    """Take away what an account set up, for instance when its owner lost the telephone.

    :raises NotPermitted: it is not one who grants roles that asks
    :raises Refused: it is one's own account, or it is closed
    """
    receipt = system.give(RESET_CODE, {"explanation": explanation}, Given(by, account))
    with system.database.write() as c:
        write(
            c,
            "UPDATE credential SET code_secret = NULL, code_step = 0 WHERE account = ?",
            [(str(account),)],
        )
    return receipt


def check_code(system: System, person: Person, code: str) -> None:
    """Take a code once; like a wrong password, a wrong one counts towards the lock.

    :raises CodeIsWrong: it is no code of now, or it was used before
    :raises SignInLocked: too many failures before this one
    :raises SignInFailed: the account has no codes
    """
    now = system.now()
    with system.database.write() as c:
        taken = _take(system, c, person, code, now)
    if not taken:
        # Only now: what was counted stays counted.
        raise CodeIsWrong()


def has_code(system: System, person: Person) -> bool:
    """Whether this person set up one-time codes."""
    with system.database.read() as c:
        question = "SELECT 1 FROM credential WHERE account = ? AND code_secret IS NOT NULL"
        return bool(rows(c, question, [person.id]))


def _take(system: System, c: Connection, person: Person, code: str, now: str) -> bool:
    credential = count_attempt(c, now, person.id)
    if credential is None or credential[1] is None:
        raise SignInFailed()
    _, wrapped, last = credential
    step = _step_of(system.vault.unwrap("code", wrapped), code, now, last)
    if step is None:
        return False
    write(c, "UPDATE credential SET code_step = ? WHERE account = ?", [(step, person.id)])
    forgive(c, person.id)
    return True


def _step_of(secret: str, code: str, now: str, last: int) -> int | None:
    """The step whose code this is, if it is later than the last one used."""
    typed = "".join(code.split())
    current = int(moment(now).timestamp()) // STEP_SECONDS
    codes = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    for step in (current + leeway for leeway in LEEWAY):
        if step > last and hmac.compare_digest(
            codes.generate_otp(step).encode(), typed.encode("utf-8", "replace")
        ):
            return step
    return None
