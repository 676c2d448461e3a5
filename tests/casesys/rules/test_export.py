"""The lists of rules as files: a line for every change, and for every penalty that opens."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from casesys.rules import RuleQuestion, rejudged
from casesys.rules.export import opens_file, rejudged_file
from casesys.rules.opens import opening_records
from casesys.system import System
from tests.casesys.rules.penalties import a_penalty_of, one_of_each
from tests.offices import SUPERVISOR, Clock, person


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"))))


def test_every_change_is_a_line_with_its_case_and_its_reason(office: System) -> None:
    number = one_of_each(office)
    found = rejudged(office, person(office, SUPERVISOR), RuleQuestion("R2026"), size=None)
    head, *rows = lines(rejudged_file("csv", found, "zh"))
    assert head[:2] == ["案件号", "企业"] and head[-1] == "为什么"
    (later,) = [row for row in rows if row[6] == "推后可修复"]
    assert later[0] == number["serious"] and later[8] == "2021-09-16 → 2022-03-16"
    assert "6个月" in later[10] and "12个月" in later[10]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_penalty_that_opens_is_a_line(office: System, clock: Clock, language: str) -> None:
    a_penalty_of(office, "serious", 1)
    clock.set("2021-09-16T09:00")
    found = opening_records(office, person(office, SUPERVISOR), size=None)
    sheet = load_workbook(BytesIO(opens_file("xlsx", found, language))).active
    assert sheet is not None
    head, row = ([cell.value for cell in line] for line in sheet.iter_rows())
    assert len(head) == len(row) == 13
    assert row[0] == "2021-01-0001" and row[9:11] == ["2021-09-16", "R2019"]
    assert row[11] and row[12]
