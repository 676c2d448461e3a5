"""The peers, each doing the same office's work its own way, in an environment of their own.

``python -m tests.bench.peers JOB FILE COUNT…`` prepares or measures one database file.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench import library, orm
from tests.bench.stopwatch import say

PREPARE: dict[str, Callable[[Path, int], dict[str, Any]]] = {
    "prepare-native": library.prepare_native,
    "prepare-extension": library.prepare_extension,
    "prepare-rows": orm.prepare_rows,
}
MEASURE: dict[str, Callable[[Path, int, int], dict[str, Any]]] = {
    "native": library.give_native,
    "extension": library.give_extension,
    "orm": orm.change_plain,
    "continuum": orm.change_versioned,
    "project": library.project,
}


def main(job: str, file: Path, *counts: int) -> None:
    say(PREPARE[job](file, *counts) if job in PREPARE else MEASURE[job](file, *counts))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:]))
