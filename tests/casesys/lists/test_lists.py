"""The worklist's views and clocks, and what a typed text may be."""

from __future__ import annotations

from dataclasses import dataclass

from casesys.lists import WORK_VIEWS, ListAnswer, Lists, Wanted, typed
from casesys.system import System
from tests.offices import OFFICER, OTHER_OFFICER, SUPERVISOR, Clock, person
from tests.scenarios import (
    a_case_with_exit_proposed,
    a_contacted_case,
    a_listed_case,
    an_exited_case,
    credit_code,
    give,
    listing,
)

WIDE = {ord(c): ord(c) + 0xFEE0 for c in "0123456789ABCDEFGHJKLMNPQRTUWXY"}


@dataclass(frozen=True)
class Then:
    as_of: str | None = None
    known_at: str | None = None


NOW = Then()


def work(system: System, view: str, wanted: Wanted | None = None) -> ListAnswer:
    who = person(system, OFFICER)
    return Lists(system).work(who, view, wanted or Wanted(), "due", 1, NOW)


def test_the_views_part_what_is_late_from_what_is_due(office: System, clock: Clock) -> None:
    a_listed_case(office, 1)  # first contact was due on 8 July
    a_contacted_case(office, 2)  # interview due on 29 July
    a_case_with_exit_proposed(office, 3)
    assert work(office, "open").tallies == {
        "mine": 0,
        "unclaimed": 3,
        "today": 0,
        "overdue": 1,
        "soon": 1,
        "unlocked": 0,
        "second": 1,
        "open": 3,
    }
    clock.set("2021-07-29T09:00")
    assert work(office, "today").tallies["today"] == 1
    assert [row.days for row in work(office, "today").rows] == [0]


def test_a_view_shows_as_many_cases_as_its_tally_says(office: System) -> None:
    a_listed_case(office, 1)
    an_exited_case(office, 2)
    a_case_with_exit_proposed(office, 3)
    for view in WORK_VIEWS:
        answer = work(office, view)
        assert len(answer.rows) == answer.tallies[view] == answer.slice.total


def test_mine_are_the_cases_given_to_my_account(office: System) -> None:
    case = a_listed_case(office, 1).stream
    a_listed_case(office, 2)
    raw = {"unit": "区市场监督管理局", "officer": OFFICER}
    give(office, "assign_case", raw, case, SUPERVISOR)
    (row,) = work(office, "mine").rows
    assert (row.line.stream_id, row.officer) == (str(case), OFFICER)


def test_a_past_day_has_its_own_clock(office: System) -> None:
    a_listed_case(office)
    lists, who = Lists(office), person(office, OFFICER)
    then = lists.work(who, "open", Wanted(), "due", 1, Then(as_of="2021-07-07"))
    assert [row.days for row in then.rows] == [1]
    assert then.tallies["soon"] == 1 and then.tallies["overdue"] == 0
    before = lists.work(who, "open", Wanted(), "due", 1, Then(as_of="2021-06-30"))
    assert before.rows == [] and before.today == "2021-06-30"


def test_the_past_with_all_that_is_known_is_the_present(office: System) -> None:
    for n, state in enumerate((a_listed_case, a_contacted_case, an_exited_case), 1):
        state(office, n)
    lists, who = Lists(office), person(office, OFFICER)
    for wanted in (Wanted(), typed("建材"), Wanted(branch="operating")):
        now = lists.ledger(who, "all", wanted, "number", 1, NOW)
        then = lists.ledger(who, "all", wanted, "number", 1, Then(as_of="2021-07-22"))
        assert (now.rows, now.tallies) == (then.rows, then.tallies)
        assert now.rows


def test_a_whole_number_or_code_names_its_case(office: System) -> None:
    a_listed_case(office, 1)
    a_listed_case(office, 2, "judgment")
    lists, who = Lists(office), person(office, OFFICER)
    for text in (
        "2021-01-0001",
        "云市监处罚[2020]1号",
        " 云市监处罚 ( 2020 ) 1 号",
        credit_code(1).translate(WIDE),
    ):
        answer = lists.search(who, text, 1, NOW)
        assert answer.exact == "2021-01-0001", text
    for text in ("建材", "ytqd", "yuntangqu"):
        assert len(lists.search(who, text, 1, NOW).rows) == 2, text
        assert lists.search(who, text, 1, NOW).exact is None


def test_a_text_of_nothing_asks_nothing() -> None:
    for text in ("", "   ", "\u3000", "\x00\x01"):
        assert typed(text) == Wanted()


def test_the_unit_that_is_responsible_today_sees_the_past_of_a_case(office: System) -> None:
    case, lists = a_listed_case(office).stream, Lists(office)
    reader = person(office, OTHER_OFFICER)

    def seen() -> list[int]:
        days = (NOW, Then(as_of="2021-07-02"), Then(known_at=office.now()))
        return [len(lists.ledger(reader, "all", Wanted(), "number", 1, at).rows) for at in days]

    assert reader.reach == "区市场监督管理局"
    assert seen() == [1, 1, 1]
    give(office, "assign_case", {"unit": "区应急管理局", "officer": OFFICER}, case, SUPERVISOR)
    assert seen() == [0, 0, 0]
    give(office, "assign_case", {"unit": reader.reach, "officer": OFFICER}, case, SUPERVISOR)
    assert seen() == [1, 1, 1]


def test_a_reader_chooses_among_the_values_of_cases_within_reach(office: System) -> None:
    a_listed_case(office, 1)
    raw = listing(2, unit="区应急管理局", town="江北镇")
    give(office, "list_enterprise", raw)
    lists = Lists(office)
    for login, units in ((OFFICER, ["区市场监督管理局", "区应急管理局"]), (OTHER_OFFICER, None)):
        reader = person(office, login)
        answer = lists.work(reader, "open", Wanted(), "due", 1, NOW)
        expected = units or [reader.reach]
        assert sorted(answer.values["unit"]) == sorted(expected)
        assert len(answer.rows) == answer.tallies["open"] == len(expected)
        # Held rows are settled by the office alone.
        assert answer.held == (0 if units else None)


def test_nobody_has_an_unclaimed_case(office: System) -> None:
    case = a_listed_case(office, 1).stream
    assert work(office, "unclaimed").tallies["unclaimed"] == 1
    raw = {"unit": "区市场监督管理局", "officer": OFFICER}
    give(office, "assign_case", raw, case, SUPERVISOR)
    assert work(office, "unclaimed").rows == []
