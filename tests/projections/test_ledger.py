"""The ledger says of every case how far it is, and the same after a rebuild."""

from __future__ import annotations

from typing import Any

from casesys.system import System
from projections.driver import rows
from projections.ledger import LEDGER
from tests.scenarios import (
    a_case_with_exit_proposed,
    a_contacted_case,
    a_listed_case,
    an_exited_case,
    give,
)


def row(system: System, stream: object) -> dict[str, Any]:
    names = [column.name for column in LEDGER.columns]
    with system.database.read() as c:
        question = f"SELECT {', '.join(names)} FROM ledger WHERE stream_id = ?"
        (found,) = rows(c, question, [str(stream)])
    return dict(zip(names, found, strict=True))


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
    before = row(office, case)
    contacted = give(
        office,
        "attempt_contact",
        {"attempted_at": "2021-07-05T10:00", "result": "reached_operating", "channel": "phone"},
        case,
    )
    assert row(office, case) != before
    void = {"target": contacted.version, "explanation": "记到了别的企业"}
    give(office, "void_entry", void, case)
    assert row(office, case) == before
