"""Drafts are kept sealed for one person and one form, until their command is given."""

from __future__ import annotations

from uuid import uuid4

import pytest

from casesys.cases.drafts import KEPT_FOR, drafts_of, drop_draft, find_draft, keep_draft
from casesys.system import System
from projections.driver import rows, write
from tests import scenarios
from tests.offices import OFFICER, SUPERVISOR, Clock, person

PLACE = "/cases/2021-01-0001/do/add_note"
TYPED = {"note": ["法人电话 13800138000"], "version": ["3"]}


def test_a_draft_is_found_by_its_owner_at_its_own_form_only(office: System) -> None:
    officer, other = person(office, OFFICER), person(office, SUPERVISOR)
    keep_draft(office, officer, PLACE, TYPED)
    found = find_draft(office, officer, PLACE)
    assert found is not None and (found.typed, found.saved_at) == (TYPED, office.now())
    assert find_draft(office, other, PLACE) is None
    assert find_draft(office, officer, PLACE + "?target=4") is None


def test_the_later_draft_of_a_form_takes_the_place_of_the_earlier(
    office: System, clock: Clock
) -> None:
    officer = person(office, OFFICER)
    keep_draft(office, officer, PLACE, TYPED)
    clock.wait(minutes=2)
    keep_draft(office, officer, PLACE, {"note": ["改过的"]})
    assert [draft.typed["note"] for draft in drafts_of(office, officer)] == [["改过的"]]


def test_what_was_typed_stands_nowhere_in_the_clear(system: System) -> None:
    keep_draft(system, person(system, OFFICER), PLACE, TYPED)
    with system.database.read() as c:
        stored = str(rows(c, "SELECT * FROM draft"))
    assert PLACE in stored and "13800138000" not in stored


def test_a_draft_that_was_moved_to_somebody_else_does_not_open(system: System) -> None:
    officer, other = person(system, OFFICER), person(system, SUPERVISOR)
    keep_draft(system, officer, PLACE, TYPED)
    with system.database.write() as c:
        write(c, "UPDATE draft SET account = ?", [(other.id,)])
    assert find_draft(system, other, PLACE) is None


def test_a_copy_of_a_form_that_was_given_is_no_draft(system: System) -> None:
    officer, given = person(system, OFFICER), str(uuid4())
    early = {**TYPED, "command_id": [given]}
    keep_draft(system, officer, PLACE, early)
    case = scenarios.a_listed_case(system).stream
    scenarios.give(system, "add_note", {"note": "企业要求延后"}, case, command_id=given)
    assert keep_draft(system, officer, PLACE, early) is None, "it came too late"
    assert find_draft(system, officer, PLACE) is None, "it came before, and was not removed"
    assert drafts_of(system, officer) == []


def test_a_dropped_draft_is_gone(office: System) -> None:
    officer = person(office, OFFICER)
    keep_draft(office, officer, PLACE, TYPED)
    for _ in range(2):
        drop_draft(office, officer, PLACE)
        assert find_draft(office, officer, PLACE) is None


def test_old_drafts_are_swept_when_another_is_kept(office: System, clock: Clock) -> None:
    officer, other = person(office, OFFICER), person(office, SUPERVISOR)
    keep_draft(office, officer, PLACE, TYPED)
    clock.wait(days=KEPT_FOR.days - 1)
    keep_draft(office, other, PLACE, TYPED)
    assert len(drafts_of(office, officer)) == 1
    clock.wait(days=2)
    keep_draft(office, other, PLACE, TYPED)
    assert drafts_of(office, officer) == [] and len(drafts_of(office, other)) == 1


def test_there_is_an_end_of_one_persons_drafts(
    office: System, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, other = person(office, OFFICER), person(office, SUPERVISOR)
    keep_draft(office, other, PLACE, TYPED)
    monkeypatch.setattr("casesys.cases.drafts.MOST_DRAFTS", 3)
    for n in range(5):
        clock.wait(minutes=1)
        keep_draft(office, officer, f"{PLACE}?note={n}", TYPED)
    kept = [draft.place[-1] for draft in drafts_of(office, officer)]
    assert kept == ["4", "3", "2"] and len(drafts_of(office, other)) == 1
