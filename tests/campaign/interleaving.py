"""Writers that stand still between insert and commit while a follower reads, by one seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from queue import SimpleQueue
from random import Random
from threading import Event, Thread, local
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from casesys.followers.engine import Engine
from casesys.followers.follower import Follower
from casesys.followers.place import Place
from casesys.log import Log, Meta
from casesys.system import System
from domain.desk import Desk
from domain.entries import Entry
from domain.events import DeskEvent
from domain.office import MemberUnit, begin
from domain.workdays import Workdays
from projections.driver import insert, rows
from tests.campaign.gates import PATIENCE, Events, Gates, HeldLocks
from tests.followers import Diarist, diary, everything
from tests.register import NOW

WRITERS = 3
DESK = Desk("operator:made", NOW, Workdays({}))
_numbers = count(1)


def some_events(number: int, first: int = 0) -> list[tuple[DeskEvent, Meta]]:
    """So many events, each of a stream of its own, so that no two writers quarrel over one."""
    found = []
    for order in [first + next(_numbers) for _ in range(number)]:
        unit = begin(
            MemberUnit,
            MemberUnit.MemberUnitJoined,
            UUID(int=10**6 + order),
            DESK,
            name=f"单位{order}",
            order=order,
        )
        found += [(e, Meta()) for e in unit.collect_events() if isinstance(e, DeskEvent)]
    return found


# -- what is taken away ------------------------------------------------------------------------


class Drawn(Log):
    """A log whose positions come from a sequence: drawn before the insert, in no one's order."""

    INSERT = "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

    def __init__(self, system: System) -> None:
        super().__init__(system.vault, system.checkpoints)
        self._drawn, self._mine = 0, local()

    def draw(self, number: int) -> int:
        self._drawn += number
        return self._drawn - number

    def use(self, last: int) -> None:
        self._mine.last = last

    def head(self, c: Connection) -> tuple[int, str]:
        return self._mine.last, ""

    def store(self, c: Connection, values: Sequence[tuple[Any, ...]]) -> None:
        insert(c, self.INSERT, values)


@dataclass(frozen=True)
class Kept:
    """Which guards are kept: the lock that gives positions in order, the look for a gap."""

    lock: bool = True
    whole: bool = True


# -- those who look ----------------------------------------------------------------------------


class Watched(Engine):
    """An engine that can be held between its reading of a page and its taking of it."""

    def __init__(self, system: System, follower: Diarist, whole: bool) -> None:
        # Every look tries again what was stopped, as a new process does.
        super().__init__(system, [follower], clock=lambda: float(next(_numbers) * 1000))
        self._whole = whole
        self.said: SimpleQueue[str] = SimpleQueue()
        self.may_take = Event()
        self.stops = 0

    def _require_whole(self, before: Place, entries: Sequence[Entry]) -> None:
        self.said.put("read")
        assert self.may_take.wait(PATIENCE)
        if self._whole:
            super()._require_whole(before, entries)

    def _stop(self, follower: Follower, before: Place, fault: Exception) -> None:
        self.stops += 1
        super()._stop(follower, before, fault)


class Looker:
    """One of the two who move the same follower on, each in a thread of its own."""

    def __init__(self, system: System, follower: Diarist, whole: bool) -> None:
        self.engine, self._follower = Watched(system, follower, whole), follower
        self._pages: SimpleQueue[int] = SimpleQueue()
        self.is_busy = False
        Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while page := self._pages.get():
            self.engine._page = page
            try:
                self.engine.step(self._follower)
            except Exception as fault:
                self.engine.said.put(repr(fault))
            self.engine.said.put("done")

    def begin(self, page: int) -> None:
        """Read a page; it is taken when the looker is let."""
        self.engine.may_take.clear()
        self.is_busy = True
        self._pages.put(page)
        self._hear("read")

    def finish(self) -> None:
        self.engine.may_take.set()
        self._hear("done")

    def _hear(self, wanted: str) -> None:
        while self.is_busy:
            what = self.engine.said.get(timeout=PATIENCE)
            assert what in ("read", "done"), what
            self.is_busy = what != "done"
            if what == wanted:
                return

    def end(self) -> None:
        self._pages.put(0)


# -- the hunt ----------------------------------------------------------------------------------


class TakenBack(Exception):
    """A writer that gives up between insert and commit."""


class Job(NamedTuple):
    """What a writer appends; ``last`` is the position before those that it drew."""

    writer: int
    events: int
    last: int
    gives_up: bool


@dataclass
class Found:
    interleavings: int = 0
    looks: int = 0
    between: int = 0
    """How often a page was read while a writer stood between its insert and its commit."""
    late: int = 0
    """How often a page was taken after others had written or looked since it was read."""
    taken_back: int = 0
    entries: int = 0
    skipped: int = 0
    doubled: int = 0
    stops: int = 0
    """How often the follower said that a number is missing."""

    def __str__(self) -> str:
        return (
            f"{self.interleavings:,} interleavings, {self.looks:,} looks, {self.between:,} between "
            f"insert and commit, {self.late:,} taken late, {self.taken_back:,} writers gave up, "
            f"{self.entries:,} entries: {self.skipped} skipped, {self.doubled} doubled, "
            f"{self.stops} stops"
        )


