"""Who could do what is told for any day, and as known at any instant."""

from __future__ import annotations

from uuid import UUID

from casesys.audit.powers import Power, personal_reads, power_changes, powers_on
from casesys.permits import Permit
from casesys.system import System
from tests.examples import RUNNER
from tests.offices import AUDITOR, OFFICER, OTHER_OFFICER, SUPERVISOR, Clock, at, person
from tests.scenarios import a_contacted_case, case_number, give


def who(found: list[Power]) -> set[str]:
    return {one.login for one in found}


def test_who_could_approve_on_a_past_day(office: System, clock: Clock) -> None:
    account = UUID(person(office, OFFICER).id)
    clock.set("2021-08-10T09:00")
    give(office, "grant_role", {"role": "supervisor"}, account, RUNNER)
    clock.set("2021-09-10T09:00")
    give(office, "revoke_role", {"role": "supervisor"}, account, RUNNER)
    clock.set("2021-10-01T09:00")

    def approvers(day: str) -> set[str]:
        return who(powers_on(office, day, permit=Permit.APPROVE))

    assert approvers("2021-07-21") == set()
    assert approvers("2021-08-09") == {SUPERVISOR}
    assert approvers("2021-08-10") == {SUPERVISOR, OFFICER}
    assert approvers("2021-09-10") == approvers("2021-10-01") == {SUPERVISOR}
    before = at("2021-08-10T08:00")
    assert who(powers_on(office, "2021-08-10", before, permit=Permit.APPROVE)) == {SUPERVISOR}


def test_a_power_says_since_when_by_whom_and_in_which_entry(office: System, clock: Clock) -> None:
    clock.set("2021-08-10T09:00")
    account = UUID(person(office, OTHER_OFFICER).id)
    granted = give(office, "grant_role", {"role": "supervisor"}, account, RUNNER)
    (found,) = [one for one in powers_on(office) if one.login == OTHER_OFFICER]
    given = found.roles["supervisor"]
    assert (given.at, given.position) == (at("2021-08-10T09:00"), granted.position)
    assert given.who == RUNNER.id
    assert found.opened_and_granted_by_one, "the tests opened it and granted its first role"
    assert found.roles["officer"].at == at("2021-07-22T14:20")


def test_reach_follows_unit_and_role(office: System) -> None:
    reach = {one.login: one.reach for one in powers_on(office)}
    assert reach == {
        OFFICER: "",
        SUPERVISOR: "",
        AUDITOR: "",
        OTHER_OFFICER: "区市场监督管理局",
    }
    (other,) = powers_on(office, unit="区市场监督管理局")
    assert Permit.INTAKE not in other.permits and Permit.ADVANCE in other.permits
    assert who(powers_on(office, role="auditor")) == {AUDITOR}


def test_a_closed_account_stands_there_and_may_do_nothing(office: System, clock: Clock) -> None:
    clock.set("2021-08-10T09:00")
    account = UUID(person(office, OFFICER).id)
    closed = give(office, "close_account", {"explanation": "调离"}, account, RUNNER)
    found = powers_on(office)[-1]
    assert (found.login, found.permits) == (OFFICER, frozenset())
    assert found.closed is not None and found.closed.position == closed.position
    then = {one.login: one for one in powers_on(office, "2021-08-09")}[OFFICER]
    assert then.closed is None and Permit.ADVANCE in then.permits


def test_the_changes_between_two_days_are_their_entries(office: System, clock: Clock) -> None:
    account = UUID(person(office, OFFICER).id)
    clock.set("2021-08-10T09:00")
    granted = give(office, "grant_role", {"role": "supervisor"}, account, RUNNER)
    clock.set("2021-09-10T09:00")
    revoked = give(office, "revoke_role", {"role": "supervisor"}, account, RUNNER)

    def changes(since: str, until: str) -> list[int]:
        return [one.entry.position for one in power_changes(office, since, until)]

    assert changes("2021-08-09", "2021-09-30") == [revoked.position, granted.position]
    assert changes("2021-08-10", "2021-09-09") == []
    assert changes("2021-07-22", "2021-08-31") == [granted.position]


def test_who_read_whose_data_is_told_with_the_last_reason(office: System) -> None:
    first, second = a_contacted_case(office, 1), a_contacted_case(office, 2)
    for case, by, why in (
        (first, OFFICER, "核对电话"),
        (first, OFFICER, "再核对一次"),
        (second, SUPERVISOR, "复核"),
    ):
        raw = {"target": case.version, "explanation": why}
        give(office, "reveal_personal_data", raw, case.stream, by)
    found = [(one.who, one.subject, one.times) for one in personal_reads(office)]
    assert found == [
        (SUPERVISOR, "云塘区第2建材有限公司", 1),
        (OFFICER, "云塘区第1建材有限公司", 2),
    ]
    (read,) = personal_reads(office, who=OFFICER)
    assert read.last.entry.data["explanation"] == "再核对一次"
    number = case_number(office, second.stream)
    assert [one.who for one in personal_reads(office, subject=number)] == [SUPERVISOR]
    assert personal_reads(office, subject="没有这家") == []
