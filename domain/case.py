"""One governance case: every fact that can be recorded of an enterprise on one list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, AggregateCreated

from domain.case_state import CaseState
from domain.entries import VOIDING, Fact, live
from domain.events import DeskEvent, PendingFact, Sealed, stream_id
from domain.evolution import advance, state_of
from domain.vocabulary import (
    Branch,
    Category,
    Channel,
    CloseReason,
    CommitmentType,
    ContactResult,
    DeadlineKind,
    DebtorGround,
    ExclusionReason,
    Impediment,
    InterviewKind,
    NotOperatingBasis,
    ObjectionAnswer,
    ObjectionGround,
    Performance,
    PublicityClass,
    RemovalGround,
    ReopenReason,
    RepairResult,
)


def case_id(campaign: str, uscc: str, category: str) -> UUID:
    """The stream of one (campaign, enterprise, category): listing it twice finds the same case."""
    return stream_id("case", campaign, uscc, category)


class GovernanceCase(Aggregate):
    """The events of one case, in the words of the office; what they add up to is ``state``."""

    TOPIC = "case"

    class Event(DeskEvent):
        TOPIC = "case.event"

    class Created(Event, AggregateCreated):
        TOPIC = "case.created"

    class CaseOpened(Created):
        """The office first heard of this enterprise on this list; house-keeping, in no figure."""

        TOPIC = "case.opened"
        number: str
        campaign: str
        enterprise: str
        category: Category
        reference: str | None

    class SubjectListed(Event):
        """The enterprise was put on the campaign's list, with town and unit as they were then."""

        TOPIC = "case.subject_listed"
        listed_on: str
        town: str
        unit: str
        source: str | None

    class ExclusionProposed(Event):
        """An officer proposed to take the subject out of the denominator, with evidence."""

        TOPIC = "case.exclusion_proposed"
        ground: ExclusionReason
        document: str

    class SubjectExcluded(Event):
        """A second person confirmed that the subject leaves the denominator (剔除)."""

        TOPIC = "case.subject_excluded"
        ground: ExclusionReason
        document: str

    class SubjectReinstated(Event):
        """An excluded subject was taken back into governance."""

        TOPIC = "case.subject_reinstated"
        explanation: str

    class RecordAttached(Event):
        """One 宗, a penalty decision or a court judgment, was attached to the case."""

        TOPIC = "case.record_attached"
        record: str
        number: str
        number_key: str
        authority: str
        decided_on: str
        amount_fen: int
        publicity_class: PublicityClass | None
        debtor_ground: DebtorGround | None
        published_on: str | None

    class CaseAssigned(Event):
        """The case was given to a responsible unit, and to an officer where one is named."""

        TOPIC = "case.assigned"
        unit: str
        officer: str | None

    class CaseReleased(Event):
        """The officer gave the case back; its unit stays responsible."""

        TOPIC = "case.released"
        explanation: str

    class CaseTransferred(Event):
        """The case was passed to another officer; its unit stays responsible."""

        TOPIC = "case.transferred"
        officer: str
        explanation: str

    class ContactAttempted(Event):
        """Somebody tried to reach the enterprise by one channel, with this result."""

        TOPIC = "case.contact_attempted"
        result: ContactResult
        channel: Channel | None
        contact_person: Sealed | None
        phone: Sealed | None
        notes: Sealed | None
        photo: str | None

    class UnreachabilityProposed(Event):
        """An officer proposed to conclude that the enterprise cannot be reached."""

        TOPIC = "case.unreachability_proposed"
        explanation: str
        ruleset: str

    class ReachabilityConcluded(Event):
        """It was concluded which of the three branches of governance the case takes."""

        TOPIC = "case.reachability_concluded"
        branch: Branch
        basis: NotOperatingBasis | None
        document: str | None
        ruleset: str

    class InterviewNoticeServed(Event):
        """The notice of interview (约谈通知书) was served on the enterprise."""

        TOPIC = "case.interview_notice_served"
        notice_number: str | None
        served_by: Channel
        received_by: Sealed | None

    class InterviewHeld(Event):
        """The enterprise was interviewed (约谈), to remind or to warn."""

        TOPIC = "case.interview_held"
        kind: InterviewKind | None
        place: str | None
        officers: list[str]
        attendee: Sealed | None
        attendee_capacity: str | None
        minutes: Sealed | None
        ruleset: str

    class PhotoAdded(Event):
        """A photograph was kept as evidence of an act, by the SHA-256 of its original."""

        TOPIC = "case.photo_added"
        sha256: str
        taken_by: str | None
        linked_act: int | None
        caption: str | None
        taken_where: Sealed | None

    class CommitmentSigned(Event):
        """The enterprise signed a credit commitment, for itself or for one record's repair."""

        TOPIC = "case.commitment_signed"
        kind: CommitmentType
        record: str | None
        sha256: str | None
        signatory: Sealed | None
        capacity: str | None
        sealed_by_enterprise: bool | None

    class KeySupervisionStarted(Event):
        """A member unit took the enterprise under key supervision (重点监管)."""

        TOPIC = "case.key_supervision_started"
        unit: str
        measure: str | None
        review_on: str | None

    class ImpedimentFound(Event):
        """Something was found that holds performance and repair down."""

        TOPIC = "case.impediment_found"
        impediment: Impediment
        document: str | None

    class ImpedimentCleared(Event):
        """An impediment found earlier does not hold any longer."""

        TOPIC = "case.impediment_cleared"
        impediment: Impediment
        explanation: str | None

    class RepairApplied(Event):
        """The enterprise applied for the credit repair of one record."""

        TOPIC = "case.repair_applied"
        record: str
        proof: str | None
        ruleset: str

    class RepairReturned(Event):
        """The application was given back for want of material (退回补正)."""

        TOPIC = "case.repair_returned"
        record: str
        missing: str

    class RepairResultRecorded(Event):
        """The determining authority's decision on a repair became known, with its document."""

        TOPIC = "case.repair_result_recorded"
        record: str
        result: RepairResult
        document: str | None
        decided_by: str | None

    class RepairRevoked(Event):
        """A repair, or a court's removal, was revoked and the record is published again."""

        TOPIC = "case.repair_revoked"
        record: str
        document: str | None
        explanation: str

    class PerformanceRecorded(Event):
        """The enterprise performed what a record obliges it to, in part or in full (履行)."""

        TOPIC = "case.performance_recorded"
        record: str
        performance: Performance
        amount_fen: int | None
        document: str | None

    class CourtRemovalProposed(Event):
        """An officer proposed to record that the court took a record off its list."""

        TOPIC = "case.court_removal_proposed"
        record: str
        ground: RemovalGround
        document: str

    class RecordRemovedByCourt(Event):
        """The court took a record off its list; a register of past work may not know why."""

        TOPIC = "case.record_removed_by_court"
        record: str
        ground: RemovalGround | None
        document: str | None

    class ObjectionRaised(Event):
        """Somebody concerned objected to a record or to the listing (异议申诉)."""

        TOPIC = "case.objection_raised"
        objection: str
        record: str | None
        ground: ObjectionGround
        statement: Sealed

    class ObjectionAnswered(Event):
        """The office told the objector what was found."""

        TOPIC = "case.objection_answered"
        objection: str
        answer: ObjectionAnswer
        explanation: str

    class DeadlineExtended(Event):
        """A deadline was moved to a later day, with a reason."""

        TOPIC = "case.deadline_extended"
        deadline: DeadlineKind
        due_on: str
        explanation: str | None

    class NoteAdded(Event):
        """Somebody wrote a note into the file."""

        TOPIC = "case.note_added"
        note: Sealed

    class PersonalDataRevealed(Event):
        """Somebody was shown the sealed fields of an entry, for the reason given."""

        TOPIC = "case.personal_data_revealed"
        target: int
        explanation: str

    class PersonalDataErased(Event):
        """The sealed fields of these entries open to nobody now; these files were removed."""

        TOPIC = "case.personal_data_erased"
        ground: str
        explanation: str
        rule: str | None
        fields: list[dict[str, Any]]
        files: list[str]
        shared_files: list[str]

    class EntryVoided(Event):
        """An earlier entry of this case was taken away; it stays readable and counts no more."""

        TOPIC = "case.entry_voided"
        target: int
        explanation: str

    class EntryCorrected(Event):
        """An earlier entry was taken away because the entry after this one says it rightly."""

        TOPIC = "case.entry_corrected"
        target: int
        explanation: str

    class ExitProposed(Event):
        """An officer proposed that the governance loop is closed (退出台账)."""

        TOPIC = "case.exit_proposed"
        explanation: str | None

    class SubjectExited(Event):
        """A second person confirmed the exit from the ledger; this is no repair."""

        TOPIC = "case.subject_exited"
        ruleset: str

    class ProposalSentBack(Event):
        """The second person sent a proposal back, with the reason."""

        TOPIC = "case.proposal_sent_back"
        proposal: str
        record: str | None
        explanation: str

    class CaseClosed(Event):
        """The file was closed."""

        TOPIC = "case.closed"
        ground: CloseReason

    class CaseReopened(Event):
        """A closed or exited case was taken up again."""

        TOPIC = "case.reopened"
        ground: ReopenReason
        explanation: str | None

    story: list[Fact]
    advances: bool
    """Let ``state`` go on in place, for whoever holds no state of before (an import)."""
    _state: CaseState | None

    def __init__(self) -> None:
        self.story = []
        self.advances, self._state = False, None

    def resume(self, facts: Sequence[Fact], modified_on: datetime) -> None:
        """Take what is already in the log as it is read: no event object is needed for it."""
        self.story += facts
        self._state = None
        self.version, self.modified_on = facts[-1].version, modified_on

    def take(self, event: DeskEvent) -> None:
        self.story.append(fact := PendingFact.of(event))
        state, self._state = self._state, None
        # What happened last and takes nothing away may be added to what is there.
        last = state is not None and fact.occurred_at >= state.last_at
        if self.advances and state is not None and last and fact.topic not in VOIDING:
            advance(state, fact)
            self._state = state

    @property
    def state(self) -> CaseState:
        """What the entries that count add up to, in the order in which it happened (D4)."""
        if self._state is None:
            self._state = state_of(live(self.story))
        return self._state
