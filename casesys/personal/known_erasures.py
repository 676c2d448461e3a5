"""The list of erasures beside the master key: what a restore and an old backup are told of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection

from casesys.personal.forgetting import Forgotten, Used, without_use
from casesys.stopping import Stopped
from casesys.whole_file import flush_folder
from projections.driver import rows_in, write
from projections.evidence_use import EVIDENCE_USE
from projections.published import PUBLISHED_FIGURES

if TYPE_CHECKING:
    from casesys.system import System

FILE = "erasures.jsonl"


class ListIsDamaged(Stopped):
    """The list of erasures holds a line that is none; nothing may be restored without it."""


class Known(msgspec.Struct, frozen=True):
    """One erasure, without a word of what was erased."""

    certificate: str
    subject: str
    version: int
    erased_at: str
    cases: list[str]
    """Under which names forms are about the subject, if it is a case."""
    files: list[str]

    @property
    def forgotten(self) -> Forgotten:
        return Forgotten(self.subject, self.version, self.files)


def known_in(home: Path) -> list[Known]:
    """Every erasure that was written down here; nothing where none ever was.

    :raises ListIsDamaged: a line is not what was written
    """
    file = home / FILE
    if not file.exists():
        return []
    lines = file.read_bytes().split(b"\n")
    # The last line has no end where its writing was interrupted; it is written again.
    try:
        return [msgspec.json.decode(line, type=Known) for line in lines[:-1] if line]
    except msgspec.MsgspecError as wrong:
        raise ListIsDamaged("erasures_damaged", file=FILE) from wrong


def write_down(home: Path, erasures: Sequence[Known]) -> int:
    """Add those that the list does not hold yet; how many they were."""
    held = {(one.subject, one.version) for one in known_in(home)}
    new = [one for one in erasures if (one.subject, one.version) not in held]
    if not new:
        return 0
    descriptor = os.open(home / FILE, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        whole = file.read().rpartition(b"\n")
        file.seek(len(whole[0]) + len(whole[1]))
        file.truncate()
        file.write(b"".join(msgspec.json.encode(one) + b"\n" for one in new))
        file.flush()
        os.fsync(file.fileno())
    flush_folder(home)
    return len(new)


def apply_to_vault(c: Connection, erasures: Iterable[Known]) -> int:
    """Drop the keys that an older copy still holds; one made after its erasure stays."""
    known = {one.subject: one.erased_at for one in erasures}
    question = "SELECT subject, wrapped_key, dropped_at FROM vault WHERE subject IN ({keys})"
    old = [
        (known[subject], subject)
        for subject, wrapped, dropped_at in rows_in(c, question, known)
        if wrapped is not None and is_older(dropped_at, known[subject])
    ]
    write(c, "UPDATE vault SET wrapped_key = NULL, dropped_at = ? WHERE subject = ?", old)
    return len(old)


def is_older(dropped_at: str | None, erased_at: str) -> bool:
    """Whether a row of the vault is of before the erasure: its key is the one that fell."""
    return dropped_at is None or dropped_at < erased_at


def apply_to_working_tables(c: Connection, erasures: Iterable[Known]) -> None:
    """Delete what an older copy holds of forms that were begun."""
    for one in erasures:
        write(c, "UPDATE receipt SET digest = '' WHERE stream_id = ?", [(one.subject,)])
        for name in one.cases:
            begins = f"/cases/{name}/"
            write(c, "DELETE FROM draft WHERE substr(place, 1, ?) = ?", [(len(begins), begins)])
    # Lists of acts are forgotten after a month anyway, and which cases one is about is sealed.
    write(c, "DELETE FROM bulk", [()])


def apply_known(system: System, c: Connection) -> None:
    """What was erased since a backup was made falls again when that backup is restored.

    The caller's transaction holds the restored office, its read models with it.
    """
    known = known_in(system.settings.home)
    if not known:
        return
    apply_to_vault(c, known)
    apply_to_working_tables(c, known)
    store = system.evidence_in(c)
    for sha256 in sorted(files_of(c, known)):
        store.remove(sha256)


def files_of(c: Connection, erasures: Sequence[Known]) -> set[str]:
    """The files of these erasures that nothing else in this office rests on."""
    return unused(c, [one.forgotten for one in erasures])


def unused(c: Connection, forgotten: Sequence[Forgotten]) -> set[str]:
    names = {sha256 for one in forgotten for sha256 in one.files}
    used = f"SELECT stream_id, version, sha256 FROM {EVIDENCE_USE} WHERE sha256 IN ({{keys}})"
    uses: list[Used] = [Used(*row) for row in rows_in(c, used, names)]
    published = f"SELECT stream_id, sha256 FROM {PUBLISHED_FIGURES} WHERE sha256 IN ({{keys}})"
    uses += [Used(stream, 1, sha256) for stream, sha256 in rows_in(c, published, names)]
    return without_use(forgotten, uses)
