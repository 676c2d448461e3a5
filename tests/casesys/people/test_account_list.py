"""The accounts as administrators see them, narrowed and page by page."""

from __future__ import annotations

from uuid import UUID

import pytest

from casesys.people.account_list import accounts_page, see_account
from casesys.people.attempts import SIGN_IN, note_attempt
from casesys.people.passwords import FAILURES, SignInFailed, check_password
from casesys.people.sessions import begin_session
from casesys.system import System
from domain.vocabulary import Role
from tests.administrators import SECURITY_ADMINISTRATOR, SYSTEM_ADMINISTRATOR, administered
from tests.offices import AUDITOR, OFFICER, SUPERVISOR, Clock, person
from tests.scenarios import give


def logins(system: System, **asked: str) -> list[str]:
    return [line.login for line in accounts_page(system, **asked).rows]  # type: ignore[arg-type]


def test_the_list_is_narrowed_by_words_role_and_state(office: System) -> None:
    administered(office)
    closed = UUID(person(office, AUDITOR).id)
    give(office, "close_account", {"explanation": "调离"}, closed, SYSTEM_ADMINISTRATOR)
    assert AUDITOR not in logins(office) and logins(office, state="closed") == [AUDITOR]
    assert logins(office, words="u01-2") == [OFFICER]
    assert logins(office, words="%") == [] == logins(office, words="_")
    assert logins(office, role="supervisor") == [SUPERVISOR]
    assert len(logins(office, words="区发展和改革局", state="all")) == 4


def test_a_line_says_how_the_account_stands(office: System, clock: Clock) -> None:
    officer = person(office, OFFICER)
    note_attempt(office, officer.id, SIGN_IN)
    for _ in range(FAILURES):
        with pytest.raises(SignInFailed):
            check_password(office, OFFICER, "wrong password")
    (line,) = accounts_page(office, words=OFFICER).rows
    assert (line.roles, line.has_password, line.has_code) == ((Role.OFFICER,), True, False)
    assert line.last_seen == office.now() and line.locked_until is not None
    clock.wait(minutes=30)
    (line,) = accounts_page(office, words=OFFICER).rows
    assert line.locked_until is None


def test_one_account_says_what_may_be_granted_and_where_it_is_the_last(system: System) -> None:
    administered(system)
    officer = person(system, OFFICER)
    begin_session(system, officer)
    view = see_account(system, UUID(officer.id))
    assert view is not None
    assert (list(view.grantable), list(view.alone_in), view.sessions) == ([Role.SUPERVISOR], [], 1)
    last = see_account(system, UUID(person(system, SECURITY_ADMINISTRATOR).id))
    assert last is not None and last.alone_in == [Role.SECURITY_ADMINISTRATOR]
    assert last.entries[0].topic == "account.code_enrolled"
    assert see_account(system, UUID(int=7)) is None
