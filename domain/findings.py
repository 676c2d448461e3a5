"""What an auditor looks at twice: every kind of finding, its rule and its numbers, in one table.

A finding states a fact and concludes nothing. Each is computed from the entries of one case, the
published calendars and the numbers below; only what two cases share, and what is said of a person,
is put together when it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from domain import causes, repair_papers
from domain.case_state import CaseState
from domain.causes import (
    ATTACHED,
    ATTEMPT,
    COMMITMENT,
    EXIT_BEFORE_STEP,
    INTERVIEW,
    before_their_cause,
)
from domain.deadlines import due_days
from domain.decisions.erasing import FILES
from domain.entries import VOIDING, Entry
from domain.exits import LEAVING, STEPS, last_done, missing_at_exit
from domain.instants import local_day, moment
from domain.office_hours import HOURS, OFF_DAY, OFF_HOURS
from domain.repair_papers import OF_REPAIR, without_papers
from domain.rulesets import Sure
from domain.second_person import NO_PROPOSAL, OWN_CASE, SAME_PERSON, one_sided
from domain.vocabulary import DeadlineKind
from domain.workdays import Workdays

LATE_DAYS = 2
"""From how many whole days on an entry counts as recorded long after the fact."""
PERFECT_ACTS = 20
"""How many acts a person has at least of whom it is remarkable that none has a fault."""
TWO_ACTS, TWO_CASES, ONE_CASE = "two_acts", "two_cases", "one_case"
RECORDED, HAPPENED = "recorded", "happened"
LATE, RULES = "late", "rules"
"""Kinds that entries of no case have as well; the first is the one code of its kind, too."""


class Kind(StrEnum):
    LATE = "late"
    CAUSES = "causes"
    HOURS = "hours"
    EVIDENCE = "evidence"
    NUMBERS = "numbers"
    PERSONS = "persons"
    EXITS = "exits"
    REPAIRS = "repairs"
    OFFICERS = "officers"
    RULES = "rules"


class Rule(NamedTuple):
    """How one kind is defined: its rule's version, where it is from and how sure that is.

    ``codes`` tell its findings apart; ``numbers`` fill the sentence that says the rule. The
    sentence itself is ``findings.<kind>.rule`` in both languages.
    """

    kind: Kind
    version: int
    source: str
    sure: Sure
    codes: Sequence[str] = ()
    numbers: Mapping[str, Any] = {}


def _hours() -> tuple[str, ...]:
    return tuple(f"{clock}_{how}" for clock in (RECORDED, HAPPENED) for how in (OFF_HOURS, OFF_DAY))


FINDING_RULES: Mapping[str, Rule] = {
    rule.kind: rule
    for rule in (
        Rule(Kind.LATE, 1, "office", Sure.DESIGN, numbers={"days": LATE_DAYS}),
        Rule(Kind.CAUSES, 1, "domain.causes, domain.decisions", Sure.DESIGN, causes.CODES),
        Rule(
            Kind.HOURS,
            1,
            HOURS[-1].source,
            HOURS[-1].sure,
            _hours(),
            {"opens": HOURS[-1].opens, "closes": HOURS[-1].closes},
        ),
        Rule(Kind.EVIDENCE, 1, "office", Sure.DESIGN, (TWO_CASES, TWO_ACTS)),
        Rule(Kind.NUMBERS, 1, "domain.identifiers", Sure.DESIGN, (TWO_CASES, ONE_CASE)),
        Rule(
            Kind.PERSONS,
            1,
            "domain.second_person",
            Sure.DESIGN,
            (SAME_PERSON, OWN_CASE, NO_PROPOSAL),
        ),
        Rule(Kind.EXITS, 1, "domain.case_state", Sure.DESIGN, STEPS),
        Rule(Kind.REPAIRS, 1, "domain.rulesets", Sure.SECONDARY, repair_papers.CODES),
        Rule(Kind.OFFICERS, 1, "office", Sure.DESIGN, numbers={"acts": PERFECT_ACTS}),
        Rule(Kind.RULES, 1, "domain.decisions", Sure.DESIGN),
    )
}

FAULT = "fault"
"""No kind of its own: what else a person of only perfect records has none of."""
TAKEN_BACK, RETURNED, OVERDUE = "taken_back", "returned", "overdue"
FAULTS = frozenset({FAULT, Kind.LATE, Kind.RULES})


class Found(NamedTuple):
    """One finding of an entry: ``other`` is the version of another that it is about, or 0.

    ``detail`` names the file, the record or the step meant. ``gone``: the entry was taken away.
    """

    kind: str
    code: str
    version: int
    other: int = 0
    detail: str = ""
    days: int = 0
    gone: bool = False


AT_THE_COUNTER = frozenset(
    {
        "case.contact_attempted",
        "case.interview_notice_served",
        "case.interview_held",
        "case.photo_added",
        "case.commitment_signed",
    }
)
"""Acts that a person of the office does somewhere at a time, whenever they are recorded."""
DECIDED_ELSEWHERE = frozenset(
    {"case.repair_result_recorded", "case.repair_revoked", "case.record_removed_by_court"}
)
"""What other authorities decide: a register has them from a night run, and nobody sat there."""
HOUSE_KEEPING = "case.opened"
NO_ACT = frozenset({HOUSE_KEEPING, "case.personal_data_revealed", *VOIDING})
DIGEST = re.compile(r"[0-9a-f]{64}\Z")
Outside = Callable[[str], str | None]
_LATE, _CAUSES, _HOURS, _EVIDENCE, _PERSONS, _EXITS, _REPAIRS, _RULES = (
    kind.value for kind in Kind if kind not in (Kind.NUMBERS, Kind.OFFICERS)
)


def days_late(entry: Entry) -> int:
    """How many whole days after it happened an entry was recorded."""
    if entry.recorded_at[:10] <= entry.occurred_at[:10]:
        return 0
    return (moment(entry.recorded_at) - moment(entry.occurred_at)).days


def of_entries(entries: Sequence[Entry], gone: Container[int], outside: Outside) -> Iterator[Found]:
    """What each entry of a case says by itself; where one was taken away that is said, too."""
    for entry in entries:
        version, topic = entry.version, entry.topic
        recorded, occurred = entry.recorded_at, entry.occurred_at
        away = version in gone
        if recorded[:10] > occurred[:10]:
            late = days_late(entry)
            if late >= LATE_DAYS:
                yield Found(_LATE, LATE, version, 0, "", late, away)
        for code in entry.findings:
            yield Found(_RULES, code, version, gone=away)
        if topic == HOUSE_KEEPING:
            continue
        how = outside(recorded)
        if how is not None and (entry.caused_by is None or topic not in DECIDED_ELSEWHERE):
            yield Found(_HOURS, f"{RECORDED}_{how}", version, gone=away)
        if occurred != recorded and topic in AT_THE_COUNTER:
            how = outside(occurred)
            if how is not None:
                yield Found(_HOURS, f"{HAPPENED}_{how}", version, gone=away)
        if away:
            yield Found(FAULT, TAKEN_BACK, version, gone=True)


def of_story(facts: Sequence[Entry], category: str) -> Iterator[Found]:
    """What the entries of a case that count say together, given as they happened."""
    for early in before_their_cause(facts):
        yield Found(_CAUSES, early.code, early.version, early.cause)
    for step in one_sided(facts):
        yield Found(_PERSONS, step.how, step.version, step.proposed)
    topics = {fact.topic for fact in facts}
    if not topics.isdisjoint(LEAVING):
        missing = missing_at_exit(facts)
        for one in missing:
            yield Found(_EXITS, one.step, one.version, one.done)
        for version, done in last_done(missing).items():
            yield Found(_CAUSES, EXIT_BEFORE_STEP, version, done)
    if not topics.isdisjoint(OF_REPAIR):
        numbers = {f.data["record"]: f.data["number"] for f in facts if f.topic == ATTACHED}
        for paper in without_papers(facts, category):
            detail = numbers.get(paper.record, paper.record)
            yield Found(_REPAIRS, paper.code, paper.version, 0, detail)
    if not topics.isdisjoint(FILES):
        yield from _for_two_acts(facts)
    if not topics.isdisjoint(SENT_BACK):
        yield from _returned(facts)


def _for_two_acts(facts: Sequence[Entry]) -> Iterator[Found]:
    """One file, evidence of two acts of the case; a photograph says which act it is linked to."""
    first: dict[str, tuple[int, int]] = {}
    for fact in [one for one in facts if one.topic in FILES]:
        for field in FILES[fact.topic]:
            digest = fact.data[field]
            act = fact.data["linked_act"] if fact.topic == PHOTO else fact.version
            if act is None or not digest:
                continue
            before = first.setdefault(digest, (act, fact.version))
            # A register may hold words where a photograph was meant.
            if before[0] != act and DIGEST.match(digest):
                yield Found(_EVIDENCE, TWO_ACTS, fact.version, before[1], digest)


PHOTO = "case.photo_added"
REPAIR_RETURNED, PROPOSAL_RETURNED = "case.repair_returned", "case.proposal_sent_back"
SENT_BACK = frozenset({REPAIR_RETURNED, PROPOSAL_RETURNED})
_ASKS: Mapping[str, str] = {
    "case.repair_applied": REPAIR_RETURNED,
    "case.exclusion_proposed": "exclusion",
    "case.unreachability_proposed": "unreachable",
    "case.exit_proposed": "exit",
    "case.court_removal_proposed": "court_removal",
}


def _returned(facts: Sequence[Entry]) -> Iterator[Found]:
    """The applications and proposals that somebody gave back, each once."""
    asked: dict[tuple[str, Any], int] = {}
    for fact in [one for one in facts if one.topic in _ASKS or one.topic in SENT_BACK]:
        if fact.topic in _ASKS:
            asked[_ASKS[fact.topic], fact.data.get("record")] = fact.version
        elif fact.topic in SENT_BACK:
            what = fact.data.get("proposal", REPAIR_RETURNED)
            version = asked.pop((what, fact.data.get("record")), 0)
            if version:
                yield Found(FAULT, RETURNED, version, fact.version)


_KEEPS: Mapping[DeadlineKind, tuple[str, str]] = {
    DeadlineKind.FIRST_CONTACT: ("first_contact_at", ATTEMPT),
    DeadlineKind.INTERVIEW: ("first_interview_at", INTERVIEW),
    DeadlineKind.COMMITMENT: ("first_commitment_at", COMMITMENT),
}
"""When each deadline was met, and by an entry of which topic."""
MEETS_DEADLINES = frozenset(topic for _, topic in _KEEPS.values())


def of_deadlines(facts: Sequence[Entry], state: CaseState, workdays: Workdays) -> Iterator[Found]:
    """The acts that met a deadline after its day; of one that still runs nothing is said."""
    if state.first_contact_at is None and state.first_interview_at is None:
        return
    if state.excluded is not None:
        return
    for kind, due in due_days(state, workdays).items():
        field, topic = _KEEPS[kind]
        done_at = getattr(state, field)
        if done_at is not None and local_day(done_at) > due.day:
            met = next(f for f in facts if f.topic == topic and f.occurred_at == done_at)
            yield Found(FAULT, OVERDUE, met.version, detail=str(kind))


ALONE = frozenset({"case.note_added", "case.personal_data_revealed"})
"""Entries of these topics change nothing of what the others say together."""
UNSETTLING = frozenset(
    {
        *VOIDING,
        "case.subject_listed",
        "case.assigned",
        "case.subject_excluded",
        "case.subject_reinstated",
        "case.deadline_extended",
    }
)
"""Entries of these topics may take findings away, or say that they are another unit's."""
