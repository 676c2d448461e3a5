"""How everything grows from 10,000 to 1,000,000 events: ``python -m tests.bench.growth``."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

from tests.bench.contenders import STORES
from tests.bench.copies import Copy, copies, size_of
from tests.bench.growth_in_process import Spans, in_process, through_server
from tests.bench.load import at, say
from tests.bench.machine import described
from tests.bench.rounds import PEERS, ROOT, Bench, Contender, command_of, environ_of
from tests.bench.server import Server
from tests.bench.stopwatch import EVENTS

MOST = 2.0
"""How many times the small office's p95 the large one's may be."""
PARTS = ("process", "server", "log", "peers")
LOG = (("rows", "raw rows, undecoded"), ("decoded", "raw rows, decoded"), ("rebuild", "rebuild"))
PEER_JOBS = (
    ("SQLAlchemy ORM: load, change one row", "orm", "rows"),
    ("bare `eventsourcing`: load, save", "native", "native"),
    ("`eventsourcing-sqlalchemy`: load, save", "extension", "extension"),
    ("ORM + SQLAlchemy-Continuum", "continuum", "rows"),
    ("ORM + sqlalchemy-history", "history", "rows"),
)
PEER_EVENTS = (10_000, 1_000_000)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description=__doc__)
    default = Path(gettempdir()) / "casesys-load"
    parser.add_argument("--folder", type=Path, default=default, help="where offices are kept")
    parser.add_argument("--sizes", default="1000,100000", help="cases of each office")
    parser.add_argument("--times", type=int, default=300, help="that each question is put")
    parser.add_argument("--rounds", type=int, default=3, help="of the peers and of the log")
    parser.add_argument("--peer-events", help="10000,1000000")
    parser.add_argument("--parts", default=",".join(PARTS), help="what is measured, by comma")
    parser.add_argument("--postgresql", action="store_true", help="on a server of its own")
    return parser.parse_args()


def heads(title: str, sizes: list[int], unit: str) -> Iterator[str]:
    named = "".join(f" {size:,} {unit}: p50 | p95 |" for size in sizes)
    yield f"| {title} |{named} p50 : p50 | p95 : p95 | at most {MOST:g} |"
    yield "| --- |" + " ---: |" * (2 * len(sizes) + 3)


def line(words: str, spans: Spans) -> str:
    cells, each = "", list(spans.values())
    for seconds in each:
        cells += f" {at(seconds, 0.5):,.2f} | {at(seconds, 0.95):,.2f} |"
    ratios = [at(each[-1], part) / at(each[0], part) for part in (0.5, 0.95)]
    said = "yes" if ratios[1] <= MOST else "NO"
    return f"| {words} |{cells} {ratios[0]:.2f} | {ratios[1]:.2f} | {said} |"


def log(found: Mapping[int, Copy], rounds: int) -> Iterator[str]:
    """How fast the whole log is read and all read models are made of it, in each office."""
    answers: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for _ in range(rounds):
        for job, _ in LOG:
            for size, copy in found.items():
                command = command_of("ours", job, copy.home, 0, 0)
                done = subprocess.run(
                    command,
                    cwd=ROOT,
                    env=environ_of(copy.url),
                    stdout=subprocess.PIPE,
                    check=True,
                )
                answers.setdefault((job, size), []).append(json.loads(done.stdout))
    cells = "".join(f" {size:,} cases: events a second (min to max) | peak |" for size in found)
    yield f"| the whole log |{cells} large : small |"
    yield "| --- |" + " ---: |" * (2 * len(found) + 1)
    for job, words in LOG:
        cells, middles = "", []
        for size in found:
            said = answers[job, size]
            speeds = [answer["done"] / answer["seconds"] for answer in said]
            memory = max(answer["peak"] for answer in said) / 2**20
            middles.append(median(speeds))
            cells += f" {middles[-1]:,.0f} ({min(speeds):,.0f} to {max(speeds):,.0f}) |"
            cells += f" {memory:,.0f} MiB |"
        yield f"| {words} |{cells} {middles[-1] / middles[0]:.2f} |"


def peers(given: argparse.Namespace, server: Server | None) -> Iterator[str]:
    """One command of each peer on stores of as many events."""
    asked = given.peer_events.split(",") if given.peer_events else PEER_EVENTS
    events = [int(n) for n in asked]
    postgresql = server is not None
    with ExitStack() as open_:
        benches: dict[int, Bench] = {}
        for n in events:
            folder = open_.enter_context(TemporaryDirectory(prefix="peers-", dir=given.folder))
            benches[n] = Bench(Path(folder), n // EVENTS, server, f"peers_{n}_")
            for module, store, job in STORES[1:]:
                benches[n].prepare(module, store, job, postgresql)
        found: dict[str, Spans] = {}
        for _ in range(given.rounds):
            for words, job, store in PEER_JOBS:
                for n, bench in benches.items():
                    count = min(given.times, bench.cases)
                    one = Contender(words, "peers", job, store, count, postgresql)
                    bench.round(one)
                    found.setdefault(words, {}).setdefault(n, []).extend(one.answers[0]["taken"])
        yield from heads("a peer's command, milliseconds", events, "events")
        for words, spans in found.items():
            yield line(words, spans)
        for bench in benches.values():
            bench.forget()


def main() -> None:
    given = arguments()
    sizes = sorted(int(size) for size in given.sizes.split(","))
    parts = given.parts.split(",")
    if "peers" in parts and not PEERS.exists():
        raise SystemExit("the peers' environment is missing: run `make growth`")
    with copies(given.folder, sizes, postgresql=given.postgresql) as (found, server):
        for words in described(given.folder, server=server):
            say(words)
        for size, copy in found.items():
            system = copy.system()
            with system.database.read() as c:
                entries, _ = system.log.head(c)
            system.database.dispose()
            say(f"{size:,} cases: {entries:,} entries, {size_of(copy)}")
        if "process" in parts or "server" in parts:
            say()
            for words in heads("milliseconds by the clock", sizes, "cases"):
                say(words)
        for part, ask in (("process", in_process), ("server", through_server)):
            if part in parts:
                for words, spans in ask(found, given.times):
                    say(line(words, spans))
        if "log" in parts:
            say()
            for words in log(found, given.rounds):
                say(words)
        if "peers" in parts:
            say()
            for words in peers(given, server):
                say(words)
        say()
        say("load at the end: " + " ".join(f"{load:.1f}" for load in os.getloadavg()))


if __name__ == "__main__":
    main()
