"""The two administrators of an office, and the codes on their telephones."""

from __future__ import annotations

from uuid import UUID

import pyotp

from casesys.people.one_time_codes import enrol_code, new_secret
from casesys.people.passwords import set_password
from casesys.permits import operator
from casesys.system import System
from domain.instants import moment
from tests.offices import PASSWORD, person
from tests.scenarios import give

SYSTEM_ADMINISTRATOR, SECURITY_ADMINISTRATOR = "U01-8", "U01-9"
ROLES = {
    SYSTEM_ADMINISTRATOR: "system_administrator",
    SECURITY_ADMINISTRATOR: "security_administrator",
}
OFFICE = "区发展和改革局"


def administered(system: System, *, enrolled: bool = True) -> dict[str, str]:
    """Appoint both as the operator does, the security administrator last; their code secrets.

    The codes are set up a step ago, so that the code of now can still be given.
    """
    runner, accounts = operator("tests"), dict[str, UUID]()
    for login in ROLES:
        raw = {"login": login, "name": "余川", "unit": OFFICE}
        accounts[login] = give(system, "open_account", raw, by=runner).stream
        set_password(system, runner, accounts[login], PASSWORD, lasting=True)
    for login, role in ROLES.items():
        give(system, "grant_role", {"role": role}, accounts[login], runner)
    return {login: enrolled_code(system, login) for login in ROLES} if enrolled else {}


def enrolled_code(system: System, login: str) -> str:
    """Set up codes for somebody; the secret that their telephone now knows."""
    secret = new_secret()
    enrol_code(system, person(system, login), secret, code_of(secret, system, steps=-1))
    return secret


def code_of(secret: str, system: System, steps: int = 0) -> str:
    """What the telephone shows at the office's own clock, or some steps before or after."""
    return pyotp.TOTP(secret).generate_otp(int(moment(system.now()).timestamp()) // 30 + steps)
