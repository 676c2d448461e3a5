"""Opens one untrusted workbook in a process of its own, with little memory and little time.

Run as a script, never imported by the product: a workbook of a few kilobytes can name a cell a
million rows and sixteen thousand columns away; the reader would reserve hundreds of gigabytes for
it and take the counter down. Standard input is the file, standard output one JSON document a sheet.
"""

from __future__ import annotations

import datetime
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

import python_calamine

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
Merge = tuple[tuple[int, int], tuple[int, int]]


class TooLarge(Exception):
    """More than a list can be."""


def confine(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # not a Unix: the caller's limits on the file still hold
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def plain(value: object) -> object:
    """A cell as JSON; what JSON has no word for becomes a pair of kind and text."""
    if isinstance(value, datetime.datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"date": value.isoformat()}
    if isinstance(value, datetime.time | datetime.timedelta):
        return {"other": str(value)}
    return value


def spans(content: bytes) -> Iterator[tuple[str, list[Merge]]]:
    """Merged cells of an OpenDocument sheet, which the reader does not tell."""
    for sheet in ElementTree.fromstring(content).iter(f"{TABLE}table"):
        merges: list[Merge] = []
        row = 0
        for line in sheet.iter(f"{TABLE}table-row"):
            column = 0
            for cell in line:
                down = int(cell.get(f"{TABLE}number-rows-spanned", 1))
                across = int(cell.get(f"{TABLE}number-columns-spanned", 1))
                if down > 1 or across > 1:
                    merges.append(((row, column), (row + down - 1, column + across - 1)))
                column += int(cell.get(f"{TABLE}number-columns-repeated", 1))
            row += int(line.get(f"{TABLE}number-rows-repeated", 1))
        yield sheet.get(f"{TABLE}name", ""), merges


def sheets(data: bytes, rows_left: int, cells_left: int) -> Iterator[dict[str, object]]:
    workbook = python_calamine.load_workbook(io.BytesIO(data))
    spanned: dict[str, list[Merge]] = {}
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if "content.xml" in parts.namelist():
                spanned = dict(spans(parts.read("content.xml")))
    for meta in workbook.sheets_metadata:
        answer: dict[str, object] = {"name": meta.name, "hidden": False, "rows": [], "merges": []}
        if meta.typ is not python_calamine.SheetTypeEnum.WorkSheet:
            continue
        if meta.visible is not python_calamine.SheetVisibleEnum.Visible:
            yield answer | {"hidden": True}  # its cells were not meant to be sent: not even read
            continue
        try:
            sheet = workbook.get_sheet_by_name(meta.name)
            high, wide = sheet.total_height + 1, sheet.total_width + 1
            rows_left, cells_left = rows_left - high, cells_left - high * wide
            if rows_left < 0 or cells_left < 0:
                raise TooLarge
            rows = sheet.to_python(skip_empty_area=False)
        except python_calamine.CalamineError as error:
            yield answer | {"error": str(error)[:200]}
            continue
        merges = sheet.merged_cell_ranges
        answer["rows"] = [[plain(cell) for cell in row] for row in rows]
        answer["merges"] = spanned.get(meta.name, []) if merges is None else merges
        yield answer


def main(memory: int, seconds: int, rows: int, cells: int, text: int) -> None:
    confine(memory, seconds)
    written = 0
    try:
        for answer in sheets(sys.stdin.buffer.read(), rows, cells):
            line = json.dumps(answer, ensure_ascii=False)
            written += len(line)
            if written > text:  # one long text shared by a million cells
                raise TooLarge
            sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
    except (TooLarge, MemoryError):
        sys.stdout.buffer.write(b'{"refused": "workbook.too_large"}\n')
    except python_calamine.PasswordError:
        sys.stdout.buffer.write(b'{"refused": "workbook.encrypted"}\n')
    except (python_calamine.CalamineError, ElementTree.ParseError, zipfile.BadZipFile, ValueError):
        sys.stdout.buffer.write(b'{"refused": "workbook.unreadable"}\n')


if __name__ == "__main__":
    main(*(int(limit) for limit in sys.argv[1:]))
