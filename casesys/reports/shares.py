"""Parts of a figure's members: by enterprise, and by the reason of an exclusion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from casesys.figures.cases_of_day import Question
from casesys.figures.drawing import Names, Part
from casesys.figures.members import Of
from casesys.system import System
from domain.entries import as_seen
from domain.evolution import state_of
from domain.instants import end_of_day
from projections.driver import rows_in

EVERYTHING = 2**62
"""A position behind every entry."""

Members = Mapping[Part, Names]


class Share(NamedTuple):
    """How many 宗 of a list one enterprise has, and how many of them are repaired."""

    enterprise: str
    name: str
    records: int
    repaired: int


def by_enterprise(system: System, c: Connection, members: Members, of: Of) -> list[Share]:
    """The 宗 of a list by enterprise, the most first; together they are the whole list."""
    records, repaired = members["records", of], members["repaired", of]
    owners = _owners(c, {case for name in records for case in _cases(name)})

    def owner(name: str) -> str:
        return next(owners[case] for case in _cases(name) if case in owners)

    held, mended = Counter(map(owner, records)), Counter(map(owner, repaired))
    names = system.models.enterprises.names(c, held)
    found = [Share(one, names.get(one, one), n, mended[one]) for one, n in held.items()]
    return sorted(found, key=lambda share: (-share.records, share.enterprise))


def _cases(name: str) -> Iterable[str]:
    """What may be the number of the case, of a name that a number of a 宗 follows."""
    parts = name.split(" ")
    return (" ".join(parts[:n]) for n in range(1, len(parts) + 1))


def _owners(c: Connection, numbers: Iterable[str]) -> dict[str, str]:
    question = "SELECT number, enterprise FROM ledger WHERE number IN ({keys})"
    return dict(rows_in(c, question, numbers))


def by_reason(
    system: System, c: Connection, members: Members, of: Of, asked: Question
) -> Counter[str]:
    """The excluded cases of a list by the reason that was confirmed."""
    question = "SELECT stream_id FROM ledger WHERE number IN ({keys})"
    streams = [stream for (stream,) in rows_in(c, question, members["excluded", of])]
    until = EVERYTHING if asked.position is None else asked.position + 1
    stories = system.log.entries_before(c, streams, until).values()
    end = end_of_day(asked.as_of)
    states = (state_of(as_seen(entries, end, asked.known_at)) for entries in stories)
    return Counter(str(state.excluded) for state in states)
