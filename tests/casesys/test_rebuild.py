"""A read model has one digest, however the log reached it."""

from __future__ import annotations

import threading
from hashlib import sha256

import msgspec
import pytest
from sqlalchemy import Connection

from casesys.log import Meta
from casesys.rebuild import (
    LogIsDamaged,
    ModelIsUnknown,
    digests,
    rebuild,
    verify,
)
from casesys.system import System
from domain.case import GovernanceCase
from domain.decisions.closing import add_note
from domain.desk import Desk
from domain.entries import Entry
from domain.events import DeskEvent, Sealed
from domain.workdays import Workdays
from projections.case_file import CASE_FILE
from projections.driver import rows, select_all, write
from projections.ledger import LEDGER
from tests.register import NOW, append_only, made_register, record

CASES = 60
SEED = 20211031
EMPTY = ("accounts", "published", "uploads")


def forget(system: System, c: Connection) -> None:
    """An office as it was before its first entry."""
    tables = [table.name for model in system.models.all for table in model.tables]
    for table in ("log", "vault", "tree_leaf", "tree_node", *tables):
        write(c, f"DELETE FROM {table}", [()])


def served(system: System) -> dict[str, tuple[str, int]]:
    with system.database.read() as c:
        return digests(system, c)


def test_every_model_has_one_digest_however_the_log_reached_it(store: System) -> None:
    register = made_register(SEED, CASES)
    assert len(register) > 600
    record(store, register, len(register))
    whole = served(store)
    assert all(count for name, (_, count) in whole.items() if name not in EMPTY)
    for batch in (1, 7, 500):
        with store.database.write() as c:
            forget(store, c)
        record(store, register, batch)
        assert served(store) == whole, f"fed in batches of {batch}"
    for batch in (1, 7, 500, 10**6):
        assert answered(rebuild(store, batch=batch)) == whole, f"rebuilt {batch} at a time"
    assert served(store) == whole


def answered(answer: dict[str, dict[str, dict[str, object]]]) -> dict[str, tuple[object, object]]:
    return {name: (m["digest"], m["rows"]) for name, m in answer["models"].items()}


def test_the_order_of_a_digest_is_that_of_the_keys_as_bytes(store: System) -> None:
    record(store, made_register(7, 10), 50)
    with store.database.read() as c:
        digest, count = store.models.ledger.digest(c)
        found = sorted(rows(c, select_all(LEDGER)))
    lines = b"".join(msgspec.json.encode(row) + b"\n" for row in found)
    assert (digest, count) == (sha256(lines).hexdigest(), 10)


def test_a_rebuild_answers_as_the_contract_says(store: System) -> None:
    events = len(record(store, made_register(SEED, 20), 100))
    seen: list[tuple[int, int]] = []
    answer = rebuild(store, progress=lambda done, total: seen.append((done, total)), batch=50)
    assert set(answer) == {"events", "seconds", "models"}
    assert answer["events"] == events
    assert set(answer["models"]["ledger"]) == {"seconds", "rows", "digest"}
    assert answer["models"]["ledger"]["rows"] == 20
    assert seen[-1] == (events, events)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_one_model_alone_can_be_rebuilt(store: System) -> None:
    record(store, made_register(SEED, 10), 100)
    before = served(store)
    with store.database.write() as c:
        write(c, f"DELETE FROM {LEDGER}", [()])
        write(c, f"DELETE FROM {CASE_FILE}", [()])
    assert set(rebuild(store, ["ledger"])["models"]) == {"ledger"}
    after = served(store)
    assert after["ledger"] == before["ledger"]
    assert after["case_file"] != before["case_file"]
    with pytest.raises(ModelIsUnknown, match="'nothing' is none of"):
        rebuild(store, ["nothing"])


