"""Which column of a list means which field, however its office words the header."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

FIELDS = (
    "name",
    "uscc",
    "town",
    "category",
    "number",
    "authority",
    "decided_on",
    "amount",
    "listed_on",
    "unit",
    "remark",
)
# So many cells that name a field make a row a header: a title or a note never has three.
LEAST_FIELDS = 3

_BODY = "企业|单位|公司|机构|市场主体|经营主体|主体|当事人|(?:行政)?相对人|被执行人|被处罚人"
_ACT = "作出|做出|决定|处罚|判决|裁判|裁定|执行|审理|执法|认定"
_WORDS = {
    "uscc": r".*(?:信用代码|信用号码|机构代码).*",
    "number": r".*(?:案号|文号|文书号|决定书号|(?:决定书|文书|案件)编号).*",
    "amount": r".*(?:金额|标的额|罚款额|罚款数额).*",
    "listed_on": r"(?:列入|纳入|入库)(?:名单|台账)?(?:的)?(?:日期|时间)",
    "decided_on": rf"(?:行政)?(?:{_ACT})+书?(?:的)?(?:日期|时间)",
    "authority": rf"(?:行政)?(?:{_ACT})+(?:的)?(?:机关|法院|部门|单位)(?:名称)?|机关|法院",
    "unit": r"(?:责任|牵头|主管|主责|包保|行业主管|治理责任)(?:单位|部门)(?:名称)?",
    "category": r"(?:严重)?(?:违法)?(?:失信|名单|案件)?(?:行为|记录)?(?:类型|类别)",
    "town": r"(?:所属|所在|属地)?(?:镇街|街镇|镇乡|乡镇|乡镇街道|镇街道|镇|街道)(?:名称)?|属地",
    "name": rf"(?:严重)?(?:违法)?(?:失信)?(?:{_BODY}|被(?:处罚|执行)(?:单位|企业))?(?:名称|全称)",
    "remark": r"备注.*|说明",
}
_PATTERNS = {field: re.compile(words) for field, words in _WORDS.items()}
_REMARK = re.compile(r"[(\[【〔<《][^)\]】〕>》]*[)\]】〕>》]")
_MONEY = re.compile(r"(百万|千万|万|千|亿)?元")
_MONEY_TITLE = re.compile(r"单位[::]\s*(?:人民币)?\s*(百万|千万|万|千|亿)?元")
SCALES = {
    None: Decimal(1),
    "千": Decimal(1_000),
    "万": Decimal(10_000),
    "百万": Decimal(1_000_000),
    "千万": Decimal(10_000_000),
    "亿": Decimal(100_000_000),
}


@dataclass(frozen=True)
class Header:
    """Columns by field, counted from 0, and how many yuan one unit of the amount column is."""

    rows: int
    columns: dict[str, int]
    yuan: Decimal | None
    ignored: tuple[tuple[int, str], ...] = ()

    @property
    def score(self) -> tuple[int, bool]:
        return len(self.columns), self.yuan is not None


@lru_cache(maxsize=4096)
def field_of(header: str) -> str | None:
    """The field that a header cell names, or None."""
    bare = re.sub(r"\s+", "", unicodedata.normalize("NFKC", header))
    bare = re.sub(r"^[*★※]+|^\d+[.、]|[*★※::]+$", "", _REMARK.sub("", bare))
    if not bare or len(bare) > 30:
        return None
    found = _match(bare)
    if found is None:  # two names for one column: 企业名称/单位名称
        parts = {_match(part) for part in re.split(r"[/、或]", bare)}
        found = parts.pop() if len(parts) == 1 else None
    return found


def _match(bare: str) -> str | None:
    return next((field for field, words in _PATTERNS.items() if words.fullmatch(bare)), None)


def yuan_of(header: str) -> Decimal | None:
    """How many yuan one unit is, said in an amount column's header."""
    said = _MONEY.search(re.sub(r"\s+", "", unicodedata.normalize("NFKC", header)))
    return SCALES[said[1]] if said else None


def yuan_of_titles(titles: Sequence[str]) -> Decimal | None:
    """The same, said once above the header: 单位：万元."""
    for title in titles:
        said = _MONEY_TITLE.search(unicodedata.normalize("NFKC", title))
        if said:
            return SCALES[said[1]]
    return None


def read_header(upper: Sequence[str], lower: Sequence[str]) -> Header | None:
    """The header that begins in the upper row: that row, or both where they say more together."""
    alone = _columns([(text,) for text in upper], rows=1)
    # A label over two columns and its halves below: 决定 over 机关 and 日期, merged or not.
    over: list[str] = []
    for label in upper:
        over.append(label if label.strip() or not over else over[-1])
    pairs = [
        (below, here, (here or left if below.strip() else here) + below)
        for here, left, below in zip(upper, over, lower, strict=False)
    ]
    both = _columns(pairs, rows=2)
    # The second row belongs to the header only when it tells something that the first does not.
    below = _columns([(text,) for text in lower], rows=1)
    if both.score > max(alone.score, below.score):
        best = both
    elif below.score > alone.score >= (LEAST_FIELDS, False):
        best = replace(below, rows=2)  # merged labels reach down into the row that says all
    else:
        best = alone
    named = "name" in best.columns or "uscc" in best.columns
    return best if named and len(best.columns) >= LEAST_FIELDS else None


def _columns(cells: Sequence[tuple[str, ...]], rows: int) -> Header:
    columns: dict[str, int] = {}
    ignored: list[tuple[int, str]] = []
    yuan: Decimal | None = None
    for column, texts in enumerate(cells):
        field = next((found for text in texts if (found := field_of(text))), None)
        if field is None or field in columns:
            if any(text.strip() for text in texts):
                ignored.append((column, " ".join(texts[0].split())[:80]))
            continue
        columns[field] = column
        if field == "amount":
            yuan = next((said for text in texts if (said := yuan_of(text))), None)
    return Header(rows, columns, yuan, tuple(ignored))
