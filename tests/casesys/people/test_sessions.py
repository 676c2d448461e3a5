"""A session ends by idling, by age, by its owner, and with what it stood on."""

from __future__ import annotations

from uuid import UUID

import pytest

from casesys.people.sessions import (
    begin_session,
    end_other_sessions,
    end_session,
    find_session,
    mark_proved,
    sessions_of,
)
from casesys.permits import Person, operator
from casesys.system import System
from projections.driver import rows
from tests.administrators import SECURITY_ADMINISTRATOR, SYSTEM_ADMINISTRATOR, administered
from tests.offices import AUDITOR, OFFICER, OTHER_OFFICER, SUPERVISOR, Clock, person
from tests.scenarios import give


def whose(system: System, token: str) -> Person | None:
    held = find_session(system, token)
    return held.person if held is not None else None


def test_a_session_says_who_is_behind_it(office: System) -> None:
    auditor = person(office, AUDITOR)
    token = begin_session(office, auditor)
    assert whose(office, token) == auditor
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
    assert whose(system, second) == officer
    assert whose(system, elsewhere) == other


@pytest.mark.parametrize(
    ("command", "facts", "by"),
    [
        ("close_account", {"explanation": "调离"}, SYSTEM_ADMINISTRATOR),
        ("end_sessions", {"explanation": "电脑丢失"}, SYSTEM_ADMINISTRATOR),
        ("reset_password", {}, SYSTEM_ADMINISTRATOR),
        ("revoke_role", {"role": "supervisor"}, SECURITY_ADMINISTRATOR),
    ],
)
def test_every_session_ends_with_the_account_its_password_or_a_role(
    office: System, command: str, facts: dict[str, str], by: str
) -> None:
    administered(office)
    supervisor, officer = person(office, SUPERVISOR), person(office, OFFICER)
    theirs = [begin_session(office, supervisor) for _ in range(2)]
    anothers = begin_session(office, officer)
    give(office, command, facts, UUID(supervisor.id), by)
    assert [find_session(office, token) for token in theirs] == [None, None]
    assert whose(office, anothers) == officer
    with office.database.read() as c:
        assert rows(c, "SELECT account FROM session") == [(officer.id,)]


def test_a_role_granted_holds_from_the_next_page_on(system: System) -> None:
    officer = person(system, OFFICER)
    token = begin_session(system, officer)
    give(system, "grant_role", {"role": "supervisor"}, UUID(officer.id), operator("tests"))
    found = whose(system, token)
    assert found is not None and found.roles == {"officer", "supervisor"}


def test_my_sessions_are_told_and_the_others_can_be_ended(office: System, clock: Clock) -> None:
    officer = person(office, OFFICER)
    begin_session(office, officer)
    clock.wait(minutes=1)
    mine = begin_session(office, officer)
    begin_session(office, person(office, OTHER_OFFICER))
    held = find_session(office, mine)
    assert held is not None
    assert [one.this for one in sessions_of(office, held)] == [True, False]
    end_other_sessions(office, held)
    assert [one.this for one in sessions_of(office, held)] == [True]
    with office.database.read() as c:
        assert rows(c, "SELECT COUNT(*) FROM session") == [(2,)]


def test_a_proof_counts_for_five_minutes(office: System, clock: Clock) -> None:
    token = begin_session(office, person(office, OFFICER))
    clock.wait(minutes=4, seconds=59)
    held = find_session(office, token)
    assert held is not None and held.proved(office.now())
    clock.wait(seconds=1)
    assert not held.proved(office.now())
    mark_proved(office, held, with_code=False)
    again = find_session(office, token)
    assert again is not None and again.proved(office.now()) and not again.with_code


def test_an_administrator_sets_up_codes_before_anything_else(system: System) -> None:
    secrets = administered(system, enrolled=False)
    assert secrets == {}
    for login, wanted in ((SYSTEM_ADMINISTRATOR, True), (OFFICER, False)):
        held = find_session(system, begin_session(system, person(system, login)))
        assert held is not None and held.wants_enrolment is wanted
