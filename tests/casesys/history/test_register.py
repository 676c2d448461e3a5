"""What cannot be taken is named by file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from casesys.csv_rows import RegisterUnsound
from casesys.history import import_history
from casesys.permits import NotPermitted
from casesys.system import System
from tests.districts import (
    CLERK,
    Rows,
    changed,
    count,
    district,
)
from tests.offices import OFFICER, person

Fault = tuple[str, int, str, str, str]
FAULTS: list[Fault] = [
    ("units.csv", 3, "unit_no", "x", "register_number_is_none"),
    ("units.csv", 3, "unit", "", "register_value_missing"),
    ("enterprises.csv", 3, "uscc", "91449901MA10087H44", "register_name_is_twice"),
    ("enterprises.csv", 3, "registration_status", "睡着", "register_word_is_unknown"),
    ("enterprises.csv", 3, "established", "2016-02-30", "register_day_is_none"),
    ("enterprises.csv", 3, "name", " ", "register_value_missing"),
    ("cases.csv", 4, "category", "fine", "register_word_is_unknown"),
    ("cases.csv", 4, "uscc", "91449901MA10087H45", "register_name_is_unknown"),
    ("cases.csv", 4, "case_id", "C000001", "register_name_is_twice"),
    ("cases.csv", 4, "listed_date", "8.3.2021", "register_day_is_none"),
    ("records.csv", 5, "case_id", "C999999", "register_name_is_unknown"),
    ("records.csv", 5, "record_id", "R0000001", "register_name_is_twice"),
    ("records.csv", 5, "amount_yuan", "1.005", "register_amount_is_none"),
    ("records.csv", 5, "amount_yuan", "-1", "register_amount_is_none"),
    ("records.csv", 5, "amount_yuan", "NaN", "register_amount_is_none"),
    ("records.csv", 5, "decided_date", "", "register_day_is_none"),
    ("actions.csv", 301, "case_id", "C999999", "register_name_is_unknown"),
    ("actions.csv", 301, "type", "phoned", "register_word_is_unknown"),
    ("actions.csv", 301, "occurred_at", "2021-05-11T16:03:00", "register_time_is_none"),
    ("actions.csv", 301, "recorded_at", "yesterday", "register_time_is_none"),
    ("actions.csv", 301, "request_id", "", "register_value_missing"),
    ("actions.csv", 301, "officer", "", "register_value_missing"),
    ("actions.csv", 301, "record_id", "R9999999", "register_name_is_unknown"),
    ("actions_retries.csv", 2, "action_id", "A99999999", "register_name_is_unknown"),
    ("actions_retries.csv", 2, "request_id", "q-other", "register_request_reused"),
]
BY_TYPE: list[tuple[str, str, str, str]] = [
    ("contact_attempted", "result", "waved", "register_word_is_unknown"),
    ("record_added", "record_id", "", "register_value_missing"),
    ("assigned", "detail", "", "register_value_missing"),
    ("photo_added", "detail", "sha256:12", "register_hash_is_none"),
    ("commitment_signed", "detail", "md5", "register_hash_is_none"),
    ("impediment_found", "detail", "tired", "register_word_is_unknown"),
    ("deadline_extended", "detail", "first_contact", "register_word_is_unknown"),
    ("deadline_extended", "detail", "lunch:2021-05-21", "register_word_is_unknown"),
    ("deadline_extended", "detail", "first_contact:soon", "register_day_is_none"),
    ("action_voided", "target_action_id", "A99999999", "register_name_is_unknown"),
    ("action_voided", "target_action_id", "A00000001", "register_name_is_unknown"),
    ("action_voided", "target_action_id", "A00000652", "register_name_is_unknown"),
    ("case_closed", "detail", "bored", "register_word_is_unknown"),
    ("case_reopened", "detail", "", "register_word_is_unknown"),
]


def refused(system: System, folder: Path, page: int = 100) -> RegisterUnsound:
    with pytest.raises(RegisterUnsound) as caught:
        import_history(system, folder, CLERK, page=page)
    return caught.value


@pytest.mark.parametrize(("file", "line", "column", "value", "code"), FAULTS)
def test_a_row_that_cannot_be_taken_is_named(
    system: System, tmp_path: Path, file: str, line: int, column: str, value: str, code: str
) -> None:
    def spoil(found: Rows) -> None:
        found[line - 2][column] = value

    why = refused(system, changed(district(), file, spoil, tmp_path / "r"))
    assert why.code == code
    assert why.values == {"file": file, "line": line, "column": column, "value": value}
    assert f"{file}, line {line}, column {column}" in str(why)


@pytest.mark.parametrize(("kind", "column", "value", "code"), BY_TYPE)
def test_a_value_that_its_type_cannot_have_is_named(
    system: System, tmp_path: Path, kind: str, column: str, value: str, code: str
) -> None:
    lines: list[int] = []

    def spoil(actions: Rows) -> None:
        place = next(n for n, row in enumerate(actions) if row["type"] == kind)
        actions[place][column] = value
        lines.append(place + 2)

    why = refused(system, changed(district(), "actions.csv", spoil, tmp_path / "r"))
    assert (why.code, why.values["column"]) == (code, column)
    assert why.values["line"] == lines[0]


def test_nothing_of_the_page_of_a_bad_row_is_written_and_the_pages_before_it_stay(
    system: System, tmp_path: Path
) -> None:
    def spoil(actions: Rows) -> None:
        actions[349]["type"] = "phoned"

    refused(system, changed(district(), "actions.csv", spoil, tmp_path / "r"))
    assert count(system, "SELECT COUNT(*) FROM receipt WHERE command_id LIKE ?", "q-%") == 300
    done = import_history(system, district(), CLERK)
    assert (done["actions"], done["already_known"]) == (352, 304)


def test_a_file_that_is_no_such_table_is_named(system: System, tmp_path: Path) -> None:
    def nothing(found: Rows) -> None: ...

    folder = changed(district(), "records.csv", nothing, tmp_path / "r")
    path = folder / "cases.csv"
    text = path.read_text("utf-8")
    for content, code, line in (
        (text.replace("lead_unit", "unit", 1).encode(), "register_column_missing", 1),
        (text.replace(",penalty", "", 1).encode(), "register_row_has_other_columns", 2),
        (text.encode("gb18030"), "register_file_is_no_text", None),
        (text.replace("penalty", '"penalty', 1).encode(), "register_file_is_no_text", None),
    ):
        path.write_bytes(content)
        why = refused(system, folder)
        assert (why.code, why.values["file"]) == (code, "cases.csv")
        assert line is None or why.values["line"] == line
    path.unlink()
    assert refused(system, folder).code == "register_file_missing"
    assert count(system, "SELECT COUNT(*) FROM log WHERE topic = 'enterprise.registered'") == 0


def test_a_byte_order_mark_and_an_empty_last_line_do_no_harm(
    system: System, tmp_path: Path
) -> None:
    def nothing(found: Rows) -> None: ...

    folder = changed(district(), "records.csv", nothing, tmp_path / "r")
    for path in folder.glob("*.csv"):
        path.write_text("\ufeff" + path.read_text("utf-8") + "\n", "utf-8")
    assert import_history(system, folder, CLERK)["actions"] == 652


def test_an_officer_does_not_import_a_register(system: System) -> None:
    with pytest.raises(NotPermitted):
        import_history(system, district(), person(system, OFFICER))
