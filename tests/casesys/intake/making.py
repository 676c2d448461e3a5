"""Small workbooks as officers send them, made on the spot."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import openpyxl

from casesys.intake import CheckedRow, check, read_workbook

HEAD = ["序号", "企业名称", "统一社会信用代码", "所属镇（街道）", "失信类型"]
HEAD += ["案号/处罚决定书文号", "作出机关", "决定日期", "涉及金额（万元）", "列入日期"]
HEAD += ["责任单位", "备注"]
UNITS = ("区市场监督管理局", "区人民法院", "区卫生健康局")
CODES = ("91449901MA10087H44", "91449901MA100GF086", "91449901MA100QNE0D")
NAMES = ("岭川甲教育有限公司", "岭川乙服务厂", "岭川丙商贸有限公司")


def record(
    which: int = 0, number: str | None = "岭云市监处罚〔2020〕1号", **other: Any
) -> list[Any]:
    """One row under HEAD; `other` replaces cells by field name."""
    cells: dict[str, Any] = {
        "serial": 1,
        "name": NAMES[which],
        "uscc": CODES[which],
        "town": "云台街道",
        "category": "行政处罚",
        "number": number,
        "authority": "云塘区市场监督管理局",
        "decided_on": datetime.date(2020, 12, 24),
        "amount": 23,
        "listed_on": datetime.date(2021, 3, 8),
        "unit": "区市场监督管理局",
        "remark": None,
    }
    assert other.keys() <= cells.keys()
    return list((cells | other).values())


def workbook(
    *sheets: tuple[str, Iterable[Sequence[Any]]],
    merge: Sequence[str] = (),
    hide: Sequence[str] = (),
) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        for area in merge:
            sheet.merge_cells(area)
        sheet.sheet_state = "hidden" if title in hide else "visible"
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            # An OpenDocument file is known by its first part, which is never packed.
            packed = zipfile.ZIP_STORED if name == "mimetype" else None
            archive.writestr(name, content, packed)
    return file.getvalue()


def ods(rows: str) -> bytes:
    """An OpenDocument workbook around the XML of its rows."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body>'
        f'<office:spreadsheet><table:table table:name="名单">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    mimetype = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    parts = {"META-INF/manifest.xml": manifest, "content.xml": content.encode()}
    return zipped({"mimetype": mimetype} | parts)


def answers(
    data: bytes,
    *,
    campaign: str | None = None,
    known_name: Callable[[str], str | None] = lambda code: None,
    known_number: Callable[[str, str], bool] = lambda code, key: False,
) -> list[CheckedRow]:
    return check(
        read_workbook(data),
        units=UNITS,
        known_name=known_name,
        known_number=known_number,
        campaign=campaign,
        today="2021-11-09",
    )


def codes(row: CheckedRow) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in row.problems]
