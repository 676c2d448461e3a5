"""Commands on one record's way to its repair; the office records what others decided."""

from __future__ import annotations

from casesys.command import Command
from casesys.commands.contact import HAPPENED_EN, HAPPENED_ZH
from casesys.fields import Choice, Money, RecordOf, Spec, Text, When
from casesys.permits import Permit
from domain.case import GovernanceCase
from domain.decisions import repair
from domain.vocabulary import Performance, RemovalGround, RepairResult


def _record() -> Spec:
    return RecordOf(zh="哪一宗", en="Which record")


def _document(hint_zh: str, hint_en: str) -> Spec:
    return Text(200, zh="依据文书", en="Supporting document", hint_zh=hint_zh, hint_en=hint_en)


APPLY_REPAIR = Command(
    "apply_repair",
    Permit.ADVANCE,
    repair.apply_repair,
    {
        "record": _record(),
        "proof": Text(
            200,
            zh="履行完毕的证明",
            en="Proof of performance",
            hint_zh="罚款收据、整改证明等的名称和编号",
            hint_en="Name and number of the receipt or of the proof of correction",
        ),
    },
    on=GovernanceCase,
)

RETURN_REPAIR = Command(
    "return_repair",
    Permit.ADVANCE,
    repair.return_repair,
    {
        "record": _record(),
        "missing": Text(
            1000,
            zh="需要补正的材料",
            en="What is missing",
            hint_zh="一次写清，企业照此补正",
            hint_en="Name all of it at once: the enterprise works from this list",
        ),
    },
    on=GovernanceCase,
)

RECORD_REPAIR_RESULT = Command(
    "record_repair_result",
    Permit.ADVANCE,
    repair.record_repair_result,
    {
        "record": _record(),
        "result": Choice(RepairResult, zh="修复结果", en="Result"),
        "decided_by": Text(
            120,
            zh="认定单位",
            en="Decided by",
            hint_zh="谁认定、谁修复；本办只登记结果",
            hint_en="Who found the misconduct decides its repair; this office records the result",
        ),
        "decided_at": When(
            zh="决定时间", en="Time of the decision", hint_zh=HAPPENED_ZH, hint_en=HAPPENED_EN
        ),
        "document": _document("信用修复决定书的文号", "Number of the decision on the repair"),
    },
    on=GovernanceCase,
)

REVOKE_REPAIR = Command(
    "revoke_repair",
    Permit.ADVANCE,
    repair.revoke_repair,
    {
        "record": _record(),
        "revoked_at": When(
            zh="撤销时间", en="Time of the revocation", hint_zh=HAPPENED_ZH, hint_en=HAPPENED_EN
        ),
        "document": _document("撤销决定的文号", "Number of the decision to revoke"),
        "explanation": Text(1000, zh="撤销理由", en="Reason"),
    },
    on=GovernanceCase,
)

RECORD_PERFORMANCE = Command(
    "record_performance",
    Permit.ADVANCE,
    repair.record_performance,
    {
        "record": _record(),
        "performance": Choice(Performance, zh="履行情况", en="Performance"),
        "performed_at": When(
            zh="履行时间", en="Time of performance", hint_zh=HAPPENED_ZH, hint_en=HAPPENED_EN
        ),
        "amount_fen": Money(zh="履行金额（元）", en="Amount performed (CNY)", required=False),
        "document": _document("收据、结案通知书等的编号", "Number of the receipt or court notice"),
    },
    on=GovernanceCase,
)

PROPOSE_COURT_REMOVAL = Command(
    "propose_court_removal",
    Permit.ADVANCE,
    repair.propose_court_removal,
    {
        "record": _record(),
        "ground": Choice(
            RemovalGround,
            zh="移出情形",
            en="Ground of the removal",
            hint_zh="照法院文书选；没有履行的情形不算修复",
            hint_en="As the court's document says; grounds without performance are no repair",
        ),
        "document": _document("法院决定书的文号", "Number of the court's decision"),
    },
    on=GovernanceCase,
)

CONFIRM_COURT_REMOVAL = Command(
    "confirm_court_removal",
    Permit.APPROVE,
    repair.confirm_court_removal,
    {"record": _record()},
    on=GovernanceCase,
)

COMMANDS = (
    APPLY_REPAIR,
    RETURN_REPAIR,
    RECORD_REPAIR_RESULT,
    REVOKE_REPAIR,
    RECORD_PERFORMANCE,
    PROPOSE_COURT_REMOVAL,
    CONFIRM_COURT_REMOVAL,
)
