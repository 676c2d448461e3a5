"""What is measured of the log and of the rebuild of casesys, and the floor of reading under it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from casesys import rebuild
from casesys.log import SELECT
from casesys.proofs.chain import Verified, verify_log
from casesys.registry import decode
from casesys.verifier.leaves import COLUMNS
from tests.bench.installation import system_of
from tests.bench.stopwatch import database_url, timed

PAGE = 5000
AFTER = f"{SELECT} WHERE position > ? ORDER BY position LIMIT ?"

Ask = Callable[[str, tuple[int, ...]], list[tuple[Any, ...]]]


def read_raw(folder: Path, _: int) -> dict[str, Any]:
    return read_rows(_asking(folder), decoded=False)


def read_decoded(folder: Path, _: int) -> dict[str, Any]:
    return read_rows(_asking(folder), decoded=True)


def _asking(folder: Path) -> Ask:
    """The raw driver of the database, with nothing of ours between."""
    url = database_url()
    if url is None:
        raw = sqlite3.connect(folder / "casesys.db")
        return lambda question, values: raw.execute(question, values).fetchall()
    # Rows in the driver's faster format, as whoever hurries would ask for them.
    cursor = psycopg.connect(url).cursor(binary=True)
    return lambda question, values: cursor.execute(
        question.replace("?", "%s").encode(), values
    ).fetchall()


def read_rows(ask: Ask, decoded: bool) -> dict[str, Any]:
    """The floor of reading: every row of the log by its position, in pages."""
    count = int(ask("SELECT COUNT(*) FROM log", ())[0][0])
    data = COLUMNS.index("data")

    def work() -> None:
        position = 0
        while page := ask(AFTER, (position, PAGE)):
            position = page[-1][0]
            if decoded:
                for row in page:
                    decode(row[data])

    return timed(count, work)


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
    """Every read model made again; the digests that it answers with are taken, but apart."""
    system = system_of(folder)
    found: dict[str, Any] = {}
    whole = timed(0, lambda: found.update(rebuild.rebuild(system)))

    def digests() -> None:
        with system.database.read() as c:
            rebuild.digests(system, c)

    apart = timed(0, digests)
    return whole | {
        "done": found["events"],
        "seconds": found["seconds"],
        "processor": whole["processor"] - apart["processor"],
        "digests": whole["seconds"] - found["seconds"],
        "models": {name: model["seconds"] for name, model in found["models"].items()},
    }


def rebuild_each(folder: Path, _: int) -> dict[str, Any]:
    """Each read model made again alone, by its name."""
    system = system_of(folder)
    alone: dict[str, Any] = {}

    def work() -> None:
        for model in system.models.all:
            alone[model.name] = rebuild.rebuild(system, [model.name])["seconds"]

    return timed(1, work) | {"alone": alone}


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
