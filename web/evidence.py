"""Files of evidence: received once by content, shown without what a camera wrote into them."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from flask import Blueprint, Response, abort, current_app, request

from casesys import EvidenceRefused, Permit, erasure_of_file, instant, sees_evidence
from web.permits import permit, person
from web.reading import evidence_store, local_minute, system, t
from web.refusals import Told

blueprint = Blueprint("evidence", __name__)

LONGEST_SIDE = 1600
THUMBNAIL = 480
"""The longest side of a picture among many; twice what the page gives it, for fine screens."""
PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}
A_DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Received:
    """A file that came with a form; time and place are what the camera says, as a form has them."""

    sha256: str
    taken_at: str | None
    taken_where: str | None


@blueprint.get("/evidence/<sha256>")
@permit(Permit.READ)
def file(sha256: str) -> Response:
    """A picture for the screen; what is no picture is handed over as a download."""
    if not sees_evidence(system(), person(), sha256):
        abort(404)
    store = evidence_store()
    try:
        small = request.args.get("size") == "small"
        content = store.sanitised(sha256, longest_side=THUMBNAIL if small else LONGEST_SIDE)
    except EvidenceRefused as refused:
        if refused.code == "evidence.unknown" and (gone := erasure_of_file(system(), sha256)):
            words = t("personal.file_erased", day=gone.day, number=gone.number)
            raise Told(410, words) from refused
        if refused.code != "evidence.no_picture":
            raise
        return _download(sha256)
    kind = next((k for mark, k in PICTURES.items() if content.startswith(mark)), None)
    if kind is None:
        return _download(sha256)
    answer = Response(content, mimetype=kind)
    _guard(answer, f"{sha256}-small" if small else sha256)
    return answer


def _download(sha256: str) -> Response:
    content = evidence_store().read(sha256)
    answer = Response(content, mimetype="application/octet-stream")
    extension = "pdf" if content.startswith(b"%PDF") else "bin"
    answer.headers["Content-Disposition"] = f'attachment; filename="{sha256[:12]}.{extension}"'
    _guard(answer, sha256)
    return answer


def _guard(answer: Response, tag: str) -> None:
    # The content never changes under its hash, but only this reader's browser may keep it.
    answer.headers["Cache-Control"] = f"private, max-age={A_DAY}, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.set_etag(tag)


def kept(sha256: str) -> str:
    """A received file as this person's forms carry it on: its digest, under our own mark.

    A digest alone opens nothing: who only knows one would attach another unit's file to a case
    of their own, and so come to see it.
    """
    return f"{sha256}.{_mark(sha256)}"


def taken_back(carried: str) -> str:
    """The digest that a form of this person carried; empty where it was not given to them."""
    sha256, _, mark = carried.partition(".")
    return sha256 if hmac.compare_digest(mark.encode(), _mark(sha256).encode()) else ""


def _mark(sha256: str) -> str:
    key = str(current_app.secret_key).encode()
    return hmac.new(key, f"received|{person().id}|{sha256}".encode(), "sha256").hexdigest()


def holds(sha256: str) -> bool:
    """Whether a file that a form says was received is really kept."""
    try:
        evidence_store().open(sha256).close()
    except EvidenceRefused:
        return False
    return True


def is_picture(sha256: str) -> bool:
    """Whether a file that was received can be shown on the page."""
    try:
        with evidence_store().open(sha256) as stored:
            head = stored.read(8)
    except EvidenceRefused:
        return False
    return any(head.startswith(mark) for mark in PICTURES)


def received(name: str) -> Received | None:
    """The file that came under this name; None if the reader chose none.

    A telephone has two fields for it, its pictures and its camera: what was taken last counts.

    :raises EvidenceRefused: it is no evidence
    """
    upload = next((file for file in request.files.getlist(name)[::-1] if file.filename), None)
    if upload is None:
        return None
    stored = evidence_store().put(upload.stream, upload.filename or "")
    where = None
    if stored.position is not None:
        where = f"{stored.position.latitude:.6f}, {stored.position.longitude:.6f}"
    taken = local_minute(instant(stored.taken_at)) if stored.taken_at is not None else None
    return Received(stored.sha256, taken, where)
