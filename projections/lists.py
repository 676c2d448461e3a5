"""Which cases answer to these conditions, in which order, and how many are they?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import Connection

from projections.conditions import (
    Condition,
    Wanted,
    conditions,
    each_value,
    places,
    unsought,
    where,
)
from projections.driver import rows, rows_in
from projections.enterprises import low
from projections.ledger import LEDGER
from projections.paging import paged
from projections.record_index import RECORD_INDEX


class Line(NamedTuple):
    """One case as a list shows it."""

    stream_id: str
    number: str
    reference: str | None
    campaign: str
    uscc: str
    name: str | None
    former_names: str | None
    category: str
    stage: str
    branch: str | None
    listed_on: str | None
    town: str
    unit: str
    officer: str | None
    records: int
    repaired: int
    attempts: int
    impediments: str
    contact: str
    proposals: str
    reopened: int
    step: str | None
    clock: str | None
    due_on: str | None
    provisional: int
    version: int


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of an answer; ``page`` is the nearest that there is to the one asked for."""

    lines: Sequence[Line]
    total: int
    page: int
    pages: int
    first: int


COLUMNS = (
    "stream_id, number, reference, campaign, enterprise, name, former_names, category, stage, "
    "branch, listed_on, town, unit, officer, records, repaired, attempts, impediments, "
    "contact_class, proposals, reopened, step, clock, due_on, provisional, version"
)
ORDERS: Mapping[str, str] = {
    "due": "due_on",
    "name": "pinyin",
    "number": "number",
    "unit": "unit",
    "town": "town",
    "listed": "listed_on",
    "records": "records",
    "repaired": "repaired",
    "stage": "stage_no",
}
MAY_BE_MISSING = frozenset({"due_on", "pinyin", "listed_on"})
WALK = 1_000
"""How many cases are passed on the way along an index before sorting what answers is better."""
FEW = 1_000
"""So many cases are kept as they are found, and only they are sorted."""
KEPT = 1_000
"""How many counts of one state of the books are kept."""

Counts = dict[Wanted | tuple[Wanted, Wanted], int]


