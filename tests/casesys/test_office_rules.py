"""Rules over the whole office: one number, one name, one campaign, and always two persons."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from uuid import UUID

import pytest

from casesys.cases.foresight import foresee
from casesys.commands import COMMANDS
from casesys.permits import NotPermitted, operator
from casesys.system import Given, System
from domain.refusals import (
    ApproverHandlesTheCase,
    EnterpriseNameDiffers,
    NumberUsedBeyondReach,
    NumberUsedElsewhere,
    SamePersonProposedIt,
    UnitIsUnknown,
)
from projections.case_file import CASE_FILE
from projections.driver import rows
from projections.office import MEMBER_UNIT
from tests import scenarios
from tests.offices import AUDITOR, OFFICER, OTHER_OFFICER, SUPERVISOR, contents, log_of, person
from tests.scenarios import give, listing, penalty


def test_a_number_is_used_once_in_the_whole_office(office: System) -> None:
    first = scenarios.a_listed_case(office, 1).stream
    second = give(office, "list_enterprise", listing(2)).stream
    before = contents(office)
    spelt_otherwise = penalty(1, number="云市监处罚[2020]１号")
    with pytest.raises(NumberUsedElsewhere) as refused:
        give(office, "attach_record", spelt_otherwise, second)
    assert refused.value.values["holder"] == scenarios.case_number(office, first)
    assert contents(office) == before


def test_a_unit_is_not_told_which_case_of_another_holds_a_number(office: System) -> None:
    far = scenarios.a_listed_case(office, 1).stream
    own = give(office, "list_enterprise", listing(2)).stream
    unit = person(office, OTHER_OFFICER)
    with pytest.raises(NumberUsedElsewhere):
        give(office, "attach_record", penalty(1), own, unit)
    give(office, "assign_case", {"unit": "区税务局"}, far)
    given = Given(unit, own)
    for act in (office.give, partial(foresee, office)):
        with pytest.raises(NumberUsedBeyondReach) as refused:
            act(COMMANDS["attach_record"], penalty(1), given)
        assert list(refused.value.values) == ["number"]


def test_a_number_attached_twice_at_once_is_attached_once(office: System) -> None:
    cases = [give(office, "list_enterprise", listing(n)).stream for n in (1, 2)]
    together = Barrier(2)

    def attach(case: UUID) -> str:
        together.wait()
        try:
            give(office, "attach_record", penalty(9), case)
        except NumberUsedElsewhere:
            return "refused"
        return "attached"

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(attach, cases)) == ["attached", "refused"]


def test_a_voided_number_may_be_attached_where_it_belongs(office: System) -> None:
    wrong = scenarios.a_listed_case(office, 1)
    second = give(office, "list_enterprise", listing(2)).stream
    why = {"target": wrong.version, "explanation": "录错企业"}
    give(office, "void_entry", why, wrong.stream)
    assert give(office, "attach_record", penalty(1), second).version == 3


def test_a_listing_begins_the_enterprise_and_the_campaign_once(office: System) -> None:
    give(office, "list_enterprise", listing(1))
    give(office, "list_enterprise", listing(1, "judgment"))
    give(office, "list_enterprise", listing(2))
    with office.database.read() as c:
        topics = [entry.topic for entry in office.log.after(c, 0, 10_000)]
        numbers = rows(c, f"SELECT number FROM {CASE_FILE} ORDER BY number")
    assert topics.count("enterprise.registered") == 2
    assert topics.count("campaign.started") == 1
    assert [number for (number,) in numbers] == ["2021-01-0001", "2021-01-0002", "2021-01-0003"]


def test_a_code_under_another_name_is_refused_with_the_name_that_is_known(office: System) -> None:
    give(office, "list_enterprise", listing(1))
    other = listing(1, "judgment", name="云塘区别的建材有限公司")
    with pytest.raises(EnterpriseNameDiffers) as refused:
        give(office, "list_enterprise", other)
    assert refused.value.values["known"] == "云塘区第1建材有限公司"
    same = listing(1, "judgment", name=" 云塘区第１建材有限公司 ")
    assert give(office, "list_enterprise", same).version == 2


def test_a_unit_that_is_no_member_gets_no_case(office: System) -> None:
    with pytest.raises(UnitIsUnknown):
        give(office, "list_enterprise", listing(unit="区不存在局"))
    give(office, "leave_unit", {}, unit_stream(office, "区税务局"), operator("tests"))
    with pytest.raises(UnitIsUnknown):
        give(office, "list_enterprise", listing(unit="区税务局"))
    give(office, "join_unit", {"name": "区税务局", "order": 39}, by=operator("tests"))
    assert give(office, "list_enterprise", listing(unit="区税务局")).version == 2


def unit_stream(system: System, name: str) -> UUID:
    with system.database.read() as c:
        found = rows(c, f"SELECT stream_id FROM {MEMBER_UNIT} WHERE name = ?", [name])
    return UUID(found[0][0])


# -- two persons ------------------------------------------------------------------------------


def test_who_proposed_does_not_confirm_whatever_the_role(office: System) -> None:
    case = scenarios.a_case_ready_to_exit(office).stream
    give(office, "propose_exit", {}, case, SUPERVISOR)
    with pytest.raises(SamePersonProposedIt):
        give(office, "confirm_exit", {}, case, SUPERVISOR)


def test_who_handles_the_case_does_not_confirm_its_exit(office: System) -> None:
    case = scenarios.a_case_ready_to_exit(office).stream
    give(office, "assign_case", {"unit": "区发展和改革局", "officer": SUPERVISOR}, case)
    give(office, "propose_exit", {}, case)
    with pytest.raises(ApproverHandlesTheCase):
        give(office, "confirm_exit", {}, case, SUPERVISOR)


def test_an_officer_an_auditor_and_the_operator_confirm_nothing(office: System) -> None:
    case = scenarios.a_case_with_exit_proposed(office)
    for by in (OTHER_OFFICER, AUDITOR, operator("tests")):
        with pytest.raises(NotPermitted):
            give(office, "confirm_exit", {}, case.stream, by)
    assert len(log_of(office, case.stream)) == case.version


def test_an_exit_takes_two_persons_and_is_two_entries(office: System) -> None:
    case = scenarios.an_exited_case(office).stream
    proposed, exited = log_of(office, case)[-2:]
    assert (proposed.topic, exited.topic) == ("case.exit_proposed", "case.subject_exited")
    assert proposed.actor == person(office, OFFICER).id
    assert exited.actor == person(office, SUPERVISOR).id
