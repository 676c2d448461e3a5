"""The load script works on a small office; what it measures on a busy machine proves nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
