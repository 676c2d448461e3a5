"""Who came in and what was refused is kept beside the log, and can be asked for."""

from __future__ import annotations

from uuid import UUID

import pytest

from casesys.commands import COMMANDS
from casesys.database import StoreIsBusy
from casesys.people.attempts import (
    KEPT,
    SIGN_IN,
    SIGN_OUT,
    WantedAttempts,
    attempts_page,
    give_noted,
    note_attempt,
    noting,
    typed_login,
)
from casesys.permits import NotPermitted
from casesys.system import Given, StreamIsUnknown, System
from tests import scenarios
from tests.offices import OFFICER, SUPERVISOR, Clock, contents, person


def test_a_flood_of_refusals_is_kept_up_to_a_bound_each_hour(
    system: System, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, supervisor = person(system, OFFICER).id, person(system, SUPERVISOR).id

    def flood() -> int:
        for n in range(5):
            note_attempt(system, typed_login(f"U99-{n}"), SIGN_IN, refusal="sign_in_failed")
            note_attempt(system, officer, SIGN_IN, refusal="sign_in_locked")
        return len(acts(system))

    assert flood() == 10, "without the bound all of it is kept"
    monkeypatch.setattr("casesys.people.attempts.MOST_AN_HOUR", 5)
    assert flood() == 10
    note_attempt(system, officer, SIGN_IN)
    note_attempt(system, supervisor, SIGN_IN, refusal="sign_in_failed")
    assert len(acts(system)) == 12, "who comes in, and others, are noted all the same"
    clock.wait(minutes=61)
    assert flood() == 22


def acts(system: System, wanted: WantedAttempts | None = None) -> list[tuple[str, str, str | None]]:
    found = attempts_page(system, wanted or WantedAttempts()).rows
    return [(one.login, one.act, one.refusal) for one in found]


def test_an_attempt_is_found_by_who_what_and_how_it_ended(office: System, clock: Clock) -> None:
    officer = person(office, OFFICER)
    note_attempt(office, typed_login("U99-9"), SIGN_IN, refusal="sign_in_failed")
    clock.wait(minutes=1)
    since = office.now()
    note_attempt(office, officer.id, SIGN_IN)
    clock.wait(minutes=1)
    note_attempt(office, officer.id, SIGN_OUT)
    assert acts(office) == [
        (OFFICER, SIGN_OUT, None),
        (OFFICER, SIGN_IN, None),
        ("typed:U99-9", SIGN_IN, "sign_in_failed"),
    ]
    for wanted, number in (
        (WantedAttempts(who="u01-2"), 2),
        (WantedAttempts(who=officer.id), 2),
        (WantedAttempts(who="U99-9"), 1),
        (WantedAttempts(act=SIGN_IN), 2),
        (WantedAttempts(refused=True), 1),
        (WantedAttempts(refused=False), 2),
        (WantedAttempts(refusal="sign_in_failed"), 1),
        (WantedAttempts(since=since), 2),
        (WantedAttempts(until=since), 1),
        (WantedAttempts(act=SIGN_IN, refused=True, who="u01-2"), 0),
    ):
        assert attempts_page(office, wanted).total == number, wanted


def test_who_types_the_id_of_an_account_is_not_taken_for_it(system: System) -> None:
    officer = person(system, OFFICER)
    note_attempt(system, typed_login(officer.id), SIGN_IN, refusal="sign_in_failed")
    assert acts(system) == [(f"typed:{officer.id}", SIGN_IN, "sign_in_failed")]


def test_what_is_refused_at_a_door_is_recorded_and_changes_nothing_else(office: System) -> None:
    case = scenarios.a_listed_case(office).stream
    officer = person(office, OFFICER)
    before = contents(office)
    with pytest.raises(NotPermitted):
        give_noted(office, COMMANDS["confirm_exit"], {}, Given(officer, case))
    with pytest.raises(StreamIsUnknown):
        give_noted(office, COMMANDS["add_note"], {"note": "在"}, Given(officer, UUID(int=7)))
    found = attempts_page(office, WantedAttempts(stream=str(case))).rows
    assert [(one.who, one.act, one.refusal) for one in found] == [
        (officer.id, "confirm_exit", "not_permitted")
    ]
    assert attempts_page(office, WantedAttempts(refusal="stream_is_unknown")).total == 1
    assert contents(office) == before


def test_what_succeeds_is_in_the_log_and_no_attempt(system: System) -> None:
    case = scenarios.a_listed_case(system).stream
    officer = person(system, OFFICER)
    give_noted(system, COMMANDS["add_note"], {"note": "企业要求延后"}, Given(officer, case))
    assert acts(system) == []


def test_a_stale_version_is_a_refusal_too(system: System) -> None:
    case = scenarios.a_listed_case(system).stream
    stale = Given(person(system, OFFICER), case, expected_version=1)
    with pytest.raises(Exception, match="now at version"):
        give_noted(system, COMMANDS["add_note"], {"note": "晚了"}, stale)
    assert acts(system) == [(OFFICER, "add_note", "stale_version")]


def test_pages_are_of_fifty_and_a_page_too_far_is_the_last(system: System, clock: Clock) -> None:
    for n in range(51):
        clock.wait(seconds=1)
        note_attempt(system, f"operator:{n}", SIGN_OUT)
    page = attempts_page(system, WantedAttempts(), page=9)
    assert (page.page, page.pages, page.total, page.first, len(page.rows)) == (2, 2, 51, 51, 1)
    assert page.rows[0].who == "operator:0"


def test_two_years_later_an_attempt_is_gone(system: System, clock: Clock) -> None:
    note_attempt(system, "operator:a", SIGN_OUT)
    clock.wait(days=KEPT.days)
    note_attempt(system, "operator:b", SIGN_OUT)
    assert len(acts(system)) == 2
    clock.wait(seconds=1)
    note_attempt(system, "operator:c", SIGN_OUT)
    assert [who for who, _, _ in acts(system)] == ["operator:c", "operator:b"]


def test_a_busy_database_loses_the_note_and_not_the_page(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> None:
        raise StoreIsBusy

    with monkeypatch.context() as patched:
        patched.setattr(system.database, "write", busy)
        note_attempt(system, "operator:a", SIGN_OUT)
        with pytest.raises(NotPermitted), noting(system, "operator:a", "add_note"):
            person(system, SUPERVISOR).require(COMMANDS["open_account"].permit)
    assert acts(system) == []
