"""Who are the member units, which calendars are published, and who has an account?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, select

from domain.entries import Entry
from domain.workdays import Workdays
from projections.driver import asked_once, rows, rows_in, upsert
from projections.reading import Change, ReadModel, Rows
from projections.tables import model_table

TABLES = MetaData()

MEMBER_UNIT = model_table(
    "member_unit",
    1,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("order_no", Integer, nullable=False),
    Column("joined", Integer, nullable=False),
)
CALENDAR = model_table(
    "calendar",
    1,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("days", Text, nullable=False),
)
ACCOUNT = model_table(
    "account",
    1,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("unit", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("closed", Integer, nullable=False),
    Column("opened_at", Text, nullable=False),
)


class FlatRows(ReadModel[str, dict[str, Any]]):
    """A read model of one row a stream, each event changing some of its columns."""

    table: ClassVar[Table]
    prefix: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(Rows(self.prefix, self.table, self.take))

    @staticmethod
    def take(row: dict[str, Any], entry: Entry) -> None:
        raise NotImplementedError

    def settle(self, c: Connection, changes: Sequence[Change[str, dict[str, Any]]]) -> None:
        names = [column.name for column in self.table.columns]
        upsert(c, self.table, [tuple(ch.after[name] for name in names) for ch in changes])


class MemberUnitRows(FlatRows):
    """Which units are members of the joint conference?"""

    name, prefix = "member_units", "member_unit."
    table, tables = MEMBER_UNIT, (MEMBER_UNIT,)

    @staticmethod
    def take(row: dict[str, Any], entry: Entry) -> None:
        row["stream_id"] = entry.stream_id
        if entry.topic == "member_unit.joined":
            row["name"], row["order_no"] = entry.data["name"], entry.data["order"]
        row["joined"] = int(entry.topic != "member_unit.left")

    def names(self, c: Connection) -> list[str]:
        """The units that are members, in the office's own order."""
        question = select(MEMBER_UNIT.c.name).where(MEMBER_UNIT.c.joined == 1)
        return list(c.scalars(question.order_by(MEMBER_UNIT.c.order_no)))


class Calendars(FlatRows):
    """Which days are working days, as far as published?"""

    name, prefix = "calendars", "calendar."
    table, tables = CALENDAR, (CALENDAR,)

    @staticmethod
    def take(row: dict[str, Any], entry: Entry) -> None:
        row["stream_id"] = entry.stream_id
        row["year"], row["edition"] = entry.data["year"], entry.data["edition"]
        row["days"] = "\n".join(entry.data["days"])

    def __init__(self) -> None:
        super().__init__()
        self._kept: tuple[tuple[Any, ...], Workdays] | None = None

    def settle(self, c: Connection, changes: Sequence[Change[str, dict[str, Any]]]) -> None:
        super().settle(c, changes)
        asked_once(c).pop(CALENDAR.name, None)

    def workdays(self, c: Connection) -> Workdays:
        """The newest edition of every year, read again only when more are published."""
        known = asked_once(c)
        found: Workdays | None = known.get(CALENDAR.name)
        if found is None:
            found = known[CALENDAR.name] = self._workdays(c)
        return found

    def _workdays(self, c: Connection) -> Workdays:
        (seen,) = rows(c, f"SELECT COUNT(*), SUM(year * 100 + edition) FROM {CALENDAR}")
        if self._kept is None or self._kept[0] != seen:
            self._kept = (seen, self._read(c))
        return self._kept[1]

    def _read(self, c: Connection) -> Workdays:
        found = c.execute(select(CALENDAR).order_by(CALENDAR.c.year, CALENDAR.c.edition))
        return _workdays(tuple((row.year, row.days) for row in found))

    def as_published(self, entries: Iterable[Entry]) -> Workdays:
        """The working days that these entries make known, the last of a year by what counts."""
        found: dict[str, dict[str, Any]] = {}
        for entry in sorted(entries, key=lambda one: (one.stream_id, one.version)):
            self.take(found.setdefault(entry.stream_id, {}), entry)
        order = sorted((row["year"], row["edition"], row["days"]) for row in found.values())
        return _workdays(tuple((year, days) for year, _, days in order))


@lru_cache(maxsize=8)
def _workdays(published: tuple[tuple[int, str], ...]) -> Workdays:
    """The same for the same calendars: what is kept of it stays good."""
    return Workdays({year: days.split("\n") for year, days in published})


class Accounts(FlatRows):
    """Who may do what?"""

    name, prefix = "accounts", "account."
    table, tables = ACCOUNT, (ACCOUNT,)

    @staticmethod
    def take(row: dict[str, Any], entry: Entry) -> None:
        row["stream_id"] = entry.stream_id
        if entry.topic == "account.opened":
            row |= {"login": entry.data["login"], "unit": entry.data["unit"]}
            row |= {"roles": "", "closed": 0, "opened_at": entry.occurred_at}
        elif entry.topic in ("account.role_granted", "account.role_revoked"):
            roles = set(row["roles"].split()) - {entry.data["role"]}
            if entry.topic == "account.role_granted":
                roles.add(entry.data["role"])
            row["roles"] = " ".join(sorted(roles))
        elif entry.topic == "account.closed":
            row["closed"] = 1

    def by_login(self, c: Connection, login: str) -> Any:
        return c.execute(select(ACCOUNT).where(ACCOUNT.c.login == login)).one_or_none()

    def by_id(self, c: Connection, account: str) -> Any:
        return c.execute(select(ACCOUNT).where(ACCOUNT.c.stream_id == account)).one_or_none()

    def everyone(self, c: Connection) -> Sequence[Any]:
        return c.execute(select(ACCOUNT).order_by(ACCOUNT.c.login)).all()


def logins(c: Connection, accounts: Iterable[str | None]) -> dict[str, str]:
    """Work numbers by account; an actor that is no account has none and is shown as it stands."""
    question = f"SELECT stream_id, login FROM {ACCOUNT} WHERE stream_id IN ({{keys}})"
    return dict(rows_in(c, question, {account for account in accounts if account}))
