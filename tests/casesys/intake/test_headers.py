"""A column is known by what its office calls it, wherever it stands."""

from decimal import Decimal

import pytest

from casesys.intake.headers import field_of, read_header, yuan_of, yuan_of_titles
from tests.casesys.intake.making import HEAD, record


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("企业名称 ", "name"),
        ("单位名称", "name"),
        ("*名称", "name"),
        ("企业（单位）名称", "name"),
        ("企业名称/单位名称", "name"),
        ("被执行人名称", "name"),
        ("统一社会信用代码\n（18位）", "uscc"),
        ("信用代码", "uscc"),
        ("统一社会信用代码/组织机构代码", "uscc"),
        ("所属镇（街道）", "town"),
        ("镇街", "town"),
        ("乡镇", "town"),
        ("镇/街道", "town"),
        ("失信类型", "category"),
        ("类别", "category"),
        ("案号/处罚决定书文号", "number"),
        ("处罚决定书文号", "number"),
        ("文 号", "number"),
        ("案号", "number"),
        ("作出机关", "authority"),
        ("决定机关", "authority"),
        ("处罚机关名称", "authority"),
        ("法院", "authority"),
        ("决定日期", "decided_on"),
        ("处罚决定日期", "decided_on"),
        ("金额(元)", "amount"),
        ("涉及金额（万元）", "amount"),
        ("列入日期", "listed_on"),
        ("列入名单时间", "listed_on"),
        ("责任单位", "unit"),
        ("牵头单位", "unit"),
        ("备注：", "remark"),
    ],
)
def test_a_header_is_known_under_its_usual_names(header: str, field: str) -> None:
    assert field_of(header) == field


@pytest.mark.parametrize(
    "header",
    ["序号", "内部列", "", "法定代表人", "企业类型", "填报单位：区发改局", "联系电话", "1"],
)
def test_other_words_name_no_field(header: str) -> None:
    assert field_of(header) is None


def test_the_header_says_the_unit_of_its_amounts() -> None:
    assert yuan_of("金额(元)") == 1
    assert yuan_of("涉及金额\n（万元）") == Decimal(10_000)
    assert yuan_of("金额") is None
    assert yuan_of_titles(["失信名单", "金额单位：万元"]) == Decimal(10_000)
    assert yuan_of_titles(["填报单位：区发改局"]) is None


def test_neither_a_title_nor_a_record_is_taken_for_a_header() -> None:
    blank = [""] * len(HEAD)
    assert read_header(["失信企业名单", *blank[1:]], blank) is None
    assert read_header([str(cell) for cell in record()], blank) is None
    header = read_header(HEAD, [str(cell) for cell in record()])
    assert header is not None
    assert (header.rows, len(header.columns)) == (1, 11)


def test_a_second_column_of_the_same_field_is_told_and_not_read() -> None:
    header = read_header([*HEAD, "牵头单位"], [""] * 13)
    assert header is not None
    assert header.columns["unit"] == 10
    assert header.ignored == ((0, "序号"), (12, "牵头单位"))
