"""Every row of a list gets its answer: what is taken, what waits, what is refused and why."""

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from casesys.intake import CheckedRow, campaign_of, check, read_workbook
from casesys.intake.headers import FIELDS
from tests.casesys.intake.making import CODES, HEAD, NAMES, answers, codes, record, workbook
from tests.shared_data import shared_path, shared_rows

DISTRICT = "district/district_50"
ORDER = ["uscc", "name", "town", "category", "number", "authority", "decided_on"]
ORDER += ["amount_fen", "listed_on", "unit"]
RESULT = {
    "accept": "accepted",
    "accept_as_text": "accepted",
    "ask": "held",
    "reject": "rejected",
    "duplicate": "duplicate",
    "skip": "skipped",
}


def district(file: str) -> list[CheckedRow]:
    return check(
        read_workbook(shared_path(f"{DISTRICT}/{file}")),
        units=[row["unit"] for row in shared_rows(f"{DISTRICT}/units.csv")],
        known_name=lambda code: None,
        known_number=lambda code, key: False,
        campaign=None,
        today="2021-11-09",
    )


def test_the_dirty_list_is_answered_row_by_row_as_its_key_says() -> None:
    key = json.loads(shared_path(f"{DISTRICT}/upload_dirty_key.json").read_text("utf-8"))
    rows = {(row.sheet, row.row): row for row in district("upload_dirty.xlsx")}
    for expected in key["rows"]:
        row = rows[expected["sheet"], expected["row"]]
        assert row.result == RESULT[expected["expect"]], expected["why"]
        if "field" in expected:
            assert {p.field for p in row.problems} == {expected["field"]}, expected["why"]
        elif row.result != "duplicate":
            assert row.problems == (), expected["why"]
    assert not {sheet for sheet, _ in rows} & set(key["sheets_to_skip"])


def test_the_dirty_list_is_cleaned_into_what_the_register_holds() -> None:
    names = {row["uscc"]: row["name"] for row in shared_rows(f"{DISTRICT}/enterprises.csv")}
    register = {row["document_no"]: row for row in shared_rows(f"{DISTRICT}/records.csv")}
    accepted = [row for row in district("upload_dirty.xlsx") if row.result == "accepted"]
    assert len(accepted) == 14
    for row in accepted:
        assert row.values is not None
        assert names[str(row.values["uscc"])] == row.values["name"]
        assert row.values["decided_on"] == register[str(row.values["number"])]["decided_date"]
        assert row.campaign == "L20210308"


def test_a_faulty_code_is_offered_the_sound_code_of_the_same_name() -> None:
    rows = {row.row: row for row in district("upload_dirty.xlsx")}
    for number in (16, 17, 18, 19, 20):
        assert rows[number].problems[0].suggestion == "92449901MA10C71U52"
    assert rows[22].problems[0].suggestion == "2021-02-28"
    assert (rows[22].problems[0].column, rows[22].raw["decided_on"]) == ("H", "2021-02-30")


def test_no_record_is_lost_under_a_merged_cell_of_the_clean_list() -> None:
    enterprises = {row["enterprise_id"]: row for row in shared_rows(f"{DISTRICT}/enterprises.csv")}
    cases = {row["case_id"]: row for row in shared_rows(f"{DISTRICT}/cases.csv")}
    expected = set()
    for found in shared_rows(f"{DISTRICT}/records.csv"):
        case = cases[found["case_id"]]
        who = enterprises[case["enterprise_id"]]
        fen = str(int(Decimal(found["amount_yuan"]) * 100))
        expected.add(
            (
                *(who["uscc"], who["name"], who["town"], found["category"], found["document_no"]),
                *(found["authority"], found["decided_date"], fen, case["listed_date"]),
                *(case["lead_unit"], case["batch_id"]),
            )
        )
    rows = district("upload_clean.xlsx")
    listed = {
        (*[str((row.values or {})[name]) for name in ORDER], str(row.campaign)) for row in rows
    }
    assert {row.result for row in rows} == {"accepted"}
    assert (len(rows), listed) == (123, expected)


def test_columns_may_stand_in_any_order() -> None:
    rows = [list(reversed(HEAD)), list(reversed(record()))]
    (row,) = answers(workbook(("名单", rows)))
    assert (row.result, row.values and row.values["name"]) == ("accepted", NAMES[0])


