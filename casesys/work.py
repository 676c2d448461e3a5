"""One unit of work: the streams that a command touches, and what it may ask of the whole office."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, TypeVar
from uuid import UUID

from eventsourcing.domain import Aggregate
from sqlalchemy import Connection

from casesys.log import AnotherKind, Loaded, Log, Meta
from domain.account import AT_THE_DESK
from domain.case import GovernanceCase, case_id
from domain.decisions.listing import open_case
from domain.desk import Desk
from domain.events import DeskEvent
from domain.vocabulary import Category
from projections.case_file import CASE_FILE
from projections.driver import rows, rows_in
from projections.evidence_use import EVIDENCE_USE
from projections.ledger import LEDGER
from projections.office import ACCOUNT, MEMBER_UNIT
from projections.published import PUBLISHED_FIGURES
from projections.record_index import RECORD_INDEX

A = TypeVar("A", bound=Aggregate)


class OfficeNumbers:
    """Which case holds a record number: the record index, and what this work attached since."""

    def __init__(self, c: Connection, reach: str = "") -> None:
        self._c = c
        self._reach = reach
        self._known: dict[str, str | None] = {}

    def holder(self, number_key: str) -> str | None:
        if number_key not in self._known:
            self.prefetch([number_key])
        return self._known[number_key]

    def prefetch(self, number_keys: Collection[str]) -> None:
        wanted = [key for key in number_keys if key not in self._known]
        self._known.update(dict.fromkeys(wanted))
        question = (
            f"SELECT number_key, case_number, unit FROM {RECORD_INDEX} "
            f"LEFT JOIN {LEDGER} ON {LEDGER}.stream_id = {RECORD_INDEX}.stream_id "
            "WHERE number_key IN ({keys}) ORDER BY number_key, attached_position DESC"
        )
        for key, number, unit in rows_in(self._c, question, wanted):
            self._known[key] = number if self._reach in ("", unit) else ""

    def take(self, number_key: str, number: str) -> None:
        if self._known.get(number_key) is None:
            self._known[number_key] = number


class MemberUnits(Collection[str]):
    """The names of the units that are members now."""

    def __init__(self, c: Connection) -> None:
        self._c = c
        self._names: set[str] | None = None

    def names(self) -> set[str]:
        if self._names is None:
            found = rows(self._c, f"SELECT name FROM {MEMBER_UNIT} WHERE joined = 1")
            self._names = {name for (name,) in found}
        return self._names

    def __contains__(self, name: object) -> bool:
        return name in self.names()

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __len__(self) -> int:
        return len(self.names())


class OpenAccounts:
    """The accounts that may be given a case, by id or by login."""

    def __init__(self, c: Connection, office_unit: str) -> None:
        self._c = c
        self._office_unit = office_unit

    def find(self, name: str) -> str | None:
        question = (
            f"SELECT stream_id FROM {ACCOUNT} "
            "WHERE closed = 0 AND (stream_id = ? OR lower(login) = lower(?))"
        )
        found = rows(self._c, question, [name, name])
        return str(found[0][0]) if found else None

    def anyone_in(self, role: str) -> bool:
        held = rows(self._c, f"SELECT roles FROM {ACCOUNT} WHERE closed = 0")
        return any(role in roles.split() for (roles,) in held)

    def login_of(self, account: str) -> str | None:
        found = rows(self._c, f"SELECT login FROM {ACCOUNT} WHERE stream_id = ?", [account])
        return str(found[0][0]) if found else None

    def reaches(self, account: str, unit: str) -> bool:
        question = f"SELECT unit, roles FROM {ACCOUNT} WHERE closed = 0 AND stream_id = ?"
        return any(
            own in (unit, self._office_unit) and AT_THE_DESK & set(roles.split())
            for own, roles in rows(self._c, question, [account])
        )


class EvidenceInUse:
    """Which files something else rests on as well: entries of other cases, receipts of figures."""

    def __init__(self, c: Connection) -> None:
        self._c = c

    def elsewhere(self, files: Collection[str], stream: str) -> set[str]:
        used = f"SELECT sha256 FROM {EVIDENCE_USE} WHERE stream_id <> ? AND sha256 IN ({{keys}})"
        published = f"SELECT sha256 FROM {PUBLISHED_FIGURES} WHERE sha256 IN ({{keys}})"
        found = [*rows_in(self._c, used, files, [stream]), *rows_in(self._c, published, files)]
        return {sha256 for (sha256,) in found}


class Work:
    """The streams touched in one transaction, in the order in which they were touched."""

    def __init__(self, c: Connection, log: Log, desk: Desk) -> None:
        self.c = c
        self.log = log
        self.desk = desk
        self.loaded: dict[UUID, Loaded[Any]] = {}
        self._touched: dict[UUID, Aggregate] = {}
        self._opened: dict[str, int] = {}

    def load(self, kind: type[A], stream: UUID) -> A | None:
        """The aggregate of a stream as this work has it so far; None where there is none."""
        if stream in self._touched:
            found = self._touched[stream]
            if not isinstance(found, kind):
                raise AnotherKind(f"stream {stream} is no {kind.__name__}")
            return found
        loaded = self.log.load(self.c, stream, kind)
        self.loaded[stream] = loaded
        if loaded.aggregate is not None:
            self._touched[stream] = loaded.aggregate
        return loaded.aggregate

    def begin(self, aggregate: A) -> A:
        """Take a new stream into this work."""
        self._touched[aggregate.id] = aggregate
        return aggregate

    def case(
        self, campaign: str, enterprise: str, category: Category, reference: str | None = None
    ) -> GovernanceCase:
        """The case of one enterprise on one list, opened if the office never heard of it."""
        found = self.load(GovernanceCase, case_id(campaign, enterprise, category))
        if found is not None:
            return found
        return self.begin(
            open_case(
                self.desk,
                number=self._next_number(campaign),
                campaign=campaign,
                enterprise=enterprise,
                category=category,
                reference=reference,
            )
        )

    def _next_number(self, campaign: str) -> str:
        if campaign not in self._opened:
            found = rows(self.c, f"SELECT COUNT(*) FROM {CASE_FILE} WHERE campaign = ?", [campaign])
            self._opened[campaign] = int(found[0][0])
        self._opened[campaign] += 1
        return f"{campaign}-{self._opened[campaign]:04d}"

    def collect(self, meta: Meta) -> list[tuple[DeskEvent, Meta]]:
        """What happened and is not yet in the log."""
        return [
            (event, meta)
            for aggregate in self._touched.values()
            for event in aggregate.collect_events()
            if isinstance(event, DeskEvent)
        ]
