"""What changes is said in both languages, once for what several penalties share, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casesys.rules.words import change_lines, place_words, said, source_words
from domain.record_state import RecordState
from domain.rejudging import Effect, Judged, Rejudged, Rejudging
from domain.rulesets import RULE_SETS, RuleSet, ruleset
from domain.vocabulary import PublicityClass
from domain.workdays import Workdays
from tests.domain.test_rejudging import case

NO_CALENDAR = Workdays({})


def judged(facts: Judged, before: str = "R2019", after: str = "R2026") -> Rejudged:
    asked = Rejudging(ruleset(before), ruleset(after), "2021-10-29", NO_CALENDAR)
    found = asked.of(facts)
    assert found is not None
    return found


def penalties(*classes: str, **other: Any) -> Judged:
    return case(
        records={
            str(n): RecordState(
                str(n), f"甲〔2021〕{n}号", decided_on="2021-03-15", publicity_class=class_, **other
            )
            for n, class_ in enumerate(classes, 1)
        }
    )


def test_a_day_is_told_from_and_to_with_both_numbers_and_their_sources() -> None:
    line = change_lines(judged(penalties("serious")), "zh")[0]
    assert (line.effect, line.what) == ("later", "最早可申请修复日")
    assert line.words == "2021-09-16 → 2022-03-16"
    assert line.records == ["甲〔2021〕1号"]
    assert line.why == (
        "严重失信的最短公示期：R2019 6个月（发改办财金〔2019〕527号，来自转述）"
        " → R2026 12个月（国办发〔2025〕22号，已核对原文）"
    )


def test_what_several_penalties_share_is_said_once() -> None:
    lines = change_lines(judged(penalties("general", "general", "serious")), "en")
    documents = [line for line in lines if line.effect == "documents"]
    assert [(line.words, len(line.records)) for line in documents] == [
        ("no longer asked: Business licence", 3),
        (
            "no longer asked: Repair form, stamped by the penalising body, Training certificate, "
            "Credit report",
            1,
        ),
    ]
    assert [line.effect for line in lines] == sorted(
        (line.effect for line in lines), key=[str(effect) for effect in Effect].index
    )


def test_what_a_rule_set_does_not_name_is_said_as_such() -> None:
    assert said("R2026", "documents.licence", "zh").value == "不要求"
    assert said("R2019", "clocks.intake", "en").value == "no limit named"
    assert said("R2026", "publicity.specific_serious.min_months", "zh").value == "不得修复"
    assert said("R2026", "publicity.minor.max_months", "en").value == "not published"
    lines = change_lines(judged(penalties("minor")), "zh")
    assert [line.words for line in lines[:2]] == ["2021-06-16 → 2021-03-15", "2022-03-15 → 不公示"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("before", RULE_SETS, ids=lambda rules: rules.id)
@pytest.mark.parametrize("after", RULE_SETS, ids=lambda rules: rules.id)
def test_every_change_between_two_rule_sets_has_words(
    before: RuleSet, after: RuleSet, language: str
) -> None:
    for repair in ("none", "applied"):
        facts = penalties(*PublicityClass, repair=repair)
        found = Rejudging(before, after, "2021-10-29", NO_CALENDAR).of(facts)
        for line in change_lines(found, language) if found else ():
            assert line.what and line.words and line.why
        for change in found.changes if found else ():
            assert (
                place_words(change.place, language, (change.after, change.before)) != change.place
            )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_changes_of_governance_have_words_too(language: str) -> None:
    """The shipped rule sets do not differ there; a draft would."""
    draft = replace(
        RULE_SETS[-1],
        deadlines=replace(RULE_SETS[-1].deadlines, first_contact=2, interview=9),
        unreachable=replace(RULE_SETS[-1].unreachable, attempts=1, channels=1, visits=0),
        interviews=replace(RULE_SETS[-1].interviews, officers=3),
    )
    facts = case(channels={"phone"}, contact_days=["2021-10-12", "2021-10-20"])
    found = Rejudging(RULE_SETS[0], draft, "2021-10-29", NO_CALENDAR).of(facts._replace(attempts=1))
    assert found is not None
    lines = change_lines(found, language)
    assert {line.effect for line in lines} == {
        "due",
        "lateness",
        "unreachable",
        "proof",
        "interviewers",
    }
    assert all(line.what and "→" in line.words and line.why for line in lines)


def test_a_source_is_an_instrument_and_a_remark() -> None:
    assert source_words("行政处罚法 art. 48, 85", "en").startswith("行政处罚法")
    assert source_words("local practice", "zh") == "本地做法"
    assert source_words("国办发〔2025〕22号: from receipt", "zh") == "国办发〔2025〕22号：自收件起"
