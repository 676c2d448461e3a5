"""What stands against an act is what the decision itself would say, and asking changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.case import GovernanceCase
from domain.decisions import closing, contact, governance, listing, repair
from domain.desk import Desk
from domain.instants import start_of_day
from domain.next_steps import outlook
from domain.vocabulary import (
    Branch,
    Category,
    Channel,
    ContactResult,
    ExclusionReason,
    NotOperatingBasis,
    RemovalGround,
)
from domain.workdays import Workdays

TODAY = "2021-07-22"


def desk(actor: str = "officer") -> Desk:
    return Desk(actor=actor, now=start_of_day(TODAY), workdays=Workdays({}))


def a_case(category: Category = Category.PENALTY) -> GovernanceCase:
    case = listing.open_case(
        desk(), number="2021-01-0001", campaign="2021-01", enterprise="x", category=category
    )
    listing.list_subject(case, desk(), listed_on="2021-07-01", town="石门街道", unit="区法院")
    return case


def reached(case: GovernanceCase) -> None:
    result = ContactResult.REACHED_OPERATING
    contact.attempt_contact(case, desk(), attempted_at=start_of_day("2021-07-05"), result=result)


def codes(decision: Callable[..., None], case: GovernanceCase, by: str = "officer") -> list[str]:
    return [refusal.code for refusal in outlook(decision, case, desk(by)).refusals]


def test_asking_changes_nothing() -> None:
    case = a_case()
    version, story = case.version, list(case.story)
    for decision in (contact.attempt_contact, governance.add_photo, closing.add_note):
        assert outlook(decision, case, desk()).lawful
    assert (case.version, case.story) == (version, story)
    assert not list(case.collect_events())[2:]


def test_all_that_stands_against_an_act_is_named_at_once() -> None:
    found = codes(contact.propose_unreachable, a_case())
    assert found == ["too_few_contact_attempts", "too_few_contact_channels", "no_visit_with_photo"]


def test_what_might_be_typed_wrongly_is_not_held_against_the_case() -> None:
    case = a_case()
    reached(case)
    governance.serve_interview_notice(
        case, desk(), served_at=start_of_day("2021-07-06"), served_by=Channel.LETTER
    )
    for decision in (governance.hold_interview, listing.attach_record, governance.extend_deadline):
        assert codes(decision, case) == []


def test_an_act_on_a_record_is_open_for_the_records_that_allow_it() -> None:
    case = a_case(Category.JUDGMENT)
    for n in (1, 2):
        listing.attach_record(
            case,
            desk(),
            number=f"（2020）粤0111执{n}号",
            authority="区法院",
            decided_on="2020-11-30",
            amount_fen=0,
        )
    first, second = case.state.records
    repair.propose_court_removal(
        case, desk(), record=first, ground=RemovalGround.PERFORMED, document="1号"
    )
    found = outlook(repair.propose_court_removal, case, desk())
    assert found.lawful and found.choices == ({"record": second},)
    confirming = outlook(repair.confirm_court_removal, case, desk("another"))
    assert confirming.choices == ({"record": first},)
    assert codes(repair.confirm_court_removal, case) == ["same_person_proposed_it"]


def test_who_proposed_is_told_that_another_must_confirm() -> None:
    case = a_case()
    listing.propose_exclusion(
        case, desk(), ground=ExclusionReason.DEREGISTERED, document="查询记录"
    )
    assert codes(listing.confirm_exclusion, case) == ["same_person_proposed_it"]
    assert codes(listing.confirm_exclusion, case, "another") == []
    sent_back = outlook(closing.send_back, case, desk("another"))
    assert sent_back.choices == ({"proposal": "exclusion"},)


def test_an_act_that_has_nothing_to_act_on_is_no_step_ahead() -> None:
    case = a_case()
    for decision in (listing.confirm_exclusion, closing.reopen_case, repair.apply_repair):
        assert not outlook(decision, case, desk()).applies
    assert outlook(closing.propose_exit, case, desk()).applies


def test_the_answer_is_what_the_decision_says_when_it_is_taken() -> None:
    """The same cases, each act asked and then really taken, with facts beyond reproach."""
    facts: dict[Any, dict[str, Any]] = {
        contact.conclude_operating: {},
        contact.conclude_not_operating: {"basis": "statement", "document": "说明"},
        closing.propose_exit: {},
        governance.start_key_supervision: {"unit": "区法院"},
        listing.reinstate_subject: {"explanation": "恢复"},
    }
    for prepare in (lambda case: None, reached, _not_operating):
        for decision, typed in facts.items():
            case = a_case()
            prepare(case)
            foretold = outlook(decision, case, desk()).refusals
            finding = Desk(
                actor="officer", now=start_of_day(TODAY), workdays=Workdays({}), counter=False
            )
            decision(case, finding, **typed)
            assert [r.code for r in foretold] == finding.findings


def _not_operating(case: GovernanceCase) -> None:
    result = ContactResult.REACHED_NOT_OPERATING
    contact.attempt_contact(case, desk(), attempted_at=start_of_day("2021-07-05"), result=result)
    contact.conclude_not_operating(case, desk(), basis=NotOperatingBasis.STATEMENT, document="说明")
    assert case.state.branch == Branch.NOT_OPERATING
