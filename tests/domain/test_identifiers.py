"""Numbers are read as the office writes them, and never turned into another number."""

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as gb32100

from domain.identifiers import (
    Identified,
    court_case_number,
    identify,
    penalty_document_number,
    uscc,
)
from tests.shared_data import shared_rows

THIS_YEAR = 2026
CODE = "91350100M000100Y43"


def court(text: str) -> Identified:
    return court_case_number(text, this_year=THIS_YEAR)


# --- the labelled rows -----------------------------------------------------------------------


def expected_verdict(label: str) -> str:
    if label.startswith("valid") or label == "seen_in_public_data":
        return "valid"
    return "ask" if label == "invalid_checksum" else "invalid"


def test_every_labelled_credit_code_gets_its_verdict() -> None:
    rows = shared_rows("vectors/uscc_vectors.csv")
    for row in rows:
        for answer in (uscc(row["code"]), identify(row["code"])):
            assert (answer.kind, answer.verdict) == ("uscc", expected_verdict(row["expected"])), row
    assert len(rows) == 299


def test_every_labelled_case_number_is_parsed_as_labelled() -> None:
    rows = shared_rows("cn/court_case_numbers_dev.csv")
    allowed = {
        "case_number": {"valid"},
        "reject_or_ask": {"ask", "invalid"},
        "not_case_number": {"invalid"},
    }
    columns = ("year", "court_code", "type_code", "number", "sub_number", "suffix")
    for row in rows:
        answer = court(row["raw"])
        assert answer.verdict in allowed[row["verdict"]], row
        assert (answer.normal or "") == row["canonical"], row
        assert [str(getattr(answer, c) or "") for c in columns] == [row[c] for c in columns], row
        any_kind = identify(row["raw"], this_year=THIS_YEAR)
        if row["verdict"] == "case_number":
            assert answer.form == row["form"], row
            assert any_kind == answer
        if row["verdict"] == "not_case_number":
            assert any_kind.kind != "court_case_number", row
    assert len(rows) == 332


def test_keyboard_and_spreadsheet_variants_never_become_a_different_number() -> None:
    for row in shared_rows("vectors/court_case_number_variants.csv"):
        answer = court(row["raw"])
        match row["verdict"]:
            case "case_number":
                assert (answer.verdict, answer.normal) == ("valid", row["canonical"]), row
            case "case_number_lenient":
                assert answer.verdict in ("valid", "ask"), row
                assert answer.normal == row["canonical"], row
            case "several":
                assert answer.verdict == "ask", row
                assert answer.normal is None, row
                assert ";".join(answer.several) == row["canonical"], row
            case "reject_or_ask":
                assert answer.verdict in ("ask", "invalid"), row
                assert answer.normal is None, row
                assert identify(row["raw"], this_year=THIS_YEAR).verdict != "valid", row
            case other:
                pytest.fail(f"no such label: {other}")


def test_every_penalty_document_number_has_its_normal_form_and_none_is_refused() -> None:
    for row in shared_rows("cn/penalty_document_numbers.csv"):
        answer = penalty_document_number(row["raw"])
        assert answer.normal == row["normal_form"], row
        assert answer.verdict == ("ask" if row["doc_type"] == "fragment" else "valid"), row
        assert identify(row["raw"]) == answer, row


# --- credit codes ----------------------------------------------------------------------------


def test_a_wrong_check_digit_is_held_with_the_right_one_beside_it() -> None:
    answer = uscc(CODE[:-1] + "4")
    assert (answer.verdict, answer.problems) == ("ask", ("uscc.check_digit",))
    assert answer.normal == CODE[:-1] + "4"
    assert answer.suggestion == CODE


def test_a_letter_o_for_zero_is_refused_with_the_one_code_it_can_be() -> None:
    answer = uscc("91520198MAAMOWECXQ")
    assert (answer.verdict, answer.normal) == ("invalid", None)
    assert answer.problems == ("uscc.characters",)
    assert answer.suggestion == "91520198MAAM0WECXQ"


def test_a_code_of_nothing_but_misread_letters_is_refused_at_once_and_without_a_guess() -> None:
    answer = uscc("V" * 18)
    assert (answer.verdict, answer.suggestion) == ("invalid", None)


