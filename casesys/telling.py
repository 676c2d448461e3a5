"""What packs of whole case streams tell the read models: here, or by several processes at once.

The processes only read. Each has a connection of its own, and what they found is written by the
one that holds the lock.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from gc import disable
from itertools import chain, repeat
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from time import perf_counter
from types import ModuleType
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from casesys.database import Database
from casesys.log import Pack, entries_of
from casesys.models import Models
from casesys.stopping import Stopped
from domain.entries import Entry
from domain.workdays import Workdays
from projections.beside import Beside, Named
from projections.bulk import Sums
from projections.reading import Change, ReadModel, Source

Model = ReadModel[Any, Any]
NamesOf = Callable[[Pack], Mapping[str, Named]]
"""What the enterprises of a pack are called."""
MOST_SUMS = 200_000
"""How many sums of a table a process holds; more are handed over before the end."""
MANY = 20_000
"""From so many entries on it is worth waiting for other processes to start."""

encode = msgspec.msgpack.encode


class TellerDied(Stopped):
    """A process that read for this one ended before its work; nothing was kept."""


class ToldPack(NamedTuple):
    """What one pack gave: rows by the name of their table, and the seconds of each read model."""

    rows: Mapping[str, Sequence[Sequence[Any]]]
    seconds: Mapping[str, float]
    entries: int


decode = msgspec.msgpack.Decoder(ToldPack).decode


def told(models: Iterable[Model], entries: Sequence[Entry], beside: Beside) -> ToldPack:
    """What whole streams give, of which the read models know nothing yet. Pure."""
    by_stream: dict[str, list[Entry]] = {}
    for entry in entries:
        by_stream.setdefault(entry.stream_id, []).append(entry)
    changes: dict[Source[Any, Any], list[Change[Any, Any]]] = {}
    rows: dict[str, Sequence[Sequence[Any]]] = {}
    seconds: dict[str, float] = {}
    for model in models:
        source = model.source
        if source not in changes:
            changes[source] = [
                Change(stream, None, its, source.fold(None, its))
                for stream, its in by_stream.items()
            ]
        begun = perf_counter()
        for table, values in model.told(changes[source], beside).items():
            rows[table.name] = values
        seconds[model.name] = perf_counter() - begun
    return ToldPack(rows, seconds, len(entries))


class Telling:
    """Tells one pack after the other; what is to be added up is told once, behind the last."""

    def __init__(self, models: Sequence[Model], until: int) -> None:
        self._models, self._until = models, until
        tables = (table for model in models for table in model.tables)
        self._sums = {table.name: Sums(table) for table in tables if table.info["sums"]}

    def pack(self, c: Connection, streams: Sequence[str], beside: Beside) -> ToldPack:
        found = told(self._models, entries_of(c, streams, self._until), beside)
        rows = dict(found.rows)
        for name, sums in self._sums.items():
            sums.take(rows.pop(name))
            if len(sums) > MOST_SUMS:
                rows[name] = sums.given()
        return found._replace(rows=rows)

    def rest(self) -> ToldPack:
        return ToldPack({name: sums.given() for name, sums in self._sums.items()}, {}, 0)


def tell_here(
    c: Connection,
    models: Sequence[Model],
    packs: Iterable[Pack],
    until: int,
    workdays: Workdays,
    names: NamesOf,
) -> Iterator[ToldPack]:
    """By this process alone."""
    telling = Telling(models, until)
    for pack in packs:
        yield telling.pack(c, pack.streams, Beside(workdays, names(pack)))
    yield telling.rest()


def how_many(entries: int) -> int:
    """How many processes to tell with; none where one alone is as fast."""
    processors = len(os.sched_getaffinity(0))
    return processors if processors > 1 and entries >= MANY else 0


class Tellers:
    """Some processes that tell packs; all of them end with the one that asked them."""

    def __init__(self, many: int, url: str, names: Sequence[str], until: int) -> None:
        context = get_context("forkserver")
        context.set_forkserver_preload([__name__])
        self._processes: dict[Pipe, BaseProcess] = {}
        try:
            for _ in range(many):
                here, there = context.Pipe()
                process = context.Process(target=_work, args=(there, url, names, until))
                process.daemon = True
                with _main_aside():
                    process.start()
                there.close()
                self._processes[here] = process
        except BaseException:
            self.close()
            raise

    def tell(self, packs: Iterable[Pack], workdays: Workdays, names: NamesOf) -> Iterator[ToldPack]:
        """In the order in which they are done.

        :raises TellerDied: one of them ended
        """
        tasks = chain(((pack.streams, names(pack)) for pack in packs), repeat(None))
        waiting = list(self._processes)
        for pipe in waiting:
            # Once: what each remembers of days stays good as long as these are the same.
            self._ask(pipe, workdays)
            self._ask(pipe, next(tasks))
        while waiting:
            ready = set(wait(waiting))
            for pipe in [one for one in waiting if one in ready]:
                answer = self._answer(pipe)
                if answer.entries:
                    self._ask(pipe, next(tasks))
                else:
                    waiting.remove(pipe)
                yield answer

    def _ask(self, pipe: Pipe, task: object) -> None:
        try:
            pipe.send(task)
        except OSError as gone:
            raise TellerDied("teller_died") from gone

    def _answer(self, pipe: Pipe) -> ToldPack:
        try:
            answer = pipe.recv_bytes()
            if answer:
                return decode(answer)
            error = pipe.recv()
        except (EOFError, OSError) as gone:
            raise TellerDied("teller_died") from gone
        raise error

    def close(self) -> None:
        for pipe, process in self._processes.items():
            pipe.close()
            process.kill()
        for process in self._processes.values():
            process.join()
            process.close()


@contextmanager
def tellers(many: int, url: str, names: Sequence[str], until: int) -> Iterator[Tellers]:
    them = Tellers(many, url, names, until)
    try:
        yield them
    finally:
        them.close()


@contextmanager
def _main_aside() -> Iterator[None]:
    """A process begins by importing what was run as the main one here: a script would run again."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


class _Nothing:
    """Whoever tells whole streams asks for no earlier entry."""

    def entries_before(
        self, c: Connection, streams: Iterable[str], position: int
    ) -> dict[str, list[Entry]]:
        raise NotImplementedError


def _work(pipe: Pipe, url: str, names: Sequence[str], until: int) -> None:
    """Tell what is asked for, until nobody asks any more."""
    # Who interrupts the rebuild speaks to the process that asked; it ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    disable()
    telling = Telling([model for model in Models(_Nothing()).all if model.name in names], until)
    database = Database(url)
    try:
        with database.read() as c:
            workdays = pipe.recv()
            while task := pipe.recv():
                streams, enterprises = task
                pipe.send_bytes(encode(telling.pack(c, streams, Beside(workdays, enterprises))))
            pipe.send_bytes(encode(telling.rest()))
    except (EOFError, BrokenPipeError):
        pass
    except BaseException as error:
        pipe.send_bytes(b"")
        pipe.send(error)
    finally:
        database.dispose()
