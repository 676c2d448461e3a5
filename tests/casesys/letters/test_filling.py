"""Letters are filled from the case as it is; whatever an office's own template does, it is told."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docxtpl import DocxTemplate
from jinja2 import Environment

from casesys.cases.view import CaseView, see_case
from casesys.command import FieldsRefused
from casesys.letters import filling
from casesys.letters.facts import BLANK, BLANK_TIME
from casesys.letters.filling import FilledLetter, LetterTemplateRefused, fill_letter
from casesys.letters.house import house_template
from casesys.letters.kinds import LETTERS, LetterKind
from casesys.letters.reading import words_of
from casesys.system import System
from casesys.words import LANGUAGES, say
from tests import scenarios
from tests.offices import OFFICER, contents, person

KINDS = list(LetterKind)


def view_of(system: System, stream: Any) -> CaseView:
    number = scenarios.case_number(system, stream)
    return see_case(system, number, person(system, OFFICER))


def letter(system: System, stream: Any, paper: LetterKind, /, **typed: str) -> FilledLetter:
    return fill_letter(system, view_of(system, stream), LETTERS[paper], typed)


def text_of(content: bytes) -> str:
    """Every text of the Word file's body, as another program reads it."""
    document = Document(BytesIO(content))
    told = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        told += [cell.text for row in table.rows for cell in row.cells]
    return "\n".join(told)


def own_template(system: System, kind: LetterKind, content: bytes) -> None:
    folder = system.settings.home / "templates"
    folder.mkdir(exist_ok=True)
    (folder / f"{kind}.docx").write_bytes(content)


def word_file(*lines: str) -> bytes:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


# -- what the letters say -------------------------------------------------------------------------


def test_the_notice_names_the_enterprise_each_record_and_what_was_typed(system: System) -> None:
    case = scenarios.a_contacted_case(system).stream
    more = scenarios.penalty(7, decided_on="2021-06-01", amount_fen="1,250,000")
    scenarios.give(system, "attach_record", more, case)
    filled = letter(
        system,
        case,
        LetterKind.INTERVIEW_NOTICE,
        notice_number="云信约〔2021〕3号",
        kind="warning",
        held_at="2021-07-28T09:30",
        place="政务中心三楼约谈室",
        contact="信用科 0000-1234",
        basis="专项治理通知",
    )
    told = text_of(filled.content)
    for fact in (
        "约谈通知书",
        "云信约〔2021〕3号",
        "云塘区第1建材有限公司",
        scenarios.credit_code(1),
        "批次：2021-01",
        "2021-01-0001",
        "列入日期：2021年7月1日",
        "共2宗，金额合计129.00万元",
        "云市监处罚〔2020〕1号",
        "2020-11-30",
        "4.00万元",
        "云市监处罚〔2020〕7号",
        "2021-06-01",
        "125.00万元",
        "区市场监督管理局",
        "警示约谈",
        "2021年7月28日09时30分",
        "政务中心三楼约谈室",
        "信用科 0000-1234",
        "依据专项治理通知",
        "区发展和改革局",
        "2021年7月22日",
        "送达回证",
    ):
        assert fact in told, fact
    assert filled.name == "约谈通知书_2021-01-0001.docx" and not filled.own_template


def test_what_nobody_typed_is_a_line_to_write_on(system: System) -> None:
    case = scenarios.a_contacted_case(system).stream
    told = text_of(letter(system, case, LetterKind.INTERVIEW_NOTICE).content)
    assert f"时间：{BLANK_TIME}" in told and f"地点：{BLANK}" in told
    assert "□提示约谈　□警示约谈" in told


def test_no_name_of_a_person_is_taken_from_the_case(system: System) -> None:
    case = scenarios.a_performed_case(system).stream
    for kind in KINDS:
        told = text_of(letter(system, case, kind).content)
        assert scenarios.SIGNATORY not in told and scenarios.PHONE not in told
        assert "林晓" not in told, "an officer is known by the work number alone"


