"""The speeds of casesys beside its peers, on this machine: ``python -m tests.bench``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from tests.bench.machine import described
from tests.bench.rounds import PEERS, ROOT, Bench, Contender
from tests.bench.stopwatch import EVENTS

CASES = 10_000
HISTORY = 1_000
"""How many cases a register has that is imported anew in every round."""
STORES = (
    ("ours", "office", "prepare"),
    ("peers", "native", "prepare-native"),
    ("peers", "extension", "prepare-extension"),
    ("peers", "rows", "prepare-rows"),
)


def writing(count: int) -> list[Contender]:
    return [
        Contender("one row INSERTed by the raw driver", "ours", "insert", "office", count),
        Contender("SQLAlchemy ORM: load, change one row", "peers", "orm", "rows", count),
        Contender("bare `eventsourcing`: load, save", "peers", "native", "native", count),
        Contender("**casesys: `attempt_contact`**", "ours", "give", "office", count),
        Contender("casesys: the same, telephone sealed", "ours", "give-sealed", "office", count),
        Contender("casesys: the same, without the tree", "ours", "give-treeless", "office", count),
        Contender(
            "`eventsourcing-sqlalchemy`: load, save", "peers", "extension", "extension", count
        ),
        Contender("ORM + SQLAlchemy-Continuum", "peers", "continuum", "rows", count),
    ]


def reading(count: int) -> list[Contender]:
    return [
        Contender("raw rows, undecoded", "ours", "rows", "office", 0),
        Contender("raw rows, decoded", "ours", "decoded", "office", 0),
        Contender("casesys: the log compared with its tree", "ours", "prove", "office", 0),
        Contender("**casesys: rebuild of all read models**", "ours", "rebuild", "office", 0),
        Contender("`eventsourcing`: one event a transaction", "peers", "project", "native", count),
        Contender("casesys: import of a register", "ours", "history", "", HISTORY),
    ]


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def table(title: str, contenders: list[Contender], floor: str) -> list[str]:
    """Medians with their spread, the fastest first, each beside the floor."""
    lines = [
        f"| {title} | a second: median (min to max) | processor time for one | of {floor} |",
        "| --- | ---: | ---: | ---: |",
    ]
    base = contenders[0].speed
    for one in sorted(contenders, key=lambda c: -c.speed):
        spread = f"{min(one.speeds):,.0f} to {max(one.speeds):,.0f}"
        lines.append(
            f"| {one.words} | {one.speed:,.0f} ({spread}) | {one.microseconds:,.1f} µs "
            f"| {one.speed / base:.3f} |"
        )
    return lines


def ratios(contenders: list[Contender]) -> list[str]:
    """What the design promises of the command, by the clock and by processor time."""
    by_job = {contender.job: contender for contender in contenders}
    ours = by_job["give"]
    return [
        f"casesys does {ours.speed / other.speed:.2f} of the speed of {words} "
        f"({other.microseconds / ours.microseconds:.2f} by processor time)."
        for words, other in (
            ("ORM + Continuum, which changes one row", by_job["continuum"]),
            ("bare `eventsourcing`, which feeds no read model", by_job["native"]),
            ("`eventsourcing-sqlalchemy`, which feeds none either", by_job["extension"]),
            ("the same without the Merkle tree", by_job["give-treeless"]),
        )
    ]


def models(contender: Contender) -> str:
    """The seconds that each read model took in the middle round of a rebuild."""
    said = sorted(contender.answers, key=lambda answer: float(answer["seconds"]))
    middle: dict[str, Any] = said[len(said) // 2]
    each = sorted(middle["models"].items(), key=lambda item: -item[1])
    return (
        f"Rebuild of {middle['done']:,} events: {middle['seconds']:.2f} s, of which "
        "writing of " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in each) + " s."
    )


def proof(bench: Bench, command: Contender) -> str:
    said = bench.on_copy(command, "verify")
    if not said["equal"]:
        raise SystemExit("after the commands a read model is not what the log says")
    return (
        f"After {command.count:,} commands all {said['models']} read models ({said['rows']:,} "
        f"rows) had the digests of a rebuild of the {said['done']:,} events."
    )


def run(home: Path, rounds: int, count: int, cases: int) -> None:
    begun = perf_counter()
    settings = described(home)
    for line in settings:
        say(line)
    say(f"{cases:,} cases of {EVENTS} events; {count:,} commands a round, {rounds} rounds")
    bench = Bench(home, cases)
    for module, store, job in STORES:
        bench.prepare(module, store, job)
        say(f"prepared {store}: {bench.prepared[store]['seconds']:.1f} s")
    written, read = writing(count), reading(5 * count)
    for number in range(rounds):
        # Every second round goes the other way, so that nobody always follows the same one.
        for contender in (written + read)[:: 1 if number % 2 == 0 else -1]:
            bench.round(contender)
        say(f"round {number + 1} of {rounds}: {perf_counter() - begun:.0f} s since the start")
    office = bench.prepared["office"]
    say()
    for line in table("one command, one commit", written, "the raw INSERT"):
        say(line)
    say()
    for line in ratios(written):
        say(line)
    say(proof(bench, written[3]))
    say()
    for line in table("events read", read[:-1], "the raw rows"):
        say(line)
    say()
    say(models(read[3]))
    imported = read[-1]
    say(
        f"Import of a register of {HISTORY:,} cases, every read model fed: {imported.speed:,.0f} "
        f"acts a second ({min(imported.speeds):,.0f} to {max(imported.speeds):,.0f}); "
        f"of {cases:,} cases, once: {office['done'] / office['seconds']:,.0f}."
    )
    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    say(f"The run took {perf_counter() - begun:.0f} s; load at its end: {load}.")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--home", type=Path, default=ROOT / "var", help="a folder on the disk")
    parser.add_argument("--quick", action="store_true", help="few rounds of few commands")
    parser.add_argument("--rounds", type=int)
    asked = parser.parse_args()
    if not PEERS.exists():
        raise SystemExit("the peers' environment is missing: run `make bench`")
    rounds = asked.rounds or (2 if asked.quick else 5)
    asked.home.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=asked.home) as folder:
        run(Path(folder), rounds, 200 if asked.quick else 1_000, 2_000 if asked.quick else CASES)


if __name__ == "__main__":
    main()
