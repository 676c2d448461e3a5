"""Eight desks write at once: no error reaches a user, and no number is missing to a follower."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from time import monotonic

import pytest

from casesys.rebuild import verify
from casesys.system import System
from tests.campaign.desks import Guards, begin, cases_of, write_until_told

DESKS = 8
CASES = 12


@dataclass
class Seen:
    """What a rush of desks left behind, and what a reader saw who followed by position."""

    positions: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    followed: list[int] = field(default_factory=list)


def rush(system: System, seconds: float, guards: Guards) -> Seen:
    streams, seen = cases_of(system, CASES), Seen()
    desks = [
        begin(write_until_told, system.settings, guards, streams, seed) for seed in range(DESKS)
    ]
    pipes = [pipe for _, pipe in desks]
    for pipe in pipes:
        assert pipe.recv() == "ready"
    for pipe in pipes:
        pipe.send("go")
    until = monotonic() + seconds
    # Whoever answers before being told to stop has met an error.
    while (left := until - monotonic()) > 0 and not wait(pipes, min(0.01, left)):
        follow(system, seen)
    for pipe in pipes:
        # A desk that met an error has answered already and may be gone.
        with suppress(BrokenPipeError):
            pipe.send("stop")
    for process, pipe in desks:
        positions, errors = pipe.recv()
        seen.positions += positions
        seen.errors += errors
        process.join()
    follow(system, seen)
    return seen


def follow(system: System, seen: Seen) -> None:
    last = seen.followed[-1] if seen.followed else 0
    with system.database.read() as c:
        seen.followed += [entry.position for entry in system.log.after(c, last, 10**6)]


@pytest.mark.parametrize("seconds", [10, pytest.param(60, marks=pytest.mark.campaign)])
def test_eight_desks_write_and_nobody_meets_an_error(store: System, seconds: int) -> None:
    seen = rush(store, seconds, Guards())
    assert seen.errors == []
    assert seen.followed == list(range(1, len(seen.followed) + 1))
    assert len(seen.positions) == len(set(seen.positions)) == len(seen.followed) - 2 * CASES
    assert len(seen.positions) > 10 * seconds
    assert verify(store)["equal"]


def test_without_the_lock_a_fault_is_found(store: System) -> None:
    seen = rush(store, 20, Guards(lock=False))
    missing = seen.followed != list(range(1, len(seen.followed) + 1))
    assert seen.errors or missing
