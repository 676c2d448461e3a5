"""Who is measured against whom, on which database."""

from __future__ import annotations

from tests.bench.rounds import Contender

HISTORY = 1_000
"""How many cases a register has that is imported anew in every round."""
STORES = (
    ("ours", "office", "prepare"),
    ("peers", "native", "prepare-native"),
    ("peers", "extension", "prepare-extension"),
    ("peers", "rows", "prepare-rows"),
)
GIVE = "**casesys: `attempt_contact`**"
REBUILD = "**casesys: rebuild of all read models**"


def writing(count: int, postgresql: bool) -> list[Contender]:
    named = (
        ("one row INSERTed by the raw driver", "ours", "insert", "office"),
        ("SQLAlchemy ORM: load, change one row", "peers", "orm", "rows"),
        ("bare `eventsourcing`: load, save", "peers", "native", "native"),
        (GIVE, "ours", "give", "office"),
        ("casesys: the same, telephone sealed", "ours", "give-sealed", "office"),
        ("casesys: the same, without the tree", "ours", "give-treeless", "office"),
        ("`eventsourcing-sqlalchemy`: load, save", "peers", "extension", "extension"),
        ("ORM + SQLAlchemy-Continuum", "peers", "continuum", "rows"),
        ("ORM + sqlalchemy-history", "peers", "history", "rows"),
    )
    return [Contender(*one, count, postgresql) for one in named]


def reading(count: int, postgresql: bool) -> list[Contender]:
    runner = "`ProjectionRunner`" if postgresql else "polled by hand"
    named = (
        ("raw rows, undecoded", "ours", "rows", "office", 0),
        ("raw rows, decoded", "ours", "decoded", "office", 0),
        ("casesys: the log compared with its tree", "ours", "prove", "office", 0),
        (REBUILD, "ours", "rebuild", "office", 0),
        (
            f"`eventsourcing`: one event a transaction, {runner}",
            "peers",
            "project",
            "native",
            count,
        ),
        ("casesys: import of a register", "ours", "history", "", HISTORY),
    )
    return [Contender(*one, postgresql) for one in named]


def of(contenders: list[Contender], job: str) -> Contender | None:
    """The one who does this job, if anybody was asked to."""
    return next((one for one in contenders if one.job == job), None)
