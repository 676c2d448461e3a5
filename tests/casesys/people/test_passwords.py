"""A password lets its owner in, five wrong ones lock the account, another ends every session."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters
from argon2.profiles import CHEAPEST, RFC_9106_LOW_MEMORY

from casesys.people import passwords, person_of
from casesys.people.passwords import (
    FAILURES,
    PasswordHoldsLogin,
    PasswordIsTheSame,
    PasswordTooLong,
    PasswordTooShort,
    SignInFailed,
    SignInLocked,
    check_password,
    one_time_password,
    set_password,
    unlock,
)
from casesys.people.sessions import begin_session, find_session
from casesys.permits import NotPermitted, operator
from casesys.system import System
from domain.refusals import AccountIsUnknown
from projections.driver import rows
from tests.administrators import SYSTEM_ADMINISTRATOR, administered
from tests.offices import OFFICER, OTHER_OFFICER, PASSWORD, SUPERVISOR, Clock, person

RUNNER = operator("tests")
OTHER_PASSWORD = "another horse entirely"


def account(system: System, login: str) -> UUID:
    return UUID(person(system, login).id)


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


def test_a_guess_costs_what_the_standard_asks_also_where_the_hash_was_cheaper(
    system: System, dear_hasher: Callable[[], PasswordHasher], monkeypatch: pytest.MonkeyPatch
) -> None:
    def kept() -> Parameters:
        with system.database.read() as c:
            officer = person(system, OFFICER).id
            said = rows(c, "SELECT password_hash FROM credential WHERE account = ?", [officer])
        return extract_parameters(said[0][0])

    assert kept() == CHEAPEST
    monkeypatch.setattr(passwords, "_hasher", dear_hasher)
    assert check_password(system, OFFICER, PASSWORD)
    assert kept() == RFC_9106_LOW_MEMORY
    assert check_password(system, OFFICER, PASSWORD)


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


def test_who_must_choose_another_password_does_not_keep_the_old_one(system: System) -> None:
    officer = person(system, OFFICER)
    with pytest.raises(PasswordIsTheSame):
        set_password(system, officer, UUID(officer.id), PASSWORD)


def test_a_password_of_another_is_for_once_and_ones_own_lasts(system: System) -> None:
    officer = person(system, OFFICER)
    set_password(system, RUNNER, UUID(officer.id), OTHER_PASSWORD)
    first = find_session(system, begin_session(system, officer))
    assert first is not None and first.of_another
    set_password(system, officer, UUID(officer.id), "a third horse of mine")
    second = find_session(system, begin_session(system, officer))
    assert second is not None and not second.of_another


def test_a_password_to_be_told_is_strong_and_never_twice_the_same() -> None:
    made = {one_time_password("u01-2") for _ in range(50)}
    assert len(made) == 50
    assert all(len(one) == 19 and not set("l1o0i") & set(one) for one in made)


def test_an_administrator_lifts_the_lock_and_the_log_says_so(office: System) -> None:
    administered(office)
    for _ in range(FAILURES):
        with pytest.raises(SignInFailed):
            check_password(office, OFFICER, "wrong password")
    with pytest.raises(NotPermitted):
        unlock(office, person(office, SUPERVISOR), account(office, OFFICER))
    unlock(office, person(office, SYSTEM_ADMINISTRATOR), account(office, OFFICER))
    assert check_password(office, OFFICER, PASSWORD).login == OFFICER
    with office.database.read() as c:
        assert office.log.stream(c, account(office, OFFICER))[-1].topic == "account.unlocked"
