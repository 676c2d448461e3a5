"""Commands that take a case from its listing to the branch its governance takes."""

from __future__ import annotations

from casesys.command import Command
from casesys.fields import Choice, Day, Sealed, Text, Unit, When
from casesys.permits import Permit
from casesys.work import Work
from domain.case import GovernanceCase
from domain.decisions import contact, listing
from domain.events import Sealed as SealedText
from domain.office import Enterprise, begin, enterprise_id
from domain.refusals import CreditCodeIsInvalid
from domain.identifiers import uscc as credit_code
from domain.vocabulary import Category, Channel, ContactResult
from uuid import UUID


def list_enterprise(
    work: Work,
    *,
    campaign: str,
    uscc: str,
    name: str,
    town: str,
    category: Category,
    listed_on: str,
    unit: str,
    source: str | None = None,
) -> UUID:
    code = credit_code(uscc)
    if code.verdict == "invalid" or code.normal is None:
        raise CreditCodeIsInvalid(uscc=uscc)
    if work.load(Enterprise, enterprise_id(code.normal)) is None:
        work.begin(
            begin(
                Enterprise,
                Enterprise.EnterpriseRegistered,
                enterprise_id(code.normal),
                work.desk,
                uscc=code.normal,
                name=name,
                town=town,
                former_name=None,
                kind=None,
                industry=None,
                established_on=None,
                status=None,
                reference=None,
            )
        )
    case = work.case(campaign, code.normal, category)
    listing.list_subject(
        case, work.desk, listed_on=listed_on, town=town, unit=unit, source=source
    )
    return case.id


LIST_ENTERPRISE = Command(
    "list_enterprise",
    Permit.INTAKE,
    list_enterprise,
    {
        "campaign": Text(40, zh="专项治理批次", en="Campaign"),
        "uscc": Text(30, zh="统一社会信用代码", en="Credit code"),
        "name": Text(120, zh="企业名称", en="Name"),
        "town": Text(40, zh="镇街", en="Town"),
        "category": Choice(Category, zh="失信类型", en="Category"),
        "listed_on": Day(zh="列入日期", en="Listed on"),
        "unit": Unit(zh="责任单位", en="Responsible unit"),
        "source": Text(200, zh="来源", en="Source", required=False),
    },
)

ATTEMPT_CONTACT = Command(
    "attempt_contact",
    Permit.ADVANCE,
    contact.attempt_contact,
    {
        "attempted_at": When(zh="联系时间", en="Attempted at"),
        "result": Choice(ContactResult, zh="联系结果", en="Result"),
        "channel": Choice(Channel, zh="联系方式", en="Channel"),
        "contact_person": Sealed(Text(60), zh="联系人", en="Contact person", required=False),
        "phone": Sealed(Text(40), zh="电话", en="Phone", required=False),
        "notes": Sealed(Text(2000), zh="通话记录", en="Notes", required=False),
        "photo": Text(64, zh="照片", en="Photo", required=False),
    },
    on=GovernanceCase,
)

COMMANDS = (LIST_ENTERPRISE, ATTEMPT_CONTACT)
