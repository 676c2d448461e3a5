"""One writer of the peer's library among eight, or the reader who follows them.

``python -m tests.bench.seats_library SEAT FOLDER SECONDS CASES``, in the peers' environment.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.library import attempt, native
from tests.bench.seats import WRITERS, follow, keep_writing, share
from tests.bench.stopwatch import say

PAGE = 500


def write(place: Path, seat: int, seconds: float, cases: int) -> dict[str, Any]:
    app = native(place)
    return keep_writing(partial(attempt, app), share(range(cases), seat), seconds)


def read(place: Path) -> dict[str, Any]:
    app = native(place)

    def after(position: int) -> list[int]:
        page = app.recorder.select_notifications(position, PAGE, inclusive_of_start=False)
        return [int(notification.id) for notification in page]

    return follow(int(app.recorder.max_notification_id() or 0), after)


if __name__ == "__main__":
    where, own_seat, asked = Path(sys.argv[2]), int(sys.argv[1]), float(sys.argv[3])
    last = own_seat == WRITERS
    say(read(where) if last else write(where, own_seat, asked, int(sys.argv[4])))