def test_a_commitment_is_of_the_whole_case_or_of_one_record(system: System) -> None:
    case = scenarios.a_contacted_case(system).stream
    scenarios.give(system, "attach_record", scenarios.penalty(7), case)
    whole = letter(system, case, LetterKind.COMMITMENT)
    told = text_of(whole.content)
    assert "云市监处罚〔2020〕1号" in told and "云市监处罚〔2020〕7号" in told
    assert whole.name.startswith("信用承诺书_") and "一宗一份" not in told
    one = letter(system, case, LetterKind.COMMITMENT, record=scenarios.record_of(system, case))
    told = text_of(one.content)
    assert told.count("云市监处罚") == 1 and "下列1宗" in told and "一宗一份" in told
    assert one.name.startswith("信用修复承诺书_") and told.startswith("信用修复承诺书")


def rows_of(filled: FilledLetter) -> list[tuple[str, ...]]:
    return [row for block in filled.blocks for row in block.rows]


def test_the_checklist_ticks_what_the_books_know_of(system: System) -> None:
    before = letter(system, scenarios.a_contacted_case(system).stream, LetterKind.REPAIR_CHECKLIST)
    assert ("□", "履行完毕证明", "缺少") in rows_of(before)
    assert ("□", "营业执照副本", "请自行核对") in rows_of(before)
    case = scenarios.a_case_under_repair(system, 2).stream
    after = letter(system, case, LetterKind.REPAIR_CHECKLIST)
    assert ("☑", "履行完毕证明", "已登记") in rows_of(after)
    assert ("☑", "信用修复承诺书（每条处罚一份）", "已登记") in rows_of(after)
    assert ("☑", "信用修复申请", "已登记") in rows_of(after)
    assert "2021年3月2日（已申请，等待认定单位决定）" in text_of(after.content)


def test_the_checklist_asks_for_the_papers_of_its_class_and_its_day(system: System) -> None:
    case = scenarios.a_contacted_case(system).stream
    grave = scenarios.penalty(7, decided_on="2021-06-01", publicity_class="serious")
    scenarios.give(system, "attach_record", grave, case)
    barred = scenarios.penalty(8, publicity_class="specific_serious")
    scenarios.give(system, "attach_record", barred, case)
    scenarios.give(system, "attach_record", scenarios.penalty(9, publicity_class=""), case)
    filled = letter(system, case, LetterKind.REPAIR_CHECKLIST)
    told = text_of(filled.content)
    assert "2021年12月2日（公示期还没有满）" in told
    assert "2021年3月2日（公示期已满，材料齐备即可申请）" in told
    assert "按登记的类别，不予修复" in told and "没有登记，按“一般失信行为”测算" in told
    assert sum(words == "信用报告" for _, words, _ in rows_of(filled)) == 1
    assert sum(words == "营业执照副本" for _, words, _ in rows_of(filled)) == 3
    assert "527号" in told


def test_a_repaired_record_asks_for_nothing_more(system: System) -> None:
    case = scenarios.a_repaired_case(system).stream
    filled = letter(system, case, LetterKind.REPAIR_CHECKLIST)
    assert "已修复，不需要再申请" in text_of(filled.content) and rows_of(filled) == []


def test_a_judgment_s_checklist_leads_to_its_court(system: System) -> None:
    case = scenarios.a_contacted_case(system, category="judgment").stream
    told = text_of(letter(system, case, LetterKind.REPAIR_CHECKLIST).content)
    assert "□执行法院：区人民法院" in told and "不按公示期计算" in told
    assert "履行完毕或执行完毕的证明" in told and "信用中国" not in told


