"""Commands at a steady rate while something else runs beside: ``python -m tests.bench.steady``.

Without ``--other`` a next release builds its ledger and its rates. Another command is run in the
office's environment as it stands; ``--before`` is what must be done each time before it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from tempfile import gettempdir
from time import monotonic, sleep

from tests.another_release import LEDGER_ANEW, RATES_ANEW, next_release
from tests.bench.copies import Copy, copies, size_of
from tests.bench.load import at, say
from tests.bench.machine import described
from tests.bench.rounds import ROOT

SETTLED = 2.0
"""Seconds of steady load that are not counted."""
P95_MOST = 150.0
SLOWER_MOST = 5.0


@dataclass
class Load:
    """What became of the commands: when each was due, the seconds from then until its answer."""

    samples: list[tuple[float, float]] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)

    def between(self, begun: float, ended: float) -> list[float]:
        return [took for due, took in self.samples if begun <= due < ended]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.steady", description=__doc__)
    default = Path(gettempdir()) / "casesys-load"
    parser.add_argument("--folder", type=Path, default=default, help="where offices are kept")
    parser.add_argument("--size", type=int, default=100_000, help="cases of the office")
    parser.add_argument("--postgresql", action="store_true", help="on a server of its own")
    parser.add_argument("--rate", type=float, default=200, help="commands a second")
    parser.add_argument("--desks", type=int, default=4, help="processes that send them")
    parser.add_argument("--seconds", type=float, default=20, help="of the load by itself")
    parser.add_argument("--at-most", type=float, default=900, help="seconds that the other has")
    parser.add_argument("--other", help="a shell command that runs beside")
    parser.add_argument("--before", help="a shell command that must be run before the other")
    return parser.parse_args()


@contextmanager
def steady(copy: Copy, rate: float, desks: int) -> Iterator[Load]:
    """The load runs as long as the block does, and some seconds before it."""
    load = Load()
    seats = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.steady_desk", str(seat), str(desks), str(rate)],
            cwd=ROOT,
            env=os.environ | copy.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seat in range(desks)
    ]
    try:
        for seat in seats:
            assert seat.stdin is not None and seat.stdout is not None
            if seat.stdout.readline() != "ready\n":
                raise SystemExit("a desk did not begin")
        begun = monotonic()
        for seat in seats:
            _tell(seat, f"{begun}\n")
        sleep(SETTLED)
        yield load
        for seat in seats:
            _tell(seat, "end\n")
        for seat in seats:
            answer = json.loads(seat.communicate()[0])
            load.samples += [(due, took) for due, took in answer["samples"]]
            load.failed.update(answer["failed"])
    finally:
        for seat in seats:
            if seat.poll() is None:
                seat.kill()
            seat.wait()


def _tell(seat: subprocess.Popen[str], word: str) -> None:
    assert seat.stdin is not None
    seat.stdin.write(word)
    seat.stdin.flush()


@dataclass(frozen=True)
class Other:
    """What runs beside, and what has to be done before each time."""

    words: str
    command: str
    before: str | None
    environment: Mapping[str, str]

    def make_ready(self) -> None:
        if self.before:
            subprocess.run(self.before, shell=True, env=self.environment, check=True, cwd=ROOT)

    def seconds(self, most: float) -> float:
        """How long it took; a command that fails or takes too long ends the run."""
        begun = monotonic()
        subprocess.run(
            self.command,
            shell=True,
            env=self.environment,
            check=True,
            timeout=most,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        return monotonic() - begun


def other_of(given: argparse.Namespace, copy: Copy) -> Other:
    environment = os.environ | copy.environment
    # `casesys` is this checkout's, whatever else is on the path.
    environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    if given.other:
        return Other(f"`{given.other}`", given.other, given.before, environment)
    release = next_release(copy.home, copy.environment, LEDGER_ANEW, RATES_ANEW)
    source, python = quote(str(release.source)), quote(sys.executable)
    prepare = f"cd {source} && PYTHONPATH={source} {python} -m casesys projections prepare"
    drop = f"{python} -m casesys projections drop"
    return Other("a next release builds its ledger and its rates", prepare, drop, environment)


def row(words: str, load: Load, begun: float, ended: float) -> str:
    taken = load.between(begun, ended)
    if not taken:
        return f"| {words} | 0 | | | | | | |"
    spans = " | ".join(f"{at(taken, part):,.1f}" for part in (0.5, 0.95, 0.99, 1.0))
    rate = len(taken) / (ended - begun)
    failed = ", ".join(f"{n} {name}" for name, n in load.failed.items()) or "0"
    return f"| {words} | {len(taken):,} | {rate:.0f} | {failed} | {spans} |"


def measure(given: argparse.Namespace, copy: Copy) -> Iterator[str]:
    other = other_of(given, copy)
    other.make_ready()
    alone = [other.seconds(given.at_most)]
    say(f"alone: {alone[0]:.1f} s")
    with steady(copy, given.rate, given.desks) as calm:
        begun = monotonic()
        sleep(given.seconds)
        ended = monotonic()
    other.make_ready()
    with steady(copy, given.rate, given.desks) as beside:
        since = monotonic()
        took = other.seconds(given.at_most)
        until = monotonic()
    say(f"beside: {took:.1f} s")
    other.make_ready()
    alone.append(other.seconds(given.at_most))
    yield f"Beside: {other.words}."
    yield ""
    yield (
        "| the load | commands due | a second | failed | p50, ms from when due | p95 | p99 | max |"
    )
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    yield row("by itself", calm, begun, ended)
    yield row("with the other beside", beside, since, until)
    yield ""
    middle = sum(alone) / len(alone)
    yield (
        f"The other took {took:.1f} s beside the load, {alone[0]:.1f} s alone before and "
        f"{alone[1]:.1f} s alone after it: {took / middle:.1f} times as long "
        f"({_verdict(took / middle <= SLOWER_MOST)}: at most {SLOWER_MOST:g} times)."
    )
    taken = beside.between(since, until)
    p95 = at(taken, 0.95) if taken else float("inf")
    yield (
        f"With it beside: failed {beside.failed.total()} ({_verdict(not beside.failed)}: none); "
        f"p95 {p95:.1f} ms ({_verdict(p95 < P95_MOST)}: under {P95_MOST:g} ms)."
    )


def _verdict(holds: bool) -> str:
    return "holds" if holds else "does NOT hold"


def main() -> None:
    given = arguments()
    with copies(given.folder, [given.size], postgresql=given.postgresql) as (found, server):
        copy = found[given.size]
        for line in described(given.folder, peers=False, server=server):
            say(line)
        say(
            f"{given.size:,} cases, {size_of(copy)}; {given.rate:g} commands a second by "
            f"{given.desks} processes, each sent when it is due"
        )
        say()
        for line in measure(given, copy):
            say(line)
        say("load at the end: " + " ".join(f"{load:.1f}" for load in os.getloadavg()))


if __name__ == "__main__":
    main()
