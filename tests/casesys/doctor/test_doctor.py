"""The doctor finds every planted fault, names it, and passes the same office when it is healed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest

from casesys.backup import backup
from casesys.doctor import Examined, doctor
from casesys.doctor.proven import latest_proven, proven_at
from casesys.doctor.restored import SCRATCH
from casesys.figures.cases_of_day import Question
from casesys.figures.receipts import Wanted, publish
from casesys.install import create_tables
from casesys.permits import NotPermitted, operator
from casesys.proofs.checkpoints import NEW_CHECKPOINT, newest, origin_of
from casesys.proofs.signing import office_key
from casesys.proofs.tree_of_log import head_of_log, size_of
from casesys.sealed_files import new_key
from casesys.system import System
from casesys.vault import EVIDENCE
from casesys.verifier.notes import Checkpoint, Note
from projections.case_file import CASE_FILE
from projections.driver import rows, write
from projections.ledger import LEDGER
from tests.offices import OFFICER, SUPERVISOR, person
from tests.register import made_register, record
from tests.scenarios import COMMITMENT, PHOTO, a_committed_case
from tests.stores import settings_of

RUNNER = operator("tests")
Fault = tuple[str, str]


def ask(system: System, **how: object) -> Examined:
    return doctor(system, RUNNER, **{"without_backup": "backup" not in how, **how})  # type: ignore[arg-type]


def faults(found: Examined) -> set[Fault]:
    """The checks that differ, with the codes of what they say."""
    return {
        (f"{check.where} {check.name}", one.code.removeprefix("doctor.differs."))
        for check in found.checks
        for one in check.differences
    }


def words(found: Examined) -> str:
    said = [one.said("zh") + one.said("en") for check in found.checks for one in check.differences]
    return "\n".join(said)


@pytest.fixture
def sound(office: System) -> System:
    """A case with personal data and evidence, and a receipt of figures."""
    for content, name in ((b"a photograph", PHOTO), (b"a signed commitment", COMMITMENT)):
        office.evidence.adopt(BytesIO(content), name)
    a_committed_case(office)
    asked = Question("2021-07-22", None, "", None)
    publish(office, person(office, SUPERVISOR), asked, [Wanted("repair.by_record")], "for a test")
    return office


def case_of(system: System) -> tuple[str, str]:
    with system.database.read() as c:
        ((stream, number),) = rows(c, f"SELECT stream_id, number FROM {CASE_FILE}")
    return stream, number


@contextmanager
def altered(system: System, table: str, change: str, where: str) -> Iterator[None]:
    """A row changed or dropped by hand, and put back as it was."""
    with system.database.write() as c:
        before = rows(c, f"SELECT * FROM {table} WHERE {where}")
        assert before
        write(c, f"{change} WHERE {where}", [()])
    yield
    with system.database.write() as c:
        write(c, f"DELETE FROM {table} WHERE {where}", [()])
        places = ", ".join("?" * len(before[0]))
        write(c, f"INSERT INTO {table} VALUES ({places})", before)


@contextmanager
def forged(system: System) -> Iterator[None]:
    """A checkpoint of the very log, signed by somebody else."""
    with system.database.write() as c:
        key, size = office_key(b"x" * 32, origin_of(c)), size_of(c)
        told = Checkpoint(key.public.name, size, head_of_log(c, size), system.now())
        before = rows(c, "SELECT size, note, made_at FROM checkpoint WHERE size = ?", [size])
        note = Note(told.text, (key.sign(told.text),)).whole
        write(c, NEW_CHECKPOINT, [(size, note, system.now())])
    yield
    with system.database.write() as c:
        write(c, "DELETE FROM checkpoint WHERE size = ?", [(size,)])
        write(c, NEW_CHECKPOINT, before)


@contextmanager
def file(system: System, name: str, change: Callable[[bytes], bytes | None]) -> Iterator[None]:
    path = system.settings.home / "evidence" / name[:2] / name[2:]
    before = path.read_bytes()
    path.chmod(0o600)
    after = change(before)
    if after is None:
        path.unlink()
    else:
        path.write_bytes(after)
    yield
    path.write_bytes(before)


def test_every_planted_fault_is_found_and_named_and_the_healed_office_passes(
    sound: System,
) -> None:
    stream, number = case_of(sound)
    assert faults(ask(sound)) == set()
    with sound.database.read() as c:
        kept = newest(c)
        assert kept is not None and kept.checkpoint.size == size_of(c)
        last = rows(c, "SELECT MAX(position) FROM log WHERE stream_id = ?", [stream])[0][0]
        command = rows(c, "SELECT command_id FROM log WHERE position = ?", [last])[0][0]
        other = rows(
            c, "SELECT wrapped_key FROM vault WHERE subject NOT IN (?, ?)", [stream, EVIDENCE]
        )[0][0]
    entry, subject = f"position = {last}", f"subject = '{stream}'"
    nobody = "UPDATE credential SET account = 'nobody'"
    an_account = person(sound, OFFICER).id
    planted: list[tuple[object, set[Fault], str]] = [
        (
            altered(
                sound, str(LEDGER), f"UPDATE {LEDGER} SET town = 'x'", f"stream_id = '{stream}'"
            ),
            {("here read_models", "row_differs")},
            f"ledger {stream}",
        ),
        (
            file(sound, PHOTO, lambda raw: raw[:-3] + bytes([raw[-3] ^ 1]) + raw[-2:]),
            {("here evidence", "file_damaged")},
            f"{PHOTO} was damaged or changed ({number})",
        ),
        (file(sound, COMMITMENT, lambda _: None), {("here evidence", "file_missing")}, number),
        (
            altered(sound, "vault", "DELETE FROM vault", subject),
            {("here seals", "key_missing")},
            f"The key of {number} is missing",
        ),
        (
            altered(sound, "vault", f"UPDATE vault SET wrapped_key = '{other}'", subject),
            {("here seals", "key_does_not_open")},
            f"the key of {number}",
        ),
        (
            altered(sound, "vault", "DELETE FROM vault", f"subject = '{EVIDENCE}'"),
            {
                ("here secrets", "evidence_key_missing"),
                ("here evidence", "stopped.evidence_key_missing"),
            },
            "no key of the evidence",
        ),
        (forged(sound), {("here chain", "proof.misfit.checkpoint_forged")}, "not signed with"),
        (
            altered(sound, "receipt", "DELETE FROM receipt", f"command_id = '{command}'"),
            {("here commands", "command_without_receipt")},
            command,
        ),
        (
            altered(
                sound,
                "receipt",
                "UPDATE receipt SET position = position - 1",
                f"command_id = '{command}'",
            ),
            {("here commands", "receipt_astray")},
            command,
        ),
        (
            altered(sound, "log", "UPDATE log SET recorded_at = '2031'", entry),
            {
                ("here chain", "proof.misfit.entry_changed"),
                ("here clocks", "recorded_after"),
                ("here clocks", "no_instant"),
            },
            f"Entry {last} ",
        ),
        (
            altered(sound, "log", "UPDATE log SET data = '{'", entry),
            {("here chain", "proof.misfit.entry_changed"), ("here content", "entry_unreadable")},
            f"Entry {last} cannot be read",
        ),
        (
            altered(sound, "credential", nobody, f"account = '{an_account}'"),
            {("here accounts", "account_missing")},
            "nobody",
        ),
    ]
    for fault, expected, named in planted:
        with fault:  # type: ignore[attr-defined]
            if "nobody" in named:
                with sound.database.read() as c:
                    assert rows(c, "SELECT 1 FROM credential WHERE account = 'nobody'")
            found = ask(sound)
        assert expected <= faults(found), (expected, faults(found))
        # What else differs rests on the very entry: only of the log's own faults.
        assert (
            len(faults(found) - expected) == 0 or "log" in str(expected) or "chain" in str(expected)
        ), faults(found)
        assert named in words(found), words(found)
        with sound.database.write() as c:
            write(c, "DELETE FROM credential WHERE account = 'nobody'", [()])
    assert faults(ask(sound)) == set()


def test_what_was_found_is_signed_and_kept_and_an_altered_page_says_so(sound: System) -> None:
    found = ask(sound)
    page = latest_proven(sound, RUNNER)
    assert page is not None and page.holds and page.entries == found.entries
    assert page.whole == found.note and {one.name for one in page.lines} >= {"chain", "evidence"}
    with sound.database.write() as c:
        write(c, f"UPDATE {LEDGER} SET town = 'x'", [()])
    assert ask(sound).differences == 1
    differing = latest_proven(sound, RUNNER)
    assert differing is not None and differing.sound and not differing.holds
    assert "ledger" in differing.named[0][2].said("en")
    lie = differing.whole.replace("differences 1", "differences 0")
    with sound.database.write() as c:
        write(c, "UPDATE proven SET note = ? WHERE at = ?", [(lie, differing.at)])
    altered_page = proven_at(sound, RUNNER, differing.at)
    assert altered_page is not None and not altered_page.sound and not altered_page.holds
    with pytest.raises(NotPermitted):
        doctor(sound, person(sound, OFFICER))


def test_a_sealed_backup_is_restored_and_examined_and_leaves_nothing(
    sound: System, tmp_path: Path
) -> None:
    key, file_ = new_key(), tmp_path / "office.backup"
    backup(sound, file_, key)
    left = sound.settings.home / SCRATCH
    left.mkdir()
    (left / "of a run that was killed").touch()
    found = doctor(sound, RUNNER, backup_key=key)
    assert faults(found) == set() and found.warnings == []
    there = {check.name: check.counted for check in found.checks if check.where == "backup"}
    assert there["restore"] == there["growth"] == found.entries
    assert there["evidence"] == 3 and there["receipts"] == 1
    assert not left.exists()
    assert ("backup restore", "stopped.backup_needs_key") in faults(doctor(sound, RUNNER))
    raw = bytearray(file_.read_bytes())
    raw[len(raw) // 2] ^= 1
    file_.write_bytes(raw)
    assert faults(doctor(sound, RUNNER, backup_key=key)) == {
        ("backup restore", "stopped.backup_changed"),
        ("backup growth", "backup_is_another_file"),
    }
    file_.unlink()
    assert [one.code for one in doctor(sound, RUNNER).warnings] == ["doctor.warning.no_backup"]


def test_a_backup_of_another_log_is_no_backup_of_this_one(sound: System, tmp_path: Path) -> None:
    own, other = tmp_path / "own.backup", System(settings_of(tmp_path / "other"))
    backup(sound, own)
    a_committed_case(sound, 2)
    assert faults(ask(sound, backup=own)) == set()
    create_tables(other)
    record(other, made_register(5, 3), 50)
    foreign = tmp_path / "foreign.backup"
    backup(other, foreign)
    other.database.dispose()
    found = faults(ask(sound, backup=foreign))
    assert ("backup growth", "backup_of_another_log") in found
