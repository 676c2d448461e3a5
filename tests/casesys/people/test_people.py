"""The people of the office: found by work number and by account, their names sealed."""

from __future__ import annotations

from uuid import UUID

import pytest

from casesys.people import name_of, person_by_id, person_of
from casesys.people.passwords import SignInFailed, check_password
from casesys.people.sessions import begin_session, find_session
from casesys.permits import NotPermitted, Person, operator
from casesys.system import System
from domain.refusals import LoginIsTaken, NoOneGrantsToThemselves
from tests.offices import OFFICER, PASSWORD, SUPERVISOR, person
from tests.scenarios import give

RUNNER = operator("tests")


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
