"""Photographs come in with the form, are kept once, and are shown without what the camera wrote."""

from __future__ import annotations

import gc
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, Request
from PIL import ExifTags, Image

from casesys.evidence import EvidenceStore, Stored
from casesys.system import System
from casesys.vault import is_sealed
from domain.entries import Entry
from tests import scenarios
from tests.offices import AUDITOR, OFFICER, OTHER_OFFICER, SUPERVISOR
from tests.web.helpers import Reader, app_of, hidden, words_of

POSITION: dict[int, Any] = {
    ExifTags.GPS.GPSLatitudeRef: "N",
    ExifTags.GPS.GPSLatitude: (23.0, 7.0, 30.0),
    ExifTags.GPS.GPSLongitudeRef: "E",
    ExifTags.GPS.GPSLongitude: (113.0, 15.0, 0.0),
}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def photograph(taken: str = "2021:07:08 15:40:00") -> bytes:
    """A JPEG with the time, the place and the name that a telephone writes into it."""
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "Camera of somebody"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(POSITION)
    written = BytesIO()
    Image.new("RGB", (60, 40), "navy").save(written, "JPEG", exif=exif)
    return written.getvalue()


@pytest.fixture
def app(system: System) -> Flask:
    return app_of(system)


@pytest.fixture
def number(system: System) -> str:
    return scenarios.case_number(system, scenarios.an_interviewed_case(system).stream)


def last(system: System, number: str) -> Entry:
    with system.database.read() as c:
        return system.log.stream(c, system.models.case_file.find(c, number).stream_id)[-1]


def upload(name: str, content: bytes) -> Any:
    return BytesIO(content), name


def test_a_photograph_says_itself_when_and_where_it_was_taken(
    system: System, app: Flask, number: str
) -> None:
    answer = Reader(app).do(number, "add_photo", sha256=upload("p.jpg", photograph()))
    assert answer.status_code == 303
    entry = last(system, number)
    assert entry.topic == "case.photo_added"
    assert entry.occurred_at == "2021-07-08T07:40:00.000000Z"
    where = entry.data["taken_where"]
    assert is_sealed(where)
    with system.database.read() as c:
        clear = system.vault.open(c, entry.stream_id, entry.version, "taken_where", where)
    assert clear == "23.125000, 113.250000"


def test_what_is_shown_carries_nothing_the_camera_wrote(
    system: System, app: Flask, number: str
) -> None:
    reader = Reader(app)
    reader.do(number, "add_photo", sha256=upload("p.jpg", photograph()))
    sha256 = last(system, number).data["sha256"]
    shown = reader.get(f"/evidence/{sha256}")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert not Image.open(BytesIO(shown.data)).getexif()
    assert b"somebody" in photograph() and b"somebody" not in shown.data
    assert "private" in shown.headers["Cache-Control"]
    assert f"/evidence/{sha256}" in reader.get(f"/cases/{number}/entries/7").text


def test_a_stranger_sees_no_photograph(system: System, app: Flask, number: str) -> None:
    Reader(app).do(number, "add_photo", sha256=upload("p.jpg", photograph()))
    sha256 = last(system, number).data["sha256"]
    assert Reader(app, None).get(f"/evidence/{sha256}").status_code == 303


def test_a_unit_sees_the_files_of_its_own_cases_alone(
    system: System, app: Flask, number: str
) -> None:
    officer, unit = Reader(app), Reader(app, OTHER_OFFICER)
    officer.do(number, "add_photo", sha256=upload("p.jpg", photograph()))
    here = f"/evidence/{last(system, number).data['sha256']}"
    assert unit.get(here).status_code == 200
    moved = {"unit": "区住房和城乡建设局"}
    scenarios.give(system, "assign_case", moved, UUID(last(system, number).stream_id))
    assert unit.get(here).status_code == 404
    assert unit.get(f"/evidence/{'0' * 64}").status_code == 404
    for login in (OFFICER, SUPERVISOR, AUDITOR):
        assert Reader(app, login).get(here).status_code == 200


def test_without_the_question_of_reach_a_foreign_file_would_be_shown(
    system: System, app: Flask, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Reader(app).do(number, "add_photo", sha256=upload("p.jpg", photograph()))
    entry = last(system, number)
    moved = {"unit": "区住房和城乡建设局"}
    scenarios.give(system, "assign_case", moved, UUID(entry.stream_id))
    unit, here = Reader(app, OTHER_OFFICER), f"/evidence/{entry.data['sha256']}"
    assert unit.get(here).status_code == 404
    monkeypatch.setattr("web.evidence.sees_evidence", lambda *_: True)
    assert unit.get(here).status_code == 200


def test_a_file_that_no_case_rests_on_yet_is_seen_by_whoever_works(
    system: System, app: Flask
) -> None:
    kept = system.evidence.put(BytesIO(photograph()), "p.jpg")
    assert Reader(app, OTHER_OFFICER).get(f"/evidence/{kept.sha256}").status_code == 200


def test_after_a_refusal_the_photograph_need_not_be_chosen_again(
    system: System, app: Flask, number: str
) -> None:
    reader, to = Reader(app), f"/cases/{number}/do/add_photo"
    future = {"taken_at": "2021-08-01T10:00", "sha256": upload("p.jpg", photograph())}
    refused = reader.send(to, **future)
    assert refused.status_code == 422 and "已收下的文件" in words_of(refused.text)
    assert reader.answer(refused, to, taken_at="2021-07-08T15:40").status_code == 303
    assert last(system, number).topic == "case.photo_added"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("p.jpg", PDF, "内容不是"),
        ("p.exe", b"MZ" + b"x" * 100, "不收"),
        ("p.jpg", b"", "文件是空的"),
        ("p.jpg", photograph()[:200], "请"),
    ],
)
def test_a_file_that_is_no_evidence_is_refused_at_its_field(
    app: Flask, number: str, name: str, content: bytes, sentence: str
) -> None:
    answer = Reader(app).do(
        number,
        "add_photo",
        sha256=upload(name, content),
        caption="门口",
        taken_at="2021-07-08T15:40",
    )
    assert answer.status_code == 422
    assert sentence in words_of(answer.text)
    assert "门口" in answer.text and 'id="field-sha256-error"' in answer.text


