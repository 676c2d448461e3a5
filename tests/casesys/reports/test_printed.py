"""The work report opens in another program, and what that prints says what the formulas say."""

from __future__ import annotations

import re

import pytest

from casesys.figures.cases_of_day import Question
from casesys.permits import operator
from casesys.reports.work_report import WorkReport, issue_report, issued_report
from casesys.system import System
from casesys.words import LANGUAGES
from domain.formulas import FORMULAS
from tests.casesys.reports.reading import Paper
from tests.office_suite import Print

CLERK = operator("clerk")
HAN_FACES = re.compile("CJK|Han|Song|Hei|Fang|Kai", re.IGNORECASE)
FEWEST_LETTERS = 60
"""A page that says less is empty, but for its head."""


def issued(system: System, language: str) -> WorkReport:
    receipt = issue_report(system, CLERK, Question("2021-10-31"), language)
    return issued_report(system, CLERK, receipt.number, language, for_page=False)


def squeezed(words: str) -> str:
    return "".join(words.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_printed_says_every_number_of_the_formulas(
    fifty: System, printer: Print, language: str
) -> None:
    report = issued(fifty, language)
    assert report.receipt is not None
    number = report.receipt.number
    pages, fonts = printer(report.content)
    heads = {"zh": f"凭证号{number}", "en": f"Receipt{number}"}
    bodies = [squeezed(page).removeprefix(heads[language]) for page in pages]
    assert all(len(body) >= FEWEST_LETTERS for body in bodies)
    said = "".join(bodies)
    paper = Paper(report.content)
    for paragraph in paper.paragraphs:
        assert squeezed(paragraph) in said, paragraph
    for table in paper.tables:
        for row in table:
            for cell in row:
                assert squeezed(cell) in said, row
    for line in report.receipt.lines:
        if line.figure in FORMULAS and not line.figure.startswith(("exit.", "deadline.")):
            assert f"{line.numerator}/{line.denominator}" in said, line
    assert HAN_FACES.search(fonts), fonts


def test_a_page_that_lost_a_number_would_be_found(fifty: System, printer: Print) -> None:
    """The comparison sees the difference between one paper and another."""
    report = issued(fifty, "zh")
    said = "".join(squeezed(page) for page in printer(report.content).pages)
    assert squeezed("修复率达17％[32]") in said and squeezed("修复率达18％[32]") not in said
