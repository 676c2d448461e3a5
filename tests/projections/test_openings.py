"""The day from which repair may be asked for is known of every record that waits for it."""

from __future__ import annotations

from casesys.cases.view import see_case
from casesys.lists import Lists, Wanted
from casesys.system import System
from projections.driver import rows
from projections.openings import OPENING
from tests.examples import RUNNER, weekdays
from tests.offices import OFFICER, Clock, person
from tests.scenarios import a_listed_case, a_repaired_case, case_number, give, listing, penalty


class Now:
    as_of = known_at = None


def openings(system: System, stream: object) -> list[tuple[object, ...]]:
    with system.database.read() as c:
        question = f"SELECT rule_set, opens_on, provisional FROM {OPENING} WHERE stream_id = ?"
        return rows(c, f"{question} ORDER BY rule_set", [str(stream)])


def test_a_record_opens_on_the_day_that_its_page_says(office: System, clock: Clock) -> None:
    case = a_listed_case(office).stream
    ((rule_set, opens_on, provisional),) = openings(office, case)
    assert (rule_set, opens_on, provisional) == ("R2019", "2021-03-02", 0)
    who, number = person(office, OFFICER), case_number(office, case)
    view = see_case(office, number, who, as_of="2021-07-22")
    assert [one.opens_on for one in view.records] == [opens_on]
    for today, unlocked in (("2021-03-01", 0), ("2021-03-02", 1), ("2021-03-03", 0)):
        clock.set(f"{today}T09:00")
        answer = Lists(office).work(who, "unlocked", Wanted(), "due", 1, Now())
        assert answer.tallies["unlocked"] == len(answer.rows) == unlocked, today


def test_what_is_repaired_or_no_penalty_does_not_open(office: System) -> None:
    assert openings(office, a_repaired_case(office, 1).stream) == []
    assert openings(office, a_listed_case(office, 2, "judgment").stream) == []


def test_a_calendar_that_comes_later_moves_the_day(office: System, clock: Clock) -> None:
    clock.set("2039-10-20T09:00")
    case = give(office, "list_enterprise", listing(9, listed_on="2039-10-18")).stream
    give(office, "attach_record", penalty(9, decided_on="2039-10-03"), case)
    assert openings(office, case) == [
        (rules, "2040-01-04", 1) for rules in ("R2019", "R2023", "R2026")
    ]
    give(office, "publish_calendar", {"year": 2040, "days": weekdays(2040)[3:]}, by=RUNNER)
    ((_, opens_on, provisional),) = openings(office, case)
    assert (opens_on, provisional) == ("2040-01-06", 0)
