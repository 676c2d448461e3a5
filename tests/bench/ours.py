"""What is measured of casesys itself, through the functions that its pages and commands call.

``python -m tests.bench.ours JOB FOLDER COUNT`` prepares or measures one installation's folder,
and the database that the environment names, if it does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench import installation, ours_reading, ours_writing
from tests.bench.stopwatch import say

JOBS: dict[str, Callable[[Path, int], dict[str, Any]]] = {
    "prepare": installation.prepare,
    "history": installation.prepare,
    "insert": ours_writing.insert_rows,
    "give": ours_writing.give_plain,
    "give-sealed": ours_writing.give_sealed,
    "give-treeless": ours_writing.give_treeless,
    "rows": ours_reading.read_raw,
    "decoded": ours_reading.read_decoded,
    "prove": ours_reading.prove,
    "rebuild": ours_reading.rebuild_all,
    "rebuild-each": ours_reading.rebuild_each,
    "verify": ours_reading.verify,
}

if __name__ == "__main__":
    say(JOBS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3])))
