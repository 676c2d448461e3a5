"""One cell of a list: what an officer typed, made into a text, a day, an amount or a category."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from difflib import get_close_matches

from casesys.intake.headers import SCALES
from domain.vocabulary import Category

Cell = str | int | float | bool | datetime.date | datetime.datetime

MOST_FEN = 10**17  # a quadrillion yuan: more is a slip of the hand
FIRST_YEAR, LAST_YEAR = 1949, 2100
# A spreadsheet counts days from here (its 1900 was a leap year, so the day before the year's last).
SERIAL_ZERO = datetime.date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 18_264, 73_415  # 1950 to 2100: a smaller number is no day of ours
MOST_TEXT = {"name": 200, "town": 60, "authority": 200, "unit": 100, "remark": 4000}
NOTHING = frozenset({"", "/", "\\", "-", "--", "—", "——", "－", "无", "空"})

_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B))}
_WIDE |= {code: code - 0xFEE0 for code in range(0xFF41, 0xFF5B)}
_HAN = "\u3400-\u4dbf\u4e00-\u9fff（）"
_BLANK_BY_HAN = re.compile(rf"(?<=[{_HAN}])\s+|\s+(?=[{_HAN}])")
_DAY = re.compile(
    r"(\d{4})\s*[-./、年]\s*(\d{1,2})\s*[-./、月]\s*(\d{1,2})\s*日?"
    r"(?:\s*T?\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_AMOUNT = re.compile(
    r"(?P<minus>-|\()?(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<fraction>\.\d+)?"
    r"(?:(?P<scale>百万|千万|万|千|亿)?元|(?P<short>万|亿))?整?\)?"
)
_CATEGORIES = {
    Category.PENALTY: ("行政处罚", "行政处罚类", "行政处罚决定", "行政处罚案件", "处罚"),
    Category.JUDGMENT: (
        "失信被执行人",
        "失信被执行人类",
        "失信被执行",
        "法院判决",
        "法院判决类",
        "司法判决",
    ),
}
_CATEGORY_OF = {word: kind for kind, words in _CATEGORIES.items() for word in words}


class CellFault(Exception):
    """What is wrong with one cell; ``held`` when a person can decide it."""

    def __init__(
        self, code: str, *, held: bool = False, suggestion: str | None = None, **values: object
    ) -> None:
        super().__init__(code)
        self.code, self.held, self.suggestion, self.values = code, held, suggestion, values


def shown(cell: Cell) -> str:
    """The cell as the officer saw it, as near as the file tells."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, datetime.date) else str(cell)


def _visible(text: str) -> str:
    """Without what cannot be seen: zero-width marks, byte-order marks, control characters."""
    return "".join(c for c in text if c in "\n\t " or unicodedata.category(c) not in ("Cc", "Cf"))


def is_empty(cell: Cell) -> bool:
    return isinstance(cell, str) and not _visible(cell).strip()


def text(cell: Cell, field: str) -> str:
    """A name or a word: one line, half-width letters and digits, no blank beside a character."""
    line = " ".join(_visible(shown(cell).replace("\r", "\n")).translate(_WIDE).split())
    line = _BLANK_BY_HAN.sub("", line)
    if re.search(f"[{_HAN}]", line):  # brackets in Chinese are full-width, in the registers too
        line = line.replace("(", "（").replace(")", "）")
    return _not_too_long(line, field)


def remark(cell: Cell) -> str:
    """A remark as it was typed: formulas and markup are words like any other."""
    return _not_too_long(_visible(shown(cell).replace("\r\n", "\n")).strip(), "remark")


def _not_too_long(line: str, field: str) -> str:
    if len(line) > MOST_TEXT[field]:
        raise CellFault("text.too_long", length=len(line), most=MOST_TEXT[field])
    return line


def name(cell: Cell) -> str:
    line = text(cell, "name")
    if not any(c.isalpha() for c in line):  # a number under 名称: columns have slipped
        raise CellFault("name.shape")
    return line


