"""An installation of casesys that is measured: prepared from a register, opened in a process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from casesys.history import import_history
from casesys.install import install
from casesys.permits import Person, operator
from casesys.settings import from_environment
from casesys.system import System
from domain.vocabulary import Role
from projections.case_file import CASE_FILE
from projections.driver import rows
from tests.bench.register import write_register
from tests.bench.stopwatch import EVENTS, database_url, timed

OPERATOR = operator("bench")
OFFICER = Person("bench", "U01-2", "区发展和改革局", frozenset({Role.OFFICER}))


def system_of(folder: Path) -> System:
    environ = {"CASESYS_HOME": str(folder)}
    if not (folder / "master.key").exists():
        environ["CASESYS_MASTER_KEY"] = "5a" * 32
    url = database_url()
    if url is not None:
        environ["CASESYS_DATABASE_URL"] = url
    return System(from_environment(environ))


def prepare(folder: Path, cases: int) -> dict[str, Any]:
    """An installation with so many cases, from a register that is written for it."""
    register = folder / "register"
    acts = write_register(register, cases)
    system = system_of(folder)
    install(system, person=OPERATOR)
    answer = timed(acts, lambda: import_history(system, register, OPERATOR))
    with system.database.read() as c:
        question = "SELECT COUNT(*) FROM (SELECT 1 FROM log WHERE substr(topic, 1, 5) = 'case.' "
        question += "GROUP BY stream_id HAVING COUNT(*) = ?) AS whole"
        found = rows(c, question, [EVENTS])[0][0]
    if found != cases:
        raise SystemExit(f"{found} of {cases} cases have {EVENTS} entries")
    if system.database.is_sqlite:
        with system.database.engine.connect() as raw:
            raw.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    system.database.dispose()
    return answer


def case_streams(system: System) -> list[str]:
    with system.database.read() as c:
        found = rows(c, f"SELECT stream_id FROM {CASE_FILE} ORDER BY stream_id")
    return [stream for (stream,) in found]
