"""Every act of the office can be given, asks what it needs, and brings a case where it should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from casesys.command import Command, FieldsRefused
from casesys.commands import COMMANDS
from casesys.people import person_of
from casesys.permits import Person, operator
from casesys.system import Receipt, System
from domain.refusals import (
    AccountIsUnknown,
    CalendarAlreadyPublished,
    CalendarIsIncomplete,
    CampaignAlreadyStarted,
    CreditCodeIsInvalid,
    EnterpriseAlreadyRegistered,
    RolesDoNotGoTogether,
    UnitAlreadyRegistered,
    UnitHasLeft,
)
from domain.vocabulary import Stage
from domain.workdays import Workdays
from projections.driver import rows
from tests import scenarios
from tests.offices import OFFICER, OTHER_OFFICER, SUPERVISOR, person
from tests.scenarios import contact, credit_code, give, interview, listing, penalty, record_of

RUNNER = operator("tests")
Reach = Callable[[System], Receipt]
Facts = dict[str, Any]


# -- where the scenarios lead -----------------------------------------------------------------

STAGES: dict[Reach, Stage] = {
    scenarios.a_listed_case: Stage.CONTACTING,
    scenarios.a_contacted_case: Stage.TO_INTERVIEW,
    scenarios.an_interviewed_case: Stage.TO_COMMIT,
    scenarios.a_committed_case: Stage.TO_SUPERVISE,
    scenarios.a_case_ready_to_exit: Stage.READY_TO_EXIT,
    scenarios.a_case_with_exit_proposed: Stage.AWAITING_SECOND,
    scenarios.an_exited_case: Stage.EXITED,
    scenarios.a_case_never_reached: Stage.CONTACTING,
    scenarios.a_case_with_unreachable_proposed: Stage.AWAITING_SECOND,
    scenarios.an_unreachable_case: Stage.TO_SUPERVISE,
    scenarios.a_case_not_operating: Stage.TO_SUPERVISE,
    scenarios.an_excluded_case: Stage.EXCLUDED,
    scenarios.a_performed_case: Stage.TO_SUPERVISE,
    scenarios.a_case_under_repair: Stage.TO_SUPERVISE,
    scenarios.a_repaired_case: Stage.TO_SUPERVISE,
    scenarios.a_case_removed_by_court: Stage.CONTACTING,
}


def stage_of(system: System, case: UUID) -> str:
    with system.database.read() as c:
        return str(rows(c, "SELECT stage FROM case_file WHERE stream_id = ?", [str(case)])[0][0])


@pytest.mark.parametrize("reach", STAGES, ids=lambda reach: reach.__name__)
def test_a_scenario_leads_where_its_name_says(system: System, reach: Reach) -> None:
    assert stage_of(system, reach(system).stream) == STAGES[reach]


BRANCHES: tuple[Callable[..., Receipt], ...] = (
    scenarios.a_committed_case,
    scenarios.an_unreachable_case,
    scenarios.a_case_not_operating,
)


@pytest.mark.parametrize("category", ["penalty", "judgment"])
@pytest.mark.parametrize("branch", BRANCHES, ids=lambda reach: reach.__name__)
def test_each_branch_leads_to_the_exit(
    system: System, branch: Callable[..., Receipt], category: str
) -> None:
    case = branch(system, 1, category).stream
    supervision = {"unit": "区市场监督管理局", "measure": "每季度检查一次"}
    give(system, "start_key_supervision", supervision, case)
    give(system, "propose_exit", {}, case)
    give(system, "confirm_exit", {}, case, SUPERVISOR)
    assert stage_of(system, case) == Stage.EXITED


# -- every command, given once ----------------------------------------------------------------


class Example(NamedTuple):
    """One command as it is given: on what, with which facts, by whom."""

    reach: Callable[[System], UUID | None]
    facts: Callable[[System, UUID], Facts]
    by: str | Person = OFFICER


def nothing(system: System) -> None:
    return None


def case(reach: Reach) -> Callable[[System], UUID]:
    return lambda system: reach(system).stream


def facts(**given: Any) -> Callable[[System, UUID], Facts]:
    return lambda system, stream: given


def on_record(**given: Any) -> Callable[[System, UUID], Facts]:
    return lambda system, stream: {"record": record_of(system, stream), **given}


def enterprise(system: System) -> UUID:
    raw = {"uscc": credit_code(3), "name": "云塘区第3建材有限公司", "town": "石门街道"}
    return give(system, "register_enterprise", raw).stream


def unit(system: System) -> UUID:
    return give(system, "join_unit", {"name": "区档案局", "order": 50}, by=RUNNER).stream


def account(system: System) -> UUID:
    return UUID(person(system, OTHER_OFFICER).id)


def an_objected_case(system: System) -> Receipt:
    listed = scenarios.a_listed_case(system).stream
    raw = {"ground": "wrong_subject", "statement": "文书对象不是本公司"}
    return give(system, "raise_objection", raw, listed)


def an_impeded_case(system: System) -> Receipt:
    listed = scenarios.a_listed_case(system).stream
    raw = {"impediment": "unable_to_pay", "document": "（2020）粤0111执1号终本裁定"}
    return give(system, "find_impediment", raw, listed)


def a_settled_case(system: System) -> Receipt:
    repaired = scenarios.a_repaired_case(system).stream
    raw = {"unit": "区市场监督管理局", "measure": "每季度检查一次"}
    give(system, "start_key_supervision", raw, repaired)
    give(system, "propose_exit", {}, repaired)
    return give(system, "confirm_exit", {}, repaired, SUPERVISOR)


def an_exclusion_proposed(system: System) -> Receipt:
    listed = scenarios.a_listed_case(system).stream
    raw = {"ground": "deregistered", "document": "登记状态查询记录"}
    return give(system, "propose_exclusion", raw, listed)


def a_removal_proposed(system: System) -> Receipt:
    listed = scenarios.a_listed_case(system, 1, "judgment").stream
    raw = {"record": record_of(system, listed), "ground": "performed", "document": "决定书"}
    return give(system, "propose_court_removal", raw, listed)


def weekdays(year: int) -> list[str]:
    days = Workdays({})
    return [days.add(f"{year - 1}-12-31", n).day for n in range(1, 250)]


NOTICE = {"served_at": "2021-07-06T11:00", "served_by": "letter", "received_by": "前台"}
SUPERVISION = {"unit": "区市场监督管理局", "measure": "每季度检查一次", "review_on": "2021-10-01"}
RESULT = {"result": "denied", "decided_at": "2021-07-22", "decided_by": "区市场监督管理局"}
LISTED, READY = case(scenarios.a_listed_case), case(scenarios.a_case_ready_to_exit)
UNDER_REPAIR, REPAIRED = case(scenarios.a_case_under_repair), case(scenarios.a_repaired_case)

EXAMPLES: dict[str, Example] = {
    "list_enterprise": Example(nothing, facts(**listing(9))),
    "attach_record": Example(LISTED, facts(**penalty(9))),
    "assign_case": Example(LISTED, facts(unit="区市场监督管理局", officer=OTHER_OFFICER)),
    "propose_exclusion": Example(LISTED, facts(ground="license_revoked", document="吊销公告")),
    "confirm_exclusion": Example(case(an_exclusion_proposed), facts(), SUPERVISOR),
    "reinstate_subject": Example(case(scenarios.an_excluded_case), facts(explanation="破产撤回")),
    "attempt_contact": Example(LISTED, facts(**contact(notes="约好周四约谈"))),
    "propose_unreachable": Example(
        case(scenarios.a_case_never_reached), facts(explanation="已无人")
    ),
    "confirm_unreachable": Example(
        case(scenarios.a_case_with_unreachable_proposed), facts(), SUPERVISOR
    ),
    "conclude_not_operating": Example(
        lambda system: (
            give(
                system,
                "attempt_contact",
                contact(result="reached_not_operating"),
                scenarios.a_listed_case(system).stream,
            ).stream
        ),
        facts(basis="visit_and_registry", document="核查记录 12"),
    ),
    "conclude_operating": Example(case(scenarios.a_contacted_case), facts()),
    "serve_interview_notice": Example(case(scenarios.a_contacted_case), facts(**NOTICE)),
    "hold_interview": Example(
        case(scenarios.an_interviewed_case), facts(**interview(held_at="2021-07-20T09:00"))
    ),
    "add_photo": Example(
        case(scenarios.an_interviewed_case),
        lambda system, stream: {
            "sha256": scenarios.PHOTO,
            "taken_at": "2021-07-08T15:30",
            "taken_by": "U22-3",
            "linked_act": "6",
            "taken_where": "23.15N 113.26E",
        },
    ),
    "sign_commitment": Example(
        case(scenarios.an_interviewed_case), facts(**scenarios.commitment())
    ),
    "start_key_supervision": Example(case(scenarios.a_committed_case), facts(**SUPERVISION)),
    "find_impediment": Example(LISTED, facts(impediment="bankrupt", document="破产裁定")),
    "clear_impediment": Example(
        case(an_impeded_case), facts(impediment="unable_to_pay", explanation="恢复执行")
    ),
    "extend_deadline": Example(
        LISTED, facts(deadline="interview", due_on="2021-08-20", explanation="企业搬迁")
    ),
    "apply_repair": Example(case(scenarios.a_performed_case), on_record(proof="收据 0038")),
    "return_repair": Example(UNDER_REPAIR, on_record(missing="缺加盖公章的承诺书")),
    "record_repair_result": Example(
        UNDER_REPAIR, on_record(**{**RESULT, "decided_at": "2021-07-22T14:20", "document": "7号"})
    ),
    "revoke_repair": Example(
        REPAIRED,
        on_record(revoked_at="2021-07-22T14:20", document="撤销 1号", explanation="承诺不实"),
    ),
    "record_performance": Example(
        LISTED,
        on_record(
            performance="partly", performed_at="2021-07-09", amount_fen="1,000", document="收据"
        ),
    ),
    "propose_court_removal": Example(
        lambda system: scenarios.a_listed_case(system, 1, "judgment").stream,
        on_record(ground="no_assets", document="决定书"),
    ),
    "confirm_court_removal": Example(case(a_removal_proposed), on_record(), SUPERVISOR),
    "raise_objection": Example(LISTED, on_record(ground="content_error", statement="金额有误")),
    "answer_objection": Example(
        case(an_objected_case), facts(objection="O4", answer="rejected", explanation="已核对")
    ),
    "add_note": Example(LISTED, facts(note="企业要求延后")),
    "reveal_personal_data": Example(
        case(scenarios.a_contacted_case), facts(target=4, explanation="回拨电话")
    ),
    "void_entry": Example(LISTED, facts(target=3, explanation="录错企业")),
    "propose_exit": Example(READY, facts()),
    "confirm_exit": Example(case(scenarios.a_case_with_exit_proposed), facts(), SUPERVISOR),
    "send_back": Example(
        case(scenarios.a_case_with_exit_proposed),
        facts(proposal="exit", explanation="照片看不清"),
        SUPERVISOR,
    ),
    "close_case": Example(case(a_settled_case), facts(ground="all_repaired")),
    "reopen_case": Example(
        case(scenarios.an_exited_case), facts(ground="relisted", explanation="再次处罚")
    ),
    "register_enterprise": Example(
        nothing,
        facts(
            uscc=credit_code(8),
            name="云塘区第8建材有限公司",
            town="石门街道",
            former_name="第8建材厂",
            established_on="2009-05-12",
            status="active",
        ),
    ),
    "rename_enterprise": Example(enterprise, facts(name="云塘区新建材有限公司")),
    "move_enterprise": Example(enterprise, facts(town="江北镇")),
    "change_registration": Example(enterprise, facts(status="abnormal")),
    "start_campaign": Example(nothing, facts(campaign="2021-02", title="第二批")),
    "join_unit": Example(nothing, facts(name="区档案馆", order="51"), RUNNER),
    "leave_unit": Example(unit, facts(), RUNNER),
    "publish_calendar": Example(nothing, facts(year=2040, days=weekdays(2040)), RUNNER),
    "open_account": Example(
        nothing,
        facts(login="U09-1", name="新人", unit="区税务局", roles=["officer", "supervisor"]),
        RUNNER,
    ),
    "grant_role": Example(account, facts(role="supervisor"), RUNNER),
    "revoke_role": Example(account, facts(role="officer"), RUNNER),
    "change_password": Example(account, facts(), OTHER_OFFICER),
    "close_account": Example(account, facts(explanation="调离"), RUNNER),
}

GIVEN_ELSEWHERE = frozenset({"settle_row"})
"""Tested beside the intake whose rows they settle."""


def test_every_command_has_its_example() -> None:
    assert set(EXAMPLES) == set(COMMANDS) - GIVEN_ELSEWHERE


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_command_is_recorded_and_asks_for_what_it_cannot_do_without(
    system: System, name: str
) -> None:
    example, command = EXAMPLES[name], COMMANDS[name]
    stream = example.reach(system)
    raw = (
        example.facts(system, stream) if stream is not None else example.facts(system, UUID(int=0))
    )
    for missing in [n for n, spec in command.fields.items() if spec.required]:
        rest = {n: value for n, value in raw.items() if n != missing}
        with pytest.raises(FieldsRefused) as refused:
            give(system, name, rest, stream, example.by)
        assert refused.value.problems == {missing: "field.required"}
    receipt = give(system, name, raw, stream, example.by)
    with system.database.read() as c:
        last = system.log.stream(c, receipt.stream)[-1]
    assert (last.version, last.position) == (receipt.version, receipt.position)
    assert last.command_id == receipt.command_id
    assert stream is None or receipt.stream == stream


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
def test_blank_fields_are_fields_left_out(command: Command) -> None:
    required = {n for n, spec in command.fields.items() if spec.required and spec.widget != "yes"}
    blank = {n: "" for n, spec in command.fields.items() if spec.widget != "yes"}
    if not required:
        assert set(command.read(blank).values()) <= {None}
        return
    with pytest.raises(FieldsRefused) as refused:
        command.read(blank)
    assert set(refused.value.problems) == required


# -- who and which ----------------------------------------------------------------------------


def test_a_case_is_given_to_an_account_by_its_login_or_its_id(system: System) -> None:
    listed = scenarios.a_listed_case(system).stream
    officer = person(system, OTHER_OFFICER)
    for name in (OTHER_OFFICER.lower(), officer.id):
        raw = {"unit": "区市场监督管理局", "officer": name}
        receipt = give(system, "assign_case", raw, listed)
        with system.database.read() as c:
            last = system.log.stream(c, receipt.stream)[-1]
        assert last.data["officer"] == officer.id
    with pytest.raises(AccountIsUnknown):
        give(system, "assign_case", {"unit": "区市场监督管理局", "officer": "U99-9"}, listed)


def test_what_is_registered_once_is_not_registered_again(system: System) -> None:
    enterprise(system)
    with pytest.raises(EnterpriseAlreadyRegistered) as refused:
        enterprise(system)
    assert refused.value.values["known"] == "云塘区第3建材有限公司"
    give(system, "list_enterprise", listing(1))
    with pytest.raises(CampaignAlreadyStarted):
        give(system, "start_campaign", {"campaign": scenarios.CAMPAIGN})
    with pytest.raises(CreditCodeIsInvalid):
        give(system, "list_enterprise", listing(2, uscc="12345"))


def test_a_unit_leaves_once_and_may_come_back(system: System) -> None:
    stream = unit(system)
    with pytest.raises(UnitAlreadyRegistered):
        unit(system)
    give(system, "leave_unit", {}, stream, RUNNER)
    with pytest.raises(UnitHasLeft):
        give(system, "leave_unit", {}, stream, RUNNER)
    assert unit(system) == stream


def test_a_calendar_is_whole_and_a_later_notice_is_its_next_edition(system: System) -> None:
    days = weekdays(2040)
    for wrong in (days[:100], weekdays(2041)):
        with pytest.raises(CalendarIsIncomplete):
            give(system, "publish_calendar", {"year": 2040, "days": wrong}, by=RUNNER)
    give(system, "publish_calendar", {"year": 2040, "days": days}, by=RUNNER)
    with pytest.raises(CalendarAlreadyPublished):
        give(system, "publish_calendar", {"year": 2040, "days": days}, by=RUNNER)
    later = {"year": 2040, "days": days[:-1]}
    receipt = give(system, "publish_calendar", later, by=RUNNER)
    with system.database.read() as c:
        assert system.log.stream(c, receipt.stream)[0].data["edition"] == 2
        assert not system.models.calendars.workdays(c).is_working(days[-1])


def test_an_account_is_opened_with_roles_that_go_together(system: System) -> None:
    raw = {"login": "U09-1", "name": "新人", "unit": "区税务局", "roles": "officer, auditor"}
    with pytest.raises(RolesDoNotGoTogether):
        give(system, "open_account", raw, by=RUNNER)
    assert person_of(system, "U09-1") is None
    give(system, "open_account", {**raw, "roles": "officer, supervisor"}, by=RUNNER)
    assert person(system, "U09-1").roles == {"officer", "supervisor"}
