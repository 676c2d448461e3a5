"""One sound example of every command of the office: on what it is given, with which facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from casesys.permits import Person, operator
from casesys.system import Receipt, System
from domain.workdays import Workdays
from projections.driver import rows
from projections.office import ACCOUNT
from tests import scenarios
from tests.casesys.intake.given_lists import take, upload_of
from tests.casesys.intake.making import HEAD, record, workbook
from tests.offices import AUDITOR, OFFICER, OTHER_OFFICER, SUPERVISOR, person
from tests.scenarios import contact, credit_code, give, interview, listing, penalty, record_of

RUNNER = operator("tests")
Reach = Callable[[System], Receipt]
Facts = dict[str, Any]


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


def a_coded_account(system: System) -> UUID:
    give(system, "enrol_code", {}, account(system), OTHER_OFFICER)
    return account(system)


def a_closed_account(system: System) -> UUID:
    with system.database.read() as c:
        question = f"SELECT login FROM {ACCOUNT} WHERE roles = 'system_administrator'"
        logins = [login for (login,) in rows(c, question)]
    by = person(system, logins[0]) if logins else RUNNER
    raw = {"login": "U22-9", "name": "钱立", "unit": "区市场监督管理局"}
    found = give(system, "open_account", raw, by=by).stream
    give(system, "close_account", {"explanation": "调离"}, found, by=by)
    return found


def a_settled_list(system: System) -> UUID:
    """A list whose one row waited with a remark, and was set aside."""
    row = record(0, unit="区不存在的局", remark="联系人电话见信封")
    take(system, workbook(("名单", [HEAD, row])))
    set_aside = {"sheet": "名单", "row": 2, "decision": "reject"}
    raw = {"upload": upload_of(system), "explanation": "退回单位补正", **set_aside}
    return give(system, "settle_row", raw).stream


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
ERASURE = {"ground": "person_asked", "explanation": "本人书面要求"}
SUPERVISION = {"unit": "区市场监督管理局", "measure": "每季度检查一次", "review_on": "2021-10-01"}
RESULT = {"result": "denied", "decided_at": "2021-07-22", "decided_by": "区市场监督管理局"}
LISTED, READY = case(scenarios.a_listed_case), case(scenarios.a_case_ready_to_exit)
UNDER_REPAIR, REPAIRED = case(scenarios.a_case_under_repair), case(scenarios.a_repaired_case)

EXAMPLES: dict[str, Example] = {
    "list_enterprise": Example(nothing, facts(**listing(9))),
    "attach_record": Example(LISTED, facts(**penalty(9))),
    "assign_case": Example(LISTED, facts(unit="区市场监督管理局", officer=OTHER_OFFICER)),
    "claim_case": Example(LISTED, facts()),
    "release_case": Example(case(scenarios.a_claimed_case), facts(explanation="下周外出培训")),
    "transfer_case": Example(
        case(scenarios.a_claimed_case), facts(officer=OTHER_OFFICER, explanation="由其片区办理")
    ),
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
        facts(login="U09-1", name="新人", unit="区税务局"),
        RUNNER,
    ),
    "grant_role": Example(account, facts(role="supervisor"), RUNNER),
    "revoke_role": Example(account, facts(role="officer"), RUNNER),
    "change_password": Example(account, facts(), OTHER_OFFICER),
    "reset_password": Example(account, facts(), RUNNER),
    "enrol_code": Example(account, facts(), OTHER_OFFICER),
    "reset_code": Example(a_coded_account, facts(explanation="丢了手机"), RUNNER),
    "unlock_account": Example(account, facts(), RUNNER),
    "end_sessions": Example(account, facts(explanation="电脑丢失"), RUNNER),
    "close_account": Example(account, facts(explanation="调离"), RUNNER),
    "erase_personal_data": Example(READY, facts(**ERASURE), SUPERVISOR),
    "erase_name": Example(a_closed_account, facts(**ERASURE), RUNNER),
    "erase_remarks": Example(a_settled_list, facts(**ERASURE)),
    "reveal_name": Example(account, facts(explanation="核对经办人"), AUDITOR),
}
