"""A restore brings everything or nothing, and may be tried beside an office that works on."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from casesys import migrations
from casesys.backup import BackupRefused, backup, restore, restore_elsewhere
from casesys.backup.archive import Parts
from casesys.evidence import EvidenceStore
from casesys.install import create_tables
from casesys.rebuild import verify
from casesys.sealed_files import new_key
from casesys.system import EvidenceKeyMissing, System
from casesys.vault import EVIDENCE
from projections.driver import rows, write
from tests.casesys.backup.test_backup import a_photo, opened
from tests.register import made_register, record
from tests.stores import settings_of

KEY = new_key()


def files_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_sealed_backup_is_tried_elsewhere_and_the_office_is_not_touched(
    store: System, tmp_path: Path
) -> None:
    record(store, made_register(5, 5, sealed=True), 50)
    picture = a_photo(store)
    made = backup(store, tmp_path / "office.tar", KEY)
    before = files_of(store.settings.home)
    scratch = System(
        restore_elsewhere(store.settings, tmp_path / "office.tar", tmp_path / "try", KEY)
    )
    assert scratch.database.is_sqlite
    with scratch.database.read() as c:
        assert scratch.log.digest(c)[0] == made["log_digest"]
        assert rows(c, "SELECT COUNT(*), MAX(size) FROM checkpoint") == [(1, made["position"])]
    assert verify(scratch)["equal"] and scratch.evidence.verify(picture)
    scratch.database.dispose()
    assert files_of(store.settings.home) == before


def test_a_restore_says_that_another_key_signs_from_now_on(store: System, tmp_path: Path) -> None:
    record(store, made_register(5, 5, sealed=True), 50)
    file = tmp_path / "office.tar"
    backup(store, file)
    own = store.settings.signing_key
    told = []
    for name, key in (("own", own), ("other", bytes(byte ^ 1 for byte in own))):
        url = f"sqlite:///{tmp_path / name}.db"
        new = replace(store.settings, home=tmp_path / name, database_url=url, signing_key=key)
        told.append(restore(new, file)["other_signing_key"])
    assert told == [False, True]


def test_evidence_is_sealed_in_the_archive_and_anew_in_the_new_place(
    store_on_sqlite: System, tmp_path: Path
) -> None:
    picture = a_photo(store_on_sqlite)
    content = store_on_sqlite.evidence.read(picture)
    backup(store_on_sqlite, tmp_path / "office.tar")
    assert content not in (tmp_path / "office.tar").read_bytes()
    back = settings_of(tmp_path / "back")
    create_tables(System(back))
    restore(back, tmp_path / "office.tar")
    (kept,) = (back.home / "evidence").glob("??/*")
    assert content not in kept.read_bytes()
    assert System(back).evidence.read(picture) == content


def test_a_home_that_an_older_release_made_and_never_used_takes_a_backup(
    store_on_sqlite: System, tmp_path: Path
) -> None:
    record(store_on_sqlite, made_register(5, 5, sealed=True), 50)
    made = backup(store_on_sqlite, tmp_path / "office.tar")
    older = System(settings_of(tmp_path / "older"))
    with older.database.write() as c:
        migrations.upgrade(c, "0003")
    assert restore(older.settings, tmp_path / "office.tar")["log_digest"] == made["log_digest"]
    older.database.dispose()


def test_a_restore_that_fails_leaves_no_evidence_behind(
    store_on_sqlite: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(store_on_sqlite, made_register(5, 3), 50)
    a_photo(store_on_sqlite)
    backup(store_on_sqlite, tmp_path / "office.tar")

    def fails(*_: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("casesys.backup.restoring.rebuild_in", fails)
    back = settings_of(tmp_path / "back")
    with pytest.raises(BackupRefused):
        restore(back, tmp_path / "office.tar")
    assert list((back.home / "evidence").glob("??/*")) == []
    monkeypatch.undo()
    assert restore(back, tmp_path / "office.tar")["evidence"] == 1


def test_evidence_that_does_not_open_is_found_before_anything_is_kept(
    store_on_sqlite: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every digest of the archive is right: another office's file was put into it."""
    picture = a_photo(store_on_sqlite)
    other = EvidenceStore(tmp_path / "other", new_key())
    other.adopt(BytesIO(store_on_sqlite.evidence.read(picture)), picture)
    (foreign,) = (tmp_path / "other").glob("??/*")
    monkeypatch.setattr(EvidenceStore, "sealed", lambda *_: foreign.read_bytes())
    backup(store_on_sqlite, tmp_path / "office.tar")
    with pytest.raises(BackupRefused, match=picture):
        restore(settings_of(tmp_path / "back"), tmp_path / "office.tar")
    assert list((tmp_path / "back" / "evidence").glob("??/*")) == []


def test_an_archive_of_the_first_format_is_restored_and_its_evidence_sealed(
    store_on_sqlite: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(store_on_sqlite, made_register(5, 3, sealed=True), 50)
    picture = a_photo(store_on_sqlite)
    content = store_on_sqlite.evidence.read(picture)
    finish = Parts.finish

    def first(parts: Parts, manifest: dict[str, Any]) -> dict[str, Any]:
        monkeypatch.setattr("casesys.backup.archive.FORMAT", 1)
        return finish(parts, manifest)

    with store_on_sqlite.database.write() as c:
        kept = rows(c, "SELECT * FROM vault WHERE subject = ?", [EVIDENCE])
        write(c, "DELETE FROM vault WHERE subject = ?", [(EVIDENCE,)])
    with monkeypatch.context() as patch:
        patch.setattr(EvidenceStore, "sealed", lambda *_: content)
        patch.setattr(Parts, "finish", first)
        backup(store_on_sqlite, tmp_path / "office.tar")
    with store_on_sqlite.database.write() as c:
        write(c, "INSERT INTO vault VALUES (?, ?, ?, ?)", kept)
    monkeypatch.undo()
    assert content in (tmp_path / "office.tar").read_bytes()
    back = settings_of(tmp_path / "back")
    restore(back, tmp_path / "office.tar")
    assert System(back).evidence.read(picture) == content
    assert all(content not in path.read_bytes() for path in back.home.rglob("??/*"))


def test_a_lost_master_key_leaves_the_log_and_an_office_that_can_go_on(
    store_on_sqlite: System, tmp_path: Path
) -> None:
    record(store_on_sqlite, made_register(5, 5, sealed=True), 50)
    picture = a_photo(store_on_sqlite)
    backup(store_on_sqlite, tmp_path / "office.tar")
    other = replace(settings_of(tmp_path / "other"), master_key=new_key())
    assert restore(other, tmp_path / "office.tar", other_key=True)["evidence"] == 0
    system = System(other)
    assert not system.evidence.verify(picture)
    assert system.evidence.verify(a_photo(system))
    with system.database.write() as c:
        note = system.vault.sealer(c, "a stream", 1, system.now())("note", "again")
        assert system.vault.open(c, "a stream", 1, "note", note) == "again"
        assert opened(system, c) == {None}
    system.database.dispose()


def test_the_key_of_the_evidence_is_never_made_anew_for_files_that_need_the_old_one(
    store_on_sqlite: System,
) -> None:
    a_photo(store_on_sqlite)
    with store_on_sqlite.database.write() as c:
        write(c, "DELETE FROM vault WHERE subject = ?", [(EVIDENCE,)])
    again = System(store_on_sqlite.settings)
    with pytest.raises(EvidenceKeyMissing, match="no key for the files of evidence"):
        create_tables(again)
    with pytest.raises(EvidenceKeyMissing):
        again.evidence  # noqa: B018
    again.database.dispose()