def test_the_unit_of_the_amounts_stands_in_the_header_or_above_it_or_is_asked() -> None:
    def amount(header: str, *titles: str) -> tuple[str, object]:
        head = [header if text.startswith("涉及金额") else text for text in HEAD]
        (row,) = answers(workbook(("名单", [*[[t] for t in titles], head, record(amount=23)])))
        return row.result, (row.values or {})["amount_fen"]

    assert amount("金额(元)") == ("accepted", 2_300)
    assert amount("金额(万元)") == ("accepted", 23_000_000)
    assert amount("金额", "名单", "单位：万元") == ("accepted", 23_000_000)
    assert amount("金额") == ("held", None)


def test_a_list_without_a_header_is_answered_and_not_silently_left_out() -> None:
    rows = answers(workbook(("名单", [["失信名单"], record(0), record(1)])))
    assert [(row.row, row.result, codes(row)) for row in rows] == [
        (2, "rejected", [("", "sheet.no_header")]),
        (3, "rejected", [("", "sheet.no_header")]),
    ]


def test_one_sheet_does_not_make_another_fail() -> None:
    data = workbook(("坏", [["没有表头"], record(0)]), ("好", [HEAD, record(1)]))
    assert [(row.sheet, row.result) for row in answers(data)] == [
        ("坏", "rejected"),
        ("好", "accepted"),
    ]


def test_lists_stacked_in_one_sheet_are_each_read_under_their_own_header() -> None:
    second = [HEAD[n] for n in (0, 2, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11)]
    swapped = record(1)
    swapped[1], swapped[2] = swapped[2], swapped[1]
    rows = answers(
        workbook(("名单", [HEAD, record(0), ["二、其余"], second, swapped, second, record(2)]))
    )
    assert [(row.row, row.result, row.reason) for row in rows[:5]] == [
        (2, "accepted", None),
        (3, "skipped", "row.note"),
        (4, "skipped", "row.header"),
        (5, "accepted", None),
        (6, "skipped", "row.header"),
    ]
    assert rows[3].values is not None
    assert rows[3].values["name"] == NAMES[1]


def test_a_merged_name_applies_to_every_row_below_it_but_an_unmerged_blank_is_a_fault() -> None:
    blank = {"name": None, "uscc": None, "town": None}
    rows = [HEAD, *[record(0, f"甲罚〔2020〕{n}号", **(blank if n > 1 else {})) for n in (1, 2, 3)]]
    merged = answers(workbook(("名单", rows), merge=["B2:B4", "C2:C4", "D2:D4"]))
    assert [row.result for row in merged] == ["accepted"] * 3
    assert {(row.values or {})["uscc"] for row in merged} == {CODES[0]}
    # The same rows without the merges: the blanks are nobody's.
    loose = answers(workbook(("名单", rows)))
    assert [row.result for row in loose] == ["accepted", "rejected", "rejected"]


def test_a_sum_merged_over_several_records_waits_for_a_person() -> None:
    rows = [HEAD, record(0, "甲罚〔2020〕1号"), record(0, "甲罚〔2020〕2号", amount=None)]
    for row in answers(workbook(("名单", rows), merge=["I2:I3"])):
        assert (row.result, codes(row)) == ("held", [("amount", "amount.shared")])
        assert row.values is not None
        assert row.values["amount_fen"] is None


@pytest.mark.parametrize(
    ("field", "typed", "result", "code"),
    [
        ("name", None, "rejected", "name.missing"),
        ("uscc", None, "rejected", "uscc.missing"),
        ("category", None, "rejected", "category.missing"),
        ("number", None, "rejected", "number.missing"),
        ("authority", "—", "rejected", "authority.missing"),
        ("decided_on", None, "rejected", "decided_on.missing"),
        ("listed_on", None, "rejected", "listed_on.missing"),
        ("uscc", "91449901MA10087H41", "held", "uscc.check_digit"),
        ("uscc", 914499011008700000, "rejected", "uscc.number_cell"),
        ("decided_on", "2021-05-01", "rejected", "date.after_listing"),
        ("decided_on", "2022-01-01", "rejected", "date.future"),
        ("listed_on", "2022-01-01", "rejected", "date.future"),
        ("number", "（2020）粤9902执1号", "held", "number.of_other_kind"),
        ("unit", "区市场监管局", "held", "unit.unknown"),
        ("remark", "长" * 4001, "rejected", "text.too_long"),
    ],
)
def test_a_fault_names_its_cell_and_decides_the_row(
    field: str, typed: Any, result: str, code: str
) -> None:
    (row,) = answers(workbook(("名单", [HEAD, record(**{field: typed})])))
    assert (row.result, codes(row)) == (result, [(field, code)])
    assert row.problems[0].column == "BCDEFGHIJKL"[FIELDS.index(field)]
    assert (row.values is None) == (result == "rejected")


