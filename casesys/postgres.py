"""PostgreSQL: connections that do not wait for a server which is silent, and what may be asked."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from select import POLLIN, poll
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError

from casesys.schemas import options_of

T = TypeVar("T")

AGAIN_SECONDS = 5.0
"""How long a statement goes on in silence before the server is asked anew whether it lives."""
ASIDE_SECONDS = 1.0
"""How long a process believes that a server is away: the others need not wait to hear it."""
POOL_SECONDS = 1.0
"""How long a page waits for one of the connections of its process."""
BELIEVED_SECONDS = 5.0
"""How long a connection that answered is taken to be there without asking it first."""
IDLE_MILLISECONDS = 60_000
"""How long a page may hold a transaction open without asking anything in it."""
KEEPALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""A host that vanished is found by both sides; it must not hold the lock of the log for hours."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections a process takes, and the seconds that a statement of it may.

    Without seconds nobody waits at a counter for it: a tool works as long as it must.
    """

    connections: int = 8
    seconds: int | None = None

    @property
    def connect_seconds(self) -> float:
        return 10.0 if self.seconds is None else 1.0

    @property
    def silent_seconds(self) -> float:
        return 5.0 if self.seconds is None else 0.5


TOOL = Limits()


class NoAnswer(psycopg.OperationalError):
    """The server takes what is sent, or not even that, and says nothing."""


class Connection(psycopg.Connection[Any]):
    """A connection that finds out whether a silent server is busy or away.

    libpq waits for an answer as long as the network lets it, and never less than two seconds for
    a connection. After a short silence another connection is tried: where it is not made, the
    server is away and so is this one; else the statement takes its time.
    """

    connect_seconds = TOOL.connect_seconds
    silent_seconds = TOOL.silent_seconds
    ask: Callable[[], object] | None = None
    heard_at = 0.0

    def was_just_heard(self) -> bool:
        """Whether it answered a moment ago, and the server has not ended it since.

        One that is ended is readable at once, and no other is that nobody asks.
        """
        if self.closed or monotonic() - self.heard_at > BELIEVED_SECONDS:
            return False
        asked = poll()
        asked.register(self.fileno(), POLLIN)
        return not asked.poll(0)

    def wait(self, gen: Any, *args: Any, **more: Any) -> Any:
        return super().wait(self._heard(gen), *args, **more)

    def _heard(self, gen: Generator[Any, Any, T]) -> Generator[Any, Any, T]:
        """The driver's own steps; it is told of every tenth of a second without an answer."""
        until = monotonic() + self.silent_seconds
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    until = monotonic() + self.silent_seconds
                elif self.ask is not None and monotonic() > until:
                    self._make_sure(self.ask)
                    until = monotonic() + AGAIN_SECONDS
                wanted = gen.send(ready)
        except StopIteration as done:
            self.heard_at = monotonic()
            answer: T = done.value
            return answer

    def _make_sure(self, ask: Callable[[], object]) -> None:
        try:
            ask()
        except NoAnswer:
            self.close()
            raise
        except psycopg.Error:
            # It answers, if only that it has no room: then it is there.
            pass

    @classmethod
    def _connect_gen(cls, *args: Any, **more: Any) -> Any:
        return _within(super()._connect_gen(*args, **more), cls.connect_seconds)


class HurriedConnection(Connection):
    """The same for a page: somebody waits for it."""

    connect_seconds = Limits(seconds=1).connect_seconds
    silent_seconds = Limits(seconds=1).silent_seconds


def _within(gen: Generator[Any, Any, T], seconds: float) -> Generator[Any, Any, T]:
    until = monotonic() + seconds
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready and monotonic() > until:
                gen.close()
                raise NoAnswer("the server does not answer")
            wanted = gen.send(ready)
    except StopIteration as done:
        answer: T = done.value
        return answer


class Door:
    """The way to one server: makes connections, and remembers for a moment that it is away."""

    def __init__(self, kind: type[Connection]) -> None:
        self._kind = kind
        self._away_until = 0.0

    def connect(self, cargs: Any, cparams: dict[str, Any]) -> Connection:
        if monotonic() < self._away_until:
            raise NoAnswer("the server did not answer just now")
        made = self._made(cargs, cparams)
        made.ask = lambda: self._made(cargs, cparams).close()
        return made

    def _made(self, cargs: Any, cparams: dict[str, Any]) -> Connection:
        try:
            return self._kind.connect(*cargs, **cparams)
        except NoAnswer:
            self._away_until = monotonic() + ASIDE_SECONDS
            raise


def engine_for(url: URL, lock_seconds: float, limits: Limits) -> Engine:
    """An engine whose connections keep these limits.

    Statements of read models are prepared after a few uses. The connection that was used last
    comes first, so as many are opened as are needed at once.
    """
    kind = Connection if limits.seconds is None else HurriedConnection
    door = Door(kind)
    engine = create_engine(
        url,
        pool_size=limits.connections,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        pool_use_lifo=True,
        connect_args={
            # libpq's own limit, never below two seconds; the shorter one is ours.
            "connect_timeout": max(2, int(limits.connect_seconds)),
            "tcp_user_timeout": 5000,
            "options": f"{options_of(url)} {_session(lock_seconds, limits)}".strip(),
            **KEEPALIVE,
        },
    )

    @event.listens_for(engine, "do_connect")
    def _connect(_: object, __: object, cargs: Any, cparams: dict[str, Any]) -> Connection:
        return door.connect(cargs, cparams)

    @event.listens_for(engine, "checkout")
    def _still_there(raw: Any, _: object, __: object) -> None:
        if raw.was_just_heard():
            return
        try:
            engine.dialect.do_ping(raw)
        except psycopg.Error as error:
            if is_away(error):
                raise InvalidatePoolError from error
            raise

    return engine


def _session(lock_seconds: float, limits: Limits) -> str:
    """What the server is asked to hold each session to."""
    wanted = {f"tcp_{name}": value for name, value in KEEPALIVE.items()}
    if limits.seconds is not None:
        # Who waits for the lock is told that it is busy, not that the question was too long.
        lock_seconds = min(lock_seconds, limits.seconds * 2 / 3)
        wanted |= {
            "statement_timeout": limits.seconds * 1000,
            "idle_in_transaction_session_timeout": IDLE_MILLISECONDS,
        }
    wanted["lock_timeout"] = max(1, int(lock_seconds * 1000))
    return " ".join(f"-c{name}={value}" for name, value in wanted.items())


BUSY = (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure)
"""Others were in the way."""
TOO_LONG = (errors.QueryCanceled,)
AWAY = (
    "08",  # the connection
    "25006",  # it is a copy that takes no writes
    "25P03",  # idle for too long: the process slept
    "25P04",
    "53",  # no room, no memory, no more connections
    "57P",  # it is stopped, starts, or an administrator ended the session
    "58",  # its own disk
)
"""Which of its own answers say that the server cannot be worked with just now."""


def is_away(error: psycopg.Error) -> bool:
    """Whether it is the server that fails, and not what was asked of it."""
    if error.sqlstate is not None:
        return error.sqlstate.startswith(AWAY)
    # Without a code it is no answer at all: the connection was not made, or it broke.
    return isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))
