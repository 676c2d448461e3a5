"""The opener answers in JSON about any file, and dies alone."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from casesys.intake import workbook as intake_workbook
from tests.casesys.intake.making import HEAD, ods, record, workbook

OPENER = Path(intake_workbook.__file__).with_name("opener.py")


def opened(data: bytes, *limits: int) -> list[Any]:
    given = limits or (2**31, 60, 1000, 100_000, 10**6)
    done = subprocess.run(
        [sys.executable, "-I", str(OPENER), *map(str, given)],
        input=data,
        capture_output=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_days_and_numbers_and_texts_keep_their_kind() -> None:
    (sheet,) = opened(workbook(("名单", [HEAD, record(uscc="007")]), merge=["A1:A2"]))
    assert sheet["rows"][1][:3] == ["", "岭川甲教育有限公司", "007"]
    assert sheet["rows"][1][7] == {"date": "2020-12-24"}
    assert sheet["merges"] == [[[0, 0], [1, 0]]]


def test_a_hidden_sheet_is_not_read() -> None:
    sheets = opened(workbook(("名单", [["a"]]), ("隐藏", [["秘密"]]), hide=["隐藏"]))
    assert [(sheet["hidden"], sheet["rows"]) for sheet in sheets] == [(False, [["a"]]), (True, [])]


def test_what_cannot_be_read_or_is_too_much_is_said_in_a_word() -> None:
    assert opened(b"nothing") == [{"refused": "workbook.unreadable"}]
    many = workbook(("名单", [["a"]] * 50))
    assert opened(many, 2**31, 60, 40, 100, 10**6) == [{"refused": "workbook.too_large"}]


def test_repeated_cells_of_an_open_document_move_the_merges_along() -> None:
    blank = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    merged = (
        '<table:table-row><table:table-cell table:number-columns-repeated="2"/>'
        '<table:table-cell table:number-rows-spanned="2" office:value-type="string">'
        "<text:p>x</text:p></table:table-cell></table:table-row>"
    )
    (sheet,) = opened(ods(blank + merged))
    assert sheet["merges"] == [[[3, 2], [4, 2]]]