@pytest.mark.parametrize(
    "text",
    [
        "（2021）" + "民" * 5000,
        "（2021）粤01民初" + "1" * 5000,
        "2021" * 5000,
        "（" * 5000,
        "（2015）" + "民（）" * 5000 + "字第",
        "0" * 500_000,
        "（2021）粤9901执1号、" * 2000,
    ],
    ids=lambda text: text[:12],
)
def test_a_long_text_is_answered_at_once(text: str) -> None:
    begun = process_time()
    assert identify(text).verdict != "valid"
    assert process_time() - begun < 5


def test_no_digit_is_guessed_where_a_spreadsheet_has_lost_them() -> None:
    as_float, filled_up = uscc("9.11100006000373E+17"), uscc("913401007885810000")
    assert as_float.problems == ("uscc.number_cell",)
    assert as_float.suggestion is None
    assert filled_up.verdict == "ask"
    assert filled_up.suggestion is None


def test_a_department_with_a_letter_is_held_not_refused() -> None:
    body = "N2440118MF1234567"
    whole = body + gb32100.calc_check_digit(body)
    assert (uscc(whole).verdict, uscc(whole).problems) == ("ask", ("uscc.department",))
    assert uscc("B" + whole[1:]).verdict == "invalid"


@pytest.mark.parametrize("other", ["²", "①", "１²", "٣", "ß", "ı", "号"])
def test_a_lookalike_is_not_read_as_a_digit_or_letter_of_a_code(other: str) -> None:
    assert uscc(CODE[:-1] + other).verdict == "invalid"


# --- case numbers ----------------------------------------------------------------------------


def test_a_doubtful_number_says_what_is_doubtful() -> None:
    assert court("(2020)沪01民1号").problems == ("court_case_number.stage",)
    assert court("2021粤0111民初30063").problems == (
        "court_case_number.brackets",
        "court_case_number.hao",
    )
    assert court("（2021）粤011民初1号").problems == ("court_case_number.court_code",)
    assert court("（2031）粤01民初1号").problems == ("court_case_number.year",)
    assert court("（2017）鲁0103民初6981号之二一").problems == ("court_case_number.suffix",)


def test_the_year_after_today_is_only_known_to_who_has_a_clock() -> None:
    assert court_case_number("（2031）粤01民初1号").verdict == "valid"
    assert court_case_number("（2031）粤01民初1号", this_year=2031).verdict == "valid"
    assert court_case_number("（2031）粤01民初1号", this_year=2030).verdict == "invalid"


def test_a_number_inside_a_sentence_is_asked_about() -> None:
    answer = court("详见（2021）粤9901执12号一案")
    assert (answer.verdict, answer.normal) == ("ask", "（2021）粤9901执12号")
    two = court("（2021）粤9901执12号并（2021）粤9901执13号")
    assert (two.verdict, two.normal) == ("invalid", None)


@pytest.mark.parametrize(
    "text", ["（2021）粤粤01民终1号", "（2021）粤粤民终1号", "（2021）粤01民初民初1号"]
)
def test_what_was_typed_twice_is_no_number(text: str) -> None:
    assert court(text).normal is None
    assert identify(text, this_year=THIS_YEAR).verdict == "invalid"


def test_zeros_before_an_old_number_stay_written_and_do_not_make_another_case() -> None:
    padded, plain = court("(2015)榕执字第00873号"), court("（2015）榕执字第873号")
    assert padded.normal == "（2015）榕执字第00873号"
    assert padded.key == plain.key
    assert padded.key != court("（2015）榕执字第874号").key


def test_a_suffix_and_a_sub_number_make_another_number() -> None:
    keys = {court(f"（2018）苏08民终7{tail}").key for tail in ("号", "-1号", "号之一", "号之十一")}
    assert len(keys) == 4


# --- penalty decisions -----------------------------------------------------------------------


def test_one_decision_in_other_brackets_has_the_same_key() -> None:
    writings = [
        "市住建建罚（2019）9号",
        "市住建建罚〔2019〕9号",
        "市住建建罚[２０１９] 9 号",
        "市住建建罚【2019】9号",
    ]
    assert len({penalty_document_number(w).key for w in writings}) == 1
    assert {penalty_document_number(w).normal for w in writings} == {"市住建建罚〔2019〕9号"}


def test_brackets_of_a_prefix_stay_as_written_but_do_not_make_another_decision() -> None:
    wide, narrow = (
        penalty_document_number(f"{p}应急罚〔2019〕15号") for p in ("（德阳）", "(德阳)")
    )
    assert wide.normal != narrow.normal
    assert wide.key == narrow.key


