"""Audit bundles: the log, or one case of it, with everything that proves it to a stranger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from itertools import pairwise
from typing import IO, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import Connection

from casesys.figures.cases_of_day import within
from casesys.figures.receipts import document_of, receipt_in_log
from casesys.people.attempts import EXPORT_BUNDLE, note_attempt
from casesys.permits import Permit, Person
from casesys.proofs.checkpoints import Kept, cosigners, kept
from casesys.proofs.joined import joined_verifier
from casesys.proofs.merkle import consistency_proof, inclusion_proof
from casesys.proofs.tree_of_log import node_of
from casesys.registry import decode, encode, encode_lines
from casesys.system import StreamIsUnknown, System
from casesys.verifier.bundle import (
    BUNDLE,
    ENTRIES,
    FORMAT,
    GROWTH,
    HEAD,
    KEYS,
    LEAVES,
    NEWEST,
    OLDER,
    ONE_CASE,
    PROOFS,
    RECEIPTS,
    WHOLE_LOG,
)
from casesys.verifier.leaves import COLUMNS
from casesys.words import say
from domain.office import enterprise_id
from domain.published import PublishedFigures
from projections.driver import pages, rows

AT_ONCE = 5000
"""How many entries are held in memory."""
DEFLATE = 3
"""Twice as fast as the library's own choice, for a file a tenth longer."""
ENTRIES_UPTO = f"SELECT {', '.join(COLUMNS)} FROM log WHERE position <= ? ORDER BY position"
LEAVES_UPTO = "SELECT hash FROM tree_leaf WHERE position <= ? ORDER BY position"
OF_TWO_STREAMS = (
    f"SELECT {', '.join(COLUMNS)} FROM log WHERE stream_id IN (?, ?) AND position <= ? "
    "ORDER BY position"
)
PUBLISHED = "SELECT data FROM log WHERE topic = ? AND position <= ? ORDER BY position"


class Bundled(NamedTuple):
    """What a bundle holds: how many entries, and the checkpoint that it ends with."""

    entries: int
    checkpoint: Kept


def write_bundle(
    system: System, person: Person, out: IO[bytes], case: str | None = None
) -> Bundled:
    """Sign the log as it stands, and write all of it, or the case of this number.

    :raises NotPermitted: neither auditor nor operator
    :raises StreamIsUnknown: no case has this number or reference, or it is beyond reach
    :raises CheckpointRefused: the log is empty
    """
    person.require(Permit.AUDIT)
    stream = None if case is None else _stream_of(system, person, case)
    with system.database.write() as c:
        system.database.lock(c)
        newest = system.checkpoints.make(c, system.now())
    # Before the first byte: what was fetched by half has left the office as well.
    note_attempt(system, person.id, EXPORT_BUNDLE, stream)
    with system.database.read() as c, _Archive(out, newest) as archive:
        if stream is None:
            many = _whole_log(system, c, archive)
        else:
            many = _one_case(system, c, archive, stream)
    return Bundled(many, newest)


def _stream_of(system: System, person: Person, case: str) -> str:
    with system.database.read() as c:
        found = system.models.case_file.find(c, case) if case.isprintable() else None
        if found is None or (person.reach and found.stream_id not in within(c, person.reach)):
            raise StreamIsUnknown(case)
        return str(found.stream_id)


class _Archive:
    """A zip that is written from its beginning to its end, whatever it is written to."""

    def __init__(self, out: IO[bytes], newest: Kept) -> None:
        self.newest = newest
        self.size = newest.checkpoint.size
        self._zip = ZipFile(out, "w", ZIP_DEFLATED, allowZip64=True, compresslevel=DEFLATE)

    def __enter__(self) -> _Archive:
        return self

    def __exit__(self, *raised: object) -> None:
        self._zip.close()

    @contextmanager
    def member(self, name: str) -> Iterator[IO[bytes]]:
        # How long it becomes is not known before; the form for long ones serves the short as well.
        with self._zip.open(name, "w", force_zip64=True) as file:
            yield file

    def put(self, name: str, text: bytes) -> None:
        with self.member(name) as file:
            file.write(text)