def test_verify_finds_a_row_that_the_log_does_not_say(store: System) -> None:
    record(store, made_register(SEED, 10), 100)
    sound = verify(store)
    assert sound["equal"]
    before = served(store)
    with store.database.write() as c:
        (stream,) = rows(c, f"SELECT MIN(stream_id) FROM {LEDGER}")[0]
        write(c, f"UPDATE {LEDGER} SET repaired = repaired + 1 WHERE stream_id = ?", [(stream,)])
    found = verify(store)
    assert not found["equal"]
    assert [name for name, m in found["models"].items() if not m["equal"]] == ["ledger"]
    assert found["models"]["ledger"]["differing"] == [f"ledger {stream}"]
    assert found["models"]["ledger"]["digest"] == before["ledger"][0]
    # It built beside what is served, and left nothing of it behind.
    assert served(store)["ledger"] != before["ledger"]
    assert rebuild(store)["models"]["ledger"]["digest"] == before["ledger"][0]
    assert verify(store)["equal"]


def test_readers_see_the_old_rows_or_the_new_but_nothing_half_built(store: System) -> None:
    record(store, made_register(SEED, 30), 100)
    began, go_on, counts = threading.Event(), threading.Event(), []

    def watch(done: int, total: int) -> None:
        began.set()
        assert go_on.wait(60)

    # An early reader took its snapshot before; a late one comes while the rebuild stands still.
    builder = threading.Thread(target=rebuild, args=(store,), kwargs={"progress": watch})
    with store.database.read() as early:
        counts += rows(early, "SELECT COUNT(*) FROM log")
        builder.start()
        assert began.wait(60)
        counts += rows(early, f"SELECT COUNT(*) FROM {LEDGER}")
        with store.database.read() as late:
            counts += rows(late, f"SELECT COUNT(*) FROM {LEDGER}")
        go_on.set()
        builder.join()
        counts += rows(early, f"SELECT COUNT(*) FROM {LEDGER}")
    assert [count for (count,) in counts[1:]] == [30, 30, 30]


def test_an_append_waits_for_a_rebuild_and_is_in_the_read_models(store: System) -> None:
    record(store, made_register(SEED, 5), 100)
    began, given = threading.Event(), threading.Event()

    def watch(done: int, total: int) -> None:
        began.set()

    def append() -> None:
        assert began.wait(60)
        record(store, _one_more(store), 1)
        given.set()

    writer = threading.Thread(target=append)
    writer.start()
    rebuild(store, progress=watch)
    writer.join()
    assert given.is_set()
    assert verify(store)["equal"]


def _one_more(system: System) -> list[tuple[DeskEvent, Meta]]:
    with system.database.read() as c:
        (stream,) = rows(c, f"SELECT MIN(stream_id) FROM {LEDGER}")[0]
        case = system.log.load(c, stream, GovernanceCase).aggregate
    assert case is not None
    add_note(case, Desk("7b0e", NOW, Workdays({})), note=Sealed("…"))
    return [(event, Meta()) for event in case.collect_events() if isinstance(event, DeskEvent)]


def test_a_log_that_was_only_appended_is_rebuilt_to_the_same_rows(store: System) -> None:
    register = made_register(SEED, 20)
    append_only(store, register)
    assert not verify(store)["equal"]
    built = answered(rebuild(store))
    with store.database.write() as c:
        forget(store, c)
    record(store, register, 7)
    assert served(store) == built


def test_the_streams_of_a_chunk_are_whole(store: System) -> None:
    record(store, made_register(SEED, 20), 100)
    chunks: list[list[Entry]] = []
    with store.database.read() as c:
        chunks += store.log.whole_streams(c, 40)
        entries = store.log.after(c, 0, 10**6)
    assert sorted(e.position for chunk in chunks for e in chunk) == [e.position for e in entries]
    homes = [{e.stream_id for e in chunk} for chunk in chunks]
    assert sum(map(len, homes)) == len(set().union(*homes))
    assert len(chunks) > 3
    owners = [{e.data["enterprise"] for e in chunk if e.topic == "case.opened"} for chunk in chunks]
    assert sum(map(len, owners)) == len(set().union(*owners)) == 10


def test_a_missing_number_is_damage(store: System) -> None:
    record(store, made_register(SEED, 5), 100)
    with store.database.write() as c:
        write(c, "DELETE FROM log WHERE position = ?", [(7,)])
    with pytest.raises(LogIsDamaged, match="position"):
        rebuild(store)
