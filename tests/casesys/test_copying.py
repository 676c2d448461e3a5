"""An office copied to another database is the same office, or nothing is left there."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from casesys.cli import main
from casesys.commands import COMMANDS
from casesys.copying import CARRIED, CopyRefused, compare, copy
from casesys.followers import place
from casesys.followers.outbox import Outbox
from casesys.install import create_tables, require_ready
from casesys.people.passwords import check_password
from casesys.people.sessions import begin_session
from casesys.permits import operator
from casesys.proofs.chain import verify_log
from casesys.rebuild import verify
from casesys.schemas import in_schema
from casesys.system import Given, System
from projections.driver import rows, select_all, write
from projections.office import ACCOUNT
from projections.rates_sums import RATES_LEDGER
from tests.followers import Diarist
from tests.offices import OFFICER, PASSWORD, contents, person
from tests.register import made_register, record
from tests.stores import MASTER_KEY

# The office has its own calendars and units.
ENTRIES = [
    (event, meta)
    for event, meta in made_register(11, 14, sealed=True)
    if type(event).TOPIC.startswith(("case.", "enterprise."))
]
NEW_UNIT = {"name": "区林业和园林局", "order": "90"}
BEFORE_THE_END = 40
"""How many entries come after the newest checkpoint."""


def filled(office: System) -> System:
    """The office with entries, a checkpoint, a session, and something owed outside."""
    record(office, ENTRIES[:-BEFORE_THE_END], 60)
    with office.database.write() as c:
        office.checkpoints.make(c, office.now())
    record(office, ENTRIES[-BEFORE_THE_END:], 60)
    begin_session(office, person(office, OFFICER))
    with office.database.write() as c:
        place.enter(c, Diarist.name, 5, office.now())
        Outbox(c, Diarist.name, office.now()).put("5", 5, "letter", {"n": 5})
    return office


@pytest.fixture
def full(system: System) -> System:
    return filled(system)


@pytest.fixture
def either(office: System) -> System:
    """The same, once on each database."""
    return filled(office)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Any) -> str:
    """The URL of an empty database; on PostgreSQL a schema that is still to be made."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'other.db'}"
    return in_schema(request.getfixturevalue("postgres_database"), "district_a")


@contextmanager
def opened(system: System, url: str) -> Iterator[System]:
    there = System(replace(system.settings, database_url=url), now=system.now)
    yield there
    there.database.dispose()


def installed_only(there: System) -> None:
    with there.database.write() as c:
        there.database.make_schema(c)
    create_tables(there)


def stored(system: System) -> dict[str, set[tuple[Any, ...]]]:
    with system.database.read() as c:
        return {table.name: set(rows(c, select_all(table))) for table in CARRIED}


def is_empty(system: System) -> bool:
    """Whether a copy into it begins anew, as into any empty database."""
    with system.database.read() as c:
        names = "SELECT name FROM sqlite_master WHERE type = 'table'"
        if c.dialect.name != "sqlite":
            names = "SELECT tablename FROM pg_tables WHERE schemaname = 'district_a'"
        return not rows(c, names)


def test_every_row_arrives_as_it_was_and_every_figure_is_the_same(
    either: System, elsewhere: str
) -> None:
    full = either
    before, said = stored(full), contents(full)
    found = copy(full, elsewhere)
    assert found["copied"] and found["equal"] and found["came_since"] == 0
    assert found["differences"] == [] and all(its["values"] for its in found["compared"].values())
    assert (stored(full), contents(full)) == (before, said), "the source is left as it was"
    with opened(full, elsewhere) as there:
        assert stored(there) == before and contents(there) == said
        assert verify(there)["equal"]
        with there.database.read() as c:
            log = verify_log(there, c)
            assert (log.holds, log.entries, log.checkpoints > 0) == (True, said["position"], True)
            assert not rows(c, "SELECT 1 FROM session")
    assert compare(full, elsewhere)["equal"]


