"""A follower for tests: it keeps a diary of what it took, in a table that forbids nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from casesys.followers.engine import Engine
from casesys.followers.follower import CannotTake, Follower
from casesys.followers.outbox import Effect, NotDelivered, Outbox
from casesys.system import System
from domain.entries import Entry
from projections.driver import rows, write


class Diarist(Follower):
    """Takes from the first entry on; stops at the positions named, and owes letters if told so."""

    name = "diarist"
    from_the_first = True

    def __init__(self, *, stops_at: Sequence[int] = (), owes: bool = False) -> None:
        self.stops_at, self.owes = set(stops_at), owes
        self.delivered: list[Effect] = []
        self.is_away = False

    def take(self, c: Connection, entries: Sequence[Entry], outbox: Outbox) -> None:
        write(c, "INSERT INTO diary (position) VALUES (?)", [(e.position,) for e in entries])
        for entry in entries:
            if entry.position in self.stops_at:
                raise CannotTake("witness_away", folder=f"/{entry.position}")
            if self.owes:
                outbox.put(entry.topic + str(entry.position), entry.position, "letter", {"n": 1})

    def deliver(self, effect: Effect) -> None:
        if self.is_away:
            raise NotDelivered("witness_away", folder="/away")
        self.delivered.append(effect)


class Newcomer(Diarist):
    """Begins with what comes after it was set up."""

    name = "newcomer"
    from_the_first = False


def lay_out_diary(system: System) -> None:
    number = "INTEGER" if system.database.is_sqlite else "SERIAL"
    with system.database.write() as c:
        table = f"CREATE TABLE diary (number {number} PRIMARY KEY, position BIGINT NOT NULL)"
        write(c, table, [()])


def diary(system: System) -> list[int]:
    """Every position as it was taken, in that order."""
    with system.database.read() as c:
        return [position for (position,) in rows(c, "SELECT position FROM diary ORDER BY number")]


def head(system: System) -> int:
    with system.database.read() as c:
        return system.log.head(c)[0]


def everything(system: System, *followers: Follower, page: int = 500) -> Engine:
    """An engine that has come to the end of the log."""
    engine = Engine(system, followers, page)
    while engine.round():
        pass
    return engine


def owed_rows(system: System) -> list[tuple[object, ...]]:
    with system.database.read() as c:
        found = "SELECT follower, key, tries, done_at, last_error FROM outbox ORDER BY position"
        return rows(c, found)
