"""What differs by row: which rows one version alone has, and in which columns the others part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from casesys.comparing.beside import Beside, beside, names_of
from casesys.rebuild import Model
from casesys.serving import Set
from projections.driver import rows, rows_in
from projections.ledger import LEDGER

SHOWN = 20
"""How many rows of a table are named of each kind."""
NUMBER_OF = {
    "stream_id": f"SELECT stream_id, number FROM {LEDGER} WHERE stream_id IN ({{keys}})",
    "case_no": (
        f"SELECT log.position, l.number FROM log JOIN {LEDGER} l ON l.stream_id = log.stream_id "
        "WHERE log.position IN ({keys})"
    ),
}
"""The case's number by what a key says of the case."""


def by_row(c: Connection, models: Sequence[Model], old: Set) -> list[dict[str, Any]]:
    """Each read model whose version is another than that which serves, table by table."""
    found = []
    for model in models:
        before = old.get(model.name)
        if before == model.version:
            continue
        names = {} if before is None else names_of(c, model.name, before)
        own = {table.info["question"]: table for table in model.tables}
        pairs = [beside(c, own[q], names[q]) for q in own if q in names]
        found.append(
            {
                "name": model.name,
                "old": before,
                "new": model.version,
                "tables": [_table(c, pair) for pair in pairs if pair is not None],
                "come": sorted(own.keys() - {pair.question for pair in pairs if pair is not None}),
                "gone": sorted(names.keys() - own.keys()),
            }
        )
    gone = sorted(old.keys() - {model.name for model in models})
    found += [{"name": n, "old": old[n], "new": None, "tables": []} for n in gone]
    return found


def _table(c: Connection, pair: Beside) -> dict[str, Any]:
    answer = {
        "table": pair.question,
        "rows": [_many(c, pair.old), _many(c, pair.new)],
        "come": pair.come,
        "gone": pair.gone,
    }
    if not pair.keys:
        # Rows cannot be told to be the same one; whole rows can still be set against each other.
        return answer | {"by_key": False, **_whole_rows(c, pair)}
    only_old = _only(c, pair, pair.old, pair.new)
    only_new = _only(c, pair, pair.new, pair.old)
    return answer | {
        "by_key": True,
        "only_old": only_old,
        "only_new": only_new,
        "differing": _differing(c, pair),
    }


def _many(c: Connection, table: str) -> int:
    return int(rows(c, f"SELECT COUNT(*) FROM {table}")[0][0])


def _only(c: Connection, pair: Beside, one: str, other: str) -> dict[str, Any]:
    same = " AND ".join(f"b.{key} = a.{key}" for key in pair.keys)
    lacking = f"FROM {one} a WHERE NOT EXISTS (SELECT 1 FROM {other} b WHERE {same})"
    n = int(rows(c, f"SELECT COUNT(*) {lacking}")[0][0])
    keys = ", ".join(f"a.{key}" for key in pair.keys)
    some = rows(c, f"SELECT {keys} {lacking} ORDER BY {keys} LIMIT {SHOWN}") if n else []
    return {"rows": n, "first": [{"key": key} for key in _named(c, pair, some)]}


def _differing(c: Connection, pair: Beside) -> dict[str, Any]:
    others = [name for name in pair.common if name not in pair.keys]
    if not others:
        return {"rows": 0, "columns": {}, "first": []}
    is_other = "IS NOT" if c.dialect.name == "sqlite" else "IS DISTINCT FROM"
    parts = [f"{pair.told('a', name)} {is_other} {pair.told('b', name)}" for name in others]
    same = " AND ".join(f"b.{key} = a.{key}" for key in pair.keys)
    where = f"FROM {pair.old} a JOIN {pair.new} b ON {same} WHERE {' OR '.join(parts)}"
    counted = ", ".join(f"SUM(CASE WHEN {part} THEN 1 ELSE 0 END)" for part in parts)
    n, *each = rows(c, f"SELECT COUNT(*), {counted} {where}")[0]
    if not n:
        return {"rows": 0, "columns": {}, "first": []}
    keys = ", ".join(f"a.{key}" for key in pair.keys)
    flags = ", ".join(f"CASE WHEN {part} THEN 1 ELSE 0 END" for part in parts)
    some = rows(c, f"SELECT {keys}, {flags} {where} ORDER BY {keys} LIMIT {SHOWN}")
    width = len(pair.keys)
    named = _named(c, pair, [row[:width] for row in some])
    return {
        "rows": int(n),
        "columns": {name: int(many) for name, many in zip(others, each, strict=True) if many},
        "first": [
            {"key": key, "columns": [o for o, f in zip(others, row[width:], strict=True) if f]}
            for key, row in zip(named, some, strict=True)
        ],
    }


def _whole_rows(c: Connection, pair: Beside) -> dict[str, Any]:
    if not pair.common:
        return {}
    old, new = (
        f"SELECT {', '.join(pair.told('a', name) for name in pair.common)} FROM {table} a"
        for table in (pair.old, pair.new)
    )
    found = {}
    for name, one, other in (("only_old", old, new), ("only_new", new, old)):
        n = rows(c, f"SELECT COUNT(*) FROM ({one} EXCEPT {other}) AS lacking")[0][0]
        found[name] = {"rows": int(n), "first": []}
    return found


def _named(c: Connection, pair: Beside, keys: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Keys by their columns; a case also by its number."""
    found = [dict(zip(pair.keys, key, strict=True)) for key in keys]
    for column, question in NUMBER_OF.items():
        if column in pair.keys:
            numbers = dict(rows_in(c, question, [key[column] for key in found]))
            for key in found:
                if key[column] in numbers:
                    key["case"] = numbers[key[column]]
    return found
