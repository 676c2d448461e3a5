"""The front door of the back room: what the counter may ask for, each name from its own module.

Names are fetched when first asked for: the process that opens an unknown workbook, or one line
of the command line, does not load the whole house.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casesys.approvals import ProposalView as ProposalView
    from casesys.approvals import WaitingPage as WaitingPage
    from casesys.approvals import see_proposal as see_proposal
    from casesys.approvals import waiting_page as waiting_page
    from casesys.attempts import Attempt as Attempt
    from casesys.attempts import AttemptsPage as AttemptsPage
    from casesys.attempts import WantedAttempts as WantedAttempts
    from casesys.attempts import attempts_page as attempts_page
    from casesys.attempts import give_noted as give_noted
    from casesys.attempts import note_attempt as note_attempt
    from casesys.attempts import noting as noting
    from casesys.attempts import typed_login as typed_login
    from casesys.audit import CLOCKS as CLOCKS
    from casesys.audit import TOPICS as TOPICS
    from casesys.audit import Logged as Logged
    from casesys.audit import Trail as Trail
    from casesys.audit import TrailPage as TrailPage
    from casesys.audit import case_history as case_history
    from casesys.audit import entry_at as entry_at
    from casesys.audit import findings_by_rule as findings_by_rule
    from casesys.audit import trail as trail
    from casesys.audit import who_recorded as who_recorded
    from casesys.case_acts import Act as Act
    from casesys.case_moments import LATE_DAYS as LATE_DAYS
    from casesys.case_moments import MILESTONES as MILESTONES
    from casesys.case_moments import Moment as Moment
    from casesys.case_moments import is_late as is_late
    from casesys.case_view import CaseIsUnknown as CaseIsUnknown
    from casesys.case_view import CaseView as CaseView
    from casesys.case_view import EntryView as EntryView
    from casesys.case_view import case_number as case_number
    from casesys.case_view import entry_view as entry_view
    from casesys.case_view import revealed as revealed
    from casesys.case_view import see_case as see_case
    from casesys.case_view import state_at as state_at
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
    from casesys.fields import Spec as Spec
    from casesys.figures_page import GROUPINGS as GROUPINGS
    from casesys.figures_page import FiguresPage as FiguresPage
    from casesys.figures_page import figures_of_day as figures_of_day
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
    from casesys.past import TooMuchToFold as TooMuchToFold
    from casesys.people import begin_session as begin_session
    from casesys.people import check_password as check_password
    from casesys.people import end_session as end_session
    from casesys.people import find_session as find_session
    from casesys.people import name_of as name_of
    from casesys.people import person_by_id as person_by_id
    from casesys.permits import NotPermitted as NotPermitted
    from casesys.permits import Permit as Permit
    from casesys.permits import Person as Person
    from casesys.settings import Settings as Settings
    from casesys.settings import from_environment as from_environment
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
    from casesys.words import LANGUAGES as LANGUAGES
    from casesys.words import known as known
    from casesys.words import say as say
    from domain.case_state import CaseState as CaseState
    from domain.entries import Entry as Entry
    from domain.instants import end_of_day as end_of_day
    from domain.instants import instant as instant
    from domain.instants import local_day as local_day
    from domain.instants import moment as moment
    from domain.office import enterprise_id as enterprise_id
    from domain.refusals import Refused as Refused

ROOMS = {
    "casesys.approvals": (
        "ProposalView",
        "WaitingPage",
        "see_proposal",
        "waiting_page",
    ),
    "casesys.attempts": (
        "Attempt",
        "AttemptsPage",
        "WantedAttempts",
        "attempts_page",
        "give_noted",
        "note_attempt",
        "noting",
        "typed_login",
    ),
    "casesys.audit": (
        "CLOCKS",
        "Logged",
        "TOPICS",
        "Trail",
        "TrailPage",
        "case_history",
        "entry_at",
        "findings_by_rule",
        "trail",
        "who_recorded",
    ),
    "casesys.case_acts": ("Act",),
    "casesys.case_moments": (
        "LATE_DAYS",
        "MILESTONES",
        "Moment",
        "is_late",
    ),
    "casesys.case_view": (
        "CaseIsUnknown",
        "CaseView",
        "EntryView",
        "case_number",
        "see_case",
        "entry_view",
        "revealed",
        "state_at",
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
    "casesys.fields": ("Spec",),
    "casesys.figures_page": (
        "GROUPINGS",
        "FiguresPage",
        "figures_of_day",
    ),
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
    "casesys.past": ("TooMuchToFold",),
    "casesys.people": (
        "begin_session",
        "check_password",
        "end_session",
        "find_session",
        "name_of",
        "person_by_id",
    ),
    "casesys.permits": (
        "NotPermitted",
        "Permit",
        "Person",
    ),
    "casesys.settings": (
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
    "casesys.words": (
        "LANGUAGES",
        "known",
        "say",
    ),
    "domain.case_state": ("CaseState",),
    "domain.entries": ("Entry",),
    "domain.instants": (
        "end_of_day",
        "instant",
        "local_day",
        "moment",
    ),
    "domain.office": ("enterprise_id",),
    "domain.refusals": ("Refused",),
}
"""Which module each name is fetched from; the imports above say the same to a type checker."""

_ROOM_OF = {name: room for room, names in ROOMS.items() for name in names}

__all__ = sorted(_ROOM_OF)


def __getattr__(name: str) -> Any:
    room = _ROOM_OF.get(name)
    if room is None:
        raise AttributeError(f"the front door has no {name!r}")
    return getattr(import_module(room), name)
