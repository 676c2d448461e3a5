"""The ledger says of every case how far it is, and the same after a rebuild."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from casesys.system import System
from domain.workdays import Workdays
from projections.driver import rows
from projections.enterprises import ENTERPRISE
from projections.ledger import LEDGER
from tests.scenarios import (
    a_case_with_exit_proposed,
    a_committed_case,
    a_contacted_case,
    a_listed_case,
    an_exited_case,
    an_interviewed_case,
    give,
)


def row(system: System, stream: object) -> dict[str, Any]:
    names = [column.name for column in LEDGER.columns]
    with system.database.read() as c:
        question = f"SELECT {', '.join(names)} FROM {LEDGER} WHERE stream_id = ?"
        (found,) = rows(c, question, [str(stream)])
    return dict(zip(names, found, strict=True))


def told(system: System, stream: object) -> dict[str, Any]:
    """The row but for how many entries the case has."""
    return {name: value for name, value in row(system, stream).items() if name != "version"}


def test_a_listed_case_stands_in_the_ledger_with_its_record(office: System) -> None:
    a_listed_case(office, 2)
    found = row(office, a_listed_case(office, 1).stream)
    assert (found["stage"], found["branch"]) == ("contacting", None)
    assert (found["records"], found["repaired"], found["amount_fen"]) == (1, 0, 4_000_000)
    assert (found["town"], found["listed_on"]) == ("石门街道", "2021-07-01")


def test_a_contact_shows_the_branch_at_once(office: System) -> None:
    found = row(office, a_contacted_case(office).stream)
    assert (found["branch"], found["attempts"]) == ("operating", 1)
    assert found["contact_class"] == "reached_operating"


def test_a_proposal_waits_in_the_ledger_until_it_is_confirmed(office: System) -> None:
    proposed = row(office, a_case_with_exit_proposed(office, 1).stream)
    assert (proposed["stage"], proposed["proposals"]) == ("awaiting_second", "exit")
    exited = row(office, an_exited_case(office, 2).stream)
    assert (exited["stage"], exited["proposals"]) == ("exited", "")
    assert exited["exited_at"] is not None


def test_a_voided_contact_leaves_the_ledger_as_it_was(office: System) -> None:
    case = a_listed_case(office).stream
    before = told(office, case)
    contacted = give(
        office,
        "attempt_contact",
        {"attempted_at": "2021-07-05T10:00", "result": "reached_operating", "channel": "phone"},
        case,
    )
    assert told(office, case) != before
    void = {"target": contacted.version, "explanation": "记到了别的企业"}
    give(office, "void_entry", void, case)
    assert told(office, case) == before


# -- what is due next ----------------------------------------------------------------------------

LISTED = "2021-07-01"
INTERVIEWED = "2021-07-08"


def due(system: System, stream: object) -> tuple[object, ...]:
    found = row(system, stream)
    return tuple(found[name] for name in ("step", "clock", "due_on", "provisional"))


def workdays(system: System) -> Workdays:
    with system.database.read() as c:
        return system.models.calendars.workdays(c)


def test_a_listed_case_asks_for_its_first_contact(office: System) -> None:
    day = workdays(office).add(LISTED, 5).day
    asked = due(office, a_listed_case(office).stream)
    assert asked == ("attempt_contact", "first_contact", day, 0)


def test_a_contacted_case_asks_for_the_interview(office: System) -> None:
    day = workdays(office).add(LISTED, 20).day
    asked = due(office, a_contacted_case(office).stream)
    assert asked == ("serve_interview_notice", "interview", day, 0)


def test_an_interview_starts_the_clock_of_the_commitment(office: System) -> None:
    day = workdays(office).add(INTERVIEWED, 10).day
    asked = due(office, an_interviewed_case(office).stream)
    assert asked == ("sign_commitment", "commitment", day, 0)


def test_when_all_deadlines_are_kept_none_runs(office: System) -> None:
    asked = due(office, a_committed_case(office).stream)
    assert asked == ("start_key_supervision", None, None, 0)


def test_an_exited_case_asks_only_for_its_repair(office: System) -> None:
    asked = due(office, an_exited_case(office).stream)
    assert asked == ("apply_repair", None, None, 0)


# -- what it is called ---------------------------------------------------------------------------


def test_a_case_follows_the_name_of_its_enterprise(office: System) -> None:
    case = a_listed_case(office).stream
    before = row(office, case)
    with office.database.read() as c:
        question = f"SELECT stream_id FROM {ENTERPRISE} WHERE uscc = ?"
        ((enterprise,),) = rows(c, question, [before["enterprise"]])
    give(office, "rename_enterprise", {"name": "云塘新岭建材有限公司"}, UUID(enterprise))
    after = row(office, case)
    assert (after["name"], after["former_names"]) == ("云塘新岭建材有限公司", before["name"])
    assert after["pinyin"].startswith("yuntangxinling")
    assert {**before, **{name: after[name] for name in NAMES}} == after


NAMES = ("name", "former_names", "pinyin", "search_names", "search_pinyin")
