"""Commands of governance itself: notice, interview, evidence, commitment, supervision."""

from __future__ import annotations

from casesys.command import Command
from casesys.commands.contact import HAPPENED_EN, HAPPENED_ZH
from casesys.fields import (
    Act,
    Choice,
    Day,
    File,
    Officer,
    RecordOf,
    Sealed,
    Several,
    Text,
    Unit,
    When,
    Yes,
)
from casesys.permits import Permit
from domain.case import GovernanceCase
from domain.decisions import governance
from domain.vocabulary import (
    Channel,
    CommitmentType,
    DeadlineKind,
    Impediment,
    InterviewKind,
)

SERVE_INTERVIEW_NOTICE = Command(
    "serve_interview_notice",
    Permit.ADVANCE,
    governance.serve_interview_notice,
    {
        "served_at": When(
            zh="送达时间", en="Time of service", hint_zh=HAPPENED_ZH, hint_en=HAPPENED_EN
        ),
        "served_by": Choice(Channel, zh="送达方式", en="Way of service"),
        "notice_number": Text(80, zh="通知书编号", en="Number of the notice", required=False),
        "received_by": Sealed(Text(60), zh="签收人", en="Received by", required=False),
    },
    on=GovernanceCase,
)

HOLD_INTERVIEW = Command(
    "hold_interview",
    Permit.ADVANCE,
    governance.hold_interview,
    {
        "kind": Choice(InterviewKind, zh="约谈种类", en="Kind of interview"),
        "held_at": When(
            zh="约谈时间",
            en="Time of the interview",
            hint_zh=HAPPENED_ZH,
            hint_en=HAPPENED_EN,
            headers=("约谈日期",),
        ),
        "place": Text(
            120,
            zh="地点",
            en="Place",
            hint_zh="线上约谈填“线上”和平台名称",
            hint_en="For an interview online, say so and name the platform",
        ),
        "officers": Several(
            Officer(),
            at_least=2,
            zh="约谈人员",
            en="Interviewers",
            hint_zh="至少两名工作人员，填工号，用逗号、空格或换行隔开",
            hint_en="At least two of staff, by work number, parted by commas, spaces or lines",
        ),
        "attendee": Sealed(Text(60), zh="企业到场人", en="Who came for the enterprise"),
        "attendee_capacity": Text(
            60,
            zh="到场人的身份",
            en="In which capacity",
            hint_zh="法定代表人，或有授权委托书的代理人",
            hint_en="Legal representative, or agent with a power of attorney",
        ),
        "minutes": Sealed(
            Text(4000),
            zh="约谈记录",
            en="Minutes",
            hint_zh="告知的事实和后果、企业的陈述、要求与期限",
            hint_en="Facts and consequences told, what the enterprise said, what is asked by when",
        ),
    },
    on=GovernanceCase,
)

ADD_PHOTO = Command(
    "add_photo",
    Permit.ADVANCE,
    governance.add_photo,
    {
        "sha256": File(zh="照片", en="Photograph"),
        "taken_at": When(zh="拍摄时间", en="Taken at", hint_zh=HAPPENED_ZH, hint_en=HAPPENED_EN),
        "taken_by": Officer(zh="拍摄人", en="Taken by", required=False),
        "linked_act": Act(
            zh="属于哪一次登记",
            en="Which act it shows",
            hint_zh="如某次约谈、某次上门",
            hint_en="For example an interview or a visit",
            required=False,
        ),
        "caption": Text(200, zh="照片说明", en="Caption", required=False),
        "taken_where": Sealed(Text(120), zh="拍摄地点", en="Where it was taken", required=False),
    },
    on=GovernanceCase,
)

SIGN_COMMITMENT = Command(
    "sign_commitment",
    Permit.ADVANCE,
    governance.sign_commitment,
    {
        "kind": Choice(CommitmentType, zh="承诺类型", en="Kind of commitment"),
        "record": RecordOf(
            zh="为哪一宗承诺",
            en="For which record",
            hint_zh="信用修复型承诺一宗一份；其他类型不填",
            hint_en="A commitment for repair is signed one a record; leave empty for other kinds",
            required=False,
        ),
        "signed_at": When(
            zh="签署时间", en="Time of signing", hint_zh=HAPPENED_ZH, hint_en=HAPPENED_EN
        ),
        "signatory": Sealed(Text(60), zh="签署人", en="Signatory"),
        "capacity": Text(
            60,
            zh="签署人的身份",
            en="In which capacity",
            hint_zh="法定代表人，或有授权委托书的代理人",
            hint_en="Legal representative, or agent with a power of attorney",
        ),
        "sealed_by_enterprise": Yes(
            zh="加盖了企业公章", en="Bears the seal of the enterprise", required=False
        ),
        "sha256": File(zh="信用承诺书", en="The signed commitment"),
    },
    on=GovernanceCase,
)

START_KEY_SUPERVISION = Command(
    "start_key_supervision",
    Permit.ADVANCE,
    governance.start_key_supervision,
    {
        "unit": Unit(zh="监管单位", en="Supervising unit"),
        "measure": Text(
            400,
            zh="监管措施",
            en="Measure",
            hint_zh="如提高抽查频次、列入重点检查",
            hint_en="For example more frequent checks",
        ),
        "review_on": Day(zh="复查日期", en="Review on", required=False),
    },
    on=GovernanceCase,
)

FIND_IMPEDIMENT = Command(
    "find_impediment",
    Permit.ADVANCE,
    governance.find_impediment,
    {
        "impediment": Choice(Impediment, zh="障碍", en="Impediment"),
        "document": Text(
            200,
            zh="依据文书",
            en="Supporting document",
            hint_zh="裁定书号，或查询、核查记录的名称",
            hint_en="Number of the ruling, or name of the record of the check",
        ),
    },
    on=GovernanceCase,
)

CLEAR_IMPEDIMENT = Command(
    "clear_impediment",
    Permit.ADVANCE,
    governance.clear_impediment,
    {
        "impediment": Choice(Impediment, zh="障碍", en="Impediment"),
        "explanation": Text(1000, zh="解除说明", en="Why it no longer holds"),
    },
    on=GovernanceCase,
)

EXTEND_DEADLINE = Command(
    "extend_deadline",
    Permit.ADVANCE,
    governance.extend_deadline,
    {
        "deadline": Choice(DeadlineKind, zh="期限", en="Deadline"),
        "due_on": Day(zh="延长到", en="New due day"),
        "explanation": Text(1000, zh="延期理由", en="Reason"),
    },
    on=GovernanceCase,
)

COMMANDS = (
    SERVE_INTERVIEW_NOTICE,
    HOLD_INTERVIEW,
    ADD_PHOTO,
    SIGN_COMMITMENT,
    START_KEY_SUPERVISION,
    FIND_IMPEDIMENT,
    CLEAR_IMPEDIMENT,
    EXTEND_DEADLINE,
)
