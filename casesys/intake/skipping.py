"""The rows of a list that are no record: blanks, totals, notes, examples and repeated headers."""

from __future__ import annotations

import re
import unicodedata

from casesys.intake import cells
from casesys.intake.workbook import SheetRow

# Fields of which at least one is filled in wherever a row is meant as a record.
_OF_A_RECORD = ("uscc", "number", "authority", "decided_on", "listed_on")

_TOTAL = re.compile(r"(本页|本表|全区)?(合计|总计|小计|共计|累计)($|[::(（\d共])")
_NOTE = re.compile(
    r"(注|备注|说明|填[表报]|制表|审[核批]|复核|联系|负责人|单位负责人|经办|附|※|\*|以上|\(?以下)"
    r"|\d+[.、]|[一二三四五六七八九十]+、|[^::]{2,8}:"
)
# A number, or the mark that a form prints under its header: 甲 乙 1 2 (3).
_MARK = re.compile(r"[-(]?[\d,]+(\.\d+)?\)?|[甲乙丙丁戊己庚辛壬癸]")
_EXAMPLE = re.compile(r"(示|样|举)?例[如:：]?")


def no_record(row: SheetRow) -> str | None:
    """Why a row is no record at all, or None."""
    if row.header is None:
        return None
    if row.is_header:
        return "row.header"
    columns = row.header.columns
    own = [
        (column, " ".join(unicodedata.normalize("NFKC", cells.shown(cell)).split()))
        for column, cell in enumerate(row.cells)
        if column not in row.filled and not cells.is_empty(cell)
    ]
    texts = [text for _, text in own]
    listed = [text for column, text in own if column in columns.values()]
    if not listed and all(_MARK.fullmatch(text) for text in texts):
        return "row.blank"  # a running number without anything beside it, or a merged name's tail
    if any(_EXAMPLE.fullmatch(text) for column, text in own if column not in columns.values()):
        return "row.example"
    if row.filled.isdisjoint(columns.values()) and all(_MARK.fullmatch(text) for text in texts):
        return "row.numbers"
    if not cells.is_empty(row.cell("uscc")):
        return None
    if any(_TOTAL.match(text.replace(" ", "")) for text in texts) and (
        isinstance(number := row.cell("number"), int | float) or not number
    ):
        return "row.total"  # a count of the 宗 may stand under their numbers
    of_a_record = any(not cells.is_empty(row.cell(name)) for name in _OF_A_RECORD)
    if not of_a_record and (not listed or all(_NOTE.match(text) for text in texts)):
        return "row.note"
    return None
