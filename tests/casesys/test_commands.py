"""Every act of the office can be given, asks what it needs, and brings a case where it should."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from casesys.command import Command, FieldsRefused
from casesys.commands import COMMANDS
from casesys.rebuild import verify
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
from domain.vocabulary import Role, Stage
from projections.case_file import CASE_FILE
from projections.driver import rows
from tests import scenarios
from tests.examples import EXAMPLES, RUNNER, Reach, enterprise, unit, weekdays
from tests.offices import OTHER_OFFICER, SUPERVISOR, person
from tests.scenarios import give, listing

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
        return str(rows(c, f"SELECT stage FROM {CASE_FILE} WHERE stream_id = ?", [str(case)])[0][0])


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
    assert verify(system)["equal"]


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


def test_an_account_holds_only_roles_that_go_together(system: System) -> None:
    raw = {"login": "U09-1", "name": "新人", "unit": "区税务局"}
    account = give(system, "open_account", raw, by=RUNNER).stream
    for role in ("officer", "supervisor"):
        give(system, "grant_role", {"role": role}, account, RUNNER)
    for role in set(Role) - {"officer", "supervisor"}:
        with pytest.raises(RolesDoNotGoTogether):
            give(system, "grant_role", {"role": role}, account, RUNNER)
    assert person(system, "U09-1").roles == {"officer", "supervisor"}
