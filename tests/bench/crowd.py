"""Eight writers at once on PostgreSQL, and one who follows: ``python -m tests.bench.crowd``."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.machine import described
from tests.bench.rounds import PEERS, ROOT, Bench, Contender, environ_of
from tests.bench.seats import WRITERS
from tests.bench.server import Server
from tests.database import server_in

OURS = Contender("**casesys: `attempt_contact`**", "seats_ours", "", "office", 0, True)
LIBRARY = Contender("bare `eventsourcing` in its safe mode", "seats_library", "", "native", 0, True)


def compared(bench: Bench, seconds: float, rounds: int) -> Iterator[str]:
    """Rounds of both, one after the other, as a table."""
    for one in (OURS, LIBRARY):
        one.answers.clear()
    for number in range(rounds):
        for one in (OURS, LIBRARY) if number % 2 == 0 else (LIBRARY, OURS):
            one.answers.append(_round(bench, one, seconds))
    yield (
        f"| PostgreSQL, {WRITERS} writers for {seconds:g} s, {rounds} rounds; a reader follows | "
        "commands a second: median (min to max) | p50, p95, max of a command "
        "| failed | entries followed | missed | doubled |"
    )
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for one in (OURS, LIBRARY):
        yield _row(one)
    yield ""
    ratio = OURS.speed / LIBRARY.speed
    verdict = "at least" if ratio >= 1 else "less than"
    yield (
        f"casesys does {ratio:.2f} of what the library does, whose commands feed no read model: "
        f"{verdict} as much."
    )


def _round(bench: Bench, one: Contender, seconds: float) -> dict[str, Any]:
    with bench.copied(one) as (place, url):
        seats = [
            subprocess.Popen(
                _command(one, seat, place, seconds, bench.cases),
                cwd=ROOT,
                env=environ_of(url),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for seat in range(WRITERS + 1)
        ]
        try:
            answers = _played(seats)
        finally:
            for seat in seats:
                if seat.poll() is None:
                    seat.kill()
                seat.wait()
    *writers, reader = answers
    failed: Counter[str] = Counter()
    for writer in writers:
        failed.update(writer["failed"])
    return {
        "done": sum(writer["done"] for writer in writers),
        "seconds": max(writer["seconds"] for writer in writers),
        "processor": sum(writer["processor"] for writer in writers),
        "taken": sorted(taken for writer in writers for taken in writer["taken"]),
        "failed": failed,
        "reader": reader,
    }


def _played(seats: list[subprocess.Popen[str]]) -> list[dict[str, Any]]:
    """All begin at once; the reader ends when every writer has."""
    for seat in seats:
        assert seat.stdin is not None and seat.stdout is not None
        if seat.stdout.readline() != "ready\n":
            raise SystemExit("a writer or the reader did not begin")
    for seat in reversed(seats):
        assert seat.stdin is not None
        seat.stdin.write("go\n")
        seat.stdin.flush()
    # Whoever closes its input first is a writer, which does not look; the reader comes last.
    return [json.loads(seat.communicate()[0]) for seat in seats]


def _command(one: Contender, seat: int, place: Path, seconds: float, cases: int) -> list[str]:
    python = sys.executable if one is OURS else str(PEERS)
    asked = (seat, place, seconds, cases)
    return [python, "-m", f"tests.bench.{one.module}", *map(str, asked)]


def _row(one: Contender) -> str:
    taken = sorted(value for answer in one.answers for value in answer["taken"])
    parts = (taken[int(part * (len(taken) - 1))] for part in (0.5, 0.95, 1))
    spans = ", ".join(f"{1000 * value:,.1f} ms" for value in parts)
    failed: Counter[str] = Counter()
    for answer in one.answers:
        failed.update(answer["failed"])
    said = ", ".join(f"{n} {name}" for name, n in failed.items()) or "0"
    readers = [answer["reader"] for answer in one.answers]
    seen, missed, doubled = (
        sum(reader[kind] for reader in readers) for kind in ("seen", "missed", "doubled")
    )
    middle = median(one.speeds)
    return (
        f"| {one.words} | {middle:,.0f} ({min(one.speeds):,.0f} to {max(one.speeds):,.0f}) "
        f"| {spans} | {said} | {seen:,} | {missed} | {doubled} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.crowd", description=__doc__)
    parser.add_argument("--home", type=Path, default=ROOT / "var", help="a folder on the disk")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cases", type=int, default=10_000)
    given = parser.parse_args()
    given.home.mkdir(parents=True, exist_ok=True)
    prefix = "bench-"
    with (
        TemporaryDirectory(prefix=prefix, dir=given.home) as folder,
        server_in(Path(folder)) as url,
    ):
        server = Server(url)
        for line in described(Path(folder), server=server):
            sys.stdout.write(line + "\n")
        bench = Bench(Path(folder), given.cases, server)
        bench.prepare("ours", "office", "prepare", True)
        bench.prepare("peers", "native", "prepare-native", True)
        for line in compared(bench, given.seconds, given.rounds):
            sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
