"""Empty read models filled from the whole log, each stream read and folded once."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from sqlalchemy import Connection

from casesys.log import Pack
from casesys.stopping import Stopped
from casesys.system import System
from casesys.telling import ToldPack, how_many, tell_here, tellers
from domain.entries import Entry
from projections.beside import Named
from projections.bulk import Bulk
from projections.driver import rows
from projections.reading import ReadModel, feed

Model = ReadModel[Any, Any]
Progress = Callable[[int, int], None]
BATCH = 20_000
"""How many entries are held at once; an enterprise that has more is held whole."""
PACK = 5_000
"""The same of each of several processes."""


class LogIsDamaged(Stopped):
    """A number is missing in the log, which never leaves one out."""


def fill(
    system: System,
    c: Connection,
    models: Sequence[Model],
    progress: Progress | None = None,
    batch: int | None = None,
    processes: int | None = 0,
) -> dict[str, float]:
    """Feed empty read models with the whole log; the seconds that each took.

    Other ``processes`` see of the log what is committed; None: as many of them as are of use.

    :raises LogIsDamaged: an entry is missing
    """
    total, _ = system.log.head(c)
    # Before anything is judged: a story that lacks its beginning is none.
    found = int(rows(c, "SELECT COUNT(*) FROM log")[0][0])
    if found != total:
        raise LogIsDamaged("log_is_damaged", last=total, entries=found)
    filling = _Filling(system, c, models, total, progress)
    with nothing_collected():
        if any(model.source.by_stream for model in models):
            many = how_many(total) if processes is None else processes
            filling.by_stream(batch or (PACK if many else BATCH), many)
        if not all(model.source.by_stream for model in models):
            filling.by_position(batch or BATCH)
    return filling.seconds


class _Filling:
    """Some empty read models on their way through the log."""

    def __init__(
        self,
        system: System,
        c: Connection,
        models: Sequence[Model],
        total: int,
        progress: Progress | None,
    ) -> None:
        self._system, self._c, self._total = system, c, total
        self.seconds = dict.fromkeys((model.name for model in models), 0.0)
        self._models = models
        self._progress = progress
        self._done = 0
        self._todo = total * len({model.source.by_stream for model in models})

    def by_position(self, batch: int) -> None:
        position = 0
        models = self._timed(model for model in self._models if not model.source.by_stream)
        while chunk := self._system.log.after(self._c, position, batch):
            feed(self._c, models, chunk)
            position = chunk[-1].position
            self._went_on(len(chunk))

    def by_stream(self, batch: int, many: int) -> None:
        """First what is nobody's: the calendars and names by which cases are told."""
        models = [model for model in self._models if model.source.by_stream]
        telling = [model for model in models if model.tells]
        url, names = self._system.settings.database_url, [model.name for model in telling]
        # They start while this one goes on.
        with tellers(many, url, names, self._total) as them:
            packs = list(self._system.log.packs(self._c, batch, self._total))
            for pack in packs:
                if pack.owners == [""]:
                    self._went_on(self._feed(models, pack))
            of_cases = [pack for pack in packs if pack.owners != [""]]
            fed = [m for m in models if not m.tells and m.source.kind in ("", "case")]
            for pack in of_cases if fed else ():
                self._feed(fed, pack)
            workdays = self._system.models.calendars.workdays(self._c)
            if many:
                told = them.tell(of_cases, workdays, self._names)
            else:
                told = tell_here(self._c, telling, of_cases, self._total, workdays, self._names)
            self._write(telling, told)

    def _feed(self, models: Sequence[Model], pack: Pack) -> int:
        """Every stream is whole: nothing of it was known before."""
        entries = self._system.log.of_streams(self._c, pack.streams, self._total)
        known = dict.fromkeys(pack.streams, ())
        feed(self._c, self._timed(models), entries, known, first=pack.owners == [""])
        return len(entries)

    def _names(self, pack: Pack) -> Mapping[str, Named]:
        return self._system.models.enterprises.named(self._c, pack.owners)

    def _write(self, models: Sequence[Model], packs: Iterable[ToldPack]) -> None:
        tables = {table.name: table for model in models for table in model.tables}
        whose = {table.name: model.name for model in models for table in model.tables}
        bulk = Bulk(self._c, tables.values())
        for told in packs:
            for name, spent in told.seconds.items():
                self.seconds[name] += spent
            for name, values in told.rows.items():
                begun = perf_counter()
                bulk.take(tables[name], values)
                self.seconds[whose[name]] += perf_counter() - begun
            self._went_on(told.entries)
        for name, table in tables.items():
            begun = perf_counter()
            bulk.write_sums(table)
            self.seconds[whose[name]] += perf_counter() - begun

    def _timed(self, models: Iterable[Model]) -> list[Model]:
        return [_Timed(model, self.seconds) for model in models]

    def _went_on(self, entries: int) -> None:
        self._done += entries
        if self._progress is not None:
            self._progress(self._done * self._total // self._todo, self._total)


class _Timed(ReadModel[Any, Any]):
    """A read model with a stop-watch on what it writes."""

    def __init__(self, model: Model, seconds: dict[str, float]) -> None:
        super().__init__(model.source)
        self._model, self._seconds = model, seconds

    def settle(self, c: Connection, changes: Sequence[Any]) -> None:
        begun = perf_counter()
        self._model.settle(c, changes)
        self._seconds[self._model.name] += perf_counter() - begun

    def also(self, c: Connection, entries: Sequence[Entry]) -> None:
        begun = perf_counter()
        self._model.also(c, entries)
        self._seconds[self._model.name] += perf_counter() - begun


@contextmanager
def nothing_collected() -> Iterator[None]:
    """Entries and states hold no cycles; looking for some costs a fifth of the work."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()
