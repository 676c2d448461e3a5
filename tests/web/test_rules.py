"""The pages of the rules: what they say, what another set would change, what opens for repair."""

from __future__ import annotations

import csv
from io import StringIO
from uuid import UUID

import pytest

from casesys.system import System
from projections.driver import rows
from projections.ledger import LEDGER
from tests.casesys.rules.penalties import a_penalty_of, one_of_each
from tests.offices import OTHER_OFFICER, SUPERVISOR, Clock, contents, person
from tests.scenarios import give
from tests.web.helpers import Reader, app_of, serving, words_of
from tests.web.sweep import NARROW_ENGLISH, WIDE_CHINESE, Look, Windows


@pytest.fixture
def reader(system: System) -> Reader:
    one_of_each(system)
    return Reader(app_of(system))


def test_every_rule_set_stands_there_with_the_source_of_its_numbers(reader: Reader) -> None:
    page = words_of(reader.get_page("/rules"))
    assert "3套规则" in page
    for words in ("R2019", "R2023", "R2026", "今天适用", "最短6个月，最长36个月", "已核对原文"):
        assert words in page


def test_the_cases_that_another_set_changes_are_told_with_the_reason(reader: Reader) -> None:
    page = words_of(reader.get_page("/rules/rejudge?set=R2026"))
    assert "4件未办结案件中，适用 R2026 会改变3件" in page
    assert "2021-09-16 → 2022-03-16" in page and "2021-06-16 → 2021-03-15" in page
    assert "R2019 6个月（发改办财金〔2019〕527号，来自转述）" in page
    assert "云塘区第3建材有限公司" in page


def test_a_kind_of_change_is_a_condition_that_can_be_taken_off(reader: Reader) -> None:
    page = reader.get_page("/rules/rejudge?set=R2026&effect=later")
    assert "第1–1件，共1件" in words_of(page) and "云塘区第1建材" not in page
    assert 'class="chip removes"' in page
    nobody = words_of(reader.get_page("/rules/rejudge?set=R2026&effect=later&town=白石镇"))
    assert "没有符合条件的案件" in nobody


def test_of_the_rules_in_force_it_is_told_what_they_changed(system: System, clock: Clock) -> None:
    one_of_each(system)
    clock.set("2026-05-06T09:00")
    reader = Reader(app_of(system))
    page = reader.get_page("/rules/rejudge")
    assert '<option value="R2023" selected>' in page and "会改变3件" in words_of(page)
    same = words_of(reader.get_page("/rules/rejudge?set=R2026&before=in_force"))
    assert "适用 R2026 都不变" in same and "没有会改变的案件" in same


def test_what_is_no_rule_set_is_said_and_not_guessed(reader: Reader) -> None:
    answer = reader.get("/rules/rejudge?set=R1999&effect=worse&page=x")
    assert answer.status_code == 200 and "R1999" in words_of(answer.text)
    assert reader.get_page_status("/rules/rejudge.pdf") == 404
    assert reader.get_page_status("/rules/opens?within=x&view=never&lacks=all") == 200
    assert reader.get_page_status("/rules/rejudge?as_of=2021-02-30") == 400


def test_a_penalty_opens_on_its_day_with_what_it_lacks(reader: Reader) -> None:
    page = words_of(reader.get_page("/rules/opens?as_of=2021-09-16"))
    assert "2021-09-16 开始可申请修复的有1宗" in page
    assert "履行完毕证明、本宗信用修复承诺书" in page and "信用修复培训证明" in page
    assert "R2019，最短公示6个月，期满次日" in page
    before = reader.get_page("/rules/opens?as_of=2021-09-15")
    assert "当日没有新到期的处罚" in words_of(before)
    assert "云塘区第3" in reader.get_page("/rules/opens?as_of=2021-09-15&view=ahead")
    assert "云塘区第3" in reader.get_page("/rules/opens?as_of=2021-09-22&view=recent")


