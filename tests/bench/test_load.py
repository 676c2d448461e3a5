"""The scripts work on a small office; what they measure on a busy machine proves nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.rounds import ROOT
from tests.shared_data import shared_path


def test_readers_find_every_page_of_a_small_office(tmp_path: Path) -> None:
    shared_path("district/make_district.py")
    command = [sys.executable, "-m", "tests.bench.load", "--folder", str(tmp_path)]
    small = ["--sizes", "20", "--readers", "3", "--seconds", "2", "--warm", "1", "--rounds", "1"]
    done = subprocess.run(
        [*command, *small, "--entries", "30"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "20 cases:" in done.stdout and "requests a second" in done.stdout


@pytest.mark.parametrize("database", [[], ["--postgresql"]])
def test_figures_are_asked_of_two_small_offices(tmp_path: Path, database: list[str]) -> None:
    shared_path("district/make_district.py")
    command = [sys.executable, "-m", "tests.bench.figures", "--folder", str(tmp_path), *database]
    done = subprocess.run(
        [*command, "--sizes", "20,40", "--times", "1"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "20 cases: p50" in done.stdout and "| work report, looked at |" in done.stdout


def test_growth_is_measured_on_two_small_offices(tmp_path: Path) -> None:
    shared_path("district/make_district.py")
    command = [sys.executable, "-m", "tests.bench.growth", "--folder", str(tmp_path)]
    small = ["--sizes", "20,40", "--times", "1", "--rounds", "1", "--parts", "process"]
    done = subprocess.run([*command, *small], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| rates of a day, in one process |" in done.stdout
