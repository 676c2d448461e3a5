"""Parts of a list's figures: its 宗 by enterprise, its exclusions by their reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from casesys.figures.cases_of_day import Question, Standings
from casesys.figures.drawing import Names, Part
from casesys.figures.members import Of
from casesys.figures.values import adds_of
from casesys.log import EVERYTHING
from casesys.system import System
from domain.entries import as_seen
from domain.evolution import state_of
from domain.instants import end_of_day
from projections.driver import rows_in
from projections.ledger import LEDGER

Members = Mapping[Part, Names]
COUNTS = ("records", "repaired", "excluded")
"""What of each list is told by its parts."""


class Listed(NamedTuple):
    """Whose each 宗 of a list is, whose each repaired one, and the streams of excluded cases."""

    records: Sequence[str]
    repaired: Sequence[str]
    excluded: Sequence[str]


def listed_among(seen: Standings, of: Of) -> Listed:
    """The same rules choose them that the figures are counted by."""
    some = seen.rows(of.part)
    names = seen.named([row[0] for row in some])
    adds = {word: dict(adds_of(seen.facts[word], COUNTS)) for word in {row[1] for row in some}}
    records, repaired, excluded = (
        [row[0] for row in some for _ in range(adds[row[1]].get(count, 0))] for count in COUNTS
    )
    return Listed(
        [names[number][1] for number in records],
        [names[number][1] for number in repaired],
        [names[number][0] for number in excluded],
    )


def listed_by_name(c: Connection, members: Members, of: Of) -> Listed:
    """The same of a receipt, which names whom its figures count."""
    records, repaired = members["records", of], members["repaired", of]
    owners = _owners(c, {case for name in records for case in _cases(name)})

    def owner(name: str) -> str:
        return next(owners[case] for case in _cases(name) if case in owners)

    question = f"SELECT stream_id FROM {LEDGER} WHERE number IN ({{keys}})"
    streams = [stream for (stream,) in rows_in(c, question, members["excluded", of])]
    return Listed(list(map(owner, records)), list(map(owner, repaired)), streams)


def _cases(name: str) -> Iterable[str]:
    """What may be the number of the case, of a name that a number of a 宗 follows."""
    parts = name.split(" ")
    return (" ".join(parts[:n]) for n in range(1, len(parts) + 1))


def _owners(c: Connection, numbers: Iterable[str]) -> dict[str, str]:
    question = f"SELECT number, enterprise FROM {LEDGER} WHERE number IN ({{keys}})"
    return dict(rows_in(c, question, numbers))


class Share(NamedTuple):
    """How many 宗 of a list one enterprise has, and how many of them are repaired."""

    enterprise: str
    records: int
    repaired: int


def by_enterprise(listed: Listed) -> list[Share]:
    """The 宗 of a list by enterprise, the most first; together they are the whole list."""
    held, mended = Counter(listed.records), Counter(listed.repaired)
    found = [Share(one, n, mended[one]) for one, n in held.items()]
    return sorted(found, key=lambda share: (-share.records, share.enterprise))


def by_reason(system: System, c: Connection, listed: Listed, asked: Question) -> Counter[str]:
    """The excluded cases of a list by the reason that was confirmed."""
    until = EVERYTHING if asked.position is None else asked.position + 1
    stories = system.log.entries_before(c, listed.excluded, until).values()
    end = end_of_day(asked.as_of)
    states = (state_of(as_seen(entries, end, asked.known_at)) for entries in stories)
    return Counter(str(state.excluded) for state in states)
