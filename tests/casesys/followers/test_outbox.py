"""What is owed outside is done at least once under one key, and by nothing but a follower."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casesys.backup import backup, restore, restore_elsewhere
from casesys.copying import copy
from casesys.doctor import doctor
from casesys.followers.engine import Engine
from casesys.followers.outbox import FIRST_WAIT, LEASE, LONGEST_WAIT, Outbox
from casesys.followers.place import copied_here, moved_here, try_again
from casesys.followers.standing import halted, standing
from casesys.permits import operator
from casesys.rebuild import rebuild, verify
from casesys.replay.branch import branch_of
from casesys.system import System
from domain.instants import moment
from projections.driver import rows
from tests.followers import Diarist, Newcomer, everything, head, lay_out_diary, owed_rows
from tests.offices import Clock
from tests.scenarios import a_contacted_case, a_listed_case, case_number
from tests.stores import settings_of

OPERATOR = operator("tests")


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def followed(office: System) -> System:
    lay_out_diary(office)
    return office


def test_everything_owed_is_done_once_under_a_key_of_its_own(followed: System) -> None:
    follower = Diarist(owes=True)
    everything(followed, follower, page=3)
    everything(followed, follower)
    assert [effect.position for effect in follower.delivered] == list(range(1, head(followed) + 1))
    assert len({effect.id for effect in follower.delivered}) == head(followed)
    assert all(done is not None for *_, done, _ in owed_rows(followed))


def test_what_a_page_owes_goes_with_the_page(followed: System) -> None:
    everything(followed, Diarist(stops_at=[9], owes=True), page=20)
    assert len(owed_rows(followed)) == 8


def test_who_is_killed_between_the_effect_and_its_mark_does_it_again_under_the_same_key(
    followed: System, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = Diarist(owes=True)
    engine = Engine(followed, [follower])
    engine.step(follower)
    deliver = follower.deliver

    def killed_after(effect: Any) -> None:
        deliver(effect)
        raise Killed

    monkeypatch.setattr(follower, "deliver", killed_after)
    with pytest.raises(Killed):
        engine.deliver()
    monkeypatch.undo()
    everything(followed, follower)
    once = head(followed)
    assert len(follower.delivered) == once, "the other engines leave it to whoever has it"
    clock.wait(seconds=LEASE.total_seconds())
    everything(followed, follower)
    assert len(follower.delivered) == once + 1
    assert follower.delivered[0].id == follower.delivered[-1].id
    assert len({effect.id for effect in follower.delivered}) == once


def test_what_fails_stays_owed_and_is_tried_more_and_more_rarely(
    followed: System, clock: Clock
) -> None:
    follower = Newcomer(owes=True)
    everything(followed, follower)
    a_listed_case(followed)
    follower.is_away = True
    waits = []
    for number in range(1, 13):
        everything(followed, follower)
        with followed.database.read() as c:
            found = standing(followed, c, [follower])
        failing = found["newcomer"]["outbox"]["failing"]
        assert halted(found) == ["newcomer"]
        assert (failing["tries"], failing["code"]) == (number, "stopped.witness_away")
        waits.append(moment(failing["next_try_at"]) - moment(clock()))
        clock.wait(seconds=waits[-1].total_seconds())
    assert waits[0] == FIRST_WAIT and waits[-1] == LONGEST_WAIT
    assert waits == sorted(waits) and len(set(waits)) > 8
    follower.is_away = False
    everything(followed, follower)
    assert follower.delivered and all(error is None for *_, error in owed_rows(followed))


def test_one_that_fails_holds_up_no_other(followed: System, clock: Clock) -> None:
    away, there = Diarist(owes=True), Newcomer(owes=True)
    everything(followed, there)
    away.is_away = True
    a_listed_case(followed)
    everything(followed, away, there)
    assert there.delivered and not away.delivered
    away.is_away = False
    assert everything(followed, away) and not away.delivered, "not before it is due"
    with followed.database.write() as c:
        try_again(c)
    while everything(followed, away).deliver():
        pass
    assert len(away.delivered) == head(followed)


def outside(system: System, follower: Diarist) -> tuple[Any, ...]:
    """Everything by which something could be done outside."""
    with system.database.read() as c:
        places = rows(c, "SELECT * FROM follower ORDER BY name")
        return places, rows(c, "SELECT * FROM outbox ORDER BY follower, key"), follower.delivered[:]


def replays(system: System, folder: Path) -> Iterator[str]:
    """Everything that reads the log anew, each by its name."""
    number = case_number(system, a_contacted_case(system).stream)
    everything(system, Diarist(owes=True))
    yield "begun"
    rebuild(system)
    yield "rebuild"
    assert verify(system)["equal"]
    yield "verify"
    branch_of(system, OPERATOR, number, 3)
    yield "had it been"
    backup(system, folder / "office.tar")
    yield "backup"
    other = System(restore_elsewhere(system.settings, folder / "office.tar", folder / "elsewhere"))
    assert not owed_rows(other)
    other.database.dispose()
    yield "restore elsewhere"
    assert not doctor(system, OPERATOR, backup=folder / "office.tar").differences
    yield "doctor"


def test_no_replay_owes_anything_or_moves_a_place(followed: System, tmp_path: Path) -> None:
    follower = Diarist(owes=True)
    steps = replays(followed, tmp_path)
    assert next(steps) == "begun"
    before = outside(followed, follower)
    for step in steps:
        assert outside(followed, follower) == before, step
    engine = Engine(followed, [follower])
    # A checkpoint that the doctor signed is no entry of the log.
    assert engine.round() == 0


def test_a_read_model_that_owed_something_would_be_found(
    followed: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, follower = followed.models.ledger, Diarist(owes=True)
    steps = replays(followed, tmp_path)
    assert next(steps) == "begun"
    before = outside(followed, follower)

    def also(c: Any, entries: Any) -> None:
        Outbox(c, "ledger", followed.now()).put("again", 1, "letter", {})

    monkeypatch.setattr(model, "also", also)
    assert next(steps) == "rebuild"
    assert outside(followed, follower) != before


def test_a_restored_office_owes_nothing_of_before_and_follows_what_comes(
    followed: System, tmp_path: Path, clock: Clock
) -> None:
    away = Newcomer(owes=True)
    everything(followed, away)
    away.is_away = True
    a_listed_case(followed)
    everything(followed, away)
    assert owed_rows(followed)
    backup(followed, tmp_path / "office.tar")
    home = tmp_path / "anew"
    settings = replace(followed.settings, home=home, database_url=f"sqlite:///{home}/casesys.db")
    home.mkdir()
    restore(settings, tmp_path / "office.tar")
    restored, follower = System(settings, now=clock), Newcomer(owes=True)
    lay_out_diary(restored)
    clock.wait(days=1)
    everything(restored, follower)
    assert follower.delivered == [] and owed_rows(restored) == []
    last, _ = head(restored), a_listed_case(restored, 2)
    everything(restored, follower)
    new = range(last + 1, head(restored) + 1)
    assert [effect.position for effect in follower.delivered] == list(new)
    restored.database.dispose()


@pytest.fixture
def copied(system: System, tmp_path: Path, clock: Clock) -> Iterator[System]:
    """A copy of the files of an office that owes something."""
    lay_out_diary(system)
    away = Newcomer(owes=True)
    everything(system, away)
    away.is_away = True
    a_listed_case(system)
    everything(system, away)
    system.database.dispose()
    shutil.copytree(system.settings.home, tmp_path / "copy")
    clock.wait(days=1)
    made = System(settings_of(tmp_path / "copy"), now=clock)
    yield made
    made.database.dispose()


def test_a_copy_of_the_files_does_nothing_until_somebody_says_what_it_is(copied: System) -> None:
    follower = Newcomer(owes=True)
    everything(copied, follower)
    assert follower.delivered == []
    with copied.database.read() as c:
        found = standing(copied, c, [follower])
    assert found["newcomer"]["elsewhere"] and halted(found) == ["newcomer"]


def test_an_office_that_was_moved_does_what_it_owes_from_its_new_place(copied: System) -> None:
    follower, owed = Newcomer(owes=True), len(owed_rows(copied))
    with copied.database.write() as c:
        moved_here(c)
        try_again(c)
    everything(copied, follower)
    assert len(follower.delivered) == owed > 0


def test_a_mere_copy_begins_anew_and_does_nothing_of_before(copied: System) -> None:
    follower = Newcomer(owes=True)
    with copied.database.write() as c:
        copied_here(c)
    everything(copied, follower)
    assert follower.delivered == [] and owed_rows(copied) == []
    a_listed_case(copied, 2)
    everything(copied, follower)
    assert follower.delivered
    before = len(owed_rows(copied))
    with copied.database.write() as c:
        copied_here(c)
    assert len(owed_rows(copied)) == before, "said once more, it takes nothing away"


@pytest.mark.postgres
def test_an_office_copied_to_another_database_waits_there_too(
    system: System, postgres_database: str
) -> None:
    away = Newcomer(owes=True)
    everything(system, away)
    away.is_away = True
    a_listed_case(system)
    lay_out_diary(system)
    everything(system, away)
    assert copy(system, postgres_database)["copied"]
    there, follower = System(replace(system.settings, database_url=postgres_database)), Newcomer()
    lay_out_diary(there)
    everything(there, follower)
    assert owed_rows(there) and not follower.delivered
    with there.database.write() as c:
        moved_here(c)
        try_again(c)
    everything(there, follower)
    assert len(follower.delivered) == len(owed_rows(there))
    there.database.dispose()
