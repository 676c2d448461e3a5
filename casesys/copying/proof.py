"""What an office says of itself, so that two databases can be compared: log, tables, figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table

from casesys.figures import AXES, rates_in
from casesys.figures.cases_of_day import Question, standings_anew
from casesys.figures.deadlines import deadline_counts
from casesys.figures.values import WHOLE, rates_of
from casesys.proofs.tree_of_log import head_of_log, size_of
from casesys.registry import encode_lines
from casesys.stopping import Stopped
from casesys.system import System
from domain.formulas import FORMULAS, Rate
from domain.instants import end_of_day
from projections.driver import key_order, pages, select_all
from projections.rates_spans import WHOLE_ROW

Said = dict[str, dict[str, Any]]
"""By part, what the office says under each name; a figure is named by where it stands."""

LOG, TABLES, MODELS, FORMULA = "log", "tables", "read_models", "formulas"


class Difference(NamedTuple):
    """One thing of which two offices say another; None where one of them says nothing."""

    part: str
    name: str
    source: Any
    target: Any


def said_by(system: System, c: Connection, tables: Iterable[Table], today: str) -> Said:
    """Everything, in the caller's snapshot: what is stored, what is built of it, what it shows."""
    digest, entries = system.log.digest(c)
    return {
        LOG: {"entries": entries, "digest": digest, "tree_head": _tree_head(c)},
        TABLES: {table.name: _digest(c, table) for table in tables if table.name != LOG},
        MODELS: {model.name: "{} {}".format(*model.digest(c)) for model in system.models.all},
        **dict(_figures(system, c, today)),
    }


def differences(source: Said, target: Said) -> Iterator[Difference]:
    for part in dict.fromkeys((*source, *target)):
        ours, theirs = source.get(part, {}), target.get(part, {})
        for name in dict.fromkeys((*ours, *theirs)):
            if ours.get(name) != theirs.get(name):
                yield Difference(part, name, ours.get(name), theirs.get(name))


def _tree_head(c: Connection) -> str:
    try:
        return head_of_log(c, size_of(c)).hex()
    except Stopped as damaged:
        return str(damaged)


def _digest(c: Connection, table: Table) -> str:
    digest, count = sha256(), 0
    for page in pages(c, f"{select_all(table)} ORDER BY {key_order(c, table)}"):
        digest.update(encode_lines(page))
        count += len(page)
    return f"{digest.hexdigest()} {count}"


def _figures(system: System, c: Connection, today: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The figures of today, every formula in every grouping, and those of a month ago as known."""
    yield from _of_day(system, c, Question(today))
    first = date.fromisoformat(today).replace(day=1)
    before = (first - timedelta(days=1)).isoformat()
    yield from _of_day(system, c, Question(before, end_of_day(before)))


def _of_day(system: System, c: Connection, asked: Question) -> Iterator[tuple[str, dict[str, Any]]]:
    then = "" if asked.known_at is None else f" {asked.as_of}"
    seen = standings_anew(system, c, asked, WHOLE_ROW)
    whole = rates_of(seen, FORMULAS)[WHOLE]
    yield FORMULA + then, {name: _fraction(rate) for name, rate in whole.items()}
    yield f"deadlines{then}", dict(_flat(deadline_counts(seen)))
    for by in (None, *AXES, "month"):
        found = rates_in(system, c, asked.as_of, asked.known_at, by)
        # It is compared with the log, and the source of a comparison may have gone on.
        found.pop("position", None)
        figures = dict(_flat(found.get("groups", found)))
        if by in AXES:
            groups = rates_of(seen, FORMULAS, by)
            figures |= {
                f"{key} {name}": _fraction(rate)
                for key, its in groups.items()
                for name, rate in its.items()
            }
        yield f"{by or 'rates'}{then}", figures


def _fraction(rate: Rate) -> str:
    return f"{rate.numerator} / {rate.denominator}"


def _flat(document: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Each value of a document under the names that lead to it; a group's is its key."""
    if isinstance(document, Mapping):
        for key, value in document.items():
            yield from _flat(value, f"{name} {key}".strip())
    elif isinstance(document, list):
        for nth, value in enumerate(document):
            key = value.get("key", nth) if isinstance(value, Mapping) else nth
            yield from _flat(value, f"{name} {key}".strip())
    else:
        yield name, document
