"""What is measured of the commands of casesys, and the floor of writing under them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import Connection

from casesys.commands import COMMANDS
from casesys.log import INSERT, SELECT, Log
from casesys.system import Given, clock
from projections.driver import insert
from tests.bench.installation import OFFICER, case_streams, system_of
from tests.bench.stopwatch import EVENTS, Each, chosen, database_url, must_be_full, timed

ATTEMPT = {"channel": "phone", "result": "no_answer"}
SEALED = {**ATTEMPT, "phone": "13800000000"}


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
    streams = case_streams(system)
    picked = [streams[case] for case in chosen(count, len(streams))]
    raw = {**raw, "attempted_at": clock()}

    def act(stream: str) -> None:
        given = Given(OFFICER, UUID(stream), EVENTS, str(uuid4()))
        if system.give(command, raw, given).version != EVENTS + 1:
            raise SystemExit("a command did not add one entry")

    return timed(count, Each(picked, act))


def give_plain(folder: Path, count: int) -> dict[str, Any]:
    return give(folder, count, ATTEMPT)


def give_sealed(folder: Path, count: int) -> dict[str, Any]:
    return give(folder, count, SEALED)


def give_treeless(folder: Path, count: int) -> dict[str, Any]:
    return give(folder, count, ATTEMPT, Treeless)


def insert_rows(folder: Path, count: int) -> dict[str, Any]:
    """The floor of writing: one row of the same log, one commit, nothing else."""
    url = database_url()
    if url is None:
        return _insert_sqlite(folder, count)
    with psycopg.connect(url) as raw:
        row = raw.execute(_LAST.encode()).fetchone()
        raw.commit()

        def act(values: tuple[Any, ...]) -> None:
            raw.execute(INSERT.replace("?", "%s").encode(), values)
            raw.commit()

        return _inserted(row, count, act)


def _insert_sqlite(folder: Path, count: int) -> dict[str, Any]:
    raw = sqlite3.connect(folder / "casesys.db", isolation_level=None)
    raw.execute("PRAGMA synchronous=FULL")
    must_be_full(raw.execute("PRAGMA synchronous").fetchone())

    def act(values: tuple[Any, ...]) -> None:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute(INSERT, values)
        raw.execute("COMMIT")

    return _inserted(raw.execute(_LAST).fetchone(), count, act)


_LAST = f"{SELECT} ORDER BY position DESC LIMIT 1"


def _inserted(
    last: tuple[Any, ...] | None, count: int, act: Callable[[tuple[Any, ...]], None]
) -> dict[str, Any]:
    if last is None:
        raise SystemExit("the log is empty")
    more = [(last[0] + number, str(uuid4()), *last[2:]) for number in range(1, count + 1)]
    return timed(count, Each(more, act))
