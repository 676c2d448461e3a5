"""How one case stood at the end of a day, as it was known: the rules of the office, entry by entry.

The state of knowledge of a question: an entry counts if it stands in the log by a position, was
recorded by an instant (where one is named), happened by the end of the day, and was not taken
back by an entry that the books knew, whenever that one says it happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from casesys.verifier.books import TAKES_BACK, Act, Books, CaseBook
from casesys.verifier.working_days import WorkingDays, day_after, months_later


class Asked(NamedTuple):
    """Which day, as known at which instant (None: whenever) and position, of whose cases."""

    as_of: str
    known_at: str | None
    position: int
    reach: str


# -- the numbers of the rules --------------------------------------------------------------------

DEADLINE_DAYS = {"first_contact": 5, "interview": 20, "commitment": 10}
"""In working days: from the listing, from the listing, and from the first interview."""

PUBLICITY_MONTHS: dict[str, dict[str, int | None]] = {
    "2019-07-01": {"minor": 3, "general": 3, "serious": 6, "specific_serious": None},
    "2023-05-01": {"minor": 0, "general": 3, "serious": 12, "specific_serious": None},
}
"""From its first day on, by the class of a penalty: how many months pass before repair may be
asked for; None: never. Before the first day the first holds; since 2026-04-01 the same numbers."""

DEBT_BELOW_FEN = (
    (1, "none"),
    (100_000_00, "under_100k"),
    (1_000_000_00, "under_1m"),
    (10_000_000_00, "under_10m"),
)
REPAIR_BY_COURT = ("performed", "settlement_done", "applicant_consent", None)
"""For which grounds a court's removal is a repair; a register may not say the ground."""

GOOD = ("granted", "removed_repaired")
"""Where a 宗 stands that is repaired."""
SETTLED = (*GOOD, "removed_unperformed", "wrongly_listed")
"""Where a 宗 stands of which no application is heard any more."""


# -- a case ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class RecordThatDay:
    """One 宗; it counts once it was attached, unless the court found it wrongly listed.

    ``held_by`` is why it is not repaired; None if it is.
    """

    number: str = ""
    decided_on: str = ""
    publicity_class: str = "general"
    amount_fen: int = 0
    attached: bool = False
    stands: str = "none"
    held_by: str | None = None

    @property
    def counts(self) -> bool:
        return self.attached and self.stands != "wrongly_listed"

    @property
    def repaired(self) -> bool:
        return self.stands in GOOD


@dataclass(slots=True)
class CaseThatDay:
    """One case; days of first acts are empty while there was none."""

    number: str
    enterprise: str
    category: str
    campaign: str
    industry: str = ""
    town: str = ""
    unit: str = ""
    officer: str = ""
    responsible: str = ""
    listed_on: str = ""
    excluded: bool = False
    exited: bool = False
    closed: bool = False
    last_reach: str = ""
    first_attempt: str = ""
    first_interview: str = ""
    first_commitment: str = ""
    photos: int = 0
    impediments: set[str] = field(default_factory=set)
    put_off: dict[str, str] = field(default_factory=dict)
    all_records: dict[str, RecordThatDay] = field(default_factory=dict)
    deadlines: dict[str, str] = field(default_factory=dict)

    @property
    def governed(self) -> bool:
        return bool(self.listed_on) and not self.excluded

    @property
    def records(self) -> list[RecordThatDay]:
        """Those that count."""
        return [record for record in self.all_records.values() if record.counts]

    @property
    def contact(self) -> str:
        if self.last_reach:
            return self.last_reach
        return "attempted_not_reached" if self.first_attempt else "not_attempted"

    @property
    def debt(self) -> str:
        """The size of what counts of a governed case."""
        fen = sum(record.amount_fen for record in self.records) if self.governed else 0
        return next((name for limit, name in DEBT_BELOW_FEN if fen < limit), "over")


def cases_that_day(books: Books, asked: Asked) -> Iterator[CaseThatDay]:
    """Every case that was listed by then, of those within reach."""
    working_days = books.working_days_at(asked.position)
    for book in books.cases.values():
        if book.opened > asked.position:
            continue
        if asked.reach and _responsible_unit(book, asked.position) != asked.reach:
            continue
        standing = _case_after(book, acts_that_count(book.acts, asked))
        if not standing.listed_on:
            continue
        standing.industry = books.industry_of(book.enterprise, asked.position)
        for record in standing.records:
            record.held_by = held_by(record, standing, asked.as_of, working_days)
        for kind in DEADLINE_DAYS:
            standing.deadlines[kind] = deadline_status(kind, standing, asked.as_of, working_days)
        yield standing


def _responsible_unit(book: CaseBook, position: int) -> str:
    """Who had the case when the log ended at a position, whatever day is asked about."""
    everything = Asked("9999-12-31", None, position, "")
    return _case_after(book, acts_that_count(book.acts, everything)).responsible


def acts_that_count(acts: list[Act], asked: Asked) -> list[Act]:
    """In the order in which they happened."""
    known = [
        act
        for act in acts
        if act.position <= asked.position
        and (asked.known_at is None or act.recorded <= asked.known_at)
    ]
    taken_back = {act.facts["target"] for act in known if act.topic in TAKES_BACK}
    return [
        act
        for act in known
        if act.day <= asked.as_of and act.topic not in TAKES_BACK and act.version not in taken_back
    ]