# -- what was typed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        (LetterKind.INTERVIEW_NOTICE, {"held_at": "2021-07-22T09:00"}, "held_at_has_passed"),
        (LetterKind.INTERVIEW_NOTICE, {"held_at": "soon"}, "invalid_moment"),
        (LetterKind.INTERVIEW_NOTICE, {"kind": "angry"}, "not_a_choice"),
        (LetterKind.INTERVIEW_NOTICE, {"place": "x" * 121}, "too_long"),
        (LetterKind.COMMITMENT, {"record": "no-such-record"}, "not_a_choice"),
        (LetterKind.COMMITMENT, {"perform_by": "2021-07-21"}, "perform_by_has_passed"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    system: System, kind: LetterKind, typed: dict[str, str], code: str
) -> None:
    case = scenarios.a_contacted_case(system).stream
    with pytest.raises(FieldsRefused) as refused:
        letter(system, case, kind, **typed)
    [(name, found)] = refused.value.problems.items()
    assert name in typed and found.endswith(code)
    assert all(say(found, language) for language in LANGUAGES)


HOSTILE = "<b>甲&乙</b> {{ uscc }} {% raw %} ]]> \"'"


def test_signs_in_a_name_stay_the_signs_they_are(system: System) -> None:
    case = scenarios.give(
        system, "list_enterprise", scenarios.listing(name=f"云塘{HOSTILE}公司")
    ).stream
    scenarios.give(system, "attach_record", scenarios.penalty(authority="区<环保>&局"), case)
    filled = letter(system, case, LetterKind.INTERVIEW_NOTICE, place=HOSTILE)
    told = text_of(filled.content)
    assert f"云塘{HOSTILE}公司" in told and f"地点：{HOSTILE}" in told and "区<环保>&局" in told
    assert f"云塘{HOSTILE}公司" in "".join(words_of(filled.blocks))


def test_without_escaping_such_a_name_would_break_the_file(system: System) -> None:
    case = scenarios.give(
        system, "list_enterprise", scenarios.listing(name=f"云塘{HOSTILE}公司")
    ).stream
    facts = {"enterprise": view_of(system, case).name}
    plain = DocxTemplate(BytesIO(word_file("{{ enterprise }}")))
    plain.render(facts, Environment(autoescape=False))
    kept = BytesIO()
    plain.save(kept)
    assert f"云塘{HOSTILE}公司" not in text_of(kept.getvalue())


# -- templates ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_no_line_of_a_template_is_left_over(system: System, kind: LetterKind) -> None:
    assert "{{" in text_of(house_template(kind)) and "{%" in text_of(house_template(kind))
    filled = letter(system, scenarios.a_contacted_case(system).stream, kind)
    with ZipFile(BytesIO(filled.content)) as packed:
        for part in packed.namelist():
            if part.endswith(".xml"):
                content = packed.read(part).decode("utf-8")
                assert "{{" not in content and "{%" not in content, part


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_has_every_word_of_the_word_file(system: System, kind: LetterKind) -> None:
    filled = letter(system, scenarios.a_contacted_case(system).stream, kind)
    in_file = sorted(line for line in text_of(filled.content).split("\n") if line.strip())
    assert sorted(words for words in words_of(filled.blocks) if words.strip()) == in_file


@pytest.mark.parametrize("kind", KINDS)
def test_han_letters_have_a_face_of_their_own(kind: LetterKind) -> None:
    with ZipFile(BytesIO(house_template(kind))) as packed:
        styles = packed.read("word/styles.xml").decode("utf-8")
        fonts = packed.read("word/fontTable.xml").decode("utf-8")
    assert 'w:eastAsia="仿宋"' in styles and 'w:eastAsia="方正小标宋简体"' in styles
    assert '<w:font w:name="方正小标宋简体"><w:altName w:val="宋体"/>' in fonts


def test_filling_a_letter_records_nothing(system: System) -> None:
    case = scenarios.a_contacted_case(system).stream
    before = contents(system)
    for kind in KINDS:
        letter(system, case, kind)
    assert contents(system) == before


def test_the_office_s_own_template_comes_first(system: System) -> None:
    case = scenarios.a_contacted_case(system).stream
    own_template(system, LetterKind.COMMITMENT, word_file("本区格式：{{ enterprise }}"))
    filled = letter(system, case, LetterKind.COMMITMENT)
    assert text_of(filled.content) == "本区格式：云塘区第1建材有限公司" and filled.own_template
    assert not letter(system, case, LetterKind.REPAIR_CHECKLIST).own_template


