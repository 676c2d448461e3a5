"""Two officers who take one case at once: one has it, the other is told who."""

from __future__ import annotations

import threading
from uuid import UUID

import pytest

from casesys.system import System
from domain.refusals import CaseHasAnOfficer, Refused
from tests.offices import OFFICER, OTHER_OFFICER, SUPERVISOR, log_of, person
from tests.scenarios import a_claimed_case, a_listed_case, give


def test_of_many_who_take_a_case_at_once_one_has_it(office: System) -> None:
    case = a_listed_case(office).stream
    logins = [OFFICER, OTHER_OFFICER, SUPERVISOR] * 2
    start, told = threading.Barrier(len(logins)), []

    def take(login: str) -> None:
        start.wait()
        try:
            give(office, "claim_case", {}, case, login)
        except CaseHasAnOfficer as refusal:
            told.append(refusal.values["officer"])

    threads = [threading.Thread(target=take, args=(login,)) for login in logins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    claims = [entry for entry in log_of(office, case) if entry.topic == "case.assigned"]
    assert len(claims) == 1 and len(told) == len(logins) - 1
    assert {person(office, login).id for login in set(told)} == {claims[0].actor}


def test_a_case_given_back_is_everyones_again_and_says_why(office: System) -> None:
    case = a_claimed_case(office).stream
    give(office, "release_case", {"explanation": "下周外出培训"}, case)
    assert log_of(office, case)[-1].data["explanation"] == "下周外出培训"
    give(office, "claim_case", {}, case, OTHER_OFFICER)


def passed_on(system: System, case: UUID, login: str) -> None:
    give(system, "transfer_case", {"officer": login, "explanation": "轮岗"}, case)


def test_a_case_is_passed_to_an_officer_and_to_nobody_else(office: System) -> None:
    case = a_claimed_case(office).stream
    passed_on(office, case, OTHER_OFFICER)
    assert log_of(office, case)[-1].data["officer"] == person(office, OTHER_OFFICER).id
    with pytest.raises(Refused) as refused:
        passed_on(office, case, "U03-1")
    assert refused.value.code == "officer_does_not_reach_the_case", "an auditor works on no case"
