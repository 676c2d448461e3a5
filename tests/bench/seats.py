"""What every writer of a crowd and its reader share; it imports nothing of ours."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from threading import Event, Thread
from time import perf_counter, process_time, sleep
from typing import Any

WRITERS = 8
LOOKED = 0.005
"""Seconds after which a reader who found nothing looks again."""


def share(items: Sequence[Any], seat: int) -> Sequence[Any]:
    """What one writer works on; nobody else does, as officers have their own cases."""
    return items[seat::WRITERS]


def keep_writing(
    act: Callable[[Any], object], own: Sequence[Any], seconds: float
) -> dict[str, Any]:
    """One act after the other on cases of one's own until the time is over."""
    _wait()
    taken: list[float] = []
    failed: Counter[str] = Counter()
    spent, begun = process_time(), perf_counter()
    while (asked := perf_counter()) - begun < seconds:
        try:
            act(own[len(taken) % len(own)])
        except Exception as error:
            failed[type(error).__name__] += 1
        taken.append(perf_counter() - asked)
    clock = perf_counter() - begun
    return {
        "done": len(taken) - failed.total(),
        "seconds": clock,
        "processor": process_time() - spent,
        "taken": taken,
        "failed": failed,
    }


def follow(head: int, after: Callable[[int], list[int]]) -> dict[str, Any]:
    """Read by position, as every follower does, until told that all have stopped."""
    ended = Event()
    seen: list[int] = []
    position = head
    _wait()
    Thread(target=_until_closed, args=(ended,), daemon=True).start()
    while True:
        last = ended.is_set()
        while found := after(position):
            seen += found
            position = found[-1]
        if last:
            break
        sleep(LOOKED)
    there = after_all(head, after)
    return {
        "seen": len(seen),
        "missed": len(set(there) - set(seen)),
        "doubled": len(seen) - len(set(seen)),
        "there": len(there),
    }


def after_all(head: int, after: Callable[[int], list[int]]) -> list[int]:
    """Every position behind this one, read when nobody writes any more."""
    found: list[int] = []
    while page := after(found[-1] if found else head):
        found += page
    return found


def _until_closed(ended: Event) -> None:
    sys.stdin.read()
    ended.set()


def _wait() -> None:
    """All begin at once: whoever is ready says so and waits for the word."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
