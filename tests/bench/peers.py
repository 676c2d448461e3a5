"""The peers, each doing the same office's work its own way, in an environment of their own.

``python -m tests.bench.peers JOB FILE COUNT CASES`` prepares or measures one
database file, or the database that the environment names.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench import library, library_reading, orm
from tests.bench.stopwatch import say

JOBS: dict[str, Callable[[Path, int, int], dict[str, Any]]] = {
    "prepare-native": library.prepare_native,
    "prepare-extension": library.prepare_extension,
    "prepare-rows": orm.prepare_rows,
    "native": library.give_native,
    "extension": library.give_extension,
    "orm": orm.change_plain,
    "continuum": orm.change_continuum,
    "history": orm.change_history,
    "project": library_reading.project,
}


if __name__ == "__main__":
    say(JOBS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
