"""The work report of a day: looked at as a page, and issued as a Word file with its receipt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from casesys.figures.cases_of_day import Question, standings
from casesys.figures.drawing import Line, Names, Part, Wanted, draw, parts_of
from casesys.figures.members import Of
from casesys.figures.receipt_document import read_document
from casesys.figures.receipts import (
    FigureReceipt,
    document_of,
    find_receipt,
    publish,
    require_publisher,
)
from casesys.letters.filling import FilledPaper, fill_paper, has_own_template
from casesys.letters.reading import Block
from casesys.permits import Permit, Person
from casesys.reports.counting import lines_among
from casesys.reports.facts import MOST_ENTERPRISES, Drawn, facts_of
from casesys.reports.house import house_template, template_name
from casesys.reports.numbers import Span, Writer
from casesys.reports.shares import (
    Listed,
    Members,
    by_enterprise,
    by_reason,
    listed_among,
    listed_by_name,
)
from casesys.reports.stated import PARTS, shape_in, shape_of, stated, wanted_in
from casesys.system import System
from casesys.words import say
from domain.refusals import Refused
from domain.vocabulary import CATEGORIES


class ReceiptIsOfNoReport(Refused):
    """The receipt was given for other figures than those of this report."""


@dataclass(frozen=True, slots=True)
class WorkReport:
    """The report in the words of its Word file; on a page its numbers lead to their lists."""

    asked: Question
    receipt: FigureReceipt | None
    name: str
    content: bytes
    blocks: Sequence[Block]
    own_template: bool
    writer: Writer

    def spans(self, words: str) -> Iterator[Span]:
        return self.writer.spans(words)


def preview_report(
    system: System, person: Person, asked: Question, language: str, *, for_page: bool = True
) -> WorkReport:
    """The report as it would be issued now, without a receipt, within the person's reach.

    :raises LetterTemplateRefused: the office's own template cannot be filled
    """
    person.require(Permit.READ)
    asked = asked._replace(reach=person.reach)
    with system.database.read() as c:
        with standings(system, c, asked) as seen:
            wanted = list(wanted_in(stated(shape_of(seen))))
            lines = lines_among(seen, wanted)
            listed = {name: listed_among(seen, PARTS[name]) for name in CATEGORIES}
        drawn = _drawn(system, c, asked, lines, listed)
    return _filled(system, drawn, language, for_page=for_page)


def issue_report(
    system: System,
    person: Person,
    asked: Question,
    language: str,
    command_id: str | None = None,
) -> FigureReceipt:
    """Publish every figure of the report under one receipt; the paper is then filled from it.

    The same ``command_id`` a second time is answered with the receipt of the first.

    :raises NotPermitted: the person may not publish
    :raises LetterTemplateRefused: the office's own template cannot be filled
    """
    require_publisher(person)
    if has_own_template(system.settings, template_name(language)):
        # One that cannot be filled is found before a receipt is given for nothing.
        preview_report(system, person, asked, language)
    asked = asked._replace(reach=person.reach)
    with system.database.read() as c:
        with standings(system, c, asked) as seen:
            wanted = list(wanted_in(stated(shape_of(seen))))
        if not asked.reach and asked.position is None:
            # Towns and obstacles were read as the log stands now; so are their figures.
            asked = asked._replace(position=system.log.head(c)[0])
    purpose = say("report.purpose", as_of=asked.as_of)
    return publish(system, person, asked, wanted, purpose, command_id)


def issued_report(
    system: System, person: Person, number: str, language: str, *, for_page: bool
) -> WorkReport:
    """The report of a receipt: the figures are those that were published, whatever came later.

    :raises FigureReceiptIsUnknown: the office gave no such number, or it is beyond reach
    :raises ReceiptIsOfNoReport: it was given for other figures
    :raises LetterTemplateRefused: the office's own template cannot be filled
    """
    receipt = find_receipt(system, person, number)
    wanted = list(wanted_in(stated(shape_in(receipt.wanted))))
    if wanted != receipt.wanted:
        raise ReceiptIsOfNoReport(number=receipt.number)
    with system.database.read() as c:
        members = _members(system, c, receipt)
        listed = {name: listed_by_name(c, members, PARTS[name]) for name in CATEGORIES}
        drawn = _drawn(system, c, receipt.asked, receipt.lines, listed, receipt)
    return _filled(system, drawn, language, for_page=for_page)


def _members(system: System, c: Connection, receipt: FigureReceipt) -> Members:
    """Whom the lines count, as the receipt's document names them; else computed anew."""
    written = document_of(system, receipt)
    told = None if written is None else read_document(written.text)
    if told is None:
        return draw(system, c, receipt.asked, receipt.wanted).members
    found: dict[Part, Names] = {}
    for one in told["members"]:
        found[one["count"], Of(**one["of"])] = one["names"]
    assert found.keys() >= set(parts_of(receipt.wanted))
    return found


def _drawn(
    system: System,
    c: Connection,
    asked: Question,
    lines: Sequence[Line],
    listed: Mapping[str, Listed],
    receipt: FigureReceipt | None = None,
) -> Drawn:
    every: Mapping[Wanted, Line] = {Wanted(line.figure, line.of): line for line in lines}
    shares = {name: by_enterprise(its) for name, its in listed.items()}
    shown = {one.enterprise for its in shares.values() for one in its[: MOST_ENTERPRISES + 1]}
    names = system.models.enterprises.names(c, shown)
    reasons = {name: by_reason(system, c, its, asked) for name, its in listed.items()}
    reasons["all"] = sum(reasons.values(), Counter[str]())
    now = system.now() if receipt is None else receipt.published_at
    return Drawn(asked, every, shares, names, reasons, receipt, now)


def _filled(system: System, drawn: Drawn, language: str, *, for_page: bool) -> WorkReport:
    writer = Writer(language, for_page)
    tree: Any = stated(shape_in(drawn.lines))
    facts = facts_of(tree, drawn, system.settings, writer)
    paper: FilledPaper = fill_paper(
        system.settings,
        template_name(language),
        lambda: house_template(language),
        facts,
        drawn.now,
    )
    return WorkReport(
        drawn.asked,
        drawn.receipt,
        _file_name(drawn, language),
        paper.content,
        paper.blocks,
        paper.own_template,
        writer,
    )


def _file_name(drawn: Drawn, language: str) -> str:
    receipt = f"_{drawn.receipt.number}" if drawn.receipt else ""
    return f"{say('report.file', language)}_{drawn.asked.as_of}{receipt}.docx"
