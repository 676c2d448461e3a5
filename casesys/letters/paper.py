"""A Word file in the look of an official paper (after GB/T 9704), written line by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any, NamedTuple

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

TITLE_FACE, HEAD_FACE, BODY_FACE = "方正小标宋简体", "黑体", "仿宋"
FALLBACKS = {TITLE_FACE: "宋体", HEAD_FACE: "SimHei", BODY_FACE: "FangSong"}
"""What Word takes where a machine has not bought the face of titles, or knows it in English."""
BODY, TITLE, SMALL = Pt(16), Pt(22), Pt(10.5)
LINE, TITLE_LINE, SMALL_LINE = Pt(28), Pt(36), Pt(16)
TEXT_WIDTH = Mm(156)
ROOM_TO_WRITE = Mm(12)
SMALL_STYLE, FINE_STYLE = "No Spacing", "Fine Print"
FINE, FINE_LINE = Pt(9), Pt(13)
CELL_MARGIN = Mm(1)
_FONTS = (
    '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{}</w:fonts>'
)


class Face(NamedTuple):
    """The faces and sizes of a paper; Latin letters are drawn in ``latin`` where it is named."""

    body: Pt
    line: Pt
    title: Pt
    title_line: Pt
    latin: str | None = None

    @property
    def indent(self) -> Pt | None:
        """English begins a paragraph at the margin."""
        return None if self.latin else Pt(self.body.pt * 2)


CHINESE = Face(BODY, LINE, TITLE, TITLE_LINE)
ENGLISH = Face(Pt(11.5), Pt(17), Pt(18), Pt(26), "Times New Roman")


class Look(NamedTuple):
    """How a table stands: from which column on numbers stand right, in fine print, on one page."""

    numbers_from: int | None = None
    fine: bool = False
    whole: bool = False


PLAIN = Look()


class Paper:
    """One A4 paper: 156 mm of text, titles centred, sections in bold type, tables ruled.

    What stands between two ``^`` is small and raised.
    """

    def __init__(self, face: Face = CHINESE) -> None:
        self._face = face
        self._document = Document()
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        for name, han, size, line in (
            ("Normal", BODY_FACE, face.body, face.line),
            ("Title", TITLE_FACE, face.title, face.title_line),
            ("Heading 1", HEAD_FACE, face.body, face.line),
            (SMALL_STYLE, BODY_FACE, SMALL, SMALL_LINE),
        ):
            _set(self._document.styles[name], han, face.latin or han, size, line)
        fine = self._document.styles.add_style(FINE_STYLE, WD_STYLE_TYPE.PARAGRAPH)
        _set(fine, BODY_FACE, face.latin or BODY_FACE, FINE, FINE_LINE)
        heading = self._document.styles["Heading 1"]
        heading.paragraph_format.keep_with_next = True
        if face.latin:
            # Without an indent, paragraphs are told apart by the room between them.
            heading.font.bold = True
            heading.paragraph_format.space_before = Pt(8)
            for style in (heading, self._document.styles["Normal"]):
                style.paragraph_format.space_after = Pt(4)
        for spoken in self._document.styles.element.iter(qn("w:lang")):
            # Else another machine draws Han letters in the shapes of another country.
            spoken.set(qn("w:eastAsia"), "zh-CN")
        self._name_fallbacks()
        about = self._document.core_properties
        about.author = about.comments = ""

    def title(self, words: str, new_page: bool = False) -> None:
        made = self._document.add_paragraph(words, "Title")
        made.alignment = WD_ALIGN_PARAGRAPH.CENTER
        made.paragraph_format.page_break_before = new_page

    def heading(self, words: str) -> None:
        made = self._document.add_paragraph(words, "Heading 1")
        made.paragraph_format.first_line_indent = self._face.indent

    def text(self, words: str, before_table: bool = False) -> None:
        made = self._document.add_paragraph()
        made.paragraph_format.keep_with_next = before_table or None
        made.paragraph_format.first_line_indent = self._face.indent
        _write(made, words)

    def flush(self, words: str) -> None:
        self._document.add_paragraph(words)

    def small(self, words: str, before_table: bool = False) -> None:
        """A note in the letters of tables, or the caption of the table that follows."""
        made = self._document.add_paragraph(style=SMALL_STYLE)
        made.paragraph_format.keep_with_next = before_table
        made.paragraph_format.space_before = made.paragraph_format.space_after = Pt(4)
        _write(made, words)

    def middle(self, words: str) -> None:
        self._document.add_paragraph(words, SMALL_STYLE).alignment = WD_ALIGN_PARAGRAPH.CENTER

    def right(self, *lines: str) -> None:
        """Who writes and when: never alone on a page, but with the end of the text."""
        for words in lines:
            above = self._document.paragraphs[-1].paragraph_format
            above.keep_with_next = above.keep_together = True
            self._document.add_paragraph(words).alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def logic(self, words: str) -> None:
        """A line that decides over those around it and leaves no line of its own."""
        self._document.add_paragraph(f"{{%p {words} %}}")

    def on_each_page(self, words: str) -> None:
        """A small line above the text, and the number of the page below it."""
        section = self._document.sections[0]
        section.header_distance = section.footer_distance = Mm(22)
        above, below = section.header.paragraphs[0], section.footer.paragraphs[0]
        above.style = below.style = self._document.styles[SMALL_STYLE]
        above.alignment, below.alignment = WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER
        _write(above, words)
        below.add_run("— ")
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        below._p.append(field)
        below.add_run(" —")

    def table(self, shares: Sequence[int], head: Sequence[str], each: str, row: str) -> None:
        """Columns of these shares of the width; ``row`` names their facts for ``each`` one."""
        cells = [f"{{{{ {name} }}}}" for name in row.split()]
        self.grid(shares, head, (f"for {each}", cells, "endfor"))

    def grid(
        self,
        shares: Sequence[int],
        head: Sequence[str],
        rows: Iterable[str | Sequence[str]],
        look: Look = PLAIN,
    ) -> None:
        """Rows of cells, or words that decide over the rows between them."""
        table = self._ruled(shares)
        every = [head, *rows]
        for n, row in enumerate(every):
            cells = [f"{{%tr {row} %}}"] if isinstance(row, str) else row
            follows = n == 0 or (look.whole and n + 1 < len(every))
            self._row(table, cells, shares, look._replace(whole=follows))
        _repeat_on_each_page(table.rows[0])

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
        for column, width in zip(table.columns, _widths(shares), strict=True):
            column.width = width
        margins = OxmlElement("w:tblCellMar")
        for side in ("left", "right"):
            margin = OxmlElement(f"w:{side}")
            margin.set(qn("w:w"), str(CELL_MARGIN.twips))
            margin.set(qn("w:type"), "dxa")
            margins.append(margin)
        table._tbl.tblPr.append(margins)
        return table

    def _row(
        self, table: Any, words: Sequence[str], shares: Sequence[int], look: Look = PLAIN
    ) -> None:
        row = table.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for n, (cell, width) in enumerate(zip(row.cells, _widths(shares), strict=True)):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.style = FINE_STYLE if look.fine else SMALL_STYLE
            paragraph.paragraph_format.keep_with_next = look.whole or None
            if look.numbers_from is not None and n >= look.numbers_from:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _write(paragraph, words[n] if n < len(words) else "")

    def _name_fallbacks(self) -> None:
        fonts = "".join(
            f'<w:font w:name="{face}"><w:altName w:val="{other}"/></w:font>'
            for face, other in FALLBACKS.items()
        )
        for part in self._document.part.package.iter_parts():
            if part.content_type.endswith("fontTable+xml") and type(part) is Part:
                part._blob = _FONTS.format(fonts).encode()


def _widths(shares: Sequence[int]) -> list[int]:
    return [int(TEXT_WIDTH * share / sum(shares)) for share in shares]


def _write(paragraph: Paragraph, words: str) -> None:
    for n, part in enumerate(words.split("^")):
        if part:
            paragraph.add_run(part).font.superscript = True if n % 2 else None


def _set(style: ParagraphStyle, han: str, latin: str, size: Pt, line: Pt) -> None:
    style.font.size, style.font.bold, style.font.color.rgb = size, False, None
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:rFonts")) + properties.findall(qn("w:color")):
        properties.remove(old)
    # Han letters are drawn in the face of eastAsia alone, whatever the style's own name says.
    faces = OxmlElement("w:rFonts")
    for place in ("ascii", "hAnsi", "cs"):
        faces.set(qn(f"w:{place}"), latin)
    faces.set(qn("w:eastAsia"), han)
    properties.insert(0, faces)
    for rule in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
        style.element.pPr.remove(rule)
    spacing = style.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, line


def _repeat_on_each_page(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
