"""A backup is one moment of a working office, whole or refused, and comes back as it was."""

from __future__ import annotations

import io
import random
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from casesys import migrations
from casesys.backup import BackupRefused, backup, examine, restore
from casesys.rebuild import digests, verify
from casesys.settings import from_environment
from casesys.system import System
from casesys.vault import Vault
from projections.driver import rows, write
from tests.register import made_register, record
from tests.stores import settings_of

CLEAR = "王五 13800000000"


def test_an_office_comes_back_as_it_was(store: System, tmp_path: Path) -> None:
    record(store, made_register(5, 20, sealed=True), 50)
    picture = a_photo(store)
    file = tmp_path / "backups" / "office.tar"
    made = backup(store, file)
    assert made["position"] == examine(file)["position"] > 200
    assert file.stat().st_mode & 0o077 == 0
    back = settings_of(tmp_path / "back")
    answer = restore(back, file)
    assert answer["position"] == made["position"]
    again = System(back)
    with store.database.read() as before, again.database.read() as after:
        assert again.log.digest(after) == store.log.digest(before)
        assert digests(again, after) == digests(store, before)
        sealed = "SELECT subject, wrapped_key FROM vault ORDER BY subject"
        assert rows(after, sealed) == rows(before, sealed)
        assert migrations.current(after) == migrations.head()
        assert CLEAR in opened(again, after) == opened(store, before)
    assert verify(again)["equal"]
    assert again.evidence.verify(picture)
    with pytest.raises(BackupRefused, match="not empty"):
        restore(back, file)
    again.database.dispose()


def test_an_archive_moves_an_office_to_the_other_database(
    store_on_sqlite: System, postgres_database: str, tmp_path: Path
) -> None:
    record(store_on_sqlite, made_register(5, 20), 50)
    there, back = tmp_path / "there.tar", tmp_path / "back.tar"
    backup(store_on_sqlite, there)
    moved = settings_of(tmp_path / "moved", postgres_database)
    moved = replace(moved, signing_key=store_on_sqlite.settings.signing_key)
    restore(moved, there)
    system = System(moved)
    assert verify(system)["equal"]
    backup(system, back)
    first, second = examine(there), examine(back)
    assert first["parts"] == second["parts"]
    assert first["models"] == second["models"]
    system.database.dispose()


def test_a_backup_among_writers_is_one_moment(store: System, tmp_path: Path) -> None:
    register = made_register(9, 60)
    record(store, register[:100], 50)
    stop, begun = threading.Event(), threading.Event()

    def go_on() -> None:
        for first in range(100, len(register)):
            if stop.is_set():
                return
            record(store, register[first : first + 1], 1)
            begun.set()

    writer = threading.Thread(target=go_on)
    writer.start()
    assert begun.wait(60)
    files = [tmp_path / f"{number}.tar" for number in range(3)]
    positions = [backup(store, file)["position"] for file in files]
    stop.set()
    writer.join()
    assert positions == sorted(positions)
    assert positions[0] > 100
    for number, file in enumerate(files):
        # A restore compares each read model with what the same moment of the log adds up to.
        restore(settings_of(tmp_path / f"back{number}"), file)


