"""The worklist's own acts: a case is taken, a query kept as a view, the list as a file."""

from __future__ import annotations

import csv
import re
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

from casesys.lists.export import as_csv, as_workbook
from casesys.people.attempts import EXPORT, WantedAttempts, attempts_page
from casesys.system import System
from tests.browser import enter, press, window
from tests.offices import AUDITOR, OFFICER, OTHER_OFFICER, SUPERVISOR, log_of, person
from tests.scenarios import (
    PHONE,
    SIGNATORY,
    a_case_with_exit_proposed,
    a_claimed_case,
    a_contacted_case,
    a_listed_case,
    give,
    listing,
)
from tests.web.helpers import Reader, app_of, serving, words_of
from tests.web.sweep import violations

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def reader(system: System) -> Reader:
    a_listed_case(system, 1)
    a_contacted_case(system, 2)
    a_case_with_exit_proposed(system, 3)
    a_claimed_case(system, 4)
    return Reader(app_of(system))


def post(reader: Reader, path: str, **typed: str) -> str:
    """Send a small form of the page; the address to which it leads."""
    found = TOKEN.search(reader.get_page("/"))
    assert found is not None
    answer = reader.client.post(path, data={"csrf_token": found[1], **typed})
    assert answer.status_code == 303, answer.status_code
    return str(answer.location)


# -- taking a case ---------------------------------------------------------------------------


def test_a_case_is_taken_from_the_list_and_the_list_stays(reader: Reader, system: System) -> None:
    page = reader.get_page("/?view=unclaimed&category=penalty")
    assert 'action="/claim/2021-01-0001?view=unclaimed&amp;category=penalty"' in page
    back = post(reader, "/claim/2021-01-0001?view=unclaimed&category=penalty")
    assert back == "/?view=unclaimed&category=penalty"
    page = reader.get_page(back)
    assert "案件2021-01-0001由您经办" in words_of(page)
    assert "云塘区第1建材有限公司" not in page
    assert "云塘区第1建材有限公司" in reader.get_page("/?view=mine")


def test_of_two_officers_the_second_is_told_who_has_the_case(reader: Reader) -> None:
    other = Reader(reader.client.application, SUPERVISOR)
    post(reader, "/claim/2021-01-0001?view=unclaimed")
    page = words_of(other.get_page(post(other, "/claim/2021-01-0001?view=unclaimed")))
    assert "没有认领" in page and f"已由{OFFICER}经办" in page


def test_a_claim_sent_twice_has_one_effect(reader: Reader, system: System) -> None:
    for _ in range(2):
        back = post(reader, "/claim/2021-01-0001", command_id="3f6b0e0c-one-claim")
        assert "由您经办" in words_of(reader.get_page(back))
    with system.database.read() as c:
        stream = system.models.case_file.find(c, "2021-01-0001").stream_id
    assert [entry.topic for entry in log_of(system, stream)].count("case.assigned") == 1


def test_who_may_only_read_has_no_button_to_take_a_case(reader: Reader) -> None:
    auditor = Reader(reader.client.application, AUDITOR)
    assert "/claim/" not in auditor.get_page("/?view=unclaimed")
    assert "/claim/" not in reader.get_page("/?view=unclaimed&as_of=2021-07-20")


def test_a_confirmation_leads_to_the_page_of_its_proposal(reader: Reader) -> None:
    supervisor = Reader(reader.client.application, SUPERVISOR)
    assert 'href="/approvals/2021-01-0003/exit"' in supervisor.get_page("/?view=second")
    assert "/approvals/2021-01-0003" not in reader.get_page("/?view=second")


def test_held_rows_are_a_tab_for_those_who_settle_them(reader: Reader) -> None:
    unit = Reader(reader.client.application, OTHER_OFFICER)
    assert 'href="/uploads/held"' in reader.get_page("/")
    assert 'href="/uploads/held"' not in unit.get_page("/")


# -- views of one's own ----------------------------------------------------------------------


def test_a_query_is_kept_as_a_tab_with_its_count(reader: Reader) -> None:
    there = post(reader, "/views?category=penalty&q=第2建材&page=3&as_of=2021-07-20", name="二号")
    assert "as_of" not in there and "page=" not in there
    page = words_of(reader.get_page(there))
    assert "已存为视图“二号”" in page and "二号 1" in page
    assert "云塘区第2建材有限公司" in page and "云塘区第1建材有限公司" not in page
    other = Reader(reader.client.application, SUPERVISOR)
    assert "二号" not in other.get_page("/")


def test_a_view_is_renamed_and_deleted_and_its_cases_stay(reader: Reader) -> None:
    there = post(reader, "/views?category=penalty", name="处罚")
    view = re.search(r"saved=([0-9a-f-]+)", there)
    assert view is not None
    address = f"/views/{view[1]}"
    assert "行政处罚的" in reader.get_page(post(reader, address, step="rename", name="行政处罚的"))
    page = words_of(reader.get_page(post(reader, address, step="drop")))
    assert "视图已删除" in page and "行政处罚的" not in page and "共4件待办" in page


