"""Large offices, made once and kept, and copies of them that may be written on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from casesys.lists import Lists, Wanted
from casesys.settings import from_environment
from casesys.system import System
from tests.bench.installation import OFFICER
from tests.bench.load_office import made, settings_of
from tests.bench.server import Server
from tests.database import server_in


@dataclass(frozen=True)
class Copy:
    """One office that may be written on: its home, and its database where that is a server's."""

    home: Path
    url: str | None = None

    @property
    def environment(self) -> dict[str, str]:
        named = {} if self.url is None else {"CASESYS_DATABASE_URL": self.url}
        return settings_of(self.home) | named

    def system(self) -> System:
        return System(from_environment(self.environment))


class Now:
    """The day and the books of today."""

    as_of: str | None = None
    known_at: str | None = None


@contextmanager
def copies(
    folder: Path, sizes: Sequence[int], *, postgresql: bool
) -> Iterator[tuple[dict[int, Copy], Server | None]]:
    """A copy of each office, by its number of cases; on PostgreSQL with the server they are on."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as open_:
        place = Path(open_.enter_context(TemporaryDirectory(prefix="copy-", dir=folder)))
        if not postgresql:
            yield {size: _file(folder, size, place) for size in sizes}, None
            return
        kept = folder / "server"
        kept.mkdir(exist_ok=True)
        server = Server(open_.enter_context(server_in(kept, kept=True)))
        yield {size: _database(folder, size, place, server) for size in sizes}, server
        for size in sizes:
            server.drop(f"copy_{size}")


def _file(folder: Path, size: int, place: Path) -> Copy:
    home, system = made(folder, size)
    with system.database.engine.connect() as raw:
        raw.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    system.database.dispose()
    shutil.copytree(home, place / home.name)
    return Copy(place / home.name)


def _database(folder: Path, size: int, place: Path, server: Server) -> Copy:
    name = f"office_{size}"
    if not server.has(name):
        server.make(name)
    home, system = made(folder, size, server.url(name))
    system.database.dispose()
    server.settle(name)
    shutil.copytree(home, place / home.name)
    return Copy(place / home.name, server.make(f"copy_{size}", name))


def open_cases(system: System, count: int) -> list[tuple[str, str]]:
    """Cases that ask something of the office: stream and number of each."""
    found = Lists(system).work(OFFICER, "open", Wanted(), "number", 1, Now(), count)
    lines = [row.line for row in found.rows]
    if not lines:
        raise SystemExit("no case asks for anything: there is nothing to do")
    return [(line.stream_id, line.number) for line in lines]


def size_of(copy: Copy) -> str:
    """How large the database is."""
    if copy.url is None:
        return f"{(copy.home / 'casesys.db').stat().st_size / 2**20:,.0f} MiB"
    with psycopg.connect(copy.url) as c:
        row = c.execute("SELECT pg_database_size(current_database())").fetchone()
    return f"{(row[0] if row else 0) / 2**20:,.0f} MiB"
