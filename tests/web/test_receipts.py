"""Figures are published on their page, handed out with a receipt, and verified at the counter."""

from __future__ import annotations

import csv
import json
from hashlib import sha256
from io import BytesIO, StringIO
from uuid import UUID

import pytest
from openpyxl import load_workbook

from casesys.evidence.reach import sees_evidence
from casesys.figures.receipts import document_of, find_receipt
from casesys.permits import operator
from casesys.system import System
from domain.formulas import DESK, FORMULAS
from projections.driver import rows, write
from projections.ledger import LEDGER
from tests import scenarios
from tests.offices import AUDITOR, OFFICER, OTHER_OFFICER, SUPERVISOR, person
from tests.web.helpers import Reader, app_of, words_of

RECEIPT = "/figures/receipts/SJ-2021-0001"
NEW = "/figures/receipts/new?as_of=2021-07-22&by=town"


@pytest.fixture
def supervisor(system: System) -> Reader:
    scenarios.a_repaired_case(system, 1)
    scenarios.a_case_under_repair(system, 2)
    return Reader(app_of(system), SUPERVISOR)


def published(supervisor: Reader) -> str:
    answer = supervisor.send(NEW, purpose="报区政府")
    assert answer.location == RECEIPT
    return words_of(supervisor.get_page(RECEIPT))


def repaired_late(system: System) -> None:
    """The second enterprise was repaired yesterday, as the office learns now."""
    case = next(UUID(stream) for stream, number in cases(system) if number == "2021-01-0002")
    granted = {
        "record": scenarios.record_of(system, case),
        "result": "granted",
        "decided_at": "2021-07-21T10:00",
        "decided_by": "区市场监督管理局",
        "document": "信用修复〔2021〕8号",
    }
    scenarios.give(system, "record_repair_result", granted, case)


def cases(system: System) -> list[tuple[str, str]]:
    with system.database.read() as c:
        return [(s, n) for s, n in rows(c, f"SELECT stream_id, number FROM {LEDGER}")]


def test_the_page_of_figures_leads_a_supervisor_to_the_form(
    supervisor: Reader, system: System
) -> None:
    assert "发布并出具凭证" in words_of(supervisor.get_page("/figures"))
    officer = Reader(app_of(system), OFFICER)
    assert "发布并出具凭证" not in words_of(officer.get_page("/figures"))


def test_what_was_published_stands_with_its_value_formula_and_number(supervisor: Reader) -> None:
    page = published(supervisor)
    assert "报区政府" in page and "全部数字与凭证相同" in page
    assert "修复率（按宗） 已修复的宗数" in page
    assert "50% 1 / 2 宗 相同 SJ-2021-0001/2 repair.by_record v1" in page
    assert "石门街道" in page


def test_without_a_purpose_nothing_is_published_and_it_is_said(supervisor: Reader) -> None:
    answer = supervisor.send(NEW, purpose=" ")
    assert answer.status_code == 422 and "用途" in words_of(answer.text)
    assert supervisor.get(RECEIPT).status_code == 404


@pytest.mark.parametrize("path", ["/figures", "/figures/receipts/new", "/figures/receipts"])
def test_names_in_the_address_that_mean_something_to_a_route_are_left_out(
    supervisor: Reader, path: str
) -> None:
    answer = supervisor.get(f"{path}?endpoint=x&_external=1&_scheme=ftp&number=&values=1")
    assert answer.status_code == 200 and "ftp:" not in answer.text


@pytest.mark.parametrize("path", ["/figures/receipts/new", "/report"])
def test_a_day_that_has_not_come_is_refused_in_its_own_words(supervisor: Reader, path: str) -> None:
    ahead = f"{path}?as_of=2021-08-01"
    sent = supervisor.send(path, ahead, purpose="月报")
    assert sent.status_code == 400
    assert "2021-08-01还没有到" in words_of(sent.text) and "这件案子" not in words_of(sent.text)
    assert "还没有出具过数字凭证" in words_of(supervisor.get_page("/figures/receipts"))


def test_the_same_form_sent_again_leads_to_the_same_receipt(supervisor: Reader) -> None:
    form = supervisor.get(NEW)
    sent = [supervisor.answer(form, NEW, purpose="报区政府").location for _ in range(2)]
    assert sent == [RECEIPT, RECEIPT]


def test_a_later_entry_is_told_beside_what_was_published(
    supervisor: Reader, system: System
) -> None:
    published(supervisor)
    repaired_late(system)
    text = supervisor.get_page(RECEIPT)
    page = words_of(text)
    assert "50% 1 / 2 宗 100% 2/2 为何不同" in page
    position = find_receipt(system, operator("tests"), "SJ-2021-0001").position
    why = f"/figures/change?as_of=2021-07-22&amp;figure=repair.by_record&amp;from={position}"
    assert why in text
    told = words_of(supervisor.get_page(why.replace("&amp;", "&")))
    assert "2021-01-0002" in told and "修复结果" in told
    verified = Reader(app_of(system), AUDITOR).send("/figures/receipts", number="SJ-2021-0001")
    assert "属实" in words_of(verified.text)


