"""A case as decisions and answers need it; ``domain.evolution`` says how events make it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.record_state import RecordState
from domain.vocabulary import Branch, Category, ContactResult, Stage


@dataclass(slots=True)
class Proposed:
    """A proposal that waits for a second person."""

    by: str
    at: str
    version: int
    data: Mapping[str, Any]


@dataclass(slots=True)
class CaseState:
    """A case as decisions and answers need it."""

    number: str = ""
    reference: str | None = None
    campaign: str = ""
    enterprise: str = ""
    category: str = ""
    listed_at: str | None = None
    listed_on: str | None = None
    town: str = ""
    listing_unit: str = ""
    unit: str = ""
    officer: str | None = None
    excluded: str | None = None
    records: dict[str, RecordState] = field(default_factory=dict)
    unattached: dict[str, RecordState] = field(default_factory=dict)
    results: Counter[str] = field(default_factory=Counter)
    channels: set[str] = field(default_factory=set)
    contact_days: list[str] = field(default_factory=list)
    visits_with_photo: int = 0
    last_reach: str | None = None
    first_contact_at: str | None = None
    branch: str | None = None
    notice_at: str | None = None
    first_interview_at: str | None = None
    interviews: int = 0
    photos: int = 0
    first_commitment_at: str | None = None
    commitments: int = 0
    supervised_at: str | None = None
    impediments: set[str] = field(default_factory=set)
    extended: dict[str, str] = field(default_factory=dict)
    proposals: dict[str, Proposed] = field(default_factory=dict)
    objections: dict[str, str | None] = field(default_factory=dict)
    exited_at: str | None = None
    exited_by: str | None = None
    closed: str | None = None
    closed_at: str | None = None
    reopened: bool = False
    last_at: str = ""

    @property
    def is_listed(self) -> bool:
        return self.listed_at is not None

    @property
    def governed(self) -> bool:
        """Listed and not excluded: the base of every net figure."""
        return self.listed_at is not None and self.excluded is None

    @property
    def attempts(self) -> int:
        return self.results.total()

    @property
    def contact_class(self) -> str:
        return self.last_reach or ("attempted_not_reached" if self.results else "not_attempted")

    @property
    def effective_branch(self) -> str | None:
        """The branch concluded, or operating as soon as somebody was reached at work."""
        if self.branch is not None:
            return self.branch
        if self.last_reach == ContactResult.REACHED_OPERATING:
            return Branch.OPERATING
        return None

    @property
    def all_records_settled(self) -> bool:
        return bool(self.records) and all(r.settled for r in self.records.values())

    def missing_for_exit(self) -> list[str]:
        """What governance still asks before an exit may be proposed, by branch (domain.md 5.4)."""
        missing: list[str] = []
        if self.effective_branch is None:
            missing.append("branch")
        if self.effective_branch == Branch.OPERATING:
            if not self.interviews:
                missing.append("interview")
            if not self.photos and self.category == Category.PENALTY:
                missing.append("photo")
            if not self.commitments:
                missing.append("commitment")
        if self.supervised_at is None:
            missing.append("key_supervision")
        return missing

    @property
    def stage(self) -> Stage:
        if self.closed is not None:
            return Stage.CLOSED
        if not self.is_listed:
            return Stage.UNLISTED
        if self.excluded is not None:
            return Stage.EXCLUDED
        if self.exited_at is not None:
            return Stage.EXITED
        if self.proposals:
            return Stage.AWAITING_SECOND
        missing = self.missing_for_exit()
        if "branch" in missing:
            return Stage.CONTACTING
        if "interview" in missing:
            return Stage.TO_INTERVIEW
        if "commitment" in missing or "photo" in missing:
            return Stage.TO_COMMIT
        if missing:
            return Stage.TO_SUPERVISE
        return Stage.READY_TO_EXIT