@pytest.mark.parametrize("text", ["罚单", "2021-15", "无文号", "x" * 500])
def test_an_unknown_shape_is_asked_about(text: str) -> None:
    assert penalty_document_number(text).verdict == "ask"


def test_a_formula_is_no_number_of_any_kind() -> None:
    for read in (uscc, court_case_number, penalty_document_number, identify):
        assert read('=HYPERLINK("x","市住建建罚〔2019〕9号")').verdict == "invalid"


@pytest.mark.parametrize("text", ["", "   ", "　", "张三", "某某木业有限公司", "2021年3月5日"])
def test_what_is_none_of_them_is_unknown(text: str) -> None:
    answer = identify(text)
    assert (answer.kind, answer.verdict, answer.normal) == ("unknown", "invalid", None)
    assert answer.problems


# --- properties ------------------------------------------------------------------------------

codes = st.builds(
    lambda head, body: (head + body) + gb32100.calc_check_digit(head + body),
    st.from_regex(r"9[123][0-9]{6}", fullmatch=True),
    st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9),
)
case_numbers = st.from_regex(
    r"（20(1[6-9]|2[0-6])）[粤京沪浙][0-9]{4}(民初|执|执恢|财保|民申|知民初)"
    r"[1-9][0-9]{0,4}(-[1-9])?号(之[一二三十])?",
    fullmatch=True,
)
old_case_numbers = st.from_regex(
    r"（20(0[0-9]|1[0-5])）(榕|甬仑|鱼|曲中法)(民初|执|商外初)字第0{0,3}[1-9][0-9]{0,4}号",
    fullmatch=True,
)
penalty_numbers = st.from_regex(
    r"(云市监|（云塘）应急|沪监管浦处字|京公\(鼓\))(罚|处罚|罚决字)〔20[0-2][0-9]〕(第)?[0-9]{1,6}号",
    fullmatch=True,
)
NOISE = ["", " ", "　", "\n", "\t", "\u00a0", "\u200b", "\ufeff"]
BRACKETS = {"（": "（([【〔［", "）": "）)]】〕］", "〔": "〔（([【［", "〕": "〕）)]】］"}


@st.composite
def as_typed(draw: st.DrawFn, numbers: st.SearchStrategy[str]) -> tuple[str, str]:
    """A number and the same number as a keyboard, a cell or a copied page would give it."""
    number = draw(numbers)
    typed = []
    for character in number:
        forms = [character, *BRACKETS.get(character, "")]
        if re.fullmatch("[0-9A-Z]", character):
            forms = [character, chr(ord(character) + 0xFEE0)]
        typed.append(draw(st.sampled_from(forms)) + draw(st.sampled_from(NOISE)))
    return number, draw(st.sampled_from(NOISE)) + "".join(typed)


@given(as_typed(codes), st.booleans())
def test_noise_does_not_change_a_credit_code(pair: tuple[str, str], lower: bool) -> None:
    number, typed = pair
    answer = identify(typed.lower() if lower else typed)
    assert (answer.kind, answer.verdict, answer.normal) == ("uscc", "valid", number)


@given(as_typed(case_numbers | old_case_numbers))
def test_noise_does_not_change_a_case_number(pair: tuple[str, str]) -> None:
    number, typed = pair
    answer = identify(typed, this_year=THIS_YEAR)
    assert (answer.kind, answer.verdict, answer.normal) == ("court_case_number", "valid", number)
    assert answer.key == court(number).key


@given(as_typed(penalty_numbers))
def test_noise_does_not_change_the_key_of_a_penalty_decision(pair: tuple[str, str]) -> None:
    number, typed = pair
    assert identify(typed).kind == "penalty_document_number"
    assert identify(typed).key == penalty_document_number(number).key


@given(st.text(max_size=40) | case_numbers | old_case_numbers | penalty_numbers | codes)
def test_a_normal_form_is_its_own_normal_form_and_has_the_same_key(text: str) -> None:
    for read in (uscc, court_case_number, penalty_document_number, identify):
        once = read(text)
        if once.normal is not None:
            twice = read(once.normal)
            assert (twice.normal, twice.key) == (once.normal, once.key)


@given(codes, st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_character_never_passes(code: str, place: int, other: str) -> None:
    changed = code[:place] + other + code[place + 1 :]
    assert (uscc(changed).verdict == "valid") == (changed == code)
