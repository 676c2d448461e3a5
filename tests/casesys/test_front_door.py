"""The front door names what it opens, and opens what it names."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from typing import Any

import pytest

door: Any = import_module("casesys")
"""Asked as a program would: a type checker reads the stub, in which the door itself is not."""


def test_every_name_is_fetched_from_its_own_module() -> None:
    assert len(door.ROOM_OF) > 100
    for name, room in door.ROOM_OF.items():
        assert getattr(door, name) is getattr(import_module(room), name), name


def test_a_name_that_is_not_there_is_said_to_be_missing() -> None:
    with pytest.raises(AttributeError, match="no 'nothing'"):
        _ = door.nothing


def test_the_whole_house_is_not_loaded_before_it_is_asked_for() -> None:
    asked = "import sys, casesys; print('sqlalchemy' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True)
    assert answer.stdout.strip() == b"False"
