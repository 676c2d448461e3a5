"""A register is recorded once, however often it is given and in whatever pieces."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from casesys.commands import COMMANDS
from casesys.csv_rows import RegisterUnsound
from casesys.history import import_history
from casesys.history.pages import Pages
from casesys.log import StreamConflict
from casesys.rebuild import digests, rebuild
from casesys.system import Given, System
from projections.driver import rows
from tests.districts import (
    CLERK,
    Rows,
    changed,
    count,
    district,
    imported_digest,
    left_behind,
    log_digest,
    made_district,
    story,
)
from tests.offices import OFFICER, Clock, person
from tests.stores import settings_of


def test_a_register_given_again_changes_nothing(office: System) -> None:
    import_history(office, district(), CLERK)
    before = left_behind(office)
    again = import_history(office, district(), CLERK)
    assert again == {
        "cases": 0,
        "records": 0,
        "actions": 0,
        "already_known": 656,
        "findings": 0,
    }
    assert left_behind(office) == before


def test_what_was_sent_twice_counts_once(system: System, tmp_path: Path) -> None:
    def none(retries: Rows) -> None:
        retries.clear()

    import_history(system, district(), CLERK)
    with_retries = log_facts(system)
    other = changed(district(), "actions_retries.csv", none, tmp_path / "r")
    assert import_history(system, other, CLERK)["already_known"] == 652
    assert log_facts(system) == with_retries


def log_facts(system: System) -> list[tuple[Any, ...]]:
    with system.database.read() as c:
        return rows(c, "SELECT position, stream_id, version, data FROM log ORDER BY position")


def test_the_same_request_with_other_content_is_refused(system: System, tmp_path: Path) -> None:
    def another(actions: Rows) -> None:
        actions[100]["occurred_at"] = "2021-03-09T09:00:00+08:00"

    import_history(system, district(), CLERK)
    before = log_digest(system)
    other = changed(district(), "actions.csv", another, tmp_path / "r")
    with pytest.raises(RegisterUnsound) as refused:
        import_history(system, other, CLERK)
    assert refused.value.code == "register_request_reused"
    assert (refused.value.values["line"], refused.value.values["column"]) == (102, "request_id")
    assert log_digest(system) == before


def test_the_same_request_for_a_record_of_other_content_is_refused(
    system: System, tmp_path: Path
) -> None:
    def dearer(records: Rows) -> None:
        records[0]["amount_yuan"] = "1.00"

    import_history(system, district(), CLERK)
    other = changed(district(), "records.csv", dearer, tmp_path / "r")
    with pytest.raises(RegisterUnsound, match="line 2, column request_id"):
        import_history(system, other, CLERK)


# -- in whatever pieces -----------------------------------------------------------------------


@pytest.mark.parametrize("page", [1, 7, 100])
def test_the_size_of_a_page_leaves_no_trace(
    system: System, page: int, digest_in_one_page: str
) -> None:
    import_history(system, district(), CLERK, page=page)
    assert_rebuilt_alike(system)
    assert imported_digest(system) == digest_in_one_page


@pytest.fixture
def digest_in_one_page(sqlite_office: Path, tmp_path: Path) -> str:
    shutil.copytree(sqlite_office, tmp_path / "whole")
    whole = System(settings_of(tmp_path / "whole"), now=Clock())
    import_history(whole, district(), CLERK)
    found = imported_digest(whole)
    whole.database.dispose()
    return found


def assert_rebuilt_alike(system: System) -> None:
    with system.database.read() as c:
        followed = digests(system, c)
    rebuild(system)
    with system.database.read() as c:
        assert digests(system, c) == followed


FAILING = {
    "sqlite": (
        "CREATE TRIGGER full BEFORE INSERT ON receipt WHEN NEW.command_id LIKE 'q-A00000350-%' "
        "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
        "DROP TRIGGER full",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF left(NEW.command_id, 12) = 'q-A00000350-' THEN RAISE 'the disk is full'; END IF; "
        "RETURN NEW; END $$; "
        'CREATE TRIGGER "full" BEFORE INSERT ON receipt FOR EACH ROW EXECUTE FUNCTION refuse()',
        'DROP TRIGGER "full" ON receipt',
    ),
}


def test_after_a_failure_inside_a_page_the_import_goes_on(
    office: System, digest_in_one_page: str
) -> None:
    fail, mend = FAILING[office.database.url.get_backend_name()]
    with office.database.write() as c:
        c.exec_driver_sql(fail)
    with pytest.raises(DBAPIError, match="disk is full"):
        import_history(office, district(), CLERK, page=100)
    assert count(office, "SELECT COUNT(*) FROM receipt WHERE command_id LIKE ?", "q-%") == 300
    with office.database.write() as c:
        c.exec_driver_sql(mend)
    done = import_history(office, district(), CLERK, page=100)
    assert (done["actions"], done["already_known"]) == (352, 304)
    assert imported_digest(office) == digest_in_one_page
    assert_rebuilt_alike(office)


NOTED = ("C000001", "C000009")


def import_while_an_officer_writes(office: System) -> int:
    """How many notes were written on two cases between the pages of an import."""
    officer = person(office, OFFICER)
    noted: list[str] = []

    def note(read: int, total: int) -> None:
        if read > 400:
            return
        with office.database.read() as c:
            found = [office.models.case_file.find(c, case) for case in NOTED]
        for case in found:
            if case is not None:
                noted.append(case.number)
                given = Given(officer, stream=UUID(case.stream_id))
                office.give(COMMANDS["add_note"], {"note": f"{read}/{total}"}, given)

    import_history(office, district(), CLERK, note, page=50)
    return len(noted)


def test_what_others_write_between_two_pages_is_not_lost(office: System) -> None:
    noted = import_while_an_officer_writes(office)
    assert count(office, "SELECT COUNT(*) FROM receipt WHERE command_id LIKE ?", "q-%") == 652
    kept = [e for case in NOTED for e in story(office, case)]
    assert len([e for e in kept if e.topic == "case.note_added"]) == noted > 4
    assert_rebuilt_alike(office)


def test_an_import_that_trusts_its_memory_is_found_out(
    office: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pages, "_forget", lambda pages: None)
    with pytest.raises(StreamConflict):
        import_while_an_officer_writes(office)


def test_a_larger_register_is_the_same_by_rebuild(system: System, tmp_path: Path) -> None:
    folder = made_district(260, "another", tmp_path / "d")
    assert import_history(system, folder, CLERK, page=500)["cases"] == 260
    assert_rebuilt_alike(system)