def test_a_judgment_with_a_penalty_number_is_refused_by_its_number() -> None:
    (row,) = answers(workbook(("名单", [HEAD, record(category="失信被执行人")])))
    assert (row.result, codes(row)) == ("rejected", [("number", "number.of_other_kind")])


def test_all_faults_of_a_row_are_told_at_once() -> None:
    (row,) = answers(
        workbook(("名单", [HEAD, record(uscc="1", decided_on="2021-02-30", unit="区不存在的局")]))
    )
    assert [problem.field for problem in row.problems] == ["uscc", "decided_on", "unit"]
    assert row.result == "rejected"


def test_an_unknown_unit_is_offered_the_nearest_known_one() -> None:
    (row,) = answers(workbook(("名单", [HEAD, record(unit="市场监督管理局")])))
    assert row.problems[0].suggestion == "区市场监督管理局"


def test_a_code_under_another_name_waits_whether_the_list_or_the_office_knows_it() -> None:
    two = [HEAD, record(0), record(0, "甲罚〔2020〕2号", name="岭川甲实业有限公司")]
    first, second = answers(workbook(("名单", two)))
    assert (first.result, second.result) == ("accepted", "held")
    assert codes(second) == [("name", "name.differs_in_list")]
    assert second.problems[0].values["row"] == 2
    (known,) = answers(workbook(("名单", two[:2])), known_name=lambda code: "岭川老字号有限公司")
    assert (known.result, codes(known)) == ("held", [("name", "name.differs_from_known")])
    assert known.problems[0].suggestion == "岭川老字号有限公司"


def test_a_number_is_taken_once_whichever_brackets_it_is_written_with() -> None:
    twice = [HEAD, record(0), record(0, "岭云市监处罚[2020]1号", amount=24), record(1)]
    first, again, other = answers(workbook(("名单", twice)))
    assert [first.result, again.result, other.result] == ["accepted", "duplicate", "accepted"]
    assert again.problems[0].values == {"sheet": "名单", "row": 2, "differs": ["amount_fen"]}


def test_a_number_that_the_office_has_already_is_a_duplicate() -> None:
    asked = []

    def known(code: str, key: str) -> bool:
        asked.append((code, key))
        return True

    court = record(0, "(2020)粤9902执001号", category="失信被执行人")
    (row,) = answers(workbook(("名单", [HEAD, court])), known_number=known)
    assert (row.result, codes(row)) == ("duplicate", [("number", "number.known")])
    assert asked == [(CODES[0], "（2020）粤9902执1号")]


def test_a_refused_row_does_not_make_its_correction_a_duplicate() -> None:
    rows = answers(workbook(("名单", [HEAD, record(0, amount=-3), record(0)])))
    assert [row.result for row in rows] == ["rejected", "accepted"]


def test_the_campaign_is_given_or_stands_in_the_sheet_or_is_the_listing_day() -> None:
    def campaign(sheet: str, *titles: str, given: str | None = None) -> str | None:
        data = workbook((sheet, [*[[title] for title in titles], HEAD, record()]))
        (row,) = answers(data, campaign=given)
        return row.campaign

    assert campaign("名单") == "L20210308"
    assert campaign("B2021-01") == "B2021-01"
    assert campaign("名单", "失信企业名单（B2021－02）") == "B2021-02"
    assert campaign("B2021-01", given="Z9") == "Z9"
    assert campaign("名单", "依据GB2312-80编制") == "L20210308"


def test_a_row_without_campaign_and_day_has_none() -> None:
    (sheet,) = read_workbook(workbook(("名单", [HEAD, record(listed_on="不详")])))
    assert campaign_of(sheet, sheet.rows[0], None) is None


def test_a_formula_in_a_remark_is_never_computed() -> None:
    typed = "=cmd|'/C calc'!A1"
    head, row = HEAD, record(remark="'" + typed)
    (answer,) = answers(workbook(("名单", [head, row])))
    assert answer.values is not None
    assert answer.values["remark"] == "'" + typed


def test_no_row_of_a_long_list_is_lost() -> None:
    rows = [HEAD, *[record(n % 3, f"甲罚〔2020〕{n}号") for n in range(1, 2001)]]
    assert Counter(row.result for row in answers(workbook(("名单", rows)))) == {"accepted": 2000}
