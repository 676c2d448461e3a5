"""Figures of receipts computed anew from the entries of the log, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from casesys.verifier.books import Books, LogRow, Unread
from casesys.verifier.cases import Asked, CaseThatDay, cases_that_day
from casesys.verifier.counts import (
    AXES_OF_PARTS,
    counts_of_figure,
    is_known,
    names_counted,
    part_of,
)
from casesys.verifier.receipts import (
    FigureLine,
    FigureReceipt,
    NoReceipt,
    SidesNamed,
    digest_over,
    many_of,
    read_document_of,
    receipt_in,
)

ALTERED = "altered"
MEMBERS_DIFFER = "members differ"
NOT_RECOMPUTED = "not recomputed"
RULE_UNKNOWN = "rule unknown"
DOCUMENT_MISSING = "document missing"
HOLDS = "holds"
GRAVEST_FIRST = (
    ALTERED, MEMBERS_DIFFER, NOT_RECOMPUTED, RULE_UNKNOWN, DOCUMENT_MISSING, HOLDS,
)  # fmt: skip
MOST_NAMED = 20

WHY_UNREAD: Mapping[str, tuple[str, str]] = {
    "missing": ("第 {position} 条起缺少记录", "entries are missing from position {position} on"),
    "unreadable": ("第 {position} 条无法读取：{what}", "entry {position} cannot be read: {what}"),
    "newer": (
        "第 {position} 条的种类本程序不认识：{what}",
        "entry {position} is of a kind that this program does not know: {what}",
    ),
    "unopened": (
        "第 {position} 条所属案件没有立案记录：{what}",
        "entry {position} is of a case that was never opened: {what}",
    ),
    "impossible": (
        "截至第 {position} 条，有日期或分级无法计算：{what}",
        "a day or a class in the entries up to {position} cannot be computed with: {what}",
    ),
}
"""In Chinese and in English, why figures could not be recomputed."""


class Moved(NamedTuple):
    """Who is on a side of a figure and was not, or was and is not: how many, the first by name."""

    many: int
    named: Sequence[str]


class LineVerdict(NamedTuple):
    """One figure; ``found`` is what we count, None where we could not.

    Who entered and who left is known where the document is, above the line and below it.
    """

    number: str
    figure: str
    word: str
    said: tuple[int, int | None]
    found: tuple[int, int | None] | None = None
    entered: Sequence[Moved] = ()
    left: Sequence[Moved] = ()


class ReceiptVerdict(NamedTuple):
    """One receipt; ``altered`` names the places, ``unread`` why figures were not recomputed."""

    number: str
    position: int
    word: str
    lines: Sequence[LineVerdict] = ()
    altered: Sequence[str] = ()
    unread: Unread | None = None

    @property
    def holds(self) -> bool:
        return self.word == HOLDS


def judge_receipts(rows: Iterable[LogRow], documents: Mapping[str, bytes]) -> list[ReceiptVerdict]:
    """Every receipt in the rows of a log, in their order; documents by their SHA-256."""
    books = Books()
    for row in rows:
        books.take(row)
    return judge_books(books, documents)


def judge_books(books: Books, documents: Mapping[str, bytes]) -> list[ReceiptVerdict]:
    """The same of a log that was read already."""
    books.in_order()
    recounting = Recounting(books)
    given: set[str] = set()
    found = []
    for row in books.receipts:
        try:
            receipt = receipt_in(row)
        except NoReceipt as cannot:
            found.append(ReceiptVerdict("", row.position, ALTERED, altered=[str(cannot)]))
            continue
        verdict = _judged(receipt, recounting, documents.get(receipt.sha256))
        if receipt.number in given:
            verdict = verdict._replace(word=ALTERED, altered=["log.number"])
        given.add(receipt.number)
        found.append(verdict)
    return found


def why_unread(unread: Unread) -> tuple[str, str]:
    """The reason in Chinese and in English."""
    zh, en = WHY_UNREAD[unread.why]
    return zh.format(**unread._asdict()), en.format(**unread._asdict())


class Recounting:
    """Whom counts count of any day; many receipts ask for the same one after the other."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._asked: Asked | None = None
        self._cases: list[CaseThatDay] = []

    def ask(self, asked: Asked) -> Unread | None:
        """Tell the cases of a day; or why that cannot be done."""
        unread = self._books.unread
        if unread is not None and unread.position <= asked.position:
            return unread
        if self._books.last < asked.position:
            return Unread(self._books.last + 1, "missing")
        if asked != self._asked:
            try:
                self._cases, self._asked = list(cases_that_day(self._books, asked)), asked
            except (ValueError, LookupError, OverflowError) as cannot:
                return Unread(asked.position, "impossible", str(cannot))
        return None

    def sides(self, line: FigureLine) -> SidesNamed:
        """Who is above and below the line of a figure of that day."""
        part = part_of(self._cases, line.of)
        above, below = counts_of_figure(line.figure)
        return names_counted(above, part), None if below is None else names_counted(below, part)


def _judged(receipt: FigureReceipt, recounting: Recounting, text: bytes | None) -> ReceiptVerdict:
    document = None if text is None else read_document_of(receipt, text)
    unread = recounting.ask(receipt.asked)
    lines = []
    for nth, line in enumerate(receipt.lines):
        published = document.names[nth] if document is not None and document.names else None
        word, sides = _judged_line(receipt.asked, line, recounting, unread)
        verdict = LineVerdict(
            f"{receipt.number}/{nth + 1}", line.figure, word, (line.numerator, line.denominator)
        )
        if sides is not None:
            verdict = verdict._replace(found=many_of(sides))
        if sides is not None and published is not None and word != HOLDS:
            verdict = verdict._replace(
                entered=_moved(published, sides), left=_moved(sides, published)
            )
        lines.append(verdict)
    words = {line.word for line in lines}
    words |= {DOCUMENT_MISSING} if document is None else {ALTERED} if document.altered else {HOLDS}
    word = next(one for one in GRAVEST_FIRST if one in words)
    altered = () if document is None else document.altered
    return ReceiptVerdict(receipt.number, receipt.position, word, lines, altered, unread)


def _judged_line(
    asked: Asked, line: FigureLine, recounting: Recounting, unread: Unread | None
) -> tuple[str, SidesNamed | None]:
    if not is_known(line.figure, line.version) or not line.of.keys() <= set(AXES_OF_PARTS):
        return RULE_UNKNOWN, None
    if unread is not None:
        return NOT_RECOMPUTED, None
    sides = recounting.sides(line)
    if digest_over(asked, line, sides) != line.digest:
        return MEMBERS_DIFFER, sides
    # The members are those that were counted: if the number is another, it was written over.
    counted = many_of(sides) == (line.numerator, line.denominator)
    return HOLDS if counted else ALTERED, sides


def _moved(before: SidesNamed, now: SidesNamed) -> list[Moved]:
    """Who came, above the line and below it."""
    came = [sorted(set(new or ()) - set(old or ())) for old, new in zip(before, now, strict=True)]
    return [Moved(len(names), names[:MOST_NAMED]) for names in came]