@pytest.mark.parametrize(
    ("name", "told"), [("", "请给视图起个名称"), ("处罚", "您已有名为“处罚”的视图")]
)
def test_a_name_that_will_not_do_is_told(reader: Reader, name: str, told: str) -> None:
    post(reader, "/views?category=penalty", name="处罚")
    assert told in words_of(reader.get_page(post(reader, "/views?category=judgment", name=name)))


def test_a_view_kept_by_another_release_is_no_fault(reader: Reader, system: System) -> None:
    with system.database.write() as c:
        values = ("v1", person(system, OFFICER).id, "旧", "view=gone&stage=gone&due_from=x", "2021")
        question = "INSERT INTO saved_view (id, account, name, query, made_at) VALUES "
        c.exec_driver_sql(question + "(?, ?, ?, ?, ?)", values)
    assert reader.get_page_status("/") == 200
    assert reader.get_page_status("/?view=gone&stage=gone&due_from=x&saved=v1") == 200


# -- as a file -------------------------------------------------------------------------------


def test_a_list_is_taken_as_a_file_whole_and_in_the_readers_words(reader: Reader) -> None:
    answer = reader.get("/worklist.csv?category=penalty&sort=number")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["案件号", *(f"2021-01-000{n}" for n in (1, 2, 3, 4))]
    assert "行政处罚" in rows[1] and "登记联系" in rows[1]
    reader.get("/preferences", language="en")
    assert reader.get("/worklist.csv").data.decode("utf-8-sig").startswith("Case")


def test_the_workbook_holds_the_same_as_texts_and_numbers(reader: Reader) -> None:
    book = load_workbook(BytesIO(reader.get("/worklist.xlsx?sort=number").data))
    sheet = book.active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == [f"2021-01-000{n}" for n in (1, 2, 3, 4)]
    assert isinstance(rows[1][8], int) and isinstance(rows[1][2], str)


def test_who_took_a_list_out_is_noted(reader: Reader, system: System) -> None:
    assert reader.get("/worklist.xlsx").status_code == 200
    noted = attempts_page(system, WantedAttempts(act=EXPORT)).rows
    assert [(one.login, one.refusal) for one in noted] == [(OFFICER, None)]
    assert "导出名单" in Reader(reader.client.application, AUDITOR).get_page("/audit/attempts")


def test_a_file_holds_nothing_personal_and_nothing_beyond_reach(
    reader: Reader, system: System
) -> None:
    far = a_listed_case(system, 5).stream
    give(system, "assign_case", {"unit": "区税务局"}, far)
    unit = Reader(reader.client.application, OTHER_OFFICER)
    text = unit.get("/worklist.csv").data.decode()
    assert "云塘区第1建材" in text and "云塘区第5建材" not in text
    assert SIGNATORY not in text and PHONE not in text


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", "\uff0b"])
def test_a_name_that_looks_like_a_formula_computes_nothing(system: System, sign: str) -> None:
    name = f"{sign}1+1建材有限公司"
    give(system, "list_enterprise", listing(7, name=name))
    reader = Reader(app_of(system))
    rows = list(csv.reader(StringIO(reader.get("/worklist.csv").data.decode("utf-8-sig"))))
    assert rows[1][1] == f"'{name}"
    sheet = load_workbook(BytesIO(reader.get("/worklist.xlsx").data)).active
    assert sheet is not None
    assert (sheet["B2"].value, sheet["B2"].data_type) == (name, "s")


def test_an_empty_list_is_a_file_with_its_head() -> None:
    assert as_csv([], "zh").count(b"\r\n") == 1
    assert load_workbook(BytesIO(as_workbook([], "en"))).active is not None


# -- in a browser ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scripts", "width"), [(True, 1440), (False, 1440), (True, 390), (False, 390)]
)
def test_query_chips_sorting_view_and_claim_in_a_browser(
    reader: Reader, chromium: Browser, scripts: bool, width: int
) -> None:
    app = reader.client.application
    with serving(app) as address, window(chromium, scripts=scripts, width=width) as desk:
        page = desk.new_page()
        enter(page, address)
        page.goto(address + "/")
        page.select_option("#list-category", "penalty")
        press(page.locator(".toolbar .go button"))
        expect(page.locator(".chips .chip")).to_have_count(1)
        if width > 720:
            press(page.locator("thead a.sort").first)
            expect(page.locator("th[aria-sort=ascending]")).to_have_count(1)
            press(page.locator("thead th[aria-sort] a.sort"))
            expect(page.locator("th[aria-sort=descending]")).to_have_count(1)
        page.click("summary:has-text('存为视图')")
        page.fill("#view-name", "我的处罚")
        press(page.locator("form.sheet-form button:has-text('存')"))
        tab, rows = page.locator(".tabs a[aria-current]"), page.locator("tbody tr")
        expect(tab).to_contain_text("我的处罚")
        press(page.locator(".chips .chip"))
        expect(page).not_to_have_url(re.compile("category="))
        expect(page.locator(".chips .chip")).to_have_count(0)
        press(page.locator(".tabs a:has-text('待认领')"))
        expect(tab).to_contain_text("待认领")
        before = rows.count()
        press(rows.locator("form button").first)
        expect(page.locator("main")).to_contain_text("由您经办")
        expect(rows).to_have_count(before - 1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if scripts:
            assert violations(page) == []
