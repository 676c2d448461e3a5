"""Receipts at the command line: published, read again, written to a file, and verified."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from casesys.cli import main
from tests.casesys.test_cli import Casesys, answer
from tests.casesys.test_cli import casesys as casesys
from tests.casesys.test_cli import district as district
from tests.shared_data import shared_path


def test_what_is_published_equals_the_districts_answers(district: Casesys) -> None:
    expected = json.loads(shared_path("district/district_50/expected.json").read_text())
    options = ("--as-of", "2021-11-09", "--by", "category", "--json")
    said = answer(district("figure", "publish", "repair.by_record", "closed", *options))
    found = {
        (line["figure"], line["of"].get("category", "all")): (
            line["numerator"],
            line["denominator"],
        )
        for line in said["lines"]
    }
    for category, figures in expected["as_of"]["2021-11-09"].items():
        if category in ("penalty", "judgment", "all"):
            rate = figures["repair_rate_by_zong"]
            fraction = (rate["numerator"], rate["denominator"])
            assert found["repair.by_record", category] == fraction
    assert answer(district("figure", "receipt", said["number"], "--json")) == said


def test_a_receipt_goes_out_as_a_file_and_comes_back(district: Casesys, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    done = district("figure", "publish", "repair.by_record", "--as-of", "2021-10-31", "-o", file)
    assert done.exit_code == 0 and "/1 " in done.stdout
    assert district("figure", "verify", file).exit_code == 0
    file.write_text(file.read_text().replace('"as_of": "2021-10-31"', '"as_of": "2021-10-30"'))
    forged = district("figure", "verify", file, "--json")
    assert forged.exit_code == 1
    assert json.loads(forged.stdout)["verdict"] == "altered"
    assert json.loads(forged.stdout)["altered"] == ["as_of"]


def test_a_receipt_that_was_lost_is_written_again(district: Casesys, tmp_path: Path) -> None:
    first, again = tmp_path / "first.json", tmp_path / "again.json"
    published = ("figure", "publish", "cases", "--as-of", "2021-10-31", "--json", "-o")
    number = answer(district(*published, first))["number"]
    assert district("figure", "receipt", number, "-o", again).exit_code == 0
    assert first.read_bytes() == again.read_bytes()
    (listed,) = answer(district("figure", "receipts", "--json"))["receipts"]
    assert listed["number"] == number and listed["lines"] == 1


def test_receipts_come_back_from_a_backup(district: Casesys, tmp_path: Path) -> None:
    published = ("figure", "publish", "repair.by_record", "--as-of", "2021-10-31", "--json")
    number = answer(district(*published))["number"]
    kept = tmp_path / "kept.backup"
    assert district("backup", "-o", kept).exit_code == 0
    home, other = tmp_path / "home", tmp_path / "other"
    other.mkdir()
    (other / "master.key").write_bytes((home / "master.key").read_bytes())
    (other / "master.key").chmod(0o600)
    environment = {"CASESYS_HOME": str(other), "CASESYS_LANGUAGE": "en"}
    for arguments in (["restore", str(kept)], ["figure", "verify", number, "--json"]):
        done = CliRunner().invoke(main, arguments, env=environment)
        assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["document_is_kept"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("publish", "repair.by_wish", "--as-of", "2021-10-31"), "no figure named"),
        (("receipt", "SJ-2021-0001"), "no figure receipt"),
        (("verify", "nowhere.json"), "nowhere.json"),
    ],
)
def test_what_is_not_there_is_said_and_ends_with_1(
    district: Casesys, arguments: tuple[str, ...], words: str
) -> None:
    done = district("figure", *arguments)
    assert done.exit_code == 1 and words in done.stderr


def test_a_number_that_was_never_given_out_ends_with_1(district: Casesys) -> None:
    done = district("figure", "verify", "SJ-2021-0001")
    assert done.exit_code == 1 and "Never issued" in done.stdout
