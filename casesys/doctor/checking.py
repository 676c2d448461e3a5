"""What a check of the doctor is: its name, how much it compared, and what did not fit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import msgspec

from casesys.stopping import Stopped
from casesys.words import say

SHOWN = 20
"""How many differences of one check are named; all are counted."""


class Remark(msgspec.Struct, frozen=True):
    """Something to be said, by the code of its sentence; ``values`` are plain enough for JSON."""

    code: str
    values: dict[str, Any]

    def said(self, language: str) -> str:
        return say(self.code, language, **self.values)


class Check(msgspec.Struct):
    """One named check of one office; ``found`` counts what differs, ``differences`` names it.

    ``remarks`` are worth a line and no fault. ``where`` is the office itself or its backup.
    """

    name: str
    where: str = "here"
    counted: int = 0
    found: int = 0
    differences: list[Remark] = []
    remarks: list[Remark] = []
    seconds: float = 0.0

    @property
    def title(self) -> str:
        return f"doctor.check.{self.name}"

    @property
    def next(self) -> str:
        """The code of what to do about a difference."""
        return f"doctor.next.{self.name}"

    def differs(self, code: str, **values: Any) -> None:
        self.refused(f"doctor.differs.{code}", values)

    def refused(self, code: str, values: dict[str, Any]) -> None:
        """The same in somebody else's words."""
        self.found += 1
        if len(self.differences) < SHOWN:
            self.differences.append(Remark(code, values))

    def remark(self, code: str, **values: Any) -> None:
        self.remarks.append(Remark(f"doctor.remark.{code}", values))


@contextmanager
def going_on(check: Check) -> Iterator[Check]:
    """Time a check; where it cannot be ended, that is what it found, and the next one begins."""
    begun = perf_counter()
    try:
        yield check
    except Stopped as stopped:
        check.refused(stopped.code, stopped.values)
    except Exception as fault:
        # Of any kind: what somebody altered can break whatever reads it, and a doctor goes on.
        check.differs("could_not", reason=f"{type(fault).__name__}: {fault}"[:300])
    finally:
        check.seconds = round(check.seconds + perf_counter() - begun, 3)
