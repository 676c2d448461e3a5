"""Which findings of one kind are there, of whom and where; the kinds beside the stored ones too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from domain.findings import FAULTS, ONE_CASE, PERFECT_ACTS, TWO_CASES, Kind
from projections.driver import rows
from projections.evidence_use import EVIDENCE_USE
from projections.findings import ACTED, FINDING
from projections.ledger import LEDGER
from projections.record_index import RECORD_INDEX

STORED = (
    "code, detail, other, days, voided, stream_id, version, position, actor, unit, town, "
    "occurred_at, recorded_at"
)
CLOCKS = ("recorded", "occurred")
AXES = ("actor", "unit", "town")
ORDERS: Mapping[str, str] = {
    "position": "position ASC",
    "-position": "position DESC",
    "occurred": "occurred_at ASC, position ASC",
    "-occurred": "occurred_at DESC, position DESC",
    "recorded": "recorded_at ASC, position ASC",
    "-recorded": "recorded_at DESC, position DESC",
    "days": "days ASC, position ASC",
    "-days": "days DESC, position DESC",
    "together": "detail ASC, position ASC",
}
SAME_FILE = f"""
SELECT {STORED} FROM {FINDING} WHERE kind = '{Kind.EVIDENCE}'
UNION ALL
SELECT '{TWO_CASES}', u.sha256, 0, 0, 0, u.stream_id, u.version, u.position, u.actor,
COALESCE(l.unit, ''), COALESCE(l.town, ''), u.occurred_at, g.recorded_at
FROM {EVIDENCE_USE} u JOIN log g ON g.position = u.position
LEFT JOIN {LEDGER} l ON l.stream_id = u.stream_id
WHERE u.voided = 0 AND u.sha256 IN (SELECT sha256 FROM {EVIDENCE_USE} WHERE voided = 0
GROUP BY sha256 HAVING MIN(stream_id) <> MAX(stream_id))"""
SAME_NUMBER = f"""
SELECT CASE WHEN n.first <> n.last THEN '{TWO_CASES}' ELSE '{ONE_CASE}' END AS code,
r.number_key AS detail, 0 AS other, 0 AS days, 0 AS voided, r.stream_id, g.version, g.position,
g.actor, COALESCE(l.unit, '') AS unit, COALESCE(l.town, '') AS town, g.occurred_at, g.recorded_at
FROM (SELECT number_key, MIN(stream_id) AS first, MAX(stream_id) AS last FROM {RECORD_INDEX}
GROUP BY number_key HAVING COUNT(*) > 1) n
JOIN {RECORD_INDEX} r ON r.number_key = n.number_key
JOIN log g ON g.position = r.attached_position
LEFT JOIN {LEDGER} l ON l.stream_id = r.stream_id"""
PUT_TOGETHER: Mapping[str, str] = {Kind.EVIDENCE: SAME_FILE, Kind.NUMBERS: SAME_NUMBER}
"""What two cases share is no part of either; it is looked for when it is asked."""
FAULTY = ", ".join(f"'{kind}'" for kind in sorted(FAULTS))
PERFECT = (
    f"FROM {ACTED} a WHERE a.acts >= ? AND NOT EXISTS "
    f"(SELECT 1 FROM {FINDING} f WHERE f.actor = a.actor AND f.kind IN ({FAULTY}))"
)


class Wanted(NamedTuple):
    """Which findings are meant; a condition left empty asks nothing.

    ``first`` and ``last`` are instants of the ``clock``; ``voided`` asks for those of entries that
    were taken away instead of those that count.
    """

    kind: str
    code: str = ""
    actor: str = ""
    unit: str = ""
    town: str = ""
    stream: str = ""
    days: int = 0
    clock: str = CLOCKS[0]
    first: str = ""
    last: str = ""
    voided: bool = False


class Row(NamedTuple):
    code: str
    detail: str
    other: int
    days: int
    voided: int
    stream_id: str
    version: int
    position: int
    actor: str
    unit: str
    town: str
    occurred_at: str
    recorded_at: str


def listed(c: Connection, wanted: Wanted, order: str, first: int, most: int) -> list[Row]:
    """Some of them in an order, the ``first`` left out."""
    where, values = _where(wanted)
    question = f"SELECT {STORED} {where} ORDER BY {ORDERS[order]} LIMIT ? OFFSET ?"
    return [Row(*row) for row in rows(c, question, [*values, most, first])]


def grouped(c: Connection, wanted: Wanted) -> dict[str, list[tuple[str, int]]]:
    """How many there are by person, unit and town, the most first."""
    where, values = _where(wanted)
    question = f"SELECT actor, unit, town, COUNT(*) {where} GROUP BY actor, unit, town"
    sums: dict[str, dict[str, int]] = {axis: {} for axis in AXES}
    for *places, n in rows(c, question, values):
        for axis, value in zip(AXES, places, strict=True):
            sums[axis][value] = sums[axis].get(value, 0) + int(n)
    return {
        axis: sorted(found.items(), key=lambda one: (-one[1], one[0]))
        for axis, found in sums.items()
    }


def by_code(c: Connection, wanted: Wanted) -> dict[str, int]:
    """How many there are of each code, the most frequent first."""
    where, values = _where(wanted._replace(code=""))
    question = f"SELECT code, COUNT(*) {where} GROUP BY code ORDER BY COUNT(*) DESC, code"
    return {row[0]: int(row[1]) for row in rows(c, question, values)}


def counted(c: Connection, stream: str = "") -> dict[str, int]:
    """How many findings of each kind count, in one case or in all."""
    of_case = " AND stream_id = ?" if stream else ""
    question = f"SELECT kind, COUNT(*) FROM {FINDING} WHERE voided = 0{of_case} GROUP BY kind"
    found = dict.fromkeys(map(str, Kind), 0)
    stored = rows(c, question, [stream] if stream else [])
    found |= {kind: int(n) for kind, n in stored if kind in found}
    for kind in PUT_TOGETHER:
        found[kind] = sum(by_code(c, Wanted(kind, stream=stream)).values())
    if not stream:
        found[Kind.OFFICERS] = int(rows(c, f"SELECT COUNT(*) {PERFECT}", [PERFECT_ACTS])[0][0])
    return found


def perfect_records(c: Connection, actor: str = "") -> Sequence[tuple[str, int]]:
    """Who recorded so much and has no fault in any of it: the person, and how many acts."""
    of_person, values = (" AND a.actor = ?", [actor]) if actor else ("", [])
    question = f"SELECT a.actor, a.acts {PERFECT}{of_person} ORDER BY a.acts DESC, a.actor"
    return [(row[0], int(row[1])) for row in rows(c, question, [PERFECT_ACTS, *values])]


def faulty_share(c: Connection) -> tuple[int, int]:
    """How many entries have a fault, of how many acts of the office."""
    faults = f"SELECT DISTINCT stream_id, version FROM {FINDING} WHERE kind IN ({FAULTY})"
    (faulty,) = rows(c, f"SELECT COUNT(*) FROM ({faults}) f")[0]
    (acts,) = rows(c, f"SELECT COALESCE(SUM(acts), 0) FROM {ACTED}")[0]
    return int(faulty), int(acts)


def _where(wanted: Wanted) -> tuple[str, list[Any]]:
    gone = int(wanted.voided)
    values: list[Any] = [gone] if wanted.kind in PUT_TOGETHER else [str(wanted.kind), gone]
    source = f"FROM {FINDING} WHERE kind = ? AND voided = ?"
    if wanted.kind in PUT_TOGETHER:
        source = f"FROM ({PUT_TOGETHER[wanted.kind]}) f WHERE voided = ?"
    parts = [source]
    asked = {
        "code = ?": wanted.code,
        "actor = ?": wanted.actor,
        "unit = ?": wanted.unit,
        "town = ?": wanted.town,
        "stream_id = ?": wanted.stream,
        "days >= ?": wanted.days,
        f"{wanted.clock}_at >= ?": wanted.first,
        f"{wanted.clock}_at <= ?": wanted.last,
    }
    for condition, value in asked.items():
        if value:
            parts.append(condition)
            values.append(value)
    return " AND ".join(parts), values
