"""The engine runs beside the pages, one a home folder, and ends when it is told to."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from casesys.followers.running import _alone, follow_beside, followers_of, run
from casesys.stopping import Stopped
from casesys.system import System

PATIENCE = 60


@pytest.fixture
def witnessed(office: System, tmp_path: Path) -> System:
    """An office with a folder outside, in which a checkpoint was just signed."""
    (tmp_path / "share").mkdir()
    office.settings = replace(office.settings, witness=tmp_path / "share")
    with office.database.write() as c:
        office.database.lock(c)
        office.checkpoints.make(c, office.now())
    return office


def appears(folder: Path) -> bool:
    until, wait = monotonic() + PATIENCE, Event()
    while monotonic() < until:
        if any(folder.glob("casesys-*.txt")):
            return True
        wait.wait(0.02)
    return False


def test_it_follows_until_it_is_told_to_stop(witnessed: System) -> None:
    stopped = Event()
    thread = threading.Thread(target=run, args=(lambda: witnessed, stopped, 0.02), daemon=True)
    thread.start()
    assert witnessed.settings.witness is not None
    assert appears(witnessed.settings.witness)
    stopped.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_it_waits_for_what_is_not_ready_yet_and_says_so_once(
    witnessed: System, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, stopped = [0], Event()

    def system() -> System:
        asked[0] += 1
        if asked[0] < 4:
            raise Stopped("not_installed")
        return witnessed

    thread = threading.Thread(target=run, args=(system, stopped, 0.02), daemon=True)
    thread.start()
    assert witnessed.settings.witness is not None
    assert appears(witnessed.settings.witness)
    stopped.set()
    thread.join(PATIENCE)
    assert capsys.readouterr().err.count("casesys follow: Stopped") == 1


def test_of_one_home_one_is_at_work(witnessed: System) -> None:
    stopped = Event()
    share = witnessed.settings.witness
    assert share is not None
    with _alone(witnessed.settings.home) as alone:
        assert alone
        asked = Event()

        def system() -> System:
            asked.set()
            return witnessed

        thread = threading.Thread(target=run, args=(system, stopped, 0.01), daemon=True)
        thread.start()
        assert asked.wait(PATIENCE)
        asked.clear()
        assert asked.wait(PATIENCE) and not any(share.iterdir())
    assert appears(share), "it takes over when the other is gone"
    stopped.set()
    thread.join(PATIENCE)


def test_where_nobody_follows_no_thread_is_begun(office: System) -> None:
    assert followers_of(office.settings) == []
    before = threading.active_count()
    follow_beside(office.settings, lambda: office)
    assert threading.active_count() == before
