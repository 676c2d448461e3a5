"""What each type of action in a register means: the decision of the domain that it stands for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from casesys.csv_rows import (
    RegisterHashIsNone,
    RegisterNameIsUnknown,
    RegisterValueMissing,
    RegisterWordIsUnknown,
    Row,
)
from casesys.history.register import CaseRow, RecordRow
from domain.case import GovernanceCase
from domain.decisions import closing, contact, governance, listing, repair
from domain.desk import Desk
from domain.instants import local_day
from domain.vocabulary import (
    Category,
    CloseReason,
    CommitmentType,
    ContactResult,
    DeadlineKind,
    Impediment,
    ReopenReason,
    RepairResult,
)

_SHA256 = re.compile(r"sha256:([0-9a-f]{64})")


class Action(NamedTuple):
    """One row of ``actions.csv`` with what it speaks of."""

    row: Row
    request: str
    case: CaseRow
    record: RecordRow | None
    type: str
    occurred_at: str
    recorded_at: str
    officer: str
    digest: str

    @property
    def of_record(self) -> RecordRow:
        if self.record is None:
            raise self.row.unsound(RegisterValueMissing, "record_id")
        return self.record


Act = Callable[[GovernanceCase, Desk, Action], None]


def _case_listed(case: GovernanceCase, desk: Desk, action: Action) -> None:
    listing.list_subject(
        case,
        desk,
        listed_on=local_day(action.occurred_at),
        town=action.case.town,
        unit=action.case.unit,
    )


def _record_added(case: GovernanceCase, desk: Desk, action: Action) -> None:
    record = action.of_record
    listing.attach_record(
        case,
        desk,
        number=record.number,
        authority=record.authority,
        decided_on=record.decided_on,
        amount_fen=record.amount_fen,
        reference=record.record,
    )


def _assigned(case: GovernanceCase, desk: Desk, action: Action) -> None:
    listing.assign_case(case, desk, unit=action.row.given("detail"))


def _contact_attempted(case: GovernanceCase, desk: Desk, action: Action) -> None:
    result = action.row.word(ContactResult, "result")
    contact.attempt_contact(case, desk, attempted_at=action.occurred_at, result=result)


def _key_supervision_started(case: GovernanceCase, desk: Desk, action: Action) -> None:
    governance.start_key_supervision(case, desk, unit=action.row.given("unit"))


def _impediment_found(case: GovernanceCase, desk: Desk, action: Action) -> None:
    impediment = action.row.word(Impediment, "detail")
    governance.find_impediment(case, desk, impediment=impediment)


def _impediment_cleared(case: GovernanceCase, desk: Desk, action: Action) -> None:
    impediment = action.row.word(Impediment, "detail")
    governance.clear_impediment(case, desk, impediment=impediment)


def _interview_held(case: GovernanceCase, desk: Desk, action: Action) -> None:
    governance.hold_interview(case, desk, held_at=action.occurred_at, officers=[action.officer])


def _sha256(action: Action) -> str:
    found = _SHA256.fullmatch(action.row["detail"])
    if found is None:
        raise action.row.unsound(RegisterHashIsNone, "detail")
    return found[1]


def _photo_added(case: GovernanceCase, desk: Desk, action: Action) -> None:
    governance.add_photo(case, desk, taken_at=action.occurred_at, sha256=_sha256(action))


def _commitment_signed(case: GovernanceCase, desk: Desk, action: Action) -> None:
    governance.sign_commitment(
        case,
        desk,
        signed_at=action.occurred_at,
        kind=CommitmentType.GOVERNANCE,
        sha256=_sha256(action) if action.row["detail"] else None,
    )


def _repair_applied(case: GovernanceCase, desk: Desk, action: Action) -> None:
    repair.apply_repair(case, desk, record=action.of_record.record)


def _repair_returned(case: GovernanceCase, desk: Desk, action: Action) -> None:
    repair.return_repair(case, desk, record=action.of_record.record, missing=action.row["detail"])


def _record_repaired(case: GovernanceCase, desk: Desk, action: Action) -> None:
    """The authority grants the repair of a penalty; a judgment is taken off the court's list."""
    record = action.of_record.record
    if action.case.category == Category.JUDGMENT:
        repair.know_removal(case, desk, record=record)
        return
    repair.record_repair_result(
        case, desk, record=record, result=RepairResult.GRANTED, decided_at=action.occurred_at
    )


def _repair_revoked(case: GovernanceCase, desk: Desk, action: Action) -> None:
    repair.revoke_repair(
        case,
        desk,
        record=action.of_record.record,
        revoked_at=action.occurred_at,
        explanation=action.row["detail"],
    )


def _deadline_extended(case: GovernanceCase, desk: Desk, action: Action) -> None:
    """``what:day``, for example ``first_contact:2021-05-21``."""
    what, colon, day = action.row.given("detail").partition(":")
    if not colon:
        raise action.row.unsound(RegisterWordIsUnknown, "detail")
    governance.extend_deadline(
        case,
        desk,
        deadline=action.row.word(DeadlineKind, "detail", what),
        due_on=action.row.day("detail", day),
    )


def _case_closed(case: GovernanceCase, desk: Desk, action: Action) -> None:
    closing.close_case(case, desk, ground=action.row.word(CloseReason, "detail"))


def _case_reopened(case: GovernanceCase, desk: Desk, action: Action) -> None:
    closing.reopen_case(case, desk, ground=action.row.word(ReopenReason, "detail"))


VOIDED = "action_voided"
ACTS: dict[str, Act] = {
    "case_listed": _case_listed,
    "record_added": _record_added,
    "assigned": _assigned,
    "contact_attempted": _contact_attempted,
    "key_supervision_started": _key_supervision_started,
    "impediment_found": _impediment_found,
    "impediment_cleared": _impediment_cleared,
    "interview_held": _interview_held,
    "photo_added": _photo_added,
    "commitment_signed": _commitment_signed,
    "repair_applied": _repair_applied,
    "repair_returned": _repair_returned,
    "record_repaired": _record_repaired,
    "repair_revoked": _repair_revoked,
    "deadline_extended": _deadline_extended,
    "case_closed": _case_closed,
    "case_reopened": _case_reopened,
}


def act(case: GovernanceCase, desk: Desk, action: Action, target: int | None) -> None:
    """Let the decision of one action happen, in a register: nothing of it is refused."""
    desk.require(desk.not_in_future(action.occurred_at))
    if action.type != VOIDED:
        ACTS[action.type](case, desk, action)
    elif target is None:
        raise action.row.unsound(RegisterNameIsUnknown, "target_action_id")
    else:
        closing.void_entry(case, desk, target=target, explanation=action.row["detail"])
