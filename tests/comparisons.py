"""A comparison as the next release writes it, without a second program.

What serves is copied under another version, in which one case stands otherwise; the real
comparison then reads both, and is kept as if the copy were the next release.
"""

from __future__ import annotations

from sqlalchemy import MetaData

from casesys.comparing import look
from casesys.comparing.kept import Comparison, keep
from casesys.registry import encode
from casesys.serving import note_built, own_set
from casesys.system import System
from casesys.tables import BUILT
from projections.driver import rows, upsert, write
from projections.rates import RATES_CASE
from projections.rates_spans import RATES_SPAN
from projections.rates_sums import RATES_LEDGER

BEFORE = 1
OTHER = "UPDATE serving SET models = ?"


def copied(system: System, names: tuple[str, ...] = ("rates", "ledger")) -> dict[str, int]:
    """Copy the tables of these read models to another version, beside; the set with those."""
    models = [model for model in system.models.all if model.name in names]
    with system.database.write() as c:
        head, _ = system.log.head(c)
        for model in models:
            named = []
            for table in model.tables:
                name = f"{table.info['question']}_{BEFORE}"
                copy = table.to_metadata(MetaData(), name=name)
                copy.indexes.clear()
                copy.create(c)
                write(c, f"INSERT INTO {name} SELECT * FROM {table}", [()])
                named.append(name)
            upsert(c, BUILT, [(model.name, BEFORE, " ".join(named), head, None, None)])
        note_built(c, models, head)
    return {**own_set(system.models.all), **dict.fromkeys(names, BEFORE)}


def without_last(system: System) -> None:
    """Take the case that was opened last out of the copies."""
    with system.database.write() as c:
        last = rows(c, f"SELECT MAX(case_no) FROM {RATES_CASE}")[0][0]
        for table in (RATES_CASE, RATES_SPAN):
            write(c, f"DELETE FROM {table.info['question']}_{BEFORE} WHERE case_no = ?", [(last,)])
        question = RATES_LEDGER.info["question"]
        write(c, f"UPDATE {question}_{BEFORE} SET cases = cases + 1 WHERE span = 'day'", [()])


def serve(system: System, models: dict[str, int]) -> None:
    with system.database.write() as c:
        write(c, OTHER, [(encode(models).decode(),)])


def compared(system: System) -> Comparison:
    """The last case comes in with the next release, and was in no figure before."""
    others = copied(system)
    without_last(system)
    serve(system, others)
    found = look(system)
    serve(system, own_set(system.models.all))
    assert found
    # Told from the other side: what serves is what this release knows.
    return keep(system, {**found, "old": found["new"], "new": found["old"]})
