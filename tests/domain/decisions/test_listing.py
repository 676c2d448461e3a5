"""Putting a subject on the list and taking it off: every guard refuses once."""

from __future__ import annotations

import pytest

from domain import refusals
from domain.decisions import listing
from tests.domain.office_desk import (
    COURT,
    LATER,
    SECOND,
    TakenNumbers,
    a_listed_case,
    a_reached_case,
    attach,
    desk,
    exclude,
    interview,
    refused,
)


def test_a_subject_is_listed_once() -> None:
    case = a_listed_case()
    refused(
        refusals.AlreadyListed,
        lambda: listing.list_subject(
            case, desk(LATER), listed_on=LATER, town="t", unit="区人民法院"
        ),
    )


def test_a_list_names_a_unit_that_is_a_member() -> None:
    case = a_listed_case()
    refused(
        refusals.UnitIsUnknown, lambda: listing.assign_case(case, desk(LATER), unit="区不存在的局")
    )


def test_a_judgment_needs_a_court_case_number() -> None:
    case = a_listed_case(COURT)
    refused(refusals.DocumentNumberIsNoCourtNumber, lambda: attach(case, "随便写的"))


def test_a_number_is_attached_once_in_any_spelling() -> None:
    case = a_listed_case()
    attach(case)
    refused(refusals.RecordAlreadyAttached, lambda: attach(case, "岭云市监处罚[2020]1号"))


def test_a_number_belongs_to_one_case_of_the_office() -> None:
    case = a_listed_case()
    at = desk(LATER)
    at.numbers = TakenNumbers(**{"岭云市监处罚〔2020〕1号": "B2021-01-0002"})
    with pytest.raises(refusals.NumberUsedElsewhere) as refusal:
        listing.attach_record(
            case,
            at,
            number="岭云市监处罚【2020】1号",
            authority="云塘区市场监督管理局",
            decided_on="2020-11-30",
            amount_fen=0,
        )
    assert refusal.value.values["holder"] == "B2021-01-0002"


def test_an_exclusion_takes_two_persons_and_stops_governance() -> None:
    case = a_reached_case()
    exclude(case)
    refused(refusals.SamePersonProposedIt, lambda: listing.confirm_exclusion(case, desk(LATER)))
    listing.confirm_exclusion(case, desk(LATER, SECOND))
    assert not case.state.governed
    refused(refusals.SubjectIsExcluded, lambda: interview(case, LATER))
    listing.reinstate_subject(case, desk(LATER), explanation="破产申请被驳回")
    assert case.state.governed
    refused(
        refusals.SubjectIsNotExcluded,
        lambda: listing.reinstate_subject(case, desk(LATER), explanation="再来"),
    )