def test_the_office_goes_on_where_it_was_copied_to(full: System, elsewhere: str) -> None:
    given = Given(operator("tests"), command_id="0d0f5f30-2f07-4bb0-a2c6-6d9ba9a4a7ce")
    full.give(COMMANDS["join_unit"], NEW_UNIT, given)
    copy(full, elsewhere)
    with opened(full, elsewhere) as there:
        check_password(there, OFFICER, PASSWORD)
        require_ready(there)
        assert there.give(COMMANDS["join_unit"], NEW_UNIT, given).repeated
        more = {"name": "区水务局二科", "order": "91"}
        there.give(COMMANDS["join_unit"], more, Given(operator("tests")))
        assert verify(there)["equal"]
    found = compare(full, elsewhere)
    assert not found["equal"] and found["came_since"] == -1


def test_nothing_is_done_outside_until_somebody_says_that_the_office_moved(
    full: System, elsewhere: str
) -> None:
    copy(full, elsewhere)
    with opened(full, elsewhere) as there:
        with there.database.write() as c:
            carried = place.known(c, Diarist.name)
            assert carried is not None and carried.where != place.here(c)
            place.moved_here(c)
        with there.database.read() as c:
            moved = place.known(c, Diarist.name)
            assert moved is not None
            assert (moved.where, moved.position) == (place.here(c), 5)
            assert rows(c, "SELECT COUNT(*) FROM outbox WHERE done_at IS NULL") == [(1,)]


def test_entries_that_come_meanwhile_are_not_in_it_and_are_counted(
    either: System, elsewhere: str
) -> None:
    full = either
    came: list[bool] = []

    def goes_on(done: int, total: int) -> None:
        if not came:
            came.append(True)
            full.give(COMMANDS["join_unit"], NEW_UNIT, Given(operator("tests")))

    position = contents(full)["position"]
    found = copy(full, elsewhere, goes_on)
    assert found["equal"] and (found["position"], found["came_since"]) == (position, 1)
    assert not compare(full, elsewhere)["equal"]


def test_a_database_that_holds_anything_is_refused_and_stays_as_it_is(
    full: System, elsewhere: str
) -> None:
    with opened(full, elsewhere) as there:
        installed_only(there)
    assert copy(full, elsewhere)["equal"], "an installation that holds nothing is empty"
    with opened(full, elsewhere) as there:
        before = contents(there)
        with pytest.raises(CopyRefused, match="not empty"):
            copy(full, elsewhere)
        with pytest.raises(CopyRefused, match="not empty"):
            copy(full, full.settings.database_url)
        assert contents(there) == before
        with there.database.write() as c:
            write(c, "DELETE FROM log", [()])
        with pytest.raises(CopyRefused, match="not empty"):
            copy(full, elsewhere)


def test_tables_of_somebody_else_are_left_alone(full: System, elsewhere: str) -> None:
    with opened(full, elsewhere) as there:
        with there.database.write() as c:
            there.database.make_schema(c)
            write(c, "CREATE TABLE payroll (name TEXT)", [()])
        with pytest.raises(CopyRefused, match="payroll"):
            copy(full, elsewhere)


ALTERING = {
    "log": "reason = 'altered'",
    "vault": "made_at = 'altered'",
}


@pytest.mark.parametrize("table", ALTERING)
def test_what_does_not_come_out_equal_is_named_and_taken_back(
    full: System, elsewhere: str, table: str
) -> None:
    """Somebody has laid a trigger into the empty installation that alters one row."""
    with opened(full, elsewhere) as there:
        installed_only(there)
        with there.database.write() as c:
            for statement in _trigger(there, table, ALTERING[table]):
                c.exec_driver_sql(statement)
        found = copy(full, elsewhere)
        assert not found["equal"] and not found["copied"]
        parts = {one["part"] for one in found["differences"]}
        assert parts >= ({"log"} if table == "log" else {"tables"})
        with there.database.read() as c:
            assert not rows(c, "SELECT 1 FROM log") and not rows(c, f"SELECT 1 FROM {ACCOUNT}")


