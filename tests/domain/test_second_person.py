"""A step that asks for two persons is found where only one stands, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from domain.events import PendingFact
from domain.second_person import NO_PROPOSAL, OWN_CASE, SAME_PERSON, OneSided, one_sided

LIN, SU, HE = "lin", "su", "he"


def fact(version: int, topic: str, actor: str, **data: Any) -> PendingFact:
    return PendingFact(version, f"case.{topic}", data, f"2021-07-{version:02d}", actor)


EXIT = (fact(2, "exit_proposed", LIN), "subject_exited")


def test_two_persons_are_no_finding() -> None:
    assert one_sided([EXIT[0], fact(3, "subject_exited", SU)]) == []


@pytest.mark.parametrize(
    ("proposed", "confirmed", "facts"),
    [
        ("exit_proposed", "subject_exited", {}),
        ("exclusion_proposed", "subject_excluded", {}),
        ("unreachability_proposed", "reachability_concluded", {"branch": "unreachable"}),
        ("court_removal_proposed", "record_removed_by_court", {"record": "a"}),
    ],
)
def test_who_confirms_what_they_proposed_is_found(
    proposed: str, confirmed: str, facts: dict[str, str]
) -> None:
    both = [fact(2, proposed, LIN, **facts), fact(3, confirmed, LIN, **facts)]
    assert one_sided(both) == [OneSided(3, SAME_PERSON, LIN, 2)]
    assert one_sided([fact(3, confirmed, LIN, **facts)]) == [OneSided(3, NO_PROPOSAL, LIN, 0)]


def test_the_officer_of_the_case_who_confirms_is_found_while_it_is_theirs() -> None:
    given = fact(1, "assigned", HE, unit="u", officer=SU)
    taken = fact(3, "assigned", HE, unit="u", officer=None)
    confirmed = fact(4, "subject_exited", SU)
    assert one_sided([given, EXIT[0], confirmed]) == [OneSided(4, OWN_CASE, SU, 2)]
    assert one_sided([given, EXIT[0], taken, confirmed]) == []


def test_a_proposal_sent_back_or_used_up_is_none_any_longer() -> None:
    back = fact(3, "proposal_sent_back", SU, proposal="exit", record=None)
    confirmed = fact(4, "subject_exited", SU)
    assert one_sided([EXIT[0], back, confirmed]) == [OneSided(4, NO_PROPOSAL, SU, 0)]
    again = fact(5, "subject_exited", SU)
    assert one_sided([EXIT[0], confirmed, again]) == [OneSided(5, NO_PROPOSAL, SU, 0)]


def test_a_proposal_for_one_record_is_none_for_another() -> None:
    facts = [
        fact(2, "court_removal_proposed", LIN, record="a"),
        fact(3, "record_removed_by_court", SU, record="b"),
    ]
    assert one_sided(facts) == [OneSided(3, NO_PROPOSAL, SU, 0)]


def test_that_an_enterprise_does_not_operate_one_person_concludes() -> None:
    assert one_sided([fact(2, "reachability_concluded", LIN, branch="not_operating")]) == []


def test_whose_case_it_is_follows_a_transfer_and_a_release() -> None:
    given = fact(1, "assigned", HE, unit="u", officer=LIN)
    proposal, confirmed = fact(3, "exit_proposed", LIN), fact(4, "subject_exited", SU)
    passed_on = fact(2, "transferred", HE, officer=SU, explanation="")
    assert [one.how for one in one_sided([given, passed_on, proposal, confirmed])] == [OWN_CASE]
    released = fact(2, "released", SU, explanation="")
    held = fact(1, "assigned", HE, unit="u", officer=SU)
    assert one_sided([held, released, proposal, confirmed]) == []
