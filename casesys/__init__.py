"""The front door of the back room: what the counter may ask for, each name from its own module.

Names are fetched when first asked for: the process that opens an unknown workbook, or one line
of the command line, does not load the whole house.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casesys.account_list import AccountLine as AccountLine
    from casesys.account_list import AccountView as AccountView
    from casesys.account_list import accounts_page as accounts_page
    from casesys.account_list import see_account as see_account
    from casesys.approvals import Neighbours as Neighbours
    from casesys.approvals import ProposalView as ProposalView
    from casesys.approvals import WaitingPage as WaitingPage
    from casesys.approvals import neighbours as neighbours
    from casesys.approvals import next_to_decide as next_to_decide
    from casesys.approvals import see_proposal as see_proposal
    from casesys.approvals import waiting_page as waiting_page
    from casesys.attempts import DOOR as DOOR
    from casesys.attempts import Attempt as Attempt
    from casesys.attempts import AttemptsPage as AttemptsPage
    from casesys.attempts import WantedAttempts as WantedAttempts
    from casesys.attempts import attempts_page as attempts_page
    from casesys.attempts import give_noted as give_noted
    from casesys.attempts import note_attempt as note_attempt
    from casesys.attempts import noting as noting
    from casesys.attempts import typed_login as typed_login
    from casesys.audit import ACCOUNTS as ACCOUNTS
    from casesys.audit import CLOCKS as CLOCKS
    from casesys.audit import RESULTS as RESULTS
    from casesys.audit import TOPICS as TOPICS
    from casesys.audit import Trail as Trail
    from casesys.audit import TrailPage as TrailPage
    from casesys.audit import case_history as case_history
    from casesys.audit import trail as trail
    from casesys.audit import who_recorded as who_recorded
    from casesys.audit_findings import FINDING_VIEWS as FINDING_VIEWS
    from casesys.audit_findings import MOST_DAYS as MOST_DAYS
    from casesys.audit_findings import ONE_SIDED_WAYS as ONE_SIDED_WAYS
    from casesys.audit_findings import broken_rules as broken_rules
    from casesys.audit_findings import finding_counts as finding_counts
    from casesys.audit_findings import late_entries as late_entries
    from casesys.audit_findings import one_sided_steps as one_sided_steps
    from casesys.audit_findings import shared_files as shared_files
    from casesys.before_after import Side as Side
    from casesys.bulk import BULK_COMMANDS as BULK_COMMANDS
    from casesys.bulk import MOST_IN_BULK as MOST_IN_BULK
    from casesys.bulk import Bulk as Bulk
    from casesys.bulk import BulkHasBegun as BulkHasBegun
    from casesys.bulk import BulkIsUnknown as BulkIsUnknown
    from casesys.bulk import NothingChosen as NothingChosen
    from casesys.bulk import Outcome as Outcome
    from casesys.bulk import TooManyChosen as TooManyChosen
    from casesys.bulk import begin_bulk as begin_bulk
    from casesys.bulk import do_bulk as do_bulk
    from casesys.bulk import find_bulk as find_bulk
    from casesys.bulk import try_bulk as try_bulk
    from casesys.case_acts import Act as Act
    from casesys.case_moments import MILESTONES as MILESTONES
    from casesys.case_moments import Moment as Moment
    from casesys.case_moments import is_late as is_late
    from casesys.case_rules import Computed as Computed
    from casesys.case_rules import computed_deadlines as computed_deadlines
    from casesys.case_rules import court_decides as court_decides
    from casesys.case_rules import rule_sets_of as rule_sets_of
    from casesys.case_rules import rules_kept as rules_kept
    from casesys.case_view import CaseIsUnknown as CaseIsUnknown
    from casesys.case_view import CaseView as CaseView
    from casesys.case_view import EntryView as EntryView
    from casesys.case_view import RecordView as RecordView
    from casesys.case_view import case_number as case_number
    from casesys.case_view import entry_view as entry_view
    from casesys.case_view import revealed as revealed
    from casesys.case_view import see_case as see_case
    from casesys.cases_of_day import Question as Question
    from casesys.choosing import officer_logins as officer_logins
    from casesys.choosing import unit_names as unit_names
    from casesys.command import Command as Command
    from casesys.command import FieldsRefused as FieldsRefused
    from casesys.commands import COMMANDS as COMMANDS
    from casesys.database import StoreIsBusy as StoreIsBusy
    from casesys.drafts import Draft as Draft
    from casesys.drafts import drafts_of as drafts_of
    from casesys.drafts import drop_draft as drop_draft
    from casesys.drafts import find_draft as find_draft
    from casesys.drafts import keep_draft as keep_draft
    from casesys.evidence import EvidenceRefused as EvidenceRefused
    from casesys.evidence import EvidenceStore as EvidenceStore
    from casesys.evidence_reach import sees_evidence as sees_evidence
    from casesys.fields import Spec as Spec
    from casesys.figure_acts import ACTS as ACTS
    from casesys.figure_acts import acts_of_month as acts_of_month
    from casesys.figure_members import FIGURES as FIGURES
    from casesys.figure_members import Members as Members
    from casesys.figure_members import Of as Of
    from casesys.figure_members import members as members
    from casesys.figures_page import GROUPINGS as GROUPINGS
    from casesys.figures_page import FiguresPage as FiguresPage
    from casesys.figures_page import figures_of_day as figures_of_day
    from casesys.figures_page import month_end_before as month_end_before
    from casesys.foresight import Foreseen as Foreseen
    from casesys.foresight import foresee as foresee
    from casesys.install import require_ready as require_ready
    from casesys.intake import WorkbookRefused as WorkbookRefused
    from casesys.lanes import Step as Step
    from casesys.lanes import needed as needed
    from casesys.letters.filling import DOCX as DOCX
    from casesys.letters.filling import FilledLetter as FilledLetter
    from casesys.letters.filling import LetterTemplateRefused as LetterTemplateRefused
    from casesys.letters.filling import fill_letter as fill_letter
    from casesys.letters.kinds import LETTERS as LETTERS
    from casesys.letters.kinds import Letter as Letter
    from casesys.list_export import MOST_EXPORTED as MOST_EXPORTED
    from casesys.list_export import as_csv as as_csv
    from casesys.list_export import as_workbook as as_workbook
    from casesys.listing_words import problem_in_words as problem_in_words
    from casesys.listings import LISTING_RESULTS as LISTING_RESULTS
    from casesys.listings import Answered as Answered
    from casesys.listings import answer_listing as answer_listing
    from casesys.lists import CLOSED_LISTS as CLOSED_LISTS
    from casesys.lists import LEDGER_VIEWS as LEDGER_VIEWS
    from casesys.lists import SORTS as SORTS
    from casesys.lists import WORK_VIEWS as WORK_VIEWS
    from casesys.lists import ListAnswer as ListAnswer
    from casesys.lists import Lists as Lists
    from casesys.lists import Row as Row
    from casesys.lists import Wanted as Wanted
    from casesys.lists import typed as typed
    from casesys.needs import Checklist as Checklist
    from casesys.needs import Need as Need
    from casesys.needs import checklists as checklists
    from casesys.needs import opens_on as opens_on
    from casesys.needs import repair_needs as repair_needs
    from casesys.officer_work import HOLDERS as HOLDERS
    from casesys.officer_work import OF_WORK as OF_WORK
    from casesys.officer_work import SINCE as SINCE
    from casesys.officer_work import Work as Work
    from casesys.officer_work import Workload as Workload
    from casesys.officer_work import work_members as work_members
    from casesys.officer_work import workload as workload
    from casesys.one_time_codes import check_code as check_code
    from casesys.one_time_codes import enrol_code as enrol_code
    from casesys.one_time_codes import enrolment_address as enrolment_address
    from casesys.one_time_codes import new_secret as new_secret
    from casesys.one_time_codes import open_offer as open_offer
    from casesys.one_time_codes import reset_code as reset_code
    from casesys.one_time_codes import wrap_offer as wrap_offer
    from casesys.opened_entry import OpenedEntry as OpenedEntry
    from casesys.opened_entry import open_entry as open_entry
    from casesys.passwords import SignInFailed as SignInFailed
    from casesys.passwords import check_password as check_password
    from casesys.passwords import one_time_password as one_time_password
    from casesys.passwords import set_password as set_password
    from casesys.passwords import unlock as unlock
    from casesys.past import TooMuchToFold as TooMuchToFold
    from casesys.people import name_of as name_of
    from casesys.people import person_by_id as person_by_id
    from casesys.people import person_of as person_of
    from casesys.permits import NotPermitted as NotPermitted
    from casesys.permits import Permit as Permit
    from casesys.permits import Person as Person
    from casesys.powers import ROLES as ROLES
    from casesys.powers import Power as Power
    from casesys.powers import personal_reads as personal_reads
    from casesys.powers import power_changes as power_changes
    from casesys.powers import powers_on as powers_on
    from casesys.preferences import Preferences as Preferences
    from casesys.preferences import keep_preferences as keep_preferences
    from casesys.preferences import kept_preferences as kept_preferences
    from casesys.saved_views import LONGEST_NAME as LONGEST_NAME
    from casesys.saved_views import MOST_VIEWS as MOST_VIEWS
    from casesys.saved_views import SavedView as SavedView
    from casesys.saved_views import drop_view as drop_view
    from casesys.saved_views import rename_view as rename_view
    from casesys.saved_views import save_view as save_view
    from casesys.saved_views import views_of as views_of
    from casesys.sessions import IDLE as IDLE
    from casesys.sessions import OpenSession as OpenSession
    from casesys.sessions import Session as Session
    from casesys.sessions import begin_session as begin_session
    from casesys.sessions import end_other_sessions as end_other_sessions
    from casesys.sessions import end_session as end_session
    from casesys.sessions import find_session as find_session
    from casesys.sessions import mark_proved as mark_proved
    from casesys.sessions import sessions_of as sessions_of
    from casesys.settings import Provider as Provider
    from casesys.settings import Settings as Settings
    from casesys.settings import from_environment as from_environment
    from casesys.shown_entries import Logged as Logged
    from casesys.standing import Standing as Standing
    from casesys.standing import standing_at as standing_at
    from casesys.stopping import Stopped as Stopped
    from casesys.system import CommandIdReused as CommandIdReused
    from casesys.system import Given as Given
    from casesys.system import Receipt as Receipt
    from casesys.system import StaleVersion as StaleVersion
    from casesys.system import StreamIsUnknown as StreamIsUnknown
    from casesys.system import System as System
    from casesys.typed_again import CORRECTED_BY as CORRECTED_BY
    from casesys.typed_again import WORDED_BY as WORDED_BY
    from casesys.upload_view import HeldView as HeldView
    from casesys.upload_view import UploadView as UploadView
    from casesys.upload_view import held_page as held_page
    from casesys.upload_view import held_view as held_view
    from casesys.upload_view import see_upload as see_upload
    from casesys.upload_view import uploads_page as uploads_page
    from casesys.vault import is_sealed as is_sealed
    from casesys.words import LANGUAGES as LANGUAGES
    from casesys.words import known as known
    from casesys.words import say as say
    from domain.case_state import CaseState as CaseState
    from domain.entries import Entry as Entry
    from domain.formulas import CountingUnit as CountingUnit
    from domain.instants import end_of_day as end_of_day
    from domain.instants import instant as instant
    from domain.instants import local_day as local_day
    from domain.instants import moment as moment
    from domain.instants import start_of_day as start_of_day
    from domain.office import enterprise_id as enterprise_id
    from domain.refusals import Refused as Refused
    from domain.rulesets import Figure as Figure
    from domain.rulesets import Requirement as Requirement
    from domain.rulesets import RuleSet as RuleSet
    from projections.trail_marks import LATE_DAYS as LATE_DAYS
    from projections.trail_marks import READS as READS

ROOMS = {
    "casesys.account_list": (
        "AccountLine",
        "AccountView",
        "accounts_page",
        "see_account",
    ),
    "casesys.approvals": (
        "Neighbours",
        "ProposalView",
        "WaitingPage",
        "neighbours",
        "next_to_decide",
        "see_proposal",
        "waiting_page",
    ),
    "casesys.attempts": (
        "DOOR",
        "Attempt",
        "AttemptsPage",
        "WantedAttempts",
        "attempts_page",
        "give_noted",
        "note_attempt",
        "noting",
        "typed_login",
    ),
    "casesys.bulk": (
        "BULK_COMMANDS",
        "MOST_IN_BULK",
        "Bulk",
        "BulkHasBegun",
        "BulkIsUnknown",
        "NothingChosen",
        "Outcome",
        "TooManyChosen",
        "begin_bulk",
        "do_bulk",
        "find_bulk",
        "try_bulk",
    ),
    "casesys.case_acts": ("Act",),
    "casesys.case_moments": (
        "MILESTONES",
        "Moment",
        "is_late",
    ),
    "casesys.case_rules": (
        "Computed",
        "computed_deadlines",
        "court_decides",
        "rule_sets_of",
        "rules_kept",
    ),
    "casesys.audit": (
        "ACCOUNTS",
        "CLOCKS",
        "RESULTS",
        "TOPICS",
        "Trail",
        "TrailPage",
        "case_history",
        "trail",
        "who_recorded",
    ),
    "casesys.audit_findings": (
        "FINDING_VIEWS",
        "MOST_DAYS",
        "ONE_SIDED_WAYS",
        "broken_rules",
        "finding_counts",
        "late_entries",
        "one_sided_steps",
        "shared_files",
    ),
    "casesys.before_after": ("Side",),
    "casesys.opened_entry": (
        "OpenedEntry",
        "open_entry",
    ),
    "casesys.powers": (
        "Power",
        "ROLES",
        "personal_reads",
        "power_changes",
        "powers_on",
    ),
    "casesys.shown_entries": ("Logged",),
    "casesys.case_view": (
        "CaseIsUnknown",
        "CaseView",
        "EntryView",
        "RecordView",
        "case_number",
        "see_case",
        "entry_view",
        "revealed",
    ),
    "casesys.choosing": (
        "officer_logins",
        "unit_names",
    ),
    "casesys.command": (
        "Command",
        "FieldsRefused",
    ),
    "casesys.commands": ("COMMANDS",),
    "casesys.database": ("StoreIsBusy",),
    "casesys.drafts": (
        "Draft",
        "drafts_of",
        "drop_draft",
        "find_draft",
        "keep_draft",
    ),
    "casesys.evidence": (
        "EvidenceRefused",
        "EvidenceStore",
    ),
    "casesys.evidence_reach": ("sees_evidence",),
    "casesys.fields": ("Spec",),
    "casesys.figure_acts": (
        "ACTS",
        "acts_of_month",
    ),
    "casesys.figure_members": (
        "FIGURES",
        "Members",
        "Of",
        "members",
    ),
    "casesys.figures_page": (
        "GROUPINGS",
        "FiguresPage",
        "figures_of_day",
        "month_end_before",
    ),
    "casesys.officer_work": (
        "HOLDERS",
        "OF_WORK",
        "SINCE",
        "Work",
        "Workload",
        "work_members",
        "workload",
    ),
    "casesys.cases_of_day": ("Question",),
    "casesys.foresight": (
        "Foreseen",
        "foresee",
    ),
    "casesys.install": ("require_ready",),
    "casesys.intake": ("WorkbookRefused",),
    "casesys.lanes": (
        "Step",
        "needed",
    ),
    "casesys.letters.filling": (
        "DOCX",
        "FilledLetter",
        "LetterTemplateRefused",
        "fill_letter",
    ),
    "casesys.letters.kinds": (
        "LETTERS",
        "Letter",
    ),
    "casesys.list_export": (
        "MOST_EXPORTED",
        "as_csv",
        "as_workbook",
    ),
    "casesys.listing_words": ("problem_in_words",),
    "casesys.listings": (
        "Answered",
        "LISTING_RESULTS",
        "answer_listing",
    ),
    "casesys.lists": (
        "CLOSED_LISTS",
        "LEDGER_VIEWS",
        "ListAnswer",
        "Lists",
        "Row",
        "SORTS",
        "WORK_VIEWS",
        "Wanted",
        "typed",
    ),
    "casesys.needs": (
        "Checklist",
        "Need",
        "checklists",
        "opens_on",
        "repair_needs",
    ),
    "casesys.past": ("TooMuchToFold",),
    "casesys.one_time_codes": (
        "check_code",
        "enrol_code",
        "enrolment_address",
        "new_secret",
        "open_offer",
        "reset_code",
        "wrap_offer",
    ),
    "casesys.passwords": (
        "SignInFailed",
        "check_password",
        "one_time_password",
        "set_password",
        "unlock",
    ),
    "casesys.people": (
        "name_of",
        "person_by_id",
        "person_of",
    ),
    "casesys.sessions": (
        "IDLE",
        "OpenSession",
        "Session",
        "begin_session",
        "end_other_sessions",
        "end_session",
        "find_session",
        "mark_proved",
        "sessions_of",
    ),
    "casesys.preferences": (
        "Preferences",
        "keep_preferences",
        "kept_preferences",
    ),
    "casesys.permits": (
        "NotPermitted",
        "Permit",
        "Person",
    ),
    "casesys.saved_views": (
        "LONGEST_NAME",
        "MOST_VIEWS",
        "SavedView",
        "drop_view",
        "rename_view",
        "save_view",
        "views_of",
    ),
    "casesys.settings": (
        "Provider",
        "Settings",
        "from_environment",
    ),
    "casesys.standing": (
        "Standing",
        "standing_at",
    ),
    "casesys.stopping": ("Stopped",),
    "casesys.system": (
        "CommandIdReused",
        "Given",
        "Receipt",
        "StaleVersion",
        "StreamIsUnknown",
        "System",
    ),
    "casesys.typed_again": (
        "CORRECTED_BY",
        "WORDED_BY",
    ),
    "casesys.upload_view": (
        "HeldView",
        "UploadView",
        "held_page",
        "held_view",
        "see_upload",
        "uploads_page",
    ),
    "casesys.vault": ("is_sealed",),
    "casesys.words": (
        "LANGUAGES",
        "known",
        "say",
    ),
    "domain.case_state": ("CaseState",),
    "domain.entries": ("Entry",),
    "domain.formulas": ("CountingUnit",),
    "domain.instants": (
        "end_of_day",
        "instant",
        "local_day",
        "moment",
        "start_of_day",
    ),
    "domain.office": ("enterprise_id",),
    "domain.refusals": ("Refused",),
    "projections.trail_marks": (
        "LATE_DAYS",
        "READS",
    ),
    "domain.rulesets": (
        "Figure",
        "Requirement",
        "RuleSet",
    ),
}
"""Which module each name is fetched from; the imports above say the same to a type checker."""

_ROOM_OF = {name: room for room, names in ROOMS.items() for name in names}

__all__ = sorted(_ROOM_OF)


def __getattr__(name: str) -> Any:
    room = _ROOM_OF.get(name)
    if room is None:
        raise AttributeError(f"the front door has no {name!r}")
    return getattr(import_module(room), name)
