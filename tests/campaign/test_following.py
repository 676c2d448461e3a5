"""Whoever follows the log skips nothing and takes nothing twice, however others write and die."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from casesys.followers.engine import Engine
from casesys.system import System
from tests.campaign.desks import begin
from tests.campaign.interleaving import Found, Hunt, Kept
from tests.campaign.killed import append_until_killed, follow_until_killed
from tests.followers import Diarist, diary, everything, head, lay_out_diary
from tests.register import append_only, made_register

Told = Callable[[str, object], None]
EVERYTHING = Kept()


def hunt(system: System, interleavings: int, kept: Kept = EVERYTHING) -> Found:
    lay_out_diary(system)
    made = Hunt(system, interleavings, kept)
    try:
        return made.run(interleavings)
    finally:
        made.end()


@pytest.mark.parametrize("interleavings", [150, pytest.param(10_000, marks=pytest.mark.campaign)])
def test_no_interleaving_makes_the_follower_skip_or_take_twice(
    store: System, interleavings: int, record_property: Told
) -> None:
    found = hunt(store, interleavings)
    record_property("told", f"{store.database.url.get_backend_name()}: {found}")
    assert (found.skipped, found.doubled, found.stops) == (0, 0, 0)
    assert found.between > interleavings // 2 and found.taken_back > interleavings // 20


@pytest.mark.parametrize("interleavings", [50, pytest.param(2_000, marks=pytest.mark.campaign)])
def test_the_lock_alone_is_enough(store: System, interleavings: int) -> None:
    found = hunt(store, interleavings, Kept(whole=False))
    assert (found.skipped, found.doubled) == (0, 0)


def test_without_the_lock_entries_are_skipped_and_the_hunt_finds_them(
    store: System, record_property: Told
) -> None:
    found = hunt(store, 60, Kept(lock=False, whole=False))
    record_property("told", f"without the lock, {store.database.url.get_backend_name()}: {found}")
    assert found.skipped and not found.doubled


def test_without_the_lock_the_look_for_a_gap_stops_the_follower_before_it_skips(
    store: System, record_property: Told
) -> None:
    found = hunt(store, 60, Kept(lock=False))
    record_property("told", f"without the lock, {store.database.url.get_backend_name()}: {found}")
    assert found.stops and not found.skipped and not found.doubled


def kill_writer(system: System, run: int, after: int) -> None:
    """Let a writer append so often, or until it holds the lock, while a follower looks; then kill.

    ``after`` 0 is a writer that stands between its first insert and its commit.
    """
    process, pipe = begin(append_until_killed, system.settings, run, after == 0)
    assert pipe.recv() == "ready"
    pipe.send("go")
    for _ in range(after):
        assert pipe.recv() == "wrote"
    if not after:
        assert pipe.recv() == "still"
        before = head(system)
        with system.database.read() as c:
            assert system.log.after(c, before, 10) == []
    if after or not system.database.is_sqlite:
        follower = Diarist()
        Engine(system, [follower], page=1 + run % 5).step(follower)
    process.kill()
    process.join()
    pipe.close()


@pytest.mark.parametrize("kills", [8, pytest.param(300, marks=pytest.mark.campaign)])
def test_writers_killed_holding_the_lock_leave_nothing_that_is_skipped_or_taken_twice(
    store: System, kills: int, record_property: Told
) -> None:
    lay_out_diary(store)
    chance = Random(kills)
    for run in range(kills):
        kill_writer(store, run, chance.randint(1, 6) if run % 2 else 0)
        everything(store, Diarist(), page=1 + run % 50)
        assert diary(store) == list(range(1, head(store) + 1))
    backend = store.database.url.get_backend_name()
    told = f"{backend}: {kills} writers killed, half of them holding the lock, {head(store):,}"
    record_property("told", f"{told} entries: 0 skipped, 0 doubled")


def kill_follower(system: System, run: int, after: int, together: bool) -> None:
    """Let a follower take so many pages, and kill it in the next."""
    process, pipe = begin(follow_until_killed, system.settings, run, together)
    assert pipe.recv() == "ready"
    pipe.send("go")
    for _ in range(after):
        if pipe.recv() == "end":
            break
    process.kill()
    process.join()
    pipe.close()


@pytest.mark.parametrize("kills", [8, pytest.param(300, marks=pytest.mark.campaign)])
def test_a_follower_killed_at_any_moment_takes_nothing_twice(
    store: System, kills: int, record_property: Told
) -> None:
    lay_out_diary(store)
    append_only(store, made_register(kills, 4 * kills))
    chance, last = Random(kills), 0
    for run in range(kills):
        kill_follower(store, run, chance.randint(1, 9), together=True)
        found = diary(store)
        assert found == list(range(1, len(found) + 1))
        last = max(last, len(found))
    assert 0 < last < head(store), "it was killed at work every time"
    everything(store, Diarist())
    assert diary(store) == list(range(1, head(store) + 1))
    backend = store.database.url.get_backend_name()
    record_property("told", f"{backend}: {kills} followers killed, {last:,} entries: 0 doubled")


def test_a_place_kept_apart_is_found_when_the_follower_is_killed(store: System) -> None:
    lay_out_diary(store)
    append_only(store, made_register(3, 3))
    # It says that it takes, and then that it took; there it is killed.
    kill_follower(store, 2, 2, together=False)
    everything(store, Diarist())
    assert diary(store) == [1, 2, 3, *range(1, head(store) + 1)]
