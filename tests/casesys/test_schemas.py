"""One district is one schema: districts in one database see nothing of each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from casesys.backup import backup, restore
from casesys.doctor import doctor
from casesys.figures.province import districts_of, province
from casesys.install import install, require_ready
from casesys.permits import operator
from casesys.rebuild import rebuild, verify
from casesys.schemas import SchemaIsRefused, in_schema
from casesys.settings import Settings, SettingsRefused, from_environment
from casesys.stopping import Stopped
from casesys.system import System
from domain.instants import local_day
from projections.driver import rows
from tests import scenarios
from tests.offices import Clock, contents, furnish
from tests.stores import MASTER_KEY, settings_of

RUNNER = operator("tests")
EAST, WEST = "qu_dong", "qu_xi"


def district(home: Path, url: str, name: str) -> Settings:
    return from_environment(
        {
            "CASESYS_HOME": str(home / name),
            "CASESYS_MASTER_KEY": MASTER_KEY,
            "CASESYS_DATABASE_URL": url,
            "CASESYS_SCHEMA": name,
        }
    )


@pytest.fixture
def districts(tmp_path: Path, postgres_database: str) -> Iterator[tuple[System, System]]:
    """Two furnished districts in one database, of which one has two cases and one has one."""
    made = [
        System(district(tmp_path, postgres_database, name), now=Clock()) for name in (EAST, WEST)
    ]
    for system in made:
        furnish(system)
    east, west = made
    scenarios.a_listed_case(east)
    scenarios.a_listed_case(east, 2)
    scenarios.a_listed_case(west)
    yield east, west
    for system in made:
        system.database.dispose()


@pytest.mark.parametrize("name", ["Qu", "1qu", "qu-dong", "pg_qu", "information_schema", "q" * 64])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(SettingsRefused, match="CASESYS_SCHEMA"):
        in_schema("postgresql://host/office", name)


def test_a_schema_is_named_in_one_place_and_on_postgresql_only(tmp_path: Path) -> None:
    for url, schema in (
        ("postgresql://host/office?options=-csearch_path=qu", ""),
        (f"sqlite:///{tmp_path / 'a.db'}", EAST),
    ):
        with pytest.raises(SettingsRefused, match="CASESYS_SCHEMA"):
            district(tmp_path, url, schema)
    kept = make_url(in_schema("postgresql://host/office?options=-cwork_mem=8MB", EAST))
    assert kept.query["options"] == f"-cwork_mem=8MB -csearch_path={EAST}"


@pytest.mark.postgres
def test_before_it_is_made_nothing_is_served_and_init_makes_it(
    tmp_path: Path, postgres_database: str
) -> None:
    system = System(district(tmp_path, postgres_database, EAST), now=Clock())
    with pytest.raises(Stopped, match="casesys init"):
        require_ready(system)
    install(system)
    require_ready(system)
    with psycopg.connect(postgres_database) as c:
        outside = c.execute("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'")
        assert outside.fetchone() == (0,)
    system.database.dispose()


@pytest.mark.postgres
def test_whoever_may_not_make_it_is_told_what_to_ask_for(
    tmp_path: Path, postgres_database: str
) -> None:
    with psycopg.connect(postgres_database, autocommit=True) as c:
        c.execute("CREATE ROLE clerk_of_schemas LOGIN")
    url = make_url(postgres_database).set(username="clerk_of_schemas")
    plain = url.render_as_string(hide_password=False)
    system = System(district(tmp_path, plain, EAST), now=Clock())
    try:
        with pytest.raises(SchemaIsRefused, match="CREATE SCHEMA"):
            install(system)
    finally:
        system.database.dispose()
        with psycopg.connect(postgres_database, autocommit=True) as c:
            c.execute("DROP ROLE clerk_of_schemas")


@pytest.mark.postgres
def test_districts_see_nothing_of_each_other(
    districts: tuple[System, System], tmp_path: Path
) -> None:
    east, west = districts
    counted = []
    for system in districts:
        with system.database.read() as c:
            counted.append(rows(c, "SELECT COUNT(*) FROM log WHERE topic = 'case.opened'")[0][0])
    assert counted == [2, 1]
    before = contents(west)
    rebuild(east)
    assert contents(west) == before and verify(east)["equal"] and verify(west)["equal"]
    # One district waits for no writer of another.
    with east.database.write() as c, west.database.write() as other:
        east.database.lock(c)
        west.database.lock(other)


@pytest.mark.postgres
def test_backup_restore_and_doctor_work_in_a_schema(
    districts: tuple[System, System], tmp_path: Path, postgres_database: str
) -> None:
    east, west = districts
    untouched = contents(west)
    file = tmp_path / "east.backup"
    backup(east, file)
    (tmp_path / "qu_nan").mkdir()
    for key in ("signing.key", "master.key"):
        if (east.settings.home / key).exists():
            (tmp_path / "qu_nan" / key).write_bytes((east.settings.home / key).read_bytes())
    settings = district(tmp_path, postgres_database, "qu_nan")
    restore(settings, file)
    again = System(settings, now=Clock())
    assert contents(again) == contents(east) and contents(west) == untouched
    again.database.dispose()
    assert doctor(east, RUNNER).differences == 0


@pytest.mark.postgres
def test_a_province_adds_what_districts_count_and_says_whom_it_could_not_read(
    districts: tuple[System, System], postgres_database: str
) -> None:
    east, west = districts
    settings = replace(east.settings, database_url=postgres_database)
    assert list(districts_of(settings)) == [EAST, WEST]
    day = local_day(east.now())
    found = province(settings, [EAST, WEST, "qu_bei"], day)
    assert [one["district"] for one in found["unread"]] == ["qu_bei"]
    assert "qu_bei" in found["unread"][0]["why"]
    positions = [one["position"] for one in found["districts"]]
    assert positions == [contents(east)["position"], contents(west)["position"]]
    each = [one["categories"]["all"] for one in found["districts"]]
    whole = found["sum"]["categories"]["all"]
    assert [one["cases"] for one in each] == [2, 1]
    # The case of the west is of an enterprise that the east has too: one in each.
    for count in ("cases", "enterprises", "records"):
        assert whole[count] == sum(one[count] for one in each)
    rate = whole["rates"]["action.interview"]
    parts = [one["rates"]["action.interview"] for one in each]
    assert rate["denominator"] == sum(part["denominator"] for part in parts) == 3
    assert found["enterprises"] == "counted in each district"


def test_a_province_on_sqlite_is_told_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="PostgreSQL"):
        districts_of(settings_of(tmp_path / "home"))
