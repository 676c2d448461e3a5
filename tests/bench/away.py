"""A database that goes away under gunicorn, and what its readers get: `-m tests.bench.away`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from threading import Timer
from time import monotonic

import psycopg

from casesys.settings import from_environment
from casesys.system import System
from tests.database import fresh_database, own_server
from tests.offices import OFFICER, PASSWORD, furnish
from tests.proxy import Line, line_to
from tests.served import Answer, Browser, casesys_served

READERS = 24


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    with (
        own_server() as server,
        fresh_database(server) as url,
        line_to(url) as (line, through),
        tempfile.TemporaryDirectory() as home,
    ):
        environ = {"CASESYS_HOME": home, "CASESYS_DATABASE_URL": through}
        system = System(from_environment(environ))
        furnish(system)
        system.database.dispose()
        with casesys_served(environ, workers=given.workers) as (address, _):
            Probe(address, line, url, given.times).run()


class Probe:
    """Readers at an office whose database is taken away in each way, and given back."""

    def __init__(self, address: str, line: Line, url: str, times: int) -> None:
        self._line, self._url, self._times = line, url, times
        self._reader = Browser(address)
        self._reader.sign_in(OFFICER, PASSWORD)

    def run(self) -> None:
        self._table("all is well", lambda: None, lambda: None)
        self._table("stopped", self._line.stop, self._line.start)
        self._table("black hole", self._line.silence, self._line.mend)
        self._table("cut, or ended by the administrator", self._terminated, lambda: None)

    def _terminated(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def _table(self, name: str, take: Callable[[], None], give: Callable[[], None]) -> None:
        waits, back, codes = [0.0] * 0, [0.0] * 0, Counter[int]()
        for _ in range(self._times):
            self._until_well()
            # Some are under way when it happens, some come at once, some come later.
            Timer(0.02, take).start()
            for found in (*self._many(), *self._many(), self._reader.get("/")):
                waits.append(found.seconds)
                codes[found.code] += 1
            give()
            back.append(self._until_well())
        told = ", ".join(f"{code}: {n}" for code, n in sorted(codes.items()))
        sys.stdout.write(
            f"{name:<30}median {median(waits):.2f} s, longest {max(waits):.2f} s; {told}; "
            f"well again after {median(back):.2f} s, longest {max(back):.2f} s\n"
        )
        sys.stdout.flush()

    def _many(self) -> list[Answer]:
        with ThreadPoolExecutor(READERS) as readers:
            return list(readers.map(lambda _: self._reader.get("/"), range(READERS)))

    def _until_well(self) -> float:
        """Until every worker gives pages again; asked of all of them at once."""
        begun = monotonic()
        while {found.code for found in self._many()} != {200}:
            continue
        return monotonic() - begun


if __name__ == "__main__":
    main()