def same_name(left: str, right: str) -> bool:
    """Two writings of one name: brackets, blanks and case do not make another enterprise."""
    return _name_key(left) == _name_key(right)


def _name_key(line: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", line)).casefold()


def day(cell: Cell) -> str:
    """The day as YYYY-MM-DD, from a date cell, a text, a number 20210305 or a serial."""
    if isinstance(cell, datetime.date):
        return _day(cell.year, cell.month, cell.day)
    line = " ".join(unicodedata.normalize("NFKC", _visible(shown(cell))).split())
    line = re.sub(r"[‐‑‒–—―−]", "-", line)
    if written := _DAY.fullmatch(line):
        return _day(*(int(part) for part in written.groups()))
    if re.fullmatch(r"\d{8}", line):
        return _day(int(line[:4]), int(line[4:6]), int(line[6:]))
    if re.fullmatch(r"\d{5}(\.\d+)?", line):
        serial = int(float(line))
        if FIRST_SERIAL <= serial <= LAST_SERIAL:
            return (SERIAL_ZERO + datetime.timedelta(days=serial)).isoformat()
    raise CellFault("date.shape")


def _day(year: int, month: int, number: int) -> str:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellFault("date.out_of_range", first=FIRST_YEAR, last=LAST_YEAR)
    try:
        return datetime.date(year, month, number).isoformat()
    except ValueError:
        raise CellFault("date.impossible", suggestion=_last_of(year, month, number)) from None


def _last_of(year: int, month: int, number: int) -> str | None:
    """30 February can only have meant the month's end; a thirteenth month can be anything."""
    if not (1 <= month <= 12 and 29 <= number <= 31):
        return None
    following = datetime.date(year + month // 12, month % 12 + 1, 1)
    return (following - datetime.timedelta(days=1)).isoformat()


def amount(cell: Cell, yuan: Decimal | None) -> int | None:
    """The amount in 分; ``yuan`` is what one unit is worth, None if no header says it."""
    if isinstance(cell, bool | datetime.date):
        raise CellFault("amount.shape")
    if isinstance(cell, int | float):
        value = Decimal(repr(cell))
    else:
        line = re.sub(r"\s+", "", unicodedata.normalize("NFKC", _visible(cell)))
        if line in NOTHING:
            return None
        line = re.sub(r"^(?:人民币|RMB|CNY)?[¥￥]?", "", line.replace("−", "-"))
        read = _AMOUNT.fullmatch(line)
        if read is None or (read["minus"] == "(") != line.endswith(")"):
            raise CellFault("amount.shape")
        value = Decimal(read["digits"].replace(",", "") + (read["fraction"] or ""))
        value = -value if read["minus"] else value
        if line.rstrip(")整").endswith(("元", "万", "亿")):  # said in the cell itself
            yuan = SCALES[read["scale"] or read["short"]]
    return _fen(value, yuan)


def _fen(value: Decimal, yuan: Decimal | None) -> int:
    if not value.is_finite():
        raise CellFault("amount.shape")
    if value < 0:
        raise CellFault("amount.negative")
    if value == 0:
        return 0
    if yuan is None:
        raise CellFault("amount.unit_unknown", held=True)
    if value > MOST_FEN or value * yuan * 100 > MOST_FEN:
        raise CellFault("amount.too_large")
    # Sheets divide and round; a hundredth of a fen is the sheet's, not the decision's.
    return int((value * yuan * 100).quantize(Decimal(1), ROUND_HALF_UP))


def category(cell: Cell) -> str:
    word = re.sub(r"\s+", "", unicodedata.normalize("NFKC", _visible(shown(cell))))
    found = _CATEGORY_OF.get(word)
    if found is None:
        known = list(_CATEGORY_OF)
        raise CellFault("category.unknown", suggestion=nearest(word, known), given=word[:60])
    return found.value


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that this one is most likely a slip of."""
    return next(iter(get_close_matches(word, known, n=1, cutoff=0.6)), None)
