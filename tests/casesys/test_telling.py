"""Several processes tell a rebuild what one alone would, and end with it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import nullcontext
from multiprocessing import active_children
from pathlib import Path

import pytest

from casesys.rebuild import digests, rebuild, verify
from casesys.registry import TopicIsUnknown
from casesys.system import System
from casesys.telling import MANY, TellerDied, how_many
from projections.driver import rows, write
from tests.register import made_register, record

CASES = 30


@pytest.fixture
def full(store: System) -> System:
    register = made_register(20211031, CASES)
    record(store, register, len(register))
    return store


def served(system: System) -> dict[str, tuple[str, int]]:
    with system.database.read() as c:
        return digests(system, c)


def test_several_processes_give_the_digests_of_one(full: System) -> None:
    before = served(full)
    for batch, processes in ((7, 2), (60, 3), (10**6, 2)):
        answer = rebuild(full, batch=batch, processes=processes)
        built = {name: (m["digest"], m["rows"]) for name, m in answer["models"].items()}
        assert built == before, f"{processes} processes, {batch} entries at a time"
        assert not active_children()
    assert verify(full)["equal"]


def test_the_script_that_asks_for_a_rebuild_is_not_run_again(
    full: System, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    script = tmp_path / "script.py"
    script.write_text(f"open({str(ran)!r}, 'w').close()")
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(script), raising=False)
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None, raising=False)
    rebuild(full, processes=2)
    assert not ran.exists()
    monkeypatch.setattr("casesys.telling._main_aside", nullcontext)
    rebuild(full, processes=2)
    assert ran.exists()


def test_a_small_log_is_told_by_one_process_alone() -> None:
    assert how_many(MANY - 1) == 0


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_ends_fails_the_rebuild_and_nothing_is_kept(
    full: System, end: signal.Signals
) -> None:
    before = served(full)

    def kill(done: int, total: int) -> None:
        for child in active_children():
            assert child.pid is not None
            os.kill(child.pid, end)

    with pytest.raises(TellerDied, match="begin again"):
        rebuild(full, progress=kill, batch=20, processes=2)
    assert served(full) == before
    assert not active_children()


def interrupted(after: int) -> Callable[[int, int], None]:
    def progress(done: int, total: int) -> None:
        if done > after:
            raise KeyboardInterrupt

    return progress


def test_who_interrupts_a_rebuild_leaves_the_old_rows_and_no_process(full: System) -> None:
    before = served(full)
    for processes in (0, 2):
        with pytest.raises(KeyboardInterrupt):
            rebuild(full, progress=interrupted(100), batch=20, processes=processes)
        assert served(full) == before
        assert not active_children()


def test_what_stops_one_of_them_stops_the_rebuild_in_its_words(full: System) -> None:
    before = served(full)
    with full.database.write() as c:
        last = rows(c, "SELECT MAX(position) FROM log WHERE topic = 'case.contact_attempted'")
        write(c, "UPDATE log SET topic = 'case.never_heard_of' WHERE position = ?", last)
    with pytest.raises(TopicIsUnknown, match="never_heard_of"):
        rebuild(full, batch=20, processes=2)
    assert served(full) == before
    assert not active_children()
