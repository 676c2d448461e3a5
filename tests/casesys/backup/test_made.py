"""The office knows which backups it made, and which of them lies there still as it was written."""

from __future__ import annotations

from pathlib import Path

from casesys.backup import backup, backups_made, newest_backup
from casesys.backup.made import LIST
from casesys.sealed_files import new_key
from casesys.system import System
from tests.register import made_register, record


def test_each_backup_is_remembered_and_the_newest_one_found(
    store_on_sqlite: System, tmp_path: Path
) -> None:
    home = store_on_sqlite.settings.home
    assert backups_made(home) == [] and newest_backup(home) is None
    record(store_on_sqlite, made_register(5, 3), 50)
    first = backup(store_on_sqlite, tmp_path / "first.tar")
    second = backup(store_on_sqlite, tmp_path / "second.tar", new_key())
    found = backups_made(home)
    assert [made.path for made in found] == [second["file"], first["file"]]
    assert [made.sealed for made in found] == [True, False]
    assert [made.sha256 for made in found] == [second["sha256"], first["sha256"]]
    assert {(made.position, made.log_digest) for made in found} == {
        (first["position"], first["log_digest"])
    }
    assert (home / LIST).stat().st_mode & 0o077 == 0
    (tmp_path / "second.tar").unlink()
    assert newest_backup(home) == found[1] and found[1].is_unchanged
    with (tmp_path / "first.tar").open("ab") as file:
        file.write(b"x")
    assert not found[1].is_unchanged and not found[0].is_unchanged


def test_a_line_that_was_torn_costs_no_other(store_on_sqlite: System, tmp_path: Path) -> None:
    home = store_on_sqlite.settings.home
    backup(store_on_sqlite, tmp_path / "first.tar")
    with (home / LIST).open("ab") as file:
        file.write(b'{"path": "half')
    backup(store_on_sqlite, tmp_path / "second.tar")
    assert [Path(made.path).name for made in backups_made(home)] == ["second.tar", "first.tar"]
