"""An entry is opened with what it changed, what came with it and what stands beside it."""

from __future__ import annotations

from uuid import UUID

from casesys.audit.opened_entry import OpenedEntry, open_entry
from casesys.system import Receipt, System
from tests.examples import RUNNER
from tests.offices import OFFICER, OTHER_OFFICER, person
from tests.scenarios import (
    a_committed_case,
    a_contacted_case,
    a_listed_case,
    a_repaired_case,
    contact,
    give,
)


def opened(system: System, receipt: Receipt) -> OpenedEntry:
    found = open_entry(system, receipt.position)
    assert found is not None
    return found


def changed(found: OpenedEntry) -> dict[str, tuple[object, object]]:
    return {side.fact: (side.before, side.after) for side in found.sides if side.changed}


def test_an_interview_changes_the_stage_and_the_count_and_nothing_else(office: System) -> None:
    case = a_contacted_case(office)
    notice = {"served_at": "2021-07-06T11:00", "served_by": "letter"}
    served = give(office, "serve_interview_notice", notice, case.stream)
    assert changed(opened(office, served)) == {"notice": (None, "2021-07-06T03:00:00.000000Z")}
    found = opened(office, case)
    told = changed(found)
    assert told["stage"] == ("contacting", "to_interview")
    assert told["attempts"] == (0, 1)
    assert told["branch"] == (None, "operating")
    assert set(told) == {"stage", "attempts", "branch", "contact"}
    assert {"unit", "records"} <= {side.fact for side in found.sides if not side.changed}


def test_a_repair_is_shown_at_its_own_record(office: System) -> None:
    found = opened(office, a_repaired_case(office))
    (repair,) = [side for side in found.sides if side.changed and side.name]
    assert (repair.fact, repair.before, repair.after) == ("repair", "applied", "granted")
    assert repair.name == "云市监处罚〔2020〕1号"


def test_a_void_shows_what_it_took_away_and_the_two_lead_to_each_other(office: System) -> None:
    case = a_contacted_case(office)
    void = give(office, "void_entry", {"target": case.version, "explanation": "录错"}, case.stream)
    found = opened(office, void)
    assert changed(found)["attempts"] == (1, 0)
    assert found.takes_away == case.position
    assert opened(office, case).logged.voided_by == void.position
    assert opened(office, case).takes_away is None


def test_a_late_entry_is_compared_with_the_books_as_they_were(office: System) -> None:
    case = a_committed_case(office)
    late = give(office, "attempt_contact", contact("2021-07-02", result="no_answer"), case.stream)
    assert changed(opened(office, late)) == {"attempts": (1, 2)}


def test_a_read_leads_to_the_entry_that_was_read(office: System) -> None:
    case = a_contacted_case(office)
    why = {"target": case.version, "explanation": "核对电话"}
    read = give(office, "reveal_personal_data", why, case.stream)
    found = opened(office, read)
    assert (found.opens, found.takes_away) == (case.position, None)
    assert changed(found) == {}


def test_an_account_shows_its_roles_before_and_after(office: System) -> None:
    account = UUID(person(office, OTHER_OFFICER).id)
    granted = give(office, "grant_role", {"role": "supervisor"}, account, RUNNER)
    assert changed(opened(office, granted)) == {
        "roles": (("officer",), ("officer", "supervisor")),
    }


def test_the_officer_of_a_case_is_a_work_number(office: System) -> None:
    case = a_listed_case(office)
    assigned = {"unit": "区市场监督管理局", "officer": OTHER_OFFICER}
    found = opened(office, give(office, "assign_case", assigned, case.stream))
    (_, account) = changed(found)["officer"]
    assert found.officers == {account: OTHER_OFFICER}


def test_the_entries_of_one_command_stand_together(office: System) -> None:
    case = a_contacted_case(office)
    again = give(
        office,
        "attempt_contact",
        contact("2021-07-05", channel="visit"),
        case.stream,
        corrects=case.version,
        reason="记错了方式",
    )
    found = opened(office, again)
    assert [one.entry.topic for one in found.together] == [
        "case.entry_corrected",
        "case.contact_attempted",
    ]
    assert opened(office, case).together[0].who == OFFICER


def test_a_file_is_read_entry_by_entry(office: System) -> None:
    case = a_committed_case(office)
    with office.database.read() as c:
        places = [entry.position for entry in office.log.stream(c, case.stream)]
    walked = [places[0]]
    while (following := (open_entry(office, walked[-1]) or opened(office, case)).next) is not None:
        walked.append(following)
    assert walked == places
    last = opened(office, case)
    assert (last.previous, last.next, last.versions) == (places[-2], None, len(places))
