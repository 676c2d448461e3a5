"""The case page: where a case stands, on any day; what can be done; and what stays sealed."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from casesys.system import System
from projections.case_file import CASE_FILE
from projections.driver import rows
from tests import scenarios
from tests.offices import AUDITOR, SUPERVISOR
from tests.web.helpers import Reader, app_of, words_of


@pytest.fixture
def app(system: System) -> Flask:
    return app_of(system)


def acts_of(page: str) -> str:
    return words_of(page[page.find("<aside") : page.find("</aside")])


def test_the_page_says_where_the_case_stands_and_what_to_do_first(
    system: System, app: Flask
) -> None:
    number = scenarios.case_number(system, scenarios.an_interviewed_case(system).stream)
    page = Reader(app).get(f"/cases/{number}").text
    told = words_of(page)
    assert "待承诺" in told and "今天到期" in told and "云塘区第1建材有限公司" in told
    filled = re.findall(r'class="btn btn-primary" href="([^"]+)"', page)
    assert filled == [f"/cases/{number}/do/sign_commitment"]
    lacking = "已有 约谈 缺 拍照留证 缺 信用承诺 缺 重点监管"
    assert f"提请退出台账 4项齐备，且由另一人复核 {lacking}" in acts_of(page)


def test_what_was_entered_late_says_by_how_many_days(system: System, app: Flask) -> None:
    number = scenarios.case_number(system, scenarios.a_contacted_case(system).stream)
    assert "晚17天" in Reader(app).get(f"/cases/{number}").text


def test_the_register_s_own_reference_leads_to_the_same_page(system: System, app: Flask) -> None:
    stream = scenarios.a_listed_case(system).stream
    with system.database.write() as c:
        c.exec_driver_sql(f"UPDATE {CASE_FILE} SET reference = 'C000028'")
    assert scenarios.case_number(system, stream) in Reader(app).get("/cases/C000028").text


def test_another_day_shows_the_case_as_it_was_and_nothing_to_do(system: System, app: Flask) -> None:
    number = scenarios.case_number(system, scenarios.an_interviewed_case(system).stream)
    page = Reader(app).get(f"/cases/{number}?as_of=2021-07-05").text
    told = words_of(page)
    assert "您在看过去的案件" in told and "约谈了企业" not in told and "待约谈" in told
    assert "/do/" not in page


def test_what_the_books_did_not_know_yet_is_not_shown(system: System, app: Flask) -> None:
    number = scenarios.case_number(system, scenarios.an_interviewed_case(system).stream)
    page = Reader(app).get(f"/cases/{number}?known_at=2021-07-08T23:59").text
    assert "约谈了企业" not in words_of(page) and "未列入" in words_of(page)


def test_a_voided_entry_stays_on_the_page_marked_as_such(system: System, app: Flask) -> None:
    case = scenarios.a_contacted_case(system).stream
    scenarios.give(system, "void_entry", {"target": "4", "explanation": "登记错了企业"}, case)
    told = words_of(Reader(app).get(f"/cases/{scenarios.case_number(system, case)}").text)
    assert "已作废" in told and "登记错了企业" in told and "联系中" in told


def test_an_auditor_reads_the_case_and_is_offered_nothing(system: System, app: Flask) -> None:
    number = scenarios.case_number(system, scenarios.an_interviewed_case(system).stream)
    page = Reader(app, AUDITOR).get(f"/cases/{number}").text
    assert "您的角色只看不办" in page and "/do/" not in page


def test_who_proposed_the_exit_sees_why_another_must_confirm_it(system: System, app: Flask) -> None:
    case = scenarios.a_case_ready_to_exit(system).stream
    scenarios.give(system, "propose_exit", {}, case, SUPERVISOR)
    number = scenarios.case_number(system, case)
    told = acts_of(Reader(app, SUPERVISOR).get(f"/cases/{number}").text)
    assert "您不能复核这一件，这是您提请的" in told


def test_personal_data_stays_sealed_until_somebody_says_why(system: System, app: Flask) -> None:
    case = scenarios.an_interviewed_case(system).stream
    number = scenarios.case_number(system, case)
    reader, entry = Reader(app), f"/cases/{number}/entries/6"
    masked = reader.get(entry)
    assert scenarios.SIGNATORY not in masked.text and "已加密" in masked.text
    shown = reader.answer(
        masked, f"/cases/{number}/do/reveal_personal_data", explanation="核对到场人身份"
    )
    assert scenarios.SIGNATORY in shown.text and scenarios.MINUTES in shown.text
    assert scenarios.SIGNATORY not in reader.get(entry).text
    told = words_of(reader.get(f"/cases/{number}").text)
    assert "核对到场人身份" in told
    with system.database.read() as c:
        topics = rows(c, "SELECT topic FROM log ORDER BY position DESC LIMIT 1")
    assert topics == [("case.personal_data_revealed",)]


def test_without_a_reason_nothing_is_revealed(system: System, app: Flask) -> None:
    number = scenarios.case_number(system, scenarios.an_interviewed_case(system).stream)
    reader = Reader(app)
    answer = reader.answer(
        reader.get(f"/cases/{number}/entries/6"), f"/cases/{number}/do/reveal_personal_data"
    )
    assert answer.status_code == 422 and scenarios.SIGNATORY not in answer.text


def test_the_timeline_can_be_narrowed_to_what_was_entered_late(system: System, app: Flask) -> None:
    number = scenarios.case_number(system, scenarios.an_interviewed_case(system).stream)
    told = words_of(Reader(app).get(f"/cases/{number}?only=contact").text)
    assert "联系了企业" in told and "送达了约谈通知" not in told