class CaseLists:
    """Questions over the ledger, whose indexes are made for them.

    What is counted is kept as long as the books end with the same entry, ``head``; without one
    nothing is kept.
    """

    def __init__(self) -> None:
        self._kept: tuple[int | None, Counts] = (None, {})

    def slice(
        self,
        c: Connection,
        wanted: Wanted,
        sort: str,
        page: int,
        size: int,
        head: int | None = None,
    ) -> Slice:
        """One page in the order asked for; ``-due`` descends, what has no value comes last."""
        few = self._few(c, wanted) if _is_scanned(wanted) else None
        total = self.count(c, [wanted], head)[0] if few is None else len(few)
        at = paged(total, page, size)
        size = min(size, total - at.start)
        # The way there begins at the nearer end.
        rest = total - at.start - size
        turned = rest < at.start
        skip = min(rest, at.start)
        numbers = None
        if few is None:
            passed = (skip + size) * self.count(c, [Wanted()], head)[0]
            if passed <= total * WALK or _is_led(wanted, sort):
                numbers = _walked(c, wanted, sort, turned, skip, size)
            found = conditions(c, wanted)
        else:
            found = iter([(f"number IN ({places(few)})", few)] if few else ())
        if numbers is None:
            numbers = _sorted(c, found, sort, turned, skip, size)
        lines = self._read(c, numbers[::-1] if turned else numbers)
        return Slice(lines, total, at.page, at.pages, at.first)

    def _few(self, c: Connection, wanted: Wanted) -> tuple[str, ...] | None:
        """The numbers of all cases that answer; None of many."""
        which, values = where(conditions(c, wanted))
        found = rows(c, f"SELECT number FROM {LEDGER}{which} LIMIT ?", [*values, FEW + 1])
        return tuple(number for (number,) in found) if len(found) <= FEW else None

    def _read(self, c: Connection, numbers: Sequence[str]) -> list[Line]:
        question = f"SELECT {COLUMNS} FROM {LEDGER} WHERE number IN ({{keys}})"
        found = {row[1]: Line(*row) for row in rows_in(c, question, numbers)}
        return [found[number] for number in numbers]

    def count(
        self, c: Connection, questions: Sequence[Wanted], head: int | None = None
    ) -> list[int]:
        """How many cases answer to each of these, each counted along the index that suits it."""
        known = self._known(head)
        asked = [wanted for wanted in dict.fromkeys(questions) if wanted not in known]
        if asked:
            counted, values = [], []
            for wanted in asked:
                which, its = where(conditions(c, wanted, counted=True))
                counted.append(f"(SELECT COUNT(*) FROM {LEDGER}{which})")
                values += its
            found = rows(c, f"SELECT {', '.join(counted)}", values)[0]
            known |= dict(zip(asked, found, strict=True))
        return [known[wanted] for wanted in questions]

    def count_together(
        self, c: Connection, within: Wanted, questions: Sequence[Wanted], head: int | None = None
    ) -> list[int]:
        """The same among few cases, in one reading of them."""
        known = self._known(head)
        both = [(within, wanted) for wanted in questions]
        if not known.keys() >= set(both):
            counted, values = [], []
            for wanted in questions:
                which, asked = where(conditions(c, wanted))
                counted.append(f"COUNT(*) FILTER ({which})" if which else "COUNT(*)")
                values += asked
            which, asked = where(conditions(c, within))
            question = f"SELECT {', '.join(counted)} FROM {LEDGER}{which}"
            known.update(zip(both, rows(c, question, [*values, *asked])[0], strict=True))
        return [known[pair] for pair in both]

    def _known(self, head: int | None) -> Counts:
        """What was counted already in this state of the books; other readers may add to it."""
        if head is None:
            return {}
        kept, known = self._kept
        if kept != head or len(known) > KEPT:
            self._kept = (head, known := {})
        return known

    def exactly(self, c: Connection, wanted: Wanted) -> list[str]:
        """The numbers of the cases that a text names whole: by number, reference, code, 文号."""
        if not wanted.whole:
            return []
        reach, within = (" AND unit = ?", (wanted.reach,)) if wanted.reach else ("", ())
        typed = {wanted.whole, wanted.whole.upper(), low(wanted.whole)}
        found: set[str] = set()
        for name in ("number", "reference", "enterprise"):
            question = (
                f"SELECT number FROM {LEDGER} WHERE {name} IN ({places(typed)}){reach} LIMIT 2"
            )
            found |= {number for (number,) in rows(c, question, [*typed, *within])}
        if wanted.keys:
            question = (
                f"SELECT number FROM {LEDGER} WHERE stream_id IN "
                f"(SELECT stream_id FROM {RECORD_INDEX} "
                f"WHERE number_key IN ({places(wanted.keys)})){reach} LIMIT 2"
            )
            found |= {number for (number,) in rows(c, question, [*wanted.keys, *within])}
        return sorted(found)

    def records_found(
        self, c: Connection, streams: Iterable[str], wanted: Wanted
    ) -> dict[str, list[str]]:
        """The record numbers of these cases that hold the text asked for."""
        if not wanted.keys:
            return {}
        question = (
            f"SELECT stream_id, number, number_key FROM {RECORD_INDEX} "
            "WHERE stream_id IN ({keys}) ORDER BY stream_id, attached_position"
        )
        found: dict[str, list[str]] = {}
        for stream, number, number_key in rows_in(c, question, streams):
            if any(key in number_key for key in wanted.keys):
                found.setdefault(stream, []).append(number)
        return found

    def values(self, c: Connection, reach: str = "") -> dict[str, list[str]]:
        """The campaigns, units and towns that a reader's cases have, to choose from."""
        return {name: _values(c, name, reach) for name in ("campaign", "unit", "town")}


def _values(c: Connection, name: str, reach: str) -> list[str]:
    if reach:
        question = f"SELECT DISTINCT {name} FROM {LEDGER} WHERE unit = ? ORDER BY {name}"
        return [value for (value,) in rows(c, question, [reach])]
    return each_value(c, name)


