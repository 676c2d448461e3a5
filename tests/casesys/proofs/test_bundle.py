"""A bundle says yes to a stranger with bare Python, and no to whatever was done to it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result

from casesys.cli import main
from casesys.people.attempts import EXPORT_BUNDLE, WantedAttempts, attempts_page
from casesys.permits import NotPermitted
from casesys.proofs import bundle as writing
from casesys.proofs.bundle import write_bundle
from casesys.proofs.joined import joined_verifier
from casesys.proofs.tree_of_log import fill
from casesys.system import StreamIsUnknown, System
from casesys.verifier import __main__ as program
from casesys.verifier import entries, signatures
from casesys.verifier.notes import read_checkpoint, read_note
from casesys.verifier.tree import Growing
from domain.refusals import Refused
from projections.driver import rows, write
from tests import scenarios
from tests.casesys.proofs import alterations
from tests.casesys.proofs.alterations import ALTERATIONS, Alteration
from tests.casesys.proofs.bundles import (
    ALL,
    AUDITOR_KEY,
    Members,
    a_case_of,
    a_strangers_key,
    an_audited_office,
    bundle_of,
    entries_of,
    line_of_entry,
    lines_of,
    members_of,
    packed,
    verdict,
    with_lines,
)
from tests.districts import district, made_district
from tests.offices import AUDITOR, OFFICER, SUPERVISOR, person
from tests.stores import MASTER_KEY


@pytest.fixture(scope="module")
def audited(sqlite_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    home = tmp_path_factory.mktemp("audited") / "home"
    shutil.copytree(sqlite_office, home)
    system = an_audited_office(home, district())
    yield system
    system.database.dispose()


@pytest.fixture(scope="module")
def whole(audited: System, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundle_of(audited, tmp_path_factory.mktemp("whole") / "bundle.zip")


@pytest.fixture(scope="module")
def one_case(audited: System, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("case") / "bundle.zip"
    return bundle_of(audited, file, a_case_of(audited))


def head_of(system: System) -> int:
    with system.database.read() as c:
        return system.log.head(c)[0]


# -- what is in it, and what it says ---------------------------------------------------------------


def bare_python(file: Path, folder: Path) -> str:
    """What the one file says with nothing installed, no environment and nothing beside it."""
    folder.mkdir()
    program_file = folder / "verify.py"
    program_file.write_bytes(joined_verifier().text)
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(program_file), str(file)],
        cwd=folder,
        env={},
        capture_output=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, b""), run.stdout.decode()
    assert [path.name for path in folder.iterdir()] == ["verify.py"]
    return run.stdout.decode()


def test_bare_python_says_yes_in_an_empty_folder_to_the_whole_district(
    whole: Path, audited: System, tmp_path: Path
) -> None:
    said = bare_python(whole, tmp_path / "empty")
    assert f"entries 1 to {head_of(audited)}, none missing" in said
    assert "receipts: 3; figures computed anew from the entries, the same members: 171" in said


def test_it_answers_in_both_languages_or_in_the_one_that_is_asked_for(whole: Path) -> None:
    code, both = program.judge([str(whole)])
    chinese, english = both.split("\n\n")
    assert code == 0
    assert chinese.startswith("是：") and english.startswith("YES:")
    only = program.judge([str(whole), "--lang", "zh"])[1]
    assert only.splitlines()[:-1] == chinese.splitlines()[:-1]


def test_a_python_that_is_too_old_says_so_and_not_no(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "OLDEST_PYTHON", (9, 0))
    code, said = verdict(whole)
    assert code == 2 and said.startswith("NOT JUDGED: this is Python 3.")


def test_the_whole_log_is_in_it_to_the_byte(whole: Path, audited: System) -> None:
    with audited.database.read() as c:
        stored = [list(row) for row in rows(c, writing.ENTRIES_UPTO, [head_of(audited)])]
    assert entries_of(members_of(whole)) == stored


def test_nothing_personal_and_no_key_of_the_office_is_in_it(system: System, tmp_path: Path) -> None:
    scenarios.a_contacted_case(system)
    members = members_of(bundle_of(system, tmp_path / "bundle.zip"))
    everything = b"\n".join(members.values())
    assert b'\\"sealed\\"' in members["entries.jsonl"]
    for secret in (
        scenarios.SIGNATORY.encode(),
        scenarios.PHONE.encode(),
        system.settings.signing_key.hex().encode(),
        system.settings.master_key.hex().encode(),
    ):
        assert secret not in everything


def test_the_readme_says_what_it_is_and_the_digest_of_the_program(
    whole: Path, one_case: Path, audited: System
) -> None:
    for file, said in ((whole, "整本日志"), (one_case, f"案件{a_case_of(audited)}")):
        members = members_of(file)
        told = members["README.txt"].decode()
        assert said in told and "Audit bundle" in told
        assert sha256(members["verify.py"]).hexdigest() in told
        for name in ("entries.jsonl", "keys.txt", "growth.jsonl", "checkpoint.txt"):
            assert name in told


def test_one_case_is_proven_with_its_enterprise_and_nobody_else(
    one_case: Path, audited: System
) -> None:
    code, said = verdict(one_case)
    found = entries_of(members_of(one_case))
    with audited.database.read() as c:
        case = audited.models.case_file.find(c, a_case_of(audited))
        stored = audited.log.stream(c, case.stream_id)
    assert code == 0 and f"case {case.number}: {len(found)} entries" in said
    assert [row[0] for row in found if row[1] == case.stream_id] == [e.position for e in stored]
    others = {row[3] for row in found if row[1] != case.stream_id}
    assert others and all(topic.startswith("enterprise.") for topic in others)
    assert not [name for name in members_of(one_case) if name.startswith("receipts/")]


def test_keys_that_were_given_are_told_from_those_that_the_bundle_names(whole: Path) -> None:
    office, superior = lines_of(members_of(whole), "keys.txt")
    assert superior.decode() == AUDITOR_KEY.public.line
    code, said = verdict(whole, "--key", office.decode())
    assert code == 0
    assert said.count("which you gave") == 1 and said.count("only as the bundle says") == 1
    assert verdict(whole, "--key", office.decode(), "--key", superior.decode())[0] == 0


def test_a_trusted_key_that_signed_nothing_here_is_no_yes(whole: Path, one_case: Path) -> None:
    origin = members_of(whole)["checkpoint.txt"].decode().split("\n")[0]
    stranger = a_strangers_key(origin).public.line
    for file in (whole, one_case):
        code, said = verdict(file, "--key", stranger)
        assert (code, said[:3]) == (1, "NO:")
        assert "is not signed by the key" in said


# -- against one's own checkpoint ------------------------------------------------------------------


def rewritten(system: System, home: Path) -> System:
    """The office itself rewrites an old entry, and everything that follows from it."""
    system.database.dispose()
    shutil.copytree(system.settings.home, home)
    other = type(system)(
        replace(system.settings, home=home, database_url=f"sqlite:///{home}/casesys.db"),
        now=system.now,
    )
    with other.database.write() as c:
        write(c, "UPDATE log SET actor = ? WHERE position = ?", [("somebody else", 500)])
        for table in ("tree_leaf", "tree_node", "checkpoint"):
            c.exec_driver_sql(f"DELETE FROM {table}")
        fill(c)
    return other


def test_only_whoever_kept_a_checkpoint_finds_that_the_office_rewrote_everything(
    audited: System, whole: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_bytes(members_of(whole)["checkpoint.txt"])
    other = rewritten(audited, tmp_path / "home")
    forged = bundle_of(other, tmp_path / "forged.zip")
    key = lines_of(members_of(whole), "keys.txt")[0].decode()
    other.database.dispose()
    # It is signed with the office's own key, and nothing in it contradicts anything.
    assert verdict(forged, "--key", key)[0] == 0
    code, said = verdict(forged, "--key", key, "--checkpoint", str(kept))
    assert (code, said[:3]) == (1, "NO:")
    assert "contradict each other" in said


def test_an_older_checkpoint_of_ones_own_fits_and_says_so(
    whole: Path, one_case: Path, tmp_path: Path
) -> None:
    members = members_of(whole)
    own = tmp_path / "own.txt"
    for name in [name for name in members if name.startswith("checkpoint")]:
        own.write_bytes(members[name])
        size = members[name].split(b"\n")[1].decode()
        for file in (whole, one_case):
            code, said = verdict(file, "--checkpoint", str(own))
            assert code == 0 and f"your own checkpoint of {size} entries fits" in said


def test_a_bundle_that_is_shorter_than_ones_own_checkpoint_is_refused(
    audited: System, whole: Path, tmp_path: Path
) -> None:
    members = members_of(whole)
    size = sorted(name for name in members if name.startswith("checkpoints/"))[-1]
    own = tmp_path / "own.txt"
    own.write_bytes(members["checkpoint.txt"])
    older = {name: text for name, text in members.items() if name != size}
    older["checkpoint.txt"] = members[size]
    older = with_lines(older, "growth.jsonl", lines_of(members, "growth.jsonl")[:-1])
    cut = int(size[12:24])
    for name in ("entries.jsonl", "leaves.txt"):
        older = with_lines(older, name, lines_of(members, name)[:cut])
    older.pop("receipts/SJ-2021-0003.json")
    file = packed(older, tmp_path / "older.zip")
    assert verdict(file)[0] == 0
    code, said = verdict(file, "--checkpoint", str(own))
    assert (code, said.split(".")[0]) == (1, f"NO: position {cut + 1} does not fit")


def test_a_case_whose_bundle_does_not_lead_from_ones_own_checkpoint_is_no_yes(
    audited: System, one_case: Path, tmp_path: Path
) -> None:
    members = members_of(one_case)
    dropped = sorted(name for name in members if name.startswith("checkpoints/"))[0]
    own = tmp_path / "own.txt"
    own.write_bytes(members[dropped])
    without = {name: text for name, text in members.items() if name != dropped}
    without = with_lines(without, "growth.jsonl", lines_of(members, "growth.jsonl")[1:])
    file = packed(without, tmp_path / "without.zip")
    assert verdict(file)[0] == 0
    code, said = verdict(file, "--checkpoint", str(own))
    assert code == 1 and "does not show how the log grew from your checkpoint" in said


# -- whatever is done to it is found ---------------------------------------------------------------


@pytest.mark.parametrize("alteration", ALTERATIONS, ids=lambda one: one.__name__)
def test_every_alteration_is_found(
    alteration: Alteration, whole: Path, one_case: Path, tmp_path: Path
) -> None:
    """Twelve kinds, ten of each at random on either kind of bundle: more than two hundred."""
    random = Random(alteration.__name__)
    for file in (whole, one_case):
        members = members_of(file)
        for _ in range(10):
            changed = alteration(members, random)
            if changed is None:
                continue
            code, said = verdict(packed(changed, tmp_path / "changed.zip"))
            assert code in (1, 2), said
            assert said.startswith("NO" if code == 1 else "NOT JUDGED")


def test_the_changed_entry_is_named_by_its_position(whole: Path, tmp_path: Path) -> None:
    random = Random(7)
    members = members_of(whole)
    lines = lines_of(members, "entries.jsonl")
    for place in random.sample(range(len(lines)), 12):
        row = json.loads(lines[place])
        row[8] = "somebody else"
        changed = [*lines[:place], line_of_entry(row), *lines[place + 1 :]]
        code, said = verdict(packed(with_lines(members, "entries.jsonl", changed), tmp_path / "b"))
        assert said.startswith(f"NO: position {place + 1} does not fit. the entry was changed")
        assert code == 1


def test_of_a_dropped_and_of_a_swapped_entry_the_first_is_named(
    whole: Path, tmp_path: Path
) -> None:
    members = members_of(whole)
    lines = lines_of(members, "entries.jsonl")
    dropped = [*lines[:99], *lines[100:]]
    swapped = [*lines[:99], lines[120], *lines[100:120], lines[99], *lines[121:]]
    for changed in (dropped, swapped):
        file = packed(with_lines(members, "entries.jsonl", changed), tmp_path / "changed.zip")
        code, said = verdict(file)
        assert code == 1 and said.startswith("NO: position 100 does not fit. the entry is missing")


def test_whoever_changes_the_list_of_hashes_as_well_is_found_between_two_checkpoints(
    whole: Path, tmp_path: Path
) -> None:
    changed = _entry_and_hash(members_of(whole), 400)
    code, said = verdict(packed(changed, tmp_path / "changed.zip"))
    assert code == 1 and said.startswith("NO: among entries 70 to 848 is one")


def _entry_and_hash(members: Members, position: int) -> Members:
    lines, hashes = lines_of(members, "entries.jsonl"), lines_of(members, "leaves.txt")
    row = json.loads(lines[position - 1])
    row[8] = "somebody else"
    lines[position - 1] = line_of_entry(row)
    read = entries.read_entry(lines[position - 1])
    assert read is not None
    hashes[position - 1] = read[1].hex().encode()
    return with_lines(with_lines(members, "entries.jsonl", lines), "leaves.txt", hashes)


# -- and not found where the check is taken away ---------------------------------------------------


def actor_changed(members: Members, position: int) -> Members:
    lines = lines_of(members, "entries.jsonl")
    row = json.loads(lines[position])
    row[8] = "somebody else"
    lines[position] = line_of_entry(row)
    return with_lines(members, "entries.jsonl", lines)


def test_without_hashing_a_changed_entry_is_not_found(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = members_of(whole)
    hashes = [bytes.fromhex(line.decode()) for line in lines_of(members, "leaves.txt")]
    file = packed(actor_changed(members, 300), tmp_path / "changed.zip")
    assert verdict(file)[0] == 1

    def believed(leaf: bytes) -> bytes:
        return hashes[int(leaf.split(b":", 1)[1].split(b",", 1)[0]) - 1]

    monkeypatch.setattr(entries, "leaf_hash", believed)
    assert verdict(file)[0] == 0


def test_without_proofs_a_changed_entry_of_a_case_is_not_found(
    one_case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = packed(actor_changed(members_of(one_case), 5), tmp_path / "changed.zip")
    assert verdict(file)[0] == 1
    monkeypatch.setattr(entries, "shows_inclusion", lambda *given: True)
    assert verdict(file)[0] == 0


def test_without_versions_an_entry_left_out_of_a_case_is_not_found(
    one_case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = alterations.a_dropped_entry_with_its_proof(members_of(one_case), Random(3))
    file = packed(changed, tmp_path / "changed.zip")
    assert "version" in verdict(file)[1]
    monkeypatch.setattr(entries.Streams, "take", lambda streams, row: None)
    assert verdict(file)[0] == 0


def test_without_signatures_and_growth_a_forged_checkpoint_of_a_case_is_not_found(
    one_case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = members_of(one_case)
    name = sorted(name for name in members if name.startswith("checkpoints/"))[1]
    text = members[name].decode()
    lines = text.split("\n")
    lines[2] = replace(read_checkpoint(read_note(text)), head=bytes(32)).text.split("\n")[2]
    file = packed({**members, name: "\n".join(lines).encode()}, tmp_path / "forged.zip")
    assert "signature" in verdict(file)[1]
    monkeypatch.setattr(signatures, "is_signed", lambda *given: True)
    assert "did not grow" in verdict(file)[1]
    monkeypatch.setattr(signatures, "shows_growth", lambda *given: True)
    assert verdict(file)[0] == 0


def test_without_the_heads_a_rewritten_log_is_not_found(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = packed(_entry_and_hash(members_of(whole), 400), tmp_path / "changed.zip")
    assert verdict(file)[0] == 1
    heads = {one.size: one.checkpoint.head for one in _checkpoints(whole)}
    monkeypatch.setattr(
        Growing, "head", property(lambda tree: heads.get(tree.size, b"")), raising=True
    )
    assert verdict(file)[0] == 0


def _checkpoints(file: Path) -> list[signatures.Signed]:
    members = members_of(file)
    return [
        signatures.signed_of(text, name)
        for name, text in members.items()
        if name.startswith("checkpoint")
    ]


def test_without_judging_receipts_an_altered_one_is_not_found(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = members_of(whole)
    name = "receipts/SJ-2021-0001.json"
    text = members[name].replace(b'"as_of": "2021-10-31"', b'"as_of": "2021-10-30"')
    assert text != members[name]
    file = packed({**members, name: text}, tmp_path / "altered.zip")
    code, said = verdict(file)
    assert code == 1 and "SJ-2021-0001" in said
    monkeypatch.setattr(program, "_receipts", lambda bundle, head, books: iter(()))
    assert verdict(file)[0] == 0


# -- who may write one -----------------------------------------------------------------------------


def test_auditors_and_the_operator_may_and_it_is_kept_who_did(system: System) -> None:
    stream = scenarios.a_listed_case(system).stream
    number = scenarios.case_number(system, stream)
    for login in (OFFICER, SUPERVISOR):
        with pytest.raises(NotPermitted):
            write_bundle(system, person(system, login), BytesIO())
    assert attempts_page(system, WantedAttempts(act=EXPORT_BUNDLE)).total == 0
    write_bundle(system, person(system, AUDITOR), BytesIO(), number)
    write_bundle(system, ALL, BytesIO())
    noted = attempts_page(system, WantedAttempts(act=EXPORT_BUNDLE)).rows
    assert {(one.login, one.stream) for one in noted} == {
        (AUDITOR, str(stream)),
        (ALL.id, None),
    }


def test_a_case_that_is_not_there_is_refused_and_nothing_is_written(system: System) -> None:
    out = BytesIO()
    with pytest.raises(StreamIsUnknown):
        write_bundle(system, ALL, out, "Z2021-01-9999")
    assert out.getvalue() == b""
    assert not issubclass(StreamIsUnknown, Refused)


def test_it_can_be_written_to_where_nothing_is_sought(office: System, tmp_path: Path) -> None:
    """To a pipe or a browser, and from either database."""
    scenarios.a_contacted_case(office)

    class Pipe(BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *place: int) -> int:
            raise OSError("a pipe")

        def tell(self) -> int:
            raise OSError("a pipe")

    out = Pipe()
    write_bundle(office, ALL, out)
    file = tmp_path / "bundle.zip"
    file.write_bytes(out.getvalue())
    assert ZipFile(file).testzip() is None
    assert verdict(file)[0] == 0


def test_bare_python_says_yes_to_a_district_of_a_thousand_cases(
    sqlite_office: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(sqlite_office, home)
    system = an_audited_office(home, made_district(1000, "20211109", tmp_path / "district"))
    file, entries_there = bundle_of(system, tmp_path / "bundle.zip"), head_of(system)
    system.database.dispose()
    said = bare_python(file, tmp_path / "empty")
    assert entries_there > 12_000
    assert f"entries 1 to {entries_there}, none missing" in said
    assert "receipts: 3; figures computed anew from the entries, the same members: 171" in said


def test_the_command_writes_a_whole_file_or_none(system: System, tmp_path: Path) -> None:
    number = scenarios.case_number(system, scenarios.a_listed_case(system).stream)
    home = system.settings.home
    system.database.dispose()

    def run(*words: str) -> Result:
        keys = {"CASESYS_MASTER_KEY": MASTER_KEY, "CASESYS_LANGUAGE": "en"}
        env = {"CASESYS_HOME": str(home), **keys}
        return CliRunner().invoke(main, ["audit", "bundle", *words], env=env)

    file, other = tmp_path / "bundle.zip", tmp_path / "other.zip"
    first = run("-o", str(file), "--case", number, "--json")
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert told["case"] == number and told["bytes"] == file.stat().st_size
    assert f"case {number}: {told['entries']} entries" in verdict(file)[1]
    assert "Wrote the bundle" in run("-o", str(file)).output
    assert verdict(file)[0] == 0
    refused = run("-o", str(other), "--case", "Z2021-01-9999")
    assert refused.exit_code == 1 and "Traceback" not in refused.output
    assert [path.name for path in tmp_path.glob("*.zip*")] == ["bundle.zip"]
