"""The page of the work report: every number leads to those it counts, and it is issued once."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from casesys import DOCX
from casesys.figures.cases_of_day import Question
from casesys.figures.drawing import Wanted
from casesys.figures.receipts import publish
from casesys.history import import_history
from casesys.permits import operator
from casesys.reports.house import template_name
from casesys.system import System
from tests import scenarios
from tests.offices import AUDITOR, OFFICER, OTHER_OFFICER, SUPERVISOR, Clock, contents
from tests.shared_data import shared_path
from tests.web.helpers import Reader, app_of, words_of

DAY = "2021-10-31"
LINK = re.compile(r'<a href="(/figures/members\?[^"]+)">([^<]+)</a>')


def article(page: str) -> str:
    """The sheet of a page, without what stands around it."""
    return page[page.index("<article") : page.index("</article>")]


@pytest.fixture
def district(system: System) -> System:
    folder: Path = shared_path("district/district_50")
    import_history(system, folder, operator("tests"), progress=lambda done, of: None)
    return system


@pytest.fixture
def office_of_one(system: System) -> System:
    scenarios.a_contacted_case(system)
    return system


def issued(reader: Reader, **asked: str) -> str:
    """The address of a report that was issued now."""
    page = reader.get("/report", **asked)
    answer = reader.answer(page, "/report?" + "&".join(f"{k}={v}" for k, v in asked.items()))
    assert answer.status_code == 303
    return str(answer.location)


def test_every_number_leads_to_as_many_as_it_says(district: System) -> None:
    reader = Reader(app_of(district))
    found = set(LINK.findall(article(reader.get_page(f"/report?as_of={DAY}"))))
    numbers = [(unescape(href), int(n)) for href, n in found if n.isdigit()]
    assert len(numbers) > 60
    of_parts = 0
    for href, n in numbers:
        assert f"as_of={DAY}" in href
        told = words_of(reader.get_page(href))
        whole = int(re.findall(r"共 ?(\d+) ?[宗件家]", told)[0])
        of_parts += n != whole
        assert n <= whole, href
    # Only the 宗 of one enterprise lead to the list of all of them.
    assert of_parts <= 20


def test_the_sheet_says_what_the_word_file_says(district: System, clock: Clock) -> None:
    clock.set("2021-11-30T09:00")
    supervisor = Reader(app_of(district), SUPERVISOR)
    address = issued(supervisor, as_of=DAY)
    sheet = "".join(words_of(article(supervisor.get_page(address))).split())
    answer = supervisor.get(f"{address}/docx")
    assert answer.mimetype == DOCX
    document = Document(BytesIO(answer.data))
    for paragraph in document.paragraphs:
        assert "".join(paragraph.text.split()) in sheet
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert len(cells) > 500 and all("".join(cell.split()) in sheet for cell in cells)


def test_the_file_has_a_chinese_name_with_the_day_and_the_receipt(office_of_one: System) -> None:
    supervisor = Reader(app_of(office_of_one), SUPERVISOR)
    address = issued(supervisor, as_of="2021-07-21")
    named = supervisor.get(f"{address}/docx").headers["Content-Disposition"]
    assert named.startswith('attachment; filename="work_report.docx"; filename*=UTF-8')
    assert named.endswith("_2021-07-21_SJ-2021-0001.docx") and named.isascii()


def test_pressed_twice_it_is_issued_once(office_of_one: System) -> None:
    supervisor = Reader(app_of(office_of_one), SUPERVISOR)
    page = supervisor.get("/report")
    first = supervisor.answer(page, "/report")
    before = contents(office_of_one)
    again = supervisor.answer(page, "/report")
    assert first.location == again.location and contents(office_of_one) == before


def test_what_was_issued_is_shown_again_whatever_came_later(office_of_one: System) -> None:
    supervisor = Reader(app_of(office_of_one), SUPERVISOR)
    address = issued(supervisor)
    before = words_of(article(supervisor.get_page(address)))
    scenarios.an_excluded_case(office_of_one, 2)
    assert words_of(article(supervisor.get_page(address))) == before
    page = words_of(supervisor.get_page(address))
    assert "凭证 SJ-2021-0001" in page and "casesys figure verify SJ-2021-0001" in page
    assert "由U01-1出具" in page
    assert "剔除1件" in words_of(article(supervisor.get_page("/report"))).replace(" ", "")


def test_who_does_not_issue_is_told_who_does(office_of_one: System) -> None:
    app = app_of(office_of_one)
    for login in (OFFICER, AUDITOR):
        reader = Reader(app, login)
        page = reader.get_page("/report")
        assert "导出 Word" not in page and "由审核人员出具" in page
        assert reader.answer(reader.get("/report"), "/report").status_code == 403
    assert "导出 Word（出具凭证）" in Reader(app, SUPERVISOR).get_page("/report")


def test_a_form_without_its_token_issues_nothing(office_of_one: System) -> None:
    supervisor = Reader(app_of(office_of_one), SUPERVISOR)
    before = contents(office_of_one)
    assert supervisor.client.post("/report").status_code == 400
    assert contents(office_of_one) == before


def test_a_unit_reads_its_own_report_and_not_the_office_s(office_of_one: System) -> None:
    app = app_of(office_of_one)
    scenarios.give(office_of_one, "list_enterprise", scenarios.listing(2, unit="区税务局"))
    theirs = Reader(app, OTHER_OFFICER)
    page = words_of(theirs.get_page("/report"))
    assert "只含区市场监督管理局负责的案件" in page and "云塘区第2" not in page
    address = issued(Reader(app, SUPERVISOR))
    assert theirs.get_page_status(address) == 404
    assert theirs.get_page_status(f"{address}/docx") == 404


def test_its_language_is_the_reader_s(office_of_one: System) -> None:
    supervisor = Reader(app_of(office_of_one), SUPERVISOR)
    address = issued(supervisor)
    supervisor.get("/preferences?language=en")
    for path in ("/report", address):
        told = words_of(article(supervisor.get_page(path)))
        assert "1. Where the campaign stands" in told and "总体情况" not in told
    english = Document(BytesIO(supervisor.get(f"{address}/docx").data))
    assert english.paragraphs[0].text.startswith("Report on the special governance")
    assert "work_report_" in supervisor.get(f"{address}/docx").headers["Content-Disposition"]


def test_the_past_and_what_was_known_then_are_asked_for(office_of_one: System) -> None:
    reader = Reader(app_of(office_of_one))
    told = words_of(article(reader.get_page("/report?as_of=2021-06-30"))).replace(" ", "")
    assert (
        "专项治理企业共0家" in told and "没有可以作分母的对象" in told and "100％" not in told[:900]
    )
    then = words_of(article(reader.get_page("/report?known_at=2021-07-01T09:00")))
    assert "按2021-07-01 09:00前的登记计算" in then
    assert "还没有过完" in reader.get_page("/report")
    assert "还没有过完" not in reader.get_page("/report?as_of=2021-07-21")


def test_a_day_that_has_not_come_offers_no_word_file(office_of_one: System) -> None:
    supervisor = Reader(app_of(office_of_one), SUPERVISOR)
    ahead = supervisor.get_page("/report?as_of=2021-07-23")
    assert "2021-07-23还没有到" in words_of(ahead) and 'action="/report' not in ahead
    today = supervisor.get("/report?as_of=2021-07-22")
    assert "还没有到" not in words_of(today.text) and 'action="/report' in today.text
    assert supervisor.answer(today, "/report?as_of=2021-07-23").status_code == 400


@pytest.mark.parametrize("number", ["SJ-2021-0009", "x" * 3000, "%00", "<script>", "SJ-2021-0001"])
def test_a_number_that_no_report_has_is_no_page(office_of_one: System, number: str) -> None:
    publish(office_of_one, operator("x"), Question("2021-07-22"), [Wanted("records")], "别的")
    reader = Reader(app_of(office_of_one))
    for part in ("", "/docx"):
        assert reader.get_page_status(f"/report/{number}{part}") in (400, 404)


def test_a_template_that_cannot_be_used_is_a_sentence(office_of_one: System) -> None:
    folder = office_of_one.settings.home / "templates"
    folder.mkdir()
    (folder / f"{template_name('zh')}.docx").write_bytes(b"no word file")
    supervisor = Reader(app_of(office_of_one), SUPERVISOR)
    answer = supervisor.get("/report")
    assert answer.status_code == 409 and "work_report.zh.docx" in answer.text
    supervisor.get("/preferences?language=en")
    assert supervisor.get_page_status("/report") == 200


def test_the_page_of_figures_leads_to_the_report_of_its_day(office_of_one: System) -> None:
    page = Reader(app_of(office_of_one)).get_page("/figures?as_of=2021-07-20")
    assert 'href="/report?as_of=2021-07-20"' in page
