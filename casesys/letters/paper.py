"""A Word file in the look of an official paper (after GB/T 9704), written line by line."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle

TITLE_FACE, HEAD_FACE, BODY_FACE = "方正小标宋简体", "黑体", "仿宋"
FALLBACKS = {TITLE_FACE: "宋体", HEAD_FACE: "SimHei", BODY_FACE: "FangSong"}
"""What Word takes where a machine has not bought the face of titles, or knows it in English."""
BODY, TITLE, SMALL = Pt(16), Pt(22), Pt(10.5)
LINE, TITLE_LINE, SMALL_LINE = Pt(28), Pt(36), Pt(16)
TEXT_WIDTH = Mm(156)
ROOM_TO_WRITE = Mm(12)
_FONTS = (
    '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{}</w:fonts>'
)


class Paper:
    """One A4 paper: 156 mm of text, titles centred, sections in bold type, tables ruled."""

    def __init__(self) -> None:
        self._document = Document()
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        for name, face, size, line in (
            ("Normal", BODY_FACE, BODY, LINE),
            ("Title", TITLE_FACE, TITLE, TITLE_LINE),
            ("Heading 1", HEAD_FACE, BODY, LINE),
            ("No Spacing", BODY_FACE, SMALL, SMALL_LINE),
        ):
            _set(self._document.styles[name], face, size, line)
        self._name_fallbacks()
        about = self._document.core_properties
        about.author = about.comments = ""

    def title(self, words: str, new_page: bool = False) -> None:
        made = self._document.add_paragraph(words, "Title")
        made.alignment = WD_ALIGN_PARAGRAPH.CENTER
        made.paragraph_format.page_break_before = new_page

    def heading(self, words: str) -> None:
        made = self._document.add_paragraph(words, "Heading 1")
        made.paragraph_format.first_line_indent = BODY * 2

    def text(self, words: str) -> None:
        made = self._document.add_paragraph(words)
        made.paragraph_format.first_line_indent = BODY * 2

    def flush(self, words: str) -> None:
        self._document.add_paragraph(words)

    def right(self, *lines: str) -> None:
        for words in lines:
            self._document.add_paragraph(words).alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def logic(self, words: str) -> None:
        """A line that decides over those around it and leaves no line of its own."""
        self._document.add_paragraph(f"{{%p {words} %}}")

    def table(self, shares: Sequence[int], head: Sequence[str], each: str, row: str) -> None:
        """Columns of these shares of the width; ``row`` names their facts for ``each`` one."""
        table = self._ruled(shares)
        self._row(table, head, shares)
        _repeat_on_each_page(table.rows[0])
        self._row(table, [f"{{%tr for {each} %}}"], shares)
        self._row(table, [f"{{{{ {name} }}}}" for name in row.split()], shares)
        self._row(table, ["{%tr endfor %}"], shares)

    def blanks(self, rows: Sequence[tuple[str, str]], shares: Sequence[int] = (2, 5)) -> None:
        """Two columns: what is asked, and what stands there or room to write it."""
        table = self._ruled(shares)
        for asked, answer in rows:
            self._row(table, [asked, answer], shares)
            table.rows[-1].height = ROOM_TO_WRITE

    def written(self) -> bytes:
        kept = BytesIO()
        self._document.save(kept)
        return kept.getvalue()

    def _ruled(self, shares: Sequence[int]) -> Any:
        table = self._document.add_table(0, len(shares), "Table Grid")
        table.autofit = False
        return table

    def _row(self, table: Any, words: Sequence[str], shares: Sequence[int]) -> None:
        cells = table.add_row().cells
        for n, (cell, share) in enumerate(zip(cells, shares, strict=True)):
            cell.width = int(TEXT_WIDTH * share / sum(shares))
            cell.paragraphs[0].style = "No Spacing"
            cell.paragraphs[0].add_run(words[n] if n < len(words) else "")

    def _name_fallbacks(self) -> None:
        fonts = "".join(
            f'<w:font w:name="{face}"><w:altName w:val="{other}"/></w:font>'
            for face, other in FALLBACKS.items()
        )
        for part in self._document.part.package.iter_parts():
            if part.content_type.endswith("fontTable+xml") and type(part) is Part:
                part._blob = _FONTS.format(fonts).encode()


def _set(style: ParagraphStyle, face: str, size: Pt, line: Pt) -> None:
    style.font.size, style.font.bold, style.font.color.rgb = size, False, None
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:rFonts")) + properties.findall(qn("w:color")):
        properties.remove(old)
    # Han letters are drawn in the face of eastAsia alone, whatever the style's own name says.
    faces = OxmlElement("w:rFonts")
    for place in ("ascii", "hAnsi", "eastAsia", "cs"):
        faces.set(qn(f"w:{place}"), face)
    properties.insert(0, faces)
    for rule in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
        style.element.pPr.remove(rule)
    spacing = style.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, line


def _repeat_on_each_page(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
