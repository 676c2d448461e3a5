"""The open cases that rules still judge, today or as they stood on any day of the books."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection

from casesys.lists.past import NAMING, cases_to_fold
from casesys.log import EVERYTHING
from casesys.system import System
from domain.entries import as_seen
from domain.evolution import state_of
from domain.instants import end_of_day
from projections.driver import CHUNK, chunks
from projections.judging import JudgedCase, judged_case


def open_cases(
    system: System,
    c: Connection,
    as_of: str | None,
    known_at: str | None,
    campaign: str = "",
    reach: str = "",
) -> Iterable[JudgedCase]:
    """The cases within reach; a reach is the unit that is responsible for them today.

    :raises TooMuchToFold: too many entries for one answer about the past
    """
    if as_of is None and known_at is None:
        return system.models.judging.cases(c, reach)
    return _then(system, c, as_of, known_at, cases_to_fold(c, campaign, reach))


def these_cases(
    system: System,
    c: Connection,
    as_of: str | None,
    known_at: str | None,
    streams: Sequence[str],
) -> list[JudgedCase]:
    """The same of these streams, in their order."""
    if as_of is None and known_at is None:
        found = system.models.judging.of(c, streams)
    else:
        found = _then(system, c, as_of, known_at, streams)
    by_stream = {case.stream: case for case in found}
    return [by_stream[stream] for stream in streams if stream in by_stream]


def _then(
    system: System, c: Connection, as_of: str | None, known_at: str | None, streams: Sequence[str]
) -> Iterator[JudgedCase]:
    until = end_of_day(as_of) if as_of is not None else None
    for some in chunks(sorted(streams), CHUNK):
        for stream, entries in system.log.entries_before(c, some, EVERYTHING).items():
            seen = as_seen(entries, until, known_at)
            # What names the case stands even where the books came to it late.
            named = [e for e in entries if e.topic in NAMING and e not in seen]
            found = judged_case(stream, state_of([*named, *seen]))
            if found is not None:
                yield found
