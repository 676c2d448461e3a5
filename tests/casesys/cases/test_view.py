"""What the page of a case is given: its lane, what stands against each act, what is foreseen."""

from __future__ import annotations

import pytest

from casesys.cases.foresight import foresee
from casesys.cases.view import CaseIsUnknown, CaseView, case_number, see_case
from casesys.choosing import officer_logins, unit_names
from casesys.commands import COMMANDS
from casesys.lists import Lists, Wanted
from casesys.system import Given, StaleVersion, System
from domain.refusals import Refused
from domain.vocabulary import Stage
from tests import scenarios
from tests.casesys.lists.test_lists import Then
from tests.offices import AUDITOR, OFFICER, OTHER_OFFICER, SUPERVISOR, Clock, at, person


def seen(system: System, receipt: object, by: str = OFFICER, **when: str) -> CaseView:
    number = case_number(system, receipt.stream)  # type: ignore[attr-defined]
    return see_case(system, number, person(system, by), **when)


def steps(view: CaseView) -> dict[str, str]:
    return {step.name: step.state for step in view.steps}


def test_the_lane_says_what_is_done_what_is_now_and_what_waits(system: System) -> None:
    lane = steps(seen(system, scenarios.an_interviewed_case(system)))
    assert lane == {
        "listed": "done",
        "reached": "done",
        "branch": "done",
        "interview": "done",
        "photo": "open",
        "commitment": "now",
        "key_supervision": "locked",
        "exit": "locked",
    }


def test_a_branch_skips_what_it_does_not_ask(system: System) -> None:
    receipt = scenarios.a_case_with_unreachable_proposed(system)
    scenarios.give(system, "confirm_unreachable", {}, receipt.stream, SUPERVISOR)
    lane = steps(seen(system, receipt))
    assert [name for name, state in lane.items() if state == "skipped"] == [
        "reached",
        "interview",
        "photo",
        "commitment",
    ]
    assert lane["key_supervision"] == "now"


def test_a_step_that_came_late_says_by_how_many_working_days(system: System, clock: Clock) -> None:
    receipt = scenarios.a_listed_case(system)
    scenarios.give(system, "attempt_contact", scenarios.contact("2021-07-12"), receipt.stream)
    reached = next(s for s in seen(system, receipt).steps if s.name == "reached")
    assert (reached.due_on, reached.late_days) == ("2021-07-08", 2)


def test_the_clock_counts_working_days_to_what_is_due(system: System, clock: Clock) -> None:
    receipt = scenarios.an_interviewed_case(system)
    clock.set("2021-07-26T09:00")
    found = seen(system, receipt).clock
    assert found is not None
    assert (found.kind, found.due_on, found.days) == ("commitment", "2021-07-22", -2)


@pytest.mark.parametrize("today", ["2021-07-22", "2021-07-23", "2021-07-24", "2021-07-25"])
def test_page_lane_and_worklist_count_alike_on_a_day_off(
    system: System, clock: Clock, today: str
) -> None:
    receipt = scenarios.an_interviewed_case(system)
    scenarios.give(
        system,
        "extend_deadline",
        {"deadline": "commitment", "due_on": "2021-07-23", "explanation": "企业申请"},
        receipt.stream,
    )
    clock.set(f"{today}T09:00")
    view = seen(system, receipt)
    step = next(s for s in view.steps if s.name == "commitment")
    now = Then()
    rows = Lists(system).work(person(system, OFFICER), "open", Wanted(), "due", 1, now).rows
    assert view.clock is not None
    assert [row.days for row in rows] == [view.clock.days]
    assert (step.days_left if step.days_left is not None else -step.late_days) == view.clock.days
    assert (view.clock.days < 0) == (today > "2021-07-23")


def test_nobody_is_offered_what_their_role_may_not_do(system: System) -> None:
    receipt = scenarios.a_case_with_exit_proposed(system)
    assert not seen(system, receipt, AUDITOR).lawful
    offered = {act.command for act in seen(system, receipt, SUPERVISOR).lawful}
    assert {"confirm_exit", "send_back"} <= offered
    assert "confirm_exit" not in {act.command for act in seen(system, receipt).lawful}


def test_a_document_that_the_form_asks_for_locks_no_act(system: System) -> None:
    under_repair = seen(system, scenarios.a_case_under_repair(system))
    assert "record_repair_result" in {act.command for act in under_repair.lawful}
    repaired = seen(system, scenarios.a_repaired_case(system, 2))
    assert "revoke_repair" in {act.command for act in repaired.lawful}


def test_what_is_offered_is_not_refused_for_the_case_s_sake(system: System) -> None:
    """Every lawful act that asks nothing is really taken when it is given."""
    receipt = scenarios.a_case_with_exit_proposed(system)
    giver = person(system, SUPERVISOR)
    for act in seen(system, receipt, SUPERVISOR).acts:
        command = COMMANDS[act.command]
        if command.fields:
            continue
        try:
            foresee(system, command, {}, Given(giver, receipt.stream))
            refused = None
        except Refused as refusal:
            refused = refusal.code
        assert refused == (act.refusals[0].code if act.refusals else None), act.command


def test_the_case_of_another_day_is_that_day_s(system: System) -> None:
    receipt = scenarios.an_interviewed_case(system)
    then = seen(system, receipt, as_of="2021-07-05")
    assert then.past and then.state.stage == Stage.TO_INTERVIEW and not then.acts
    unknown = seen(system, receipt, known_at=at("2021-07-20T12:00"))
    assert unknown.state.number and unknown.state.stage == Stage.UNLISTED


@pytest.mark.parametrize("name", ["none", "", "\x00", "长" * 5000])
def test_a_name_of_no_case_is_unknown(system: System, name: str) -> None:
    with pytest.raises(CaseIsUnknown):
        see_case(system, name, person(system, OFFICER))


def test_what_is_foreseen_is_not_written(system: System) -> None:
    receipt = scenarios.a_case_ready_to_exit(system)
    given = Given(person(system, OFFICER), receipt.stream, receipt.version)
    foreseen = foresee(system, COMMANDS["propose_exit"], {}, given)
    assert (foreseen.before.stage, foreseen.after.stage) == (
        Stage.READY_TO_EXIT,
        Stage.AWAITING_SECOND,
    )
    assert seen(system, receipt).version == receipt.version


def test_foresight_on_a_version_that_is_past_says_what_came(system: System) -> None:
    receipt = scenarios.a_case_ready_to_exit(system)
    scenarios.give(system, "add_note", {"note": "电话核实"}, receipt.stream, OTHER_OFFICER)
    given = Given(person(system, OFFICER), receipt.stream, receipt.version)
    with pytest.raises(StaleVersion) as stale:
        foresee(system, COMMANDS["propose_exit"], {}, given)
    assert [entry.topic for entry in stale.value.entries] == ["case.note_added"]


def test_forms_offer_the_office_s_own_units_and_the_people_who_act(system: System) -> None:
    assert "区市场监督管理局" in unit_names(system)
    logins = {login for login, _ in officer_logins(system)}
    assert {OFFICER, SUPERVISOR} <= logins and AUDITOR not in logins
