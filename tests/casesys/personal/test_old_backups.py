"""An erasure reaches the backups that were made before it, and the offices restored from them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from casesys.backup import BackupRefused, backup, examine, make_backup_key, read_backup_key, restore
from casesys.personal.known_erasures import FILE, ListIsDamaged, known_in
from casesys.personal.old_backups import forget_in
from casesys.personal.sweeping import sweep
from casesys.rebuild import verify
from casesys.system import System
from tests.casesys.personal.test_erasing import (
    a_case_with_everything,
    erase,
    wrapped_key,
)
from tests.offices import log_of
from tests.scenarios import MINUTES, give
from tests.stores import settings_of

Told = tuple[System, UUID, list[str], Path]


@pytest.fixture
def told(office: System, tmp_path: Path) -> Told:
    """An office with a backup of before, and one of after, its erasure."""
    case, _, files = a_case_with_everything(office)
    backup(office, tmp_path / "before.backup")
    erase(office, case)
    return office, case, files, tmp_path / "before.backup"


def restored(file: Path, home: Path, list_of: Path | None = None) -> Iterator[System]:
    settings = settings_of(home)
    if list_of is not None:
        shutil.copy(list_of / FILE, home / FILE)
    restore(settings, file)
    system = System(settings)
    yield system
    system.database.dispose()


def opens(system: System, case: UUID) -> bool:
    entry = next(e for e in log_of(system, case) if e.topic == "case.interview_held")
    with system.database.read() as c:
        return system.log.clear(c, entry, "minutes") == MINUTES


def test_a_backup_of_before_opens_what_was_erased_unless_it_forgets(
    told: Told, tmp_path: Path
) -> None:
    office, case, (own, shared), file = told
    for careless in restored(file, tmp_path / "careless"):
        assert opens(careless, case), "the hunt would find it"
        assert sorted(careless.evidence.hashes()) == sorted([own, shared])
    log_before = examine(file)["parts"]["store/log.jsonl"]
    done = forget_in(office, file)
    assert (done.keys, done.files) == (1, 1)
    assert examine(file)["parts"]["store/log.jsonl"] == log_before, "every proof holds"
    for system in restored(file, tmp_path / "restored"):
        assert wrapped_key(system, case) is None
        assert not opens(system, case)
        assert list(system.evidence.hashes()) == [shared]
        assert verify(system)["equal"]
    assert forget_in(office, file)[1:] == (0, 0), "again there is nothing left"


def test_a_restore_applies_what_the_list_beside_the_key_says(told: Told, tmp_path: Path) -> None:
    office, case, (_, shared), file = told
    for system in restored(file, tmp_path / "back", office.settings.home):
        assert wrapped_key(system, case) is None
        assert not opens(system, case)
        assert list(system.evidence.hashes()) == [shared]
        assert verify(system)["equal"]
        sweep(system)
        assert len(known_in(system.settings.home)) == 1, "the list goes on"


def test_a_key_that_was_made_after_the_erasure_stays(told: Told, tmp_path: Path) -> None:
    office, case, _, _ = told
    give(office, "add_note", {"note": "新联系人"}, case)
    newer = tmp_path / "newer.backup"
    backup(office, newer)
    assert forget_in(office, newer).keys == 0
    for system in restored(newer, tmp_path / "back", office.settings.home):
        with system.database.read() as c:
            assert system.log.clear(c, log_of(system, case)[-1], "note") == "新联系人"


def test_a_sealed_backup_stays_sealed(system: System, tmp_path: Path) -> None:
    case, _, _ = a_case_with_everything(system)
    make_backup_key(tmp_path / "backup.key")
    key = read_backup_key(tmp_path / "backup.key")
    file = tmp_path / "sealed.backup"
    backup(system, file, key)
    erase(system, case)
    with pytest.raises(BackupRefused):
        forget_in(system, file)
    assert forget_in(system, file, key).keys == 1
    assert examine(file, key)["position"] > 0
    with pytest.raises(BackupRefused):
        examine(file)


def test_a_list_that_cannot_be_read_stops_a_restore(told: Told, tmp_path: Path) -> None:
    office, _, _, file = told
    (office.settings.home / FILE).write_bytes(b"nonsense\n")
    with pytest.raises(ListIsDamaged):
        next(restored(file, tmp_path / "back", office.settings.home))


def test_a_line_that_was_torn_by_a_crash_is_written_again(told: Told) -> None:
    home = told[0].settings.home
    whole = (home / FILE).read_bytes()
    (home / FILE).write_bytes(whole[:-20])
    assert known_in(home) == []
    sweep(told[0])
    assert (home / FILE).read_bytes() == whole
