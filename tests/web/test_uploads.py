"""A list sent in the browser is answered row by row, and every row that waits has its form."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from casesys.install import install
from casesys.system import System
from projections.case_file import CASE_FILE
from projections.enterprises import ENTERPRISE
from projections.uploads import UPLOAD
from tests.casesys.intake.given_lists import asked, log_digest
from tests.casesys.intake.making import CODES, HEAD, NAMES, record, workbook
from tests.casesys.intake.test_listings import bomb
from tests.offices import AUDITOR, OFFICER, Clock
from tests.shared_data import shared_path
from tests.web.helpers import Reader, app_of, words_of
from web.app import create_app
from web.uploads import ROWS_A_PAGE

UNIT = "区市场监督管理局"
WRONG_DIGIT = CODES[0][:17] + "1"
MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def reader(system: System) -> Reader:
    return Reader(app_of(system), OFFICER)


def a_list(*rows: list[object]) -> bytes:
    return workbook(("名单", [HEAD, *rows]))


def send(reader: Reader, data: bytes, name: str = "名单.xlsx", **typed: str) -> TestResponse:
    return reader.send("/uploads", file=(io.BytesIO(data), name), **typed)


def sent(reader: Reader, data: bytes) -> str:
    """The address of the answer to a list that was taken in."""
    done = send(reader, data)
    assert done.status_code == 303, words_of(done.text)
    return done.headers["Location"]


def test_a_list_is_taken_in_and_answered_row_by_row(reader: Reader, system: System) -> None:
    rows = [
        record(0, unit=UNIT),
        record(1, "甲罚〔2020〕2号", unit="区不存在的局"),
        record(2, "甲罚〔2020〕3号", decided_on="2021-02-30"),
    ]
    page = words_of(reader.get(sent(reader, a_list(*rows))).text)
    assert "共3行：收下1宗，1行等人工决定，1行未收" in page
    assert "K3 责任单位 “区不存在的局”不是成员单位" in page
    assert "H4 决定日期 没有这一天 最近的改法： 2021-02-28" in page
    assert "案件L20210308-0001" in page
    assert asked(system, f"SELECT file_name FROM {UPLOAD}") == [("名单.xlsx",)]
    assert "名单.xlsx" in words_of(reader.get("/uploads").text)


def test_the_district_s_dirty_list_shows_every_row_and_each_answer_alone(
    reader: Reader, system: System
) -> None:
    install(system, shared_path("district/district_50/units.csv"))
    where = sent(reader, shared_path("district/district_50/upload_dirty.xlsx").read_bytes())
    assert reader.get(where).text.count('scope="row"') == 32
    counts = {"accepted": 14, "held": 3, "rejected": 9, "duplicate": 2, "skipped": 4}
    for result, n in counts.items():
        assert reader.get(where, result=result).text.count('scope="row"') == n, result
    reader.get("/preferences", language="en")
    assert "The code does not have 18 characters" in words_of(reader.get(where).text)


def test_a_try_shows_the_answers_and_writes_nothing(reader: Reader, system: System) -> None:
    before = log_digest(system)
    page = send(reader, a_list(record(0, unit=UNIT)), dry_run="true")
    assert page.status_code == 200
    assert "试读结果，没有写入" in words_of(page.text)
    assert "可收下" in words_of(page.text)
    assert "/cases/" not in page.text[page.text.find("<main") :]
    assert log_digest(system) == before


def test_a_list_that_comes_again_is_told_so(reader: Reader, system: System) -> None:
    data = a_list(record(0, unit=UNIT))
    first = sent(reader, data)
    before = log_digest(system)
    again = send(reader, data, name="另一个名字.xlsx")
    assert again.headers["Location"] == first
    assert "这份名单导入过了，没有变化" in words_of(reader.get(first).text)
    assert log_digest(system) == before


def test_text_of_a_list_is_never_markup(reader: Reader) -> None:
    row = record(0, name=f"岭川{MARKUP}公司", unit=f"区{MARKUP}局", remark=MARKUP)
    where = sent(reader, a_list(row))
    for path in (where, "/uploads/held", held_path(reader)):
        page = reader.get(path).text
        assert MARKUP not in page
        assert "&lt;script&gt;alert" in page


# -- rows that wait -------------------------------------------------------------------------------


def held_path(reader: Reader) -> str:
    found = re.findall(r'href="(/uploads/[0-9a-f-]+/held/\d+)"', reader.get("/uploads/held").text)
    assert found
    return str(found[0])


def test_a_held_row_is_settled_in_its_form(reader: Reader, system: System) -> None:
    sent(reader, a_list(record(0, uscc=WRONG_DIGIT, unit=UNIT)))
    path = held_path(reader)
    form = reader.get(path).text
    assert f'value="{WRONG_DIGIT}"' in form
    assert 'class="field wrong"' in form
    assert "代码的校验位不对" in words_of(form)
    refused = reader.send(path, decision="accept", uscc=WRONG_DIGIT)
    assert refused.status_code == 422
    assert "写明怎么核实的" in words_of(refused.text)
    missing = reader.send(path, uscc=WRONG_DIGIT)
    assert missing.status_code == 422
    done = reader.send(path, decision="accept", uscc=CODES[0])
    assert done.status_code == 303
    after = words_of(reader.get("/uploads/held").text)
    assert "案件L20210308-0001" in after
    assert "没有待决定的行" in after
    assert asked(system, f"SELECT enterprise FROM {CASE_FILE}") == [(CODES[0],)]
    assert "已由U01-2决定：收下" in words_of(reader.get(path).text)
    again = reader.client.post(path, data={**token(reader), "decision": "reject"})
    assert again.status_code == 200
    assert "已由U01-2决定" in words_of(again.text)


def token(reader: Reader) -> dict[str, str]:
    found = re.search(r'name="csrf_token" value="([^"]+)"', reader.get("/uploads").text)
    assert found is not None
    return {"csrf_token": found[1]}


def test_the_nearest_fix_is_filled_in_when_asked(reader: Reader) -> None:
    rows = [record(0, unit=UNIT), record(0, "甲罚〔2020〕2号", uscc=WRONG_DIGIT, unit=UNIT)]
    sent(reader, a_list(*rows))
    path = held_path(reader)
    assert f'value="{WRONG_DIGIT}"' in reader.get(path).text
    assert f'value="{CODES[0]}"' in reader.get(path, fix=1).text


def test_which_name_stands_is_asked_where_the_name_is_in_doubt(
    reader: Reader, system: System
) -> None:
    sent(reader, a_list(record(0, unit=UNIT)))
    sent(reader, a_list(record(0, "甲罚〔2020〕2号", name="岭川新名有限公司", unit=UNIT)))
    path = held_path(reader)
    assert "企业已更名" in words_of(reader.get(path).text)
    assert reader.send(path, decision="accept").status_code == 422
    assert reader.send(path, decision="accept", which_name="known").status_code == 303
    assert asked(system, f"SELECT name FROM {ENTERPRISE}") == [(NAMES[0],)]


def test_a_sealed_remark_is_not_shown_where_the_row_waits(reader: Reader) -> None:
    sent(reader, a_list(record(0, unit="区不存在的局", remark="法定代表人手机见信封")))
    page = words_of(reader.get(held_path(reader)).text)
    assert "名单上有备注，加密保存" in page
    assert "法定代表人手机" not in page


# -- who, and what is no list ---------------------------------------------------------------------


def test_an_auditor_reads_the_answers_and_decides_nothing(reader: Reader, system: System) -> None:
    where = sent(reader, a_list(record(0, unit="区不存在的局")))
    path = held_path(reader)
    auditor = Reader(app_of(system), AUDITOR)
    assert auditor.get(where).status_code == 200
    assert auditor.get("/uploads/held").status_code == 200
    assert 'type="file"' not in auditor.get("/uploads").text
    assert auditor.get(path).status_code == 403
    assert auditor.client.post("/uploads", data=token(reader)).status_code in (400, 403)


def test_who_is_not_signed_in_is_asked_to(system: System) -> None:
    stranger = Reader(app_of(system), None)
    for path in ("/uploads", "/uploads/held"):
        assert stranger.get(path).status_code == 303


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "这个文件是空的"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "这个文件不是工作簿"),
        (b"PK\x03\x04" + b"\0" * 100, "这个文件已损坏"),
        (bomb(), "解压后大得不合常理"),
    ],
    ids=["empty", "pdf", "broken", "bomb"],
)
def test_what_is_no_list_is_refused_in_words(
    reader: Reader, system: System, data: bytes, said: str
) -> None:
    before = log_digest(system)
    answer = send(reader, data)
    assert answer.status_code == 422
    assert said in words_of(answer.text)
    assert log_digest(system) == before


def test_a_form_without_a_file_or_with_a_wrong_campaign_is_refused_in_words(
    reader: Reader, system: System
) -> None:
    assert "没有选文件" in words_of(reader.send("/uploads").text)
    wrong = send(reader, a_list(record(0, unit=UNIT)), campaign="a/b")
    assert (wrong.status_code, "不能作批次号" in words_of(wrong.text)) == (422, True)
    assert asked(system, f"SELECT COUNT(*) FROM {UPLOAD}") == [(0,)]


def test_two_hundred_megabytes_are_refused_with_a_page(system: System, tmp_path: Path) -> None:
    size = 200 * 2**20
    large = tmp_path / "名单.xlsx"
    with large.open("wb") as file:
        file.truncate(size)
    with large.open("rb") as file:
        # Not told of the test, the counter answers a fault with a page as it would at work.
        answer = Reader(create_app(system=system), OFFICER).client.post(
            "/uploads",
            input_stream=file,
            content_length=size,
            content_type="multipart/form-data; boundary=x",
        )
    assert answer.status_code == 413
    assert "文件太大" in words_of(answer.text)


@pytest.mark.parametrize(
    "path",
    [
        "/uploads/5b0c6d5e-37f0-5c0e-9a3f-3d8d1b7c2a10",
        "/uploads/5b0c6d5e-37f0-5c0e-9a3f-3d8d1b7c2a10/held/2",
        "/uploads/nonsense",
    ],
)
def test_an_upload_that_there_is_not_is_not_found(reader: Reader, path: str) -> None:
    assert reader.get(path).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "99", "1e9", "９"])
def test_a_page_that_there_is_not_is_answered(reader: Reader, page: str) -> None:
    where = sent(reader, a_list(record(0, unit=UNIT)))
    for path in (where, "/uploads", "/uploads/held"):
        assert reader.get(path, page=page).status_code == 200


def test_a_list_longer_than_a_page_is_read_to_its_end(reader: Reader) -> None:
    rows = [record(0, f"甲罚〔2020〕{n}号", unit=UNIT) for n in range(1, ROWS_A_PAGE + 2)]
    where = sent(reader, a_list(*rows))
    assert reader.get(where).text.count('scope="row"') == ROWS_A_PAGE
    last = reader.get(where, page="2")
    assert last.status_code == 200
    assert last.text.count('scope="row"') == 1


def test_the_lists_of_uploads_answer_as_of_any_moment(
    reader: Reader, system: System, clock: Clock
) -> None:
    rows = [record(0, unit=UNIT), record(1, "甲罚〔2020〕2号", unit="区不存在的局")]
    where = sent(reader, a_list(*rows))
    clock.wait(days=2)
    reader = Reader(app_of(system), OFFICER)  # signed in again: a session does not last two days
    settle = re.search(r'href="(/uploads/[^"]+/held/\d+)"', reader.get("/uploads/held").text)
    assert settle is not None
    done = reader.send(settle[1], decision="reject", explanation="不是本区的单位")
    assert done.status_code == 303
    assert "名单.xlsx" not in words_of(reader.get("/uploads", as_of="2021-07-21").text)
    assert reader.get(where, as_of="2021-07-21").status_code == 404
    before, after = (reader.get("/uploads/held", as_of=day) for day in ("2021-07-23", "2021-07-24"))
    assert "区不存在的局" in words_of(before.text)
    assert "区不存在的局" not in words_of(after.text)
    assert "1行等人工决定" in words_of(reader.get(where, as_of="2021-07-23").text)
