"""The master key is changed without a moment in which nothing opens; a wrong one is told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from casesys.backup import backup
from casesys.cases.drafts import drafts_of, keep_draft
from casesys.install import require_ready
from casesys.lists.bulk import begin_bulk, find_bulk, try_bulk
from casesys.people.one_time_codes import check_code, enrol_code, new_secret
from casesys.personal.master_key import (
    KEY,
    NEXT,
    STEPS,
    RotationRefused,
    WrongMasterKey,
    rotate,
)
from casesys.settings import from_environment
from casesys.system import System
from casesys.vault import SealBroken
from projections.driver import rows
from tests import scenarios
from tests.administrators import code_of
from tests.offices import OFFICER, Clock, log_of, person
from tests.scenarios import MINUTES, case_number, give
from tests.stores import MASTER_KEY


class Cut(Exception):
    """The process ends here."""


@pytest.fixture
def home(sqlite_office: Path, tmp_path: Path) -> Path:
    """The folder of an office whose master key is a file in it."""
    made = tmp_path / "home"
    shutil.copytree(sqlite_office, made)
    (made / KEY).write_text(MASTER_KEY)
    return made


@pytest.fixture
def inside(home: Path, clock: Clock) -> Iterator[System]:
    made = opened(home, clock)
    yield made
    made.database.dispose()


def opened(home: Path, clock: Clock) -> System:
    system = System(from_environment({"CASESYS_HOME": str(home)}), now=clock)
    require_ready(system)
    return system


def fill(system: System) -> dict[str, object]:
    """Something under every wrapping of the master key."""
    case = scenarios.an_interviewed_case(system).stream
    number, officer = case_number(system, case), person(system, OFFICER)
    keep_draft(system, officer, f"/cases/{number}/do/add_note", {"note": [MINUTES]})
    bulk = begin_bulk(system, officer, "attempt_contact", [number])
    try_bulk(system, officer, bulk, scenarios.contact("2021-07-20", notes=MINUTES))
    secret = new_secret()
    enrol_code(system, officer, secret, code_of(secret, system))
    kept = system.evidence.put(BytesIO(b"%PDF-1.4\n%%EOF\n"), "a.pdf")
    return {"case": case, "bulk": bulk, "secret": secret, "file": kept.sha256}


def everything_opens(system: System, clock: Clock, held: dict[str, object]) -> None:
    officer = person(system, OFFICER)
    entry = log_of(system, held["case"])[-1]  # type: ignore[arg-type]
    with system.database.read() as c:
        assert system.log.clear(c, entry, "minutes") == MINUTES
    assert drafts_of(system, officer)[0].typed["note"] == [MINUTES]
    assert find_bulk(system, officer, held["bulk"]).typed["notes"] == MINUTES  # type: ignore
    assert system.evidence.read(str(held["file"])).startswith(b"%PDF")
    clock.wait(minutes=2)
    check_code(system, officer, code_of(str(held["secret"]), system))


def test_after_a_rotation_everything_opens_and_the_old_key_opens_nothing(
    inside: System, home: Path, clock: Clock
) -> None:
    held = fill(inside)
    with inside.database.read() as c:
        before = {w for (w,) in rows(c, "SELECT wrapped_key FROM vault")}
    done = rotate(inside)
    assert (done.codes, done.drafts, done.bulks) == (1, 1, 2)
    assert (home / KEY).read_text() != MASTER_KEY
    assert done.old_key is not None and done.old_key.read_text() == MASTER_KEY
    assert not (home / NEXT).exists()
    everything_opens(inside, clock, held)
    again = opened(home, clock)
    everything_opens(again, clock, held)
    again.database.dispose()
    with inside.database.read() as c:
        after = {w for (w,) in rows(c, "SELECT wrapped_key FROM vault")}
    assert not before & after
    for file in home.glob("casesys.db*"):
        assert not [wrapped for wrapped in before if wrapped.encode() in file.read_bytes()]


@pytest.mark.parametrize("step", STEPS)
def test_wherever_a_rotation_is_cut_off_the_home_opens(
    inside: System, home: Path, clock: Clock, step: str
) -> None:
    held = fill(inside)

    def cut(reached: str) -> None:
        if reached == step:
            raise Cut

    with pytest.raises(Cut):
        rotate(inside, after=cut)
    inside.database.dispose()
    again = opened(home, clock)
    everything_opens(again, clock, held)
    assert any(file.read_text() == MASTER_KEY for file in home.glob(f"{KEY}*"))
    rotate(again)
    everything_opens(again, clock, held)
    again.database.dispose()


def test_without_the_key_that_waits_a_rotation_that_was_cut_off_would_open_nothing(
    inside: System, home: Path, clock: Clock
) -> None:
    def cut(reached: str) -> None:
        if reached == "committed":
            raise Cut

    with pytest.raises(Cut):
        rotate(inside, after=cut)
    inside.database.dispose()
    (home / NEXT).unlink()
    with pytest.raises(WrongMasterKey):
        opened(home, clock)


def test_a_process_that_runs_on_under_the_old_key_seals_nothing(
    inside: System, home: Path, clock: Clock
) -> None:
    old = opened(home, clock)
    rotate(inside)
    with pytest.raises(SealBroken):
        scenarios.a_contacted_case(old)
    old.database.dispose()


def test_a_wrong_key_is_told_before_anything_is_served(home: Path, clock: Clock) -> None:
    (home / KEY).write_text("ab" * 32)
    with pytest.raises(WrongMasterKey) as stopped:
        opened(home, clock)
    assert "master.key" in stopped.value.said("en")
    assert "master.key" in stopped.value.said("zh")


def test_a_key_from_outside_goes_to_the_file_that_is_named(
    system: System, tmp_path: Path, clock: Clock
) -> None:
    held = fill(system)
    with pytest.raises(RotationRefused, match="comes from"):
        rotate(system)
    file = tmp_path / "new.key"
    file.write_text("of somebody else")
    with pytest.raises(RotationRefused, match="already there"):
        rotate(system, file)
    file.unlink()
    rotate(system, file)
    everything_opens(system, clock, held)
    environ = {"CASESYS_HOME": str(system.settings.home), "CASESYS_MASTER_KEY": file.read_text()}
    again = System(from_environment(environ), now=clock)
    require_ready(again)
    everything_opens(again, clock, held)
    again.database.dispose()


def test_a_key_in_the_folder_is_replaced_there(inside: System, tmp_path: Path) -> None:
    with pytest.raises(RotationRefused, match="replaced there"):
        rotate(inside, tmp_path / "new.key")


def test_everything_is_wrapped_anew_on_either_database(office: System, tmp_path: Path) -> None:
    give(office, "add_note", {"note": MINUTES}, scenarios.a_listed_case(office).stream)
    rotate(office, tmp_path / "new.key")
    with office.database.read() as c:
        assert office.vault.check(c)
    backup(office, tmp_path / "office.backup")
