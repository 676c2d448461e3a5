"""The work report says what the formulas say, line by line of its receipt, on any day."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from casesys.figures.cases_of_day import Question, standings
from casesys.figures.drawing import Wanted
from casesys.figures.receipts import lines, publish
from casesys.letters.filling import LetterTemplateRefused
from casesys.permits import NotPermitted, Person, operator
from casesys.reports import facts, work_report
from casesys.reports.counting import lines_among
from casesys.reports.house import template_name
from casesys.reports.stated import PARTS, shape_of, stated, wanted_in
from casesys.reports.work_report import (
    ReceiptIsOfNoReport,
    WorkReport,
    issue_report,
    issued_report,
    preview_report,
)
from casesys.system import System
from casesys.words import LANGUAGES, say
from domain.formulas import whole_percent
from domain.instants import end_of_day
from domain.refusals import FigureReceiptIsUnknown
from domain.vocabulary import ExclusionReason
from tests import scenarios
from tests.casesys.reports.reading import Paper, Rate
from tests.districts import district as the_fifty
from tests.offices import OFFICER, OTHER_OFFICER, SUPERVISOR, contents, person

CLERK = operator("clerk")
DAY = "2021-10-31"
NAMES = (
    "repair_rate_by_zong",
    "repair_rate_by_jia_strict",
    "repair_rate_by_jia_loose",
    "interview_rate",
    "photo_rate",
    "commitment_rate",
    "all_three_rate",
)
"""The columns of a table of rates, as the made district names them."""
ROWS = {"行政处罚": "penalty", "失信被执行人": "judgment", "合计": "all"}


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((the_fifty() / "expected.json").read_text("utf-8"))
    return found


def issue(
    system: System,
    day: str = DAY,
    known_at: str | None = None,
    language: str = "zh",
    by: Person = CLERK,
) -> WorkReport:
    receipt = issue_report(system, by, Question(day, known_at), language)
    return issued_report(system, by, receipt.number, language, for_page=False)


def paper(
    system: System,
    day: str = DAY,
    known_at: str | None = None,
    language: str = "zh",
    by: Person = CLERK,
) -> Paper:
    """The report of a day as it would be issued, without its receipt."""
    asked = Question(day, known_at)
    return Paper(preview_report(system, by, asked, language, for_page=False).content)


# -- its numbers are the district's ---------------------------------------------------------------


@pytest.mark.parametrize("view", ["as_of", "as_known"])
def test_on_every_day_each_rate_of_each_list_is_the_district_s(
    fifty: System, answers: dict[str, Any], view: str
) -> None:
    for day, told in answers[view].items():
        known_at = end_of_day(day) if view == "as_known" else None
        found = paper(fifty, day, known_at).rates("名单")
        for row, category in ROWS.items():
            right = [Rate(*(told[category][name][part] for part in Rate._fields)) for name in NAMES]
            assert found[row] == right, (view, day, category)


def test_towns_and_deadlines_are_the_district_s(fifty: System, answers: dict[str, Any]) -> None:
    found = paper(fifty, "2021-11-09")
    towns = {name: rates[0] for name, rates in found.rates("镇街").items()}
    assert towns == {
        name: Rate(its["repaired"], its["records"], its["percent"])
        for name, its in answers["by_town"].items()
    }
    rows = found.table("期限")
    for kind, words in (
        ("first_contact", "首次联系"),
        ("interview", "约谈"),
        ("commitment", "信用承诺"),
    ):
        its = answers["deadlines_at_last_date"][kind]
        on_time, late, overdue = (its.get(name, 0) for name in ("on_time", "late", "open_overdue"))
        owed = on_time + late + overdue
        right = [owed, on_time, f"{whole_percent(on_time, owed)}％", late, overdue, 0]
        assert rows[words] == [str(value) for value in right]


def test_large_towns_come_by_their_rate_and_small_ones_after_them(fifty: System) -> None:
    found = [rates[0] for rates in paper(fifty).rates("镇街").values()]
    ranked = [rate for rate in found if rate.denominator >= 10]
    assert found[: len(ranked)] == ranked and len(ranked) < len(found)
    shares = [rate.numerator / rate.denominator for rate in ranked]
    assert shares == sorted(shares, reverse=True)


def test_the_paragraph_is_written_as_the_district_writes_it(fifty: System) -> None:
    said = paper(fifty).unmarked
    assert (
        "截至2021年10月31日，列入“屡禁不止、屡罚不改”专项治理企业共49家，"
        "其中行政处罚45家、失信被执行人5家（两类名单都在的1家）。"
    ) in said
    assert (
        "行政处罚45家企业已100％全部签署信用承诺书、约谈和拍照留证；"
        "共76宗行政处罚决定，已修复42宗，修复率达55％。"
    ) in said
    assert (
        "失信被执行人5家企业，共47宗法院判决，已修复8宗，修复率达17％；未修复的39宗中："
        "企业破产19宗、企业失联12宗、无履行能力7宗、修复后被撤销1宗。"
    ) in said


def test_where_not_all_is_done_it_says_how_many_and_what(fifty: System) -> None:
    said = paper(fifty, "2021-06-30").unmarked
    assert (
        "行政处罚36家企业中，签署信用承诺书、约谈和拍照留证三项齐全的33家，占92％"
        "（签署信用承诺书33家、约谈34家、拍照留证34家）"
    ) in said


def test_what_holds_repair_down_adds_up_to_what_is_not_repaired(fifty: System) -> None:
    rows = paper(fifty).table("原因")
    every = rows.pop("合计")
    assert every == ["34", "39", "73"]
    assert [str(sum(map(int, column))) for column in zip(*rows.values(), strict=True)] == every


def test_the_records_of_the_enterprises_add_up_to_those_of_the_list(fifty: System) -> None:
    found = [table for table in paper(fifty).tables if table[0][0] == "企业"]
    for table, (records, repaired) in zip(found, ((47, 8), (76, 42)), strict=True):
        rows = [[int(cell.split("[")[0]) for cell in row[1:]] for row in table[1:]]
        assert rows.pop() == [records, repaired]
        assert [sum(column) for column in zip(*rows, strict=True)] == [records, repaired]
    judgments, penalties = found
    assert len(judgments) == 1 + 5 + 1 and len(penalties) == 1 + facts.MOST_ENTERPRISES + 1 + 1
    assert penalties[-2][0] == "其余35家"


# -- the national form ----------------------------------------------------------------------------


def test_the_national_form_counts_cases_and_says_so(fifty: System) -> None:
    rows = paper(fifty).table("项目")
    assert rows["列入名单"] == ["5件", "45件", "50件"]
    assert rows["剔除"] == ["0件", "0件", "0件"]
    assert rows["实际纳入治理"] == ["5件", "45件", "50件"]
    assert rows["企业无法联系（含尚未联系）"] == ["1件", "0件", "1件"]
    assert rows["可联系但不再经营"] == ["1件", "0件", "1件"]
    assert rows["可联系且尚在经营"] == ["3件", "45件", "48件"]
    assert rows["退出率"] == ["0％", "0％", "0％"]
    assert rows["实际纳入治理的企业"] == ["5家", "45家", "49家"]


def test_exclusions_stand_by_their_reason_as_of_the_day(office: System) -> None:
    scenarios.an_excluded_case(office, 1)
    scenarios.an_excluded_case(office, 2, "judgment")
    scenarios.a_contacted_case(office, 3)
    reason = "其中：" + say(f"choice.ExclusionReason.{ExclusionReason.BANKRUPTCY_ACCEPTED}")
    today = Paper(issue(office, "2021-07-22").content)
    rows = today.table("项目")
    assert rows["列入名单"] == ["1件", "2件", "3件"] and rows["剔除"] == ["1件", "1件", "2件"]
    by_reason = [cells for name, cells in rows.items() if name.startswith("其中")]
    assert [sum(int(cell[:-1]) for cell in column) for column in zip(*by_reason, strict=True)] == [
        1, 1, 2,
    ]  # fmt: skip
    assert rows[reason] == ["1件", "1件", "2件"]
    before = paper(office, "2021-07-21").table("项目")
    assert before["剔除"] == ["0件", "0件", "0件"] and before[reason] == ["0件", "0件", "0件"]
    assert before["实际纳入治理"] == ["1件", "2件", "3件"]


# -- marks and receipts ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mark_leads_to_the_line_of_its_number(fifty: System, language: str) -> None:
    report = issue(fifty, language=language)
    assert report.receipt is not None
    by_number = {line.number: line for line in report.receipt.lines}
    marks = Paper(report.content).marks()
    assert {mark for _, _, mark in marks} == set(by_number)
    parts = {Wanted("repair.by_record", of) for of in PARTS.values()}
    parts |= {Wanted("excluded", of) for of in PARTS.values()}
    for words, is_percent, mark in marks:
        line = by_number[mark]
        if is_percent or words == "—":
            percent = whole_percent(line.numerator, line.denominator or 0)
            assert words == ("—" if percent is None else str(percent))
        elif Wanted(line.figure, line.of) not in parts:
            assert int(words) in (line.numerator, line.denominator)
        else:
            assert int(words) <= (line.denominator or line.numerator)


def test_the_receipt_is_listed_with_all_that_proves_it(fifty: System) -> None:
    report = issue(fifty)
    receipt = report.receipt
    assert receipt is not None
    found = Paper(report.content)
    assert f"凭证号 {receipt.number}" in found.words
    assert f"casesys figure verify {receipt.number}" in found.words
    assert f"日志位置第{receipt.position}条" in found.words
    rows = found.table("行号")
    assert len(rows) == len(receipt.lines)
    for line in receipt.lines:
        name, _, value, digest = rows[str(line.number)]
        assert name == f"{line.figure} v{line.version}" and line.digest.startswith(digest)
        assert value.startswith(str(line.numerator)) and len(digest) == facts.SHORT_DIGEST
    rules = found.table("名称和版本")
    assert set(rules) == {f"{line.figure} v{line.version}" for line in receipt.lines}
    assert all(sentence for (sentence,) in rules.values())


def test_an_issued_report_stays_as_it_was_whatever_is_recorded_later(system: System) -> None:
    case = scenarios.a_performed_case(system).stream
    scenarios.give(system, "attach_record", scenarios.penalty(7), case)
    report = issue(system, "2021-07-22", by=person(system, SUPERVISOR))
    assert report.receipt is not None
    before = Paper(report.content).words
    scenarios.give(system, "attach_record", scenarios.penalty(8), case)
    scenarios.an_excluded_case(system, 2)
    again = issued_report(system, CLERK, report.receipt.number, "zh", for_page=False)
    assert Paper(again.content).words == before
    now = paper(system, "2021-07-22")
    assert now.rates("名单")["行政处罚"][0].denominator == 3
    assert now.table("项目")["剔除"][-1] == "1件"


def test_a_report_is_issued_once_for_one_press_of_the_button(system: System) -> None:
    scenarios.a_contacted_case(system)
    asked, supervisor = Question("2021-07-22"), person(system, SUPERVISOR)
    first = issue_report(system, supervisor, asked, "zh", "one-press")
    held = contents(system)
    assert issue_report(system, supervisor, asked, "zh", "one-press").number == first.number
    assert contents(system) == held


def test_a_look_gives_no_receipt_and_says_so(system: System) -> None:
    scenarios.a_contacted_case(system)
    before = contents(system)
    found = paper(system, "2021-07-22")
    assert "预览，没有凭证，不作报送" in found.words and "凭证清单" not in found.words
    assert found.marks() == [] and contents(system) == before


def test_a_receipt_of_other_figures_is_no_report(system: System) -> None:
    scenarios.a_contacted_case(system)
    other = publish(system, CLERK, Question("2021-07-22"), [Wanted("records")], "别的用途")
    with pytest.raises(ReceiptIsOfNoReport):
        issued_report(system, CLERK, other.number, "zh", for_page=True)
    with pytest.raises(FigureReceiptIsUnknown):
        issued_report(system, CLERK, "SJ-2021-9999", "zh", for_page=True)


# -- who, and of what -----------------------------------------------------------------------------


def test_an_officer_looks_and_does_not_issue(system: System) -> None:
    scenarios.a_contacted_case(system)
    before = contents(system)
    with pytest.raises(NotPermitted):
        issue_report(system, person(system, OFFICER), Question("2021-07-22"), "zh")
    assert contents(system) == before
    preview_report(system, person(system, OFFICER), Question("2021-07-22"), "zh")


def test_a_unit_sees_the_report_of_its_own_cases_which_says_so(system: System) -> None:
    scenarios.a_contacted_case(system, 1)
    scenarios.give(system, "list_enterprise", scenarios.listing(2, unit="区税务局"))
    theirs = person(system, OTHER_OFFICER)
    found = paper(system, "2021-07-22", by=theirs)
    assert "只含区市场监督管理局负责的案件" in found.words
    assert "区市场监督管理局负责的案件中，列入“屡禁不止、屡罚不改”专项治理企业共1家" in found.words
    assert found.table("项目")["列入名单"][-1] == "1件"
    whole = issue_report(system, CLERK, Question("2021-07-22"), "zh")
    with pytest.raises(FigureReceiptIsUnknown):
        issued_report(system, theirs, whole.number, "zh", for_page=True)


def test_a_look_counts_what_a_receipt_names(fifty: System) -> None:
    for day in ("2021-03-31", DAY):
        asked = Question(day)
        with fifty.database.read() as c:
            with standings(fifty, c, asked) as seen:
                wanted = list(wanted_in(stated(shape_of(seen))))
                counted = lines_among(seen, wanted)
            named = lines(fifty, c, asked, wanted)
        assert counted == [line._replace(digest="") for line in named]


# -- what cannot be said --------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_case_no_rate_is_made_up(system: System, language: str) -> None:
    found = paper(system, "2021-07-22", language=language)
    for head in ("名单", "List"):
        if any(table[0][0] == head for table in found.tables):
            for rates in found.rates(head).values():
                assert rates == [Rate(0, 0, None)] * len(NAMES)
    assert "100％" not in found.unmarked.replace("不作100％", "")
    assert "100%" not in found.unmarked.replace("never 100%", "")
    if language == "zh":
        assert (
            "行政处罚名单没有企业。" in found.words and "失信被执行人名单没有企业。" in found.words
        )
        assert "合计：没有可以作分母的对象，修复率（按宗）、" in found.words
    else:
        assert "there is nothing to divide by, so these cannot be computed" in found.words


def test_one_enterprise_without_a_record_has_a_dash_and_a_reason(system: System) -> None:
    scenarios.give(system, "list_enterprise", scenarios.listing(1, "judgment"))
    found = paper(system, "2021-07-22")
    assert "失信被执行人：没有可以作分母的对象，修复率（按宗）" in found.words


# -- the office's own template --------------------------------------------------------------------


def own_template(system: System, language: str, *lines: str) -> None:
    folder = system.settings.home / "templates"
    folder.mkdir(exist_ok=True)
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(str(folder / f"{template_name(language)}.docx"))


def test_the_office_s_own_template_is_used_for_its_language_alone(system: System) -> None:
    scenarios.a_contacted_case(system)
    own_template(system, "zh", "本区：{{ penalty.repair.n }}/{{ penalty.repair.of }}宗")
    report = issue(system, "2021-07-22")
    assert report.own_template and Paper(report.content).words == "本区：0/1宗"
    assert not issue(system, "2021-07-22", language="en").own_template


def test_a_template_that_cannot_be_filled_costs_no_receipt(system: System) -> None:
    scenarios.a_contacted_case(system)
    own_template(system, "zh", "{{ penalty.nothing }}")
    before = contents(system)
    with pytest.raises(LetterTemplateRefused) as refused:
        issue(system, "2021-07-22")
    assert refused.value.values["template"] == "work_report.zh.docx"
    assert contents(system) == before


def test_our_templates_are_written_where_the_office_has_none(tmp_path: Path) -> None:
    from casesys.letters.__main__ import write_templates

    (tmp_path / "work_report.en.docx").write_bytes(b"own")
    write_templates(tmp_path)
    assert (tmp_path / "work_report.en.docx").read_bytes() == b"own"
    assert Paper((tmp_path / "work_report.zh.docx").read_bytes()).words


# -- the guard ------------------------------------------------------------------------------------


def test_a_report_that_counted_by_itself_would_be_found(
    fifty: System, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison with the district sees a report whose lines are one off."""
    honest = facts.facts_of

    def one_more(tree: Any, drawn: Any, *rest: Any) -> Any:
        wrong = {w: ln._replace(numerator=ln.numerator + 1) for w, ln in drawn.lines.items()}
        return honest(tree, drawn._replace(lines=wrong), *rest)

    monkeypatch.setattr(work_report, "facts_of", one_more)
    found = paper(fifty).rates("名单")["行政处罚"][0]
    told = answers["as_of"][DAY]["penalty"]["repair_rate_by_zong"]
    assert found.numerator == told["numerator"] + 1
