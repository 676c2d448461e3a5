"""The engine at work for as long as its process: beside the pages, or as a service of its own."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from casesys.followers.engine import Engine
from casesys.followers.follower import Follower
from casesys.followers.witness import Witness
from casesys.settings import Settings
from casesys.system import System

SECONDS = 1.0
"""How long a round waits after one that found nothing to do."""
LOCK = "follow.lock"


def followers_of(settings: Settings) -> Sequence[Follower]:
    """The followers that this installation has."""
    return [] if settings.witness is None else [Witness(settings.witness)]


def run(system: Callable[[], System], stopped: Event, seconds: float = SECONDS) -> None:
    """Follow until told to stop; of all processes of one home folder one is at work.

    Two would do no harm, since a place moves on once; one is enough. ``system`` is asked anew each
    time, and says no while this release cannot work on the database as it stands.
    """
    said = ""
    engine: Engine | None = None
    while not stopped.is_set():
        done = 0
        try:
            made = system()
            if engine is None or engine.system is not made:
                engine = Engine(made, followers_of(made.settings))
            with _alone(made.settings.home) as alone:
                while alone and not stopped.is_set():
                    done = engine.round()
                    said = ""
                    if not done:
                        stopped.wait(seconds)
        except Exception as fault:
            # The database is away, or held, or another release's: not for the engine to mend.
            if said != (said := f"{type(fault).__name__}: {fault}"):
                sys.stderr.write(f"casesys follow: {said}\n")
        stopped.wait(seconds)


def follow_beside(settings: Settings, system: Callable[[], System]) -> Event:
    """Follow in a thread of this process, which must not be forked afterwards; what stops it."""
    stopped = Event()
    if followers_of(settings):
        Thread(target=run, args=(system, stopped), name="follow", daemon=True).start()
    return stopped


@contextmanager
def _alone(home: Path) -> Iterator[bool]:
    """Whether no other process of this home is at work; the lock ends with the process."""
    with (home / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
