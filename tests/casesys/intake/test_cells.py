"""What an officer types into one cell becomes one value, or one named fault."""

import datetime
from decimal import Decimal

import pytest

from casesys.intake import cells
from casesys.intake.cells import Cell, CellFault

TEN_THOUSAND = Decimal(10_000)


@pytest.mark.parametrize(
    "typed",
    [
        datetime.date(2021, 3, 5),
        datetime.datetime(2021, 3, 5, 10, 30),
        "2021-03-05",
        "2021.3.5",
        "2021/3/5",
        "2021年3月5日",
        "2021 年 3 月 5 日",
        "２０２１．３．５",
        "2021-03-05 00:00:00",
        "2021-03-05T10:30",
        "20210305",
        20210305.0,
        44260.0,
        44260.75,
        "44260",
        " 2021–3–5 ",
    ],
)
def test_a_day_is_read_in_every_form_that_is_sent(typed: Cell) -> None:
    assert cells.day(typed) == "2021-03-05"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2021-02-30", "date.impossible"),
        ("2021年13月1日", "date.impossible"),
        (20210230.0, "date.impossible"),
        ("2021年3月", "date.shape"),
        ("21.3.5", "date.shape"),
        ("3/5/2021", "date.shape"),
        ("昨天", "date.shape"),
        (12.0, "date.shape"),
        (float("nan"), "date.shape"),
        (True, "date.shape"),
        ("1021-03-05", "date.out_of_range"),
    ],
)
def test_a_day_that_is_none_is_refused(typed: Cell, code: str) -> None:
    with pytest.raises(CellFault) as fault:
        cells.day(typed)
    assert (fault.value.code, fault.value.held) == (code, False)


def test_only_a_day_past_the_end_of_its_month_has_a_nearest_fix() -> None:
    fixes = {}
    for typed in ("2021-02-30", "2021-04-31", "2021-12-32", "2021-13-01"):
        with pytest.raises(CellFault) as fault:
            cells.day(typed)
        fixes[typed] = fault.value.suggestion
    assert fixes == {
        "2021-02-30": "2021-02-28",
        "2021-04-31": "2021-04-30",
        "2021-12-32": None,
        "2021-13-01": None,
    }


@pytest.mark.parametrize(
    ("typed", "yuan", "fen"),
    [
        (23.0, TEN_THOUSAND, 23_000_000),
        (278.29999999999995, TEN_THOUSAND, 278_300_000),
        (499.7125, TEN_THOUSAND, 499_712_500),
        ("1,234.50", TEN_THOUSAND, 1_234_500_000),
        ("１，２３４．５０", Decimal(1), 123_450),
        ("￥3000", Decimal(1), 300_000),
        ("3000元", TEN_THOUSAND, 300_000),
        ("2.5万元", Decimal(1), 2_500_000),
        ("2.5万", None, 2_500_000),
        (0.0, None, 0),
        ("无", TEN_THOUSAND, None),
        ("——", TEN_THOUSAND, None),
    ],
)
def test_an_amount_is_read_in_the_unit_of_its_header_or_its_own(
    typed: Cell, yuan: Decimal | None, fen: int | None
) -> None:
    assert cells.amount(typed, yuan) == fen


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (-3.0, "amount.negative"),
        ("-3", "amount.negative"),
        ("(3.00)", "amount.negative"),
        ("约3", "amount.shape"),
        ("1,23", "amount.shape"),
        ("1e5", "amount.shape"),
        ("三万", "amount.shape"),
        (True, "amount.shape"),
        (float("inf"), "amount.shape"),
        (1e300, "amount.too_large"),
        ("9" * 400, "amount.too_large"),
    ],
)
def test_an_amount_that_is_none_is_refused(typed: Cell, code: str) -> None:
    with pytest.raises(CellFault) as fault:
        cells.amount(typed, TEN_THOUSAND)
    assert (fault.value.code, fault.value.held) == (code, False)


def test_an_amount_whose_unit_nobody_says_waits_for_a_person() -> None:
    with pytest.raises(CellFault) as fault:
        cells.amount(23.0, None)
    assert (fault.value.code, fault.value.held) == ("amount.unit_unknown", True)


def test_a_category_is_one_of_two_and_is_never_guessed() -> None:
    assert cells.category(" 行政处罚 ") == "penalty"
    assert cells.category("失信\n被执行人") == "judgment"
    with pytest.raises(CellFault) as other:
        cells.category("其他")
    assert (other.value.code, other.value.suggestion) == ("category.unknown", None)
    with pytest.raises(CellFault) as near:
        cells.category("被执行人")  # not yet 失信: another thing in law
    assert near.value.suggestion == "失信被执行人"


def test_a_name_loses_breaks_and_blanks_but_keeps_the_blanks_between_words() -> None:
    assert cells.name(" 云塘区华\n铭 五金制品有限公司\u200b") == "云塘区华铭五金制品有限公司"
    assert cells.name("恒木(岭川)餐饮管理有限公司") == "恒木（岭川）餐饮管理有限公司"
    assert cells.name("Ｇｒｅｅｎ  Tea Co") == "Green Tea Co"


def test_a_number_under_the_names_is_no_name() -> None:
    with pytest.raises(CellFault) as fault:
        cells.name(12345.0)
    assert fault.value.code == "name.shape"


def test_two_writings_of_a_name_are_the_same_enterprise() -> None:
    assert cells.same_name("恒木（岭川）有限公司", "恒木(岭川) 有限公司")
    assert not cells.same_name("恒木有限公司", "恒木实业有限公司")


def test_a_remark_stays_as_it_was_typed() -> None:
    for typed in ('\'=HYPERLINK("x")', "<script>alert(1)</script>", "=1+1", "第一行\n第二行"):
        assert cells.remark(typed) == typed


def test_a_text_beyond_its_length_is_refused_with_both_lengths() -> None:
    with pytest.raises(CellFault) as fault:
        cells.remark("长" * 4001)
    assert (fault.value.code, fault.value.values) == (
        "text.too_long",
        {"length": 4001, "most": 4000},
    )
