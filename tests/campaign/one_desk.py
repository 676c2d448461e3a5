"""A desk under observation: it gives commands and says when each begins and is acknowledged."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from casesys.system import System
from domain.case import case_id
from tests.campaign.desks import attempt
from tests.stores import settings_of

COMMANDS = 3


def main(home: str, synchronous: str) -> None:
    system = System(settings_of(Path(home)))

    @event.listens_for(system.database.engine, "connect")
    def _weaker(raw: Any, _: object) -> None:
        raw.execute(f"PRAGMA synchronous={synchronous}")

    for number in range(COMMANDS):
        os.write(1, b"command\n")
        attempt(system, case_id("L1", "E0", "penalty"), f"traced-{number}")
        os.write(1, b"acknowledged\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
