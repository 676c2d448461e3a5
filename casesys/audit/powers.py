"""Who could do what on a day, folded from the accounts' own entries; and who read whose data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from casesys.audit.shown_entries import Logged, as_shown, shown_at, subjects_of
from casesys.log import OF_STREAMS, entry_of
from casesys.permits import Permit, Person
from casesys.system import System
from domain.entries import Entry
from domain.instants import end_of_day
from domain.vocabulary import Role
from projections.driver import rows, rows_in
from projections.office import ACCOUNT, logins
from projections.trail_marks import GRANTS

ROLES = tuple(str(role) for role in Role)
MOST_READS = 500
"""How many pairs of reader and case one page names, the last read first."""


@dataclass(frozen=True, slots=True)
class Stated:
    """Since when something is so, who said it, and in which entry."""

    at: str
    who: str
    position: int


@dataclass(frozen=True, slots=True)
class Power:
    """One account as it stood: its roles with their grants, and what they permit.

    ``reach`` is the unit whose cases it sees; empty, it is all cases.
    """

    account: str
    login: str
    unit: str
    opened: Stated
    closed: Stated | None = None
    roles: dict[str, Stated] = field(default_factory=dict)
    permits: frozenset[Permit] = frozenset()
    reach: str = ""

    @property
    def opened_and_granted_by_one(self) -> bool:
        """Whether who made the account also gave it a role: two powers in one hand."""
        return any(given.who == self.opened.who for given in self.roles.values())


@dataclass(frozen=True, slots=True)
class ReadBy:
    """How often one person opened personal data of one case, and the last time."""

    who: str
    subject: str
    case_number: str | None
    times: int
    last: Logged


def powers_on(
    system: System,
    as_of: str | None = None,
    known_at: str | None = None,
    *,
    role: str = "",
    permit: str = "",
    unit: str = "",
) -> list[Power]:
    """Every account that there was on the day, closed ones at the end."""
    with system.database.read() as c:
        streams = _accounts(c, as_of, known_at)
        who = logins(c, {entry.actor for entries in streams for entry in entries})
    office = system.settings.office_unit
    found = [_power(entries, who, office) for entries in streams]
    return [
        one
        for one in sorted(found, key=lambda one: (one.closed is not None, one.login))
        if (not role or role in one.roles)
        and (not permit or permit in one.permits)
        and (not unit or one.unit == unit)
    ]


def power_changes(
    system: System, since: str, as_of: str | None = None, known_at: str | None = None
) -> list[Logged]:
    """The entries by which roles and accounts changed after the end of a day, the newest first."""
    with system.database.read() as c:
        found = [
            entry
            for entries in _accounts(c, as_of, known_at)
            for entry in entries
            if entry.topic in GRANTS and entry.occurred_at > end_of_day(since)
        ]
        return as_shown(c, sorted(found, reverse=True))


def personal_reads(system: System, who: str = "", subject: str = "") -> list[ReadBy]:
    """Who opened personal data of which case, the last read first."""
    with system.database.read() as c:
        pairs = system.models.trail_marks.reads(c)
        known = logins(c, {actor for actor, *_ in pairs})
        about = subjects_of(c, {stream for _, stream, *_ in pairs})
        wanted = [
            (known.get(actor, actor), about.get(stream, ("", None)), times, last)
            for actor, stream, times, last in pairs
        ]
        wanted = [
            one
            for one in wanted
            if (not who or one[0] == who) and (not subject or subject in (one[1][0], one[1][1]))
        ][:MOST_READS]
        shown = shown_at(c, [last for *_, last in wanted])
        return [
            ReadBy(login, name, number, times, shown[last])
            for login, (name, number), times, last in wanted
        ]


def _accounts(c: Connection, as_of: str | None, known_at: str | None) -> list[list[Entry]]:
    """The entries of each account as far as they had happened and were known."""
    accounts = [row[0] for row in rows(c, f"SELECT stream_id FROM {ACCOUNT}")]
    until = end_of_day(as_of) if as_of is not None else None
    streams: dict[str, list[Entry]] = {}
    for row in rows_in(c, OF_STREAMS, accounts):
        entry = entry_of(row)
        if until is not None and entry.occurred_at > until:
            continue
        if known_at is None or entry.recorded_at <= known_at:
            streams.setdefault(entry.stream_id, []).append(entry)
    return list(streams.values())


def _power(entries: Sequence[Entry], who: dict[str, str], office: str) -> Power:
    first = entries[0]
    power = Power(first.stream_id, first.data["login"], first.data["unit"], _stated(first, who))
    roles: dict[str, Stated] = {}
    for entry in entries[1:]:
        if entry.topic == "account.role_granted":
            roles[entry.data["role"]] = _stated(entry, who)
        elif entry.topic == "account.role_revoked":
            roles.pop(entry.data["role"], None)
        elif entry.topic == "account.closed":
            power = replace(power, closed=_stated(entry, who))
    everything = power.unit == office or Role.AUDITOR in roles
    reach = "" if everything else power.unit
    person = Person(power.account, power.login, power.unit, frozenset(roles), reach)
    permits = person.permits if power.closed is None else frozenset[Permit]()
    return replace(power, roles=roles, permits=permits, reach=reach)


def _stated(entry: Entry, who: dict[str, str]) -> Stated:
    return Stated(entry.occurred_at, who.get(entry.actor, entry.actor), entry.position)
