"""The database goes away under gunicorn's workers and comes back: no fault of ours, no restart."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import psycopg
import pytest

from tests.offices import OFFICER, PASSWORD
from tests.proxy import Line, line_to
from tests.served import Answer, Browser, casesys_served
from tests.stores import MASTER_KEY

pytestmark = pytest.mark.postgres
PATIENCE = 60
READERS_ASK = 12
"""More than one worker has pages under way for: every worker is asked."""


class Office:
    """An office on PostgreSQL under four workers, a reader in it, and the line between them."""

    def __init__(self, address: str, line: Line, url: str, leader: int) -> None:
        self.line, self.url, self.leader = line, url, leader
        self.reader = Browser(address)
        self.reader.sign_in(OFFICER, PASSWORD)

    def asked(self, path: str = "/") -> list[Answer]:
        return [self.reader.get(path) for _ in range(READERS_ASK)]

    def is_well_again(self) -> bool:
        until = monotonic() + PATIENCE
        while monotonic() < until:
            if {answer.code for answer in self.asked()} == {200}:
                return True
        return False


@pytest.fixture(scope="module")
def office(
    postgres_office: Callable[[], object], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    home = tmp_path_factory.mktemp("away") / "home"
    with postgres_office() as url, line_to(url) as (line, through):  # type: ignore[attr-defined]
        environ = {
            "CASESYS_HOME": str(home),
            "CASESYS_MASTER_KEY": MASTER_KEY,
            "CASESYS_DATABASE_URL": through,
        }
        with casesys_served(environ, workers=4) as (address, server):
            yield Office(address, line, url, server.pid)


@pytest.mark.parametrize("how", ["stop", pytest.param("silence", marks=pytest.mark.campaign)])
def test_readers_are_told_at_once_and_work_on_when_it_is_back(office: Office, how: str) -> None:
    assert office.is_well_again()
    getattr(office.line, how)()
    for answer in office.asked():
        assert answer.code == 503 and answer.headers["Retry-After"] == "10"
        assert "现在连不上数据库" in answer.text and "过一分钟" in answer.text
        # Ten times what it takes on an idle machine, and less than any wait without an end.
        assert answer.seconds < 20
    assert office.reader.get("/healthz").code == 200
    assert office.reader.get("/readyz").code == 503
    {"stop": office.line.start, "silence": office.line.mend}[how]()
    assert office.is_well_again() and office.reader.get("/readyz").code == 200


def test_whom_the_administrator_cuts_off_is_no_fault_of_ours(office: Office) -> None:
    assert office.is_well_again()
    with psycopg.connect(office.url, autocommit=True) as admin:
        for _ in range(5):
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert {answer.code for answer in office.asked()} <= {200, 503}
    assert office.is_well_again()


def test_the_leader_of_the_workers_has_no_connection(office: Office) -> None:
    assert office.is_well_again()
    assert _connections_to(office.line.port, office.leader) == 0
    workers = Path(f"/proc/{office.leader}/task/{office.leader}/children").read_text().split()
    assert sum(_connections_to(office.line.port, int(worker)) for worker in workers) > 0


def _connections_to(port: int, process: int) -> int:
    """How many sockets of a process lead to this port of this machine, as Linux tells it."""
    there = f"{socket.htonl(0x7F000001):08X}:{port:04X}"
    lines = Path(f"/proc/{process}/net/tcp").read_text().splitlines()[1:]
    led = {line.split()[9] for line in lines if line.split()[2] == there}
    held = set()
    for one in Path(f"/proc/{process}/fd").iterdir():
        found = re.fullmatch(r"socket:\[(\d+)\]", str(one.readlink()) if one.is_symlink() else "")
        held |= {found[1]} if found else set()
    return len(led & held)