def _whole_log(system: System, c: Connection, archive: _Archive) -> int:
    many = 0
    lost: list[str] = []
    _opening(system, c, archive, "")
    with archive.member(ENTRIES) as file:
        for page in pages(c, ENTRIES_UPTO, [archive.size], AT_ONCE):
            file.write(encode_lines(page))
            many += len(page)
    with archive.member(LEAVES) as file:
        for page in pages(c, LEAVES_UPTO, [archive.size], AT_ONCE):
            file.write(b"".join([b"%b\n" % bytes(leaf).hex().encode() for (leaf,) in page]))
    for number in list(_published(c, archive)):
        receipt = receipt_in_log(system, c, number)
        document = None if receipt is None else document_of(system, receipt)
        if document is None:
            lost.append(number)
        else:
            archive.put(f"{RECEIPTS}{number}.json", document.text)
    _head(archive, "", lost)
    return many


def _one_case(system: System, c: Connection, archive: _Archive, stream: str) -> int:
    """The entries of the case and of its enterprise: who it is about stands in the second only."""
    found = system.models.case_file.of(c, stream)
    _opening(system, c, archive, found.number)
    both = [stream, str(enterprise_id(found.enterprise))]
    entries = rows(c, OF_TWO_STREAMS, [*both, archive.size])
    node = node_of(c)
    archive.put(ENTRIES, encode_lines(entries))
    proofs = (
        {"position": row[0], "proof": _told(inclusion_proof(row[0] - 1, archive.size, node))}
        for row in entries
    )
    archive.put(PROOFS, encode_lines(list(proofs)))
    _head(archive, found.number, [])
    return len(entries)


def _head(archive: _Archive, case: str, lost: Sequence[str]) -> None:
    kind = ONE_CASE if case else WHOLE_LOG
    head = {"bundle": BUNDLE, "format": FORMAT, "kind": kind, "case": case, "lost_receipts": lost}
    archive.put(HEAD, encode(head) + b"\n")


def _opening(system: System, c: Connection, archive: _Archive, case: str) -> None:
    """What both kinds hold besides entries."""
    joined = joined_verifier()
    archive.put("README.txt", _readme(archive, case, joined.sha256))
    archive.put("verify.py", joined.text)
    archive.put(NEWEST, archive.newest.note.whole.encode())
    signed = [one for one in kept(c) if one.checkpoint.size <= archive.size]
    for one in signed:
        if one.checkpoint.size < archive.size:
            archive.put(f"{OLDER}{one.checkpoint.size:012d}.txt", one.note.whole.encode())
    keys = [system.checkpoints.key(c).public, *cosigners(c)]
    archive.put(KEYS, "".join(f"{key.line}\n" for key in keys).encode())
    node = node_of(c)
    growth = (
        {"from": old, "to": new, "proof": _told(consistency_proof(old, new, node))}
        for old, new in pairwise(one.checkpoint.size for one in signed)
    )
    archive.put(GROWTH, encode_lines(list(growth)))


def _readme(archive: _Archive, case: str, sha256: str) -> bytes:
    code = "bundle.is.case" if case else "bundle.is.log"
    checkpoint = archive.newest.checkpoint
    text = (files("casesys.proofs") / "bundle_readme.txt").read_text("utf-8")
    return text.format(
        what_zh=say(code, "zh", case=case),
        what_en=say(code, "en", case=case),
        origin=checkpoint.origin,
        size=checkpoint.size,
        made_at=checkpoint.made_at[:19].replace("T", " "),
        sha256=sha256,
        columns=", ".join(COLUMNS),
    ).encode()


def _published(c: Connection, archive: _Archive) -> Iterator[str]:
    """The number of every receipt that the office gave out."""
    topic = PublishedFigures.FiguresPublished.TOPIC
    for page in pages(c, PUBLISHED, [topic, archive.size], 100):
        yield from (decode(text)["number"] for (text,) in page)


def _told(proof: Iterable[bytes]) -> list[str]:
    return [step.hex() for step in proof]
