"""A filled letter read back block by block, so that a page shows the words of the Word file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

_SIDES = {WD_ALIGN_PARAGRAPH.CENTER: "middle", WD_ALIGN_PARAGRAPH.RIGHT: "right"}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a table: rows of cells, the first of them its head if ``headed``."""

    kind: str  # title, heading, text, table
    words: str = ""
    side: str = ""
    indented: bool = False
    new_page: bool = False
    rows: tuple[tuple[str, ...], ...] = ()
    headed: bool = False


def blocks_of(content: bytes) -> tuple[Block, ...]:
    """What stands in the body, in its order; what floats beside it is in the Word file only."""
    found: list[Block] = []
    for item in Document(BytesIO(content)).iter_inner_content():
        if isinstance(item, Table):
            headed = item._tbl.tr_lst[0].find(f".//{qn('w:tblHeader')}") is not None
            found.append(Block("table", rows=tuple(_rows(item)), headed=headed))
        elif item.text.strip():
            found.append(_paragraph(item))
    return tuple(found)


def words_of(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Every text of the letter, cell by cell."""
    for block in blocks:
        if block.kind == "table":
            for row in block.rows:
                yield from row
        else:
            yield block.words


def _paragraph(item: Paragraph) -> Block:
    style = item.style.name if item.style is not None else None
    kind = "title" if style == "Title" else "text"
    if style is not None and style.startswith("Heading"):
        kind = "heading"
    form, base = item.paragraph_format, item.style
    side = item.alignment
    if side is None and base is not None:
        side = base.paragraph_format.alignment
    return Block(
        kind,
        item.text,
        side=_SIDES.get(side, "") if side is not None else "",
        indented=bool(form.first_line_indent),
        new_page=bool(form.page_break_before),
    )


def _rows(table: Table) -> Iterator[tuple[str, ...]]:
    for row in table.rows:
        cells = row.cells
        # A cell over several columns stands in the list once for each of them.
        apart = [cell for n, cell in enumerate(cells) if not n or cell._tc is not cells[n - 1]._tc]
        yield tuple(cell.text for cell in apart)