def test_the_document_is_handed_out_as_it_was_kept(supervisor: Reader, system: System) -> None:
    published(supervisor)
    receipt = find_receipt(system, operator("tests"), "SJ-2021-0001")
    answer = supervisor.get(f"{RECEIPT}/document")
    assert sha256(answer.data).hexdigest() == receipt.sha256
    assert "filename=SJ-2021-0001.json" in answer.headers["Content-Disposition"]


def test_each_row_of_a_table_carries_its_number(supervisor: Reader) -> None:
    published(supervisor)
    text = supervisor.get(f"{RECEIPT}/table.csv").data.decode("utf-8-sig")
    head, *lines = csv.reader(StringIO(text))
    assert head[0] == "凭证编号" and [line[0] for line in lines[:2]] == [
        "SJ-2021-0001/1",
        "SJ-2021-0001/2",
    ]
    assert lines[1][1:7] == ["修复率（按宗）", "", "50", "1", "2", "宗"]
    sheet = load_workbook(BytesIO(supervisor.get(f"{RECEIPT}/table.xlsx").data)).active
    assert sheet is not None and sheet["A3"].value == "SJ-2021-0001/2" and sheet["D3"].value == 50


def test_whom_a_figure_counted_is_listed_from_the_receipt(
    supervisor: Reader, system: System
) -> None:
    published(supervisor)
    repaired_late(system)
    listed = supervisor.get_page(f"{RECEIPT}/2/numerator")
    assert "云市监处罚〔2020〕1号" in listed and "云市监处罚〔2020〕2号" not in listed
    # A count has nobody below it; the first stands behind the rates of the office and both lists.
    count = len(FORMULAS) + 2 * len(DESK) + 1
    assert supervisor.get(f"{RECEIPT}/{count}/numerator").status_code == 200
    for path in ("/2/sum", "/99/numerator", "/0/numerator", f"/{count}/denominator"):
        assert supervisor.get(RECEIPT + path).status_code == 404


def test_an_auditor_verifies_a_file_and_is_told_where_it_was_changed(
    supervisor: Reader, system: System
) -> None:
    published(supervisor)
    text = supervisor.get(f"{RECEIPT}/document").data
    auditor = Reader(app_of(system), AUDITOR)

    def verified(content: bytes) -> str:
        sent = auditor.send("/figures/receipts", file=(BytesIO(content), "凭证.json"))
        assert sent.status_code == 200
        return words_of(sent.text)

    assert "属实" in verified(text)
    said = json.loads(text)
    said["lines"][1]["numerator"] = 2
    forged = verified(json.dumps(said, ensure_ascii=False).encode())
    assert "已被改动" in forged and "lines[2].numerator" in forged
    assert "不是本单位出具的" in verified(b'{"document": 1, "number": "SJ-2020-0001"}')
    assert "不是数字凭证" in verified(b"\x00\xff")
    empty = auditor.send("/figures/receipts")
    assert empty.status_code == 422 and "请填凭证编号" in words_of(empty.text)


def test_a_changed_log_names_whoever_differs(supervisor: Reader, system: System) -> None:
    published(supervisor)
    with system.database.write() as c:
        changed = "UPDATE log SET data = replace(data, ?, ?) WHERE topic = ?"
        write(c, changed, [('"granted"', '"denied"', "case.repair_result_recorded")])
    auditor = Reader(app_of(system), AUDITOR)
    page = words_of(auditor.send("/figures/receipts", number="SJ-2021-0001").text)
    assert "不符" in page and "缺少 1 个： 2021-01-0001 云市监处罚〔2020〕1号" in page


def test_a_number_opens_its_receipt_and_a_wrong_one_says_so(supervisor: Reader) -> None:
    published(supervisor)
    assert supervisor.get("/figures/receipts", number="SJ-2021-0001").location == RECEIPT
    answer = supervisor.get("/figures/receipts/SJ-2021-0009")
    assert answer.status_code == 404 and "没有编号为" in words_of(answer.text)
    assert "SJ-2021-0001" in supervisor.get_page("/figures/receipts?page=99999999999999")


def test_a_unit_is_not_shown_what_was_published_of_others(
    supervisor: Reader, system: System
) -> None:
    published(supervisor)
    unit = Reader(app_of(system), OTHER_OFFICER)
    assert "SJ-2021-0001" not in unit.get_page("/figures/receipts")
    for path in ("", "/document", "/table.csv", "/2/numerator"):
        assert unit.get(RECEIPT + path).status_code == 404
    receipt = find_receipt(system, operator("tests"), "SJ-2021-0001")
    assert document_of(system, receipt) is not None
    assert not sees_evidence(system, person(system, OTHER_OFFICER), receipt.sha256)
    assert unit.get(f"/evidence/{receipt.sha256}").status_code == 404


def test_the_trail_names_a_publication_and_finds_it_by_its_number(
    supervisor: Reader, system: System
) -> None:
    published(supervisor)
    auditor = Reader(app_of(system), AUDITOR)
    trail = words_of(auditor.get_page("/audit?about=SJ-2021-0001"))
    assert "数字已发布" in trail and "SJ-2021-0001" in trail
    with system.database.read() as c:
        position = system.log.head(c)[0]
    entry = words_of(auditor.get_page(f"/audit/{position}"))
    assert "用途 报区政府" in entry and "个，见凭证" in entry and "{" not in entry
