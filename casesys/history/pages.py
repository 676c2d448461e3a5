"""Pages of a register: each decided, appended, shown and receipted in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from casesys.csv_rows import RegisterNameIsUnknown, RegisterRequestReused
from casesys.history.acts import VOIDED, Action, act
from casesys.history.register import CaseRow
from casesys.log import EVERYTHING, Meta, fold
from casesys.system import System
from casesys.tables import RECEIPT
from casesys.work import MemberUnits, OfficeNumbers
from domain.case import GovernanceCase, case_id
from domain.decisions.listing import number_key, open_case
from domain.desk import Desk
from domain.entries import Entry
from domain.events import DeskEvent
from domain.instants import local_day
from domain.workdays import Workdays
from projections.case_file import CASE_FILE
from projections.driver import rows, rows_in, upsert
from projections.reading import feed

REMEMBERED = 10_000
"""How many cases are kept in memory between pages: more than a district works on at once."""


@dataclass(slots=True)
class _Open:
    """A case in memory: what decisions ask, and its entries as far as they are in the log."""

    case: GovernanceCase
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class _Decided:
    """One action that was decided in this page."""

    action: Action
    stream: str
    version: int


class Pages:
    """Takes the actions of one register, page by page, and remembers the cases between them.

    What is remembered is dropped as soon as anybody else wrote, or a page failed.
    """

    def __init__(self, system: System, cause: str, targets: frozenset[str]) -> None:
        self._system = system
        self._cause = cause
        self._targets = targets
        self._heads: dict[str, tuple[str, int]] = {}
        self._streams: dict[str, UUID] = {}
        self._open: dict[str, _Open] = {}
        self._counted: dict[str, int] = {}
        self._head = -1
        self.tally: Counter[str] = Counter()

    def take(self, actions: Sequence[Action]) -> None:
        """:raises RegisterUnsound: a row cannot be taken; nothing of the page was written"""
        tally: Counter[str] = Counter()
        try:
            with self._system.database.write() as c:
                self._system.database.lock(c)
                head, _ = self._system.log.head(c)
                if head != self._head:
                    self._forget()
                self._head = self._take(c, actions, tally) or head
        except BaseException:
            self._forget()
            raise
        self.tally += tally
        while len(self._open) > REMEMBERED:
            del self._open[next(iter(self._open))]

    def _forget(self) -> None:
        self._open.clear()
        self._counted.clear()
        self._head = -1

    def _take(self, c: Connection, actions: Sequence[Action], tally: Counter[str]) -> int:
        """The last position after the page; 0 when it held nothing new."""
        fresh = list(self._unknown(c, actions, tally))
        if not fresh:
            return 0
        self._load(c, {str(self._stream(action.case)) for action in fresh})
        system = self._system
        numbers = OfficeNumbers(c)
        numbers.prefetch(list({key for action in fresh for key in _number_keys(action)}))
        office = _Office(c, system.models.calendars.workdays(c), numbers, MemberUnits(c))
        decided: list[_Decided] = []
        batch: list[tuple[DeskEvent, Meta]] = []
        for action in fresh:
            decided.append(self._decide(office, action, batch, tally))
        known = {d.stream: self._open[d.stream].entries for d in decided}
        entries = system.log.append(c, batch, system.now())
        feed(c, system.models.all, entries, known)
        self._keep(entries)
        places = {(e.stream_id, e.version): e.position for e in entries}
        upsert(
            c,
            RECEIPT,
            [
                (
                    d.action.request,
                    d.action.digest,
                    d.stream,
                    d.version,
                    places[d.stream, d.version],
                )
                for d in decided
            ],
        )
        return entries[-1].position

    def _unknown(
        self, c: Connection, actions: Sequence[Action], tally: Counter[str]
    ) -> Iterator[Action]:
        """The actions that the office's books do not have yet."""
        question = "SELECT command_id, digest, stream_id, version FROM receipt"
        found = rows_in(
            c, f"{question} WHERE command_id IN ({{keys}})", [a.request for a in actions]
        )
        known = {row[0]: row for row in found}
        given: dict[str, str] = {}
        for action in actions:
            row = known.get(action.request)
            digest = row[1] if row is not None else given.get(action.request)
            if digest is None:
                given[action.request] = action.digest
                yield action
                continue
            stream = str(self._stream(action.case))
            if digest != action.digest or (row is not None and row[2] != stream):
                raise action.row.unsound(RegisterRequestReused, "request_id")
            tally["already_known"] += 1
            if row is not None:
                self._aim(action, stream, row[3])

    def _stream(self, case: CaseRow) -> UUID:
        stream = self._streams.get(case.reference)
        if stream is None:
            stream = case_id(case.campaign, case.uscc, case.category)
            self._streams[case.reference] = stream
        return stream

    def _aim(self, action: Action, stream: str, version: int) -> None:
        """Remember the entry of an action that a later one takes away."""
        name = action.row["action_id"]
        if name in self._targets:
            self._heads[name] = (stream, version)

    def _load(self, c: Connection, streams: set[str]) -> None:
        """Read the cases of the page that are not in memory; the latest used stay longest."""
        for stream in streams & self._open.keys():
            self._open[stream] = self._open.pop(stream)
        missing = streams - self._open.keys()
        for stream, entries in self._system.log.entries_before(c, missing, EVERYTHING).items():
            case = fold(entries, GovernanceCase)
            if case is not None:
                self._open[stream] = _Open(case, entries)

    def _decide(
        self,
        office: _Office,
        action: Action,
        batch: list[tuple[DeskEvent, Meta]],
        tally: Counter[str],
    ) -> _Decided:
        stream = str(self._stream(action.case))
        desk = office.desk(action)
        opened = self._open.get(stream)
        if opened is None:
            opened = self._open[stream] = _Open(self._begin(office.c, desk, action.case), [])
            tally["cases"] += 1
        case = opened.case
        case.advances = True
        act(case, desk, action, self._target(action, stream))
        meta = Meta(
            command_id=action.request,
            caused_by=self._cause,
            recorded_at=action.recorded_at,
            findings=tuple(desk.findings),
        )
        *before, event = case.collect_events()
        for first in before:
            if isinstance(first, DeskEvent):
                batch.append((first, replace(meta, findings=())))
        if isinstance(event, DeskEvent):
            batch.append((event, meta))
        if isinstance(event, GovernanceCase.RecordAttached):
            office.numbers.take(event.number_key, case.state.number)
            tally["records"] += 1
        tally["actions"] += 1
        tally["findings"] += len(desk.findings)
        self._aim(action, stream, case.version)
        return _Decided(action, stream, case.version)

    def _target(self, action: Action, stream: str) -> int | None:
        if action.type != VOIDED:
            return None
        found = self._heads.get(action.row["target_action_id"])
        if found is None or found[0] != stream:
            raise action.row.unsound(RegisterNameIsUnknown, "target_action_id")
        return found[1]

    def _begin(self, c: Connection, desk: Desk, case: CaseRow) -> GovernanceCase:
        if case.campaign not in self._counted:
            question = f"SELECT COUNT(*) FROM {CASE_FILE} WHERE campaign = ?"
            self._counted[case.campaign] = int(rows(c, question, [case.campaign])[0][0])
        self._counted[case.campaign] += 1
        return open_case(
            desk,
            number=f"{case.campaign}-{self._counted[case.campaign]:04d}",
            campaign=case.campaign,
            enterprise=case.uscc,
            category=case.category,
            reference=case.reference,
        )

    def _keep(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self._open[entry.stream_id].entries.append(entry)


@dataclass(frozen=True, slots=True)
class _Office:
    """What the decisions of one page may ask of the whole office."""

    c: Connection
    workdays: Workdays
    numbers: OfficeNumbers
    units: MemberUnits

    def desk(self, action: Action) -> Desk:
        """The desk of the register: its clock stood where the row was typed."""
        return Desk(
            actor=f"register:{action.officer}",
            now=action.recorded_at,
            workdays=self.workdays,
            occurred_at=action.occurred_at,
            counter=False,
            numbers=self.numbers,
            units=self.units,
        )


def _number_keys(action: Action) -> Iterator[str]:
    if action.record is not None and action.type == "record_added":
        number = action.record.number
        this_year = int(local_day(action.recorded_at)[:4])
        yield number_key(action.case.category, number, this_year) or number
