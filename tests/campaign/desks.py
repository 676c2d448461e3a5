"""Desks as processes of their own: they give commands, say what is acknowledged, and are killed."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Connection, event

from casesys.commands import COMMANDS
from casesys.database import Database
from casesys.log import Meta
from casesys.permits import Person
from casesys.settings import Settings
from casesys.system import Given, Receipt, System
from domain.case import case_id
from domain.decisions.listing import list_subject, open_case
from domain.desk import Desk
from domain.events import DeskEvent
from domain.vocabulary import Category
from domain.workdays import Workdays
from projections.reading import feed

OFFICER = Person("7b0e", "lin", "区信用办", frozenset({"officer"}))
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.campaign.desks"])


@dataclass(frozen=True)
class Guards:
    """What holds the office together; a hunt takes one away to see that it finds the fault."""

    lock: bool = True
    one_transaction: bool = True
    receipts: bool = True


def cases_of(system: System, number: int) -> list[UUID]:
    """Listed cases on which contact may be attempted."""
    desk = Desk("7b0e", "2021-03-01T01:00:00.000000Z", Workdays({}))
    for at in range(number):
        case = open_case(
            desk,
            number=f"L1-{at:04d}",
            campaign="L1",
            enterprise=f"E{at}",
            category=Category.PENALTY,
        )
        list_subject(case, desk, listed_on="2021-02-01", town="甲镇", unit="区信用办")
        batch = [(e, Meta()) for e in case.collect_events() if isinstance(e, DeskEvent)]
        with system.database.write() as c:
            system.database.lock(c)
            feed(c, system.models.all, system.log.append(c, batch, system.now()))
    return [case_id("L1", f"E{at}", Category.PENALTY) for at in range(number)]


def open_desk(settings: Settings, guards: Guards = Guards()) -> System:
    """The installation as this process sees it, less the guards that were taken away."""
    system = System(settings, receipts=guards.receipts)
    if not guards.lock:
        without_lock(system.database)
    if not guards.one_transaction:
        without_transaction(system.database)
    return system


def without_lock(database: Database) -> None:
    """PostgreSQL without the advisory lock; SQLite with BEGIN where it should be IMMEDIATE."""
    database.lock = lambda c: None  # type: ignore[method-assign]
    if database.is_sqlite:
        database.write = database.engine.begin  # type: ignore[method-assign]


def without_transaction(database: Database) -> None:
    """Every statement is kept as soon as it ran."""

    @contextmanager
    def write() -> Iterator[Connection]:
        with database.engine.connect() as c:
            raw: Any = c.connection.dbapi_connection
            if database.is_sqlite:
                c.exec_driver_sql("COMMIT")
            else:
                c.rollback()
                raw.autocommit = True
            yield c

    database.write = write  # type: ignore[method-assign]


def attempt(system: System, stream: UUID, command_id: str) -> Receipt:
    """The command that every hunt gives: one more attempt to reach the enterprise."""
    raw = {"attempted_at": "2021-03-01T09:00", "result": "no_answer", "channel": "phone"}
    raw["notes"] = f"{command_id} 无人接听"
    return system.give(
        COMMANDS["attempt_contact"], raw, Given(OFFICER, stream, command_id=command_id)
    )


def begin(work: Callable[..., None], *given: Any) -> tuple[BaseProcess, Pipe]:
    """A desk at work, and the pipe on which it speaks."""
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=work, args=(theirs, *given), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def write_until_told(
    pipe: Pipe, settings: Settings, guards: Guards, streams: list[UUID], seed: int
) -> None:
    """Give commands on random cases; answer the positions they got and the errors they met."""
    system, chance = open_desk(settings, guards), random.Random(seed)
    pipe.send("ready")
    pipe.recv()
    positions: list[int] = []
    errors: list[str] = []
    while not pipe.poll():
        try:
            receipt = attempt(system, chance.choice(streams), f"{seed}-{len(positions)}")
            positions.append(receipt.position)
        except Exception as error:
            errors.append(repr(error))
            break
    pipe.send((positions, errors))


def give_and_acknowledge(
    pipe: Pipe, settings: Settings, guards: Guards, streams: list[UUID], run: int, still: str
) -> None:
    """Give commands until killed, and say each one's id after it was acknowledged.

    ``still`` names where the second command stands still for the one who kills: ``inside``, between
    its first and its last statement, ``after`` its commit, or nowhere.
    """
    system, chance = open_desk(settings, guards), random.Random(run)
    count = _Statements(system.database)
    for number in range(10**6):
        command_id = f"{run}-{number}"
        if number == 1 and still == "inside":
            # The second to the last statement but one of the command before.
            count.stop_at(2 + run % (count.total - 2), lambda: _stand_still(pipe))
        count.total = 0
        attempt(system, chance.choice(streams), command_id)
        if number == 1 and still == "after":
            _stand_still(pipe)
        pipe.send(("acknowledged", command_id))


def _stand_still(pipe: Pipe) -> None:
    pipe.send(("still", ""))
    pipe.recv()


class _Statements:
    """Counts what the driver is asked to do, and may stop before one of them."""

    def __init__(self, database: Database) -> None:
        self.total = 0
        self._stop: tuple[int, Callable[[], None]] | None = None
        event.listen(database.engine, "connect", self._watch)

    def stop_at(self, number: int, stop: Callable[[], None]) -> None:
        self._stop = number, stop

    def _watch(self, raw: Any, _: object) -> None:
        if isinstance(raw, psycopg.Connection):
            raw.cursor_factory = _counting_cursor(self._asked)
        else:
            raw.set_trace_callback(self._asked)

    def _asked(self, _: object) -> None:
        self.total += 1
        if self._stop is not None and self.total == self._stop[0]:
            self._stop[1]()


def _counting_cursor(asked: Callable[[object], None]) -> type[psycopg.Cursor[Any]]:
    class Counting(psycopg.Cursor[Any]):
        def execute(self, query: Any, *given: Any, **named: Any) -> Any:
            asked(query)
            return super().execute(query, *given, **named)

        def executemany(self, query: Any, *given: Any, **named: Any) -> Any:
            asked(query)
            return super().executemany(query, *given, **named)

    return Counting
