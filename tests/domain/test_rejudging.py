"""A case judged by another rule set: what changes, which way, and which number says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case_state import CaseState
from domain.instants import start_of_day
from domain.record_state import RecordState
from domain.rejudging import Change, Effect, Judged, Rejudging, basis, judged
from domain.rulesets import RULE_SETS, RuleSet, Sure, ruleset, ruleset_on
from domain.vocabulary import Category, ContactResult, PublicityClass
from tests.domain.test_lawful_days import MONDAY_TO_FRIDAY

R2019, R2023, R2026 = RULE_SETS
DAY = "2021-10-29"


def penalty(class_: str | None = "general", decided_on: str = "2021-03-15", **other: Any) -> Judged:
    return case(
        records={
            "r": RecordState(
                "r", "甲〔2021〕1号", decided_on=decided_on, publicity_class=class_, **other
            )
        }
    )


def case(listed_on: str = "2021-10-11", **facts: Any) -> Judged:
    """A case listed on a Monday, with these facts."""
    state = CaseState(
        number="2021-01-0001",
        category=Category.PENALTY,
        listed_at=start_of_day(listed_on),
        listed_on=listed_on,
        **facts,
    )
    found = judged(state)
    assert found is not None
    return found


def changes(before: RuleSet | None, after: RuleSet, facts: Judged, day: str = DAY) -> list[Change]:
    found = Rejudging(before, after, day, MONDAY_TO_FRIDAY).of(facts)
    return list(found.changes) if found else []


def of(effect: Effect, found: list[Change]) -> list[tuple[str | None, str | None]]:
    return [(one.was, one.now) for one in found if one.effect == effect]


def with_numbers(rules: RuleSet, **parts: Any) -> RuleSet:
    """A rule set that somebody drafts: this one with other numbers."""
    return replace(
        rules, **{name: replace(getattr(rules, name), **numbers) for name, numbers in parts.items()}
    )


# -- the earliest day of repair --------------------------------------------------------------


@pytest.mark.parametrize(
    ("class_", "before", "after", "effect", "days"),
    [
        ("minor", R2019, R2023, Effect.EARLIER, ("2021-06-16", "2021-03-15")),
        ("minor", R2019, R2026, Effect.EARLIER, ("2021-06-16", "2021-03-15")),
        ("serious", R2019, R2023, Effect.LATER, ("2021-09-16", "2022-03-16")),
        ("serious", R2019, R2026, Effect.LATER, ("2021-09-16", "2022-03-16")),
        ("serious", R2026, R2019, Effect.EARLIER, ("2022-03-16", "2021-09-16")),
    ],
)
def test_a_shortest_period_moves_the_day(
    class_: str, before: RuleSet, after: RuleSet, effect: Effect, days: tuple[str, str]
) -> None:
    found = changes(before, after, penalty(class_))
    moved = [one for one in found if one.place.endswith("min_months")]
    assert [(one.effect, one.was, one.now) for one in moved] == [(effect, *days)]
    assert moved[0].place == f"publicity.{class_}.min_months"


@pytest.mark.parametrize("class_", ["general", None, "specific_serious"])
def test_a_period_that_is_the_same_moves_nothing(class_: str | None) -> None:
    for before in RULE_SETS:
        for after in RULE_SETS:
            found = changes(before, after, penalty(class_))
            assert not [one for one in found if one.place.endswith("min_months")]


def test_what_a_draft_forbids_is_never_and_what_it_allows_is_possible_again() -> None:
    general = replace(R2026.publicity[PublicityClass.GENERAL], repairable=False)
    periods = {**R2026.publicity, PublicityClass.GENERAL: general}
    draft = replace(R2026, id="R2099", publicity=MappingProxyType(periods))
    assert of(Effect.NEVER, changes(None, draft, penalty(), "2026-05-06")) == [("2021-06-16", None)]
    assert of(Effect.AGAIN, changes(draft, R2026, penalty())) == [(None, "2021-06-16")]


def test_a_day_that_a_calendar_may_still_move_is_provisional() -> None:
    found = changes(R2019, R2026, penalty("serious", "2030-05-06"))
    assert [one.provisional for one in found if one.effect == Effect.LATER] == [True]


# -- publicity, conditions and documents ------------------------------------------------------


def test_the_end_of_publicity_moves_with_the_longest_period() -> None:
    found = changes(R2019, R2023, penalty())
    assert of(Effect.PUBLICITY, found) == [("2022-03-15", "2024-03-15")]
    assert of(Effect.PUBLICITY, changes(R2023, R2026, penalty())) == [("2024-03-15", "2022-03-15")]
    assert of(Effect.PUBLICITY, changes(R2019, R2026, penalty("minor"))) == [("2022-03-15", None)]
    assert of(Effect.PUBLICITY, changes(R2023, R2026, penalty("minor"))) == []


@pytest.mark.parametrize(
    ("before", "after", "class_", "dropped", "added"),
    [
        (R2019, R2023, "general", set(), {"repair_form", "authority"}),
        (R2019, R2023, "serious", {"training_certificate", "credit_report"}, {"authority"}),
        (R2023, R2026, "general", {"licence", "repair_form", "authority"}, set()),
        (R2019, R2026, "general", {"licence"}, set()),
        (
            R2019,
            R2026,
            "serious",
            {"licence", "repair_form", "training_certificate", "credit_report"},
            set(),
        ),
    ],
)
def test_documents_come_and_go(
    before: RuleSet, after: RuleSet, class_: str, dropped: set[str], added: set[str]
) -> None:
    found = of(Effect.DOCUMENTS, changes(before, after, penalty(class_)))
    assert {was for was, now in found if now is None} == dropped
    assert {now for was, now in found if was is None} == added


def test_of_what_can_never_be_repaired_nothing_is_asked() -> None:
    for before in RULE_SETS:
        for after in RULE_SETS:
            assert changes(before, after, penalty("specific_serious")) == []


def test_conditions_come_and_go() -> None:
    assert of(Effect.CONDITIONS, changes(R2019, R2026, penalty("serious"))) == [
        ("training", None),
        (None, "other_rules"),
    ]
    assert of(Effect.CONDITIONS, changes(R2023, R2026, penalty())) == [(None, "other_rules")]


def test_an_application_under_way_has_other_time_limits_and_no_other_documents() -> None:
    found = changes(R2023, R2026, penalty(repair="applied"))
    assert [(one.about, one.was, one.now) for one in found if one.effect == Effect.CLOCK] == [
        ("intake", None, "3"),
        ("extend", None, "10"),
    ]
    assert not of(Effect.DOCUMENTS, found) and not of(Effect.CONDITIONS, found)


def test_what_is_repaired_or_before_a_court_is_not_judged() -> None:
    assert penalty(repair="granted").records == ()
    record = RecordState("r", "（2021）粤01执1号", decided_on="2021-03-15")
    state = CaseState(category=Category.JUDGMENT, listed_at=start_of_day("2021-10-11"))
    state.records["r"] = record
    found = judged(state)
    assert found is not None and found.records == ()


@pytest.mark.parametrize("over", [{"excluded": "bankrupt"}, {"closed": "settled"}])
def test_a_case_that_is_over_is_not_judged(over: dict[str, str]) -> None:
    assert judged(CaseState(listed_at=start_of_day("2021-10-11"), **over)) is None  # type: ignore[arg-type]
    assert judged(CaseState()) is None


# -- governance ------------------------------------------------------------------------------


def test_a_draft_with_shorter_deadlines_moves_due_days_and_makes_some_late() -> None:
    # Listed on Monday 10-11: 5 working days end on 10-18, 20 on 11-08; 3 and 10 on 10-14 and 10-25.
    draft = with_numbers(R2026, deadlines={"first_contact": 3, "interview": 10})
    contacted = start_of_day("2021-10-15")
    found = changes(None, draft, case(first_contact_at=contacted))
    assert of(Effect.DUE, found) == [("2021-11-08", "2021-10-25")]
    assert of(Effect.LATENESS, found) == [("on_time", "late"), ("open_in_time", "open_overdue")]
    assert {one.place for one in found} == {"deadlines.first_contact", "deadlines.interview"}
    assert {one.before for one in found} == {"R2019"}


def test_a_deadline_that_was_put_off_stays_where_it_was_put() -> None:
    draft = with_numbers(R2026, deadlines={"interview": 10})
    found = changes(None, draft, case(extended={"interview": "2021-11-30"}))
    assert of(Effect.DUE, found) == []


def test_after_the_exit_only_repair_is_judged() -> None:
    draft = with_numbers(R2026, deadlines={"first_contact": 3}, unreachable={"attempts": 5})
    assert changes(None, draft, case(exited_at=start_of_day("2021-10-28"))) == []


def tried(**facts: Any) -> Judged:
    held = case(
        channels={"phone", "visit"},
        visits_with_photo=1,
        contact_days=["2021-10-12", "2021-10-20"],
        **facts,
    )
    return held._replace(attempts=3)


def test_another_guard_says_which_number_undoes_the_proof() -> None:
    draft = with_numbers(R2026, unreachable={"attempts": 2, "visits": 2})
    found = changes(R2019, draft, tried())
    assert of(Effect.UNREACHABLE, found) == [("3", "2"), ("1", "2")]
    proof = [one for one in found if one.effect == Effect.PROOF]
    assert [(one.was, one.now, one.place) for one in proof] == [
        ("proven", "unproven", "unreachable.visits")
    ]


def test_who_was_reached_or_concluded_is_asked_no_proof() -> None:
    draft = with_numbers(R2026, unreachable={"attempts": 5})
    assert changes(R2019, draft, tried(last_reach=ContactResult.REACHED_OPERATING)) == []
    assert changes(R2019, draft, tried(branch="unreachable")) == []


def test_more_interviewers_concern_who_has_not_been_interviewed() -> None:
    draft = with_numbers(R2026, interviews={"officers": 3})
    assert of(Effect.INTERVIEWERS, changes(R2019, draft, case())) == [("2", "3")]
    held = case(first_interview_at=start_of_day("2021-10-20"))
    assert of(Effect.INTERVIEWERS, changes(R2019, draft, held)) == []


# -- the reason ------------------------------------------------------------------------------


def test_the_reason_has_its_number_its_source_and_how_sure_it_is() -> None:
    was, now = (basis(rules, "publicity.serious.min_months") for rules in (R2019, R2026))
    assert was is not None and (was.value, was.sure) == (6, Sure.SECONDARY)
    assert now is not None and (now.value, now.source) == (12, "国办发〔2025〕22号")
    licence = basis(R2019, "documents.licence")
    assert licence is not None and licence.zh == "营业执照副本" and licence.sure == Sure.SECONDARY
    assert basis(R2026, "documents.licence") is None
    assert basis(R2019, "clocks.intake") is None


def test_every_change_between_any_two_rule_sets_has_its_reason() -> None:
    for before in RULE_SETS:
        for after in RULE_SETS:
            for class_ in PublicityClass:
                for one in changes(before, after, penalty(class_)):
                    assert basis(before, one.place) or basis(after, one.place), one


# -- what holds of every case ----------------------------------------------------------------

DAYS = st.dates(date(2019, 7, 1), date(2027, 6, 30)).map(date.isoformat)
INSTANTS = st.none() | DAYS.map(start_of_day)


@st.composite
def cases(draw: st.DrawFn) -> Judged:
    records = {
        str(n): RecordState(
            str(n),
            decided_on=draw(DAYS),
            publicity_class=draw(st.none() | st.sampled_from([*map(str, PublicityClass)])),
            repair=draw(st.sampled_from(["none", "applied", "returned", "denied", "granted"])),
        )
        for n in range(draw(st.integers(0, 3)))
    }
    found = case(
        draw(DAYS),
        records=records,
        first_contact_at=draw(INSTANTS),
        first_interview_at=draw(INSTANTS),
        first_commitment_at=draw(INSTANTS),
        exited_at=draw(INSTANTS),
        channels=draw(st.sets(st.sampled_from(["phone", "visit", "letter"]))),
        contact_days=draw(st.lists(DAYS, max_size=3)),
        visits_with_photo=draw(st.integers(0, 2)),
        impediments=draw(st.sets(st.sampled_from(["bankrupt", "lost_contact"]))),
    )
    return found._replace(attempts=draw(st.integers(0, 4)))


@given(cases(), DAYS, st.sampled_from(RULE_SETS))
def test_a_case_judged_by_its_own_rules_does_not_change(
    facts: Judged, day: str, rules: RuleSet
) -> None:
    assert changes(rules, rules, facts, day) == []


@given(cases(), DAYS)
def test_the_rules_in_force_are_its_own(facts: Judged, day: str) -> None:
    # The office's deadlines are the same in every rule set, so the day of the listing is no matter.
    assert changes(None, ruleset_on(day), facts, day) == []


WAY_BACK = {
    Effect.EARLIER: Effect.LATER,
    Effect.LATER: Effect.EARLIER,
    Effect.NEVER: Effect.AGAIN,
    Effect.AGAIN: Effect.NEVER,
}


@given(cases(), DAYS, st.sampled_from(RULE_SETS), st.integers(1, 8), st.integers(1, 4))
def test_the_way_back_undoes_the_way_there(
    facts: Judged, day: str, rules: RuleSet, days: int, attempts: int
) -> None:
    draft = with_numbers(
        R2026,
        deadlines={"first_contact": days, "interview": days + 9},
        unreachable={"attempts": attempts},
    )
    there, back = changes(rules, draft, facts, day), changes(draft, rules, facts, day)
    turned = {
        (WAY_BACK.get(one.effect, one.effect), one.about, one.now, one.was, one.place)
        for one in there
    }
    assert turned == {(o.effect, o.about, o.was, o.now, o.place) for o in back}


def test_a_fault_in_the_comparison_would_be_found() -> None:
    """The same question with one number turned by one day answers otherwise."""
    period = replace(R2026.publicity[PublicityClass.GENERAL], min_months=4)
    periods = MappingProxyType({**R2026.publicity, PublicityClass.GENERAL: period})
    wrong = replace(R2026, publicity=periods)
    assert of(Effect.LATER, changes(R2026, wrong, penalty())) == [("2021-06-16", "2021-07-16")]
    assert ruleset("R2026").publicity[PublicityClass.GENERAL].min_months == 3
