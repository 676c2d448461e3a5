"""What is measured of casesys itself, through the functions that its pages and commands call.

``python -m tests.bench.ours JOB FOLDER COUNT…`` prepares or measures one installation's folder.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

from casesys import rebuild
from casesys.commands import COMMANDS
from casesys.history import import_history
from casesys.install import install
from casesys.log import INSERT, SELECT, Log
from casesys.permits import Person, operator
from casesys.proofs.chain import Verified, verify_log
from casesys.registry import decode
from casesys.settings import from_environment
from casesys.system import Given, System, clock
from casesys.verifier.leaves import COLUMNS
from domain.vocabulary import Role
from projections.case_file import CASE_FILE
from projections.driver import insert, rows
from tests.bench.register import write_register
from tests.bench.stopwatch import EVENTS, chosen, each, must_be_full, say, timed

OPERATOR = operator("bench")
OFFICER = Person("bench", "U01-2", "区发展和改革局", frozenset({Role.OFFICER}))
ATTEMPT = {"channel": "phone", "result": "no_answer"}
SEALED = {**ATTEMPT, "phone": "13800000000"}
PAGE = 5000


def system_of(folder: Path) -> System:
    environ = {"CASESYS_HOME": str(folder), "CASESYS_MASTER_KEY": "5a" * 32}
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
    with system.database.engine.connect() as raw:
        raw.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    system.database.dispose()
    return answer


def take_history(folder: Path, cases: int) -> dict[str, Any]:
    return prepare(folder, cases)


class Treeless(Log):
    """The log without its Merkle tree: what the tree costs is the difference."""

    def store(self, c: Connection, values: Sequence[tuple[Any, ...]]) -> None:
        insert(c, INSERT, values)


def give(folder: Path, count: int, raw: dict[str, Any], kind: type[Log] = Log) -> dict[str, Any]:
    """The command by the door that every page uses, with the version that the page showed."""
    system = system_of(folder)
    system.log = kind(system.vault, system.checkpoints)
    system.database.check_durability()
    command = COMMANDS["attempt_contact"]
    with system.database.read() as c:
        question = f"SELECT stream_id FROM {CASE_FILE} ORDER BY stream_id"
        streams = [stream for (stream,) in rows(c, question)]
    picked = [streams[case] for case in chosen(count, len(streams))]
    raw = {**raw, "attempted_at": clock()}

    def act(stream: str) -> None:
        given = Given(OFFICER, UUID(stream), EVENTS, str(uuid4()))
        if system.give(command, raw, given).version != EVENTS + 1:
            raise SystemExit("a command did not add one entry")

    return timed(count, each(picked, act))


def give_plain(folder: Path, count: int) -> dict[str, Any]:
    return give(folder, count, ATTEMPT)


def give_sealed(folder: Path, count: int) -> dict[str, Any]:
    return give(folder, count, SEALED)


def give_treeless(folder: Path, count: int) -> dict[str, Any]:
    return give(folder, count, ATTEMPT, Treeless)


def insert_rows(folder: Path, count: int) -> dict[str, Any]:
    """The floor of writing: one row of the same log, one commit, nothing else."""
    raw = sqlite3.connect(_database(folder), isolation_level=None)
    raw.execute("PRAGMA synchronous=FULL")
    must_be_full(raw.execute("PRAGMA synchronous").fetchone())
    row = raw.execute(f"{SELECT} ORDER BY position DESC LIMIT 1").fetchone()

    def act(number: int) -> None:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute(INSERT, (row[0] + number, str(uuid4()), *row[2:]))
        raw.execute("COMMIT")

    return timed(count, each(range(1, count + 1), act))


def read_rows(folder: Path, decoded: bool) -> dict[str, Any]:
    """The floor of reading: every row of the log by its position, in pages."""
    raw = sqlite3.connect(_database(folder))
    count = int(raw.execute("SELECT COUNT(*) FROM log").fetchone()[0])
    data = COLUMNS.index("data")

    def work() -> None:
        position = 0
        question = f"{SELECT} WHERE position > ? ORDER BY position LIMIT ?"
        while page := raw.execute(question, (position, PAGE)).fetchall():
            position = page[-1][0]
            if decoded:
                for row in page:
                    decode(row[data])

    return timed(count, work)


def read_raw(folder: Path, _: int) -> dict[str, Any]:
    return read_rows(folder, decoded=False)


def read_decoded(folder: Path, _: int) -> dict[str, Any]:
    return read_rows(folder, decoded=True)


def prove(folder: Path, _: int) -> dict[str, Any]:
    """Every entry of the log compared with its Merkle tree and with a checkpoint."""
    system = system_of(folder)
    with system.database.write() as c:
        system.checkpoints.make(c, system.now())
    found: list[Verified] = []

    def work() -> None:
        with system.database.read() as c:
            found.append(verify_log(system, c))

    answer = timed(0, work)
    if not found[0].holds or not found[0].checkpoints:
        raise SystemExit("the log does not fit its tree")
    return answer | {"done": found[0].entries}


def rebuild_all(folder: Path, _: int) -> dict[str, Any]:
    """Every read model made again, its digest taken too."""
    system = system_of(folder)
    found: dict[str, Any] = {}
    answer = timed(0, lambda: found.update(rebuild.rebuild(system)))
    models = {name: model["seconds"] for name, model in found["models"].items()}
    return answer | {"done": found["events"], "models": models}


def verify(folder: Path, _: int) -> dict[str, Any]:
    """Every read model built beside the served ones; their digests must be equal."""
    found: dict[str, Any] = {}
    answer = timed(0, lambda: found.update(rebuild.verify(system_of(folder))))
    equal = [name for name, model in found["models"].items() if model["equal"]]
    return answer | {
        "done": found["events"],
        "equal": found["equal"],
        "models": len(equal),
        "rows": sum(model["rows"] for model in found["models"].values()),
    }


def _database(folder: Path) -> Path:
    return folder / "casesys.db"


JOBS: dict[str, Callable[[Path, int], dict[str, Any]]] = {
    "prepare": prepare,
    "history": take_history,
    "insert": insert_rows,
    "give": give_plain,
    "give-sealed": give_sealed,
    "give-treeless": give_treeless,
    "rows": read_raw,
    "decoded": read_decoded,
    "prove": prove,
    "rebuild": rebuild_all,
    "verify": verify,
}

if __name__ == "__main__":
    say(JOBS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3])))
