"""The rules of a case: each deadline computed from its own entry, each rule set kept by name."""

from __future__ import annotations

from casesys.cases.rules import Computed, computed_deadlines, rule_sets_of, rules_kept
from casesys.cases.view import CaseView, see_case
from casesys.system import System
from domain.vocabulary import DeadlineStatus
from tests import scenarios
from tests.offices import OFFICER, Clock, person


def seen(system: System, receipt: object, **when: str) -> CaseView:
    number = scenarios.case_number(system, receipt.stream)  # type: ignore[attr-defined]
    return see_case(system, number, person(system, OFFICER), **when)


def of(view: CaseView) -> dict[str, Computed]:
    return {str(found.deadline.kind): found for found in computed_deadlines(view)}


def test_every_deadline_names_the_entry_it_is_counted_from_and_the_one_that_met_it(
    system: System,
) -> None:
    found = of(seen(system, scenarios.a_committed_case(system)))
    starts = {kind: one.start and one.start.topic for kind, one in found.items()}
    ends = {kind: one.met_by and one.met_by.topic for kind, one in found.items()}
    assert starts == {
        "first_contact": "case.subject_listed",
        "interview": "case.subject_listed",
        "commitment": "case.interview_held",
    }
    assert ends == {
        "first_contact": "case.contact_attempted",
        "interview": "case.interview_held",
        "commitment": "case.commitment_signed",
    }
    assert [one.figure.value for one in found.values()] == [5, 20, 10]
    assert all(one.rules.id == "R2019" for one in found.values())


def test_an_extension_is_told_apart_from_the_day_that_the_rule_gives(
    system: System, clock: Clock
) -> None:
    receipt = scenarios.an_interviewed_case(system)
    later = {"deadline": "commitment", "due_on": "2021-07-30", "explanation": "企业申请"}
    scenarios.give(system, "extend_deadline", later, receipt.stream)
    found = of(seen(system, receipt))["commitment"]
    assert found.counted is not None and found.counted.day == "2021-07-22"
    assert found.deadline.due is not None and found.deadline.due.day == "2021-07-30"
    assert found.extended_by is not None and found.extended_by.data["due_on"] == "2021-07-30"


def test_a_deadline_that_was_missed_says_by_how_many_working_days(
    system: System, clock: Clock
) -> None:
    receipt = scenarios.an_interviewed_case(system)
    clock.set("2021-07-26T09:00")
    found = of(seen(system, receipt))["commitment"]
    assert found.deadline.status == DeadlineStatus.OPEN_OVERDUE and found.late_days == 2
    assert found.met_by is None


def test_the_commitment_for_one_record_meets_no_deadline(system: System) -> None:
    receipt = scenarios.an_interviewed_case(system)
    record = scenarios.record_of(system, receipt.stream)
    signed = scenarios.commitment(kind="credit_repair", record=record)
    scenarios.give(system, "sign_commitment", signed, receipt.stream)
    assert of(seen(system, receipt))["commitment"].met_by is None


def test_before_the_interview_the_last_deadline_has_not_begun(system: System) -> None:
    found = of(seen(system, scenarios.a_contacted_case(system)))["commitment"]
    assert (found.start, found.counted, found.extended_by) == (None, None, None)


def test_on_a_past_day_the_deadlines_are_those_of_that_day(system: System) -> None:
    receipt = scenarios.an_interviewed_case(system)
    then = of(seen(system, receipt, as_of="2021-07-05"))
    assert then["interview"].met_by is None
    assert of(seen(system, receipt))["interview"].met_by is not None
    # What the books did not know yet has no deadline at all.
    assert not computed_deadlines(seen(system, receipt, known_at="2021-07-02T00:00:00.000000Z"))


def test_the_rule_sets_that_entries_keep_are_among_those_of_the_case(system: System) -> None:
    view = seen(system, scenarios.a_case_under_repair(system))
    kept = rules_kept(view)
    assert {name: [e.topic for e in entries] for name, entries in kept.items()} == {
        "R2019": ["case.interview_held", "case.repair_applied"]
    }
    assert [one.id for one in rule_sets_of(view)] == ["R2019"]


def test_a_case_of_two_rule_sets_shows_both(system: System, clock: Clock) -> None:
    receipt = scenarios.an_interviewed_case(system)
    clock.set("2026-05-06T09:00")
    assert [one.id for one in rule_sets_of(seen(system, receipt))] == ["R2019", "R2026"]
