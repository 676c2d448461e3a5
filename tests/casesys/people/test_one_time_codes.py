"""One-time codes: the published vectors, a step of leeway, once each, and the lock."""

from __future__ import annotations

from base64 import b32encode
from uuid import UUID

import pyotp
import pytest

from casesys.people.one_time_codes import (
    CodeIsWrong,
    NothingToEnrol,
    _step_of,
    check_code,
    enrol_code,
    new_secret,
    open_offer,
    reset_code,
    wrap_offer,
)
from casesys.people.passwords import FAILURES, SignInFailed, SignInLocked, check_password
from casesys.people.sessions import begin_session, find_session
from casesys.permits import NotPermitted
from casesys.system import System
from domain.refusals import NoCodeIsSetUp, NoOneGrantsToThemselves
from projections.driver import rows
from tests.administrators import (
    SECURITY_ADMINISTRATOR,
    SYSTEM_ADMINISTRATOR,
    administered,
    code_of,
    enrolled_code,
)
from tests.offices import OFFICER, PASSWORD, Clock, person

RFC_SECRET = b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("1970-01-01T00:00:59.000000Z", "287082"),
        ("2005-03-18T01:58:29.000000Z", "081804"),
        ("2009-02-13T23:31:30.000000Z", "005924"),
        ("2033-05-18T03:33:20.000000Z", "279037"),
    ],
)
def test_the_codes_are_those_of_the_standard(at: str, code: str) -> None:
    assert _step_of(RFC_SECRET, code, at, 0) is not None
    assert _step_of(RFC_SECRET, f"{code[:3]} {code[3:]}", at, 0) is not None
    assert _step_of(RFC_SECRET, str((int(code) + 1) % 10**6).zfill(6), at, 0) is None


def test_a_code_lets_in_once_and_none_before_it_later(office: System, clock: Clock) -> None:
    secret, officer = enrolled_code(office, OFFICER), person(office, OFFICER)
    code = code_of(secret, office)
    check_code(office, officer, code)
    for used in (code, code_of(secret, office, -1)):
        with pytest.raises(CodeIsWrong):
            check_code(office, officer, used)
    clock.wait(seconds=30)
    check_code(office, officer, code_of(secret, office))


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (0, True), (1, True), (2, False)])
def test_a_telephone_may_be_one_step_off(
    system: System, clock: Clock, steps: int, taken: bool
) -> None:
    secret, officer = enrolled_code(system, OFFICER), person(system, OFFICER)
    clock.wait(minutes=5)
    code = code_of(secret, system, steps)
    if taken:
        check_code(system, officer, code)
        return
    with pytest.raises(CodeIsWrong):
        check_code(system, officer, code)


def test_wrong_codes_lock_the_account_though_the_password_is_right(
    office: System, clock: Clock
) -> None:
    """Who knows the password cannot guess for ever by giving it again between the codes."""
    secret, officer = enrolled_code(office, OFFICER), person(office, OFFICER)
    for _ in range(FAILURES):
        check_password(office, OFFICER, PASSWORD)
        with pytest.raises(CodeIsWrong):
            check_code(office, officer, "000000")
    with pytest.raises(SignInLocked):
        check_password(office, OFFICER, PASSWORD)
    with pytest.raises(SignInLocked):
        check_code(office, officer, code_of(secret, office))
    clock.wait(minutes=30)
    check_password(office, OFFICER, PASSWORD)
    check_code(office, officer, code_of(secret, office))
    with office.database.read() as c:
        question = "SELECT failures, locked_until FROM credential WHERE account = ?"
        assert rows(c, question, [officer.id]) == [(0, None)]


def test_no_code_is_taken_where_none_is_set_up(system: System) -> None:
    with pytest.raises(SignInFailed):
        check_code(system, person(system, OFFICER), "123456")


def test_codes_are_set_up_only_with_a_code_of_theirs_and_the_log_knows_no_secret(
    office: System,
) -> None:
    secret, officer = new_secret(), person(office, OFFICER)
    with pytest.raises(CodeIsWrong):
        enrol_code(office, officer, secret, "000000")
    enrol_code(office, officer, secret, code_of(secret, office))
    with office.database.read() as c:
        last = office.log.stream(c, officer.id)[-1]
        ((kept,),) = rows(c, "SELECT code_secret FROM credential WHERE account = ?", [officer.id])
    assert (last.topic, last.data, last.actor) == ("account.code_enrolled", {}, officer.id)
    assert secret not in kept
    assert office.vault.unwrap("code", kept) == secret


def test_an_offered_secret_opens_only_for_whom_it_was_made(system: System) -> None:
    officer, other = person(system, OFFICER), person(system, "U01-1")
    offer = wrap_offer(system, officer, "JBSWY3DP")
    assert open_offer(system, officer, offer) == "JBSWY3DP"
    for who, wrapped in ((other, offer), (officer, "nonsense"), (officer, ""), (officer, "锁")):
        with pytest.raises(NothingToEnrol):
            open_offer(system, who, wrapped)


def test_who_grants_roles_resets_codes_and_nobody_their_own(office: System) -> None:
    administered(office)
    enrolled_code(office, OFFICER)
    officer = person(office, OFFICER)
    token = begin_session(office, officer, with_code=True)
    granting = person(office, SECURITY_ADMINISTRATOR)
    with pytest.raises(NotPermitted):
        reset_code(office, person(office, SYSTEM_ADMINISTRATOR), UUID(officer.id), "丢了手机")
    with pytest.raises(NoOneGrantsToThemselves):
        reset_code(office, granting, UUID(granting.id), "丢了手机")
    reset_code(office, granting, UUID(officer.id), "丢了手机")
    assert find_session(office, token) is None
    held = find_session(office, begin_session(office, officer))
    assert held is not None and not held.has_code
    with pytest.raises(NoCodeIsSetUp):
        reset_code(office, granting, UUID(officer.id), "丢了手机")


def test_a_session_is_whole_only_with_the_code(system: System) -> None:
    enrolled_code(system, OFFICER)
    officer = person(system, OFFICER)
    half = find_session(system, begin_session(system, officer))
    whole = find_session(system, begin_session(system, officer, with_code=True))
    assert half is not None and half.wants_code
    assert whole is not None and not whole.wants_code


def test_the_library_makes_secrets_of_160_bits() -> None:
    assert len(new_secret()) == 32 and new_secret() != new_secret()
    assert pyotp.TOTP(new_secret()).digits == 6
