"""CSV files that an office hands over: read row by row, each value checked where it stands."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from domain.instants import instant
from domain.refusals import Refused

W = TypeVar("W", bound=StrEnum)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_FEN = 10**17


class RegisterUnsound(Refused):
    """A register cannot be read here; pages before this one stay, and it can be given again."""

    def __init__(self, *, file: str, line: int, column: str, value: str) -> None:
        super().__init__(file=file, line=line, column=column, value=value)

    def __str__(self) -> str:
        place = f"{self.values['file']}, line {self.values['line']}"
        if self.values["column"]:
            place += f", column {self.values['column']}"
        return f"{place}: {self.code} {self.values['value']!r}"


class RegisterFileMissing(RegisterUnsound): ...


class RegisterFileIsNoText(RegisterUnsound): ...


class RegisterColumnMissing(RegisterUnsound): ...


class RegisterRowHasOtherColumns(RegisterUnsound): ...


class RegisterValueMissing(RegisterUnsound): ...


class RegisterTimeIsNone(RegisterUnsound):
    """No moment with its zone."""


class RegisterDayIsNone(RegisterUnsound): ...


class RegisterAmountIsNone(RegisterUnsound): ...


class RegisterHashIsNone(RegisterUnsound):
    """No SHA-256 in hexadecimal digits."""


class RegisterNumberIsNone(RegisterUnsound): ...


class RegisterWordIsUnknown(RegisterUnsound):
    """A word that is not in the closed list of its column."""


class RegisterNameIsUnknown(RegisterUnsound):
    """A row speaks of something that no other file, or no row before it, has."""


class RegisterNameIsTwice(RegisterUnsound): ...


class RegisterRequestReused(RegisterUnsound):
    """A request id that the office's books know with other content."""


class Row:
    """One row of one file: its values by column, and where it stands."""

    __slots__ = ("_columns", "_values", "file", "line")

    def __init__(
        self, file: str, line: int, columns: dict[str, int], values: Sequence[str]
    ) -> None:
        self.file, self.line, self._columns, self._values = file, line, columns, values

    def __getitem__(self, column: str) -> str:
        return self._values[self._columns[column]]

    @property
    def values(self) -> Sequence[str]:
        return self._values

    def unsound(self, fault: type[RegisterUnsound], column: str) -> RegisterUnsound:
        return fault(file=self.file, line=self.line, column=column, value=self[column])

    def given(self, column: str) -> str:
        value = self[column]
        if not value.strip():
            raise self.unsound(RegisterValueMissing, column)
        return value

    def instant(self, column: str) -> str:
        try:
            return instant(datetime.fromisoformat(self[column]))
        except (ValueError, OverflowError):
            raise self.unsound(RegisterTimeIsNone, column) from None

    def day(self, column: str, text: str | None = None) -> str:
        value = self[column] if text is None else text
        try:
            if _DAY.fullmatch(value):
                return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
        raise self.unsound(RegisterDayIsNone, column)

    def word(self, words: type[W], column: str, text: str | None = None) -> W:
        try:
            return words(self[column] if text is None else text)
        except ValueError:
            raise self.unsound(RegisterWordIsUnknown, column) from None

    def fen(self, column: str) -> int:
        try:
            fen = Decimal(self[column]) * 100
            if fen.is_finite() and 0 <= fen < _MOST_FEN and fen == int(fen):
                return int(fen)
        except InvalidOperation:
            pass
        raise self.unsound(RegisterAmountIsNone, column)


def rows_of(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """The rows of a file that has at least these columns.

    :raises RegisterUnsound: there is no such file, or it is no such table
    """
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            head = next(reader, [])
            for column in columns:
                if head.count(column) != 1:
                    raise RegisterColumnMissing(file=path.name, line=1, column=column, value="")
            places = {column: head.index(column) for column in columns}
            for values in reader:
                line = reader.line_num
                if len(values) != len(head):
                    if not values:
                        continue
                    raise RegisterRowHasOtherColumns(
                        file=path.name, line=line, column="", value=str(len(values))
                    )
                yield Row(path.name, line, places, values)
    except FileNotFoundError:
        raise RegisterFileMissing(file=path.name, line=0, column="", value="") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise RegisterFileIsNoText(
            file=path.name, line=line + 1, column="", value=str(error)
        ) from None