def test_a_signed_document_is_handed_over_as_a_download(
    system: System, app: Flask, number: str
) -> None:
    reader = Reader(app)
    signed = {**scenarios.commitment(), "sha256": upload("承诺书.pdf", PDF)}
    assert reader.do(number, "sign_commitment", **signed).status_code == 303
    handed = reader.get(f"/evidence/{last(system, number).data['sha256']}")
    assert handed.data == PDF
    assert handed.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in handed.headers["Content-Security-Policy"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_is_uploaded_waits_on_no_disk_as_it_is(
    app: Flask, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked at in every file without a name that the process has open when the store takes it."""
    letter = PDF + b"13800000000 " * 300_000 + b"%%EOF\n"
    put, seen = EvidenceStore.put, []

    def looked(store: EvidenceStore, stream: Any, name: str) -> Stored:
        nameless = [p for p in Path("/proc/self/fd").iterdir() if _is_nameless(p)]
        seen.append([p.read_bytes().startswith(b"%PDF") for p in nameless])
        return put(store, stream, name)

    monkeypatch.setattr(EvidenceStore, "put", looked)
    for kind in (app.request_class, Request):
        monkeypatch.setattr(app, "request_class", kind)
        signed = {**scenarios.commitment(), "sha256": upload("承诺书.pdf", letter)}
        Reader(app).do(number, "sign_commitment", **signed)
    assert [any(files) for files in seen] == [False, True], "without ours it lies there"
    assert seen[0], "it is on the disk, and cannot be read there"
    # The test's own browser leaves the file open in which it wrote the form.
    gc.collect()


def _is_nameless(link: Path) -> bool:
    with suppress(FileNotFoundError):
        return link.is_file() and link.readlink().name.endswith("(deleted)")
    return False


def test_a_file_that_the_disk_has_damaged_is_said_to_be_so(
    system: System, app: Flask, number: str
) -> None:
    reader = Reader(app)
    reader.do(number, "add_photo", sha256=upload("p.jpg", photograph()))
    sha256 = last(system, number).data["sha256"]
    (kept,) = (system.settings.home / "evidence").glob("??/*")
    kept.chmod(0o600)
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    answer = reader.get(f"/evidence/{sha256}")
    assert answer.status_code == 404 and "已经损坏" in words_of(answer.text)
    assert reader.get(f"/cases/{number}?tab=files").status_code == 200
    assert reader.get(f"/cases/{number}").status_code == 200


def test_a_digest_that_the_store_does_not_hold_is_no_evidence(
    system: System, app: Flask, number: str
) -> None:
    typed = {"taken_at": "2021-07-08T15:40", "kept-sha256": "0" * 64}
    answer = Reader(app).do(number, "add_photo", **typed)
    assert answer.status_code == 422 and "没有这个文件" in words_of(answer.text)


def test_knowing_the_digest_of_a_file_gives_nobody_the_file(
    system: System, app: Flask, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A unit's officer attaches another unit's picture to a case of their own by its digest."""
    own = scenarios.case_number(system, scenarios.an_interviewed_case(system, 2).stream)
    Reader(app).do(number, "add_photo", sha256=upload("p.jpg", photograph()))
    entry = last(system, number)
    moved = {"unit": "区住房和城乡建设局"}
    scenarios.give(system, "assign_case", moved, UUID(entry.stream_id))
    sha256 = entry.data["sha256"]
    unit, to = Reader(app, OTHER_OFFICER), f"/cases/{own}/do/add_photo"
    others = Reader(app).send(to, taken_at="2021-08-01T10:00", sha256=upload("p.jpg", photograph()))
    marked = hidden(others.text)["kept-sha256"]
    assert marked.startswith(sha256)
    for carried in (sha256, f"{sha256}.", marked, f"{sha256}.{'é' * 64}"):
        answer = unit.send(to, taken_at="2021-07-08T15:40", **{"kept-sha256": carried})
        assert answer.status_code == 422 and "没有这个文件" in words_of(answer.text)
        assert unit.get(f"/evidence/{sha256}").status_code == 404
    monkeypatch.setattr("web.errands.taken_back", lambda carried: carried)
    unit.send(to, taken_at="2021-07-08T15:40", **{"kept-sha256": sha256})
    assert unit.get(f"/evidence/{sha256}").status_code == 200, "the test would see the way in"
