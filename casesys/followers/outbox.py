"""What is owed to the world outside: written with the place of its follower, done afterwards.

An effect is done at least once: who is killed after it and before the mark does it again, under
the same key. So each effect is one that changes nothing when it is repeated, or its receiver is
given the key and keeps it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, true, update

from casesys.registry import decode, encode
from casesys.stopping import Stopped
from casesys.tables import OUTBOX
from domain.instants import later
from projections.driver import rows, rows_in, write

AT_ONCE = 50
"""How many effects are looked up together."""
LEASE = timedelta(minutes=2)
"""How long nobody else tries what somebody is trying; longer than any effect may take."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=1)

PUT = (
    "INSERT INTO outbox (follower, key, position, kind, payload, made_at, tries, next_try_at) "
    "VALUES (?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT (follower, key) DO NOTHING"
)
DUE = (
    "SELECT follower, key, position, kind, payload, tries FROM outbox "
    "WHERE done_at IS NULL AND next_try_at <= ? AND follower IN ({keys}) "
    f"ORDER BY next_try_at, position, key LIMIT {AT_ONCE}"
)


class NotDelivered(Stopped):
    """An effect could not be done now; it stays owed."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing to do outside."""

    follower: str
    key: str
    position: int
    kind: str
    payload: dict[str, Any]
    tries: int

    @property
    def id(self) -> str:
        """The same for each try of this effect, and for no other effect of this office."""
        return f"{self.follower}:{self.key}"


class Outbox:
    """What one follower puts there in the transaction in which it takes a page."""

    def __init__(self, c: Connection, follower: str, now: str) -> None:
        self._c, self._follower, self._now = c, follower, now

    def put(self, key: str, position: int, kind: str, payload: dict[str, Any]) -> None:
        """Owe an effect; one of the same key is owed once."""
        text = encode(payload).decode()
        facts = (self._follower, key, position, kind, text, self._now, self._now)
        write(self._c, PUT, [facts])


def due(c: Connection, followers: Collection[str], now: str) -> list[Effect]:
    """What these followers may try now, the longest due first."""
    return [
        Effect(follower, key, position, kind, decode(payload), tries)
        for follower, key, position, kind, payload, tries in rows_in(c, DUE, followers, [now])
    ]


def claim(c: Connection, effect: Effect, now: str) -> bool:
    """Take an effect for oneself; False where somebody else was first."""
    nobody = OUTBOX.c.tries == effect.tries
    return _change(c, effect, nobody, tries=effect.tries + 1, next_try_at=later(now, LEASE))


def done(c: Connection, effect: Effect, now: str) -> None:
    """It is, whoever may be trying it meanwhile."""
    _change(c, effect, true(), done_at=now, last_error=None)


def failed(c: Connection, effect: Effect, now: str, why: Stopped) -> None:
    """It stays owed: tried again after a while that grows with each try."""
    wait = min(FIRST_WAIT * 2 ** min(effect.tries, 20), LONGEST_WAIT)
    error = encode([why.code, why.values]).decode()
    mine = OUTBOX.c.tries == effect.tries + 1
    _change(c, effect, mine, next_try_at=later(now, wait), last_error=error)


def owed(c: Connection, follower: str) -> dict[str, Any]:
    """How much a follower owes, since when, and why the oldest that was tried is still owed."""
    mine = "FROM outbox WHERE follower = ? AND done_at IS NULL"
    ((count, oldest),) = rows(c, f"SELECT COUNT(*), MIN(made_at) {mine}", [follower])
    tried = f"SELECT key, tries, next_try_at, last_error {mine} AND last_error IS NOT NULL"
    failing = rows(c, f"{tried} ORDER BY position, key LIMIT 1", [follower])
    answer: dict[str, Any] = {"owed": count, "since": oldest, "failing": None}
    for key, tries, next_try_at, error in failing:
        code, values = decode(error)
        answer["failing"] = {
            "key": key,
            "tries": tries,
            "next_try_at": next_try_at,
            "code": code,
            "values": values,
        }
    return answer


def _change(c: Connection, effect: Effect, where: ColumnElement[bool], **values: Any) -> bool:
    """Change the row of an effect that is still owed; False where it is not so any more."""
    same = and_(OUTBOX.c.follower == effect.follower, OUTBOX.c.key == effect.key, where)
    changed = update(OUTBOX).where(same, OUTBOX.c.done_at.is_(None)).values(values)
    return bool(c.execute(changed).rowcount)
