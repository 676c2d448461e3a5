"""The front door of the back room: what the counter may ask for, each name from its own module.

The names stand once, in the stub beside this module, which a type checker reads as well. They
are fetched when first asked for: the process that opens an unknown workbook, or one line of the
command line, does not load the whole house.
"""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from typing import Any


def _told() -> dict[str, str]:
    """Which module each name of the stub is fetched from."""
    stub = ast.parse(Path(__file__).with_suffix(".pyi").read_text("utf-8"))
    return {
        alias.name: node.module
        for node in stub.body
        if isinstance(node, ast.ImportFrom) and node.module is not None
        for alias in node.names
    }


ROOM_OF = _told()

__all__ = sorted(ROOM_OF)


def __getattr__(name: str) -> Any:
    room = ROOM_OF.get(name)
    if room is None:
        raise AttributeError(f"the front door has no {name!r}")
    return getattr(import_module(room), name)