def _case_after(book: CaseBook, acts: list[Act]) -> CaseThatDay:
    standing = CaseThatDay(book.number, book.enterprise, book.category, book.campaign)
    for act in acts:
        if "record" in act.facts and act.topic != "case.commitment_signed":
            # A register may speak of a 宗 before it is attached.
            record = standing.all_records.setdefault(act.facts["record"], RecordThatDay())
            _happens_to_record(record, act)
        else:
            _happens_to_case(standing, act)
    return standing


def _happens_to_record(record: RecordThatDay, act: Act) -> None:
    facts = act.facts
    match act.topic:
        case "case.record_attached":
            record.attached = True
            record.number = facts["number"]
            record.decided_on = facts["decided_on"]
            record.amount_fen = facts["amount_fen"]
            record.publicity_class = facts["publicity_class"] or "general"
        case "case.repair_applied" if record.stands not in SETTLED:
            record.stands = "applied"
        case "case.repair_returned" if record.stands not in SETTLED:
            record.stands = "returned"
        case "case.repair_result_recorded":
            record.stands = facts["result"]
        case "case.repair_revoked":
            record.stands = "revoked"
        case "case.record_removed_by_court":
            if facts["ground"] == "wrongly_listed":
                record.stands = "wrongly_listed"
            elif facts["ground"] in REPAIR_BY_COURT:
                record.stands = "removed_repaired"
            else:
                record.stands = "removed_unperformed"


def _happens_to_case(standing: CaseThatDay, act: Act) -> None:
    facts = act.facts
    match act.topic:
        case "case.subject_listed":
            standing.listed_on = act.day
            standing.town, standing.unit = facts["town"], facts["unit"]
            standing.responsible = standing.responsible or facts["unit"]
        case "case.subject_excluded":
            standing.excluded = True
        case "case.subject_reinstated":
            standing.excluded = False
        case "case.assigned":
            standing.responsible, standing.officer = facts["unit"], facts["officer"] or ""
        case "case.transferred":
            standing.officer = facts["officer"] or ""
        case "case.released":
            standing.officer = ""
        case "case.contact_attempted":
            standing.first_attempt = standing.first_attempt or act.day
            if facts["result"] in ("reached_operating", "reached_not_operating"):
                standing.last_reach = facts["result"]
        case "case.interview_held":
            standing.first_interview = standing.first_interview or act.day
        case "case.photo_added":
            standing.photos += 1
        case "case.commitment_signed" if facts["record"] is None:
            # One that names a 宗 is a step of its repair, and no commitment to be governed.
            standing.first_commitment = standing.first_commitment or act.day
        case "case.impediment_found":
            standing.impediments.add(facts["impediment"])
        case "case.impediment_cleared":
            standing.impediments.discard(facts["impediment"])
        case "case.deadline_extended":
            standing.put_off[facts["deadline"]] = facts["due_on"]
        case "case.subject_exited":
            standing.exited = True
        case "case.closed":
            standing.closed = True
        case "case.reopened":
            standing.closed = standing.exited = False


# -- what time decides ---------------------------------------------------------------------------


def held_by(
    record: RecordThatDay, standing: CaseThatDay, day: str, working_days: WorkingDays
) -> str | None:
    """Why a 宗 is not repaired at the end of a day: the first reason that holds."""
    if record.repaired:
        return None
    if record.stands == "removed_unperformed":
        return "removed_unperformed"
    for impediment in ("bankrupt", "lost_contact"):
        if impediment in standing.impediments:
            return impediment
    if record.stands != "none":
        return record.stands  # applied, returned, denied or revoked
    if "unable_to_pay" in standing.impediments:
        return "unable_to_pay"
    if standing.category != "penalty":
        return "on_court_list"
    if not record.decided_on:
        return "not_applied"
    first_day = max((one for one in PUBLICITY_MONTHS if one <= day), default="2019-07-01")
    months = PUBLICITY_MONTHS[first_day][record.publicity_class]
    if months is None:
        return "not_repairable"
    opens = record.decided_on
    if months:
        # A term that ends on a day off ends on the next working day; repair opens the day after.
        opens = day_after(working_days.on_or_after(months_later(record.decided_on, months)))
    return "period_runs" if opens > day else "not_applied"


def deadline_status(kind: str, standing: CaseThatDay, day: str, working_days: WorkingDays) -> str:
    """How one deadline of a listed case stands at the end of a day."""
    start, done = {
        "first_contact": (standing.listed_on, standing.first_attempt),
        "interview": (standing.listed_on, standing.first_interview),
        "commitment": (standing.first_interview, standing.first_commitment),
    }[kind]
    if standing.excluded or not start:
        return "not_applicable"
    due = standing.put_off.get(kind) or working_days.nth_after(start, DEADLINE_DAYS[kind])
    if done:
        return "on_time" if done <= due else "late"
    if kind == "interview" and standing.impediments & {"bankrupt", "lost_contact"}:
        return "not_applicable"
    return "open_overdue" if due < day else "open_in_time"
