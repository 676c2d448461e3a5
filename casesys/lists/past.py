"""The lists of another day: the same read models, made in memory of what counted and was known."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import StaticPool

from casesys.log import Log
from domain.case import GovernanceCase
from domain.entries import Entry, as_seen
from domain.instants import end_of_day
from domain.office import Enterprise
from projections.driver import CHUNK, chunks, rows
from projections.enterprises import ENTERPRISE, Enterprises
from projections.ledger import LEDGER, Ledger
from projections.office import CALENDAR, Calendars
from projections.openings import Openings
from projections.reading import CaseStories, ReadModel, Streams, feed
from projections.record_index import RecordIndex

MOST_ENTRIES = 400_000
"""How many entries one question about the past folds; beyond that a campaign must be named."""

KEPT = 4
"""How many past days are kept; one that the log has not outgrown answers the next page at once."""

NAMING = frozenset({GovernanceCase.CaseOpened.TOPIC, Enterprise.EnterpriseRegistered.TOPIC})
"""What names a thing is no fact of a day: it stands even where the books came to it late."""

Key = tuple[int, str | None, str | None, str, str]


class TooMuchToFold(Exception):
    """The question about the past is too wide; it must name a campaign."""


class _NothingBefore(Streams):
    """Each stream is fed whole, so nothing stands before it."""

    def entries_before(
        self, c: Connection, streams: object, position: int
    ) -> dict[str, list[Entry]]:
        return {}


class PastLists:
    """Answers questions on lists as of a day and as known at an instant."""

    def __init__(self, log: Log, most: int = MOST_ENTRIES) -> None:
        self._log = log
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[Key, Engine] = OrderedDict()

    @contextmanager
    def at(
        self,
        c: Connection,
        as_of: str | None,
        known_at: str | None,
        campaign: str = "",
        reach: str = "",
    ) -> Iterator[Connection]:
        """The read models of lists as they were, to ask them the questions of today.

        With a ``reach`` they hold the cases of which that unit is responsible today, whoever
        was on that day.

        :raises TooMuchToFold: too many entries for one answer
        """
        position, _ = self._log.head(c)
        key = (position, as_of, known_at, campaign, reach)
        with self._lock:
            engine = self._kept.pop(key, None) or self._made(c, key)
            self._kept[key] = engine
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)[1].dispose()
            with engine.connect() as past, past.begin():
                yield past

    def _made(self, c: Connection, key: Key) -> Engine:
        position, as_of, known_at, campaign, reach = key
        cases = cases_to_fold(c, campaign, reach, self._most)
        engine = create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
        calendars, enterprises = Calendars(), Enterprises()
        stories = CaseStories(_NothingBefore())
        models = (
            enterprises,
            Ledger(stories, calendars, enterprises),
            RecordIndex(stories),
            Openings(stories, calendars),
        )
        with engine.begin() as past:
            for model in (calendars, *models):
                for table in model.tables:
                    table.create(past)
            # A due day stands on the calendar that is known today, as it does on the case page.
            published = self._streams(c, f"SELECT stream_id FROM {CALENDAR}")
            feed(past, [calendars], self._of(c, published, position))
            streams = self._streams(c, f"SELECT stream_id FROM {ENTERPRISE}")
            streams += cases
            until = end_of_day(as_of) if as_of is not None else None
            for some in chunks(streams, CHUNK):
                self._feed(past, models, self._of(c, some, position), until, known_at)
        return engine

    def _feed(
        self,
        past: Connection,
        models: Sequence[ReadModel[Any, Any]],
        entries: Sequence[Entry],
        until: str | None,
        known_at: str | None,
    ) -> None:
        by_stream: dict[str, list[Entry]] = {}
        for entry in entries:
            by_stream.setdefault(entry.stream_id, []).append(entry)
        counting: list[Entry] = []
        for stream in by_stream.values():
            counting += _counting(stream, until, known_at)
        feed(past, models, counting)

    def _streams(self, c: Connection, question: str) -> list[str]:
        return [str(row[0]) for row in rows(c, question)]

    def _of(self, c: Connection, streams: Sequence[str], position: int) -> list[Entry]:
        found = self._log.entries_before(c, streams, position + 1)
        return [entry for entries in found.values() for entry in entries]


def cases_to_fold(c: Connection, campaign: str, reach: str, most: int = MOST_ENTRIES) -> list[str]:
    """The cases of a campaign and of a unit, where either is named.

    :raises TooMuchToFold: they have too many entries for one answer
    """
    asked = {name: v for name, v in (("campaign", campaign), ("unit", reach)) if v}
    where = " WHERE " + " AND ".join(f"{name} = ?" for name in asked) if asked else ""
    found = rows(c, f"SELECT stream_id, version FROM {LEDGER}{where}", list(asked.values()))
    if sum(version for _, version in found) > most:
        raise TooMuchToFold(campaign)
    return [stream for stream, _ in found]


def _counting(stream: list[Entry], until: str | None, known_at: str | None) -> list[Entry]:
    """What counts of one stream then; a stream of which nothing but its name counts is not there.

    An enterprise is only a name to a list, so it is there as soon as a case asks for it.
    """
    seen = as_seen(stream, until, known_at)
    facts = [entry for entry in seen if entry.topic not in NAMING]
    naming = [entry for entry in stream if entry.topic in NAMING]
    if not facts and stream[0].topic == GovernanceCase.CaseOpened.TOPIC:
        return []
    # In the order of the log, as every read model is fed.
    return sorted(naming + facts)
