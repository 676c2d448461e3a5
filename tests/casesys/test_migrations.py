"""The tables are made by steps that end in the shape the program works with."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from casesys import migrations
from casesys.install import create_tables
from casesys.rebuild import rebuild, verify
from casesys.settings import Settings
from casesys.system import System
from casesys.tables import STORE
from projections.driver import rows, write
from projections.ledger import LEDGER, Ledger
from tests.register import made_register, record


def test_the_steps_end_in_the_tables_that_the_program_names(store: System) -> None:
    def of_the_store(name: str | None, kind: str, _: object) -> bool:
        return kind != "table" or name in STORE.tables

    options = {"include_name": of_the_store, "compare_type": True}
    with store.database.read() as c:
        context = MigrationContext.configure(c, opts=options)
        assert compare_metadata(context, STORE) == []
        assert set(STORE.tables) <= set(sa.inspect(c).get_table_names())
    assert _missing_column(store), "the comparison finds nothing at all"


def _missing_column(store: System) -> list[object]:
    with store.database.read() as c:
        c.exec_driver_sql("ALTER TABLE receipt DROP COLUMN version")
        return list(compare_metadata(MigrationContext.configure(c), STORE))


def test_a_new_installation_has_nothing_outdated_and_making_it_again_changes_nothing(
    store: System,
) -> None:
    record(store, made_register(3, 5), 100)
    with store.database.read() as c:
        assert migrations.current(c) == migrations.head()
        before = store.log.digest(c)
    create_tables(store)
    with store.database.read() as c:
        assert store.log.digest(c) == before
    assert verify(store)["equal"]


def test_two_processes_may_make_the_tables_at_once(store_settings: Settings) -> None:
    systems = [System(store_settings) for _ in range(4)]
    start, errors = threading.Barrier(len(systems)), []

    def make(system: System) -> None:
        start.wait()
        try:
            create_tables(system)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=make, args=(system,)) for system in systems]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with systems[0].database.read() as c:
        assert len(rows(c, "SELECT name FROM read_model")) == len(systems[0].models.all)
    for system in systems:
        system.database.dispose()


def test_an_upgrade_builds_the_read_models_that_changed(
    store: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(store, made_register(3, 5), 100)
    monkeypatch.setattr(Ledger, "version", 99)
    with store.database.write() as c:
        write(c, f"DELETE FROM {LEDGER}", [()])
    create_tables(store)
    assert verify(store)["equal"]
    assert rebuild(store)["models"]["ledger"]["rows"] == 5


def test_a_shape_of_a_later_release_is_refused(store: System) -> None:
    with store.database.read() as c:
        migrations.check(c)
    with store.database.write() as c:
        write(c, "UPDATE alembic_version SET version_num = 'later'", [()])
    with store.database.read() as c, pytest.raises(migrations.SchemaIsUnknown, match="'later'"):
        migrations.check(c)
    with pytest.raises(migrations.SchemaIsUnknown, match="'later'"):
        create_tables(store)
