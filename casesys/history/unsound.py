"""Why a row of a register cannot be taken; each names file, line and column."""

from __future__ import annotations

from domain.refusals import Refused


class RegisterUnsound(Refused):
    """A register cannot be read here; pages before this one stay, and it can be given again."""

    def __init__(self, file: str, line: int, column: str = "", value: str = "") -> None:
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
