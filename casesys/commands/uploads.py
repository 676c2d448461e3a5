"""The command by which a person decides what becomes of a row that an intake held."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from casesys.command import Command
from casesys.fields import Choice, Day, Money, Sealed, Text, Unit, Whole
from casesys.intake.cells import same_name, text
from casesys.intake.listed_rows import FIELDS, ListedRow, against, listed_row, put_in
from casesys.permits import Permit
from casesys.work import Work
from domain import office
from domain.events import Sealed as SealedText
from domain.identifiers import Identified, court_case_number, penalty_document_number
from domain.identifiers import uscc as credit_code
from domain.office import Enterprise, ListUpload, enterprise_id, rename_enterprise
from domain.refusals import (
    CreditCodeIsInvalid,
    RowDecidedAfterListing,
    RowNeedsAmount,
    RowNeedsExplanation,
    RowNeedsName,
    UploadIsUnknown,
)
from domain.vocabulary import Category, NameChoice, RowDecision

TYPED_AS_NAMES = ("name", "town", "authority", "unit")


def settle_row(
    work: Work,
    *,
    upload: str,
    sheet: str,
    row: int,
    decision: RowDecision,
    name: str | None = None,
    uscc: str | None = None,
    which_name: NameChoice | None = None,
    town: str | None = None,
    category: Category | None = None,
    number: str | None = None,
    authority: str | None = None,
    decided_on: str | None = None,
    amount_fen: int | None = None,
    listed_on: str | None = None,
    unit: str | None = None,
    remark: SealedText | None = None,
    explanation: str | None = None,
) -> UUID:
    """Put the row in as it was typed, but for what is corrected, or set it aside."""
    stream = _upload(work, upload)
    held = office.held_row(stream, sheet=sheet, row=row)
    values, case = None, None
    if decision == RowDecision.ACCEPT:
        corrected = {
            "name": name,
            "uscc": uscc,
            "town": town,
            "category": category,
            "number": number,
            "authority": authority,
            "decided_on": decided_on,
            "amount_fen": amount_fen,
            "listed_on": listed_on,
            "unit": unit,
        }
        listed = _as_corrected(work, held, corrected, remark or _remark(work, stream, held))
        listed = _under_one_name(work, listed, which_name)
        if explanation is None and _doubtful(work, listed):
            raise RowNeedsExplanation(sheet=sheet, row=row)
        for refused in against(work, listed):
            raise refused
        case = put_in(work, listed).state.number
        values = listed.facts
    office.settle_row(
        stream,
        work.desk,
        sheet=sheet,
        row=row,
        decision=decision,
        values=values,
        case=case,
        explanation=explanation,
    )
    return stream.id


def _upload(work: Work, upload: str) -> ListUpload:
    try:
        found = work.load(ListUpload, UUID(upload))
    except (ValueError, TypeError):  # no id, or a stream of another kind
        found = None
    if found is None:
        raise UploadIsUnknown()
    return found


def _remark(work: Work, stream: ListUpload, held: ListUpload.RowHeld) -> str | None:
    """What was typed beside the row, unsealed only to be sealed again in the file of the case."""
    version = held.originator_version
    entry = next(e for e in work.loaded[stream.id].entries if e.version == version)
    return work.log.clear(work.c, entry, "remark")


def _as_corrected(
    work: Work, held: ListUpload.RowHeld, corrected: dict[str, Any], remark: str | None
) -> ListedRow:
    """Left out means as typed; what is given is cleaned like a cell of a list."""
    given = {name: value for name, value in corrected.items() if value is not None}
    for name in TYPED_AS_NAMES:
        if name in given:
            given[name] = text(given[name], name)
    unsure = any(problem["field"] == "amount" for problem in held.problems)
    if unsure and "amount_fen" not in given:
        raise RowNeedsAmount()
    values = {name: held.values[name] for name in FIELDS} | given
    code = credit_code(values["uscc"])
    if code.verdict == "invalid" or code.normal is None:
        raise CreditCodeIsInvalid(uscc=values["uscc"])
    values["uscc"] = code.normal
    number = _number(work, values)
    values["number"] = number.normal or number.key
    if values["decided_on"] > values["listed_on"]:
        raise RowDecidedAfterListing(decided_on=values["decided_on"], listed_on=values["listed_on"])
    return listed_row(held.values["campaign"], values, remark=remark)


def _number(work: Work, values: dict[str, Any]) -> Identified:
    if values["category"] == Category.JUDGMENT:
        return court_case_number(values["number"], this_year=int(work.desk.today[:4]))
    return penalty_document_number(values["number"])


def _under_one_name(work: Work, row: ListedRow, which: NameChoice | None) -> ListedRow:
    """A known code under another name: a person says whether the enterprise was renamed."""
    enterprise = work.load(Enterprise, enterprise_id(row.uscc))
    if enterprise is None or same_name(enterprise.name, row.name):
        return row
    if which is None:
        raise RowNeedsName(uscc=row.uscc, known=enterprise.name, name=row.name)
    if which == NameChoice.RENAMED:
        rename_enterprise(enterprise, work.desk, name=row.name)
        return row
    return listed_row(row.campaign, row.facts | {"name": enterprise.name}, remark=row.remark)


def _doubtful(work: Work, row: ListedRow) -> bool:
    """A code or number that only looks wrong may be right: whoever says so says why."""
    court = court_case_number(row.number, this_year=int(work.desk.today[:4]))
    return (
        credit_code(row.uscc).verdict == "ask"
        or _number(work, row.facts).verdict == "ask"
        or (row.category == Category.PENALTY and court.verdict == "valid")
    )


SETTLE_ROW = Command(
    "settle_row",
    Permit.INTAKE,
    settle_row,
    {
        "upload": Text(36, zh="导入", en="Upload"),
        "sheet": Text(120, zh="工作表", en="Sheet"),
        "row": Whole(zh="行", en="Row"),
        "decision": Choice(RowDecision, zh="怎么办", en="Decision"),
        "name": Text(200, zh="企业名称", en="Name of the enterprise", required=False),
        "uscc": Text(30, zh="统一社会信用代码", en="Unified social credit code", required=False),
        "which_name": Choice(
            NameChoice,
            zh="用哪个名称",
            en="Which name stands",
            hint_zh="代码已登记为另一名称时选",
            hint_en="Where the code is registered under another name",
            required=False,
        ),
        "town": Text(60, zh="镇街", en="Town", required=False),
        "category": Choice(Category, zh="失信类型", en="Category", required=False),
        "number": Text(120, zh="文书号", en="Document number", required=False),
        "authority": Text(200, zh="作出机关", en="Authority", required=False),
        "decided_on": Day(zh="决定日期", en="Day of the decision", required=False),
        "amount_fen": Money(zh="金额（元）", en="Amount (CNY)", required=False),
        "listed_on": Day(zh="列入日期", en="Day of listing", required=False),
        "unit": Unit(zh="责任单位", en="Responsible unit", required=False),
        "remark": Sealed(
            Text(4000),
            zh="备注",
            en="Remark",
            hint_zh="不填就照名单原文",
            hint_en="Left empty, it stays as in the list",
            required=False,
        ),
        "explanation": Text(
            400,
            zh="说明",
            en="Explanation",
            hint_zh="代码或文书号看着不对仍要收下的，写明怎么核实的",
            hint_en="Where a code or number looks wrong and is right, say how it was checked",
            required=False,
        ),
    },
)

COMMANDS = (SETTLE_ROW,)
