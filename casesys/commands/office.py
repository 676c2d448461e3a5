"""Commands on what stands beside the cases: enterprises, campaigns, units and calendars."""

from __future__ import annotations

import unicodedata
from uuid import UUID

from casesys.command import Command
from casesys.fields import CampaignNumber, Choice, Day, Several, Text, Whole
from casesys.permits import Permit
from casesys.work import Work
from domain import office
from domain.identifiers import uscc as credit_code
from domain.office import (
    Calendar,
    Campaign,
    Enterprise,
    MemberUnit,
    begin,
    calendar_id,
    campaign_id,
    enterprise_id,
    go_on,
    unit_id,
)
from domain.refusals import (
    CalendarAlreadyPublished,
    CalendarIsIncomplete,
    CampaignAlreadyStarted,
    CreditCodeIsInvalid,
    EnterpriseAlreadyRegistered,
    EnterpriseNameDiffers,
    UnitAlreadyRegistered,
)
from domain.vocabulary import RegistrationStatus
from projections.driver import rows
from projections.office import CALENDAR

FEWEST_WORKING_DAYS = 200
"""A year's calendar with fewer working days is half a year typed in, not a calendar."""


def known_enterprise(work: Work, *, uscc: str, name: str, town: str) -> Enterprise:
    """The enterprise of a code, taken into the books when first named.

    :raises EnterpriseNameDiffers: the books know the code under another name
    """
    code = _normal_code(uscc)
    found = work.load(Enterprise, enterprise_id(code))
    if found is None:
        return _register(work, code, name=name, town=town)
    if _bare(found.name) != _bare(name):
        work.desk.require([EnterpriseNameDiffers(uscc=code, known=found.name, name=name)])
    return found


def known_campaign(work: Work, campaign: str) -> Campaign:
    """The campaign of this number, begun when first named."""
    found = work.load(Campaign, campaign_id(campaign))
    return found if found is not None else _start(work, campaign, None)


def _normal_code(uscc: str) -> str:
    code = credit_code(uscc)
    if code.verdict == "invalid" or code.normal is None:
        raise CreditCodeIsInvalid(uscc=uscc)
    return code.normal


