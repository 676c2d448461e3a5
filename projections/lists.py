"""Which cases answer to these conditions, in which order, and how many are they?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import Connection

from projections.conditions import Wanted, conditions, each_value, places, unsought, where
from projections.driver import rows, rows_in
from projections.enterprises import low


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
WALK = 2_000
"""How many cases may be passed on the way along an index before sorting what answers is better."""


class CaseLists:
    """Questions over the ledger, whose indexes are made for them."""

    def slice(self, c: Connection, wanted: Wanted, sort: str, page: int, size: int) -> Slice:
        """One page in the order asked for; ``-due`` descends, what has no value comes last."""
        if wanted.words:
            return self._holding(c, wanted, sort, page, size)
        total = self.count(c, [wanted])[0]
        page, pages, first = _nearest(total, page, size)
        lines = self.lines(c, wanted, sort, first, min(size, total - first), total)
        return Slice(lines, total, page, pages, first + 1 if total else 0)

    def _holding(self, c: Connection, wanted: Wanted, sort: str, page: int, size: int) -> Slice:
        """The same of the cases that hold a text, which is looked for once."""
        which, values = where(conditions(c, wanted))
        order = ", ".join(_order(sort))
        found = rows(c, f"SELECT number FROM ledger{which} ORDER BY {order}", values)
        page, pages, first = _nearest(len(found), page, size)
        lines = self._read(c, [number for (number,) in found[first : first + size]])
        return Slice(lines, len(found), page, pages, first + 1 if found else 0)

    def lines(
        self, c: Connection, wanted: Wanted, sort: str, first: int, size: int, total: int
    ) -> list[Line]:
        """So many lines of ``total`` from a place on; the way there begins at the nearer end."""
        rest = total - first - size
        backwards = rest < first
        skip = min(rest, first)
        walk = self._is_walked(c, wanted, sort, skip + size, total)
        numbers: list[str] = []
        for condition, order in _parts(c, sort, backwards, walk):
            if len(numbers) == size:
                break
            which, values = where([*conditions(c, wanted), (condition, ())])
            question = f"SELECT number FROM ledger{which} ORDER BY {order} LIMIT ? OFFSET ?"
            some = rows(c, question, [*values, size - len(numbers), skip])
            numbers += [number for (number,) in some]
            if some:
                skip = 0
            elif skip:
                skip -= rows(c, f"SELECT COUNT(*) FROM ledger{which}", values)[0][0]
        return self._read(c, numbers[::-1] if backwards else numbers)

    def _read(self, c: Connection, numbers: Sequence[str]) -> list[Line]:
        question = f"SELECT {COLUMNS} FROM ledger WHERE number IN ({{keys}})"
        found = {row[1]: Line(*row) for row in rows_in(c, question, numbers)}
        return [found[number] for number in numbers]

    def _is_walked(self, c: Connection, wanted: Wanted, sort: str, passed: int, total: int) -> bool:
        """Whether an index in the order of the list leads to the page soon enough."""
        simple = replace(wanted, asks=False, unclaimed=False) == Wanted()
        if simple and ORDERS[sort.removeprefix("-")] == "due_on":
            return True
        (cases,) = rows(c, "SELECT COUNT(*) FROM ledger")[0]
        return bool(passed * cases <= total * WALK)

    def count(self, c: Connection, questions: Sequence[Wanted]) -> list[int]:
        """How many cases answer to each of these, each counted along the index that suits it."""
        counted, values = [], []
        for wanted in questions:
            which, asked = where(conditions(c, wanted, counted=True))
            counted.append(f"(SELECT COUNT(*) FROM ledger{which})")
            values += asked
        return [int(n) for n in rows(c, f"SELECT {', '.join(counted)}", values)[0]]

    def count_together(
        self, c: Connection, within: Wanted, questions: Sequence[Wanted]
    ) -> list[int]:
        """The same among few cases, in one reading of them."""
        counted, values = [], []
        for wanted in questions:
            which, asked = where(conditions(c, wanted))
            counted.append(f"COUNT(*) FILTER ({which})" if which else "COUNT(*)")
            values += asked
        which, asked = where(conditions(c, within))
        question = f"SELECT {', '.join(counted)} FROM ledger{which}"
        return [int(n) for n in rows(c, question, [*values, *asked])[0]]

    def exactly(self, c: Connection, wanted: Wanted) -> list[str]:
        """The numbers of the cases that a text names whole: by number, reference, code, 文号."""
        if not wanted.whole:
            return []
        reach, within = (" AND unit = ?", (wanted.reach,)) if wanted.reach else ("", ())
        typed = {wanted.whole, wanted.whole.upper(), low(wanted.whole)}
        found: set[str] = set()
        for name in ("number", "reference", "enterprise"):
            question = f"SELECT number FROM ledger WHERE {name} IN ({places(typed)}){reach} LIMIT 2"
            found |= {number for (number,) in rows(c, question, [*typed, *within])}
        if wanted.keys:
            question = (
                "SELECT number FROM ledger WHERE stream_id IN (SELECT stream_id FROM record_index "
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
            "SELECT stream_id, number, number_key FROM record_index WHERE stream_id IN ({keys}) "
            "ORDER BY stream_id, attached_position"
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
        question = f"SELECT DISTINCT {name} FROM ledger WHERE unit = ? ORDER BY {name}"
        return [value for (value,) in rows(c, question, [reach])]
    return each_value(c, name)


def _nearest(total: int, page: int, size: int) -> tuple[int, int, int]:
    """The nearest page that there is, how many there are, and how many cases stand before it."""
    pages = max(1, -(-total // size))
    page = min(max(page, 1), pages)
    return page, pages, (page - 1) * size


def _order(sort: str) -> list[str]:
    column = ORDERS[sort.removeprefix("-")]
    down = " DESC" if sort.startswith("-") else ""
    missing = [f"{column} IS NULL"] if column in MAY_BE_MISSING else []
    return [*missing, f"{column}{down}", f"number{down}"]


def _parts(c: Connection, sort: str, backwards: bool, walk: bool) -> list[tuple[str, str]]:
    """A list in its order: the cases with a value to sort by, then those that have none.

    Each part is a condition and an order; read backwards, all is the other way round.
    """
    column = ORDERS[sort.removeprefix("-")]
    # What is not walked to is sorted instead.
    asked = column if walk else unsought(c, column)
    # The numbers of equal values go the same way: an index leads through both, either way.
    down = " DESC" if sort.startswith("-") != backwards else ""
    number = f"number{down}"
    order = f"{asked}{down}" if column == "number" else f"{asked}{down}, {number}"
    if column not in MAY_BE_MISSING:
        return [("", order)]
    parts = [(f"{column} IS NOT NULL", order), (f"{column} IS NULL", number)]
    return parts[::-1] if backwards else parts
