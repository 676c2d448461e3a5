"""The worklist names the next step of a case and the deadline that runs."""

from __future__ import annotations

from casesys.system import System
from domain.workdays import Workdays
from projections.driver import rows
from tests.scenarios import (
    a_committed_case,
    a_contacted_case,
    a_listed_case,
    an_exited_case,
    an_interviewed_case,
)

LISTED = "2021-07-01"
INTERVIEWED = "2021-07-08"


def row(system: System, stream: object) -> tuple[object, ...]:
    with system.database.read() as c:
        question = "SELECT step, clock, due_on, provisional FROM worklist WHERE stream_id = ?"
        return rows(c, question, [str(stream)])[0]


def workdays(system: System) -> Workdays:
    with system.database.read() as c:
        return system.models.calendars.workdays(c)


def test_a_listed_case_asks_for_its_first_contact(office: System) -> None:
    due = workdays(office).add(LISTED, 5).day
    assert row(office, a_listed_case(office).stream) == (
        "attempt_contact",
        "first_contact",
        due,
        0,
    )


def test_a_contacted_case_asks_for_the_interview(office: System) -> None:
    due = workdays(office).add(LISTED, 20).day
    found = row(office, a_contacted_case(office).stream)
    assert found == ("serve_interview_notice", "interview", due, 0)


def test_an_interview_starts_the_clock_of_the_commitment(office: System) -> None:
    due = workdays(office).add(INTERVIEWED, 10).day
    found = row(office, an_interviewed_case(office).stream)
    assert found == ("sign_commitment", "commitment", due, 0)


def test_when_all_deadlines_are_kept_none_runs(office: System) -> None:
    found = row(office, a_committed_case(office).stream)
    assert found == ("start_key_supervision", None, None, 0)


def test_an_exited_case_asks_only_for_its_repair(office: System) -> None:
    found = row(office, an_exited_case(office).stream)
    assert found == ("apply_repair", None, None, 0)
