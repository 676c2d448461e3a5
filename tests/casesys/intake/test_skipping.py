"""What is no record makes neither a record nor an error."""

from collections.abc import Sequence

import pytest

from tests.casesys.intake.making import HEAD, answers, record, workbook


def under(*rows: Sequence[object], merge: Sequence[str] = ()) -> list[tuple[str, str | None]]:
    data = workbook(("名单", [HEAD, record(0), *rows, record(1)]), merge=merge)
    return [(row.result, row.reason) for row in answers(data)[1:-1]]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ([], "row.blank"),
        ([7], "row.blank"),
        (["合 计", None, None, None, None, 60, None, None, 123.45], "row.total"),
        ([None, "小计：", None, None, None, None, None, None, 23], "row.total"),
        (["总计（宗）", None, None, None, None, "", None, None, 23], "row.total"),
        (["注：本表由各单位填报。"], "row.note"),
        ([None, "制表人：张三", None, None, "审核人：李四"], "row.note"),
        ([None, "1. 代码为18位。"], "row.note"),
        ([None, "以下空白"], "row.note"),
        (HEAD, "row.header"),
        ([None, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], "row.numbers"),
        (["甲", "乙", "丙", 1, 2], "row.numbers"),
        (record(2, serial="示例"), "row.example"),
    ],
)
def test_a_row_that_is_no_record_is_skipped_with_its_reason(
    row: Sequence[object], reason: str
) -> None:
    assert under(row) == [("skipped", reason)]


@pytest.mark.parametrize(
    "row",
    [
        [8, "岭川丁有限公司"],
        record(2, uscc=None, number=None),
        record(2, name="合计科技有限公司"),
        record(2, name="附城建筑有限公司", number=None),
    ],
)
def test_a_record_that_lacks_something_is_no_note(row: Sequence[object]) -> None:
    ((result, reason),) = under(row)
    assert (result in ("rejected", "accepted"), reason) == (True, None)


def test_the_tail_of_a_merged_name_without_a_record_is_blank() -> None:
    tail = [9, None, None, None]
    assert under(tail, merge=["B2:B3", "C2:C3", "D2:D3"]) == [("skipped", "row.blank")]
