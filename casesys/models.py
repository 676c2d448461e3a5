"""All read models of this release, made once and named here."""

from __future__ import annotations

from typing import Any

from projections.case_file import CaseFile
from projections.enterprises import Enterprises
from projections.findings import Findings
from projections.ledger import Ledger
from projections.office import Accounts, Calendars, MemberUnitRows
from projections.rates import Rates
from projections.reading import CaseStories, ReadModel, Streams
from projections.record_index import RecordIndex
from projections.uploads import Uploads
from projections.worklist import Worklist


class Models:
    """The questions the office may ask, each by its name."""

    def __init__(self, streams: Streams) -> None:
        stories = CaseStories(streams)
        self.case_file = CaseFile(stories)
        self.ledger = Ledger(stories)
        self.record_index = RecordIndex(stories)
        self.rates = Rates(stories)
        self.findings = Findings()
        self.calendars = Calendars()
        self.worklist = Worklist(stories, self.calendars)
        self.member_units = MemberUnitRows()
        self.enterprises = Enterprises()
        self.accounts = Accounts()
        self.uploads = Uploads()
        # The rates come before the others that ask for stories (see ``Story``).
        self.all: tuple[ReadModel[Any, Any], ...] = (
            self.calendars,
            self.rates,
            self.case_file,
            self.ledger,
            self.worklist,
            self.record_index,
            self.findings,
            self.member_units,
            self.enterprises,
            self.accounts,
            self.uploads,
        )
