"""What the rounds said, as tables of Markdown and plain sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.bench.contenders import of
from tests.bench.rounds import Contender


def speeds(title: str, contenders: list[Contender], floor: str) -> Iterator[str]:
    """Medians with their spread, the fastest first, each beside the floor."""
    yield f"| {title} | a second: median (min to max) | processor time for one | of {floor} |"
    yield "| --- | ---: | ---: | ---: |"
    base = contenders[0].speed
    for one in sorted(contenders, key=lambda c: -c.speed):
        yield (
            f"| {one.words} | {one.speed:,.0f} ({spread(one)}) | {one.microseconds:,.1f} µs "
            f"| {one.speed / base:.3f} |"
        )


def spread(one: Contender) -> str:
    return f"{min(one.speeds):,.0f} to {max(one.speeds):,.0f}"


def ratios(contenders: list[Contender]) -> Iterator[str]:
    """What the design promises of the command, by the clock and by processor time."""
    ours = of(contenders, "give")
    for job, words in (
        ("continuum", "ORM + Continuum, which changes one row"),
        ("history", "ORM + history, which changes one row"),
        ("native", "bare `eventsourcing`, which feeds no read model"),
        ("extension", "`eventsourcing-sqlalchemy`, which feeds none either"),
        ("give-treeless", "the same without the Merkle tree"),
    ):
        other = of(contenders, job)
        if ours is None or other is None:
            continue
        # Neighbours of one round met the same weather: their ratios drift less than the speeds.
        each = sorted(mine / his for mine, his in zip(ours.speeds, other.speeds, strict=True))
        yield (
            f"casesys does {ours.speed / other.speed:.2f} of the speed of {words} (in single "
            f"rounds {each[0]:.2f} to {each[-1]:.2f}; "
            f"{other.microseconds / ours.microseconds:.2f} by processor time)."
        )


def written(contenders: list[Contender]) -> Iterator[str]:
    """What one command of each leaves in the database, counted by PostgreSQL itself."""
    yield "| one command writes | tables | rows inserted, changed, deleted | of the log | where |"
    yield "| --- | ---: | ---: | ---: | --- |"
    for one in contenders:
        answer = one.answers[-1]
        found: dict[str, list[int]] = answer["written"]
        each = {
            table: [n / one.count for n in counts]
            for table, counts in found.items()
            if sum(counts) >= one.count / 2
        }
        sums = ", ".join(f"{sum(n):.2g}" for n in zip(*each.values(), strict=True))
        where = ", ".join(table for table in each)
        log = f"{answer['wal'] / one.count:,.0f} bytes"
        yield f"| {one.words} | {len(each)} | {sums} | {log} | {where} |"


def models(rebuilt: Contender) -> Iterator[str]:
    """The seconds that each read model took in the middle round of a rebuild."""
    said = sorted(rebuilt.answers, key=lambda answer: float(answer["seconds"]))
    middle: dict[str, Any] = said[len(said) // 2]
    each = sorted(middle["models"].items(), key=lambda item: -item[1])
    yield (
        f"Rebuild of {middle['done']:,} events: {middle['seconds']:.2f} s and "
        f"{middle['digests']:.2f} s for the digests that it answers with; at most "
        f"{middle['peak'] / 2**20:,.0f} MiB of memory. Of these seconds each model's writing: "
        + ", ".join(f"{name} {seconds:.2f}" for name, seconds in each)
        + "."
    )


def alone(found: dict[bool, dict[str, float]], events: int) -> Iterator[str]:
    """Each read model rebuilt by itself, once."""
    names = {False: "SQLite", True: "PostgreSQL"}
    heads = "".join(f" {names[which]}: seconds | events a second |" for which in found)
    yield f"| rebuilt alone, {events:,} events |{heads}"
    yield "| --- |" + " ---: |" * (2 * len(found))
    for model in next(iter(found.values())):
        each = (found[which][model] for which in found)
        cells = "".join(f" {seconds:.2f} | {events / seconds:,.0f} |" for seconds in each)
        yield f"| {model} |{cells}"
