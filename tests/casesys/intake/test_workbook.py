"""A workbook is opened safely, and its lists are found wherever they begin."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from casesys.intake import WorkbookRefused, read_workbook
from casesys.intake import workbook as intake_workbook
from casesys.intake.workbook import column_letter
from tests.casesys.intake.making import HEAD, answers, ods, record, saved, workbook, zipped


def refusal(data: bytes) -> str:
    with pytest.raises(WorkbookRefused) as refused:
        read_workbook(data)
    return refused.value.code


def test_a_column_has_the_letter_that_the_spreadsheet_shows() -> None:
    assert [column_letter(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_list_is_read_from_a_path_as_from_bytes(tmp_path: Path) -> None:
    file = tmp_path / "名单.xlsx"
    file.write_bytes(workbook(("名单", [HEAD, record()])))
    assert read_workbook(file) == read_workbook(file.read_bytes())


def test_what_is_no_workbook_is_refused_whatever_it_is_called() -> None:
    assert refusal(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n") == "workbook.not_one"
    assert refusal(b"") == "workbook.not_one"
    assert refusal("名称,代码\n".encode("gb18030")) == "workbook.not_one"
    assert refusal(zipped({"word/document.xml": b"<w/>"})) == "workbook.not_one"
    assert refusal(zipped({"xl/workbook.bin": b"x"})) == "workbook.binary"
    assert refusal(b"PK\x03\x04 cut off") == "workbook.unreadable"
    assert refusal(zipped({"xl/workbook.xml": b"<not closed"})) == "workbook.unreadable"
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)) == "workbook.unreadable"


def test_a_locked_workbook_is_refused_as_locked() -> None:
    box = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert refusal(box + "EncryptedPackage".encode("utf-16-le")) == "workbook.encrypted"


def test_a_file_cut_off_on_its_way_is_refused() -> None:
    whole = workbook(("名单", [HEAD, record()]))
    assert refusal(whole[: len(whole) // 2]) == "workbook.unreadable"


def bomb() -> bytes:
    honest = zipfile.ZipFile(io.BytesIO(workbook(("名单", [HEAD, record()]))))
    parts = {name: honest.read(name) for name in honest.namelist()}
    return zipped(parts | {"xl/media/image1.xml": bytes(32 * 2**20)})


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(bomb()) == "workbook.bomb"
    # Without the guard the same file is opened and read.
    monkeypatch.setattr(intake_workbook, "MOST_RATIO", 10**9)
    assert len(read_workbook(bomb())) == 1


def test_an_archive_of_countless_parts_is_refused() -> None:
    parts = {f"xl/{n}": b"" for n in range(intake_workbook.MOST_PARTS + 1)}
    assert refusal(zipped(parts)) == "workbook.bomb"


def test_an_upload_beyond_the_limit_is_refused_by_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_workbook, "MOST_BYTES", 1000)
    data = workbook(("名单", [HEAD, record()]))
    (tmp_path / "large.xlsx").write_bytes(data)
    assert refusal(data) == "workbook.too_large"
    with pytest.raises(WorkbookRefused) as refused:
        read_workbook(tmp_path / "large.xlsx")
    assert refused.value.values == {"size": len(data), "most": 1000}


def far_cell(row: int, column: int) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEAD)
    sheet.append(record())
    sheet.cell(row, column, "x")
    return saved(book)


def test_a_sheet_that_names_a_cell_at_the_end_of_the_world_takes_nothing_down() -> None:
    # 6 KB of file; the reader reserves 1,048,576 × 16,384 cells for it and dies, and only it.
    assert refusal(far_cell(1_048_576, 16_384)) == "workbook.too_large"


def test_the_cells_of_a_wide_sheet_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = far_cell(2_000, 200)
    assert len(read_workbook(wide)) == 1
    monkeypatch.setattr(intake_workbook, "MOST_CELLS", 300_000)
    assert refusal(wide) == "workbook.too_large"


def test_the_opener_gets_no_more_memory_than_it_is_given() -> None:
    wide = far_cell(20_000, 100)
    assert len(read_workbook(wide)) == 1
    with pytest.raises(WorkbookRefused) as refused:
        read_workbook(wide, memory=128 * 2**20)
    assert refused.value.code == "workbook.too_large"


def test_more_rows_than_a_list_can_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = workbook(("一", [HEAD, *[record()] * 30]), ("二", [HEAD, *[record()] * 30]))
    assert len(read_workbook(data)) == 2
    monkeypatch.setattr(intake_workbook, "MOST_ROWS", 50)
    assert refusal(data) == "workbook.too_large"


def test_one_text_shared_by_many_cells_is_counted_as_often_as_it_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = workbook(("名单", [HEAD, *[record(remark="长" * 1000)] * 200]))
    assert len(read_workbook(data)) == 1
    monkeypatch.setattr(intake_workbook, "MOST_CHARACTERS", 100_000)
    assert refusal(data) == "workbook.too_large"


def test_sheets_that_are_no_lists_are_named_with_the_reason() -> None:
    data = workbook(
        ("名单", [HEAD, record()]),
        ("填表说明", [HEAD, record()]),
        ("要求", [["1. 代码为18位。"]]),
        ("Sheet3", []),
        ("隐藏", [HEAD, record()]),
        hide=["隐藏"],
    )
    skipped = {sheet.name: sheet.skipped for sheet in read_workbook(data)}
    assert skipped == {
        "名单": None,
        "填表说明": "sheet.instructions",
        "要求": "sheet.instructions",
        "Sheet3": "sheet.empty",
        "隐藏": "sheet.hidden",
    }


def test_titles_stand_above_the_header_and_are_kept() -> None:
    rows = [["失信名单（B2021-01）"], [], ["填报单位：区发改局"], HEAD, record()]
    (sheet,) = read_workbook(workbook(("名单", rows), merge=["A1:L1"]))
    assert sheet.titles == ("失信名单（B2021-01）", "填报单位：区发改局")
    assert [row.number for row in sheet.rows] == [5]
    assert sheet.ignored == (("A", "序号"),)


def test_a_header_in_two_rows_is_read_as_one() -> None:
    upper = ["序号", "企业名称", "信用代码", "镇街", "类型", "文号", "决定", None, "金额"]
    upper += ["列入日期", "责任单位", "备注"]
    lower = [None] * 6 + ["机关", "日期", "（万元）", None, None, None]
    merged = [f"{c}1:{c}2" for c in "ABCDEFJKL"] + ["G1:H1"]
    for merge in (merged, []):
        rows = answers(workbook(("名单", [upper, lower, record()]), merge=merge))
        assert [(row.row, row.result) for row in rows] == [(3, "accepted")]
        assert rows[0].values is not None
        assert rows[0].values["amount_fen"] == 23_000_000


def test_group_labels_over_a_whole_header_do_not_hide_it() -> None:
    groups = ["序号", "企业名称", "信用代码", "镇街", "处罚信息", None, None, None, None]
    groups += ["列入日期", "责任单位", "备注"]
    merge = [f"{c}1:{c}2" for c in "ABCDJKL"] + ["E1:I1"]
    rows = answers(workbook(("名单", [groups, HEAD, record()]), merge=merge))
    assert [(row.row, row.result) for row in rows] == [(3, "accepted")]


def test_merged_cells_are_read_from_an_open_document_too() -> None:
    def cell(text: str, more: str = "") -> str:
        return (
            f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p>'
            "</table:table-cell>"
        )

    def row(*cells: str) -> str:
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    name, code = "岭川甲有限公司", "91449901MA10087H44"

    def rest(number: str) -> list[str]:
        words = ("云台街道", "行政处罚", number, "区局", "2020-12-24", "23", "2021-03-08")
        return [cell(text) for text in words]

    down = 'table:number-rows-spanned="2" table:number-columns-spanned="1"'
    head = row(*[cell(text) for text in HEAD[1:10]])
    first = row(cell(name, down), cell(code, down), *rest("甲〔2020〕1号"))
    second = row("<table:covered-table-cell/>" * 2, *rest("甲〔2020〕2号"))
    rows = answers(ods(head + first + second))
    assert [row.result for row in rows] == ["accepted", "accepted"]
    assert [row.values and row.values["uscc"] for row in rows] == ["91449901MA10087H44"] * 2
