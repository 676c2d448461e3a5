"""All read models of this release, made once and named here."""

from __future__ import annotations

from typing import Any

from projections.case_file import CaseFile
from projections.enterprises import Enterprises
from projections.erasures import Erasures
from projections.evidence_use import EvidenceUse
from projections.findings import Findings
from projections.judging import Judging
from projections.kept_personal import PersonalDataKept
from projections.ledger import Ledger
from projections.marked import TouchedEntries
from projections.office import Accounts, Calendars, MemberUnitRows
from projections.openings import Openings
from projections.published import Published
from projections.rates import Rates
from projections.reading import CaseStories, ReadModel, Streams
from projections.record_index import RecordIndex
from projections.trail_marks import TrailMarks
from projections.uploads import Uploads


class Models:
    """The questions the office may ask, each by its name."""

    def __init__(self, streams: Streams) -> None:
        stories = CaseStories(streams)
        self.case_file = CaseFile(stories)
        self.record_index = RecordIndex(stories)
        touched = TouchedEntries()
        self.evidence_use = EvidenceUse(touched)
        self.trail_marks = TrailMarks(touched)
        self.kept_personal = PersonalDataKept(stories)
        self.erasures = Erasures(touched)
        self.calendars = Calendars()
        self.findings = Findings(stories, self.calendars)
        self.enterprises = Enterprises()
        self.rates = Rates(stories, self.calendars, self.enterprises)
        self.ledger = Ledger(stories, self.calendars, self.enterprises)
        self.openings = Openings(stories, self.calendars)
        self.judging = Judging(stories)
        self.member_units = MemberUnitRows()
        self.accounts = Accounts()
        self.uploads = Uploads()
        self.published = Published()
        # A name is known before the cases that show it. Of what asks for stories the rates come
        # first (see ``Story``).
        self.all: tuple[ReadModel[Any, Any], ...] = (
            self.calendars,
            self.enterprises,
            self.rates,
            self.case_file,
            self.ledger,
            self.openings,
            self.judging,
            self.record_index,
            self.kept_personal,
            self.findings,
            self.evidence_use,
            self.trail_marks,
            self.erasures,
            self.member_units,
            self.accounts,
            self.uploads,
            self.published,
        )
