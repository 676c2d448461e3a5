"""Figures of receipts computed anew from the entries of the log, and what became of each."""

from __future__ import annotations

from collections import Counter
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
        # Publications that follow each other leave the books as they were.
        asked = asked._replace(position=self._books.last_moving(asked.position))
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
    named = list(document.names) if document is not None else []
    lines = [
        _judged_line(receipt, nth, recounting, unread, named[nth - 1] if named else None)
        for nth in range(1, len(receipt.lines) + 1)
    ]
    altered = list(document.altered) if document is not None else []
    altered += [f"log.lines[{nth}]" for nth, one in enumerate(lines, 1) if one.word == ALTERED]
    words = {line.word for line in lines}
    words |= {DOCUMENT_MISSING if document is None else ALTERED if altered else HOLDS}
    word = next(one for one in GRAVEST_FIRST if one in words)
    return ReceiptVerdict(receipt.number, receipt.position, word, lines, altered, unread)


def _judged_line(
    receipt: FigureReceipt,
    nth: int,
    recounting: Recounting,
    unread: Unread | None,
    named: SidesNamed | None,
) -> LineVerdict:
    line = receipt.lines[nth - 1]
    said = (line.numerator, line.denominator)
    verdict = LineVerdict(f"{receipt.number}/{nth}", line.figure, HOLDS, said)
    if not is_known(line.figure, line.version) or not line.of.keys() <= set(AXES_OF_PARTS):
        return verdict._replace(word=RULE_UNKNOWN)
    if unread is not None:
        return verdict._replace(word=NOT_RECOMPUTED)
    sides = recounting.sides(line)
    verdict = verdict._replace(found=many_of(sides))
    if digest_over(receipt.asked, line, sides) == line.digest:
        # The members are those that were counted: if the number is another, it was written over.
        return verdict if verdict.found == said else verdict._replace(word=ALTERED)
    verdict = verdict._replace(word=MEMBERS_DIFFER)
    if named is None:
        return verdict
    return verdict._replace(entered=_moved(named, sides), left=_moved(sides, named))


def _moved(before: SidesNamed, now: SidesNamed) -> list[Moved]:
    """Who came, above the line and below it; a name may stand twice."""
    found = []
    for old, new in zip(before, now, strict=True):
        names = sorted((Counter(new or ()) - Counter(old or ())).elements())
        found.append(Moved(len(names), names[:MOST_NAMED]))
    return found
