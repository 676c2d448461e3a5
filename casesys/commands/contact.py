"""Commands that try to reach the enterprise, and conclude which branch its case takes."""

from __future__ import annotations

from casesys.command import Command
from casesys.fields import Choice, File, Sealed, Text, When
from casesys.permits import Permit
from domain.case import GovernanceCase
from domain.decisions import contact
from domain.vocabulary import Channel, ContactResult, NotOperatingBasis

HAPPENED_ZH = "实际发生的时间。补登也填当时的时间，登记时间由系统另记"
HAPPENED_EN = "When it really happened, also if you enter it late; the time of entry is kept beside"

ATTEMPT_CONTACT = Command(
    "attempt_contact",
    Permit.ADVANCE,
    contact.attempt_contact,
    {
        "channel": Choice(Channel, zh="联系方式", en="Channel"),
        "attempted_at": When(
            zh="联系时间", en="Time of the attempt", hint_zh=HAPPENED_ZH, hint_en=HAPPENED_EN
        ),
        "result": Choice(ContactResult, zh="联系结果", en="Result"),
        "contact_person": Sealed(Text(60), zh="联系人", en="Contact person", required=False),
        "phone": Sealed(Text(40), zh="联系电话", en="Telephone", required=False),
        "notes": Sealed(Text(2000), zh="联系情况", en="What was said", required=False),
        "photo": File(
            zh="现场照片",
            en="Photograph on site",
            hint_zh="上门的请附照片，作为无法联系的证据",
            hint_en="Add one to a visit: it is evidence that nobody could be reached",
            required=False,
        ),
    },
    on=GovernanceCase,
)

PROPOSE_UNREACHABLE = Command(
    "propose_unreachable",
    Permit.ADVANCE,
    contact.propose_unreachable,
    {
        "explanation": Text(
            1000,
            zh="情况说明",
            en="Explanation",
            hint_zh="试过哪些号码、地址，还问过谁",
            hint_en="Which numbers and addresses were tried, and who else was asked",
        )
    },
    on=GovernanceCase,
)

CONFIRM_UNREACHABLE = Command(
    "confirm_unreachable", Permit.APPROVE, contact.confirm_unreachable, {}, on=GovernanceCase
)

CONCLUDE_NOT_OPERATING = Command(
    "conclude_not_operating",
    Permit.ADVANCE,
    contact.conclude_not_operating,
    {
        "basis": Choice(NotOperatingBasis, zh="认定依据", en="Basis"),
        "document": Text(
            200,
            zh="依据材料",
            en="Supporting document",
            hint_zh="说明材料或核查记录的名称、编号",
            hint_en="Name and number of the statement or of the record of the visit",
        ),
    },
    on=GovernanceCase,
)

CONCLUDE_OPERATING = Command(
    "conclude_operating", Permit.ADVANCE, contact.conclude_operating, {}, on=GovernanceCase
)

COMMANDS = (
    ATTEMPT_CONTACT,
    PROPOSE_UNREACHABLE,
    CONFIRM_UNREACHABLE,
    CONCLUDE_NOT_OPERATING,
    CONCLUDE_OPERATING,
)