def test_a_backup_of_two_moments_would_be_found(
    store_on_sqlite: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = made_register(9, 20)
    record(store_on_sqlite, register[:100], 50)
    digest = type(store_on_sqlite.models.ledger).digest

    def later(model: Any, c: Any) -> Any:
        record(store_on_sqlite, register[100:], 50)
        with store_on_sqlite.database.read() as other:
            return digest(model, other)

    monkeypatch.setattr(type(store_on_sqlite.models.ledger), "digest", later)
    backup(store_on_sqlite, tmp_path / "two.tar")
    monkeypatch.undo()
    with pytest.raises(BackupRefused, match="'ledger' was not what the log says"):
        restore(settings_of(tmp_path / "back"), tmp_path / "two.tar")


def test_no_byte_of_a_backup_can_change_unnoticed(store_on_sqlite: System, tmp_path: Path) -> None:
    record(store_on_sqlite, made_register(5, 3), 50)
    a_photo(store_on_sqlite)
    file = tmp_path / "office.tar"
    backup(store_on_sqlite, file)
    sound, manifest = file.read_bytes(), examine(file)
    chance = random.Random(5)
    refused = 0
    for _ in range(200):
        harmed = bytearray(sound)
        harmed[chance.randrange(len(harmed))] ^= 1 << chance.randrange(8)
        file.write_bytes(harmed)
        try:
            # Between its parts a tar has filling, and dates that nobody reads.
            assert examine(file) == manifest
        except BackupRefused:
            refused += 1
    assert refused > 100
    for length in (0, 100, 512, len(sound) // 2, len(sound) - 11_000):
        file.write_bytes(sound[:length])
        with pytest.raises(BackupRefused):
            examine(file)


def test_a_damaged_archive_changes_nothing(store_on_sqlite: System, tmp_path: Path) -> None:
    record(store_on_sqlite, made_register(5, 3), 50)
    file = tmp_path / "office.tar"
    backup(store_on_sqlite, file)
    harmed = bytearray(file.read_bytes())
    harmed[harmed.index(b"case.opened")] ^= 1
    file.write_bytes(harmed)
    back = settings_of(tmp_path / "back")
    with pytest.raises(BackupRefused, match=r"damaged or missing: store/log\.jsonl"):
        restore(back, file)
    assert sorted(p.name for p in back.home.iterdir()) == ["secret.key", "signing.key"]


def test_a_failed_backup_leaves_the_older_one(
    store_on_sqlite: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "office.tar"
    record(store_on_sqlite, made_register(5, 3), 50)
    backup(store_on_sqlite, file)
    before = file.read_bytes()

    def full(*_: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("casesys.backup.archive.Parts._add", full)
    with pytest.raises(OSError, match="no space"):
        backup(store_on_sqlite, file)
    assert file.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["office.tar"]


def test_another_master_key_is_refused_unless_it_is_lost(
    store_on_sqlite: System, tmp_path: Path
) -> None:
    record(store_on_sqlite, made_register(5, 5, sealed=True), 50)
    file = tmp_path / "office.tar"
    backup(store_on_sqlite, file)
    other = from_environment({"CASESYS_HOME": str(tmp_path / "other")})
    with pytest.raises(BackupRefused, match="CASESYS_MASTER_KEY"):
        restore(other, file)
    assert restore(other, file, other_key=True)["position"] > 0


def test_evidence_that_the_disk_has_damaged_is_named_and_left_out(
    store_on_sqlite: System, tmp_path: Path
) -> None:
    picture = a_photo(store_on_sqlite)
    folder = store_on_sqlite.settings.home / "evidence"
    (kept,) = folder.glob("??/*")
    kept.chmod(0o600)
    kept.write_bytes(b"rotten")
    answer = backup(store_on_sqlite, tmp_path / "office.tar")
    assert (answer["evidence"], answer["damaged_evidence"]) == (0, [picture])


def test_sessions_end_with_a_restore_and_credentials_stay(
    store_on_sqlite: System, tmp_path: Path
) -> None:
    with store_on_sqlite.database.write() as c:
        write(c, "INSERT INTO session VALUES ('s', 'a', 'x', 'x', 'x', 0)", [()])
        write(c, "INSERT INTO credential VALUES ('a', 'hash', 0, NULL, 'x', 0, NULL, 0)", [()])
    backup(store_on_sqlite, tmp_path / "office.tar")
    restore(settings_of(tmp_path / "back"), tmp_path / "office.tar")
    system = System(settings_of(tmp_path / "back"))
    with system.database.read() as c:
        assert rows(c, "SELECT id FROM session") == []
        assert rows(c, "SELECT password_hash FROM credential") == [("hash",)]
    system.database.dispose()


def test_no_sealed_value_stands_anywhere_in_clear(store_on_sqlite: System, tmp_path: Path) -> None:
    assert clear_places(store_on_sqlite, tmp_path) == []


def test_without_the_seal_the_same_search_finds_it_everywhere(
    store_on_sqlite: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Vault, "sealer", lambda *_: lambda name, text: text)
    assert clear_places(store_on_sqlite, tmp_path) == ["casesys.db", "casesys.db-wal", "office.tar"]


def clear_places(system: System, folder: Path) -> list[str]:
    """The files of an office in which a sealed value can be read."""
    register = made_register(5, 10, sealed=True)
    assert sum(CLEAR in vars(event).values() for event, _ in register) > 10
    half = len(register) // 2
    record(system, register[:half], 50)
    with system.database.engine.connect() as c:
        write(c, "PRAGMA wal_checkpoint(TRUNCATE)", [()])
    record(system, register[half:], 50)
    backup(system, folder / "office.tar")
    files = [*system.settings.home.glob("casesys.db*"), folder / "office.tar"]
    assert len(files) == 4
    return sorted(file.name for file in files if CLEAR.encode() in file.read_bytes())


def opened(system: System, c: Any) -> set[str | None]:
    return {
        system.vault.open(c, e.stream_id, e.version, "note", e.data["note"])
        for e in system.log.after(c, 0, 10**6)
        if e.topic == "case.note_added"
    }


def a_photo(system: System) -> str:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "JPEG")
    picture.seek(0)
    return system.evidence.put(picture, "现场.jpg").sha256