def _bare(name: str) -> str:
    """A name without what only a keyboard adds: width, blanks, letter case."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _register(work: Work, code: str, *, name: str, town: str, **facts: str | None) -> Enterprise:
    known = dict.fromkeys(("former_name", "kind", "industry", "established_on", "status"))
    return work.begin(
        begin(
            Enterprise,
            Enterprise.EnterpriseRegistered,
            enterprise_id(code),
            work.desk,
            uscc=code,
            name=name,
            town=town,
            reference=None,
            **{**known, **facts},
        )
    )


def _start(work: Work, campaign: str, title: str | None) -> Campaign:
    return work.begin(
        begin(
            Campaign,
            Campaign.CampaignStarted,
            campaign_id(campaign),
            work.desk,
            campaign=campaign,
            title=title,
        )
    )


def register_enterprise(
    work: Work,
    *,
    uscc: str,
    name: str,
    town: str,
    former_name: str | None = None,
    kind: str | None = None,
    industry: str | None = None,
    established_on: str | None = None,
    status: RegistrationStatus | None = None,
) -> UUID:
    code = _normal_code(uscc)
    found = work.load(Enterprise, enterprise_id(code))
    if found is not None:
        raise EnterpriseAlreadyRegistered(uscc=code, known=found.name)
    return _register(
        work,
        code,
        name=name,
        town=town,
        former_name=former_name,
        kind=kind,
        industry=industry,
        established_on=established_on,
        status=status,
    ).id


def start_campaign(work: Work, *, campaign: str, title: str | None = None) -> UUID:
    if work.load(Campaign, campaign_id(campaign)) is not None:
        raise CampaignAlreadyStarted(campaign=campaign)
    return _start(work, campaign, title).id


def join_unit(work: Work, *, name: str, order: int) -> UUID:
    """A unit joins the joint conference, or comes back to it."""
    found = work.load(MemberUnit, unit_id(name))
    if found is None:
        joined = MemberUnit.MemberUnitJoined
        found = work.begin(
            begin(MemberUnit, joined, unit_id(name), work.desk, name=name, order=order)
        )
    elif found.joined:
        raise UnitAlreadyRegistered(unit=name)
    else:
        go_on(found, MemberUnit.MemberUnitReturned, work.desk)
    return found.id


def publish_calendar(work: Work, *, year: int, days: list[str]) -> UUID:
    """The working days of a year; a later notice for the same year is its next edition."""
    days = sorted(set(days))
    if len(days) < FEWEST_WORKING_DAYS or any(day[:4] != str(year) for day in days):
        raise CalendarIsIncomplete(year=year)
    question = f"SELECT edition, days FROM {CALENDAR} WHERE year = ? ORDER BY edition DESC"
    found = rows(work.c, question, [year])
    edition, newest = found[0] if found else (0, "")
    if newest == "\n".join(days):
        raise CalendarAlreadyPublished(year=year)
    calendar = begin(
        Calendar,
        Calendar.CalendarPublished,
        calendar_id(year, edition + 1),
        work.desk,
        year=year,
        edition=edition + 1,
        days=days,
    )
    return work.begin(calendar).id


REGISTER_ENTERPRISE = Command(
    "register_enterprise",
    Permit.INTAKE,
    register_enterprise,
    {
        "uscc": Text(
            30,
            zh="统一社会信用代码",
            en="Unified social credit code",
            hint_zh="18 位，照营业执照填",
            hint_en="18 characters, as on the business licence",
        ),
        "name": Text(120, zh="企业名称", en="Name of the enterprise"),
        "town": Text(40, zh="镇街", en="Town"),
        "former_name": Text(120, zh="曾用名", en="Former name", required=False),
        "kind": Text(60, zh="企业类型", en="Kind of enterprise", required=False),
        "industry": Text(60, zh="行业", en="Industry", required=False),
        "established_on": Day(zh="成立日期", en="Established on", required=False),
        "status": Choice(
            RegistrationStatus, zh="登记状态", en="Registration status", required=False
        ),
    },
)

RENAME_ENTERPRISE = Command(
    "rename_enterprise",
    Permit.INTAKE,
    office.rename_enterprise,
    {"name": Text(120, zh="新名称", en="New name")},
    on=Enterprise,
)

MOVE_ENTERPRISE = Command(
    "move_enterprise",
    Permit.INTAKE,
    office.move_enterprise,
    {"town": Text(40, zh="迁入镇街", en="New town")},
    on=Enterprise,
)

CHANGE_REGISTRATION = Command(
    "change_registration",
    Permit.INTAKE,
    office.change_registration,
    {"status": Choice(RegistrationStatus, zh="登记状态", en="Registration status")},
    on=Enterprise,
)

START_CAMPAIGN = Command(
    "start_campaign",
    Permit.INTAKE,
    start_campaign,
    {
        "campaign": CampaignNumber(
            zh="专项治理批次",
            en="Campaign",
            hint_zh="上级名单的批次号，如 2021-01",
            hint_en="The batch number of the list, such as 2021-01",
        ),
        "title": Text(120, zh="名称", en="Title", required=False),
    },
)

JOIN_UNIT = Command(
    "join_unit",
    Permit.OPERATE,
    join_unit,
    {
        "name": Text(60, zh="单位名称", en="Name of the unit"),
        "order": Whole(
            zh="排序",
            en="Order",
            hint_zh="在成员单位名单中的次序",
            hint_en="Its place in the list of member units",
        ),
    },
)

LEAVE_UNIT = Command("leave_unit", Permit.OPERATE, office.leave_unit, {}, on=MemberUnit)

PUBLISH_CALENDAR = Command(
    "publish_calendar",
    Permit.OPERATE,
    publish_calendar,
    {
        "year": Whole(zh="年份", en="Year"),
        "days": Several(
            Day(),
            at_least=1,
            most=366,
            zh="工作日",
            en="Working days",
            hint_zh="这一年的全部工作日，含调休上班日",
            hint_en="All working days of the year, make-up days included",
        ),
    },
)

COMMANDS = (
    REGISTER_ENTERPRISE,
    RENAME_ENTERPRISE,
    MOVE_ENTERPRISE,
    CHANGE_REGISTRATION,
    START_CAMPAIGN,
    JOIN_UNIT,
    LEAVE_UNIT,
    PUBLISH_CALENDAR,
)
