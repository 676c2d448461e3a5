"""The key of sealed backups is a file that is made once, and everything wrong with it is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from casesys.backup.keys import BackupKeyRefused, make_backup_key, read_backup_key
from casesys.cli import main
from tests.offices import sqlite_office

__all__ = ["sqlite_office"]


def test_a_key_is_made_once_and_never_in_the_place_of_another(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "backup.key"
    make_backup_key(file)
    key = read_backup_key(file)
    assert len(key) == 32 and file.stat().st_mode & 0o077 == 0
    with pytest.raises(BackupKeyRefused, match=r"backup\.key"):
        make_backup_key(file)
    assert read_backup_key(file) == key
    for content in (b"", b"ab" * 31, b"\xff" * 64, b"ab" * 33):
        file.write_bytes(content)
        with pytest.raises(BackupKeyRefused, match="64 hexadecimal digits"):
            read_backup_key(file)


def test_at_the_command_line_a_sealed_backup_comes_back_with_its_key_alone(
    sqlite_office: Path, tmp_path: Path
) -> None:
    def casesys(*words: object, home: Path = sqlite_office, **env: str) -> Result:
        told = {"CASESYS_HOME": str(home), "CASESYS_MASTER_KEY": "5a" * 32, **env}
        return CliRunner().invoke(main, list(map(str, words)), env=told)

    file, key, other = (tmp_path / name for name in ("office.backup", "a.key", "b.key"))
    for made in (key, other):
        assert casesys("backup-key", "-o", made).exit_code == 0
    assert casesys("backup-key", "-o", key).exit_code == 1
    assert casesys("backup", "-o", file, "--key", key).exit_code == 0
    there, env = tmp_path / "there", {"CASESYS_LANGUAGE": "en"}
    for words, said in (
        ((), "sealed"),
        (("--key", other), "key is another one"),
        (("--key", file), "no key of backups"),
    ):
        refused = casesys("restore", file, *words, home=there, **env)
        assert refused.exit_code == 1 and said in refused.stderr
    assert casesys("restore", file, home=there, CASESYS_BACKUP_KEY="ab").exit_code == 1
    assert casesys("restore", file, "--key", tmp_path / "none", home=there).exit_code == 2
    text = key.read_text().strip()
    assert casesys("restore", file, home=there, CASESYS_BACKUP_KEY=text).exit_code == 0
    assert casesys("backup", "-o", file, home=there, CASESYS_BACKUP_KEY=text).exit_code == 0
    assert b"case" not in file.read_bytes()[15:]
