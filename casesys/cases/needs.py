"""What an act that is not lawful yet still asks, and the day on which it may open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from casesys.cases.acts import Act
from casesys.cases.lanes import needed
from casesys.cases.view import CaseView, RecordView
from domain.case_state import CaseState
from domain.rulesets import RuleSet
from domain.vocabulary import Branch, Category, Performance
from domain.workdays import Workdays

CONTACT_RULES = {
    "enterprise_was_reached": "never_reached",
    "too_few_contact_attempts": "attempts",
    "too_few_contact_channels": "channels",
    "no_visit_with_photo": "visits",
    "attempts_too_close": "spread",
}
"""Which need of an unreachability is missing when the guard refuses with this code."""


class Need(NamedTuple):
    """One thing that the rule asks; ``done`` of ``wanted`` where it is counted.

    ``day`` is the first day on which it is met where time alone meets it.
    """

    name: str
    present: bool
    done: int | None = None
    wanted: int | None = None
    day: str | None = None


@dataclass(frozen=True, slots=True)
class Checklist:
    """The needs of one act, or of the same act on each of ``records``."""

    needs: tuple[Need, ...]
    records: tuple[RecordView, ...] = ()

    @property
    def complete(self) -> bool:
        return all(need.present for need in self.needs)

    @property
    def opens_on(self) -> str | None:
        """The day that has to come; None if no day stands in the way."""
        return max((need.day for need in self.needs if need.day and not need.present), default=None)


def checklists(view: CaseView, act: Act) -> list[Checklist]:
    """What the act asks of this case; empty where its one reason says all."""
    if act.command == "apply_repair":
        return repair_checklists(view)
    found = tuple(_needs(view, act))
    return [Checklist(found)] if found else []


def opens_on(lists: list[Checklist]) -> str | None:
    """The first day on which the act may open, where on every side a day stands against it."""
    days = [one.opens_on for one in lists]
    return None if None in days else min((day for day in days if day), default=None)


def contact_needs(
    state: CaseState, rules: RuleSet, workdays: Workdays, refused: set[str]
) -> Iterator[Need]:
    """What proves that an enterprise cannot be reached; ``refused`` is what the guard said."""
    rule, days = rules.unreachable, state.contact_days
    counted: Mapping[str, tuple[int, int]] = {
        "attempts": (state.attempts, rule.attempts),
        "channels": (len(state.channels), rule.channels),
        "visits": (state.visits_with_photo, rule.visits),
        "spread": (workdays.between(min(days), max(days)) if days else 0, rule.spread_workdays),
    }
    for code, name in CONTACT_RULES.items():
        done, wanted = counted.get(name, (None, None))
        # Without any attempt the guard has nothing to measure, and nothing is spread.
        present = code not in refused and (name != "spread" or bool(days))
        opens = workdays.add(min(days), rule.spread_workdays).day if days else None
        yield Need(name, present, done, wanted, opens if name == "spread" else None)


def repair_needs(view: CaseView, found: RecordView) -> tuple[Need, ...]:
    """What an application for the repair of one 宗 asks; none where the court decides."""
    if view.state.category != Category.PENALTY or found.record.repair == "applied":
        return ()
    record = found.record
    if record.settled or not record.decided_on:
        return ()
    if found.opens_on is None:
        return (Need("repairable", False),)
    return (
        Need("min_period", found.is_open, day=found.opens_on),
        Need("performed", record.performance == Performance.FULLY),
        Need("commitment_for_record", record.has_commitment),
    )


def repair_checklists(view: CaseView) -> list[Checklist]:
    """Records that lack the same stand together, as a person would put it."""
    groups: dict[tuple[tuple[str, bool], ...], list[RecordView]] = {}
    for found in view.records:
        needs = repair_needs(view, found)
        if needs:
            groups.setdefault(tuple((n.name, n.present) for n in needs), []).append(found)
    lists = []
    for records in groups.values():
        # Of a group whose period still runs the first day counts: from then on one may be asked.
        first = min(records, key=lambda r: r.opens_on or "")
        lists.append(Checklist(repair_needs(view, first), tuple(records)))
    return lists


def _needs(view: CaseView, act: Act) -> Iterator[Need]:
    state, codes = view.state, {refusal.code for refusal in act.refusals}
    if codes & {"already_proposed", "same_person_proposed_it", "approver_handles_the_case"}:
        return
    if act.command == "propose_exit":
        missing = state.missing_for_exit()
        yield from (Need(step, step not in missing) for step in needed(state))
        if "objection_is_open" in codes:
            yield Need("no_objection", False)
    elif act.command == "propose_unreachable" and codes & CONTACT_RULES.keys():
        yield from contact_needs(state, view.rules, view.workdays, codes)
    elif act.command in ("hold_interview", "sign_commitment"):
        yield Need("reached", state.last_reach is not None)
        if act.command == "hold_interview":
            yield Need("notice", state.notice_at is not None)
    elif act.command == "start_key_supervision":
        yield Need("branch", state.effective_branch is not None)
        if state.effective_branch in (None, Branch.OPERATING):
            yield Need("commitment", state.commitments > 0)
    elif act.command == "close_case":
        settled = sum(1 for record in state.records.values() if record.settled)
        yield Need("exit", state.exited_at is not None)
        yield Need("settled", state.all_records_settled, settled, len(state.records))