class Hunt:
    """Several writers, two engines of one follower, and what became of it."""

    def __init__(self, system: System, seed: int, kept: Kept) -> None:
        self.system, self.seed, self.kept = system, seed, kept
        self._writing = System(system.settings)
        self.drawn = Drawn(self._writing)
        if not kept.lock:
            self._writing.database.lock = lambda c: None  # type: ignore[method-assign]
            self._writing.log = self.drawn
        self.one_writes = system.database.is_sqlite
        self.gates: Gates = Events(WRITERS) if self.one_writes else HeldLocks(system.database)
        self._told: SimpleQueue[tuple[int, str]] = SimpleQueue()
        self._jobs: list[SimpleQueue[Job | None]] = [SimpleQueue() for _ in range(WRITERS)]
        for writer in range(WRITERS):
            Thread(target=self._write, args=(writer,), daemon=True).start()
        follower = Diarist()
        everything(system, follower)
        self.lookers = [Looker(system, follower, kept.whole) for _ in range(2)]
        self.found = Found()

    def run(self, interleavings: int) -> Found:
        for number in range(interleavings):
            Interleaving(self, Random(f"{self.seed} {number}")).run()
        self.found.interleavings += interleavings
        for looker in self.lookers:
            looker.finish()
            while looker.engine.round():
                pass
        return self._count()

    def hear(self) -> tuple[int, str]:
        writer, what = self._told.get(timeout=PATIENCE)
        assert what in ("inserted", "ended"), what
        return writer, what

    def begin(self, job: Job) -> None:
        self.gates.close(job.writer)
        self._jobs[job.writer].put(job)

    def _write(self, writer: int) -> None:
        while job := self._jobs[writer].get():
            try:
                self._append(job)
            except TakenBack:
                pass
            except Exception as fault:
                self._told.put((writer, repr(fault)))
            self._told.put((writer, "ended"))

    def _append(self, job: Job) -> None:
        batch = some_events(job.events)
        self.drawn.use(job.last)
        with self._writing.database.write() as c:
            self._writing.database.lock(c)
            self._writing.log.append(c, batch, NOW)
            self._told.put((job.writer, "inserted"))
            self.gates.pass_through(job.writer, c)
            if job.gives_up:
                raise TakenBack

    def _count(self) -> Found:
        with self.system.database.read() as c:
            there = {position for (position,) in rows(c, "SELECT position FROM log")}
        taken = diary(self.system)
        self.found.entries = len(there)
        self.found.skipped = len(there - set(taken))
        self.found.doubled = len(taken) - len(set(taken))
        self.found.stops = sum(looker.engine.stops for looker in self.lookers)
        return self.found

    def end(self) -> None:
        for jobs in self._jobs:
            jobs.put(None)
        for looker in self.lookers:
            looker.end()
        self.gates.end()
        self._writing.database.dispose()


class Interleaving:
    """One to three writers, begun and let go in an order of chance, and looks in between."""

    def __init__(self, hunt: Hunt, chance: Random) -> None:
        self._hunt, self._chance = hunt, chance
        self._waiting: list[Job] = []
        for writer in chance.sample(range(WRITERS), chance.randint(1, WRITERS)):
            events, gives_up = chance.randint(1, 3), hunt.kept.lock and chance.random() < 0.1
            self._waiting.append(Job(writer, events, hunt.drawn.draw(events), gives_up))
            hunt.found.taken_back += gives_up
        chance.shuffle(self._waiting)
        self._closed, self._inside, self._out = set[int](), set[int](), set[int]()

    def run(self) -> None:
        while self._waiting or self._out:
            self._begin_some()
            if at_gate := self._inside & self._closed:
                self._look(between=True)
                writer = self._chance.choice(sorted(self._closed & self._out))
                self._hunt.gates.open(writer)
                self._closed.remove(writer)
                if writer not in at_gate:
                    self._look(between=True)
            else:
                self._hear()
            while not self._out and self._chance.random() < 0.7:
                self._look(between=False)

    def _begin_some(self) -> None:
        """Somebody is always at work; without the lock everybody comes as far as the gate."""
        together = not self._hunt.kept.lock and not self._hunt.one_writes
        alone = not self._hunt.kept.lock and self._hunt.one_writes
        while self._waiting and (
            not self._out or together or (not alone and self._chance.random() < 0.5)
        ):
            job = self._waiting.pop()
            self._out.add(job.writer)
            self._closed.add(job.writer)
            self._hunt.begin(job)
        while together and self._out and not self._inside >= self._out & self._closed:
            self._hear()

    def _hear(self) -> None:
        writer, what = self._hunt.hear()
        if what == "inserted":
            self._inside.add(writer)
        else:
            self._out.remove(writer)
            self._inside.discard(writer)

    def _look(self, *, between: bool) -> None:
        """Read a page; take it at once, or when a later look finds it still to be taken."""
        # Where only one may write, a page is taken when no writer is at work: it waits till then.
        waits = self._hunt.one_writes and bool(self._out)
        for looker in self._chance.sample(self._hunt.lookers, self._chance.randint(0, 2)):
            if looker.is_busy and not waits:
                looker.finish()
                self._hunt.found.late += 1
            elif not looker.is_busy:
                looker.begin(self._chance.randint(1, 4))
                self._hunt.found.looks += 1
                self._hunt.found.between += between
                if not waits and self._chance.random() < 0.7:
                    looker.finish()
