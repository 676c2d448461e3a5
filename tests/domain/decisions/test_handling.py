"""Who handles a case: taken once, given back by its officer only, passed on with a reason."""

from __future__ import annotations

from domain import refusals
from domain.decisions import handling, listing
from domain.desk import Desk
from tests.domain.office_desk import (
    LATER,
    OFFICER,
    SECOND,
    UNITS,
    a_closed_case,
    a_listed_case,
    desk,
    refused,
)

THIRD, STRANGER = "officer-3", "officer-4"
COURT_UNIT = "区人民法院"


class Desks:
    """Who may be given a case: three officers of the office, and one of another unit."""

    def find(self, name: str) -> str | None:
        return name if name in (OFFICER, SECOND, THIRD, STRANGER) else None

    def anyone_in(self, role: str) -> bool:
        return False

    def login_of(self, account: str) -> str | None:
        return account.upper() if self.find(account) else None

    def reaches(self, account: str, unit: str) -> bool:
        return account != STRANGER or unit == COURT_UNIT


def at_desk(actor: str = OFFICER) -> Desk:
    found = desk(LATER, actor)
    found.officers = Desks()
    return found


def test_a_case_that_nobody_has_is_taken_and_its_unit_stays() -> None:
    case = a_listed_case()
    unit = case.state.unit
    handling.claim_case(case, at_desk())
    assert case.state.officer == OFFICER
    assert case.state.unit == unit


def test_of_two_who_take_a_case_the_second_is_told_who_has_it() -> None:
    case = a_listed_case()
    handling.claim_case(case, at_desk())
    try:
        handling.claim_case(case, at_desk(SECOND))
    except refusals.CaseHasAnOfficer as refusal:
        assert refusal.values["officer"] == OFFICER.upper()
    else:
        raise AssertionError("the case was taken twice")
    assert case.state.officer == OFFICER


def test_a_closed_case_is_neither_taken_nor_given_back_nor_passed_on() -> None:
    case = a_closed_case()
    refused(refusals.CaseIsClosed, lambda: handling.claim_case(case, at_desk()))
    refused(
        refusals.CaseIsClosed,
        lambda: handling.release_case(case, at_desk(), explanation="外出培训"),
    )
    refused(
        refusals.CaseIsClosed,
        lambda: handling.transfer_case(case, at_desk(), officer=SECOND, explanation="轮岗"),
    )


def test_only_its_officer_gives_a_case_back() -> None:
    case = a_listed_case()
    refused(
        refusals.CaseHasNoOfficer,
        lambda: handling.release_case(case, at_desk(), explanation="外出培训"),
    )
    handling.claim_case(case, at_desk())
    refused(
        refusals.CaseIsNotYours,
        lambda: handling.release_case(case, at_desk(SECOND), explanation="外出培训"),
    )
    handling.release_case(case, at_desk(), explanation="外出培训")
    assert case.state.officer is None
    handling.claim_case(case, at_desk(SECOND))
    assert case.state.officer == SECOND


def test_a_case_is_passed_to_another_officer_who_reaches_it() -> None:
    case = a_listed_case()

    def passed_to(officer: str) -> None:
        handling.transfer_case(case, at_desk(), officer=officer, explanation="轮岗")

    refused(refusals.CaseHasNoOfficer, lambda: passed_to(SECOND))
    handling.claim_case(case, at_desk())
    refused(refusals.AccountIsUnknown, lambda: passed_to("nobody"))
    refused(refusals.OfficerHasItAlready, lambda: passed_to(OFFICER))
    refused(refusals.OfficerDoesNotReachTheCase, lambda: passed_to(STRANGER))
    passed_to(THIRD)
    assert case.state.officer == THIRD


def test_whoever_reaches_the_unit_may_have_its_case() -> None:
    case = a_listed_case()
    listing.assign_case(case, at_desk(), unit=COURT_UNIT, officer=OFFICER)
    assert COURT_UNIT in UNITS
    handling.transfer_case(case, at_desk(), officer=STRANGER, explanation="交该院办理")
    assert case.state.officer == STRANGER
