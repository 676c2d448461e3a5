"""Certificates of erasures: what was erased, by whom and why, and where the log proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from casesys.log import SELECT
from casesys.permits import Permit, Person
from casesys.personal.sweeping import unused_of
from casesys.proofs.checkpoints import CheckpointRefused, newest, read
from casesys.proofs.merkle import inclusion_proof
from casesys.proofs.tree_of_log import head_of_log, node_of, size_of
from casesys.stopping import Stopped
from casesys.system import System
from casesys.vault import SealBroken, is_sealed
from casesys.verifier.leaves import COLUMNS, leaf_of
from casesys.verifier.tree import leaf_hash, shows_inclusion
from domain.entries import Entry
from domain.refusals import Refused
from projections.case_file import CASE_FILE
from projections.driver import rows
from projections.erasures import ERASURE, Erasure
from projections.evidence_use import EVIDENCE_USE
from projections.ledger import LEDGER
from projections.office import ACCOUNT, logins
from projections.paging import paged
from projections.uploads import UPLOAD

FORMAT = "casesys erasure certificate 1"
SIZE = 50
LONGEST_NUMBER = 40


class CertificateIsUnknown(Refused):
    """The office gave no such number, or it is of a case beyond reach."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """One erasure in full; ``waiting`` are files of it that the store still holds."""

    erasure: Erasure
    subject: str
    case_number: str | None
    by: str
    entry: Entry
    row: Sequence[Any]
    topics: Mapping[int, str]
    waiting: Sequence[str]

    @property
    def number(self) -> str:
        return self.erasure.number

    @property
    def fields(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.entry.data["fields"]
        return found

    @property
    def files(self) -> Sequence[str]:
        return list(self.entry.data.get("files", ()))

    @property
    def shared_files(self) -> Sequence[str]:
        return list(self.entry.data.get("shared_files", ()))

    @property
    def leaf(self) -> str:
        return leaf_hash(leaf_of(self.row)).hex()


class CertificatesPage(NamedTuple):
    """One page of erasures, the newest first, with the logins of who erased."""

    rows: Sequence[Erasure]
    subjects: Mapping[str, tuple[str, str | None]]
    by: Mapping[str, str]
    total: int
    page: int
    pages: int
    first: int


def certificates_page(system: System, person: Person, page: int) -> CertificatesPage:
    """What was erased within reach."""
    require_reader(person)
    with system.database.read() as c:
        _, total = system.models.erasures.page(c, person.reach, 0, 0)
        at = paged(total, page, SIZE)
        found, _ = system.models.erasures.page(c, person.reach, at.start, SIZE)
        by = logins(c, {one.actor for one in found})
        subjects = {one.stream_id: _subject(c, one) for one in found}
    return CertificatesPage(found, subjects, by, at.total, at.page, at.pages, at.first)


def require_reader(person: Person) -> None:
    """:raises NotPermitted: neither supervisor, auditor nor operator"""
    if not person.permits & {Permit.AUDIT, Permit.OPERATE}:
        person.require(Permit.ERASE)


def see_certificate(system: System, person: Person, number: str) -> Certificate:
    """:raises CertificateIsUnknown: the office gave no such number, or it is beyond reach"""
    number = number.strip()[:LONGEST_NUMBER]
    with system.database.read() as c:
        erasure = system.models.erasures.numbered(c, number)
        if erasure is None or not _within(c, person, erasure):
            raise CertificateIsUnknown(number=number)
        return _certificate(system, c, erasure)


def _within(c: Connection, person: Person, erasure: Erasure) -> bool:
    if not person.reach:
        return True
    question = f"SELECT 1 FROM {LEDGER} WHERE stream_id = ? AND unit = ?"
    return bool(rows(c, question, [erasure.stream_id, person.reach]))


def _certificate(system: System, c: Connection, erasure: Erasure) -> Certificate:
    (row,) = rows(c, f"{SELECT} WHERE position = ?", [erasure.position])
    stream = system.log.stream(c, erasure.stream_id)
    entry = next(one for one in stream if one.version == erasure.version)
    subject, number = _subject(c, erasure)
    gone = unused_of(system, c, erasure)
    store = system.settings.home / "evidence"
    return Certificate(
        erasure,
        subject,
        number,
        logins(c, [erasure.actor]).get(erasure.actor, erasure.actor),
        entry,
        row,
        {one.version: one.topic for one in stream},
        [name for name in sorted(gone) if (store / name[:2] / name[2:]).exists()],
    )


def _subject(c: Connection, erasure: Erasure) -> tuple[str, str | None]:
    """What the erasure is about, by a name that is not personal; and the case's number."""
    questions = {
        "case": f"SELECT number FROM {CASE_FILE} WHERE stream_id = ?",
        "account": f"SELECT login FROM {ACCOUNT} WHERE stream_id = ?",
        "upload": f"SELECT file_name FROM {UPLOAD} WHERE stream_id = ?",
    }
    found = rows(c, questions[erasure.kind], [erasure.stream_id])
    name = str(found[0][0] or "") if found else ""
    return name or erasure.stream_id, name if erasure.kind == "case" else None


