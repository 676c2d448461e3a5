"""On which machine, disk and settings a measurement stands."""

from __future__ import annotations

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from tests.bench.rounds import PEERS
from tests.bench.server import Server

OURS = ("eventsourcing", "SQLAlchemy", "psycopg")

SYNCED = 200
"""How many small writes are flushed to learn what a flush costs on this disk."""


def described(home: Path, *, peers: bool = True, server: Server | None = None) -> list[str]:
    return [
        f"{_processor()}, {os.cpu_count()} processors, {_memory()}; "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        f"disk: {_file_system(home)}, one flush (fsync) {_flush(home) * 1e6:.0f} µs",
        f"SQLite {sqlite3.sqlite_version}, journal_mode=WAL, synchronous=FULL for everyone",
        *([server.described()] if server is not None else []),
        "ours: " + ", ".join(f"{name} {version(name)}" for name in OURS),
        *(["peers: " + ", ".join(_peers())] if peers else []),
        "load before the run: " + " ".join(f"{load:.1f}" for load in os.getloadavg()),
    ]


def _line(path: str, start: str) -> str:
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if line.startswith(start):
            return line.partition(":")[2].strip()
    return "unknown"


def _processor() -> str:
    return _line("/proc/cpuinfo", "model name")


def _memory() -> str:
    found = _line("/proc/meminfo", "MemTotal").split()
    return f"{int(found[0]) / 2**20:.0f} GiB" if found[0].isdigit() else "memory unknown"


def _file_system(home: Path) -> str:
    """The type of the file system that the longest mount point of the folder has."""
    best, found = "", "unknown"
    for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        _, place, kind, *_ = line.split()
        if home.resolve().is_relative_to(place) and len(place) >= len(best):
            best, found = place, kind
    return found


def _flush(home: Path) -> float:
    path = home / "flush"
    with path.open("wb", buffering=0) as file:
        begun = perf_counter()
        for _ in range(SYNCED):
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
        spent = perf_counter() - begun
    path.unlink()
    return spent / SYNCED


def _peers() -> list[str]:
    lines = (Path(PEERS).parents[3] / "requirements-peers.txt").read_text().splitlines()
    wanted = ("eventsourcing", "sqlalchemy", "psycopg")
    return [line.split()[0].replace("==", " ") for line in lines if line.startswith(wanted)]