def _trigger(there: System, table: str, change: str) -> list[str]:
    key = {"log": "position", "vault": "subject"}[table]
    if there.database.is_sqlite:
        once = f"(SELECT MIN({key}) FROM {table}) = NEW.{key}"
        return [
            f"CREATE TRIGGER alters AFTER INSERT ON {table} WHEN {once} "
            f"BEGIN UPDATE {table} SET {change} WHERE {key} = NEW.{key}; END"
        ]
    return [
        f"CREATE FUNCTION alters() RETURNS trigger AS $$ BEGIN NEW.{change}; RETURN NEW; END $$ "
        "LANGUAGE plpgsql",
        f"CREATE TRIGGER alters BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION alters()",
    ]


AFTERWARDS = {
    "UPDATE log SET data = replace(data, '{', '{ ') WHERE position = 9": ("log", "digest"),
    "UPDATE tree_node SET hash = (SELECT hash FROM tree_leaf WHERE position = 2)": (
        "log",
        "tree_head",
    ),
    "DELETE FROM credential": ("tables", "credential"),
    f"UPDATE {ACCOUNT} SET unit = 'elsewhere'": ("read_models", "accounts"),
}


def test_a_comparison_names_whatever_was_altered_afterwards(full: System, elsewhere: str) -> None:
    copy(full, elsewhere)
    with opened(full, elsewhere) as there:
        for statement, wanted in AFTERWARDS.items():
            with there.database.write() as c:
                write(c, statement, [()])
            named = {(one["part"], one["name"]) for one in compare(full, elsewhere)["differences"]}
            assert wanted in named
        with there.database.write() as c:
            write(c, f"DELETE FROM {RATES_LEDGER}", [()])
    compared = compare(full, elsewhere)["compared"]
    wrong = {part for part, its in compared.items() if its["differing"]}
    assert {"read_models", "rates", "month"} <= wrong, "a figure that is another is named as such"


KILLED = """
import os, signal, sys
from casesys.copying import copy
from casesys.settings import from_environment
from casesys.system import System
totals = set()
def dies(done, total):
    totals.add(total)
    if len(totals) == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
copy(System(from_environment()), sys.argv[1], dies)
"""


@pytest.mark.parametrize("phase", ["1 of the rows", "2 of the read models"])
def test_a_copy_that_is_killed_leaves_nothing_and_begins_anew(
    full: System, elsewhere: str, phase: str
) -> None:
    environment = {
        "CASESYS_HOME": str(full.settings.home),
        "CASESYS_MASTER_KEY": MASTER_KEY,
        "CASESYS_DATABASE_URL": full.settings.database_url,
    }
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, elsewhere, phase[0]], env=environment, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    with opened(full, elsewhere) as there:
        assert is_empty(there)
    assert copy(full, elsewhere)["equal"]


def test_the_command_prints_what_it_proved_and_no_password(full: System, elsewhere: str) -> None:
    environment = {
        "CASESYS_HOME": str(full.settings.home),
        "CASESYS_MASTER_KEY": MASTER_KEY,
        "CASESYS_DATABASE_URL": full.settings.database_url,
        "CASESYS_LANGUAGE": "en",
    }

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words, env=environment)

    full.database.dispose()
    first = run("copy", "--to", elsewhere)
    assert first.exit_code == 0, first.stderr
    assert "Digest of the log" in first.stdout and "By town" in first.stdout
    assert "were not copied" in first.stderr
    again = run("copy", "--to", elsewhere, "--json")
    assert again.exit_code == 1 and "not empty" in again.stderr
    compared = run("copy", "--to", elsewhere, "--compare", "--json")
    assert json.loads(compared.stdout)["equal"]
    with opened(full, elsewhere) as there, there.database.write() as c:
        write(c, "DELETE FROM credential", [()])
    assert run("copy", "--to", elsewhere, "--compare").exit_code == 1
    assert run("copy", "--to", "mysql://host/x").exit_code == 1
