"""Many start at once on a database that holds nothing yet: all of them serve, nothing is twice."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from casesys.install import install, require_ready
from casesys.permits import operator
from casesys.settings import Settings, from_environment
from casesys.system import System
from projections.driver import rows
from tests.stores import MASTER_KEY

PROCESSES = 4


def start(environ: dict[str, str]) -> int:
    """What ``casesys init`` and the first page of a worker do; the last position of the log."""
    settings: Settings = from_environment(environ)
    system = System(settings)
    install(system, person=operator("starts"))
    worker = System(settings, limits=settings.counter_limits)
    try:
        require_ready(worker)
        with worker.database.read() as c:
            return int(rows(c, "SELECT MAX(position) FROM log")[0][0])
    finally:
        worker.database.dispose()
        system.database.dispose()


def started(home: Path, run: int, url: str | None) -> list[int]:
    # A master key that every process makes for itself would be another matter: hosts share one.
    environ = {"CASESYS_HOME": str(home / str(run)), "CASESYS_MASTER_KEY": MASTER_KEY}
    if url is not None:
        environ |= {"CASESYS_DATABASE_URL": url, "CASESYS_SCHEMA": f"qu_{run}"}
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        return pool.map(start, [environ] * PROCESSES, chunksize=1)


@pytest.mark.postgres
@pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.campaign)])
def test_all_serve_on_postgresql_each_time_in_a_schema_that_is_not_there(
    tmp_path: Path, postgres_database: str, times: int
) -> None:
    for run in range(times):
        assert len(set(started(tmp_path, run, postgres_database))) == 1


@pytest.mark.campaign
def test_all_serve_on_sqlite_each_time_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    for run in range(20):
        assert len(set(started(tmp_path, run, None))) == 1
