"""A server that is away is found out soon, said plainly, and worked with again when it is back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any

import psycopg
import pytest

from casesys.commands import COMMANDS
from casesys.database import Database, OutOfReach, StoreIsBusy, TookTooLong
from casesys.postgres import Limits
from casesys.settings import Settings
from casesys.system import Given, System
from projections.driver import rows, write
from tests import scenarios
from tests.offices import OFFICER, Clock, person
from tests.proxy import Line, line_to
from tests.stores import settings_of

pytestmark = pytest.mark.postgres

PATIENCE = 10
"""Far longer than any of this takes, on however busy a machine; a wait without an end is longer."""
PAGE = Limits(connections=3, seconds=2)


@pytest.fixture
def line(postgres_database: str) -> Iterator[tuple[Line, Database]]:
    with line_to(postgres_database) as (line, url):
        database = Database(url, limits=PAGE)
        assert ask(database) == 1
        yield line, database
        database.dispose()


def ask(database: Database) -> Any:
    with database.read() as c:
        return rows(c, "SELECT 1")[0][0]


def refused(database: Database) -> float:
    begun = monotonic()
    with pytest.raises(OutOfReach):
        ask(database)
    return monotonic() - begun


def test_a_server_that_is_stopped_is_said_to_be_away_until_it_is_back(
    line: tuple[Line, Database],
) -> None:
    way, database = line
    way.stop()
    assert refused(database) < PATIENCE
    assert refused(database) < PATIENCE
    way.start()
    assert ask(database) == 1


def test_a_server_that_takes_everything_and_answers_nothing_is_away_too(
    line: tuple[Line, Database],
) -> None:
    way, database = line
    way.silence()
    assert refused(database) < PATIENCE
    # Who comes next need not find it out: the process knows, for a moment.
    assert refused(database) < 0.5
    way.mend()
    until = monotonic() + PATIENCE
    while monotonic() < until:
        try:
            assert ask(database) == 1
            break
        except OutOfReach:
            continue
    assert ask(database) == 1


def test_a_server_that_falls_silent_during_a_statement_is_found_out(
    line: tuple[Line, Database],
) -> None:
    way, database = line
    begun = monotonic()
    with pytest.raises(OutOfReach), database.read() as c:
        threading.Timer(0.1, way.silence).start()
        rows(c, "SELECT pg_sleep(600)")
    assert monotonic() - begun < PATIENCE


def test_a_statement_that_takes_its_time_is_let_do_so(line: tuple[Line, Database]) -> None:
    _, database = line
    with database.read() as c:
        assert rows(c, "SELECT 1 FROM pg_sleep(1.2)") == [(1,)]


def test_a_page_is_told_when_its_question_took_too_long_and_a_tool_is_not(
    line: tuple[Line, Database],
) -> None:
    _, database = line
    with pytest.raises(TookTooLong), database.read() as c:
        rows(c, "SELECT pg_sleep(600)")
    assert ask(database) == 1
    tool = Database(database.url.render_as_string(hide_password=False))
    with tool.read() as c:
        assert rows(c, "SHOW statement_timeout") == [("0",)]
        assert rows(c, "SHOW idle_in_transaction_session_timeout") == [("0",)]
    tool.dispose()


def test_who_waits_for_a_writer_is_told_that_it_is_busy_and_not_too_long(
    line: tuple[Line, Database],
) -> None:
    _, database = line
    with database.write() as c:
        database.lock(c)
        with pytest.raises(StoreIsBusy) as busy, database.write() as other:
            database.lock(other)
    assert not isinstance(busy.value, TookTooLong)


def test_more_readers_than_connections_are_told_that_it_is_busy(
    line: tuple[Line, Database],
) -> None:
    _, database = line
    held = [database.engine.connect() for _ in range(PAGE.connections)]
    with pytest.raises(StoreIsBusy):
        ask(database)
    for c in held:
        c.close()


@pytest.mark.parametrize("writing", [False, True])
def test_a_session_that_the_administrator_ends_is_no_fault_of_ours(
    line: tuple[Line, Database], postgres_database: str, writing: bool
) -> None:
    _, database = line
    with pytest.raises(OutOfReach), database.write() if writing else database.read() as c:
        ((own,),) = rows(c, "SELECT pg_backend_pid()")
        with psycopg.connect(postgres_database, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", [own])
        rows(c, "SELECT 1")
    assert ask(database) == 1


def test_a_connection_that_is_ended_between_two_questions_is_found_out_and_made_anew(
    line: tuple[Line, Database], postgres_database: str
) -> None:
    _, database = line
    with database.read() as c:
        ((own,),) = rows(c, "SELECT pg_backend_pid()")
    with psycopg.connect(postgres_database, autocommit=True) as admin:
        # It waits until the session is gone.
        admin.execute("SELECT pg_terminate_backend(%s, 10000)", [own])
    with database.read() as c:
        assert rows(c, "SELECT pg_backend_pid()") != [(own,)]


def test_a_server_without_room_or_without_this_database_is_out_of_reach(
    postgres_database: str,
) -> None:
    elsewhere = postgres_database.replace("casesys_test_", "casesys_nowhere_")
    database = Database(elsewhere, limits=PAGE)
    assert refused(database) < PATIENCE
    database.dispose()


def test_what_else_goes_wrong_keeps_its_name(line: tuple[Line, Database]) -> None:
    _, database = line
    with pytest.raises(Exception, match="no_such_table"), database.read() as c:
        rows(c, "SELECT 1 FROM no_such_table")
    with pytest.raises(ZeroDivisionError), database.write():
        raise ZeroDivisionError


@pytest.fixture
def office_over_a_line(
    postgres_office: Any, tmp_path: Any
) -> Iterator[tuple[Line, System, Settings]]:
    with postgres_office() as url, line_to(url) as (line, through):
        settings = settings_of(tmp_path / "home", through)
        system = System(settings, now=Clock(), limits=PAGE)
        yield line, system, settings
        system.database.dispose()


def test_a_command_whose_answer_was_lost_acts_once_when_it_is_sent_again(
    office_over_a_line: tuple[Line, System, Settings],
) -> None:
    line, system, _ = office_over_a_line
    case = scenarios.a_listed_case(system)
    given = Given(person(system, OFFICER), case.stream, command_id="sent-again")
    contact = scenarios.contact("2021-07-20")
    line.lose_answer_to(b"COMMIT\0")
    with pytest.raises(OutOfReach):
        system.give(COMMANDS["attempt_contact"], contact, given)
    receipt = system.give(COMMANDS["attempt_contact"], contact, given)
    assert receipt.repeated
    with system.database.read() as c:
        question = "SELECT COUNT(*) FROM log WHERE command_id = ?"
        assert rows(c, question, ["sent-again"]) == [(1,)]


def test_a_command_that_was_cut_before_its_end_left_nothing(
    office_over_a_line: tuple[Line, System, Settings],
) -> None:
    line, system, _ = office_over_a_line
    with pytest.raises(OutOfReach), system.database.write() as c:
        write(c, "INSERT INTO preference VALUES ('a', 'zh', 0, 0)", [()])
        line.cut()
    with system.database.read() as c:
        assert rows(c, "SELECT COUNT(*) FROM preference") == [(0,)]