def test_all_that_waits_is_listed_with_what_it_lacks(reader: Reader, system: System) -> None:
    address = "/rules/opens?as_of=2022-06-30&view=open"
    page = reader.get_page(address)
    assert "公示期已满、还没有申请修复的有3宗" in words_of(page)
    assert "已满、未申请 3" in words_of(page) and "履行完毕证明" in words_of(page)
    assert 'name="within"' not in page and "指标按这些原因另计" not in page
    days = [int(page.index(day)) for day in ("云塘区第1", "云塘区第3")]
    assert days == sorted(days) and "云塘区第4" not in page
    with system.database.read() as c:
        ((stream,),) = rows(c, f"SELECT stream_id FROM {LEDGER} WHERE number = '2021-01-0003'")
    bankrupt = {"impediment": "bankrupt", "document": "裁定"}
    give(system, "find_impediment", bankrupt, UUID(stream))
    page = words_of(reader.get_page("/rules/opens?as_of=2022-06-30&view=open"))
    assert "其中1宗的企业已登记破产" in page
    _, *lines = csv.reader(StringIO(reader.get(address.replace("?", ".csv?")).data.decode("utf-8")))
    assert len(lines) == 3
    nothing = words_of(reader.get_page("/rules/opens?view=open&as_of=2021-05-30"))
    assert "没有公示期已满而未申请的处罚" in nothing


def test_the_tabs_keep_the_conditions_and_the_day(reader: Reader) -> None:
    page = reader.get_page("/rules/opens?as_of=2021-09-15&within=60&town=石门街道")
    assert "as_of=2021-09-15&amp;within=60&amp;town=" in page and "view=ahead" in page


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_both_lists_are_files_with_the_same_conditions(reader: Reader, kind: str) -> None:
    for path in ("/rules/rejudge", "/rules/opens"):
        answer = reader.get(f"{path}.{kind}?set=R2026&effect=later&as_of=2021-09-16")
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        if kind == "csv":
            _, *lines = csv.reader(StringIO(answer.data.decode("utf-8-sig")))
            assert {line[0] for line in lines} == {"2021-01-0003"}


OPENS = (
    "/rules/opens?as_of=2021-09-16",
    "/rules/opens?as_of=2022-06-30&view=open",
    "/rules/opens.csv?as_of=2022-06-30&view=open",
)


def test_who_reaches_one_unit_sees_its_cases_alone(reader: Reader, system: System) -> None:
    a_penalty_of(system, "serious", 9, unit="区税务局")
    other = Reader(app_of(system), OTHER_OFFICER)
    for path in ("/rules/rejudge", "/rules/rejudge.csv", *OPENS):
        assert "云塘区第9" in reader.get(path).get_data(as_text=True), path
        assert "云塘区第9" not in other.get(path).get_data(as_text=True), path
        assert "云塘区第3" in other.get(path).get_data(as_text=True), path


def test_the_pages_write_nothing(reader: Reader, system: System) -> None:
    before = contents(system)
    for path in ("/rules", "/rules/rejudge", "/rules/rejudge.csv", "/rules/opens"):
        assert reader.get_page_status(path) == 200
    assert contents(system) == before


def test_the_worklist_and_the_figures_lead_there(reader: Reader) -> None:
    assert "/rules/opens" in reader.get_page("/?view=unlocked")
    assert 'href="/rules"' in reader.get_page("/figures")


PATHS = (
    "/rules/rejudge?set=R2026",
    "/rules/rejudge?set=R2026&effect=later&town=nowhere",
    "/rules/rejudge?set=R2019",
    "/rules/opens?as_of=2021-09-16",
    "/rules/opens?as_of=2021-09-16&view=ahead&within=60",
    "/rules/opens?as_of=2022-06-30&view=open",
    "/rules/opens?as_of=2021-05-30&view=open",
)


@pytest.mark.parametrize("look", [WIDE_CHINESE, NARROW_ENGLISH], ids=["zh wide", "en narrow"])
def test_the_lists_are_sound_with_and_without_rows(
    windows: Windows, reader: Reader, system: System, look: Look
) -> None:
    app = app_of(system)
    with serving(app) as base:
        for path in PATHS:
            with windows.visiting(app, base, person(system, SUPERVISOR), look) as seen:
                seen.open(path)
                assert seen.faults(look) == [], path
