"""What the doctor found as a signed page: written, kept, read back.

The text is a line a fact: the name of the log with ``/proven``, the format, when, how many
entries, the head of their tree, each check with where and how much, the backup, how many
differences, the first of them, and the seconds. Its name is no log's, so it is no checkpoint.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from casesys.doctor.checking import SHOWN, Check, Remark
from casesys.permits import Permit, Person
from casesys.proofs.checkpoints import CheckpointRefused, origin_of
from casesys.proofs.signing import office_key, signed_by
from casesys.system import System
from casesys.verifier.notes import NoNote, Note, read_note
from projections.driver import rows, write
from projections.paging import paged

FORMAT = "casesys proven 1"
SIZE = 20
NO_LOG = "casesys/000000000000"
"""What signs where the log is empty, or its tree so damaged that it has no name."""
KEEP = (
    "INSERT INTO proven (at, note) VALUES (?, ?) "
    "ON CONFLICT (at) DO UPDATE SET note = excluded.note"
)


class Line(NamedTuple):
    """One check of a kept page."""

    where: str
    name: str
    counted: int
    found: int

    @property
    def title(self) -> str:
        return f"doctor.check.{self.name}"


class Proven(NamedTuple):
    """One page as it was kept; ``sound`` is whether its signature is the office's."""

    at: str
    entries: int
    lines: Sequence[Line]
    backup: str
    differences: int
    named: Sequence[tuple[str, str, Remark]]
    seconds: str
    whole: str
    sound: bool

    @property
    def holds(self) -> bool:
        return self.sound and not self.differences


class ProvenPage(NamedTuple):
    """One page of what was kept, the newest first."""

    rows: Sequence[Proven]
    total: int
    page: int
    pages: int
    first: int


def text_of(
    origin: str, at: str, size: int, head: bytes, checks: Sequence[Check], backup: str, seconds: int
) -> str:
    found = sum(check.found for check in checks)
    lines = [f"{origin}/proven", FORMAT, f"at {at}", f"entries {size}"]
    lines.append(f"head {b64encode(head).decode() or '-'}")
    lines += [f"checked {one.where} {one.name} {one.counted} {one.found}" for one in checks]
    lines += [f"backup {backup}", f"differences {found}"]
    named = [(check, one) for check in checks for one in check.differences][:SHOWN]
    for check, one in named:
        told = msgspec.json.encode([one.code, one.values]).decode()
        lines.append(f"difference {check.where} {check.name} {told}")
    return "\n".join([*lines, f"seconds {seconds}", ""])


def sign(system: System, c: Connection, at: str, text_from: str, body: str) -> str:
    """Keep the page under the office's signature, and answer with the whole note."""
    key = office_key(system.checkpoints.seed, text_from)
    note = Note(body, (key.sign(body),)).whole
    write(c, KEEP, [(at, note)])
    return note


def origin_here(c: Connection) -> str:
    try:
        return origin_of(c)
    except CheckpointRefused:
        return NO_LOG


def latest_proven(system: System, person: Person) -> Proven | None:
    """:raises NotPermitted: neither auditor nor operator"""
    found = proven_page(system, person, 1, 1).rows
    return found[0] if found else None


def proven_at(system: System, person: Person, at: str) -> Proven | None:
    person.require(Permit.AUDIT)
    with system.database.read() as c:
        found = rows(c, "SELECT at, note FROM proven WHERE at = ?", [at])
        return read_proven(system, c, *found[0]) if found else None


def proven_page(system: System, person: Person, page: int, size: int = SIZE) -> ProvenPage:
    """:raises NotPermitted: neither auditor nor operator"""
    person.require(Permit.AUDIT)
    with system.database.read() as c:
        total = int(rows(c, "SELECT COUNT(*) FROM proven")[0][0])
        at = paged(total, page, size)
        question = "SELECT at, note FROM proven ORDER BY at DESC LIMIT ? OFFSET ?"
        found = [read_proven(system, c, *row) for row in rows(c, question, [size, at.start])]
    return ProvenPage(found, at.total, at.page, at.pages, at.first)


def read_proven(system: System, c: Connection, at: str, whole: str) -> Proven:
    """A page that was altered is shown as it is, and said not to be sound."""
    try:
        note = read_note(whole)
        origin = note.text.split("\n", 1)[0].removesuffix("/proven")
        key = office_key(system.checkpoints.seed, origin_here(c))
        own = key.public.name == origin and signed_by(note, key.public)
        read = _read(note.text)
    except (NoNote, ValueError, IndexError, KeyError, msgspec.MsgspecError):
        return Proven(at, 0, (), "-", 0, (), "0", whole, False)
    return read._replace(whole=whole, sound=own and read.at == at)


def _read(text: str) -> Proven:
    told: dict[str, str] = {}
    lines, named = [], []
    for line in text.splitlines()[2:]:
        word, _, rest = line.partition(" ")
        if word == "checked":
            where, name, counted, found = rest.split(" ")
            lines.append(Line(where, name, int(counted), int(found)))
        elif word == "difference":
            where, name, what = rest.split(" ", 2)
            code, values = msgspec.json.decode(what, type=tuple[str, dict[str, object]])
            named.append((where, name, Remark(code, values)))
        else:
            told[word] = rest
    return Proven(
        told["at"],
        int(told["entries"]),
        lines,
        told["backup"],
        int(told["differences"]),
        named,
        told["seconds"],
        "",
        False,
    )
