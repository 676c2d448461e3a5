"""The audit trail shows the log as it is: every entry once, in its order, nothing unsealed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casesys.audit import Trail, case_history, trail
from casesys.audit.opened_entry import open_entry
from casesys.audit.shown_entries import Logged
from casesys.system import System
from domain.instants import end_of_day
from projections.driver import rows
from tests.offices import AUDITOR, OFFICER, SUPERVISOR, Clock, at, person
from tests.scenarios import PHONE, SIGNATORY, a_contacted_case, an_exited_case, case_number, give


def through(system: System, asked: Trail, size: int = 3) -> list[Logged]:
    """Every entry that answers, read from the newest page to the oldest."""
    found: list[Logged] = []
    before: int | None = None
    while True:
        page = trail(system, _at(asked, before=before), size)
        found += page.entries
        if page.older is None:
            return found
        before = page.older


def _at(asked: Trail, before: int | None = None, after: int | None = None) -> Trail:
    return replace(asked, before=before, after=after)


def entry_at(system: System, position: int) -> Logged | None:
    opened = open_entry(system, position)
    return opened.logged if opened is not None else None


def positions(system: System, where: str, *values: object) -> list[int]:
    with system.database.read() as c:
        question = f"SELECT position FROM log WHERE {where} ORDER BY position DESC"
        return [position for (position,) in rows(c, question, values)]


def test_every_entry_is_read_once_newest_first(office: System) -> None:
    an_exited_case(office)
    found = [one.entry.position for one in through(office, Trail())]
    assert found == positions(office, "1 = 1")
    assert found == list(range(len(found), 0, -1))


def test_a_condition_leaves_out_everything_else(office: System) -> None:
    exited = an_exited_case(office, 1)
    a_contacted_case(office, 2)
    number, supervisor = case_number(office, exited.stream), person(office, SUPERVISOR)
    for asked, where, value in (
        (Trail(actor=SUPERVISOR), "actor = ?", supervisor.id),
        (Trail(topic="case.record_attached"), "topic = ?", "case.record_attached"),
        (Trail(about=number), "stream_id = ?", str(exited.stream)),
        (Trail(command_id=exited.command_id), "command_id = ?", exited.command_id),
        (Trail(clock="occurred", last_day="2021-07-05"), "occurred_at <= ?", "2021-07-05T16"),
        (Trail(clock="entered", first_day="2021-07-22"), "entered_at >= ?", "2021-07-21T16"),
    ):
        expected = positions(office, where, value)
        assert expected, asked
        assert [one.entry.position for one in through(office, asked)] == expected, asked


def test_back_from_an_older_page_is_the_page_one_came_from(office: System) -> None:
    an_exited_case(office)
    first = trail(office, Trail(), 4)
    second = trail(office, Trail(before=first.older), 4)
    assert trail(office, Trail(after=second.newer), 4).entries == first.entries
    assert first.newer is None and second.newer is not None


@pytest.mark.parametrize("edge", [0, 1, 10**18, 10**30])
def test_an_edge_outside_the_log_is_no_fault(office: System, edge: int) -> None:
    trail(office, Trail(before=edge))
    trail(office, Trail(after=edge))
    assert edge == 1 or entry_at(office, edge) is None


def test_sealed_facts_are_named_and_not_shown(office: System) -> None:
    receipt = a_contacted_case(office)
    found = entry_at(office, receipt.position)
    assert found is not None
    assert {"phone", "contact_person"} <= set(found.sealed)
    assert PHONE not in str(found.facts) and SIGNATORY not in str(found.facts)


def test_an_entry_names_who_recorded_it_and_what_it_is_about(office: System) -> None:
    receipt = a_contacted_case(office)
    found = entry_at(office, receipt.position)
    assert found is not None
    assert (found.who, found.subject) == (OFFICER, "云塘区第1建材有限公司")
    assert found.case_number == case_number(office, receipt.stream)


def test_a_voided_entry_says_which_entry_took_it_away(office: System) -> None:
    receipt = a_contacted_case(office)
    void = {"target": receipt.version, "explanation": "记错了"}
    later = give(office, "void_entry", void, receipt.stream)
    found = entry_at(office, receipt.position)
    assert found is not None and found.voided_by == later.position
    assert [one.entry.position for one in through(office, Trail(result="voids"))] == [
        later.position
    ]


def test_a_case_that_is_not_there_is_said_to_be_unknown(office: System) -> None:
    assert trail(office, Trail(about="没有这件")).unknown == "没有这件"
    assert case_history(office, "没有这件", person(office, AUDITOR)) is None


def test_a_case_history_is_its_stream_in_the_order_recorded(office: System) -> None:
    receipt = an_exited_case(office)
    found = case_history(office, case_number(office, receipt.stream), person(office, AUDITOR))
    assert found is not None
    assert [one.entry.version for one in found[1]] == list(range(1, receipt.version + 1))


def test_the_trail_as_of_a_day_and_as_known_at_an_instant_holds_no_other_entry(
    system: System, clock: Clock
) -> None:
    listed = a_contacted_case(system).stream
    clock.set("2021-08-02T09:00")
    give(system, "void_entry", {"target": 4, "explanation": "录错企业"}, listed)
    who = person(system, AUDITOR)
    number, day, known_at = case_number(system, listed), "2021-07-04", at("2021-08-01T00:00")
    for asked, where, values in (
        (Trail(as_of=day), "occurred_at <= ?", (end_of_day(day),)),
        (Trail(known_at=known_at), "recorded_at <= ?", (known_at,)),
    ):
        wanted = positions(system, where, *values)
        page = trail(system, asked, 10**6)
        assert [one.entry.position for one in page.entries] == wanted
        assert 0 < len(wanted) < page.head
    whens = ((None, None), (day, None), (None, known_at))
    told = [case_history(system, number, who, *when) for when in whens]
    now, then, before = (list(found[1]) for found in told if found is not None)
    assert [one.entry.version for one in now] == [1, 2, 3, 4, 5]
    assert {one.entry.topic for one in then} < {one.entry.topic for one in now}
    # The void was recorded later, so the books still counted the contact then.
    assert now[3].voided_by is not None
    assert [one.voided_by for one in before] == [None] * 4
