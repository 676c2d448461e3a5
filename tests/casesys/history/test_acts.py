"""Every action of a register becomes the entry that it was, with what it broke."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from casesys.history import import_history
from casesys.system import System
from domain.case import GovernanceCase
from projections.driver import rows
from projections.enterprises import ENTERPRISE
from projections.findings import FINDING
from projections.record_index import RECORD_INDEX
from tests.districts import (
    CLERK,
    Rows,
    changed,
    count,
    district,
    entry_of,
    story,
)

ALL = {"cases": 50, "records": 123, "actions": 652, "already_known": 4}


def test_every_action_becomes_one_entry(office: System) -> None:
    done = import_history(office, district(), CLERK)
    assert done["findings"] > 0
    assert done == {**ALL, "findings": done["findings"]}
    caused = "SELECT COUNT(*) FROM log WHERE caused_by LIKE ?"
    opened = "SELECT COUNT(*) FROM log WHERE topic = 'case.opened'"
    assert count(office, opened) == 50
    assert count(office, caused, "import:%") == 652 + 50
    assert count(office, "SELECT COUNT(*) FROM receipt WHERE command_id LIKE ?", "q-%") == 652
    assert count(office, f"SELECT COUNT(*) FROM {ENTERPRISE}") == 49
    assert count(office, "SELECT COUNT(*) FROM log WHERE topic = 'campaign.started'") == 5


def test_an_entry_keeps_the_clocks_and_the_officer_of_the_register(system: System) -> None:
    import_history(system, district(), CLERK)
    entry = entry_of(system, "A00000001")
    assert entry.topic == GovernanceCase.RecordAttached.TOPIC
    assert entry.occurred_at == "2021-03-08T01:01:00.000000Z"
    assert entry.recorded_at == "2021-03-08T01:02:59.000000Z"
    assert entry.entered_at == system.now()
    assert entry.actor == "register:U01-4"
    assert entry.command_id == "q-A00000001-dbcd80"
    assert entry.data["record"] == "R0000001"
    assert entry.data["amount_fen"] == 23_000_000


def test_a_case_is_opened_when_it_is_first_heard_of(system: System) -> None:
    import_history(system, district(), CLERK)
    opened, first, *_ = story(system, "C000001")
    assert opened.topic == GovernanceCase.CaseOpened.TOPIC
    assert opened.data["number"] == "B2021-01-0001"
    assert opened.recorded_at == first.recorded_at
    assert opened.findings == ()


def test_the_list_keeps_town_and_responsible_unit_as_they_were(system: System) -> None:
    import_history(system, district(), CLERK)
    (listed,) = (e for e in story(system, "C000001") if e.topic == "case.subject_listed")
    assert listed.data["town"] == "云台街道"
    assert listed.data["unit"] == "区市场监督管理局"
    assert listed.data["listed_on"] == "2021-03-08"


def test_a_void_takes_away_the_entry_that_it_names(system: System) -> None:
    import_history(system, district(), CLERK)
    void, target = entry_of(system, "A00000305"), entry_of(system, "A00000250")
    assert void.topic == "case.entry_voided"
    assert void.stream_id == target.stream_id
    assert void.data["target"] == target.version


def test_a_court_takes_a_judgment_off_its_list_without_a_ground(system: System) -> None:
    import_history(system, district(), CLERK)
    removed = "SELECT COUNT(*) FROM log WHERE topic = 'case.record_removed_by_court'"
    granted = "SELECT COUNT(*) FROM log WHERE topic = 'case.repair_result_recorded'"
    assert count(system, removed) == 9
    assert count(system, removed) + count(system, granted) == 55


def test_what_an_act_broke_is_its_finding_and_the_act_stands(system: System) -> None:
    import_history(system, district(), CLERK)
    (interview, *_) = (e for e in story(system, "C000001") if e.topic == "case.interview_held")
    assert interview.findings == ("notice_not_served", "too_few_interviewers")
    assert interview.data["officers"] == ["U22-4"]


def test_a_number_used_twice_is_a_finding_and_both_are_kept(system: System, tmp_path: Path) -> None:
    def twice(records: Rows) -> None:
        records[1]["document_no"] = records[0]["document_no"]

    import_history(system, changed(district(), "records.csv", twice, tmp_path / "r"), CLERK)
    held = count(
        system,
        f"SELECT COUNT(*) FROM {RECORD_INDEX} WHERE number_key = "
        f"(SELECT number_key FROM {RECORD_INDEX} WHERE record = 'R0000001')",
    )
    assert held == 2
    found = f"SELECT COUNT(*) FROM {FINDING} WHERE code = 'number_used_elsewhere'"
    assert count(system, found) == 1


def test_an_act_typed_before_it_happened_is_a_finding(system: System, tmp_path: Path) -> None:
    def early(actions: Rows) -> None:
        actions[3]["recorded_at"] = "2021-03-01T09:00:00+08:00"

    import_history(system, changed(district(), "actions.csv", early, tmp_path / "r"), CLERK)
    assert "not_yet_happened" in entry_of(system, "A00000004").findings


def test_an_impossible_credit_code_is_a_finding_of_the_enterprise(
    system: System, tmp_path: Path
) -> None:
    def shorten(name: str) -> Callable[[Rows], None]:
        def change(found: Rows) -> None:
            for row in found:
                if row["enterprise_id"] == "E000001":
                    row["uscc"] = "9144990"

        return change

    folder = changed(district(), "enterprises.csv", shorten("enterprises"), tmp_path / "a")
    folder = changed(folder, "cases.csv", shorten("cases"), tmp_path / "b")
    assert import_history(system, folder, CLERK)["cases"] == 50
    found = (
        f"SELECT l.topic FROM {FINDING} f JOIN log l ON l.position = f.position "
        "WHERE f.code = 'credit_code_is_invalid'"
    )
    with system.database.read() as c:
        assert rows(c, found) == [("enterprise.registered",)]
