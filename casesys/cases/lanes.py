"""The governance lane of a case page: each step, whether it is done, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.case_state import CaseState
from domain.deadlines import Deadline, deadlines
from domain.entries import Entry
from domain.instants import local_day
from domain.main_step import main_step
from domain.vocabulary import Branch, DeadlineStatus
from domain.workdays import Workdays


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``state`` is done, now, open, locked or skipped; days are ISO days in Shanghai.

    An open step can be done although another comes first. ``late_days`` are working days over
    the deadline, done or not.
    """

    name: str
    state: str
    done_on: str | None = None
    due_on: str | None = None
    late_days: int = 0
    days_left: int | None = None
    count: int = 0
    branch: str | None = None


def governance_lane(
    state: CaseState, seen: Sequence[Entry], workdays: Workdays, today: str
) -> Iterator[Step]:
    """From the listing to the exit; what the branch does not ask is skipped."""
    due = {str(d.kind): d for d in deadlines(state, workdays, today)}
    asked = needed(state)
    missing = [] if state.exited_at is not None else state.missing_for_exit()
    steps = [
        _Draft("listed", state.listed_at),
        _Draft("reached", _first(seen, _reaches), due.get("first_contact")),
        _Draft("branch", _first(seen, _concludes) if state.effective_branch else None),
        _Draft("interview", state.first_interview_at, due.get("interview"), state.interviews),
        _Draft("photo", _first(seen, _photographs), None, state.photos),
        _Draft("commitment", state.first_commitment_at, due.get("commitment"), state.commitments),
        _Draft("key_supervision", state.supervised_at),
        _Draft("exit", state.exited_at),
    ]
    current = STEP_OF.get(main_step(state) or "")
    for draft in steps:
        finished = draft.done_at is not None
        if draft.name == "reached" and state.branch == Branch.UNREACHABLE and not finished:
            status = "skipped"
        elif draft.name == "branch":
            finished = state.effective_branch is not None
            status = "done" if finished else "locked"
        elif finished:
            status = "done"
        elif draft.name in CONDITIONAL and draft.name not in asked:
            status = "locked" if "branch" in missing else "skipped"
        elif draft.name == current:
            status = "now"
        else:
            status = "open" if draft.name == "photo" and state.interviews else "locked"
        yield _step(draft, status, state, workdays, today)


STEP_OF = {
    "attempt_contact": "reached",
    "serve_interview_notice": "interview",
    "hold_interview": "interview",
    "sign_commitment": "commitment",
    "add_photo": "photo",
    "start_key_supervision": "key_supervision",
    "propose_exit": "exit",
    "confirm_exit": "exit",
}
"""At which step of the lane the main act of a case stands."""

CONDITIONAL = frozenset({"interview", "photo", "commitment"})


def needed(state: CaseState) -> list[str]:
    """What an exit asks of a case of this branch and list, done or not."""
    bare = CaseState(category=state.category, branch=state.effective_branch)
    return bare.missing_for_exit()


@dataclass(frozen=True, slots=True)
class _Draft:
    name: str
    done_at: str | None
    deadline: Deadline | None = None
    count: int = 0


def _step(draft: _Draft, status: str, state: CaseState, workdays: Workdays, today: str) -> Step:
    deadline = draft.deadline
    due_on = deadline.due.day if deadline is not None and deadline.due is not None else None
    late, left = 0, None
    if deadline is not None and due_on is not None:
        if deadline.status in (DeadlineStatus.LATE, DeadlineStatus.OPEN_OVERDUE):
            late = -workdays.left(deadline.done_on or today, due_on)
        elif deadline.status == DeadlineStatus.OPEN_IN_TIME:
            left = workdays.left(today, due_on)
    return Step(
        draft.name,
        status,
        local_day(draft.done_at) if draft.done_at else None,
        due_on,
        late if status != "skipped" else 0,
        left if status != "skipped" else None,
        draft.count,
        state.effective_branch if draft.name == "branch" else None,
    )


def _first(seen: Sequence[Entry], wanted: object) -> str | None:
    assert callable(wanted)
    return next((entry.occurred_at for entry in seen if wanted(entry)), None)


def _reaches(entry: Entry) -> bool:
    if entry.topic != "case.contact_attempted":
        return False
    return str(entry.data["result"]).startswith("reached")


def _concludes(entry: Entry) -> bool:
    return entry.topic == "case.reachability_concluded" or _reaches(entry)


def _photographs(entry: Entry) -> bool:
    return entry.topic == "case.photo_added"
