"""Erasures reach older backups: each is written anew without the keys and files that fell since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from casesys.backup import examine, rewrite
from casesys.backup.archive import LOG, part_of, readable
from casesys.personal.forgetting import Used, without_use
from casesys.personal.known_erasures import Known, is_older, known_in
from casesys.personal.sweeping import known_of
from casesys.registry import decode
from casesys.system import System
from domain.decisions.erasing import FILES
from domain.published import PublishedFigures

Row = dict[str, Any]


class Forgot(NamedTuple):
    """What was taken out of one archive."""

    file: str
    keys: int
    files: int


def forget_in(system: System, file: Path, key: bytes | None = None) -> Forgot:
    """Write an archive anew as if it had been made after every erasure that is known here.

    Its log stays as it was to the byte, and so do the proofs over it.

    :raises BackupRefused: the archive is damaged, does not open, or does not read back
    """
    known = _known(system)
    manifest = examine(file, key)
    with readable(file, key) as tar:
        used = list(_uses(part_of(tar, LOG), manifest["tables"]["log"]))
    files = without_use([one.forgotten for one in known], used)
    change = _Forgetting(known)
    held = {name for name in files if f"evidence/{name}" in manifest["parts"]}
    changes = {"vault": change.key, "receipt": change.digest, "draft": change.draft}
    if change.subjects:
        # Which cases a list of acts is about is sealed, and it is forgotten after a month anyway.
        changes["bulk"] = lambda row: None
    tables = manifest["tables"]
    rewrite(
        system,
        file,
        key,
        changes={table: one for table, one in changes.items() if table in tables},
        leave_out=held,
    )
    return Forgot(file.name, change.keys, len(held))


def _known(system: System) -> list[Known]:
    """The erasures of this log, and those that only the list beside the master key has."""
    with system.database.read() as c:
        found = known_of(system, c, system.models.erasures.all(c))
    here = {(one.subject, one.version) for one in found}
    written = known_in(system.settings.home)
    return [*found, *(one for one in written if (one.subject, one.version) not in here)]


class _Forgetting:
    """What becomes of the rows of an archive."""

    def __init__(self, known: Sequence[Known]) -> None:
        self.subjects = {one.subject: one.erased_at for one in known}
        self._begins = tuple(f"/cases/{name}/" for one in known for name in one.cases)
        self.keys = 0

    def key(self, row: Row) -> Row | None:
        erased_at = self.subjects.get(row["subject"])
        if (
            erased_at is None
            or row["wrapped_key"] is None
            or not is_older(row["dropped_at"], erased_at)
        ):
            return row
        self.keys += 1
        return row | {"wrapped_key": None, "dropped_at": erased_at}

    def digest(self, row: Row) -> Row | None:
        return row | {"digest": ""} if row["stream_id"] in self.subjects else row

    def draft(self, row: Row) -> Row | None:
        return None if row["place"].startswith(self._begins) else row


def _uses(log: Any, columns: list[str]) -> Iterator[Used]:
    """Every entry of an archived log that rests on a file."""
    places = [columns.index(name) for name in ("stream_id", "version", "topic", "data")]
    documents = PublishedFigures.FiguresPublished.TOPIC
    for line in log:
        row = msgspec.json.decode(line)
        stream, version, topic, data = (row[place] for place in places)
        names = ("sha256",) if topic == documents else FILES.get(topic, ())
        if names:
            facts = decode(data)
            for name in names:
                if facts[name]:
                    yield Used(stream, version, str(facts[name]))
