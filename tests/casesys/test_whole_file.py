"""A file stands whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from casesys.stopping import Stopped
from casesys.whole_file import whole_file


def test_a_file_is_there_when_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "new" / "file"
    with whole_file(file) as out:
        out.write(b"whole")
        assert not file.exists()
    assert file.read_bytes() == b"whole"
    assert os.listdir(file.parent) == ["file"]  # noqa: PTH208


def test_a_fault_leaves_what_stood_there(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"before")

    def fail() -> None:
        with whole_file(file) as out:
            out.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert file.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [file]


def test_a_device_and_a_folder_are_left_alone(tmp_path: Path) -> None:
    for there in (Path("/dev/null"), tmp_path):
        with pytest.raises(Stopped, match="no ordinary file"), whole_file(there):
            raise AssertionError("nothing is opened")


def test_a_link_keeps_leading_to_its_file(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    link.symlink_to(file)
    with whole_file(link) as out:
        out.write(b"whole")
    assert link.is_symlink() and file.read_bytes() == b"whole"