def _is_scanned(wanted: Wanted) -> bool:
    """Whether something is asked that all cases must be read for."""
    asked = (wanted.words, wanted.branch, wanted.impediment, wanted.contact, wanted.repair)
    return any(asked)


def _is_led(wanted: Wanted, sort: str) -> bool:
    """Whether one index has the order of the list and all that is asked of its cases."""
    simple = replace(wanted, asks=False, unclaimed=False) == Wanted()
    return simple and ORDERS[sort.removeprefix("-")] == "due_on"


def _sorted(
    c: Connection, found: Iterable[Condition], sort: str, turned: bool, skip: int, size: int
) -> list[str]:
    """The numbers of ``size`` cases from a place on, what has no value last; or all turned."""
    if not size:
        return []
    which, values = where(found)
    column = ORDERS[sort.removeprefix("-")]
    down = sort.startswith("-") != turned
    ways = [(f"{unsought(c, column)} IS NULL", turned)] if column in MAY_BE_MISSING else []
    # The numbers of equal values go the same way: an index leads through both, either way.
    ways += [(unsought(c, column), down), (unsought(c, "number"), down)]
    order = ", ".join(way + " DESC" * falling for way, falling in ways)
    question = f"SELECT number FROM {LEDGER}{which} ORDER BY {order} LIMIT ? OFFSET ?"
    return [number for (number,) in rows(c, question, [*values, size, skip])]


def _walked(
    c: Connection, wanted: Wanted, sort: str, turned: bool, skip: int, size: int
) -> list[str] | None:
    """The same along an index in the order of the list; None if it does not lead there soon."""
    numbers: list[str] = []
    for part in _parts(wanted, sort, turned):
        end = NO_END if _is_led(wanted, sort) else _end(c, part, skip + 2 * WALK)
        which, values = where([*conditions(c, wanted), (part.condition, ()), end])
        question = f"SELECT number FROM {LEDGER}{which} ORDER BY {part.order} LIMIT ? OFFSET ?"
        some = rows(c, question, [*values, size - len(numbers), skip])
        numbers += [number for (number,) in some]
        if len(numbers) == size:
            break
        if end != NO_END:
            return None
        if some:
            skip = 0
        elif skip:
            skip -= rows(c, f"SELECT COUNT(*) FROM {LEDGER}{which}", values)[0][0]
    return numbers


class _Part(NamedTuple):
    """A part of a list in its order: the cases with a value to sort by, or those without one."""

    condition: str
    columns: tuple[str, ...]
    down: bool

    @property
    def order(self) -> str:
        return ", ".join(name + " DESC" * self.down for name in self.columns)


def _parts(wanted: Wanted, sort: str, turned: bool) -> list[_Part]:
    """A list from its beginning, or all the other way round; what has no value comes last."""
    column = ORDERS[sort.removeprefix("-")]
    down = sort.startswith("-") != turned
    columns = (column,) if column == "number" else (column, "number")
    if column not in MAY_BE_MISSING:
        return [_Part("", columns, down)]
    parts = [_Part(f"{column} IS NOT NULL", columns, down)]
    if column not in _with_a_day(wanted):
        parts.append(_Part(f"{column} IS NULL", ("number",), down))
    return parts[::-1] if turned else parts


def _with_a_day(wanted: Wanted) -> set[str]:
    """The days that every case which answers has."""
    asked = {"due_on": (wanted.due_from, wanted.due_to)}
    asked["listed_on"] = (wanted.listed_from, wanted.listed_to)
    return {column for column, days in asked.items() if any(days)}


def _end(c: Connection, part: _Part, steps: int) -> Condition:
    """That a case stands among the first so many of a part, of whatever they are."""
    columns = ", ".join(part.columns)
    which, _ = where([(part.condition, ())])
    question = f"SELECT {columns} FROM {LEDGER}{which} ORDER BY {part.order} LIMIT 1 OFFSET ?"
    last = rows(c, question, [steps])
    comparison = f"({columns}) {'>=' if part.down else '<='} ({places(part.columns)})"
    return (comparison, last[0]) if last else NO_END


NO_END: Condition = ("", ())
