"""The folder of a release: its tables and its home as it left them, and what it answered."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from casesys import migrations
from casesys.registry import encode_lines
from casesys.system import System
from projections.driver import insert, rows, write

TABLES, SHAPES, EXPECTED, HOME = "tables.jsonl.gz", "read_models.sql", "expected.json", "home"
REVISION = "alembic_version"
BROUGHT = ("master.key", "signing.key", "secret.key", "erasures.jsonl", "evidence")
"""What of a home makes the office whole; the list of its backups names places of a machine."""
HEX, ROWID = "hex:", " WITHOUT ROWID"


def keep(home: Path, folder: Path, store: Iterable[str], expected: Any) -> None:
    """Write the folder of a release from the home that it filled, on SQLite."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    database = sqlite3.connect(f"file:{home / 'casesys.db'}?mode=ro", uri=True)
    try:
        kept = sorted({*store, REVISION})
        lines = "".join(
            json.dumps(line, ensure_ascii=False) + "\n" for line in _told(database, kept)
        )
        # Without the time of packing: made again of the same office it is the same file.
        (folder / TABLES).write_bytes(gzip.compress(lines.encode(), 9, mtime=0))
        (folder / SHAPES).write_text("".join(_shapes(database, kept)), "utf-8")
    finally:
        database.close()
    for name in BROUGHT:
        source = home / name
        if source.is_dir():
            shutil.copytree(source, folder / HOME / name)
        elif source.exists():
            (folder / HOME).mkdir(exist_ok=True)
            shutil.copyfile(source, folder / HOME / name)
    text = json.dumps(expected, ensure_ascii=False, indent=0, sort_keys=True)
    (folder / EXPECTED).write_text(text + "\n", "utf-8")


def _told(database: sqlite3.Connection, kept: Iterable[str]) -> Iterator[Any]:
    """A line that names each table and its columns, then a line a row."""
    for table in kept:
        keys = "1, 2" if _wide(database, table) else "1"
        found = database.execute(f"SELECT * FROM {table} ORDER BY {keys}")
        yield {"table": table, "columns": [column[0] for column in found.description]}
        for row in found:
            yield [HEX + value.hex() if isinstance(value, bytes) else value for value in row]


def _wide(database: sqlite3.Connection, table: str) -> bool:
    return len(database.execute(f"PRAGMA table_info({table})").fetchall()) > 1


def _shapes(database: sqlite3.Connection, kept: Iterable[str]) -> Iterator[str]:
    """The tables of its read models, empty: the log makes them again, but they stood there."""
    question = "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name"
    for name, made in database.execute(question):
        if name not in kept and not name.startswith("sqlite_"):
            yield " ".join(made.split()) + ";\n"


def stand(system: System, folder: Path) -> None:
    """Put the office there as its release left it; the home folder is ``arrive``'s."""
    with system.database.write() as c:
        system.database.make_schema(c)
        system.database.lock(c)
        tables = dict(_tables(folder))
        ((revision,),) = tables.pop(REVISION)[1]
        migrations.upgrade(c, revision)
        for table, (columns, values) in tables.items():
            _fill(c, table, columns, values)
        for statement in (folder / SHAPES).read_text("utf-8").split(";\n"):
            if statement:
                # SQLite's own way to lay out a table; the rest means the same on either.
                plain = statement if system.database.is_sqlite else statement.removesuffix(ROWID)
                write(c, plain, [()])


def _fill(c: Connection, table: str, columns: list[str], values: list[tuple[Any, ...]]) -> None:
    write(c, f"DELETE FROM {table}", [()])
    places = ", ".join("?" * len(columns))
    insert(c, f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", values)


def _tables(folder: Path) -> Iterator[tuple[str, tuple[list[str], list[tuple[Any, ...]]]]]:
    name = ""
    columns: list[str] = []
    values: list[tuple[Any, ...]] = []
    for line in gzip.decompress((folder / TABLES).read_bytes()).decode().splitlines():
        told = json.loads(line)
        if isinstance(told, dict):
            if name:
                yield name, (columns, values)
            name, columns, values = told["table"], told["columns"], []
        else:
            values.append(tuple(map(_value, told)))
    yield name, (columns, values)


def _value(told: Any) -> Any:
    is_bytes = isinstance(told, str) and told.startswith(HEX)
    return bytes.fromhex(told.removeprefix(HEX)) if is_bytes else told


def arrive(folder: Path, home: Path) -> None:
    """Bring the keys and the files of the office into a home."""
    shutil.copytree(folder / HOME, home)
    for key in home.glob("*.key"):
        key.chmod(0o600)


def digest_until(c: Connection, folder: Path, entries: int) -> str:
    """SHA-256 over the first entries in the columns that the log had then, a JSON array a line."""
    columns, _ = dict(_tables(folder))["log"]
    question = f"SELECT {', '.join(columns)} FROM log WHERE position <= ? ORDER BY position"
    return sha256(encode_lines(rows(c, question, [entries]))).hexdigest()
