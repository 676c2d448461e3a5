"""Personal data at the command line: what falls due, certificates, old backups, the master key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from casesys.backup import backup
from casesys.cli import main
from casesys.system import System
from casesys.verifier.leaves import leaf_of
from casesys.verifier.notes import read_checkpoint, read_note
from casesys.verifier.tree import leaf_hash, shows_inclusion
from tests import scenarios
from tests.offices import SUPERVISOR, Clock
from tests.scenarios import give
from tests.stores import MASTER_KEY

WHY = {"ground": "person_asked", "explanation": "本人书面要求"}


@pytest.fixture
def erased(system: System) -> UUID:
    case = scenarios.an_interviewed_case(system).stream
    give(system, "erase_personal_data", WHY, case, SUPERVISOR)
    return case


def shell(system: System, *arguments: str, **environ: str) -> Result:
    environ = {
        "CASESYS_HOME": str(system.settings.home),
        "CASESYS_MASTER_KEY": MASTER_KEY,
        "CASESYS_LANGUAGE": "en",
        **environ,
    }
    return CliRunner().invoke(main, ["personal", *arguments], env=environ)


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_what_falls_due_is_asked_for_any_day(system: System, clock: Clock) -> None:
    case = scenarios.an_excluded_case(system).stream
    give(system, "add_note", {"note": "管理人王律师"}, case)
    assert told(shell(system, "due", "--on", "2022-07-22", "--json"))["due"] == []
    (row,) = told(shell(system, "due", "--on", "2022-07-23", "--json"))["due"]
    assert (row["due_on"], row["rule"]) == ("2022-07-23", "K2021.excluded")
    assert "2022-07-23" in shell(system, "due", "--on", "2022-07-23").stdout


def test_a_certificate_is_proven_with_the_verifier_s_own_means(
    system: System, erased: UUID, tmp_path: Path
) -> None:
    file = tmp_path / "QC.json"
    written = shell(system, "certificate", "QC-2021-0001", "-o", str(file))
    assert written.exit_code == 0 and "QC-2021-0001 is written to" in written.stdout
    document = json.loads(file.read_text())
    log, proof = document["log"], document["proof"]
    leaf = leaf_hash(leaf_of(log["row"]))
    assert leaf.hex() == log["leaf"]
    checkpoint = read_checkpoint(read_note(proof["checkpoint"]))
    path = [bytes.fromhex(one) for one in proof["path"]]
    assert shows_inclusion(leaf, log["position"] - 1, proof["size"], path, checkpoint.head)
    assert told(shell(system, "verify", str(file), "--json"))["holds"] is True
    other = {**document, "proof": {**proof, "path": proof["path"][1:]}}
    file.write_text(json.dumps(other))
    assert shell(system, "verify", str(file)).exit_code == 1
    document["files_removed"] = ["0" * 64]
    file.write_text(json.dumps(document))
    altered = shell(system, "verify", str(file))
    assert altered.exit_code == 1 and "differs" in altered.output
    for other_file in ("no json", "{}", "[1]"):
        file.write_text(other_file)
        refused = shell(system, "verify", str(file))
        assert refused.exit_code == 1 and "no certificate of an erasure" in refused.stderr
    assert shell(system, "certificate", "QC-2021-0002").exit_code == 1


def test_sweeping_and_forgetting_say_what_they_did(system: System, tmp_path: Path) -> None:
    case = scenarios.an_interviewed_case(system).stream
    old = tmp_path / "old.backup"
    backup(system, old)
    give(system, "erase_personal_data", WHY, case, SUPERVISOR)
    assert told(shell(system, "sweep", "--json"))["erasures"] == 1
    (done,) = told(shell(system, "forget", str(old), "--json"))
    assert done == {"file": "old.backup", "keys": 1, "files": 0}
    assert "0 keys dropped" in shell(system, "forget", str(old)).stdout


def test_a_key_from_outside_is_changed_with_a_file_only(system: System, tmp_path: Path) -> None:
    refused = shell(system, "rotate")
    assert refused.exit_code == 1 and "--to FILE" in refused.output
    file = tmp_path / "new.key"
    done = told(shell(system, "rotate", "--to", str(file), "--json"))
    assert done["subjects"] >= 4 and done["old_key"] is None
    wrong = shell(system, "due")
    assert wrong.exit_code == 1 and "master key" in wrong.output
    assert shell(system, "due", CASESYS_MASTER_KEY=file.read_text()).exit_code == 0
