"""What opens for repair today, what before and after, and what each penalty still lacks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from casesys.figures.cases_of_day import Question
from casesys.figures.members import Of, members
from casesys.history import import_history
from casesys.permits import operator
from casesys.rules.opens import OpensOnly, OpensPage, first_of, opening_records
from casesys.system import System
from domain.instants import end_of_day
from projections.driver import rows
from projections.ledger import LEDGER
from tests.casesys.rules.penalties import a_penalty_of, one_of_each
from tests.offices import OFFICER, OTHER_OFFICER, SUPERVISOR, Clock, person
from tests.scenarios import a_performed_case, commitment, contact, give, record_of
from tests.shared_data import shared_path

COUNT = "held-not_applied"


def asked(
    office: System, view: str = "today", within: int = 10, who: str = SUPERVISOR, **more: Any
) -> OpensPage:
    only = OpensOnly(**{name: more.pop(name) for name in OpensOnly._fields if name in more})
    return opening_records(office, person(office, who), view, within, only, **more)


def found(page: OpensPage) -> list[tuple[str, str, str]]:
    return [(row.case.number, row.day, row.rule_set) for row in page.rows]


@pytest.mark.parametrize(
    ("today", "opens"),
    [
        ("2021-06-15", []),
        ("2021-06-16", ["minor", "general"]),  # a minor class waited as a general one
        ("2021-06-17", []),
        ("2021-09-16", ["serious"]),
    ],
)
def test_a_penalty_opens_on_its_one_day(
    office: System, clock: Clock, today: str, opens: list[str]
) -> None:
    number = one_of_each(office)
    clock.set(f"{today}T09:00") if today > "2021-07-22" else None
    page = asked(office, as_of=today) if today < "2021-07-22" else asked(office)
    # Before its listing a case asks nothing of the office.
    expected = opens if today > "2021-07-01" else []
    assert [row[0] for row in found(page)] == [number[class_] for class_ in expected]


def test_today_before_and_after_are_told_apart(office: System, clock: Clock) -> None:
    number = one_of_each(office)
    clock.set("2021-09-10T09:00")
    ahead = asked(office, "ahead")
    assert found(ahead) == [(number["serious"], "2021-09-16", "R2019")]
    assert ahead.tallies == {"today": 0, "ahead": 1, "recent": 0}
    assert asked(office, "ahead", 1).rows == []
    clock.set("2021-09-22T09:00")
    assert found(asked(office, "recent")) == found(ahead)
    assert asked(office, "recent", 1).rows == []


def test_as_of_a_day_the_answer_is_that_of_the_day_itself(office: System, clock: Clock) -> None:
    one_of_each(office)
    for today in ("2021-08-30", "2021-09-16", "2021-09-20"):
        clock.set(f"{today}T09:00")
        for view in ("today", "ahead", "recent"):
            now, then = asked(office, view, 20), asked(office, view, 20, as_of=today)
            assert found(now) == found(then) and now.tallies == then.tallies, (today, view)
    assert found(asked(office, "today", as_of="2021-09-16"))


def test_what_the_books_lack_goes_as_it_comes_in(office: System, clock: Clock) -> None:
    number = a_penalty_of(office, "serious", 1)
    clock.set("2021-09-16T09:00")
    (row,) = asked(office).rows
    assert row.lacks == ("performed", "commitment_for_record")
    assert [one.code for one in row.to_bring] == [
        "licence",
        "repair_form",
        "training_certificate",
        "credit_report",
    ]
    case = _stream(office, number)
    record = record_of(office, case)
    give(office, "attempt_contact", contact("2021-09-15"), case)
    signed = commitment(kind="credit_repair", record=record, signed_at="2021-09-16T08:30")
    give(office, "sign_commitment", signed, case)
    done = {"performed_at": "2021-09-15T10:00", "document": "罚款收据", "performance": "fully"}
    give(office, "record_performance", {"record": record, **done}, case)
    (row,) = asked(office).rows
    assert row.lacks == ()
    assert asked(office, lacks="complete").total == 1
    assert asked(office, lacks="performed").total == 0
    give(office, "apply_repair", {"record": record, "proof": "罚款收据"}, case)
    assert asked(office).total == 0, "what is applied for is not asked for again"


def test_conditions_and_pages(office: System, clock: Clock) -> None:
    for n in range(1, 6):
        town = "白石镇" if n > 3 else "石门街道"
        a_penalty_of(office, "serious", n, town=town)
    clock.set("2021-09-16T09:00")
    assert asked(office, town="白石镇").total == 2
    assert asked(office, campaign="2020-01").tallies["today"] == 0
    assert asked(office, lacks="performed").total == 5
    second = asked(office, page=2, size=2)
    assert [row.case.number[-1] for row in second.rows] == ["3", "4"]
    assert (second.page, second.pages, second.first, second.total) == (2, 3, 3, 5)
    give(office, "claim_case", {}, _stream(office, "2021-01-0002"))
    who = person(office, OFFICER)
    mine = asked(office, officers=(who.id, who.login))
    assert [row.case.number for row in mine.rows] == ["2021-01-0002"]


def test_who_reaches_one_unit_sees_its_penalties_alone(office: System, clock: Clock) -> None:
    mine = a_penalty_of(office, "serious", 1)
    a_penalty_of(office, "serious", 2, unit="区税务局")
    clock.set("2021-09-16T09:00")
    assert [row[0] for row in found(asked(office, who=OTHER_OFFICER))] == [mine]
    assert asked(office).total == 2
    there = asked(office, who=OTHER_OFFICER, as_of="2021-09-16")
    assert [row[0] for row in found(there)] == [mine]


def test_a_new_rule_set_opens_on_its_first_day_what_it_lets_go(
    office: System, clock: Clock
) -> None:
    clock.set("2023-04-03T09:00")
    number = a_penalty_of(office, "minor", 1)
    assert found(asked(office)) == []
    case = _stream(office, number)
    late = {"number": "云市监处罚〔2023〕5号", "authority": "区市场监督管理局"}
    late |= {"decided_on": "2023-03-15", "amount_fen": "1000", "publicity_class": "minor"}
    give(office, "attach_record", late, case)
    clock.set("2023-05-01T09:00")
    assert found(asked(office)) == [(number, "2023-05-01", "R2023")]
    assert found(asked(office, as_of="2023-05-01")) == [(number, "2023-05-01", "R2023")]


def test_what_waits_is_all_that_is_open_and_was_never_applied_for(
    office: System, clock: Clock
) -> None:
    number = one_of_each(office)
    clock.set("2022-02-01T09:00")
    waits = [
        (number["minor"], "2021-06-16", "R2019"),
        (number["general"], "2021-06-16", "R2019"),
        (number["serious"], "2021-09-16", "R2019"),
    ]
    page = asked(office, "open", 5)
    assert found(page) == waits and page.tallies["open"] == 3 == page.total
    assert "open" not in asked(office).tallies and asked(office, "recent", 60).rows == []
    # The rules of the day say from when on, and whether ever.
    under_others = asked(office, "open", as_of="2026-11-01")
    assert {row.rule_set for row in under_others.rows} == {"R2026"}
    assert found(asked(office, "open", as_of="2021-09-15")) == waits[:2]
    assert asked(office, "open", page=2, size=2).rows[0].case.number == number["serious"]
    assert asked(office, "open", town="白石镇").total == 0


def test_what_was_applied_for_waits_no_more(office: System, clock: Clock) -> None:
    case = a_performed_case(office).stream
    record = record_of(office, case)
    clock.set("2021-12-01T09:00")
    assert [row.lacks for row in asked(office, "open").rows] == [()]
    before = office.now()
    clock.set("2021-12-01T10:00")
    give(office, "apply_repair", {"record": record, "proof": "罚款收据"}, case)
    assert asked(office, "open").total == 0
    assert asked(office, "open", known_at=before).total == 1
    give(office, "return_repair", {"record": record, "missing": "信用报告"}, case)
    assert asked(office, "open").total == 0, "the figures call it returned"


@pytest.mark.parametrize("day", ["2021-07-22", "2021-10-31", "2022-06-30", "2026-11-23"])
def test_what_waits_is_what_the_figures_call_not_applied(
    system: System, clock: Clock, day: str
) -> None:
    """But for impeded enterprises, counted by what befell them, and for cases that are closed.

    An application is not refused to the one, and cannot be made in the other.
    """
    import_history(system, shared_path("district/district_50"), operator("tests"), _unwatched)
    clock.set(f"{day}T09:00")
    listed = asked(system, "open", as_of=day, size=None)
    ours = {(row.case.number, row.record.number) for row in listed.rows if not row.beyond}
    assert len(ours) == listed.total - listed.beyond
    who = person(system, SUPERVISOR)
    penalties, when = Of(category="penalty"), Question(day)
    theirs, page = set[tuple[str, str | None]](), 1
    while len(theirs) < (its := members(system, who, COUNT, penalties, when, page)).total:
        theirs |= {(row.cases[0], row.record) for row in its.rows}
        page += 1
    assert theirs >= ours
    assert {number for number, _ in theirs - ours} <= _closed(system, day)
    assert ours or day == "2021-07-22"


def _unwatched(done: int, of: int) -> None:
    """Nobody looks on."""


def _closed(system: System, day: str) -> set[str]:
    with system.database.read() as c:
        question = (
            f"SELECT number FROM {LEDGER} WHERE stream_id IN (SELECT stream_id FROM log "
            "WHERE topic = 'case.closed' AND occurred_at <= ?)"
        )
        return {number for (number,) in rows(c, question, [end_of_day(day)])}


def test_so_many_working_days_back_begin_after_as_many_have_passed(office: System) -> None:
    with office.database.read() as c:
        workdays = office.models.calendars.workdays(c)
    # Five working days before Friday 2021-07-23 lead back over a weekend to the Friday before.
    assert first_of(workdays, "2021-07-23", 5) == "2021-07-16"
    assert first_of(workdays, "2021-07-23", 4) == "2021-07-19"
    assert first_of(workdays, "2021-10-08", 1) == "2021-09-30"


def _stream(office: System, number: str) -> UUID:
    with office.database.read() as c:
        ((stream,),) = rows(c, f"SELECT stream_id FROM {LEDGER} WHERE number = ?", [number])
    return UUID(stream)
