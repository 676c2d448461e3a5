"""The closed lists of words in which the office speaks of a case."""

from __future__ import annotations

from enum import StrEnum


class Category(StrEnum):
    """Which of the two lists a case stands on."""

    PENALTY = "penalty"
    JUDGMENT = "judgment"


CATEGORIES = tuple(map(str, Category))
"""Both lists, in the order in which they stand beside each other."""


class Channel(StrEnum):
    PHONE = "phone"
    VISIT = "visit"
    LETTER = "letter"
    MESSAGE = "message"


class ContactResult(StrEnum):
    REACHED_OPERATING = "reached_operating"
    REACHED_NOT_OPERATING = "reached_not_operating"
    NO_ANSWER = "no_answer"
    NUMBER_DEAD = "number_dead"
    WRONG_NUMBER = "wrong_number"
    REFUSED = "refused"
    ADDRESS_VACANT = "address_vacant"


class Branch(StrEnum):
    """The three ways of governance, by whether the enterprise can be reached and still works."""

    UNREACHABLE = "unreachable"
    NOT_OPERATING = "not_operating"
    OPERATING = "operating"


class InterviewKind(StrEnum):
    REMINDER = "reminder"
    WARNING = "warning"


class CommitmentType(StrEnum):
    GOVERNANCE = "governance"
    CREDIT_REPAIR = "credit_repair"
    PROACTIVE = "proactive"
    INDUSTRY = "industry"


class Impediment(StrEnum):
    BANKRUPT = "bankrupt"
    LOST_CONTACT = "lost_contact"
    UNABLE_TO_PAY = "unable_to_pay"


class ExclusionReason(StrEnum):
    """Why a subject leaves the denominator before governance (domain.md 5.4)."""

    BANKRUPTCY_ACCEPTED = "bankruptcy_accepted"
    LONG_UNREACHABLE = "long_unreachable_abnormal_list"
    DEREGISTERED = "deregistered"
    LICENSE_REVOKED = "license_revoked"


class NotOperatingBasis(StrEnum):
    STATEMENT = "statement"
    VISIT_AND_REGISTRY = "visit_and_registry"


class DebtorGround(StrEnum):
    """Why a court listed the debtor (art. 1 of the 2017 rules)."""

    ABLE_BUT_REFUSES = "able_but_refuses"
    OBSTRUCTION = "obstruction"
    EVASION = "evasion"
    ASSET_REPORT = "asset_report"
    CONSUMPTION_BAN = "consumption_ban"
    SETTLEMENT_REFUSAL = "settlement_refusal"


class RemovalGround(StrEnum):
    """Why a court took a record off its list (art. 9 and 10); only three count as repair."""

    PERFORMED = "performed"
    SETTLEMENT_DONE = "settlement_done"
    APPLICANT_CONSENT = "applicant_consent"
    NO_ASSETS = "no_assets"
    SUSPENDED = "suspended"
    NOT_ENFORCED = "not_enforced"
    TERMINATED = "terminated"
    TERM_EXPIRED = "term_expired"
    WRONGLY_LISTED = "wrongly_listed"


COUNTS_AS_REPAIR = frozenset(
    {RemovalGround.PERFORMED, RemovalGround.SETTLEMENT_DONE, RemovalGround.APPLICANT_CONSENT}
)


class RepairResult(StrEnum):
    GRANTED = "granted"
    DENIED = "denied"


class Performance(StrEnum):
    PARTLY = "partly"
    FULLY = "fully"


class PublicityClass(StrEnum):
    """How grave a penalty is for its publicity period (domain.md 2.1)."""

    MINOR = "minor"
    GENERAL = "general"
    SERIOUS = "serious"
    SPECIFIC_SERIOUS = "specific_serious"


class ObjectionGround(StrEnum):
    CONTENT_ERROR = "content_error"
    OMISSION = "omission"
    WRONG_SUBJECT = "wrong_subject"
    OVER_PERIOD = "over_period"
    REPAIR_NOT_SYNCED = "repair_not_synced"
    DECISION_REVOKED = "decision_revoked"
    PRIVACY = "privacy"


class ObjectionAnswer(StrEnum):
    UPHELD = "upheld"
    REJECTED = "rejected"


class DeadlineKind(StrEnum):
    FIRST_CONTACT = "first_contact"
    INTERVIEW = "interview"
    COMMITMENT = "commitment"


class DeadlineStatus(StrEnum):
    ON_TIME = "on_time"
    LATE = "late"
    OPEN_OVERDUE = "open_overdue"
    OPEN_IN_TIME = "open_in_time"
    NOT_APPLICABLE = "not_applicable"


class Proposal(StrEnum):
    """The four acts that one person proposes and another confirms."""

    EXCLUSION = "exclusion"
    UNREACHABLE = "unreachable"
    EXIT = "exit"
    COURT_REMOVAL = "court_removal"


class CloseReason(StrEnum):
    ALL_REPAIRED = "all_repaired"
    GOVERNED_AND_SETTLED = "governed_and_settled"
    SUBJECT_CEASED = "subject_ceased"


class Outcome(StrEnum):
    """How a case came to its end, as far as keeping personal data is concerned."""

    ALL_REPAIRED = "all_repaired"
    GOVERNED_AND_SETTLED = "governed_and_settled"
    SUBJECT_CEASED = "subject_ceased"
    EXCLUDED = "excluded"
    EXITED = "exited"
    ACCOUNT_CLOSED = "account_closed"
    ROWS_SETTLED = "rows_settled"


class ErasureGround(StrEnum):
    """Why personal data are erased for good."""

    RETENTION_OVER = "retention_over"
    PERSON_ASKED = "person_asked"
    RECORDED_WRONGLY = "recorded_wrongly"


class ReopenReason(StrEnum):
    RELISTED = "relisted"
    CONTACT_REGAINED = "contact_regained"
    EVIDENCE_INVALID = "evidence_invalid"
    REPAIR_REVOKED = "repair_revoked"


class Stage(StrEnum):
    """Where a case stands in its governance; never derived from repair or performance."""

    UNLISTED = "unlisted"
    CONTACTING = "contacting"
    TO_INTERVIEW = "to_interview"
    TO_COMMIT = "to_commit"
    TO_SUPERVISE = "to_supervise"
    READY_TO_EXIT = "ready_to_exit"
    AWAITING_SECOND = "awaiting_second"
    EXITED = "exited"
    EXCLUDED = "excluded"
    CLOSED = "closed"


class Role(StrEnum):
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"


class RegistrationStatus(StrEnum):
    ACTIVE = "active"
    ABNORMAL = "abnormal"
    REVOKED = "revoked"
    DEREGISTERED = "deregistered"
    LIQUIDATION = "liquidation"
    REORGANISATION = "reorganisation"


class RowDecision(StrEnum):
    """What a person decides of a row that an intake held."""

    ACCEPT = "accept"
    REJECT = "reject"


class NameChoice(StrEnum):
    """Which name stands when a list gives a known credit code another one."""

    KNOWN = "known"
    RENAMED = "renamed"
