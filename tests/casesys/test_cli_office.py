"""What is said to whoever starts an office that cannot serve, and who is shown a province."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from casesys.cli import main
from casesys.install import install
from casesys.schemas import in_schema
from casesys.system import System
from domain.instants import local_day
from tests import scenarios
from tests.offices import Clock, furnish
from tests.stores import MASTER_KEY, settings_of

Run = Callable[..., Result]


def run_in(home: Path, **more: str) -> Run:
    environ = {"CASESYS_HOME": str(home), "CASESYS_MASTER_KEY": MASTER_KEY, **more}

    def run(*arguments: str) -> Result:
        return CliRunner(env=environ).invoke(main, arguments, catch_exceptions=False)

    return run


def test_a_start_before_init_is_one_line_that_says_what_to_run(tmp_path: Path) -> None:
    answer = run_in(tmp_path / "home")("serve")
    assert answer.exit_code == 1
    assert answer.stderr.count("\n") == 1 and "casesys init" in answer.stderr


def test_a_start_without_the_database_is_one_line_too(tmp_path: Path) -> None:
    away = run_in(tmp_path, CASESYS_DATABASE_URL="postgresql://nobody@127.0.0.1:1/office")
    answer = away("serve")
    assert answer.exit_code == 1 and answer.stderr.count("\n") == 1
    assert "连不上数据库" in answer.stderr


def test_a_province_on_sqlite_or_asked_by_an_account_is_refused(tmp_path: Path) -> None:
    run = run_in(tmp_path / "home")
    answer = run("province", "--as-of", "2021-10-31")
    assert (answer.exit_code, answer.stderr.count("\n")) == (1, 1)
    assert "PostgreSQL" in answer.stderr
    system = System(settings_of(tmp_path / "home"))
    install(system)
    system.database.dispose()
    assert run("--as", "gu", "province", "--as-of", "2021-10-31").exit_code == 2


@pytest.mark.postgres
def test_a_province_is_told_in_words_and_as_one_document(
    tmp_path: Path, postgres_database: str
) -> None:
    run = run_in(tmp_path, CASESYS_DATABASE_URL=postgres_database)
    assert "casesys init" in run("province", "--as-of", "2021-10-31").stderr
    there = replace(settings_of(tmp_path), database_url=in_schema(postgres_database, "qu_dong"))
    system = System(there, now=Clock())
    furnish(system)
    scenarios.a_listed_case(system)
    day = local_day(system.now())
    system.database.dispose()
    words = run("province", "--as-of", day)
    assert words.exit_code == 0 and "qu_dong" in words.stdout and "两个区各算一家" in words.stdout
    document = run("province", "--as-of", day, "--json", "qu_dong", "qu_bei")
    assert document.exit_code == 1 and "qu_bei" in document.stderr
    found = json.loads(document.stdout)
    assert found["sum"]["categories"] == found["districts"][0]["categories"]