def linking_outside() -> bytes:
    document = Document()
    document.part.relate_to("file:///elsewhere/p.png", RELATIONSHIP_TYPE.IMAGE, is_external=True)
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def a_bomb() -> bytes:
    kept = BytesIO()
    with ZipFile(kept, "w", ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"0" * (filling.MOST_UNPACKED + 1))
    return kept.getvalue()


BROKEN = [
    (word_file("{{ ''.__class__ }}"), "unsafe", "__class__"),
    (word_file("{{ ''.__class__.__mro__[1].__subclasses__() }}"), "unsafe", "__class__"),
    (word_file("{{ records.append(1) }}"), "unsafe", ""),
    (word_file("{{ cycler.__init__.__globals__.os.system('id') }}"), "unsafe", "__init__"),
    (word_file("{{ '%s'|format(title.__class__) }}"), "unsafe", "__class__"),
    (word_file("{{ enterprize }}"), "unknown_name", "enterprize"),
    (word_file("a", "b", "c", "d", "{{ enterprise", "}"), "syntax", ""),
    (word_file("前言", "{% if %}{{ title }}"), "syntax", "{% if %}{{ title }}"),
    (word_file("{% for n in range(10000000) %}{{ n }}{% endfor %}"), "failed", ""),
    (word_file("{{ 1 / 0 }}"), "failed", ""),
    (b"this is no Word file", "no_word_file", ""),
    (word_file("x")[:900], "no_word_file", ""),
    (linking_outside(), "outside", ""),
    (a_bomb(), "too_large", ""),
]


@pytest.mark.parametrize(("content", "problem", "detail"), BROKEN)
def test_a_template_that_cannot_be_used_is_refused_with_its_name_and_fault(
    system: System, content: bytes, problem: str, detail: str
) -> None:
    case = scenarios.a_contacted_case(system).stream
    own_template(system, LetterKind.COMMITMENT, content)
    with pytest.raises(LetterTemplateRefused) as refused:
        letter(system, case, LetterKind.COMMITMENT)
    values = refused.value.values
    assert values["template"] == "commitment.docx" and values["problem"] == problem
    assert detail in values["detail"]
    for language in LANGUAGES:
        told = say("refusal.letter_template_refused", language, **values)
        assert "commitment.docx" in told and say(f"template_problem.{problem}", language) in told


def test_outside_the_sandbox_the_attack_would_reach_the_interpreter() -> None:
    attack = DocxTemplate(BytesIO(word_file("{{ ''.__class__.__mro__[1].__subclasses__() }}")))
    attack.render({}, Environment(autoescape=True), autoescape=True)
    kept = BytesIO()
    attack.save(kept)
    assert "class" in text_of(kept.getvalue())


def test_a_folder_in_the_place_of_a_template_is_told_too(system: System) -> None:
    case = scenarios.a_contacted_case(system).stream
    (system.settings.home / "templates" / "commitment.docx").mkdir(parents=True)
    with pytest.raises(LetterTemplateRefused):
        letter(system, case, LetterKind.COMMITMENT)


def test_our_own_templates_can_be_taken_over_word_for_word(system: System, tmp_path: Path) -> None:
    from casesys.letters.__main__ import write_templates

    case = scenarios.a_contacted_case(system).stream
    ours = [letter(system, case, kind).blocks for kind in KINDS]
    folder = system.settings.home / "templates"
    write_templates(folder)
    changed = folder / "commitment.docx"
    taken = [letter(system, case, kind) for kind in KINDS]
    assert [one.blocks for one in taken] == ours and all(one.own_template for one in taken)
    changed.write_bytes(b"ours now")
    write_templates(folder)
    assert changed.read_bytes() == b"ours now", "what the office has made is never written over"
