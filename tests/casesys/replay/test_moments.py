"""Any two moments compared: the list is complete, and says what the figures of both say."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from casesys.figures.cases_of_day import Question
from casesys.figures.members import counted_of
from casesys.lists.past import TooMuchToFold
from casesys.permits import operator
from casesys.replay import moments as moments_module
from casesys.replay import parting as parting_module
from casesys.replay.differing import ChangeKind, Way, kind_of, way_of
from casesys.replay.moments import Compared, compare_moments, compared_page
from casesys.system import System
from domain.entries import Entry
from domain.instants import end_of_day, local_day
from domain.refusals import LogHasNoSuchEntry
from projections.case_file import CASE_FILE
from projections.case_lines import on_day, pack, stood
from projections.driver import rows
from projections.rates_lines import known_line
from tests.offices import OTHER_OFFICER, Clock, person
from tests.scenarios import (
    a_contacted_case,
    a_listed_case,
    an_excluded_case,
    an_exited_case,
    case_number,
    contact,
    give,
)

ALL = operator("tests")
DAYS = ("2021-04-30", "2021-06-30", "2021-08-31", "2021-10-31")
VOIDING = ("case.entry_voided", "case.entry_corrected")
Story = list[Entry]


@pytest.fixture(scope="module")
def stories(district_office: System) -> dict[str, Story]:
    """Every case by its number, as the log has it."""
    with district_office.database.read() as c:
        streams = rows(c, f"SELECT stream_id, number FROM {CASE_FILE}")
        return {number: district_office.log.stream(c, stream) for stream, number in streams}


def pairs(stories: dict[str, Story], n: int) -> list[tuple[Question, Question]]:
    """Two days, two states of the books, or both at once; either may be the later."""
    chance = random.Random(5)
    entries = sorted((e for its in stories.values() for e in its), key=lambda e: e.position)

    def moment() -> Question:
        day, entry = chance.choice(DAYS), chance.choice(entries)
        books = [
            Question(day),
            Question(day, entry.recorded_at),
            Question(day, position=entry.position),
        ]
        return chance.choice(books)

    return [(moment(), moment()) for _ in range(n)]


# -- told once more, from the entries and by nothing of ours ---------------------------------------


def seen_at(story: Story, asked: Question) -> Story:
    known = [
        e
        for e in story
        if (asked.known_at is None or e.recorded_at <= asked.known_at)
        and (asked.position is None or e.position <= asked.position)
    ]
    gone = {e.data["target"] for e in known if e.topic in VOIDING}
    left = [e for e in known if e.topic not in VOIDING and e.version not in gone]
    happened = [e for e in left if e.occurred_at <= end_of_day(asked.as_of)]
    return sorted(happened, key=lambda e: (e.occurred_at, e.version))


def plain_facts(story: Story, asked: Question) -> dict[str, Any]:
    """Some facts of a case at a moment, each by a loop of its own."""
    facts: dict[str, Any] = {"interviews": 0, "photos": 0, "contact": "not_attempted"}
    impeded: set[str] = set()
    for e in seen_at(story, asked):
        kind, data = e.topic.removeprefix("case."), e.data
        if kind == "subject_listed":
            facts["listed"] = e.occurred_at
        elif kind == "interview_held":
            facts["interviews"] += 1
        elif kind == "photo_added":
            facts["photos"] += 1
        elif kind == "contact_attempted":
            if data["result"].startswith("reached"):
                facts["contact"] = data["result"]
            elif not facts["contact"].startswith("reached"):
                facts["contact"] = "attempted_not_reached"
        elif kind == "impediment_found":
            impeded.add(data["impediment"])
        elif kind == "impediment_cleared":
            impeded.discard(data["impediment"])
        elif kind == "closed":
            facts["closed"] = data["ground"]
        elif kind == "reopened":
            facts.pop("closed", None)
    facts["impediments"] = tuple(sorted(impeded))
    return facts


TOLD = ("listed", "interviews", "photos", "contact", "closed", "impediments")


def plain_changes(
    stories: dict[str, Story], before: Question, after: Question
) -> set[tuple[str, str, Any, Any]]:
    found = set()
    for number, story in stories.items():
        was, now = plain_facts(story, before), plain_facts(story, after)
        for fact in TOLD:
            if was.get(fact) != now.get(fact):
                found.add((number, fact, was.get(fact), now.get(fact)))
    return found


def listed_changes(found: Compared) -> set[tuple[str, str, Any, Any]]:
    return {
        (case.place.number, side.fact, side.before, side.after)
        for case in found.cases
        for side in case.sides
        if side.fact in TOLD
    }


def missed(
    system: System, stories: dict[str, Story], asked: list[tuple[Question, Question]]
) -> list[tuple[Question, Question]]:
    """The pairs of moments of which the list is not what the entries say."""
    return [
        (before, after)
        for before, after in asked
        if listed_changes(compare_moments(system, ALL, before, after))
        != plain_changes(stories, before, after)
    ]


def test_what_changed_between_two_moments_is_what_the_entries_of_every_case_say(
    district_office: System, stories: dict[str, Story], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = pairs(stories, 40)
    assert missed(district_office, stories, asked) == []
    # Who overlooks what was recorded later of an earlier day is found out.
    honest = parting_module.touched_between

    def forgetful(c: Any, before: Question, after: Question) -> set[str]:
        return honest(c, *(one._replace(known_at=None, position=None) for one in (before, after)))

    monkeypatch.setattr(moments_module, "touched_between", forgetful)
    moments_module.forget(district_office)
    assert missed(district_office, stories, asked)
    moments_module.forget(district_office)


def test_the_cases_that_differ_are_the_difference_of_every_figure(
    district_office: System, stories: dict[str, Story]
) -> None:
    """Each count of 件 and 宗: what the listed cases add at the one moment and at the other."""
    with district_office.database.read() as c:
        workdays = district_office.models.calendars.workdays(c)

    def counted(number: str, asked: Question, count: str) -> int:
        story = [e for e in stories[number] if (asked.position or 2**62) >= e.position]
        if not story:
            return 0
        line = known_line(story, asked.known_at, "")
        row = pack(story[0].stream_id, story[0].data["enterprise"], line)
        case = on_day(row.whose, stood(row, asked.as_of), asked.as_of, workdays)
        return 0 if case is None else len(counted_of([case], count))

    for before, after in pairs(stories, 12):
        found = compare_moments(district_office, ALL, before, after)
        numbers = [case.place.number for case in found.cases]
        for one in found.figures:
            if one.formula.unit.name == "ENTERPRISE":
                continue
            for count, was, now in (
                (one.formula.numerator, one.before.numerator, one.after.numerator),
                (one.formula.denominator, one.before.denominator, one.after.denominator),
            ):
                added = sum(
                    counted(number, after, count) - counted(number, before, count)
                    for number in numbers
                )
                assert added == now - was, (before, after, count)


def test_the_counts_at_the_head_are_those_of_the_list_and_of_the_figures(
    district_office: System, stories: dict[str, Story]
) -> None:
    for before, after in pairs(stories, 15):
        found = compare_moments(district_office, ALL, before, after)
        for kind in ChangeKind:
            some = found.of_kind(kind)
            assert found.tallies[kind].cases == len(some)
            came = [
                case
                for case in some
                if any(kind_of(s) == kind and way_of(s) == Way.ENTERED for s in case.sides)
            ]
            assert len(came) == found.tallies[kind].entered
        cases = next(one for one in found.figures if one.formula.name == "exit.case")
        listed = found.tallies[ChangeKind.LISTED]
        assert listed.entered - listed.left == cases.after.denominator - cases.before.denominator


def test_each_case_names_the_entries_without_which_it_had_not_changed(
    district_office: System, stories: dict[str, Story]
) -> None:
    before, after = Question("2021-06-30"), Question("2021-07-31")
    for case in compare_moments(district_office, ALL, before, after).cases:
        story = stories[case.place.number]
        named = {one.position for one in case.entries}
        if not named:
            assert {kind_of(side) for side in case.sides} == {ChangeKind.DEADLINES}
        assert named <= {e.position for e in story if e.occurred_at[:10] > "2021-06-30"} | {
            e.position for e in story if local_day(e.occurred_at) > "2021-06-30"
        }


def test_the_other_way_round_everything_is_taken_back(district_office: System) -> None:
    one, other = Question("2021-05-31"), Question("2021-07-31")
    there = compare_moments(district_office, ALL, one, other)
    back = compare_moments(district_office, ALL, other, one)
    assert [(c.place.number, [(s.before, s.after) for s in c.sides]) for c in there.cases] == [
        (c.place.number, [(s.after, s.before) for s in c.sides]) for c in back.cases
    ]
    listed = there.tallies[ChangeKind.LISTED]
    assert listed.entered > 0
    assert back.tallies[ChangeKind.LISTED] == listed._replace(entered=0, left=listed.entered)


# -- in a working office -------------------------------------------------------------------------


def kinds_of(found: Compared, number: str) -> dict[str, tuple[Any, Any]]:
    (case,) = [case for case in found.cases if case.place.number == number]
    return {side.fact: (side.before, side.after) for side in case.sides}


def test_who_was_listed_excluded_and_left_the_ledger_is_said(office: System, clock: Clock) -> None:
    clock.set("2021-07-05T09:00")
    before = Question("2021-07-05", clock())
    made: list[Callable[..., Any]] = [a_listed_case, an_excluded_case, an_exited_case]
    clock.wait(minutes=5)
    clock.set("2021-07-22T14:20")
    numbers = [case_number(office, make(office, n).stream) for n, make in enumerate(made, 1)]
    found = compare_moments(office, ALL, before, Question("2021-07-22"))
    assert [case.place.number for case in found.cases] == sorted(numbers)
    listed, excluded, exited = (kinds_of(found, number) for number in numbers)
    assert listed["listed"][0] is None
    assert listed["stage"] == ("unlisted", "contacting")
    assert excluded["excluded"][0] is None
    assert excluded["excluded"][1]
    assert exited["exited"][0] is None
    assert exited["exited"][1]
    assert found.tallies[ChangeKind.EXITED] == (1, 1, 0)
    (moved,) = [one for one in found.figures if one.formula.name == "exit.case"]
    assert (moved.before.denominator, moved.after.numerator, moved.after.denominator) == (0, 1, 2)


def test_days_alone_turn_deadlines_and_no_entry_is_named(system: System, clock: Clock) -> None:
    a_listed_case(system)
    clock.set("2021-09-22T14:20")
    found = compare_moments(system, ALL, Question("2021-07-22"), Question("2021-09-20"))
    (case,) = found.cases
    assert case.entries == ()
    assert {kind_of(side) for side in case.sides} == {ChangeKind.DEADLINES}
    assert {side.after for side in case.sides} == {"open_overdue"}


def test_a_void_recorded_later_parts_two_states_of_one_day(system: System, clock: Clock) -> None:
    stream = a_contacted_case(system).stream
    clock.wait(hours=1)
    then = clock()
    clock.wait(hours=1)
    with system.database.read() as c:
        story = system.log.stream(c, stream)
    (called,) = [e for e in story if e.topic == "case.contact_attempted"]
    give(system, "void_entry", {"target": called.version, "explanation": "打错了"}, stream)
    day = local_day(clock())
    found = compare_moments(system, ALL, Question(day, then), Question(day))
    (case,) = found.cases
    assert kinds_of(found, case.place.number)["contact"] == ("reached_operating", "not_attempted")
    assert [one.version for one in case.entries] == [story[-1].version + 1]


def test_a_comparison_that_was_kept_follows_the_next_entry(system: System, clock: Clock) -> None:
    stream = a_listed_case(system).stream
    asked = Question("2021-06-30"), Question("2021-07-22")
    first = compare_moments(system, ALL, *asked)
    assert compare_moments(system, ALL, *asked) is first
    give(system, "attempt_contact", contact("2021-07-20"), stream)
    second = compare_moments(system, ALL, *asked)
    assert second.tallies[ChangeKind.CONTACT].cases == 1
    assert first.tallies[ChangeKind.CONTACT].cases == 0


def test_a_reader_of_one_unit_sees_its_cases_alone(system: System) -> None:
    ours = case_number(system, a_listed_case(system).stream)
    other = a_listed_case(system, 2).stream
    give(system, "assign_case", {"unit": "区税务局"}, other)
    reader = person(system, OTHER_OFFICER)
    found = compare_moments(system, reader, Question("2021-06-01"), Question("2021-07-22"))
    assert [case.place.number for case in found.cases] == [ours]
    everyone = compare_moments(system, ALL, Question("2021-06-01"), Question("2021-07-22"))
    assert {case.place.number for case in everyone.cases} == {ours, case_number(system, other)}


def test_too_much_is_refused_until_a_campaign_is_named(district_office: System) -> None:
    asked = Question("2021-03-31"), Question("2021-10-31")
    everything = compare_moments(district_office, ALL, *asked)
    campaign = everything.cases[0].place.campaign
    moments_module.forget(district_office)
    with pytest.raises(TooMuchToFold):
        compare_moments(district_office, ALL, *asked, most=500)
    narrow = compare_moments(district_office, ALL, *asked, campaign=campaign, most=500)
    assert [c.place.number for c in narrow.cases] == [
        c.place.number for c in everything.cases if c.place.campaign == campaign
    ]


def test_books_that_are_not_there_are_refused(system: System) -> None:
    with pytest.raises(LogHasNoSuchEntry):
        compare_moments(system, ALL, Question("2021-07-01", position=10**9), Question("2021-07-01"))


def test_pages_hold_every_case_once(district_office: System) -> None:
    found = compare_moments(district_office, ALL, Question("2021-03-31"), Question("2021-10-31"))
    pages = [compared_page(found, "", n, 20) for n in range(1, 4)]
    numbers = [case.place.number for page in pages for case in page.rows]
    assert numbers == [case.place.number for case in found.cases]
