"""The entries that an auditor asks for first are found without reading the log."""

from __future__ import annotations

from uuid import UUID

from casesys.system import System
from domain.entries import VOIDING, Entry
from projections.driver import rows
from projections.trail_marks import GRANTS, READS, TRAIL_MARK
from tests.examples import RUNNER
from tests.offices import OFFICER, OTHER_OFFICER, SUPERVISOR, person
from tests.scenarios import a_contacted_case, give


def entries(system: System) -> list[Entry]:
    with system.database.read() as c:
        return system.log.after(c, 0, 10_000)


def marked(system: System, mark: str) -> list[int]:
    with system.database.read() as c:
        question = f"SELECT position FROM {TRAIL_MARK} WHERE mark = ? ORDER BY position"
        return [row[0] for row in rows(c, question, [mark])]


def test_a_void_a_read_and_a_grant_are_marked_and_nothing_else_is(office: System) -> None:
    case = a_contacted_case(office)
    give(
        office, "reveal_personal_data", {"target": case.version, "explanation": "核对"}, case.stream
    )
    give(office, "void_entry", {"target": case.version, "explanation": "录错"}, case.stream)
    account = UUID(person(office, OTHER_OFFICER).id)
    give(office, "grant_role", {"role": "supervisor"}, account, RUNNER)
    give(office, "revoke_role", {"role": "supervisor"}, account, RUNNER)
    log = entries(office)
    assert marked(office, "void") == [e.position for e in log if e.topic in VOIDING]
    assert marked(office, "read") == [e.position for e in log if e.topic == READS]
    grants = [e.position for e in log if e.topic in GRANTS]
    assert marked(office, "grant") == grants
    assert len(grants) > 4 and "account.password_changed" not in GRANTS


def test_who_read_what_of_whom_is_counted(office: System) -> None:
    first, second = a_contacted_case(office, 1), a_contacted_case(office, 2)
    for case, by in ((first, OFFICER), (first, OFFICER), (first, SUPERVISOR), (second, OFFICER)):
        why = {"target": case.version, "explanation": "核对电话"}
        give(office, "reveal_personal_data", why, case.stream, by)
    with office.database.read() as c:
        found = office.models.trail_marks.reads(c)
    officer, supervisor = person(office, OFFICER).id, person(office, SUPERVISOR).id
    assert {(who, stream): n for who, stream, n, _ in found} == {
        (officer, str(first.stream)): 2,
        (supervisor, str(first.stream)): 1,
        (officer, str(second.stream)): 1,
    }
    assert [at for *_, at in found] == sorted((at for *_, at in found), reverse=True)
