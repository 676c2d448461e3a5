"""Writers and followers as processes of their own, to be killed at what they do."""

from __future__ import annotations

from multiprocessing.connection import Connection as Pipe
from random import Random

from sqlalchemy import Connection

from casesys.followers.engine import Engine
from casesys.followers.follower import Follower
from casesys.followers.outbox import Outbox
from casesys.followers.place import Place, go_on
from casesys.settings import Settings
from casesys.system import System
from tests.campaign.interleaving import some_events
from tests.followers import Diarist
from tests.register import NOW


def append_until_killed(pipe: Pipe, settings: Settings, run: int, still: bool) -> None:
    """Append pages of chance, or stand still with the first of them before its commit."""
    system, chance = System(settings), Random(run)
    # Streams of its own: no other process counts as this one does.
    first = (run + 1) * 10**6
    pipe.send("ready")
    pipe.recv()
    while True:
        with system.database.write() as c:
            system.database.lock(c)
            system.log.append(c, some_events(chance.randint(1, 4), first), NOW)
            if still:
                pipe.send("still")
                pipe.recv()
        pipe.send("wrote")
        # A desk does other things as well; who is asked nothing waits so long.
        pipe.poll(0.002)


class TwoTransactions(Engine):
    """An engine that keeps its place apart from what it took, and stands still in between."""

    pipe: Pipe

    def _take(self, follower: Follower, before: Place, size: int) -> int:
        with self.system.database.read() as c:
            entries = self.system.log.after(c, before.position, size)
        with self.system.database.write() as c:
            follower.take(c, entries, Outbox(c, follower.name, NOW))
        self.pipe.send("apart")
        self.pipe.recv()
        with self.system.database.write() as c:
            go_on(c, follower.name, before, entries[-1].position, NOW)
        return len(entries)


class Slow(Diarist):
    """Says how often it was asked, so that whoever kills it finds it at work."""

    def __init__(self, pipe: Pipe) -> None:
        super().__init__()
        self._pipe = pipe

    def take(self, c: Connection, entries: object, outbox: Outbox) -> None:
        super().take(c, entries, outbox)  # type: ignore[arg-type]
        self._pipe.send("taking")


def follow_until_killed(pipe: Pipe, settings: Settings, run: int, together: bool) -> None:
    """Take the log in small pages; with ``together`` each goes with its place."""
    system = System(settings)
    follower = Slow(pipe)
    page = 1 + run % 3
    engine = Engine(system, [follower], page)
    if not together:
        engine = TwoTransactions(system, [follower], page)
        engine.pipe = pipe
    pipe.send("ready")
    pipe.recv()
    while engine.round():
        pass
    pipe.send("end")
