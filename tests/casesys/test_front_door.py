"""The front door names what it opens, and opens what it names."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import casesys


def test_every_name_is_fetched_from_its_own_module() -> None:
    for room, names in casesys.ROOMS.items():
        for name in names:
            assert getattr(casesys, name) is getattr(import_module(room), name), name


def test_a_type_checker_is_told_the_same_names() -> None:
    tree = ast.parse(Path(str(casesys.__file__)).read_text("utf-8"))
    told = {
        (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname is not None
    }
    assert told == {(room, name) for room, names in casesys.ROOMS.items() for name in names}


def test_a_name_that_is_not_there_is_said_to_be_missing() -> None:
    with pytest.raises(AttributeError, match="no 'nothing'"):
        _ = casesys.nothing


def test_the_whole_house_is_not_loaded_before_it_is_asked_for() -> None:
    asked = "import sys, casesys; print('sqlalchemy' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True)
    assert answer.stdout.strip() == b"False"
