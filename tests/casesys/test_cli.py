"""The command line as a person and a script meet it: answers, refusals, exit codes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from docx import Document

from casesys.cli import main
from tests.shared_data import shared_path

Casesys = Callable[..., Result]


@pytest.fixture
def casesys(tmp_path: Path) -> Casesys:
    """Runs `casesys` in an installation of its own."""
    environment = {"CASESYS_HOME": str(tmp_path / "home"), "CASESYS_LANGUAGE": "en"}

    def run(*arguments: str | Path, typed: str = "") -> Result:
        return CliRunner().invoke(main, [str(a) for a in arguments], input=typed, env=environment)

    return run


@pytest.fixture
def district(casesys: Casesys) -> Casesys:
    """An installation that holds the made register of fifty cases."""
    folder = shared_path("district/district_50")
    assert casesys("init").exit_code == 0
    assert casesys("import", "history", folder).exit_code == 0
    return casesys


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_init_says_what_it_made_and_makes_it_once(casesys: Casesys) -> None:
    assert answer(casesys("init", "--json"))["units"] == 49
    assert answer(casesys("init", "--json")) == {"calendars": [], "units": 0}


def test_a_register_is_counted_and_given_again_changes_nothing(district: Casesys) -> None:
    folder = shared_path("district/district_50")
    again = answer(district("import", "history", folder, "--json"))
    assert again["actions"] == 0
    assert again["already_known"] == 652 + 4


def test_rates_are_one_document_of_the_contract(district: Casesys) -> None:
    found = answer(district("rates", "--as-of", "2021-11-09", "--json"))
    judgment = found["categories"]["judgment"]["rates"]["repair.by_record"]
    assert judgment == {"numerator": 8, "denominator": 47, "percent": 17}
    by_town = answer(district("rates", "--as-of", "2021-11-09", "--by", "town", "--json"))
    assert {"key", "records", "repaired_records", "enterprises", "percent"} == set(
        by_town["groups"][0]
    )


def test_groups_are_read_as_a_table_with_its_heads(district: Casesys) -> None:
    table = district("rates", "--as-of", "2021-10-31", "--by", "month").stdout
    head, *months = table.splitlines()
    assert head.split("\t")[:2] == ["key", "cases_listed"]
    assert months[0].split("\t")[2] == "penalty 12 judgment 18"
    assert months[0].split("\t")[-1] == "penalty 0/12 judgment 0/18"
    assert not set("{}'") & set(table)


def test_deadlines_equal_the_districts_answers(district: Casesys) -> None:
    expected = json.loads(shared_path("district/district_50/expected.json").read_text())
    found = answer(district("deadlines", "--as-of", "2021-11-09", "--json"))
    assert found == expected["deadlines_at_last_date"]


def test_a_case_is_shown_as_it_was_by_day_and_by_version(district: Casesys) -> None:
    now = answer(district("case", "show", "C000001", "--json"))
    then = answer(district("case", "show", now["number"], "--as-of", "2021-03-10", "--json"))
    first = answer(district("case", "show", "C000001", "--version", "1", "--json"))
    assert now["stage"] == "closed"
    assert then["stage"] == "contacting"
    assert (first["version"], first["stage"]) == (1, "unlisted")


def test_the_history_of_a_case_says_which_entries_count(district: Casesys) -> None:
    entries = answer(district("case", "history", "C000001", "--json"))
    assert [e["version"] for e in entries] == list(range(1, len(entries) + 1))
    assert all(e["counts"] for e in entries)
    assert "cases" not in entries[0]


def test_identify_answers_every_line_in_order(casesys: Casesys) -> None:
    lines = "91449901MA10087H44\n(2021)粤1973执12号\n完全不是\n"
    found = answer(casesys("identify", "--json", typed=lines))
    assert [f["kind"] for f in found] == ["uscc", "court_case_number", "unknown"]
    assert found[1]["normal"] == "（2021）粤1973执12号"


def test_a_listing_answers_every_row_and_a_dry_run_changes_nothing(casesys: Casesys) -> None:
    book = shared_path("district/district_50/upload_dirty.xlsx")
    casesys("init")
    dry = answer(casesys("import", "listing", book, "--dry-run", "--json"))
    before = answer(casesys("projections", "status", "--json"))
    assert before["models"]["case_file"]["rows"] == 0
    wet = answer(casesys("import", "listing", book, "--json"))
    assert [r["result"] for r in wet["rows"]] == [r["result"] for r in dry["rows"]]
    assert answer(casesys("projections", "status", "--json"))["models"]["case_file"]["rows"] > 0


def test_read_models_are_rebuilt_and_verified(district: Casesys) -> None:
    before = answer(district("projections", "verify", "--json"))
    rebuilt = answer(district("projections", "rebuild", "--json"))
    assert before["equal"]
    assert rebuilt["events"] > 652
    assert {n: m["digest"] for n, m in rebuilt["models"].items()} == {
        n: m["digest"] for n, m in before["models"].items()
    }
    assert district("projections", "rebuild", "no_such_model").exit_code == 2


def test_people_get_accounts_and_act_under_them(casesys: Casesys) -> None:
    casesys("init")
    opened = casesys(
        *("account", "open", "wang", "--name", "王某", "--unit", "区财政局", "--role", "auditor"),
        *("--password", "a long enough secret", "--json"),
    )
    assert answer(opened)["roles"] == ["auditor"]
    assert [a["login"] for a in answer(casesys("account", "list", "--json"))] == ["wang"]
    together = casesys("account", "grant", "wang", "officer")
    assert together.exit_code == 1
    assert together.stderr.strip()
    folder = shared_path("district/district_50")
    refused = casesys("--as", "wang", "import", "history", folder)
    assert refused.exit_code == 1


def test_a_backup_is_restored_elsewhere_to_the_same_figures(
    district: Casesys, tmp_path: Path
) -> None:
    file = tmp_path / "office.backup"
    assert district("backup", "-o", file).exit_code == 0
    key = (tmp_path / "home" / "master.key").read_text().strip()
    elsewhere = {
        "CASESYS_HOME": str(tmp_path / "elsewhere"),
        "CASESYS_MASTER_KEY": key,
        "CASESYS_LANGUAGE": "en",
    }
    restored = CliRunner().invoke(main, ["restore", str(file)], env=elsewhere)
    assert restored.exit_code == 0, restored.stderr
    question = ["rates", "--as-of", "2021-11-09", "--json"]
    there = CliRunner().invoke(main, question, env=elsewhere)
    assert json.loads(there.stdout) == answer(district(*question))


def test_the_demonstration_says_who_signs_in_in_the_reader_s_words(
    casesys: Casesys,
) -> None:
    told = casesys("demo", "--cases", "1").stdout
    assert re.search(r"gu +casesys-demo +Supervisor", told)


def test_the_demonstration_fills_an_empty_system_only(casesys: Casesys) -> None:
    made = answer(casesys("demo", "--cases", "20", "--json"))
    roles = ["officer"] * 3 + ["supervisor", "auditor"]
    roles += ["system_administrator", "security_administrator"]
    assert [a["role"] for a in made["accounts"]] == roles
    assert casesys("demo").exit_code == 1
    assert casesys("demo", "--if-empty").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("rates", "--as-of", "2021-02-30"), 2),
        (("rates",), 2),
        (("rates", "--as-of", "2021-10-31", "--by", "colour"), 2),
        (("case", "show", "no such case"), 1),
        (("case", "show", "C000001", "--version", "0"), 2),
        (("--as", "nobody", "import", "history", "."), 1),
        (("import", "listing", "no-such-file.xlsx"), 2),
        (("import", "history", "."), 1),
        (("restore", "pyproject.toml"), 1),
    ],
)
def test_wrong_input_is_answered_with_a_sentence_and_an_exit_code(
    casesys: Casesys, arguments: tuple[str, ...], code: int
) -> None:
    casesys("init")
    result = casesys(*arguments)
    assert result.exit_code == code, (result.stdout, result.stderr, result.exception)
    assert result.stderr.strip()
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "question",
    [
        ("rates", "--as-of", "2021-10-31"),
        ("deadlines", "--as-of", "2021-10-31"),
        ("case", "show", "C000001"),
        ("case", "history", "C000001"),
        ("projections", "status"),
        ("projections", "rebuild"),
        ("projections", "verify"),
        ("account", "list"),
        ("import", "history", "."),
        ("backup", "-o", "never.backup"),
        ("--as", "wang", "rates", "--as-of", "2021-10-31"),
    ],
)
def test_before_it_is_installed_every_question_says_what_to_run(
    casesys: Casesys, question: tuple[str, ...]
) -> None:
    result = casesys(*question)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "casesys init" in result.stderr


def test_figures_end_where_the_reach_of_an_account_ends(district: Casesys) -> None:
    day = ("--as-of", "2021-11-09", "--json")
    units = answer(district("rates", *day, "--by", "unit"))["groups"]
    whole = answer(district("deadlines", *day))
    (mine, *_) = units
    district(
        *("account", "open", "wang", "--name", "王某", "--unit", mine["key"], "--role", "officer"),
        *("--password", "a long enough secret"),
    )
    seen = answer(district("--as", "wang", "rates", *day))["categories"]["all"]
    assert seen["records"] == mine["records"] < sum(unit["records"] for unit in units)
    groups = answer(district("--as", "wang", "rates", *day, "--by", "unit"))["groups"]
    assert [group["key"] for group in groups] == [mine["key"]]
    due = answer(district("--as", "wang", "deadlines", *day))
    assert sum(due["interview"].values()) == seen["cases"] < sum(whole["interview"].values())


def test_a_wrong_setting_ends_in_a_sentence(tmp_path: Path) -> None:
    for wrong in ({"CASESYS_DATABASE_URL": "mysql://x/y"}, {"CASESYS_MASTER_KEY": "short"}):
        environment = {"CASESYS_HOME": str(tmp_path), "CASESYS_LANGUAGE": "en", **wrong}
        result = CliRunner().invoke(main, ["projections", "status"], env=environment)
        assert result.exit_code == 1
        assert next(iter(wrong)) in result.stderr


@pytest.mark.parametrize(
    ("acting", "arguments", "code"),
    [
        ("wang", ("rates", "--as-of", "2021-10-31"), 0),
        ("wang", ("case", "show", "nobody's"), 1),
        ("wang", ("projections", "rebuild"), 1),
        ("wang", ("projections", "verify"), 1),
        ("wang", ("backup", "-o", "FILE"), 1),
        ("wang", ("init",), 1),
        ("wang", ("account", "grant", "wang", "supervisor"), 1),
        ("nobody", ("rates", "--as-of", "2021-10-31"), 1),
        ("nobody", ("projections", "status"), 1),
    ],
)
def test_a_named_account_may_do_what_its_roles_allow(
    casesys: Casesys, tmp_path: Path, acting: str, arguments: tuple[str, ...], code: int
) -> None:
    casesys("init")
    casesys(
        *("account", "open", "wang", "--name", "王某", "--unit", "区财政局", "--role", "officer"),
        *("--password", "a long enough secret"),
    )
    file = tmp_path / "office.backup"
    result = casesys("--as", acting, *(file if part == "FILE" else part for part in arguments))
    assert result.exit_code == code, (result.stdout, result.stderr, result.exception)
    assert bool(result.stderr.strip()) == bool(code)
    assert not file.exists()


def test_the_report_is_a_word_file_under_one_receipt_that_verifies(
    district: Casesys, tmp_path: Path
) -> None:
    file = tmp_path / "报告.docx"
    asked = ("report", "--as-of", "2021-10-31", "--known-at", "2021-11-09", "-o", file)
    done = answer(district(*asked, "--json"))
    assert done["file"] == str(file) and done["as_of"] == "2021-10-31"
    assert done["known_at"] == "2021-11-09T15:59:59.999999Z" and done["figures"] > 100
    document = Document(str(file))
    assert document.paragraphs[0].text.startswith("Report on the special governance")
    told = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert f"Receipt {done['receipt']}" in told
    assert district("figure", "verify", done["receipt"]).exit_code == 0


def test_a_report_that_cannot_be_written_gives_no_receipt(
    district: Casesys, tmp_path: Path
) -> None:
    assert district("report", "--as-of", "2021-10-31").exit_code == 2
    assert district("report", "--as-of", "31.10.2021", "-o", tmp_path / "r.docx").exit_code == 2
    (tmp_path / "folder").mkdir()
    refused = district("report", "--as-of", "2021-10-31", "-o", tmp_path / "folder")
    assert refused.exit_code == 1 and refused.stderr
    first = answer(district("report", "--as-of", "2021-10-31", "-o", tmp_path / "r", "--json"))
    assert first["receipt"].endswith("-0001")
