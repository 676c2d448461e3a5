"""The engine: moves each follower on by pages, and does what they owe outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from casesys.database import OutOfReach, StoreIsBusy
from casesys.followers import outbox, place
from casesys.followers.follower import Follower
from casesys.followers.outbox import Effect, NotDelivered, Outbox
from casesys.followers.place import Place
from casesys.serving import AnotherReleaseServes
from casesys.stopping import Stopped
from casesys.system import System
from domain.entries import Entry
from projections.driver import rows

PAGE = 500
"""How many entries are taken in one transaction."""
PAGES = 20
"""How many pages of one follower come before the next has its turn."""
RETRY_SECONDS = 60.0
"""How often an engine tries again what could not be taken; each start tries at once."""

ENVIRONMENT = (StoreIsBusy, OutOfReach, AnotherReleaseServes, OperationalError, InterfaceError)
"""Faults of the database and not of an entry: they stop nobody, the next round meets them anew."""


class Engine:
    """Any number of them may run at once, in any process: a place moves on for one of them only."""

    def __init__(
        self,
        system: System,
        followers: Sequence[Follower],
        page: int = PAGE,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.system = system
        self.followers = {follower.name: follower for follower in followers}
        self._page, self._clock = page, clock
        self._where = ""
        self._tried: dict[str, float] = {}

    def round(self) -> int:
        """Some pages of each follower and some effects; how much was done, 0 at the end of all.

        :raises StoreIsBusy: the database is held by somebody; nothing is lost, ask again
        :raises OutOfReach: the database does not answer
        :raises AnotherReleaseServes: this one has nothing to do any more
        """
        taken = 0
        for follower in self.followers.values():
            for _ in range(PAGES):
                if not (some := self.step(follower)):
                    break
                taken += some
        return taken + self.deliver()

    def step(self, follower: Follower) -> int:
        """One page of one follower; how far its place moved, 0 where there is nothing to take."""
        before = self._place(follower)
        if before is None or (before.stop is not None and not self._tries_again(follower)):
            return 0
        with self.system.database.read() as c:
            last, _ = self.system.log.head(c)
            waits = last == before.position and follower.waits(c)
        if last <= before.position and not waits:
            return 0
        try:
            return self._take(follower, before, self._page)
        except ENVIRONMENT:
            raise
        except Exception:
            # One of them cannot be taken: those before it can, each by itself.
            return self._one_by_one(follower, before)

    def _place(self, follower: Follower) -> Place | None:
        """Where it is, entered with its first look; None in a copy that nobody spoke for yet."""
        with self.system.database.read() as c:
            found, here = place.known(c, follower.name), self._here(c)
        if found is None:
            with self.system.database.write() as c:
                first = 0 if follower.from_the_first else self.system.log.head(c)[0]
                place.enter(c, follower.name, first, self.system.now())
                found = place.known(c, follower.name)
        return found if found is not None and found.where == here else None

    def _here(self, c: Connection) -> str:
        if not self._where:
            self._where = place.here(c)
        return self._where

    def _tries_again(self, follower: Follower) -> bool:
        now, last = self._clock(), self._tried.get(follower.name)
        if last is not None and now - last < RETRY_SECONDS:
            return False
        self._tried[follower.name] = now
        return True

    def _take(self, follower: Follower, before: Place, size: int) -> int:
        # Read beside the transaction that writes: what stands in the log stays as it is, and the
        # writers of SQLite need not wait for the reading.
        with self.system.database.read() as c:
            entries = self.system.log.after(c, before.position, size)
        last = entries[-1].position if entries else before.position
        self._require_whole(before, entries)
        with self.system.database.write() as c:
            now = self.system.now()
            # The place first: another engine waits here for our commit, and then finds it gone on.
            if not place.go_on(c, follower.name, before, last, now):
                return 0
            wanted = [entry for entry in entries if follower.wants(entry)]
            if wanted or not entries:
                follower.take(c, wanted, Outbox(c, follower.name, now))
        self._tried.pop(follower.name, None)
        return max(len(entries), 1)

    def _require_whole(self, before: Place, entries: Sequence[Entry]) -> None:
        """:raises Stopped: a number is missing, which the log never leaves out"""
        for position, entry in enumerate(entries, before.position + 1):
            if entry.position != position:
                raise Stopped("follower_misses", position=position)

    def _one_by_one(self, follower: Follower, before: Place) -> int:
        taken = 0
        while True:
            try:
                some = self._take(follower, before, 1)
            except ENVIRONMENT:
                raise
            except Exception as fault:
                self._stop(follower, before, fault)
                return taken
            after = self._place(follower)
            if not some or after is None or after.position == before.position:
                return taken
            before, taken = after, taken + some

    def _stop(self, follower: Follower, before: Place, fault: Exception) -> None:
        why = _told(fault, "fault_in_follower")
        # Told to try again, or another page came between: this try counts as the newest.
        self._tried[follower.name] = self._clock()
        with self.system.database.write() as c:
            place.stop(c, follower.name, before, before.position + 1, why, self.system.now())

    def deliver(self) -> int:
        """Try what is due, one effect after another; how many were done."""
        with self.system.database.read() as c:
            here, places = self._here(c), rows(c, "SELECT name, place FROM follower")
            ours = [name for name, where in places if where == here and name in self.followers]
            found = outbox.due(c, ours, self.system.now())
        return sum(self._deliver(effect) for effect in found)

    def _deliver(self, effect: Effect) -> bool:
        now, write = self.system.now, self.system.database.write
        with write() as c:
            if not outbox.claim(c, effect, now()):
                return False
        try:
            self.followers[effect.follower].deliver(effect)
        except Exception as fault:
            with write() as c:
                outbox.failed(c, effect, now(), _told(fault, "fault_in_delivery"))
            return False
        with write() as c:
            outbox.done(c, effect, now())
        return True


def _told(fault: Exception, otherwise: str) -> Stopped:
    """The code of a fault with its values; of one that is none of ours only its kind.

    What it says may hold what nobody but the case's own desk may read.
    """
    if isinstance(fault, Stopped):
        return fault
    if isinstance(fault, OSError):
        return NotDelivered("no_access_outside", reason=fault.strerror or type(fault).__name__)
    return NotDelivered(otherwise, kind=type(fault).__name__)
