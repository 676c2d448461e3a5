"""The speeds of casesys beside its peers, on this machine: ``python -m tests.bench``."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.bench import crowd, tables
from tests.bench.contenders import HISTORY, REBUILD, STORES, of, reading, writing
from tests.bench.machine import described
from tests.bench.rounds import PEERS, ROOT, Bench, Contender, named
from tests.bench.server import Server
from tests.bench.stopwatch import EVENTS
from tests.database import server_in

CASES, QUICK_CASES = 10_000, 2_000
NAMES = {False: "SQLite", True: "PostgreSQL"}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--home", type=Path, default=ROOT / "var", help="a folder on the disk")
    parser.add_argument("--quick", action="store_true", help="few rounds of few commands")
    parser.add_argument("--rounds", type=int, help="3, or 2 in a quick run")
    parser.add_argument("--count", type=int, help="commands of each contender in each round")
    parser.add_argument("--cases", type=int, help="that there are before")
    parser.add_argument("--database", choices=("both", "sqlite", "postgresql"), default="both")
    parser.add_argument("--only", help="contenders in whose words this stands, and the floors")
    parser.add_argument("--crowd", type=float, help="seconds of eight writers; 0 leaves them out")
    given = parser.parse_args()
    given.rounds = given.rounds or (2 if given.quick else 3)
    given.count = given.count or (200 if given.quick else 1_000)
    given.cases = given.cases or (QUICK_CASES if given.quick else CASES)
    if given.crowd is None:
        given.crowd = 0 if given.only else 3 if given.quick else 10
    return given


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def asked(given: argparse.Namespace, contenders: list[Contender]) -> list[Contender]:
    """The floor, which comes first, and whoever was asked for."""
    first, *others = contenders
    return [first, *(one for one in others if given.only is None or given.only in one.words)]


def proof(bench: Bench, command: Contender) -> str:
    said = bench.on_copy(command, "verify")
    if not said["equal"]:
        raise SystemExit("after the commands a read model is not what the log says")
    return (
        f"After {command.count:,} commands all {said['models']} read models ({said['rows']:,} "
        f"rows) had the digests of a rebuild of the {said['done']:,} events."
    )


class Run:
    """One run of the whole bench: what takes part, and what it said."""

    def __init__(self, given: argparse.Namespace, home: Path, server: Server | None) -> None:
        self.given = given
        self.begun = perf_counter()
        self.bench = Bench(home, given.cases, server)
        wanted = {"both": (False, True), "sqlite": (False,), "postgresql": (True,)}
        self.databases = wanted[given.database]
        self.written = {
            which: asked(given, writing(given.count, which)) for which in self.databases
        }
        self.read = {
            which: asked(given, reading(5 * given.count, which)) for which in self.databases
        }

    def everybody(self) -> list[Contender]:
        return [one for which in self.databases for one in self.written[which] + self.read[which]]

    def prepare(self) -> None:
        used = {(one.store, one.postgresql) for one in self.everybody()}
        if self.given.crowd and True in self.databases:
            used |= {("office", True), ("native", True)}
        for which in self.databases:
            for module, store, job in STORES:
                if (store, which) in used:
                    seconds = self.bench.prepare(module, store, job, which)
                    say(f"prepared {store} on {NAMES[which]}: {seconds:.1f} s")

    def rounds(self) -> None:
        for number in range(self.given.rounds):
            # Every second round goes the other way, so nobody always follows the same one.
            for contender in self.everybody()[:: 1 if number % 2 == 0 else -1]:
                self.bench.round(contender)
            spent = perf_counter() - self.begun
            say(f"round {number + 1} of {self.given.rounds}: {spent:.0f} s since the start")

    def report(self) -> None:
        for which in self.databases:
            say()
            for line in tables.speeds(
                f"{NAMES[which]}: one command, one commit", self.written[which], "the raw INSERT"
            ):
                say(line)
            say()
            for line in tables.ratios(self.written[which]):
                say(line)
            self._reading(which)
        if True in self.databases:
            say()
            for line in tables.written(self.written[True]):
                say(line)
        self._alone()

    def _reading(self, which: bool) -> None:
        command = of(self.written[which], "give")
        if command is not None:
            say(proof(self.bench, command))
        read = [one for one in self.read[which] if one.job != "history"]
        say()
        for line in tables.speeds(f"{NAMES[which]}: events read", read, "the raw rows"):
            say(line)
        say()
        rebuilt, projected = of(read, "rebuild"), of(read, "project")
        if rebuilt is not None:
            for line in tables.models(rebuilt):
                say(line)
        if rebuilt is not None and projected is not None:
            ratio = rebuilt.speed / projected.speed
            say(f"The rebuild is {ratio:.1f} times as fast as one event a transaction.")
        self._import(which)

    def _import(self, which: bool) -> None:
        imported = of(self.read[which], "history")
        if imported is not None:
            office = self.bench.prepared[named("office", which)]
            say(
                f"Import of a register of {HISTORY:,} cases, every read model fed: "
                f"{imported.speed:,.0f} acts a second ({tables.spread(imported)}); of "
                f"{self.given.cases:,} cases, once: {office['done'] / office['seconds']:,.0f}."
            )

    def _alone(self) -> None:
        found: dict[bool, dict[str, float]] = {}
        for which in self.databases:
            rebuilt = of(self.read[which], "rebuild")
            if rebuilt is not None:
                each = Contender(REBUILD, "ours", "rebuild-each", "office", 0, which)
                self.bench.round(each)
                found[which] = each.answers[0]["alone"]
                events = rebuilt.answers[0]["done"]
        if found:
            say()
            for line in tables.alone(found, events):
                say(line)


def main() -> None:
    given = arguments()
    if not PEERS.exists():
        raise SystemExit("the peers' environment is missing: run `make bench`")
    given.home.mkdir(parents=True, exist_ok=True)
    with ExitStack() as open_:
        folder = Path(open_.enter_context(TemporaryDirectory(prefix="bench-", dir=given.home)))
        server = None
        if given.database != "sqlite":
            server = Server(open_.enter_context(server_in(folder)))
        for line in described(folder, server=server):
            say(line)
        say(
            f"{given.cases:,} cases of {EVENTS} events; {given.count:,} commands a round, "
            f"{given.rounds} rounds, interleaved; every contender a process on a fresh copy"
        )
        run = Run(given, folder, server)
        run.prepare()
        run.rounds()
        run.report()
        if server is not None and given.crowd:
            say()
            for line in crowd.compared(run.bench, given.crowd, min(2, given.rounds)):
                say(line)
        load = " ".join(f"{load:.1f}" for load in os.getloadavg())
        say()
        say(f"The run took {perf_counter() - run.begun:.0f} s; load at its end: {load}.")


if __name__ == "__main__":
    main()
