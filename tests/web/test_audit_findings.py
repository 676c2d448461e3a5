"""The findings as an auditor meets them: by kind, narrowed, followed to their entry, as a file."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import pytest
from flask import Flask
from openpyxl import load_workbook

from casesys import FINDING_KINDS, FINDING_RULES, Sought, finding_counts, findings
from casesys.history import import_history
from casesys.system import System
from casesys.words import known, say
from tests.districts import CLERK, district
from tests.offices import AUDITOR, OFFICER, SUPERVISOR
from tests.scenarios import PHOTO, a_contacted_case, case_number, give
from tests.web.helpers import Reader, app_of, words_of

TAKEN = {"taken_at": "2021-07-08T15:40", "sha256": PHOTO}


@pytest.fixture
def office_with_findings(system: System) -> System:
    import_history(system, district(), CLERK)
    for n in (1, 2):
        give(system, "add_photo", TAKEN, a_contacted_case(system, n).stream)
    return system


@pytest.fixture
def app(office_with_findings: System) -> Flask:
    return app_of(office_with_findings)


def test_every_kind_has_its_words_its_rule_and_its_codes() -> None:
    assert tuple(FINDING_RULES) == FINDING_KINDS
    for language in ("zh", "en"):
        for kind, rule in FINDING_RULES.items():
            assert say(f"findings.{kind}.rule", language, **rule.numbers)
            for part in (
                f"findings.{kind}",
                f"findings.{kind}.proves_not",
                f"findings.{kind}.none",
            ):
                assert say(part, language)
    assert all(
        known(f"findings.{kind}.{code}")
        for kind, rule in FINDING_RULES.items()
        for code in rule.codes
    )


def test_the_head_counts_every_kind_and_says_what_counts(
    office_with_findings: System, app: Flask
) -> None:
    page = words_of(Reader(app, AUDITOR).get_page("/audit/findings"))
    counted = finding_counts(office_with_findings)
    for kind, n in counted.items():
        rule = say(f"findings.{kind}.rule", "zh", **FINDING_RULES[kind].numbers)
        assert f"{say(f'findings.{kind}', 'zh')} {n or '—'} {rule}" in page


def test_a_kind_is_narrowed_and_its_conditions_are_chips(
    office_with_findings: System, app: Flask
) -> None:
    auditor = Reader(app, AUDITOR)
    town = findings(office_with_findings, Sought("late")).by["town"][0]
    page = words_of(auditor.get_page(f"/audit/findings?view=late&town={town[0]}"))
    assert f"共{town[1]}条" in page and f"镇街：{town[0]}" in page
    nothing = words_of(auditor.get_page("/audit/findings?view=late&days=36000"))
    assert "没有发现" in nothing
    assert "没有重复的文号" in words_of(auditor.get_page("/audit/findings?view=numbers"))


def test_the_file_holds_what_the_page_lists(office_with_findings: System, app: Flask) -> None:
    auditor = Reader(app, AUDITOR)
    for kind in FINDING_KINDS:
        n = findings(office_with_findings, Sought(kind)).at.total
        text = auditor.get(f"/audit/findings.csv?view={kind}").data.decode("utf-8-sig")
        assert len(list(csv.reader(StringIO(text)))) == n + 1, kind
    book = load_workbook(BytesIO(auditor.get("/audit/findings.xlsx?view=evidence").data))
    rows = list(book.worksheets[0].values)
    assert [row[2] for row in rows[1:]] == [PHOTO, PHOTO]


def test_a_case_leads_an_auditor_to_its_findings_and_nobody_else(
    office_with_findings: System, app: Flask
) -> None:
    case = case_number(office_with_findings, a_contacted_case(office_with_findings, 3).stream)
    n = sum(finding_counts(office_with_findings, case).values())
    page = Reader(app, AUDITOR).get_page(f"/cases/{case}?tab=audit")
    assert f"本案有{n}条发现" in page and f"/audit/findings?case={case}" in page
    found = words_of(Reader(app, AUDITOR).get_page(f"/audit/findings?case={case}"))
    assert f"案件编号：{case}" in found
    for login in (OFFICER, SUPERVISOR):
        assert "本案有" not in Reader(app, login).get_page(f"/cases/{case}?tab=audit")
