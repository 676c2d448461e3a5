"""A sealed archive tells nothing without its key, and not one byte of it can be another."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from casesys.backup import BackupRefused, backup, examine, restore
from casesys.backup.archive import Parts, new_archive, readable
from casesys.sealed_files import HiddenFile, new_key
from casesys.system import System
from projections.driver import write
from tests.casesys.backup.test_backup import a_photo
from tests.register import made_register, record
from tests.stores import settings_of

KEY = new_key()


@pytest.fixture
def sealed(store_on_sqlite: System, tmp_path: Path) -> Path:
    record(store_on_sqlite, made_register(5, 3, sealed=True), 50)
    a_photo(store_on_sqlite)
    made = backup(store_on_sqlite, tmp_path / "office.tar", KEY)
    assert made["sealed"] and made["evidence"] == 1
    return tmp_path / "office.tar"


def code_of(file: Path, key: bytes | None) -> str:
    with pytest.raises(BackupRefused) as refused:
        examine(file, key)
    assert file.name in refused.value.said("en") and file.name in refused.value.said("zh")
    return refused.value.code.removeprefix("stopped.")


def test_nothing_of_an_office_can_be_read_in_a_sealed_backup(
    sealed: Path, store_on_sqlite: System, tmp_path: Path
) -> None:
    plain = tmp_path / "plain.tar"
    backup(store_on_sqlite, plain)
    words = [b"case.opened", b"wrapped_key", b"evidence/", b"manifest.json", b"2021-"]
    assert all(word in plain.read_bytes() for word in words)
    assert not any(word in sealed.read_bytes() for word in words)
    first, second = examine(plain), examine(sealed, KEY)
    for name in ("store/log.jsonl", "store/vault.jsonl"):
        assert first["parts"][name] == second["parts"][name]


def test_not_one_byte_of_a_sealed_backup_can_be_another(sealed: Path) -> None:
    sound, chance = sealed.read_bytes(), random.Random(5)
    for place in [*range(70), *(chance.randrange(len(sound)) for _ in range(60)), len(sound) - 1]:
        harmed = bytearray(sound)
        harmed[place] ^= 1 << chance.randrange(8)
        sealed.write_bytes(harmed)
        code_of(sealed, KEY)
    for length in (0, 10, 70, len(sound) // 2, len(sound) - 1):
        sealed.write_bytes(sound[:length])
        code_of(sealed, KEY)
    sealed.write_bytes(sound + b"\0")
    assert code_of(sealed, KEY) == "backup_changed"


def test_what_is_wrong_with_a_sealed_backup_is_told_apart(sealed: Path, tmp_path: Path) -> None:
    assert code_of(sealed, None) == "backup_needs_key"
    assert code_of(sealed, new_key()) == "backup_other_key"
    sound = sealed.read_bytes()
    sealed.write_bytes(sound[:-100])
    assert code_of(sealed, KEY) == "backup_changed"
    sealed.write_bytes(sound[:50])
    assert code_of(sealed, KEY) == "backup_incomplete"
    sealed.write_bytes(sound.replace(b"sealed 1\n", b"sealed 9\n", 1))
    assert code_of(sealed, KEY) == "backup_of_later_release"
    for key in (None, new_key()):
        sealed.write_bytes(sound)
        with pytest.raises(BackupRefused):
            restore(settings_of(tmp_path / "back"), sealed, key)
    assert {path.suffix for path in (tmp_path / "back").iterdir()} == {".key"}


def test_while_a_sealed_backup_is_written_no_part_of_it_lies_in_clear(
    store_on_sqlite: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file that the process has open beside the archive, looked at as each part is added."""
    record(store_on_sqlite, made_register(5, 100, sealed=True), 50)
    seen: list[bool] = []
    add = Parts._add

    def watched(parts: Parts, name: str, content: Any, size: int) -> None:
        for link in Path("/proc/self/fd").iterdir():
            with suppress(FileNotFoundError):
                if link.readlink().is_relative_to(tmp_path / "backups"):
                    seen.append(b"case.opened" in link.read_bytes())
        add(parts, name, content, size)

    monkeypatch.setattr(Parts, "_add", watched)
    monkeypatch.setattr(HiddenFile, "tell", lambda file: _on_the_disk(file))
    backup(store_on_sqlite, tmp_path / "backups" / "office.tar", KEY)
    assert len(seen) > 20 and not any(seen)
    seen.clear()
    backup(store_on_sqlite, tmp_path / "backups" / "office.tar")
    assert any(seen), "in a plain archive the same look finds it"


def _on_the_disk(file: HiddenFile) -> int:
    """How long it is; it is on the disk from now on, however short."""
    file._raw.rollover()
    return file._sealer.tell() if file._reader is None else file._reader.tell()


def test_an_entry_that_is_missing_is_found_as_the_backup_is_written(
    store_on_sqlite: System, tmp_path: Path
) -> None:
    record(store_on_sqlite, made_register(5, 3), 50)
    with store_on_sqlite.database.write() as c:
        write(c, "DELETE FROM log WHERE position = 7", [()])
    with pytest.raises(BackupRefused, match="missing numbers"):
        backup(store_on_sqlite, tmp_path / "office.tar")
    assert not (tmp_path / "office.tar").exists()


def test_a_disk_that_keeps_other_bytes_than_it_was_given_is_found_at_once(
    sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = sealed.read_bytes()

    def rotten(file: Path, key: bytes | None) -> Any:
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
        return examine(file, key)

    monkeypatch.setattr("casesys.backup.archive.examine", rotten)
    with pytest.raises(BackupRefused), new_archive(sealed, KEY) as parts:
        parts.add("store/log.jsonl", b"[1]\n")
        parts.finish({"position": 1})
    assert sealed.read_bytes() == sound


def test_a_sealed_archive_reads_part_by_part(sealed: Path) -> None:
    with readable(sealed, KEY) as tar:
        assert tar.getnames()[-2:] == ["manifest.json", "manifest.sha256"]
