"""Reaching an enterprise and concluding its branch: every guard refuses once."""

from __future__ import annotations

import pytest

from domain import refusals
from domain.decisions import contact
from domain.refusals import Refused
from domain.vocabulary import (
    Branch,
    Channel,
    ContactResult,
    NotOperatingBasis,
)
from tests.domain.office_desk import (
    LATER,
    NOON,
    SECOND,
    a_case_tried_in_vain,
    a_listed_case,
    a_reached_case,
    call,
    desk,
    refused,
)


def test_nothing_is_recorded_before_it_happens() -> None:
    case = a_listed_case()
    tomorrow = "2021-03-10" + NOON
    refused(
        refusals.NotYetHappened,
        lambda: contact.attempt_contact(
            case,
            desk("2021-03-09"),
            attempted_at=tomorrow,
            result=ContactResult.NO_ANSWER,
        ),
    )


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("attempts", refusals.TooFewContactAttempts),
        ("channels", refusals.TooFewContactChannels),
        ("visit", refusals.NoVisitWithPhoto),
        ("spread", refusals.AttemptsTooClose),
        ("reached", refusals.EnterpriseWasReached),
    ],
)
def test_unreachable_must_be_proven(missing: str, expected: type[Refused]) -> None:
    case = a_listed_case()
    vain, photo = ContactResult.NO_ANSWER, "b" * 64
    if missing == "reached":
        case = a_case_tried_in_vain()
        call(case, "2021-03-18", ContactResult.REACHED_OPERATING)
    else:
        call(case, "2021-03-09", vain)
        if missing != "attempts":
            call(case, "2021-03-09" if missing == "spread" else "2021-03-10", vain)
        last = "2021-03-10" if missing == "spread" else "2021-03-18"
        by = Channel.PHONE if missing == "channels" else Channel.VISIT
        call(case, last, vain, by, None if missing == "visit" else photo)
    refused(
        expected,
        lambda: contact.propose_unreachable(case, desk("2021-03-19"), explanation="多次联系不上"),
    )


def test_unreachable_is_concluded_by_a_second_person() -> None:
    case = a_case_tried_in_vain()
    refused(refusals.NothingProposed, lambda: contact.confirm_unreachable(case, desk(LATER)))
    contact.propose_unreachable(case, desk("2021-03-18"), explanation="多次联系不上")
    refused(
        refusals.AlreadyProposed,
        lambda: contact.propose_unreachable(case, desk("2021-03-18"), explanation="再提一次"),
    )
    refused(refusals.SamePersonProposedIt, lambda: contact.confirm_unreachable(case, desk(LATER)))
    contact.confirm_unreachable(case, desk(LATER, SECOND))
    assert case.state.branch == Branch.UNREACHABLE


def test_not_operating_needs_somebody_who_said_so() -> None:
    case = a_reached_case()

    def conclude() -> None:
        contact.conclude_not_operating(
            case, desk(LATER), basis=NotOperatingBasis.STATEMENT, document="情况说明"
        )

    refused(refusals.EnterpriseNotReached, conclude)
    call(case, "2021-03-12", ContactResult.REACHED_NOT_OPERATING)
    conclude()
    assert case.state.branch == Branch.NOT_OPERATING
    refused(refusals.BranchAlreadyConcluded, conclude)
