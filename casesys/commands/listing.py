"""Commands that put an enterprise on the list, give its case to someone, and take it off."""

from __future__ import annotations

from uuid import UUID

from casesys.command import Command
from casesys.commands.office import known_campaign, known_enterprise
from casesys.fields import CampaignNumber, Choice, Day, Money, Officer, Text, Unit
from casesys.permits import Permit
from casesys.work import Work
from domain.case import GovernanceCase
from domain.decisions import handling, listing
from domain.vocabulary import Category, DebtorGround, ExclusionReason, PublicityClass


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
    """One act at the counter: the enterprise and the campaign are begun when first named."""
    enterprise = known_enterprise(work, uscc=uscc, name=name, town=town)
    known_campaign(work, campaign)
    case = work.case(campaign, enterprise.uscc, category)
    listing.list_subject(case, work.desk, listed_on=listed_on, town=town, unit=unit, source=source)
    return case.id


LIST_ENTERPRISE = Command(
    "list_enterprise",
    Permit.INTAKE,
    list_enterprise,
    {
        "campaign": CampaignNumber(
            zh="专项治理批次",
            en="Campaign",
            hint_zh="上级名单的批次号，如 2021-01",
            hint_en="The batch number of the list, such as 2021-01",
        ),
        "uscc": Text(
            30,
            zh="统一社会信用代码",
            en="Unified social credit code",
            hint_zh="18 位，照营业执照填",
            hint_en="18 characters, as on the business licence",
        ),
        "name": Text(120, zh="企业名称", en="Name of the enterprise"),
        "category": Choice(Category, zh="失信类型", en="Category"),
        "town": Text(40, zh="镇街", en="Town"),
        "unit": Unit(zh="责任单位", en="Responsible unit"),
        "listed_on": Day(zh="列入日期", en="Day of listing"),
        "source": Text(
            200,
            zh="名单来源",
            en="Source of the list",
            hint_zh="来文名称和文号",
            hint_en="Name and number of the letter that brought the list",
            required=False,
        ),
    },
)

ATTACH_RECORD = Command(
    "attach_record",
    Permit.ADVANCE,
    listing.attach_record,
    {
        "number": Text(
            120,
            zh="文书号",
            en="Document number",
            hint_zh="行政处罚决定书文号，或执行案号，照文书填",
            hint_en="Number of the penalty decision or of the enforcement case, as written on it",
        ),
        "authority": Text(120, zh="作出机关", en="Authority"),
        "decided_on": Day(zh="决定日期", en="Day of the decision"),
        "amount_fen": Money(
            zh="金额（元）",
            en="Amount (CNY)",
            hint_zh="没有金额的填 0",
            hint_en="Give 0 where there is no amount",
        ),
        "publicity_class": Choice(
            PublicityClass,
            zh="失信程度",
            en="Publicity class",
            hint_zh="只用于行政处罚；不填按一般失信算公示期",
            hint_en="For penalties only; left empty, the period of a general one applies",
            required=False,
        ),
        "debtor_ground": Choice(
            DebtorGround,
            zh="列入失信被执行人的情形",
            en="Ground of the court's listing",
            hint_zh="只用于法院判决",
            hint_en="For court judgments only",
            required=False,
        ),
        "published_on": Day(zh="公布日期", en="Day of publication", required=False),
    },
    on=GovernanceCase,
)

ASSIGN_CASE = Command(
    "assign_case",
    Permit.ADVANCE,
    listing.assign_case,
    {
        "unit": Unit(zh="责任单位", en="Responsible unit"),
        "officer": Officer(
            zh="经办人",
            en="Case officer",
            hint_zh="由责任单位自己安排的可不填",
            hint_en="Leave empty where the unit decides itself",
            required=False,
        ),
    },
    on=GovernanceCase,
)

CLAIM_CASE = Command("claim_case", Permit.ADVANCE, handling.claim_case, {}, on=GovernanceCase)

RELEASE_CASE = Command(
    "release_case",
    Permit.ADVANCE,
    handling.release_case,
    {
        "explanation": Text(
            1000,
            zh="退回理由",
            en="Why you give it back",
            hint_zh="下一位经办要知道的也写在这里",
            hint_en="Also what the next officer should know",
        )
    },
    on=GovernanceCase,
)

TRANSFER_CASE = Command(
    "transfer_case",
    Permit.ADVANCE,
    handling.transfer_case,
    {
        "officer": Officer(
            zh="转给",
            en="Pass to",
            hint_zh="责任单位不变；要换单位的，用“交办案件”",
            hint_en="The unit stays responsible; to change it, assign the case",
        ),
        "explanation": Text(1000, zh="转办理由", en="Why it is passed on"),
    },
    on=GovernanceCase,
)

PROPOSE_EXCLUSION = Command(
    "propose_exclusion",
    Permit.ADVANCE,
    listing.propose_exclusion,
    {
        "ground": Choice(ExclusionReason, zh="剔除理由", en="Ground of exclusion"),
        "document": Text(
            200,
            zh="依据文书",
            en="Supporting document",
            hint_zh="裁定书号、异常名录或登记状态的查询记录",
            hint_en="Number of the ruling, or the registry's entry that shows it",
        ),
    },
    on=GovernanceCase,
)

CONFIRM_EXCLUSION = Command(
    "confirm_exclusion", Permit.APPROVE, listing.confirm_exclusion, {}, on=GovernanceCase
)

REINSTATE_SUBJECT = Command(
    "reinstate_subject",
    Permit.ADVANCE,
    listing.reinstate_subject,
    {"explanation": Text(1000, zh="恢复理由", en="Reason")},
    on=GovernanceCase,
)

COMMANDS = (
    LIST_ENTERPRISE,
    ATTACH_RECORD,
    ASSIGN_CASE,
    CLAIM_CASE,
    RELEASE_CASE,
    TRANSFER_CASE,
    PROPOSE_EXCLUSION,
    CONFIRM_EXCLUSION,
    REINSTATE_SUBJECT,
)
