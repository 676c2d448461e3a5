"""Commands on objections, notes and voids, and on how a case ends and is taken up again."""

from __future__ import annotations

from casesys.command import Command
from casesys.fields import Act, Choice, ObjectionOf, RecordOf, Sealed, Text
from casesys.permits import Permit
from domain.case import GovernanceCase
from domain.decisions import closing
from domain.vocabulary import (
    CloseReason,
    ObjectionAnswer,
    ObjectionGround,
    Proposal,
    ReopenReason,
)

RAISE_OBJECTION = Command(
    "raise_objection",
    Permit.ADVANCE,
    closing.raise_objection,
    {
        "ground": Choice(ObjectionGround, zh="异议理由", en="Ground of the objection"),
        "record": RecordOf(
            zh="针对哪一宗",
            en="Against which record",
            hint_zh="对列入本身有异议的不填",
            hint_en="Leave empty where the listing itself is objected to",
            required=False,
        ),
        "statement": Sealed(Text(4000), zh="申诉内容", en="Statement"),
    },
    on=GovernanceCase,
)

ANSWER_OBJECTION = Command(
    "answer_objection",
    Permit.ADVANCE,
    closing.answer_objection,
    {
        "objection": ObjectionOf(zh="哪一件异议", en="Which objection"),
        "answer": Choice(ObjectionAnswer, zh="答复", en="Answer"),
        "explanation": Text(2000, zh="核查情况和理由", en="Findings and reasons"),
    },
    on=GovernanceCase,
)

ADD_NOTE = Command(
    "add_note",
    Permit.ADVANCE,
    closing.add_note,
    {"note": Sealed(Text(4000), zh="备注", en="Note")},
    on=GovernanceCase,
)

REVEAL_PERSONAL_DATA = Command(
    "reveal_personal_data",
    Permit.REVEAL,
    closing.reveal_personal_data,
    {
        "target": Act(zh="查看哪一条登记", en="Which entry to open"),
        "explanation": Text(
            400,
            zh="查看理由",
            en="Reason",
            hint_zh="谁在何时为何查看，会记入案卷",
            hint_en="Who looked, when and why becomes part of the file",
        ),
    },
    on=GovernanceCase,
)

VOID_ENTRY = Command(
    "void_entry",
    Permit.ADVANCE,
    closing.void_entry,
    {
        "target": Act(zh="作废哪一条登记", en="Which entry to void"),
        "explanation": Text(
            400,
            zh="作废理由",
            en="Reason",
            hint_zh="原登记仍可查，只是不再计入",
            hint_en="The entry stays readable; it only counts no more",
        ),
    },
    on=GovernanceCase,
)

PROPOSE_EXIT = Command(
    "propose_exit",
    Permit.ADVANCE,
    closing.propose_exit,
    {"explanation": Text(1000, zh="情况说明", en="Explanation", required=False)},
    on=GovernanceCase,
)

CONFIRM_EXIT = Command("confirm_exit", Permit.APPROVE, closing.confirm_exit, {}, on=GovernanceCase)

SEND_BACK = Command(
    "send_back",
    Permit.APPROVE,
    closing.send_back,
    {
        "proposal": Choice(Proposal, zh="退回哪一项提请", en="Which proposal"),
        "record": RecordOf(
            zh="哪一宗",
            en="Which record",
            hint_zh="只用于法院移出",
            hint_en="Only for a removal by the court",
            required=False,
        ),
        "explanation": Text(1000, zh="退回理由", en="Reason"),
    },
    on=GovernanceCase,
)

CLOSE_CASE = Command(
    "close_case",
    Permit.ADVANCE,
    closing.close_case,
    {"ground": Choice(CloseReason, zh="结案理由", en="Ground of closing")},
    on=GovernanceCase,
)

REOPEN_CASE = Command(
    "reopen_case",
    Permit.ADVANCE,
    closing.reopen_case,
    {
        "ground": Choice(ReopenReason, zh="重启理由", en="Ground of reopening"),
        "explanation": Text(1000, zh="情况说明", en="Explanation"),
    },
    on=GovernanceCase,
)

COMMANDS = (
    RAISE_OBJECTION,
    ANSWER_OBJECTION,
    ADD_NOTE,
    REVEAL_PERSONAL_DATA,
    VOID_ENTRY,
    PROPOSE_EXIT,
    CONFIRM_EXIT,
    SEND_BACK,
    CLOSE_CASE,
    REOPEN_CASE,
)
