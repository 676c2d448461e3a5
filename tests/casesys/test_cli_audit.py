"""`casesys audit`: checkpoints, co-signatures and the whole log compared, at the command line."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from casesys.cli import main
from casesys.proofs.tree_of_log import EVERY_ENTRY
from casesys.system import System
from casesys.verifier.leaves import leaf_of
from casesys.verifier.notes import read_checkpoint, read_note
from casesys.verifier.tree import leaf_hash, shows_growth, shows_inclusion
from projections.driver import rows, write


@pytest.fixture
def run(system: System, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("CASESYS_HOME", str(system.settings.home))
    monkeypatch.setenv("CASESYS_MASTER_KEY", system.settings.master_key.hex())
    monkeypatch.setenv("CASESYS_LANGUAGE", "en")
    return CliRunner()


def told(result: Result) -> dict[str, object]:
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_a_checkpoint_is_made_cosigned_kept_and_the_log_compared_with_it(
    run: CliRunner, system: System, tmp_path: Path
) -> None:
    file, key = str(tmp_path / "checkpoint.txt"), str(tmp_path / "city.key")
    made = told(run.invoke(main, ["audit", "checkpoint", "-o", file, "--json"]))
    note = read_note(Path(file).read_text("utf-8"))
    assert read_checkpoint(note).size == made["size"]
    make = ["audit", "key", "-o", key, "--name", "市信用办", "--json"]
    public = told(run.invoke(main, make))["key"]
    assert Path(key).stat().st_mode & 0o777 == 0o600
    assert run.invoke(main, ["audit", "key", "-o", key, "--name", "again"]).exit_code == 1
    signed = run.invoke(main, ["audit", "cosign", file, "--key", key])
    assert "市信用办 co-signed the checkpoint" in signed.output and file in signed.output
    assert "— 市信用办 " in Path(file).read_text("utf-8")
    unknown = run.invoke(main, ["audit", "keep", file])
    assert unknown.exit_code == 1 and "--key" in unknown.output
    kept = told(run.invoke(main, ["audit", "keep", file, "--key", str(public), "--json"]))
    assert kept["cosigned_by"] == ["市信用办"]
    found = told(run.invoke(main, ["audit", "verify", "--checkpoint", file, "--json"]))
    assert found["holds"] and found["entries"] == made["size"]
    assert found["cosigned_by"] == ["市信用办"]
    assert "Co-signed by 市信用办\n" in run.invoke(main, ["audit", "verify"]).output
    again = run.invoke(main, ["audit", "keep", file]).output
    assert again.endswith("co-signed by 市信用办\n")
    with system.database.write() as c:
        write(c, "UPDATE log SET reason = 'because' WHERE position = 7", [()])
    for arguments in ([], ["--checkpoint", file]):
        answer = run.invoke(main, ["audit", "verify", *arguments])
        assert answer.exit_code == 1
        assert "Entry 7 is not what was written then" in answer.output


def test_a_proof_of_an_entry_and_of_growth_is_shown(run: CliRunner, system: System) -> None:
    with system.database.read() as c:
        leaves = [leaf_hash(leaf_of(row)) for row in rows(c, EVERY_ENTRY)]
    size = len(leaves)
    one = told(run.invoke(main, ["audit", "proof", "5", "--size", "9", "--json"]))
    assert bytes.fromhex(str(one["leaf"])) == leaves[4]
    steps = [bytes.fromhex(step) for step in one["proof"]]  # type: ignore[attr-defined]
    assert shows_inclusion(leaves[4], 4, 9, steps, bytes.fromhex(str(one["head"])))
    grown = told(run.invoke(main, ["audit", "growth", "9", str(size), "--json"]))
    steps = [bytes.fromhex(step) for step in grown["proof"]]  # type: ignore[attr-defined]
    heads = (bytes.fromhex(str(grown[name])) for name in ("old_head", "new_head"))
    assert shows_growth(9, size, steps, *heads)
    for wrong in (["proof", str(size + 1)], ["proof", "9", "--size", "5"], ["growth", "9", "5"]):
        assert run.invoke(main, ["audit", *wrong]).exit_code == 1


def test_files_that_are_something_else_are_refused_in_words(run: CliRunner, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.txt"
    wrong.write_bytes(b"\xff\x00 no note" * 9)
    for arguments in (
        ["verify", "--checkpoint", str(wrong)],
        ["keep", str(wrong)],
        ["keep", str(wrong), "--key", "nobody"],
        ["cosign", str(wrong), "--key", str(wrong)],
    ):
        answer = run.invoke(main, ["audit", *arguments])
        assert answer.exit_code == 1 and answer.output.startswith("This is no"), answer.output


def test_the_note_is_text_that_others_read(run: CliRunner, tmp_path: Path) -> None:
    lines = run.invoke(main, ["audit", "checkpoint"]).output.split("\n")
    file = str(tmp_path / "kept.txt")
    written = run.invoke(main, ["audit", "checkpoint", "-o", file]).output
    assert written.startswith(f"Signed: the checkpoint at entry {lines[1]}") and file in written
    assert lines[0].startswith("casesys/") and int(lines[1]) > 0
    assert len(b64decode(lines[2])) == 32 and lines[3].startswith("made ")
    assert len(b64decode(lines[5].split(" ")[2])) == 4 + 64
