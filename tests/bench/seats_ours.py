"""One desk of casesys among eight, or the reader who follows them.

``python -m tests.bench.seats_ours SEAT FOLDER SECONDS``; the reader's seat is one behind the last.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from casesys.commands import COMMANDS
from casesys.system import Given, clock
from tests.bench.installation import OFFICER, case_streams, system_of
from tests.bench.ours_writing import ATTEMPT
from tests.bench.seats import WRITERS, follow, keep_writing, share
from tests.bench.stopwatch import say

PAGE = 500


def write(folder: Path, seat: int, seconds: float) -> dict[str, Any]:
    system = system_of(folder)
    command = COMMANDS["attempt_contact"]
    own = share(case_streams(system), seat)

    def act(stream: str) -> None:
        given = Given(OFFICER, UUID(stream), None, str(uuid4()))
        system.give(command, {**ATTEMPT, "attempted_at": clock()}, given)

    return keep_writing(act, own, seconds)


def read(folder: Path) -> dict[str, Any]:
    system = system_of(folder)
    with system.database.read() as c:
        head, _ = system.log.head(c)

    def after(position: int) -> list[int]:
        with system.database.read() as c:
            return [entry.position for entry in system.log.after(c, position, PAGE)]

    return follow(head, after)


if __name__ == "__main__":
    place, own_seat = Path(sys.argv[2]), int(sys.argv[1])
    say(read(place) if own_seat == WRITERS else write(place, own_seat, float(sys.argv[3])))
