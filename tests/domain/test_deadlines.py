"""Three deadlines in working days: when they start, what excuses them, what moves them."""

from __future__ import annotations

from domain.deadlines import Deadline, deadlines, due_days, running
from domain.decisions import governance, listing
from domain.vocabulary import (
    Category,
    ContactResult,
    DeadlineKind,
    DeadlineStatus,
    ExclusionReason,
    Impediment,
)
from tests.domain.office_desk import (
    LISTED_ON,
    SECOND,
    WORKDAYS,
    a_listed_case,
    a_reached_case,
    an_interviewed_case,
    call,
    commit,
    desk,
)

FIRST, INTERVIEW, COMMITMENT = DeadlineKind


def on(case_deadlines: list[Deadline], kind: DeadlineKind) -> Deadline:
    return next(d for d in case_deadlines if d.kind == kind)


def test_first_contact_is_due_five_and_an_interview_twenty_working_days_after_listing() -> None:
    due = due_days(a_listed_case().state, WORKDAYS)
    assert {kind: d.day for kind, d in due.items()} == {
        FIRST: "2021-03-15",
        INTERVIEW: "2021-04-06",
    }


def test_a_commitment_is_due_ten_working_days_after_the_first_interview() -> None:
    due = due_days(an_interviewed_case().state, WORKDAYS)
    assert due[COMMITMENT].day == "2021-03-30"


def test_a_deadline_is_kept_on_its_last_day_and_late_the_day_after() -> None:
    kept, late = a_listed_case(), a_listed_case()
    call(kept, "2021-03-15", ContactResult.NO_ANSWER)
    call(late, "2021-03-16", ContactResult.NO_ANSWER)
    for case, status in ((kept, DeadlineStatus.ON_TIME), (late, DeadlineStatus.LATE)):
        assert on(deadlines(case.state, WORKDAYS, "2021-03-31"), FIRST).status == status


def test_an_open_deadline_is_overdue_from_the_day_after_it_is_due() -> None:
    case = a_listed_case()
    in_time = on(deadlines(case.state, WORKDAYS, "2021-03-15"), FIRST)
    overdue = on(deadlines(case.state, WORKDAYS, "2021-03-16"), FIRST)
    assert in_time.status == DeadlineStatus.OPEN_IN_TIME
    assert overdue.status == DeadlineStatus.OPEN_OVERDUE


def test_no_interview_is_due_from_a_bankrupt_or_lost_enterprise() -> None:
    for impediment in (Impediment.BANKRUPT, Impediment.LOST_CONTACT):
        case = a_listed_case(Category.JUDGMENT)
        governance.find_impediment(case, desk(LISTED_ON), impediment=impediment)
        found = on(deadlines(case.state, WORKDAYS, "2021-06-30"), INTERVIEW)
        assert found.status == DeadlineStatus.NOT_APPLICABLE
    unable = a_listed_case(Category.JUDGMENT)
    governance.find_impediment(unable, desk(LISTED_ON), impediment=Impediment.UNABLE_TO_PAY)
    found = on(deadlines(unable.state, WORKDAYS, "2021-06-30"), INTERVIEW)
    assert found.status == DeadlineStatus.OPEN_OVERDUE


def test_an_extension_replaces_the_day() -> None:
    case = a_listed_case()
    governance.extend_deadline(
        case, desk(LISTED_ON), deadline=FIRST, due_on="2021-03-22", explanation="疫情"
    )
    call(case, "2021-03-22", ContactResult.NO_ANSWER)
    found = on(deadlines(case.state, WORKDAYS, "2021-03-31"), FIRST)
    assert found.status == DeadlineStatus.ON_TIME


def test_nothing_is_due_from_an_excluded_subject() -> None:
    case = a_reached_case()
    listing.propose_exclusion(
        case, desk("2021-03-11"), ground=ExclusionReason.DEREGISTERED, document="登记状态"
    )
    listing.confirm_exclusion(case, desk("2021-03-11", SECOND))
    found = deadlines(case.state, WORKDAYS, "2021-06-30")
    assert {d.status for d in found} == {DeadlineStatus.NOT_APPLICABLE}
    assert running(case.state, WORKDAYS) is None


def test_the_deadline_that_runs_is_the_earliest_that_is_open() -> None:
    listed, reached, interviewed = a_listed_case(), a_reached_case(), an_interviewed_case()
    committed = an_interviewed_case()
    commit(committed, "2021-03-17")
    kinds = [running(c.state, WORKDAYS) for c in (listed, reached, interviewed, committed)]
    assert [k.kind if k else None for k in kinds] == [FIRST, INTERVIEW, COMMITMENT, None]
