"""The machine's programs that tests stand on do what the tests expect of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from tests.browser import window
from tests.database import fresh_database
from tests.needs import missing


def test_a_missing_program_skips_at_a_desk_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no browser"):
        missing("no browser")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="in CI it is required"):
        missing("no browser")


def test_every_test_has_an_empty_database_of_its_own(postgres_url: str) -> None:
    with fresh_database(postgres_url) as filled, fresh_database(postgres_url) as empty:
        _execute(filled, "CREATE TABLE log AS SELECT '信用' AS data")
        assert _tables(filled) == ["log"]
        assert _tables(empty) == []
        with fresh_database(postgres_url, template=filled) as copy:
            assert _tables(copy) == ["log"]


def test_a_database_goes_away_under_a_connection_left_open(postgres_url: str) -> None:
    with fresh_database(postgres_url) as url:
        engine = sa.create_engine(url)
        left_open = engine.connect()
    with pytest.raises(sa.exc.OperationalError):
        left_open.execute(sa.text("SELECT 1"))
    left_open.invalidate()
    engine.dispose()


def test_a_plain_postgresql_url_is_psycopg_3(postgres_database: str) -> None:
    assert sa.create_engine(postgres_database).dialect.driver == "psycopg"


def test_a_window_speaks_chinese_and_runs_scripts_only_when_asked(chromium: Browser) -> None:
    page_with_script = (
        "data:text/html,<p>still</p><script>document.title=navigator.language</script>"
    )
    with window(chromium) as desk:
        page = desk.new_page()
        page.goto(page_with_script)
        expect(page).to_have_title("zh-CN")
    with window(chromium, scripts=False) as desk:
        page = desk.new_page()
        page.goto(page_with_script)
        expect(page.locator("p")).to_have_text("still")
        expect(page).to_have_title("")


def test_a_window_cannot_leave_the_office(chromium: Browser) -> None:
    with window(chromium) as desk, pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        desk.new_page().goto("http://credit.invalid/")


@pytest.mark.parametrize(
    ("ci", "status", "counted"),
    [("", pytest.ExitCode.OK, "1 skipped"), ("true", pytest.ExitCode.TESTS_FAILED, "1 error")],
)
def test_a_run_without_a_browser_says_so_in_one_line(
    tmp_path: Path, ci: str, status: pytest.ExitCode, counted: str
) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", __file__, "-k", "leave"],
        env={"PATH": str(tmp_path), "HOME": str(tmp_path), "CI": ci},
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
        check=False,
    )
    assert run.returncode == status, run.stdout + run.stderr
    assert "no browser: chromium is not on the PATH" in run.stdout
    assert counted in run.stdout.splitlines()[-1]


def _execute(url: str, statement: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


def _tables(url: str) -> list[str]:
    engine = sa.create_engine(url)
    names = sa.inspect(engine).get_table_names()
    engine.dispose()
    return names
