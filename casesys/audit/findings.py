"""What an auditor should look at twice: each kind by its rule, with the entries behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from casesys.audit.shown_entries import Logged, shown_at
from casesys.cases.view import within_reach
from casesys.lists.export import Cell, csv_of, workbook_of
from casesys.permits import Permit, Person
from casesys.system import System
from casesys.words import known, say
from domain.findings import FINDING_RULES, Kind, Rule
from domain.instants import end_of_day, local_day, start_of_day
from projections import finding_questions as questions
from projections.driver import rows_in
from projections.finding_questions import CLOCKS, Wanted
from projections.office import ACCOUNT, logins
from projections.paging import Paged, paged

SIZE = 50
FINDING_KINDS: tuple[str, ...] = tuple(map(str, Kind))
FINDING_CLOCKS = CLOCKS
FINDING_SORTS = ("position", "occurred", "recorded", "days")
TOGETHER = frozenset({Kind.EVIDENCE, Kind.NUMBERS})
"""Kinds of which those of one file, or one number, stand together."""
MOST_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class Sought:
    """Which findings an auditor asks for; a condition left empty asks nothing.

    ``who`` is a login, or how one without an account stands in the log; ``case`` a case's number.
    """

    kind: str
    code: str = ""
    who: str = ""
    unit: str = ""
    town: str = ""
    case: str = ""
    days: int = 0
    clock: str = CLOCKS[0]
    first_day: str = ""
    last_day: str = ""
    voided: bool = False
    sort: str = ""


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """One finding: the entry it is about, and another that belongs to it if there is one."""

    code: str
    detail: str
    days: int
    unit: str
    town: str
    entry: Logged
    other: Logged | None


@dataclass(frozen=True, slots=True)
class PerfectRecord:
    """A person none of whose acts has a fault, and how likely that is by the office's average."""

    who: str
    unit: str
    acts: int
    percent: float


@dataclass(frozen=True, slots=True)
class FoundPage:
    """One page of one kind, and how many there are by code, person, unit and town."""

    rule: Rule
    at: Paged
    entries: Sequence[FoundEntry] = ()
    persons: Sequence[PerfectRecord] = ()
    by_code: Mapping[str, int] = field(default_factory=dict)
    by: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    unknown: str = ""


def finding_counts(system: System, case: str = "") -> dict[str, int]:
    """How many findings of each kind count; of one case where its number is given."""
    with system.database.read() as c:
        stream = _stream(system, c, case) if case else ""
        if stream is None:
            return dict.fromkeys(FINDING_KINDS, 0)
        return questions.counted(c, stream)


def findings_of_case(system: System, person: Person, case: str) -> int | None:
    """How many an auditor finds in a case; None for whoever is no auditor or does not see it."""
    if Permit.AUDIT not in person.permits:
        return None
    with system.database.read() as c:
        stream = _stream(system, c, case)
        if stream is None or not within_reach(c, stream, person):
            return None
        return sum(questions.counted(c, stream).values())


def findings(system: System, sought: Sought, page: int = 1, size: int = SIZE) -> FoundPage:
    """:raises KeyError: there is no such kind"""
    rule = FINDING_RULES[Kind(sought.kind)]
    with system.database.read() as c:
        stream = _stream(system, c, sought.case) if sought.case else ""
        if stream is None:
            return FoundPage(rule, paged(0, 1, size), unknown=sought.case)
        actor = _actor(system, c, sought.who)
        if rule.kind == Kind.OFFICERS:
            people = [] if stream else _perfect(c, actor)
            at = paged(len(people), page, size)
            return FoundPage(rule, at, persons=people[at.start : at.stop])
        wanted = Wanted(
            rule.kind,
            sought.code,
            actor,
            sought.unit,
            sought.town,
            stream,
            sought.days,
            sought.clock,
            start_of_day(sought.first_day) if sought.first_day else "",
            end_of_day(sought.last_day) if sought.last_day else "",
            sought.voided,
        )
        by_code, by = questions.by_code(c, wanted), questions.grouped(c, wanted)
        at = paged(sum(n for _, n in by["actor"]), page, size)
        order = sought.sort or ("together" if rule.kind in TOGETHER else "-days")
        some = questions.listed(c, wanted, order, at.start, size) if at.total else []
        names = logins(c, [actor for actor, _ in by["actor"]])
        by["actor"] = [(names.get(one, one), n) for one, n in by["actor"]]
        return FoundPage(rule, at, _shown(c, some), by_code=by_code, by=by)


