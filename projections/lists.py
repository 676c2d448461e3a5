"""Which cases answer to these conditions, in which order, and how many are they?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from domain.vocabulary import Stage
from projections.case_file import CASE_FILE
from projections.enterprises import ENTERPRISE
from projections.ledger import LEDGER
from projections.record_index import RECORD_INDEX
from projections.worklist import WORKLIST

Condition = ColumnElement[bool]
OPEN = tuple(
    str(stage)
    for stage in Stage
    if stage not in (Stage.UNLISTED, Stage.EXITED, Stage.EXCLUDED, Stage.CLOSED)
)
LISTED = tuple(str(stage) for stage in Stage if stage != Stage.UNLISTED)
REPAIR = ("none", "some", "full", "open")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a list; a condition left empty asks nothing.

    ``words`` must all be found; ``whole`` is the text without blanks, ``keys`` the normal forms
    that it has as a number of a record. ``asks`` wants a next step of the office; ``reach`` is
    the unit whose cases the reader sees.
    """

    words: tuple[str, ...] = ()
    whole: str = ""
    keys: tuple[str, ...] = ()
    campaign: str = ""
    category: str = ""
    stages: tuple[str, ...] = ()
    branch: str = ""
    unit: str = ""
    town: str = ""
    officers: tuple[str, ...] = ()
    impediment: str = ""
    contact: str = ""
    repair: str = ""
    due_from: str = ""
    due_to: str = ""
    listed_from: str = ""
    listed_to: str = ""
    asks: bool = False
    reach: str = ""

    def and_also(self, other: Wanted) -> Wanted:
        """Both at once; where both name stages, those in common."""
        given = {
            name: value
            for name in Wanted.__dataclass_fields__
            if (value := getattr(other, name)) not in ("", (), False)
        }
        if self.stages and other.stages:
            common = tuple(stage for stage in self.stages if stage in other.stages)
            given["stages"] = common or ("",)
        given["due_from"] = max(self.due_from, other.due_from)
        given["due_to"] = min(filter(None, (self.due_to, other.due_to)), default="")
        return replace(self, **given)


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
    provisional: int | None


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of an answer; ``page`` is the nearest that there is to the one asked for."""

    lines: Sequence[Line]
    total: int
    page: int
    pages: int
    first: int


COLUMNS = (
    LEDGER.c.stream_id,
    LEDGER.c.number,
    CASE_FILE.c.reference,
    LEDGER.c.campaign,
    LEDGER.c.enterprise,
    ENTERPRISE.c.name,
    ENTERPRISE.c.former_names,
    LEDGER.c.category,
    LEDGER.c.stage,
    LEDGER.c.branch,
    LEDGER.c.listed_on,
    LEDGER.c.town,
    LEDGER.c.unit,
    LEDGER.c.officer,
    LEDGER.c.records,
    LEDGER.c.repaired,
    LEDGER.c.attempts,
    LEDGER.c.impediments,
    LEDGER.c.contact_class,
    LEDGER.c.proposals,
    LEDGER.c.reopened,
    WORKLIST.c.step,
    WORKLIST.c.clock,
    WORKLIST.c.due_on,
    WORKLIST.c.provisional,
)
TABLES = (
    LEDGER.join(CASE_FILE, CASE_FILE.c.stream_id == LEDGER.c.stream_id)
    .outerjoin(ENTERPRISE, ENTERPRISE.c.uscc == LEDGER.c.enterprise)
    .outerjoin(WORKLIST, WORKLIST.c.stream_id == LEDGER.c.stream_id)
)
STAGE_ORDER = {str(stage): place for place, stage in enumerate(Stage)}
ORDERS: Mapping[str, ColumnElement[Any]] = {
    "due": WORKLIST.c.due_on,
    "name": ENTERPRISE.c.pinyin,
    "number": LEDGER.c.number,
    "unit": LEDGER.c.unit,
    "town": LEDGER.c.town,
    "listed": LEDGER.c.listed_on,
    "records": LEDGER.c.records,
    "repaired": LEDGER.c.repaired,
    "stage": case(STAGE_ORDER, value=LEDGER.c.stage, else_=len(STAGE_ORDER)),
}


class CaseLists:
    """Questions over the ledger, joined with names and with what is due next."""

    def slice(self, c: Connection, wanted: Wanted, sort: str, page: int, size: int) -> Slice:
        """One page in the order asked for; ``-due`` descends, what has no value comes last."""
        total = self.count(c, [wanted])[0]
        pages = max(1, -(-total // size))
        page = min(max(page, 1), pages)
        question = _asked(wanted).order_by(*_order(sort)).limit(size).offset((page - 1) * size)
        lines = [Line(*row) for row in c.execute(question)]
        return Slice(lines, total, page, pages, (page - 1) * size + 1 if total else 0)

    def count(self, c: Connection, questions: Sequence[Wanted]) -> list[int]:
        """How many cases answer to each of these, counted in one reading."""
        counted = [
            func.count().filter(and_(*conditions(wanted))) if conditions(wanted) else func.count()
            for wanted in questions
        ]
        return [int(n) for n in c.execute(select(*counted).select_from(TABLES)).one()]

    def exactly(self, c: Connection, wanted: Wanted) -> list[str]:
        """The numbers of the cases that a text names whole: by number, reference, code, 文号."""
        if not wanted.whole:
            return []
        names = [LEDGER.c.number, CASE_FILE.c.reference, LEDGER.c.enterprise]
        hits = [func.lower(name) == _low(wanted.whole) for name in names]
        hits.append(_record(RECORD_INDEX.c.number_key.in_(wanted.keys)))
        within = [LEDGER.c.unit == wanted.reach] if wanted.reach else []
        question = select(LEDGER.c.number).select_from(TABLES).where(or_(*hits), *within)
        return [number for (number,) in c.execute(question.limit(2))]

    def records_found(
        self, c: Connection, streams: Iterable[str], wanted: Wanted
    ) -> dict[str, list[str]]:
        """The record numbers of these cases that hold the text asked for."""
        if not wanted.keys:
            return {}
        question = (
            select(RECORD_INDEX.c.stream_id, RECORD_INDEX.c.number)
            .where(RECORD_INDEX.c.stream_id.in_(list(streams)), _holds(wanted.keys))
            .order_by(RECORD_INDEX.c.stream_id, RECORD_INDEX.c.attached_position)
        )
        found: dict[str, list[str]] = {}
        for stream, number in c.execute(question):
            found.setdefault(stream, []).append(number)
        return found

    def values(self, c: Connection) -> dict[str, list[str]]:
        """The campaigns, units and towns that cases have, to choose from."""
        columns = {"campaign": LEDGER.c.campaign, "unit": LEDGER.c.unit, "town": LEDGER.c.town}
        return {
            name: [value for (value,) in c.execute(select(column).distinct().order_by(column))]
            for name, column in columns.items()
        }


def _asked(wanted: Wanted) -> Select[Any]:
    return select(*COLUMNS).select_from(TABLES).where(*conditions(wanted))


def _order(sort: str) -> list[ColumnElement[Any]]:
    column = ORDERS[sort.removeprefix("-")]
    told = column.desc() if sort.startswith("-") else column.asc()
    return [column.is_(None), told, LEDGER.c.number.asc()]


def conditions(wanted: Wanted) -> list[Condition]:
    """What a case must be to answer, as bound parameters; a blank list lets every case in."""
    found: list[Condition] = []
    for column, value in (
        (LEDGER.c.campaign, wanted.campaign),
        (LEDGER.c.category, wanted.category),
        (LEDGER.c.branch, wanted.branch),
        (LEDGER.c.unit, wanted.unit),
        (LEDGER.c.town, wanted.town),
        (LEDGER.c.contact_class, wanted.contact),
    ):
        if value:
            found.append(column == value)
    if wanted.stages:
        found.append(LEDGER.c.stage.in_(wanted.stages))
    if wanted.officers:
        found.append(LEDGER.c.officer.in_(wanted.officers))
    if wanted.impediment:
        held = " " + LEDGER.c.impediments + " "
        found.append(held.contains(f" {wanted.impediment} ", autoescape=True))
    if wanted.reach:
        found.append(LEDGER.c.unit == wanted.reach)
    if wanted.asks:
        found.append(WORKLIST.c.step.is_not(None))
    found += _repair(wanted.repair) + _days(wanted) + _text(wanted)
    return found


def _repair(repair: str) -> list[Condition]:
    if not repair:
        return []
    return {
        "none": [LEDGER.c.records > 0, LEDGER.c.repaired == 0],
        "some": [LEDGER.c.repaired > 0],
        "full": [LEDGER.c.records > 0, LEDGER.c.repaired == LEDGER.c.records],
        "open": [LEDGER.c.repaired < LEDGER.c.records],
    }[repair]


def _days(wanted: Wanted) -> list[Condition]:
    found: list[Condition] = []
    if wanted.due_from:
        found.append(WORKLIST.c.due_on >= wanted.due_from)
    if wanted.due_to:
        found.append(WORKLIST.c.due_on <= wanted.due_to)
    if wanted.listed_from:
        found.append(LEDGER.c.listed_on >= wanted.listed_from)
    if wanted.listed_to:
        found.append(LEDGER.c.listed_on <= wanted.listed_to)
    return found


def _text(wanted: Wanted) -> list[Condition]:
    if not wanted.words:
        return []
    everywhere = and_(*(_anywhere(word) for word in wanted.words))
    ways: list[Condition] = [everywhere]
    if wanted.whole not in wanted.words:
        ways.append(_anywhere(wanted.whole))
    if wanted.keys:
        ways.append(_record(_holds(wanted.keys)))
    return [or_(*ways)]


def _anywhere(word: str) -> Condition:
    """In a name or a former one, in pinyin or its initials, in a code or a case's number."""
    columns = [
        ENTERPRISE.c.name,
        ENTERPRISE.c.former_names,
        LEDGER.c.enterprise,
        LEDGER.c.number,
        CASE_FILE.c.reference,
    ]
    if word.isascii():
        columns += [ENTERPRISE.c.initials, ENTERPRISE.c.pinyin]
    return or_(*(func.lower(column).contains(_low(word), autoescape=True) for column in columns))


def _holds(keys: Iterable[str]) -> Condition:
    return or_(*(RECORD_INDEX.c.number_key.contains(key, autoescape=True) for key in keys))


def _record(condition: Condition) -> Condition:
    there = select(RECORD_INDEX.c.record)
    return there.where(RECORD_INDEX.c.stream_id == LEDGER.c.stream_id, condition).exists()


def _low(text: str) -> str:
    # Only the letters that both databases fold alike.
    return "".join(c.lower() if c.isascii() else c for c in text)
