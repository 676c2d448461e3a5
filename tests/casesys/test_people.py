"""Who comes in at the door, and for how long."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from casesys.people import (
    FAILURES,
    PasswordHoldsLogin,
    PasswordTooLong,
    PasswordTooShort,
    SignInFailed,
    SignInLocked,
    begin_session,
    check_password,
    end_session,
    find_session,
    name_of,
    person_by_id,
    person_of,
    set_password,
)
from casesys.permits import NotPermitted, Person, operator
from casesys.system import System
from domain.refusals import AccountIsUnknown, LoginIsTaken, NoOneGrantsToThemselves
from projections.driver import rows
from tests.offices import AUDITOR, OFFICER, OTHER_OFFICER, PASSWORD, SUPERVISOR, Clock, person
from tests.scenarios import give

RUNNER = operator("tests")
OTHER_PASSWORD = "another horse entirely"


def account(system: System, login: str) -> UUID:
    return UUID(person(system, login).id)


def test_a_person_is_found_by_login_and_by_id(office: System) -> None:
    found = person_of(office, "u01-2 ")
    assert found is not None
    assert (found.login, found.unit, found.roles) == (
        OFFICER,
        "区发展和改革局",
        frozenset({"officer"}),
    )
    assert person_by_id(office, found.id) == found
    assert person_of(office, "nobody") is None


def test_a_name_is_sealed_in_the_log_and_read_through_the_vault(office: System) -> None:
    assert name_of(office, account(office, OFFICER)) == "林晓"
    assert name_of(office, UUID(int=1)) is None


def test_a_login_is_one_persons_however_it_is_written(office: System) -> None:
    raw = {"login": "u01-2", "name": "别人", "unit": "区税务局"}
    with pytest.raises(LoginIsTaken):
        give(office, "open_account", raw, by=RUNNER)


def test_a_closed_account_lets_nobody_in(office: System) -> None:
    officer = person(office, OFFICER)
    token = begin_session(office, officer)
    give(office, "close_account", {"explanation": "调离"}, UUID(officer.id), RUNNER)
    assert person_of(office, OFFICER) is None
    assert find_session(office, token) is None
    with pytest.raises(SignInFailed):
        check_password(office, OFFICER, PASSWORD)


def test_an_officer_opens_no_account_and_grants_no_role(system: System) -> None:
    raw = {"login": "U09-1", "name": "新人", "unit": "区税务局"}
    with pytest.raises(NotPermitted):
        give(system, "open_account", raw, by=SUPERVISOR)
    with pytest.raises(NotPermitted):
        give(system, "grant_role", {"role": "supervisor"}, account(system, OFFICER), OFFICER)


def test_nobody_changes_their_own_roles(system: System) -> None:
    stream = account(system, OFFICER)
    himself = Person(str(stream), OFFICER, "", frozenset({"operator"}))
    with pytest.raises(NoOneGrantsToThemselves):
        give(system, "grant_role", {"role": "supervisor"}, stream, himself)


# -- passwords --------------------------------------------------------------------------------


def test_the_right_password_lets_in_and_another_does_not(office: System) -> None:
    assert check_password(office, OFFICER, PASSWORD) == person_of(office, OFFICER)
    for login, password in ((OFFICER, "wrong password"), ("nobody", PASSWORD), (OFFICER, "")):
        with pytest.raises(SignInFailed):
            check_password(office, login, password)


def test_after_five_failures_even_the_right_password_waits_half_an_hour(
    office: System, clock: Clock
) -> None:
    for _ in range(FAILURES):
        with pytest.raises(SignInFailed):
            check_password(office, OFFICER, "wrong password")
    with pytest.raises(SignInLocked) as locked:
        check_password(office, OFFICER, PASSWORD)
    assert locked.value.values == {"until": "2021-07-22T06:50:00.000000Z"}
    clock.wait(minutes=29, seconds=59)
    with pytest.raises(SignInLocked):
        check_password(office, OFFICER, PASSWORD)
    clock.wait(seconds=1)
    assert check_password(office, OFFICER, PASSWORD).login == OFFICER


def test_the_lock_is_one_accounts_own(system: System) -> None:
    for _ in range(FAILURES):
        with pytest.raises(SignInFailed):
            check_password(system, OFFICER, "wrong password")
    assert check_password(system, OTHER_OFFICER, PASSWORD).login == OTHER_OFFICER


def test_a_right_password_forgives_the_failures_before_it(system: System) -> None:
    for _ in range(3):
        for _ in range(FAILURES - 1):
            with pytest.raises(SignInFailed):
                check_password(system, OFFICER, "wrong password")
        assert check_password(system, OFFICER, PASSWORD)


def test_attempts_side_by_side_are_no_way_round_the_lock(office: System) -> None:
    def attempt(_: int) -> str:
        try:
            check_password(office, OFFICER, "wrong password")
        except (SignInFailed, SignInLocked) as refusal:
            return type(refusal).__name__
        return "in"

    with ThreadPoolExecutor(4) as several:
        answers = list(several.map(attempt, range(12)))
    assert answers.count("SignInFailed") == FAILURES
    assert answers.count("SignInLocked") == 12 - FAILURES


def test_a_new_password_replaces_the_old_ends_sessions_and_stands_in_the_log(
    office: System,
) -> None:
    officer = person(office, OFFICER)
    token = begin_session(office, officer)
    set_password(office, officer, UUID(officer.id), OTHER_PASSWORD)
    assert find_session(office, token) is None
    assert check_password(office, OFFICER, OTHER_PASSWORD)
    with pytest.raises(SignInFailed):
        check_password(office, OFFICER, PASSWORD)
    with office.database.read() as c:
        last = office.log.stream(c, officer.id)[-1]
        stored = rows(c, "SELECT password_hash FROM credential WHERE account = ?", [officer.id])
    assert (last.topic, last.actor, last.data) == ("account.password_changed", officer.id, {})
    assert stored[0][0].startswith("$argon2id$")


def test_only_oneself_and_the_operator_change_a_password(system: System) -> None:
    with pytest.raises(NotPermitted):
        set_password(system, person(system, SUPERVISOR), account(system, OFFICER), OTHER_PASSWORD)
    assert check_password(system, OFFICER, PASSWORD)
    set_password(system, RUNNER, account(system, OFFICER), OTHER_PASSWORD)
    assert check_password(system, OFFICER, OTHER_PASSWORD)


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("short", PasswordTooShort),
        ("x" * 201, PasswordTooLong),
        ("my u01-2 password", PasswordHoldsLogin),
    ],
)
def test_a_weak_password_is_refused(
    system: System, password: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        set_password(system, RUNNER, account(system, OFFICER), password)


def test_nobody_without_an_account_gets_a_password(system: System) -> None:
    with pytest.raises(AccountIsUnknown):
        set_password(system, RUNNER, UUID(int=7), PASSWORD)


# -- sessions ---------------------------------------------------------------------------------


def test_a_session_says_who_is_behind_it(office: System) -> None:
    auditor = person(office, AUDITOR)
    token = begin_session(office, auditor)
    assert find_session(office, token) == auditor
    assert find_session(office, token + "x") is None
    with office.database.read() as c:
        assert token not in str(rows(c, "SELECT id FROM session"))


def test_a_session_ends_after_a_quarter_of_an_hour_without_a_page(
    office: System, clock: Clock
) -> None:
    token = begin_session(office, person(office, OFFICER))
    for _ in range(3):
        clock.wait(minutes=14, seconds=59)
        assert find_session(office, token) is not None
    clock.wait(minutes=15)
    assert find_session(office, token) is None


def test_a_session_ends_after_a_working_day_however_busy(office: System, clock: Clock) -> None:
    token = begin_session(office, person(office, OFFICER))
    for _ in range(47):
        clock.wait(minutes=10)
        assert find_session(office, token) is not None
    clock.wait(minutes=10)
    assert find_session(office, token) is None


def test_signing_out_ends_the_session_of_one_machine(system: System) -> None:
    officer, other = person(system, OFFICER), person(system, OTHER_OFFICER)
    first, second = (begin_session(system, officer) for _ in range(2))
    elsewhere = begin_session(system, other)
    end_session(system, first)
    assert find_session(system, first) is None
    assert find_session(system, second) == officer
    assert find_session(system, elsewhere) == other


def test_a_role_revoked_is_gone_from_the_next_page_on(system: System) -> None:
    supervisor = person(system, SUPERVISOR)
    token = begin_session(system, supervisor)
    give(system, "revoke_role", {"role": "supervisor"}, UUID(supervisor.id), RUNNER)
    found = find_session(system, token)
    assert found is not None
    assert found.permits == frozenset()
