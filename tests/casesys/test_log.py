"""The log only grows, in one order, and what it says of an entry is what was written."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

import msgspec
import pytest

from casesys.log import Meta, StreamConflict
from casesys.registry import KINDS, TopicIsUnknown
from casesys.system import System
from domain.case import GovernanceCase
from domain.decisions.closing import add_note
from domain.desk import Desk
from domain.entries import Entry
from domain.events import DeskEvent, Sealed
from domain.office import Enterprise
from domain.workdays import Workdays
from projections.driver import rows, write
from tests.register import NOW, made_register, record

LATER, EARLIER = "2022-02-01T00:00:00.000000Z", "2022-01-01T00:00:00.000000Z"


@pytest.fixture
def entries(store: System) -> list[Entry]:
    return record(store, made_register(21, 15), 40)


def test_what_is_read_is_what_the_read_models_were_fed(store: System, entries: list[Entry]) -> None:
    with store.database.read() as c:
        assert store.log.after(c, 0, 10**6) == entries
        assert store.log.after(c, 5, 3) == entries[5:8]
        assert store.log.head(c) == (len(entries), NOW)


def test_positions_count_from_one_and_versions_within_their_stream(
    store: System, entries: list[Entry]
) -> None:
    assert [e.position for e in entries] == list(range(1, len(entries) + 1))
    for stream in {e.stream_id for e in entries}:
        versions = [e.version for e in entries if e.stream_id == stream]
        assert versions == list(range(1, len(versions) + 1))


def test_every_kind_of_event_reads_back_as_it_was_given(store: System) -> None:
    register = made_register(3, 60)
    given = {type(event).TOPIC for event, _ in register}
    assert {t for t, kind in KINDS.items() if kind.aggregate is GovernanceCase} <= given
    stored = record(store, register, 10**6)
    for (event, meta), entry in zip(register, stored, strict=True):
        for name, value in entry.data.items():
            told = vars(event)[name]
            assert value == told or "sealed" in value, (entry.topic, name)
        assert entry.occurred_at == event.occurred_at
        assert entry.recorded_at == (meta.recorded_at or entry.entered_at)
        assert (entry.caused_by, entry.findings) == (meta.caused_by, meta.findings)


def test_the_servers_clock_never_goes_back_in_the_log(store: System) -> None:
    register = made_register(1, 1)
    with store.database.write() as c:
        store.database.lock(c)
        store.log.append(c, register, LATER)
        (entry,) = store.log.append(c, _note(register), EARLIER)
    assert entry.entered_at == entry.recorded_at == LATER


def _note(register: list[tuple[DeskEvent, Meta]]) -> list[tuple[DeskEvent, Meta]]:
    case = GovernanceCase.__new__(GovernanceCase)
    for event, _ in register:
        if event.TOPIC == GovernanceCase.CaseOpened.TOPIC:
            case = event.mutate(None)  # type: ignore[assignment]
        elif event.TOPIC.startswith("case."):
            case = event.mutate(case)  # type: ignore[assignment]
    add_note(case, Desk("7b0e", NOW, Workdays({})), note=Sealed("…"))
    return [(e, Meta()) for e in case.collect_events() if isinstance(e, DeskEvent)]


def test_a_stream_that_went_on_refuses_the_second_and_keeps_nothing_of_it(store: System) -> None:
    register = made_register(1, 1)
    record(store, register, 10**6)
    one, other = _note(register), _note(register)
    record(store, one, 1)
    with store.database.read() as c:
        before = store.log.digest(c)
    with pytest.raises(StreamConflict):
        record(store, other, 1)
    with store.database.read() as c:
        assert store.log.digest(c) == before


def test_a_stream_is_folded_into_its_aggregate_and_no_other(
    store: System, entries: list[Entry]
) -> None:
    stream = UUID(next(e.stream_id for e in entries if e.topic == "case.opened"))
    with store.database.read() as c:
        loaded = store.log.load(c, stream, GovernanceCase)
        assert loaded.aggregate is not None
        assert loaded.aggregate.version == loaded.version == len(loaded.entries)
        assert loaded.entries == store.log.stream(c, stream)
        with pytest.raises(Exception, match="is no Enterprise"):
            store.log.load(c, stream, Enterprise)
        assert store.log.load(c, UUID(int=0), GovernanceCase).aggregate is None


def test_entries_before_a_position_are_those_of_the_streams_asked(
    store: System, entries: list[Entry]
) -> None:
    streams = sorted({e.stream_id for e in entries if e.topic.startswith("case.")})[:3]
    with store.database.read() as c:
        found = store.log.entries_before(c, streams, 100)
    for stream in streams:
        told = [e for e in entries if e.stream_id == stream and e.position < 100]
        assert found.get(stream, []) == told


def test_an_entry_of_a_later_release_stops_this_one(store: System, entries: list[Entry]) -> None:
    with store.database.write() as c:
        write(c, "UPDATE log SET topic = 'case.of_tomorrow' WHERE position = ?", [(3,)])
    with store.database.read() as c, pytest.raises(TopicIsUnknown, match="a later one"):
        store.log.after(c, 0, 10)
    with store.database.write() as c:
        write(c, "UPDATE log SET topic = ? WHERE position = ?", [(entries[2].topic, 3)])
        (data,) = rows(c, "SELECT data FROM log WHERE position = 3")[0]
        newer = data.replace("{", '{"class_version":99,', 1)
        write(c, "UPDATE log SET data = ? WHERE position = 3", [(newer,)])
    with store.database.read() as c, pytest.raises(TopicIsUnknown, match="version 99"):
        store.log.after(c, 0, 10)


def test_the_digest_is_of_the_rows_as_they_stand(store: System, entries: list[Entry]) -> None:
    with store.database.read() as c:
        digest, count = store.log.digest(c)
        stored = rows(c, "SELECT * FROM log ORDER BY position")
    lines = b"".join(msgspec.json.encode(row) + b"\n" for row in stored)
    assert (digest, count) == (sha256(lines).hexdigest(), len(entries))
    with store.database.write() as c:
        write(c, "UPDATE log SET actor = 'x' WHERE position = ?", [(9,)])
    with store.database.read() as c:
        assert store.log.digest(c)[0] != digest
