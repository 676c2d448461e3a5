"""What an auditor should look at twice, each kind of finding with the entries behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from casesys.audit.shown_entries import Logged, shown_at
from casesys.system import System
from domain.second_person import NO_PROPOSAL, OWN_CASE, SAME_PERSON
from projections.driver import rows, rows_in
from projections.office import logins
from projections.trail_marks import LATE_DAYS

SIZE = 50
FINDING_VIEWS = ("rules", "evidence", "late", "persons")
ONE_SIDED_WAYS = (SAME_PERSON, OWN_CASE, NO_PROPOSAL)
MOST_DAYS = 36_500
MOST_USES = 20
"""How many entries that rest on one file are shown; the rest are counted."""


@dataclass(frozen=True, slots=True)
class BrokenRules:
    """Entries that stand although they broke a rule, oldest first, and how many broke which."""

    by_code: Mapping[str, int]
    entries: Sequence[tuple[str, Logged]]
    next: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file that entries of more than one case rest on, with the first of these entries."""

    sha256: str
    uses: Sequence[Logged]
    many: int


@dataclass(frozen=True, slots=True)
class SharedFiles:
    files: Sequence[SharedFile]
    next: str | None


@dataclass(frozen=True, slots=True)
class LateBy:
    """How many late entries one person, or one unit, recorded, and how late the latest was."""

    who: str
    unit: str
    entries: int
    most: int


@dataclass(frozen=True, slots=True)
class LateEntries:
    """Entries recorded long after the fact, the latest first, and who recorded them."""

    by_person: Sequence[LateBy]
    by_unit: Sequence[LateBy]
    entries: Sequence[Logged]
    next: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class OneSidedEntries:
    """Steps that ask for two persons and stand on one: the step, and what proposed it if any."""

    by_way: Mapping[str, int]
    entries: Sequence[tuple[Logged, Logged | None]]
    next: int | None


def finding_counts(system: System) -> dict[str, int]:
    """How many findings of each kind there are."""
    late = "SELECT COUNT(*) FROM trail_mark WHERE mark = 'late' AND voided = 0 AND days >= ?"
    models = system.models
    with system.database.read() as c:
        return {
            "rules": sum(models.findings.by_code(c).values()),
            "evidence": models.evidence_use.shared_count(c),
            "late": int(rows(c, late, [LATE_DAYS])[0][0]),
            "persons": sum(models.one_sided.by_how(c).values()),
        }


def broken_rules(
    system: System, code: str = "", after: tuple[int, str] = (0, ""), size: int = SIZE
) -> BrokenRules:
    with system.database.read() as c:
        model = system.models.findings
        found = model.page(c, code=code or None, voided=False, after=after, limit=size + 1)
        shown = shown_at(c, [row.position for row in found])
        told = [(row.code, shown[row.position]) for row in found[:size]]
        last = found[size - 1] if len(found) > size else None
        following = (last.position, last.code) if last is not None else None
        return BrokenRules(model.by_code(c), told, following)


def shared_files(system: System, after: str = "", size: int = SIZE) -> SharedFiles:
    with system.database.read() as c:
        model = system.models.evidence_use
        found = model.shared(c, after, size + 1)
        uses: dict[str, list[int]] = {sha256: [] for sha256 in found[:size]}
        for sha256, position in model.uses(c, list(uses)):
            uses[sha256].append(position)
        shown = shown_at(c, [at for places in uses.values() for at in places[:MOST_USES]])
        files = [
            SharedFile(sha256, [shown[at] for at in places[:MOST_USES]], len(places))
            for sha256, places in uses.items()
        ]
        return SharedFiles(files, found[size - 1] if len(found) > size else None)


def late_entries(
    system: System,
    days: int = LATE_DAYS,
    who: str = "",
    before: tuple[int, int] | None = None,
    size: int = SIZE,
) -> LateEntries:
    """:param who: the login of an account, or how one without an account stands in the log"""
    with system.database.read() as c:
        model = system.models.trail_marks
        account = system.models.accounts.by_login(c, who) if who else None
        actor = account.stream_id if account is not None else who or None
        found = model.late(c, days, actor, before, size + 1)
        shown = shown_at(c, [position for _, position in found])
        people = _late_people(c, model.late_by_actor(c, days))
        return LateEntries(
            by_person=people,
            by_unit=_late_units(people),
            entries=[shown[position] for _, position in found[:size]],
            next=found[size - 1] if len(found) > size else None,
        )


def one_sided_steps(
    system: System, way: str = "", before: int | None = None, size: int = SIZE
) -> OneSidedEntries:
    """:param way: one of ``ONE_SIDED_WAYS``; empty, the first of them that has any"""
    with system.database.read() as c:
        model = system.models.one_sided
        counted = model.by_how(c)
        way = way or next((one for one in ONE_SIDED_WAYS if counted.get(one)), SAME_PERSON)
        found = model.page(c, way, before, size + 1)
        proposals = _positions(c, [(stream, proposed) for _, stream, proposed in found])
        shown = shown_at(c, [*(position for position, _, _ in found), *proposals.values()])
        told = [
            (shown[position], shown.get(proposals.get((stream, proposed), 0)))
            for position, stream, proposed in found[:size]
        ]
        return OneSidedEntries(
            {one: counted.get(one, 0) for one in ONE_SIDED_WAYS},
            told,
            found[size - 1][0] if len(found) > size else None,
        )


def _positions(c: Connection, wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], int]:
    question = "SELECT stream_id, version, position FROM log WHERE stream_id IN ({keys})"
    found = rows_in(c, question, dict.fromkeys(stream for stream, version in wanted if version))
    asked = set(wanted)
    return {(stream, version): at for stream, version, at in found if (stream, version) in asked}


def _late_people(c: Connection, counted: Sequence[tuple[str, int, int]]) -> list[LateBy]:
    accounts = [actor for actor, _, _ in counted]
    known = logins(c, accounts)
    question = "SELECT stream_id, unit FROM account WHERE stream_id IN ({keys})"
    units = dict(rows_in(c, question, accounts))
    return [
        LateBy(known.get(actor, actor), units.get(actor, ""), entries, most)
        for actor, entries, most in counted
    ]


def _late_units(people: Sequence[LateBy]) -> list[LateBy]:
    """Those of a unit together; who has no account has no unit that the log knows."""
    found: dict[str, LateBy] = {}
    for one in people:
        before = found.get(one.unit, LateBy("", one.unit, 0, 0))
        entries, most = before.entries + one.entries, max(before.most, one.most)
        found[one.unit] = LateBy("", one.unit, entries, most)
    return sorted(found.values(), key=lambda one: (-one.entries, one.unit))
