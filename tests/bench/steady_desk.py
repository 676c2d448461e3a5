"""One desk of a steady load: its commands come by the clock, whether or not the last is done.

``python -m tests.bench.steady_desk SEAT SEATS RATE``; the environment names the office.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from threading import Event, Thread
from time import monotonic
from uuid import UUID, uuid4

from casesys.commands import COMMANDS
from casesys.settings import from_environment
from casesys.system import Given, System, clock
from tests.bench.copies import open_cases
from tests.bench.installation import OFFICER
from tests.bench.ours_writing import ATTEMPT

CASES = 4_000
PATIENCE = 120
"""Seconds that a desk goes on with what it owes after its time."""


def main(seat: int, seats: int, rate: float) -> None:
    system = System(from_environment())
    own = open_cases(system, CASES)[seat::seats]
    command = COMMANDS["attempt_contact"]
    ended, until = Event(), [float("inf")]

    def listen() -> None:
        sys.stdin.readline()
        until[0] = monotonic()
        ended.set()

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    begun = float(sys.stdin.readline())
    Thread(target=listen, daemon=True).start()
    samples: list[tuple[float, float]] = []
    failed: Counter[str] = Counter()
    number = 0
    # All clocks of one machine agree: a command counts from the moment that it was due.
    while (due := begun + (number * seats + seat) / rate) < until[0]:
        if (early := due - monotonic()) > 0:
            ended.wait(early)
            if ended.is_set():
                continue
        if monotonic() > until[0] + PATIENCE:
            failed["never sent"] += 1
            break
        stream, _ = own[number % len(own)]
        given = Given(OFFICER, UUID(stream), None, str(uuid4()))
        try:
            system.give(command, {**ATTEMPT, "attempted_at": clock()}, given)
        except Exception as error:
            failed[type(error).__name__] += 1
        samples.append((due, monotonic() - due))
        number += 1
    sys.stdout.write(json.dumps({"samples": samples, "failed": failed}) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
