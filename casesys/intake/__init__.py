"""Lists as officers send them: workbooks opened safely, cells cleaned, every row answered."""

from casesys.intake.listing import CheckedRow, Problem, campaign_of, check
from casesys.intake.workbook import Sheet, SheetRow, WorkbookRefused, read_workbook

__all__ = [
    "CheckedRow",
    "Problem",
    "Sheet",
    "SheetRow",
    "WorkbookRefused",
    "campaign_of",
    "check",
    "read_workbook",
]
