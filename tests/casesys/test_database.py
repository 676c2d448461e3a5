"""One way to read, one way to write: snapshots, all or nothing, a bounded wait, no weak disk."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import event

from casesys.database import Database, OutOfReach, StoreIsBusy, WeakerDurability
from casesys.system import System
from projections.driver import rows, write

MADE = "INSERT INTO read_model (name, version, tables) VALUES ('made', 1, '')"
COUNT = "SELECT COUNT(*) FROM read_model WHERE name = 'made'"


def test_a_write_is_kept_whole_or_not_at_all(store: System) -> None:
    with pytest.raises(ZeroDivisionError), store.database.write() as c:
        write(c, MADE, [()])
        raise ZeroDivisionError
    with store.database.read() as c:
        assert rows(c, COUNT) == [(0,)]
    with store.database.write() as c:
        write(c, MADE, [()])
    with store.database.read() as c:
        assert rows(c, COUNT) == [(1,)]


def test_a_reader_keeps_its_snapshot_and_never_waits_for_a_writer(store: System) -> None:
    with store.database.read() as early:
        assert rows(early, COUNT) == [(0,)]
        with store.database.write() as c:
            store.database.lock(c)
            write(c, MADE, [()])
            with store.database.read() as between:
                assert rows(between, COUNT) == [(0,)]
        assert rows(early, COUNT) == [(0,)]
    with store.database.read() as late:
        assert rows(late, COUNT) == [(1,)]


def test_nothing_written_while_reading_is_kept(store: System) -> None:
    with store.database.read() as c:
        write(c, MADE, [()])
    with store.database.read() as c:
        assert rows(c, COUNT) == [(0,)]


def test_a_second_writer_waits_for_the_first(store: System) -> None:
    entered, order = threading.Event(), []

    def second() -> None:
        entered.set()
        with store.database.write() as c:
            store.database.lock(c)
            order.append("second")

    thread = threading.Thread(target=second)
    with store.database.write() as c:
        store.database.lock(c)
        thread.start()
        assert entered.wait(60)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_wait_that_is_too_long_gets_a_clear_answer(store: System) -> None:
    impatient = Database(store.settings.database_url, wait_seconds=0.05)
    with store.database.write() as c:
        store.database.lock(c)
        with pytest.raises(StoreIsBusy), impatient.write() as other:
            impatient.lock(other)
    with impatient.write() as other:
        impatient.lock(other)
    impatient.dispose()


@pytest.mark.postgres
def test_more_questions_than_connections_get_a_clear_answer(store_on_postgres: System) -> None:
    database = store_on_postgres.database
    held = [database.engine.connect() for _ in range(8)]
    with pytest.raises(StoreIsBusy), database.write():
        pass
    for c in held:
        c.close()


def test_a_sound_database_is_durable_enough(store: System) -> None:
    store.database.check_durability()


def test_a_sqlite_that_does_not_flush_is_refused(store_on_sqlite: System) -> None:
    @event.listens_for(store_on_sqlite.database.engine, "checkout")
    def _weaken(raw: object, *_: object) -> None:
        raw.execute("PRAGMA synchronous=NORMAL")  # type: ignore[attr-defined]

    with pytest.raises(WeakerDurability, match="synchronous=FULL"):
        store_on_sqlite.database.check_durability()


@pytest.mark.postgres
@pytest.mark.parametrize("level", ["off", "local"])
def test_a_postgresql_that_does_not_flush_is_refused(store_on_postgres: System, level: str) -> None:
    url = store_on_postgres.database.url.update_query_dict(
        {"options": f"-c synchronous_commit={level}"}
    )
    weak = Database(url.render_as_string(hide_password=False))
    with pytest.raises(WeakerDurability, match=f"synchronous_commit={level}"):
        weak.check_durability()
    weak.dispose()


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(WeakerDurability):
        Database("sqlite://").check_durability()


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all/casesys.db", "postgresql://nobody@127.0.0.1:1/office"]
)
def test_a_database_that_does_not_answer_is_said_to_be_out_of_reach(url: str) -> None:
    with pytest.raises(OutOfReach, match="cannot be reached"):
        Database(url).check_durability()


def test_many_may_come_first_to_a_new_file_at_once(tmp_path: Path) -> None:
    errors = []
    for number in range(40):
        url, start = f"sqlite:///{tmp_path / str(number)}.db", threading.Barrier(4)

        def come(url: str = url, start: threading.Barrier = start) -> None:
            database = Database(url)
            start.wait()
            try:
                with database.write():
                    pass
            except Exception as error:
                errors.append(error)
            database.dispose()

        threads = [threading.Thread(target=come) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert errors == []
