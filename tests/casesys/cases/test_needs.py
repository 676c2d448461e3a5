"""What a locked act still asks: each line from the decision's own rules, and the day it opens."""

from __future__ import annotations

from casesys.cases.needs import Checklist, checklists, opens_on, repair_checklists
from casesys.cases.view import CaseView, see_case
from casesys.system import System
from tests import scenarios
from tests.offices import OFFICER, SUPERVISOR, Clock, person


def seen(system: System, receipt: object, by: str = OFFICER) -> CaseView:
    number = scenarios.case_number(system, receipt.stream)  # type: ignore[attr-defined]
    return see_case(system, number, person(system, by))


def lists_of(view: CaseView, command: str) -> list[Checklist]:
    return checklists(view, next(act for act in view.acts if act.command == command))


def present(lists: list[Checklist]) -> dict[str, bool]:
    return {need.name: need.present for one in lists for need in one.needs}


def test_an_exit_names_every_step_of_the_branch(system: System) -> None:
    view = seen(system, scenarios.an_interviewed_case(system))
    assert present(lists_of(view, "propose_exit")) == {
        "interview": True,
        "photo": False,
        "commitment": False,
        "key_supervision": False,
    }


def test_an_objection_to_the_listing_stands_against_the_exit(system: System) -> None:
    receipt = scenarios.a_case_ready_to_exit(system)
    objection = {"ground": "wrong_subject", "statement": "不是本企业"}
    scenarios.give(system, "raise_objection", objection, receipt.stream)
    found = present(lists_of(seen(system, receipt), "propose_exit"))
    assert [name for name, there in found.items() if not there] == ["no_objection"]


def test_a_repair_opens_on_the_day_after_the_publicity_period(system: System, clock: Clock) -> None:
    clock.set("2021-02-01T09:00")
    receipt = scenarios.give(system, "list_enterprise", scenarios.listing(listed_on="2021-02-01"))
    scenarios.give(system, "attach_record", scenarios.penalty(), receipt.stream)
    view = seen(system, receipt)
    lists = lists_of(view, "apply_repair")
    assert opens_on(lists) == view.records[0].opens_on == "2021-03-02"
    assert present(lists)["min_period"] is False
    clock.set("2021-03-02T09:00")
    lists = lists_of(seen(system, receipt), "apply_repair")
    assert opens_on(lists) is None
    assert present(lists) == {
        "min_period": True,
        "performed": False,
        "commitment_for_record": False,
    }


def test_records_that_lack_the_same_stand_together(system: System) -> None:
    receipt = scenarios.a_committed_case(system)
    later = scenarios.penalty(2, decided_on="2021-06-30")
    scenarios.give(system, "attach_record", later, receipt.stream)
    scenarios.give(system, "attach_record", scenarios.penalty(3), receipt.stream)
    groups = {len(one.records): one for one in repair_checklists(seen(system, receipt))}
    assert sorted(groups) == [1, 2]
    assert groups[1].opens_on == "2021-10-01" and groups[2].opens_on is None
    # Of two records one waits for no day: the act as a whole waits for none.
    assert opens_on(list(groups.values())) is None


def test_a_record_that_was_repaired_or_is_under_repair_asks_nothing(system: System) -> None:
    assert not repair_checklists(seen(system, scenarios.a_case_under_repair(system)))
    assert not repair_checklists(seen(system, scenarios.a_repaired_case(system, 2)))
    assert not repair_checklists(seen(system, scenarios.a_listed_case(system, 3, "judgment")))


def test_a_record_barred_by_law_says_so(system: System) -> None:
    receipt = scenarios.give(system, "list_enterprise", scenarios.listing())
    barred = scenarios.penalty(publicity_class="specific_serious")
    scenarios.give(system, "attach_record", barred, receipt.stream)
    (found,) = repair_checklists(seen(system, receipt))
    assert [(n.name, n.present) for n in found.needs] == [("repairable", False)]


def test_who_was_tried_twice_says_from_which_day_a_third_time_counts(
    system: System, clock: Clock
) -> None:
    clock.set("2021-07-07T09:00")
    receipt = scenarios.a_listed_case(system)
    for day in ("2021-07-05", "2021-07-06"):
        tried = scenarios.contact(day, result="no_answer")
        scenarios.give(system, "attempt_contact", tried, receipt.stream)
    lists = lists_of(seen(system, receipt), "propose_unreachable")
    found = {need.name: need for need in lists[0].needs}
    assert (found["attempts"].done, found["attempts"].wanted) == (2, 3)
    assert found["channels"].present is found["visits"].present is False
    assert found["spread"].done == 1 and opens_on(lists) == "2021-07-12"


def test_a_closing_counts_the_records_that_are_settled(system: System) -> None:
    found = lists_of(seen(system, scenarios.an_exited_case(system)), "close_case")[0].needs
    assert [(n.name, n.present, n.done, n.wanted) for n in found] == [
        ("exit", True, None, None),
        ("settled", False, 0, 1),
    ]


def test_supervision_waits_for_the_commitment_where_the_enterprise_operates(
    system: System,
) -> None:
    operating = seen(system, scenarios.an_interviewed_case(system))
    assert present(lists_of(operating, "start_key_supervision")) == {
        "branch": True,
        "commitment": False,
    }


def test_what_only_another_person_may_do_has_no_list(system: System) -> None:
    receipt = scenarios.a_case_with_exit_proposed(system)
    assert not lists_of(seen(system, receipt), "propose_exit")
    assert not lists_of(seen(system, receipt, SUPERVISOR), "confirm_exit")
