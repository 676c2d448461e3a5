"""Fifty people at the pages of a small and of a large office: ``python -m tests.bench.load``."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir
from time import monotonic, sleep
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from tests.bench.load_office import settings_of
from tests.bench.rounds import ROOT

PATIENCE = 60
"""How many seconds a server may take until it answers."""
GOOD = (200, 303)


@dataclass(slots=True)
class Measured:
    """What was measured of one size: seconds by kind of page, and where processor time went."""

    size: int
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    clock: float = 0.0
    server: float = 0.0
    readers: float = 0.0

    def share(self, spent: float) -> float:
        """The part of all processors of the machine."""
        return 100 * spent / (self.clock * (os.cpu_count() or 1))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(gettempdir()) / "casesys-load"
    parser.add_argument("--folder", type=Path, default=default, help="where the offices are kept")
    parser.add_argument("--sizes", default="1000,100000", help="cases of each office")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60, help="of each round")
    parser.add_argument("--warm", type=float, default=6, help="seconds that are not counted")
    parser.add_argument("--rounds", type=int, default=2, help="of each size, taken in turn")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--without", default="", help="kinds of page to leave out, by comma")
    parser.add_argument("--entries", type=int, default=1000, help="of the one long case")
    return parser.parse_args()


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def prepare(given: argparse.Namespace, size: int) -> tuple[Path, dict[str, Any]]:
    """In a process of its own: this one stays small beside the servers."""
    asked = [str(value) for value in (given.folder, size, given.readers, given.entries)]
    command = [sys.executable, "-m", "tests.bench.load_office", *asked]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(done.returncode)
    answer = json.loads(done.stdout.splitlines()[-1])
    return Path(answer["home"]), answer["office"]


@contextmanager
def served(
    home: Path, workers: int, settings: Mapping[str, str] | None = None
) -> Iterator[tuple[str, int]]:
    """``casesys serve`` on a free port; its address and the process that leads it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "casesys", "serve", "--port", str(port)]
    with (home / "serve.log").open("w") as log:
        server = subprocess.Popen(
            [*command, "--workers", str(workers)],
            cwd=ROOT,
            env=os.environ | (settings_of(home) if settings is None else dict(settings)),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, server)
        yield url, server.pid
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = monotonic() + PATIENCE
    while monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"{url}/sign-in", timeout=5):
                return
        except (URLError, OSError):
            sleep(0.2)
    raise SystemExit("the server does not answer")


def processor_of(leader: int) -> float:
    """The processor time of a process and of all that it started."""
    ticks = 0
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = place.read_text().rpartition(") ")
        except OSError:
            continue
        fields = rest.split()
        if int(name.split()[0]) == leader or int(fields[1]) == leader:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def round_of(measured: Measured, home: Path, office: dict[str, Any], workers: int) -> None:
    with served(home, workers) as (url, leader):
        readers = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.load_readers", url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert readers.stdin is not None and readers.stdout is not None
        with readers.stdin:
            json.dump(office, readers.stdin)
        if readers.stdout.readline() != "begun\n":
            raise SystemExit("the readers did not begin")
        before = processor_of(leader)
        answer = json.loads(readers.stdout.readline())
        measured.server += processor_of(leader) - before
        readers.wait()
    measured.clock += answer["seconds"]
    measured.readers += answer["processor"]
    for kind, seconds, status in answer["samples"]:
        measured.seconds[kind].append(seconds)
        if status not in GOOD:
            measured.failures[f"{kind} answered {status}"] += 1


def at(seconds: list[float], part: float) -> float:
    """The milliseconds within which this part of all answers came."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def table(found: list[Measured]) -> Iterator[str]:
    heads = "".join(f" {one.size:,} cases: n | p50 | p95 | max |" for one in found)
    yield f"| page, milliseconds |{heads} p50 : p50 | p95 : p95 |"
    yield "| --- |" + " ---: |" * (4 * len(found) + 2)
    kinds = sorted(set[str]().union(*(one.seconds for one in found)))
    for kind in kinds:
        cells, each = "", [one.seconds.get(kind, []) for one in found]
        for seconds in each:
            values = [at(seconds, part) for part in (0.5, 0.95, 1.0)] if seconds else [0.0] * 3
            cells += f" {len(seconds)} |" + "".join(f" {value:,.0f} |" for value in values)
        for part in (0.5, 0.95):
            ratio = at(each[-1], part) / at(each[0], part) if all(each) else 0.0
            cells += f" {ratio:.2f} |"
        yield f"| {kind} |{cells}"


def report(found: list[Measured], given: argparse.Namespace) -> Iterator[str]:
    yield (
        f"{given.readers} readers, connections kept alive, 1 to 3 s between pages; "
        f"{given.workers} gunicorn workers; {given.rounds} rounds of {given.seconds:.0f} s a size, "
        f"after {given.warm:.0f} s that are not counted; {os.cpu_count()} processors, load "
        f"{' '.join(f'{load:.1f}' for load in os.getloadavg())}."
    )
    yield ""
    yield from table(found)
    yield ""
    for one in found:
        asked = sum(map(len, one.seconds.values()))
        yield (
            f"{one.size:,} cases: {asked / one.clock:.1f} requests a second; of all processors "
            f"the server took {one.share(one.server):.0f} %, the readers "
            f"{one.share(one.readers):.0f} %; {1000 * one.server / asked:.1f} ms of processor "
            "time a request."
        )
        yield from (f"{failure}: {n} times" for failure, n in one.failures.items())


def main() -> None:
    given = arguments()
    sizes = [int(size) for size in given.sizes.split(",")]
    given.folder.mkdir(parents=True, exist_ok=True)
    offices = {size: prepare(given, size) for size in sizes}
    found = {size: Measured(size) for size in sizes}
    for number in range(given.rounds):
        for size, (home, office) in offices.items():
            say(f"round {number + 1} of {given.rounds}: {size:,} cases …")
            load = {"readers": given.readers, "seconds": given.seconds, "warm": given.warm}
            load["without"] = given.without.split(",")
            round_of(found[size], home, office | load | {"seed": number}, given.workers)
    for line in report(list(found.values()), given):
        say(line)
    if any(one.failures for one in found.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
