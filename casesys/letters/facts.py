"""What a letter says of its case: plain Chinese texts under the names that templates use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from casesys.cases.view import CaseView, RecordView
from casesys.command import FieldsRefused
from casesys.letters.kinds import Letter, LetterKind
from casesys.settings import Settings
from casesys.words import day_words, large_money, say
from domain.instants import SHANGHAI, moment
from domain.record_state import RecordState
from domain.rulesets import RuleSet, ruleset_on
from domain.vocabulary import Category, InterviewKind, Performance, PublicityClass, RemovalGround

BLANK = "________________"
"""What nobody typed or recorded is written by hand."""
BLANK_DAY = "______年____月____日"
BLANK_TIME = f"{BLANK_DAY}____时____分"
TICKED, BOX = "☑", "□"

COURT_RULES = "《最高人民法院关于公布失信被执行人名单信息的若干规定》"


def facts_of(
    letter: Letter, view: CaseView, typed: Mapping[str, Any], settings: Settings
) -> dict[str, Any]:
    """Every name that a template of this letter may use.

    :raises FieldsRefused: what was typed does not fit this case or this day
    """
    state = view.state
    facts: dict[str, Any] = {
        "title": letter.title,
        "enterprise": view.name,
        "uscc": view.uscc,
        "case_number": view.number,
        "campaign": state.campaign,
        "category": say(f"choice.Category.{state.category}", "zh"),
        "listed_on": day_words(state.listed_on, "zh") if state.listed_on else BLANK_DAY,
        "unit": state.unit or BLANK,
        "officer": view.officer or BLANK,
        "issuer": settings.office or settings.office_unit,
        "today": day_words(view.today, "zh"),
        "records": [_record(n, found) for n, found in enumerate(view.records, 1)],
    }
    if letter.kind is LetterKind.INTERVIEW_NOTICE:
        facts |= _of_notice(view, typed)
    elif letter.kind is LetterKind.COMMITMENT:
        facts |= _of_commitment(view, typed)
    else:
        facts |= _of_checklist(view, typed)
    shown = {row["record"] for row in facts["records"]}
    amount = sum(r.amount_fen for name, r in state.records.items() if name in shown)
    return {**facts, "record_count": str(len(shown)), "amount_total": large_money(amount, "zh")}


def _record(n: int, found: RecordView) -> dict[str, Any]:
    record = found.record
    return {
        "no": str(n),
        "record": record.record,
        "number": record.number,
        "authority": record.authority,
        "decided_on": record.decided_on or BLANK,
        "amount": large_money(record.amount_fen, "zh"),
        "repair": _repair_words(record),
    }


def _repair_words(record: RecordState) -> str:
    return "未申请" if record.repair == "none" else say(f"case.repair.{record.repair}", "zh")


def _of_notice(view: CaseView, typed: Mapping[str, Any]) -> dict[str, Any]:
    held_at = typed["held_at"]
    if held_at is not None and held_at <= view.now:
        raise FieldsRefused({"held_at": "letters.held_at_has_passed"})
    kind = typed["kind"]
    both = "（{}提示约谈　{}警示约谈）".format(*(BOX for _ in InterviewKind))
    return {
        "notice_number": typed["notice_number"] or BLANK,
        "interview_kind": say(f"choice.InterviewKind.{kind}", "zh") if kind else f"约谈{both}",
        "held_at": _local_words(held_at) if held_at else BLANK_TIME,
        "place": typed["place"] or BLANK,
        "contact": typed["contact"] or BLANK,
        "basis": typed["basis"] or BLANK,
        "interviewers": str(ruleset_on(view.today).interviews.officers),
    }


def _local_words(at: str) -> str:
    local = moment(at).astimezone(SHANGHAI)
    return f"{day_words(local.date(), 'zh')}{local:%H}时{local:%M}分"


def _of_commitment(view: CaseView, typed: Mapping[str, Any]) -> dict[str, Any]:
    chosen, by = typed["record"], typed["perform_by"]
    if by is not None and by < view.today:
        raise FieldsRefused({"perform_by": "letters.perform_by_has_passed"})
    facts: dict[str, Any] = {
        "for_repair": chosen is not None,
        "perform_by": day_words(by, "zh") if by else BLANK_DAY,
    }
    if chosen is None:
        return facts
    if chosen not in view.state.records:
        raise FieldsRefused({"record": "field.not_a_choice"})
    only = [found for found in view.records if found.record.record == chosen]
    return facts | {"title": "信用修复承诺书", "records": [_record(1, found) for found in only]}


def _of_checklist(view: CaseView, typed: Mapping[str, Any]) -> dict[str, Any]:
    rules = ruleset_on(view.today)
    by_court = view.state.category == Category.JUDGMENT
    return {
        "contact": typed["contact"] or BLANK,
        "rules": COURT_RULES if by_court else rules.instrument,
        "records": [
            _record(n, found) | _repair(found, rules, by_court)
            for n, found in enumerate(view.records, 1)
        ],
    }


def _repair(found: RecordView, rules: RuleSet, by_court: bool) -> dict[str, Any]:
    record = found.record
    named = PublicityClass(record.publicity_class) if record.publicity_class else None
    grade = named or PublicityClass.GENERAL
    words = rules.publicity[grade].zh
    barred = not by_court and not rules.publicity[grade].repairable
    needs = () if record.settled or barred else _needed(record, rules, grade, by_court)
    return {
        "grade": "不适用" if by_court else words if named else f"没有登记，按“{words}”测算",
        "opens": _opens(found, rules, grade, by_court),
        "documents": list(needs),
        "handed": _handed(record, by_court) if needs else "不需要提交",
    }


def _opens(found: RecordView, rules: RuleSet, grade: PublicityClass, by_court: bool) -> str:
    if found.record.settled:
        return f"{_repair_words(found.record)}，不需要再申请"
    if by_court:
        return "由执行法院依法决定，不按公示期计算"
    if not rules.publicity[grade].repairable:
        return "按登记的类别，不予修复"
    if found.opens_on is None:
        return BLANK_DAY
    day = day_words(found.opens_on, "zh")
    if found.record.repair == "applied":
        return f"{day}（已申请，等待认定单位决定）"
    return f"{day}（{'公示期已满，材料齐备即可申请' if found.is_open else '公示期还没有满'}）"


def _needed(
    record: RecordState, rules: RuleSet, grade: PublicityClass, by_court: bool
) -> Iterator[dict[str, str]]:
    """Papers to bring, and which the books already know of."""
    performed = record.performance == Performance.FULLY
    if by_court:
        for removal in rules.removals.values():
            if removal.counts_as_performance:
                known = performed and removal.ground is RemovalGround.PERFORMED
                yield _paper(f"{removal.zh}的证明（三种情形具备其一）", known)
        return
    present = {"commitment": record.has_commitment, "proof_of_performance": performed}
    for paper in rules.documents:
        if grade in paper.classes:
            yield _paper(paper.zh, present.get(paper.code))
    yield _paper("信用修复申请", record.repair == "applied")


def _paper(words: str, present: bool | None) -> dict[str, str]:
    """``None``: the books do not keep this paper, whoever brings it ticks it."""
    remark = "请自行核对" if present is None else "已登记" if present else "缺少"
    return {"box": TICKED if present else BOX, "words": words, "remark": remark}


def _handed(record: RecordState, by_court: bool) -> str:
    authority = record.authority or BLANK
    if by_court:
        return f"{BOX}执行法院：{authority}"
    ways = ("“信用中国”网站", f"认定单位：{authority}", "本办窗口代收转送")
    return "　".join(f"{BOX}{way}" for way in ways)
