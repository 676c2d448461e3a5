"""The work report: looked at on any day, issued with its receipt, and read again by its number."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from casesys import (
    DOCX,
    FigureReceiptIsUnknown,
    Permit,
    Question,
    ReceiptIsOfNoReport,
    Refused,
    WorkReport,
    end_of_day,
    issue_report,
    issued_report,
    local_day,
    preview_report,
)
from web.downloads import attached
from web.figure_links import FigureLinks
from web.permits import lets_in, permit, person
from web.reading import Asked, asked, language, system, t
from web.refusals import Told, sentence

blueprint = Blueprint("report", __name__)

LONGEST_ID = 60
_HAN = re.compile(r"[\u4e00-\u9fff]")


@blueprint.get("/report")
@permit(Permit.READ)
def page() -> str:
    when = asked()
    found = preview_report(system(), person(), _question(when), language())
    return _shown(found, when, t("report.title"), [(t("report.title"), None)])


@blueprint.post("/report")
@permit(Permit.APPROVE)
def issue() -> Answer:
    """Give the figures their receipt; pressed twice, it is given once."""
    when = asked()
    command_id = request.form.get("command_id", "")[:LONGEST_ID] or str(uuid4())
    try:
        receipt = issue_report(system(), person(), _question(when), language(), command_id)
    except Refused as refused:
        raise Told(400, sentence(refused)) from refused
    return redirect(url_for("report.issued", number=receipt.number), 303)


@blueprint.get("/report/<number>")
@permit(Permit.READ)
def issued(number: str) -> str:
    now = asked()
    found = _found(number, for_page=True)
    assert found.receipt is not None
    published_at = found.receipt.published_at
    known_at = found.asked.known_at or published_at
    when = Asked(found.asked.as_of, known_at, local_day(now.now), now.now)
    crumbs = [(t("report.title"), url_for("report.page")), (found.receipt.number, None)]
    return _shown(found, when, t("report.issued", number=found.receipt.number), crumbs)


@blueprint.get("/report/<number>/docx")
@permit(Permit.READ)
def docx(number: str) -> Response:
    found = _found(number, for_page=False)
    return attached(found.content, DOCX, found.name, "work_report.docx")


def _question(when: Asked) -> Question:
    return Question(when.as_of or when.today, when.known_at)


def _found(number: str, *, for_page: bool) -> WorkReport:
    try:
        return issued_report(system(), person(), number, language(), for_page=for_page)
    except (FigureReceiptIsUnknown, ReceiptIsOfNoReport) as refused:
        raise Told(404, sentence(refused)) from refused


def _shown(found: WorkReport, when: Asked, title: str, crumbs: list[tuple[str, str | None]]) -> str:
    links = FigureLinks(when)
    return render_template(
        "report/page.html",
        found=found,
        receipt=found.receipt,
        when=when,
        as_of=found.asked.as_of,
        ahead=(found.asked.known_at or when.now) < end_of_day(found.asked.as_of),
        to_come=found.receipt is None and found.asked.as_of > when.today,
        pieces=lambda words: _pieces(found, links, words),
        issues=lets_in("report.issue", person()),
        command_id=str(uuid4()),
        title=title,
        fixed_day=found.receipt is not None,
        crumbs=[(t("place.figures"), url_for("figures.page", **when.query)), *crumbs],
    )


def _pieces(found: WorkReport, links: FigureLinks, words: str) -> list[dict[str, Any]]:
    """A text of the report in pieces: words, numbers that lead to their lists, raised marks."""
    left_chinese = language() != "zh"
    return [
        {
            "words": span.words,
            "href": links.of(span.link.what, **span.link.of._asdict()) if span.link else None,
            "raised": span.raised,
            "lang": "zh-CN" if left_chinese and _HAN.search(span.words) else None,
        }
        for span in found.spans(words)
    ]