def document_of_certificate(system: System, certificate: Certificate) -> bytes:
    """The certificate as a file: the same bytes as long as no later checkpoint is made.

    With the entry's columns as stored it holds all that its leaf is made of, and the way from the
    leaf to the head of the tree that was signed last.
    """
    erasure, entry = certificate.erasure, certificate.entry
    told = {
        "format": FORMAT,
        "number": certificate.number,
        "kind": erasure.kind,
        "subject": certificate.subject,
        "erased_at": erasure.erased_at,
        "by": certificate.by,
        "ground": entry.data["ground"],
        "rule": entry.data["rule"],
        "explanation": entry.data["explanation"],
        "entries": [
            {**one, "topic": certificate.topics[one["version"]]} for one in certificate.fields
        ],
        "files_removed": certificate.files,
        "files_of_others_too": certificate.shared_files,
        "log": {
            "position": erasure.position,
            "leaf": certificate.leaf,
            "columns": list(COLUMNS),
            "row": list(certificate.row),
        },
        "proof": _proof(system, erasure.position),
    }
    return msgspec.json.format(msgspec.json.encode(told, order="sorted"), indent=1) + b"\n"


def _proof(system: System, position: int) -> dict[str, Any]:
    """The way from the leaf to the head of the newest checkpoint; one is made where none covers."""
    with system.database.read() as c:
        kept = newest(c)
    if kept is None or kept.checkpoint.size < position:
        with system.database.write() as c:
            system.database.lock(c)
            kept = system.checkpoints.make(c, system.now())
    size = kept.checkpoint.size
    with system.database.read() as c:
        path = inclusion_proof(position - 1, size, node_of(c))
    return {"size": size, "path": [one.hex() for one in path], "checkpoint": kept.note.whole}


class Judged(NamedTuple):
    """What the log and the vault say to a certificate; no fault: it holds."""

    number: str
    faults: Sequence[str]

    @property
    def holds(self) -> bool:
        return not self.faults


def judge_certificate(system: System, person: Person, given: bytes | str) -> Judged:
    """Whether the erasure stands in the log as told, and nothing of it opens any more.

    :raises CertificateIsUnknown: the office gave no such number
    :raises Stopped: the file is something else
    """
    told: dict[str, Any] = {}
    number = given if isinstance(given, str) else ""
    if isinstance(given, bytes):
        try:
            told = msgspec.json.decode(given, type=dict[str, Any])
            number = str(told["number"])
        except (msgspec.MsgspecError, KeyError) as wrong:
            raise Stopped("no_certificate") from wrong
    certificate = see_certificate(system, person, number)
    faults = []
    with system.database.read() as c:
        if told and not (_says_the_same(told, certificate) and _proves(c, told, certificate)):
            faults.append("differs")
        if _opens(system, c, certificate):
            faults.append("opens")
    if certificate.waiting:
        faults.append("files")
    return Judged(certificate.number, faults)


def _says_the_same(told: Mapping[str, Any], certificate: Certificate) -> bool:
    log = told.get("log")
    entry = certificate.entry
    return (
        isinstance(log, dict)
        and log.get("leaf") == certificate.leaf
        and log.get("row") == list(certificate.row)
        and log.get("position") == entry.position
        and told.get("subject") == certificate.subject
        and told.get("files_removed") == certificate.files
        and told.get("files_of_others_too") == certificate.shared_files
        and [one.get("version") for one in told.get("entries", ())]
        == [one["version"] for one in certificate.fields]
    )


def _proves(c: Connection, told: Mapping[str, Any], certificate: Certificate) -> bool:
    """Whether the way in the file leads from the entry to a head that this log had."""
    try:
        proof = told["proof"]
        size = read(proof["checkpoint"]).checkpoint.size
        path = [bytes.fromhex(one) for one in proof["path"]]
    except (KeyError, TypeError, ValueError, CheckpointRefused):
        return False
    if size != proof["size"] or size > size_of(c):
        return False
    leaf, head = bytes.fromhex(certificate.leaf), head_of_log(c, size)
    agreed = read(proof["checkpoint"]).checkpoint.head == head
    return agreed and shows_inclusion(leaf, certificate.entry.position - 1, size, path, head)


def _opens(system: System, c: Connection, certificate: Certificate) -> bool:
    """Whether a field that was erased can still be read."""
    erased = {one["version"] for one in certificate.fields}
    for entry in system.log.stream(c, certificate.erasure.stream_id):
        if entry.version not in erased:
            continue
        for name, value in entry.data.items():
            if is_sealed(value) and _clear(system, c, entry, name) is not None:
                return True
    return False


def _clear(system: System, c: Connection, entry: Entry, name: str) -> str | None:
    try:
        return system.log.clear(c, entry, name)
    except SealBroken:
        return None


def number_of_erasure(system: System, person: Person, position: int) -> str | None:
    """The number of the certificate of an entry; None where it is no erasure within reach."""
    with system.database.read() as c:
        found = rows(c, f"SELECT stream_id FROM {ERASURE} WHERE position = ?", [position])
        erasures = system.models.erasures.of(c, [stream for (stream,) in found])
        return next(
            (
                one.number
                for one in erasures
                if one.position == position and _within(c, person, one)
            ),
            None,
        )


def erasure_of_file(system: System, sha256: str) -> Erasure | None:
    """The erasure that removed a file; None of one that was never here, or is still."""
    used = f"SELECT DISTINCT stream_id FROM {EVIDENCE_USE} WHERE sha256 = ?"
    with system.database.read() as c:
        streams = [stream for (stream,) in rows(c, used, [sha256])]
        erasures = system.models.erasures.of(c, streams)
        return next((one for one in erasures if sha256 in unused_of(system, c, one)), None)
