"""Every checkpoint lies outside as a file that nobody here writes over."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from casesys.followers.standing import halted, standing
from casesys.followers.witness import Witness
from casesys.proofs.chain import verify_log
from casesys.proofs.checkpoints import kept
from casesys.proofs.tree_of_log import fill
from casesys.system import System
from projections.driver import write
from tests.followers import everything, head, owed_rows
from tests.offices import Clock
from tests.scenarios import a_listed_case


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


def files(share: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in share.iterdir()}


def sign(system: System) -> int:
    with system.database.write() as c:
        system.database.lock(c)
        return system.checkpoints.make(c, system.now()).checkpoint.size


def halts(system: System, share: Path) -> list[str]:
    with system.database.read() as c:
        return halted(standing(system, c, [Witness(share)]))


def test_the_first_act_of_a_day_puts_what_was_before_it_outside(
    office: System, clock: Clock, share: Path
) -> None:
    everything(office, Witness(share))
    assert files(share) == {}
    for day in ("2021-07-23", "2021-07-26"):
        clock.set(f"{day}T09:00")
        before = head(office)
        a_listed_case(office, before)
        everything(office, Witness(share))
        (name,) = [name for name in files(share) if name.endswith(f"-{before:010d}-{day}.txt")]
        assert name.startswith("casesys-")
    with office.database.read() as c:
        assert sorted(files(share).values()) == sorted(one.note.whole for one in kept(c))
        assert verify_log(office, c, list(files(share).values())).holds


def test_one_that_somebody_asks_for_is_put_there_without_another_entry(
    office: System, share: Path
) -> None:
    everything(office, Witness(share))
    size = sign(office)
    everything(office, Witness(share))
    ((name, text),) = files(share).items()
    assert f"-{size:010d}-" in name and str(size) in text.splitlines()
    assert stat.S_IMODE((share / name).stat().st_mode) & 0o222 == 0
    everything(office, Witness(share))
    assert len(owed_rows(office)) == 1


def test_a_witness_that_is_set_up_later_gets_all_there_were(
    office: System, clock: Clock, share: Path
) -> None:
    for day in range(23, 27):
        clock.set(f"2021-07-{day}T09:00")
        a_listed_case(office, day)
    everything(office, Witness(share))
    assert len(files(share)) == 4


def test_nothing_is_made_where_the_share_should_be(
    office: System, clock: Clock, share: Path
) -> None:
    sign(office)
    share.rmdir()
    everything(office, Witness(share))
    assert not share.exists() and halts(office, share) == ["witness"]
    share.mkdir()
    clock.wait(minutes=1)
    everything(office, Witness(share))
    assert len(files(share)) == 1 and halts(office, share) == []


def test_the_same_again_changes_nothing_and_another_story_is_not_written_over(
    office: System, clock: Clock, share: Path
) -> None:
    size = sign(office)
    everything(office, Witness(share))
    (file,) = share.iterdir()
    before = file.stat()
    forget(office)
    everything(office, Witness(share))
    assert file.stat() == before and halts(office, share) == []
    clock.wait(days=1)
    rewrite(office, size)
    everything(office, Witness(share))
    assert file.stat() == before and len(files(share)) == 1
    assert halts(office, share) == ["witness"]
    with office.database.read() as c:
        assert verify_log(office, c, list(files(share).values())).misfit is not None


def forget(system: System) -> None:
    """As after a crash between the file and the mark."""
    with system.database.write() as c:
        write(c, "DELETE FROM outbox", [()])


def rewrite(system: System, size: int) -> None:
    """Somebody with every right on this machine changes the last entry and signs that instead."""
    with system.database.write() as c:
        write(c, "UPDATE log SET reason = 'otherwise' WHERE position = ?", [(size,)])
        for table in ("tree_leaf", "tree_node", "checkpoint", "outbox"):
            write(c, f"DELETE FROM {table}", [()])
        fill(c)
    sign(system)


def test_a_file_that_is_no_checkpoint_is_left_and_told(office: System, share: Path) -> None:
    size = sign(office)
    everything(office, Witness(share))
    (file,) = share.iterdir()
    file.chmod(0o600)
    file.write_bytes(b"\xff nothing")
    forget(office)
    everything(office, Witness(share))
    assert file.read_bytes() == b"\xff nothing" and halts(office, share) == ["witness"], size
