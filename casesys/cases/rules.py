"""The rules under which a case stands: how each deadline was computed, and which sets were kept."""

from __future__ import annotations

from dataclasses import dataclass

from casesys.cases.view import CaseView
from domain.deadlines import Deadline
from domain.entries import Entry
from domain.instants import local_day
from domain.rulesets import RULE_SETS, Figure, RuleSet, ruleset_on
from domain.vocabulary import Category, DeadlineKind, DeadlineStatus
from domain.workdays import Due

STARTS = {
    DeadlineKind.FIRST_CONTACT: "case.subject_listed",
    DeadlineKind.INTERVIEW: "case.subject_listed",
    DeadlineKind.COMMITMENT: "case.interview_held",
}
"""The topic of the entry from which each deadline is counted."""

ENDS = {
    DeadlineKind.FIRST_CONTACT: "case.contact_attempted",
    DeadlineKind.INTERVIEW: "case.interview_held",
    DeadlineKind.COMMITMENT: "case.commitment_signed",
}
"""The topic of the entry that meets each deadline."""


@dataclass(frozen=True, slots=True)
class Computed:
    """One deadline and how it came about; None: it has not started, or was not extended or met.

    ``counted`` is the day that the rule gives, before any extension. ``late_days`` are working
    days over the day that is due.
    """

    deadline: Deadline
    rules: RuleSet
    figure: Figure
    start: Entry | None
    counted: Due | None
    extended_by: Entry | None
    met_by: Entry | None
    late_days: int


def computed_deadlines(view: CaseView) -> list[Computed]:
    """Every deadline of a listed case, as of the day and the books of the view."""
    if view.state.listed_at is None:
        return []
    rules = ruleset_on(local_day(view.state.listed_at))
    return [_computed(view, rules, deadline) for deadline in view.deadlines]


def _computed(view: CaseView, rules: RuleSet, deadline: Deadline) -> Computed:
    kind, state = deadline.kind, view.state
    figure = rules.figures[f"deadlines.{kind}"]
    started_at = state.listed_at
    if kind == DeadlineKind.COMMITMENT:
        started_at = state.first_interview_at
    met_at = {
        DeadlineKind.FIRST_CONTACT: state.first_contact_at,
        DeadlineKind.INTERVIEW: state.first_interview_at,
        DeadlineKind.COMMITMENT: state.first_commitment_at,
    }[kind]
    counted = None
    if started_at is not None and deadline.due is not None:
        counted = view.workdays.add(local_day(started_at), figure.value)
    late = 0
    if deadline.due is not None and deadline.status in LATE:
        late = -view.workdays.left(deadline.done_on or view.today, deadline.due.day)
    return Computed(
        deadline,
        rules,
        figure,
        _at(view, STARTS[kind], started_at),
        counted,
        _extension(view, kind) if counted is not None else None,
        _at(view, ENDS[kind], met_at),
        late,
    )


LATE = frozenset({DeadlineStatus.LATE, DeadlineStatus.OPEN_OVERDUE})


def _at(view: CaseView, topic: str, occurred_at: str | None) -> Entry | None:
    """The entry of this topic that happened then; a commitment of one 宗 meets no deadline."""
    if occurred_at is None:
        return None
    for entry in view.seen:
        if entry.occurred_at == occurred_at and entry.topic == topic:
            if topic == "case.commitment_signed" and entry.data["record"] is not None:
                continue
            return entry
    return None


def _extension(view: CaseView, kind: DeadlineKind) -> Entry | None:
    if kind not in view.state.extended:
        return None
    extensions = (
        entry
        for entry in reversed(view.seen)
        if entry.topic == "case.deadline_extended" and entry.data["deadline"] == kind
    )
    return next(extensions, None)


def rules_kept(view: CaseView) -> dict[str, list[Entry]]:
    """The ids of rule sets that entries keep, each with the entries that were decided under it."""
    found: dict[str, list[Entry]] = {}
    for entry in view.seen:
        if entry.data.get("ruleset"):
            found.setdefault(entry.data["ruleset"], []).append(entry)
    return found


def rule_sets_of(view: CaseView) -> list[RuleSet]:
    """The rule sets that bear on the case: those of its days, and those that its entries keep."""
    wanted = {view.rules.id, *rules_kept(view)}
    if view.state.listed_at is not None:
        wanted.add(ruleset_on(local_day(view.state.listed_at)).id)
    return [one for one in RULE_SETS if one.id in wanted]


def court_decides(view: CaseView) -> bool:
    return view.state.category == Category.JUDGMENT
