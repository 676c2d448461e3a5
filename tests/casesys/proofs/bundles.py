"""Bundles as an auditor holds them: judged, taken apart, and put together again otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from casesys.figures.cases_of_day import Question
from casesys.figures.receipts import Wanted, publish
from casesys.history import import_history
from casesys.permits import operator
from casesys.proofs.bundle import write_bundle
from casesys.proofs.signing import SigningKey, cosigning_key
from casesys.system import System
from casesys.verifier.__main__ import judge
from domain.counts import COUNTS
from domain.formulas import FORMULAS
from projections.case_file import CASE_FILE
from projections.driver import rows
from tests.districts import CLERK
from tests.offices import Clock
from tests.stores import settings_of

ALL = operator("tests")
AUDITOR_KEY = cosigning_key("超级审计/superior", bytes(range(32)))
Members = dict[str, bytes]


def an_audited_office(home: Path, register: Path) -> System:
    """A district with its past, receipts of two days, and checkpoints that another co-signed."""
    clock = Clock("2021-11-09T09:00")
    system = System(settings_of(home), now=clock)
    import_history(system, register, CLERK)
    for day, purpose in (("2021-10-31", "月报"), ("2021-06-30", "半年")):
        clock.wait(days=1)
        known = None if day > "2021-07" else "2021-08-01T00:00:00.000000Z"
        wanted = [Wanted(name) for name in (*FORMULAS, *COUNTS)]
        publish(system, ALL, Question(day, known), wanted, purpose)
    with system.database.write() as c:
        system.database.lock(c)
        made = system.checkpoints.make(c, clock())
        signed = (*made.note.signatures, AUDITOR_KEY.cosign(made.note.text, clock()))
        text = replace(made.note, signatures=signed).whole
        system.checkpoints.take(c, text, clock(), AUDITOR_KEY.public)
    clock.wait(days=1)
    publish(system, ALL, Question("2021-11-01"), [Wanted("repair.by_record")], "更正")
    return system


def bundle_of(system: System, file: Path, case: str | None = None) -> Path:
    with file.open("wb") as out:
        write_bundle(system, ALL, out, case)
    return file


def a_case_of(system: System) -> str:
    """The number of the case with the most entries."""
    question = f"SELECT number FROM {CASE_FILE} ORDER BY version DESC, number LIMIT 1"
    with system.database.read() as c:
        return str(rows(c, question)[0][0])


def members_of(file: Path) -> Members:
    with ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: Members, file: Path) -> Path:
    # Stored as it is: hundreds of them are packed, and nobody keeps one.
    with ZipFile(file, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return file


def verdict(file: Path, *options: str) -> tuple[int, str]:
    """How the verifier ends, and what it says in English."""
    return judge([str(file), "--lang", "en", *options])


def lines_of(members: Members, name: str) -> list[bytes]:
    return members[name].splitlines()


def with_lines(members: Members, name: str, lines: list[bytes]) -> Members:
    return {**members, name: b"".join(line + b"\n" for line in lines)}


def entries_of(members: Members) -> list[list[Any]]:
    return [json.loads(line) for line in lines_of(members, "entries.jsonl")]


def line_of_entry(row: list[Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


@contextmanager
def kept_as(text: bytes, file: Path) -> Iterator[str]:
    file.write_bytes(text)
    yield str(file)


def a_strangers_key(name: str) -> SigningKey:
    return SigningKey(name, 1, b"\7" * 32)
