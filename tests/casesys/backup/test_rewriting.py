"""An older archive loses what an erasure took away, and is a sound archive all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from casesys.backup import (
    BackupRefused,
    backup,
    backups_made,
    examine,
    restore,
    rewrite,
)
from casesys.sealed_files import new_key
from casesys.system import System
from casesys.vault import EVIDENCE
from projections.driver import rows
from tests.casesys.backup.test_backup import a_photo, opened
from tests.register import made_register, record
from tests.stores import settings_of

KEY = new_key()


def without_keys(row: dict[str, Any]) -> dict[str, Any]:
    return row if row["subject"] == EVIDENCE else {**row, "wrapped_key": None, "dropped_at": "now"}


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "sealed"])
def test_keys_rows_and_files_are_dropped_and_the_rest_stays_to_the_byte(
    store_on_sqlite: System, tmp_path: Path, key: bytes | None
) -> None:
    record(store_on_sqlite, made_register(5, 5, sealed=True), 50)
    picture, file = a_photo(store_on_sqlite), tmp_path / "office.tar"
    backup(store_on_sqlite, file, key)
    before = examine(file, key)
    rewrite(
        store_on_sqlite,
        file,
        key,
        changes={"vault": without_keys, "receipt": lambda _: None},
        leave_out={picture},
    )
    after = examine(file, key)
    changed = {
        name for name in before["parts"] if before["parts"][name] != after["parts"].get(name)
    }
    assert changed == {"store/vault.jsonl", f"evidence/{picture}"} | (
        {"store/receipt.jsonl"} if before["parts"]["store/receipt.jsonl"]["bytes"] else set()
    )
    assert after["made_at"] == before["made_at"] and after["rewritten_at"]
    back = settings_of(tmp_path / "back")
    assert restore(back, file, key)["evidence"] == 0
    system = System(back)
    with system.database.read() as c:
        assert opened(system, c) == {None}
        assert rows(c, "SELECT COUNT(*) FROM receipt") == [(0,)]
    system.database.dispose()


def test_an_archive_changed_in_nothing_has_the_parts_it_had(
    store_on_sqlite: System, tmp_path: Path
) -> None:
    record(store_on_sqlite, made_register(5, 5, sealed=True), 50)
    a_photo(store_on_sqlite)
    file = tmp_path / "office.tar"
    backup(store_on_sqlite, file, KEY)
    before = examine(file, KEY)
    rewrite(store_on_sqlite, file, KEY, changes={"vault": dict})
    assert examine(file, KEY)["parts"] == before["parts"]
    (made,) = backups_made(store_on_sqlite.settings.home)
    assert made.is_unchanged and made.sealed, "the list knows the file as it is now"


def test_what_cannot_be_rewritten_stays_as_it_was(store_on_sqlite: System, tmp_path: Path) -> None:
    record(store_on_sqlite, made_register(5, 3), 50)
    file = tmp_path / "office.tar"
    backup(store_on_sqlite, file, KEY)
    sound = file.read_bytes()

    def fails(_: dict[str, Any]) -> None:
        raise OSError("the disk is full")

    with pytest.raises(BackupRefused):
        rewrite(store_on_sqlite, file, KEY, changes={"vault": fails})
    with pytest.raises(BackupRefused, match="key is another one"):
        rewrite(store_on_sqlite, file, new_key())
    with pytest.raises(ValueError, match="never changed"):
        rewrite(store_on_sqlite, file, KEY, changes={"log": dict})
    assert file.read_bytes() == sound
    assert sorted(path.name for path in tmp_path.iterdir()) == ["office.tar", "sqlite"]
