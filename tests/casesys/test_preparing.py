"""Built beside what serves, cut off anywhere, read models are what the log says."""

from __future__ import annotations

import random

import pytest

from casesys import preparing
from casesys.log import Log
from casesys.preparing import BuiltElsewhere, drop_others, follow, prepare
from casesys.rebuild import digests, rebuild, status, verify
from casesys.serving import missing, served, take_over
from casesys.stopping import Stopped
from casesys.system import System
from projections.driver import rows, write
from tests.register import Recorded, append_only, made_register

SEED = 20211031


@pytest.fixture
def unbuilt(store: System, monkeypatch: pytest.MonkeyPatch) -> System:
    """An office whose log has begun, and whose read models this release has still to build."""
    monkeypatch.setattr(preparing, "TURN", 25)
    monkeypatch.setattr(preparing, "FOLLOWED", 9)
    with store.database.write() as c:
        write(c, "DELETE FROM read_model", [()])
        write(c, "DELETE FROM serving", [()])
    return store


class CutOff(Exception):
    """As a kill between two turns leaves it."""


def begin_to_serve(system: System) -> None:
    with system.database.write() as c:
        system.database.lock(c)
        take_over(c, system.log, system.models.all, system.now())


def in_parts(register: list[Recorded], size: int) -> list[list[Recorded]]:
    return [register[place : place + size] for place in range(0, len(register), size)]


def test_what_comes_while_they_are_built_is_in_them(unbuilt: System) -> None:
    first, *parts = in_parts(made_register(SEED, 40), 150)
    append_only(unbuilt, first)

    def office_works(done: int, total: int) -> None:
        if parts:
            append_only(unbuilt, parts.pop(0))

    prepare(unbuilt, office_works)
    while parts:
        append_only(unbuilt, parts.pop())
    begin_to_serve(unbuilt)
    found = verify(unbuilt)
    assert found["equal"], found
    assert found["events"] == len(made_register(SEED, 40))


def test_cut_off_anywhere_they_go_on_where_they_were(unbuilt: System) -> None:
    chance = random.Random(SEED)
    append_only(unbuilt, made_register(SEED, 40))
    seen: list[int] = []

    def cut(done: int, total: int) -> None:
        seen.append(done)
        if chance.random() < 0.4:
            raise CutOff

    cuts = 0
    while True:
        try:
            prepare(unbuilt, cut)
            break
        except CutOff:
            cuts += 1
    with unbuilt.database.read() as c:
        assert missing(c, unbuilt.models.all) == []
        assert served(c) == {}
    begin_to_serve(unbuilt)
    assert cuts > 5
    assert verify(unbuilt)["equal"]
    # Nobody began anew: as many turns as a building that is never cut off.
    turns = len(seen)
    with unbuilt.database.write() as c:
        write(c, "DELETE FROM read_model", [()])
    seen.clear()
    prepare(unbuilt, lambda done, total: seen.append(done))
    assert turns == len(seen)


def test_two_who_build_the_same_take_no_entry_twice(unbuilt: System) -> None:
    append_only(unbuilt, made_register(SEED, 20))
    other = System(unbuilt.settings)

    def meanwhile(done: int, total: int) -> None:
        prepare(other)

    with pytest.raises(BuiltElsewhere):
        prepare(unbuilt, meanwhile)
    other.database.dispose()
    begin_to_serve(unbuilt)
    assert verify(unbuilt)["equal"]


def test_nothing_takes_over_before_it_is_built_whole(unbuilt: System) -> None:
    append_only(unbuilt, made_register(SEED, 20))

    def cut(done: int, total: int) -> None:
        raise CutOff

    with pytest.raises(CutOff):
        prepare(unbuilt, cut)
    with pytest.raises(Stopped, match="ledger"):
        begin_to_serve(unbuilt)
    with unbuilt.database.read() as c:
        assert served(c) == {}


def test_a_rebuild_of_one_of_them_begins_its_building_anew(unbuilt: System) -> None:
    append_only(unbuilt, made_register(SEED, 20))

    def cut(done: int, total: int) -> None:
        raise CutOff

    with pytest.raises(CutOff):
        prepare(unbuilt, cut)
    rebuild(unbuilt, ["ledger"])
    prepare(unbuilt)
    begin_to_serve(unbuilt)
    assert verify(unbuilt)["equal"]


def test_the_last_entries_are_taken_with_the_change_over(unbuilt: System) -> None:
    first, second = in_parts(made_register(SEED, 40), 400)[:2]
    append_only(unbuilt, first)
    assert prepare(unbuilt)["position"] == len(first)
    append_only(unbuilt, second)
    begin_to_serve(unbuilt)
    assert verify(unbuilt)["equal"]
    assert not any(model["position"] != len(first) + len(second) for model in each(unbuilt))


def each(system: System) -> list[dict[str, int]]:
    found: list[dict[str, int]] = list(status(system)["models"].values())
    return found


def test_following_goes_on_from_the_hindmost(unbuilt: System) -> None:
    first, second = in_parts(made_register(SEED, 40), 400)[:2]
    append_only(unbuilt, first)
    prepare(unbuilt)
    append_only(unbuilt, second)
    assert follow(unbuilt) == len(first) + len(second)
    with unbuilt.database.read() as c:
        followed = digests(unbuilt, c)
    rebuild(unbuilt)
    with unbuilt.database.read() as c:
        assert followed == digests(unbuilt, c)


def test_what_neither_serves_nor_is_needed_may_be_dropped(store: System) -> None:
    append_only(store, made_register(SEED, 5))
    assert drop_others(store) == []
    with store.database.write() as c:
        write(c, "CREATE TABLE ledger_2 (stream_id TEXT)", [()])
        write(
            c,
            "INSERT INTO read_model (name, version, tables, position) VALUES (?, ?, ?, ?)",
            [("ledger", 2, "ledger_2", 1)],
        )
    (other,) = status(store)["others"]
    assert other == {"name": "ledger", "version": 2, "position": 1, "serves": False}
    assert drop_others(store) == ["ledger 2"]
    assert status(store)["others"] == []
    with store.database.read() as c:
        assert missing(c, store.models.all) == []


def test_packs_of_streams_go_on_behind_any_of_them(store: System) -> None:
    append_only(store, made_register(SEED, 30))
    with store.database.read() as c:
        whole = [s for pack in store.log.packs(c, 10) for s in pack.streams]
        assert len(whole) == len(set(whole)) == count_of_streams(store)
        for size in (1, 10, 100):
            for pack in store.log.packs(c, size):
                rest = [s for one in store.log.packs(c, 7, after=pack.last) for s in one.streams]
                assert rest == whole[whole.index(pack.streams[-1]) + 1 :]


def count_of_streams(system: System) -> int:
    with system.database.read() as c:
        return int(rows(c, "SELECT COUNT(DISTINCT stream_id) FROM log")[0][0])


def test_streams_are_read_as_they_stood(store: System) -> None:
    append_only(store, made_register(SEED, 10))
    log: Log = store.log
    with store.database.read() as c:
        entries = log.after(c, 0, 60)
        until = entries[-1].position
        packs = list(log.packs(c, 20, until))
        found = [e for pack in packs for e in log.of_streams(c, pack.streams, until)]
    assert sorted(found) == sorted(entries)
