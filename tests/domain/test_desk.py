"""A desk decides under the rules of its day, and what was decided keeps the name of those rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain import refusals, rulesets
from domain.case import GovernanceCase
from domain.decisions import contact, governance
from domain.refusals import Refused
from domain.rulesets import Interviews, RuleSet
from domain.vocabulary import InterviewKind
from tests.domain.office_desk import (
    OFFICER,
    SECOND,
    a_case_tried_in_vain,
    a_noticed_case,
    a_reached_case,
    an_exited_case,
    desk,
    refused,
)

DAYS = {"R2019": "2021-04-06", "R2023": "2024-05-06", "R2026": "2026-05-06"}


@pytest.mark.parametrize(("rules", "day"), DAYS.items())
def test_an_event_keeps_the_rule_set_it_was_decided_under(rules: str, day: str) -> None:
    assert desk(day).rules.id == rules
    noticed, reached, tried = a_noticed_case(), a_reached_case(), a_case_tried_in_vain()
    governance.hold_interview(noticed, desk(day), held_at=desk(day).now, officers=[OFFICER, SECOND])
    contact.conclude_operating(reached, desk(day))
    contact.propose_unreachable(tried, desk(day), explanation="多次联系不上")
    contact.confirm_unreachable(tried, desk(day, SECOND))
    for case in (noticed, reached, tried):
        assert case.story[-1].data["ruleset"] == rules
    assert tried.story[-2].data["ruleset"] == rules
    assert an_exited_case().story[-1].data["ruleset"] == "R2019"


def test_a_number_that_changes_with_a_rule_set_changes_nothing_before_its_first_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stricter(rule: RuleSet) -> RuleSet:
        return replace(rule, interviews=Interviews(3)) if rule.id == "R2023" else rule

    changed = tuple(stricter(rule) for rule in rulesets.RULE_SETS)
    monkeypatch.setattr(rulesets, "RULE_SETS", changed)
    before, after = a_noticed_case(), a_noticed_case()

    def interview(case: GovernanceCase, day: str) -> None:
        governance.hold_interview(
            case,
            desk(day),
            held_at=desk(day).now,
            kind=InterviewKind.WARNING,
            officers=[OFFICER, SECOND],
        )

    interview(before, DAYS["R2019"])
    refused(refusals.TooFewInterviewers, lambda: interview(after, DAYS["R2023"]))
    with pytest.raises(Refused) as told:
        interview(after, DAYS["R2023"])
    assert told.value.values == {"done": 2, "needed": 3}
