"""One act on many cases gives exactly what the single acts would, and nothing twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from casesys.command import FieldsRefused
from casesys.commands import COMMANDS
from casesys.lists.bulk import (
    BULK_COMMANDS,
    MOST_IN_BULK,
    BulkHasBegun,
    BulkIsUnknown,
    NothingChosen,
    TooManyChosen,
    begin_bulk,
    bulk_command,
    do_bulk,
    find_bulk,
    try_bulk,
)
from casesys.permits import NotPermitted, Permit
from casesys.system import Given, System
from domain.entries import Entry
from domain.refusals import Refused
from projections.driver import rows
from tests import scenarios
from tests.examples import EXAMPLES, a_settled_case
from tests.offices import (
    AUDITOR,
    OFFICER,
    OTHER_OFFICER,
    SUPERVISOR,
    Clock,
    contents,
    log_of,
    person,
)
from tests.scenarios import MINUTES, case_number, give, interview
from tests.stores import settings_of

AN_HOUR = 3600.0
WAYS = (
    scenarios.a_listed_case,
    scenarios.a_claimed_case,
    scenarios.a_contacted_case,
    scenarios.an_interviewed_case,
    scenarios.an_excluded_case,
    scenarios.an_exited_case,
)


def closed(system: System) -> UUID:
    settled = a_settled_case(system).stream
    return give(system, "close_case", {"ground": "all_repaired"}, settled).stream


@pytest.fixture
def twin(sqlite_office: Path, tmp_path: Path, clock: Clock) -> Iterator[System]:
    """Another copy of the same office: the same people, under the same ids, at the same time."""
    home = tmp_path / "twin"
    shutil.copytree(sqlite_office, home)
    made = System(settings_of(home), now=clock)
    yield made
    made.database.dispose()


def many(system: System) -> dict[str, UUID]:
    """A case in each of seven states, by its number."""
    streams = [closed(system), *(way(system, n).stream for n, way in enumerate(WAYS, 2))]
    return {case_number(system, stream): stream for stream in streams}


def typed_for(name: str, system: System) -> dict[str, Any]:
    facts = EXAMPLES[name].facts(system, uuid4())
    return {field: facts[field] for field in bulk_command(name).fields if field in facts}


def what_it_says(system: System, entry: Entry) -> tuple[Any, ...]:
    """An entry with its sealed facts opened: two seals of one text are never alike."""
    with system.database.read() as c:
        facts = {
            name: system.vault.open(c, entry.stream_id, entry.version, name, value)
            if isinstance(value, dict)
            else value
            for name, value in entry.data.items()
        }
    return entry.version, entry.topic, facts, entry.occurred_at, entry.actor, entry.reason


def giver(name: str) -> str:
    """Whoever may give it to many: an officer, but for what only a supervisor does."""
    return SUPERVISOR if COMMANDS[name].permit is Permit.ERASE else OFFICER


def story(system: System, case: UUID) -> list[tuple[Any, ...]]:
    return [what_it_says(system, entry) for entry in log_of(system, case)]


def singly(system: System, name: str, typed: dict[str, Any], case: UUID) -> str:
    try:
        system.give(COMMANDS[name], typed, Given(person(system, giver(name)), case))
    except Refused as refused:
        return refused.code
    return ""


@pytest.mark.parametrize("name", BULK_COMMANDS)
def test_a_bulk_gives_exactly_what_the_single_acts_would(
    system: System, twin: System, name: str
) -> None:
    cases, officer = many(system), person(system, giver(name))
    assert many(twin) == cases
    typed = typed_for(name, system)
    found = begin_bulk(system, officer, name, list(cases))
    before = contents(system)
    if typed:
        try_bulk(system, officer, found, typed)
    tried = find_bulk(system, officer, found)
    assert contents(system) == before, "a dry run writes nothing"
    bulk = do_bulk(system, officer, found, AN_HOUR)
    assert bulk.finished
    codes = {number: singly(twin, name, typed, case) for number, case in cases.items()}
    assert {one.number: one.code for one in tried.foreseen} == codes
    assert {one.number: one.code for one in bulk.outcomes} == codes
    assert len(set(codes.values())) > 1, "some can be done and some cannot"
    for case in cases.values():
        assert story(system, case) == story(twin, case)


def group_interview(system: System) -> tuple[UUID, dict[str, UUID]]:
    """Tried out on three that can be interviewed and one that cannot."""
    cases = {}
    for n, way in enumerate([scenarios.an_interviewed_case] * 3 + [scenarios.a_listed_case], 1):
        stream = way(system, n).stream
        cases[case_number(system, stream)] = stream
    officer = person(system, OFFICER)
    found = begin_bulk(system, officer, "hold_interview", list(cases))
    try_bulk(system, officer, found, interview(held_at="2021-07-20T09:00"))
    return found, cases


def test_each_case_has_its_own_command_and_receipt_and_again_has_no_second_effect(
    system: System,
) -> None:
    found, _ = group_interview(system)
    officer = person(system, OFFICER)
    bulk = do_bulk(system, officer, found, AN_HOUR)
    receipts = [one.receipt for one in bulk.outcomes if not one.refused]
    assert len(receipts) == len(set(receipts)) == 3
    before = contents(system)
    assert do_bulk(system, officer, found, AN_HOUR).outcomes == bulk.outcomes
    assert contents(system) == before


def test_what_was_done_and_not_noted_is_not_done_again(system: System) -> None:
    found, _ = group_interview(system)
    officer = person(system, OFFICER)
    with system.database.read() as c:
        kept = rows(c, "SELECT held, answers FROM bulk WHERE id = ?", [str(found)])[0]
    done = do_bulk(system, officer, found, AN_HOUR)
    before = contents(system)
    with system.database.write() as c:
        # As after a crash between the last command and the note of it.
        c.exec_driver_sql("UPDATE bulk SET held = ?, answers = ?", kept)
    assert not find_bulk(system, officer, found).finished
    assert do_bulk(system, officer, found, AN_HOUR).outcomes == done.outcomes
    assert contents(system) == before


def test_a_case_that_went_on_meanwhile_is_told_and_the_others_are_done(system: System) -> None:
    found, cases = group_interview(system)
    number, stream = next(iter(cases.items()))
    give(system, "add_note", {"note": "改期"}, stream)
    bulk = do_bulk(system, person(system, OFFICER), found, AN_HOUR)
    codes = {one.number: one.code for one in bulk.outcomes}
    assert codes[number] == "stale"
    assert sorted(codes.values()) == ["", "", "enterprise_not_reached", "stale"]
    assert [entry.topic for entry in log_of(system, stream)][-1] == "case.note_added"


def test_time_that_is_up_leaves_the_rest_to_be_gone_on_with(system: System) -> None:
    found, _ = group_interview(system)
    officer = person(system, OFFICER)
    left = [len(do_bulk(system, officer, found, 0).waiting) for _ in range(3)]
    assert left == [2, 1, 0]
    assert find_bulk(system, officer, found).finished


def test_what_was_typed_is_kept_wrapped_and_forgotten_at_the_end(system: System) -> None:
    found, _ = group_interview(system)
    officer = person(system, OFFICER)
    with system.database.read() as c:
        assert MINUTES not in str(rows(c, "SELECT * FROM bulk"))
    assert (find_bulk(system, officer, found).typed or {})["minutes"] == MINUTES
    assert do_bulk(system, officer, found, AN_HOUR).typed is None


def test_what_was_typed_stands_once_it_began(system: System) -> None:
    found, _ = group_interview(system)
    officer = person(system, OFFICER)
    with pytest.raises(FieldsRefused):
        try_bulk(system, officer, found, {"held_at": "morgen"})
    do_bulk(system, officer, found, 0)
    with pytest.raises(BulkHasBegun):
        try_bulk(system, officer, found, interview())


def test_a_case_beyond_reach_is_answered_as_one_that_is_not_there(system: System) -> None:
    near = case_number(system, scenarios.a_listed_case(system).stream)
    far = scenarios.a_listed_case(system, 2).stream
    give(system, "assign_case", {"unit": "区税务局"}, far)
    unit = person(system, OTHER_OFFICER)
    numbers = [near, case_number(system, far), "2021-01-9999"]
    bulk = find_bulk(system, unit, begin_bulk(system, unit, "claim_case", numbers))
    assert [one.code for one in bulk.foreseen] == ["", "unknown", "unknown"]
    assert [one.name for one in bulk.foreseen[1:]] == ["", ""]


def test_a_case_that_left_ones_reach_meanwhile_is_not_done(system: System) -> None:
    case = scenarios.a_listed_case(system).stream
    unit = person(system, OTHER_OFFICER)
    found = begin_bulk(system, unit, "claim_case", [case_number(system, case)])
    give(system, "assign_case", {"unit": "区税务局"}, case)
    bulk = do_bulk(system, unit, found, AN_HOUR)
    assert [one.code for one in bulk.outcomes] == ["unknown"]
    assert log_of(system, case)[-1].topic == "case.assigned"


def test_a_bulk_is_its_owners_and_needs_the_permit_of_its_command(system: System) -> None:
    number = case_number(system, scenarios.a_listed_case(system).stream)
    found = begin_bulk(system, person(system, OFFICER), "claim_case", [number])
    other = person(system, SUPERVISOR)
    with pytest.raises(BulkIsUnknown):
        find_bulk(system, other, found)
    with pytest.raises(BulkIsUnknown):
        try_bulk(system, other, found, {})
    with pytest.raises(BulkIsUnknown):
        do_bulk(system, other, found, AN_HOUR)
    with pytest.raises(NotPermitted):
        begin_bulk(system, person(system, AUDITOR), "claim_case", [number])
    with pytest.raises(KeyError):
        begin_bulk(system, person(system, OFFICER), "confirm_exit", [number])


def test_a_bulk_has_at_least_one_case_and_is_bounded(system: System) -> None:
    officer = person(system, OFFICER)
    with pytest.raises(NothingChosen):
        begin_bulk(system, officer, "claim_case", [])
    numbers = [f"2021-01-{n:04d}" for n in range(MOST_IN_BULK + 1)]
    with pytest.raises(TooManyChosen):
        begin_bulk(system, officer, "claim_case", numbers)
    bulk = find_bulk(system, officer, begin_bulk(system, officer, "claim_case", numbers[1:] * 2))
    assert len(bulk.foreseen) == MOST_IN_BULK


def test_on_many_nothing_within_one_case_is_asked_for() -> None:
    assert "linked_act" in COMMANDS["add_photo"].fields
    assert "linked_act" not in bulk_command("add_photo").fields


def test_who_came_to_a_group_interview_is_not_asked_of_all_at_once(system: System) -> None:
    stream = scenarios.an_interviewed_case(system).stream
    officer = person(system, OFFICER)
    found = begin_bulk(system, officer, "hold_interview", [case_number(system, stream)])
    typed = interview(held_at="2021-07-20T09:00")
    del typed["attendee"], typed["attendee_capacity"]
    try_bulk(system, officer, found, typed)
    do_bulk(system, officer, found, AN_HOUR)
    held = log_of(system, stream)[-1]
    assert held.topic == "case.interview_held" and held.data["attendee"] is None


def test_bulks_of_long_ago_are_forgotten(system: System, clock: Clock) -> None:
    number = case_number(system, scenarios.a_listed_case(system).stream)
    officer = person(system, OFFICER)
    first = begin_bulk(system, officer, "transfer_case", [number])
    clock.wait(days=31)
    begin_bulk(system, officer, "transfer_case", [number])
    with pytest.raises(BulkIsUnknown):
        find_bulk(system, officer, first)