def finding_words(kind: str, code: str, language: str) -> str:
    """What one finding of a kind says, in a few words."""
    word = f"finding.{code}" if kind == Kind.RULES else f"findings.{kind}.{code}"
    return say(word, language) if known(word) else code


def _stream(system: System, c: Connection, case: str) -> str | None:
    row = system.models.case_file.find(c, case) if case.isprintable() else None
    return str(row.stream_id) if row is not None else None


def _actor(system: System, c: Connection, who: str) -> str:
    account = system.models.accounts.by_login(c, who) if who else None
    return str(account.stream_id) if account is not None else who


def _perfect(c: Connection, actor: str) -> list[PerfectRecord]:
    found = questions.perfect_records(c, actor)
    if not found:
        return []
    faulty, acts = questions.faulty_share(c)
    sound = max(0.0, 1 - faulty / acts)
    accounts = [one for one, _ in found]
    names = logins(c, accounts)
    question = f"SELECT stream_id, unit FROM {ACCOUNT} WHERE stream_id IN ({{keys}})"
    units = dict(rows_in(c, question, accounts))
    return [
        PerfectRecord(names.get(one, one), units.get(one, ""), n, 100 * sound**n)
        for one, n in found
    ]


def _shown(c: Connection, some: Sequence[questions.Row]) -> list[FoundEntry]:
    others = _positions(c, [(row.stream_id, row.other) for row in some])
    shown = shown_at(c, [*(row.position for row in some), *others.values()])
    return [
        FoundEntry(
            row.code,
            row.detail,
            row.days,
            row.unit,
            row.town,
            shown[row.position],
            shown.get(others.get((row.stream_id, row.other), 0)),
        )
        for row in some
    ]


def _positions(c: Connection, wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], int]:
    question = "SELECT stream_id, version, position FROM log WHERE stream_id IN ({keys})"
    found = rows_in(c, question, dict.fromkeys(stream for stream, version in wanted if version))
    asked = set(wanted)
    return {(stream, version): at for stream, version, at in found if (stream, version) in asked}


# -- as a file ---------------------------------------------------------------------------------

COLUMNS = (
    ("audit.field.position", 10),
    ("findings.what", 34),
    ("findings.detail", 26),
    ("audit.field.topic", 22),
    ("list.field.number", 16),
    ("audit.field.subject", 34),
    ("list.field.unit", 22),
    ("list.field.town", 12),
    ("audit.field.occurred_at", 18),
    ("audit.field.recorded_at", 18),
    ("findings.days", 10),
    ("audit.field.actor", 14),
    ("findings.other", 26),
)
OF_PERSONS = (
    ("audit.field.actor", 20),
    ("list.field.unit", 22),
    ("findings.acts", 10),
    ("findings.chance", 14),
)


def findings_file(kind: str, found: FoundPage, language: str) -> bytes:
    """:param kind: ``csv`` or ``xlsx``"""
    of_persons = found.rule.kind == Kind.OFFICERS
    columns = OF_PERSONS if of_persons else COLUMNS
    cells: Iterable[Sequence[Cell]] = (
        [[p.who, p.unit, p.acts, f"{p.percent:.2g}"] for p in found.persons]
        if of_persons
        else [_cells(found.rule.kind, one, language) for one in found.entries]
    )
    if kind == "csv":
        return csv_of(columns, cells, language)
    return workbook_of("findings.sheet", columns, cells, language)


def _cells(kind: Kind, one: FoundEntry, language: str) -> list[Cell]:
    entry, other = one.entry.entry, one.other
    topic = f"topic.{entry.topic}"
    return [
        entry.position,
        finding_words(kind, one.code, language),
        one.detail,
        say(topic, language) if known(topic) else entry.topic,
        one.entry.case_number or "",
        one.entry.subject,
        one.unit,
        one.town,
        _at(entry.occurred_at, one.entry.day_only, language),
        _at(entry.recorded_at, False, language),
        one.days,
        one.entry.who,
        say("findings.other_entry", language, position=other.entry.position) if other else "",
    ]


def _at(instant: str, day_only: bool, language: str) -> str:
    return local_day(instant) if day_only else say("format.instant", language, at=instant)
