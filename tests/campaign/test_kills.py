"""Desks are killed at work: what was acknowledged is there once, and every answer is the log's."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import UUID

import pytest

from casesys.rebuild import verify
from casesys.system import System
from projections.driver import rows
from tests.campaign.desks import Guards, attempt, begin, cases_of, give_and_acknowledge

CASES = 6
INSIDE = 6
"""Every so many kills one is between the first and the last statement of a command."""


@dataclass
class Killed:
    """What a desk had said before it was killed, and where it stood."""

    acknowledged: list[str] = field(default_factory=list)
    stood_still: bool = False


def kill(
    system: System, guards: Guards, streams: list[UUID], run: int, still: str, seconds: float
) -> Killed:
    """Let a desk work so long, or until it stands still, and end it without a word."""
    process, pipe = begin(give_and_acknowledge, system.settings, guards, streams, run, still)
    found = Killed()

    def hear(message: Any) -> None:
        kind, command_id = message
        found.stood_still |= kind == "still"
        if kind == "acknowledged":
            found.acknowledged.append(command_id)

    hear(pipe.recv())
    until = monotonic() + seconds
    while not found.stood_still:
        if still:
            hear(pipe.recv())
            continue
        left = until - monotonic()
        if left <= 0 or not pipe.poll(left):
            break
        hear(pipe.recv())
    process.kill()
    process.join()
    try:
        while True:
            hear(pipe.recv())
    except EOFError:
        pipe.close()
    return found


def settled(system: System) -> None:
    """Wait until no transaction of a killed desk is under way: a server may just be committing."""
    with system.database.write() as c:
        system.database.lock(c)


def entries_of(system: System, run: int) -> dict[str, int]:
    """How many entries the log holds of each command of a run."""
    with system.database.read() as c:
        found = rows(c, "SELECT command_id, COUNT(*) FROM log GROUP BY command_id")
    return {name: count for name, count in found if name and name.startswith(f"{run}-")}


@pytest.mark.parametrize("kills", [20, pytest.param(200, marks=pytest.mark.campaign)])
def test_what_was_acknowledged_is_there_once_after_every_kill(store: System, kills: int) -> None:
    streams, chance, inside = cases_of(store, CASES), random.Random(kills), 0
    for run in range(kills):
        still = {0: "inside", 1: "after"}.get(run % 3, "")
        found = kill(store, Guards(), streams, run, still, chance.uniform(0, 0.05))
        inside += still == "inside" and found.stood_still
        settled(store)
        there = entries_of(store, run)
        assert set(found.acknowledged) <= there.keys(), "an acknowledged command is lost"
        assert set(there.values()) == {1}, "a command acted twice"
        assert len(there) <= len(found.acknowledged) + 1, "a command acted that nobody gave"
        # Who got no answer gives the command again.
        last = f"{run}-{len(found.acknowledged)}"
        again = attempt(store, stream_of(streams, run, len(found.acknowledged)), last)
        assert again.repeated == (last in there)
        assert entries_of(store, run)[last] == 1
        answer = verify(store)
        assert answer["equal"], answer
    assert inside >= 5
    with store.database.read() as c:
        ((count, highest),) = rows(c, "SELECT COUNT(*), MAX(position) FROM log")
    assert count == highest


def stream_of(streams: list[UUID], run: int, number: int) -> UUID:
    """The case on which a desk gave its command of this number."""
    chance = random.Random(run)
    return [chance.choice(streams) for _ in range(number + 1)][-1]


def test_without_one_transaction_a_kill_leaves_a_half_done_command(store: System) -> None:
    streams, guards = cases_of(store, CASES), Guards(one_transaction=False)
    halves = 0
    for run in range(40):
        kill(store, guards, streams, run, "inside", 0)
        settled(store)
        halves += not verify(store)["equal"]
        if halves:
            return
    assert halves


def test_without_receipts_a_command_given_again_acts_twice(store: System) -> None:
    streams, guards = cases_of(store, CASES), Guards(receipts=False)
    found = kill(store, guards, streams, 1, "after", 0)
    settled(store)
    last = f"1-{len(found.acknowledged)}"
    assert entries_of(store, 1)[last] == 1
    forgetful = System(store.settings, receipts=False)
    attempt(forgetful, stream_of(streams, 1, len(found.acknowledged)), last)
    forgetful.database.dispose()
    assert entries_of(store, 1)[last] == 2
