"""Which lists were sent, and which of their rows wait for a person?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, Table, Text

from domain.entries import Entry
from projections.driver import rows, rows_in, upsert
from projections.reading import NOTHING_KNOWN, Change, Known, ReadModel, Source
from projections.tables import model_table

TABLES = MetaData()

UPLOAD = model_table(
    "upload",
    1,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("file_name", Text),
    Column("campaign", Text),
    Column("received_at", Text, nullable=False),
    Column("received_by", Text, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("duplicate", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("received_position", BigInteger, nullable=False),
    Index("upload_received", "received_position"),
)
HELD_ROW = model_table(
    "held_row",
    1,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("sheet", Text, nullable=False),
    Column("row_no", Integer, nullable=False),
    Column("name", Text),
    Column("uscc", Text),
    Column("number", Text),
    Column("campaign", Text),
    Column("problems", Text, nullable=False),
    Column("decision", Text),
    Column("settled_by", Text),
    Column("settled_at", Text),
    Column("case_number", Text),
    Column("held_position", BigInteger, nullable=False),
    Index("held_row_waiting", "decision", "held_position"),
)
EVER = "9"
"""Later than every instant."""
RESULTS = ("accepted", "held", "rejected", "duplicate", "skipped")
UPLOAD_COLUMNS = tuple(column.name for column in UPLOAD.columns)
HELD_COLUMNS = tuple(column.name for column in HELD_ROW.columns)
SELECT_UPLOADS = f"SELECT {', '.join(UPLOAD_COLUMNS)} FROM {UPLOAD}"
SELECT_HELD = f"SELECT {', '.join(HELD_COLUMNS)} FROM {HELD_ROW}"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Received:
    """One upload and its held rows, by the version of the entry that held each."""

    upload: Row
    held: Mapping[int, Row]


class Receiving(Source[str, Received]):
    """One upload, loaded from the read model's own tables."""

    by_stream = True
    kind = "upload"

    def key(self, entry: Entry) -> str | None:
        return entry.stream_id if entry.topic.startswith("upload.") else None

    def load(
        self, c: Connection, keys: set[str], before: int, known: Known = NOTHING_KNOWN
    ) -> Mapping[str, Received]:
        older = [key for key in keys if key not in known or known[key]]
        question = f"{SELECT_UPLOADS} WHERE stream_id IN ({{keys}})"
        uploads = [
            dict(zip(UPLOAD_COLUMNS, row, strict=True)) for row in rows_in(c, question, older)
        ]
        held: dict[str, dict[int, Row]] = {row["stream_id"]: {} for row in uploads}
        question = f"{SELECT_HELD} WHERE stream_id IN ({{keys}})"
        for row in rows_in(c, question, list(held)):
            held[row[0]][row[1]] = dict(zip(HELD_COLUMNS, row, strict=True))
        return {row["stream_id"]: Received(row, held[row["stream_id"]]) for row in uploads}

    def fold(self, state: Received | None, entries: Sequence[Entry]) -> Received:
        upload = dict(state.upload) if state is not None else {}
        held = dict(state.held) if state is not None else {}
        for entry in entries:
            if entry.topic == "upload.received":
                upload = _received(entry)
            elif entry.topic == "upload.row_held":
                held[entry.version] = _held(entry)
            elif entry.topic == "upload.row_settled":
                _settle(held, entry)
        upload["waiting"] = sum(1 for row in held.values() if row["decision"] is None)
        return Received(upload, held)


def _received(entry: Entry) -> Row:
    data = entry.data
    return {
        "stream_id": entry.stream_id,
        "sha256": data["sha256"],
        "file_name": data["file_name"],
        "campaign": data["campaign"],
        "received_at": entry.recorded_at,
        "received_by": entry.actor,
        **{result: data["counts"].get(result, 0) for result in RESULTS},
        "received_position": entry.position,
    }


def _held(entry: Entry) -> Row:
    said = entry.data["values"]
    return {
        "stream_id": entry.stream_id,
        "version": entry.version,
        "sheet": entry.data["sheet"],
        "row_no": entry.data["row"],
        **{fact: said.get(fact) for fact in ("name", "uscc", "number", "campaign")},
        "problems": json.dumps(entry.data["problems"], ensure_ascii=False, sort_keys=True),
        **dict.fromkeys(("decision", "settled_by", "settled_at", "case_number")),
        "held_position": entry.position,
    }


def _settle(held: dict[int, Row], entry: Entry) -> None:
    where = (entry.data["sheet"], entry.data["row"])
    for version, row in held.items():
        if (row["sheet"], row["row_no"]) == where and row["decision"] is None:
            held[version] = row | {
                "decision": entry.data["decision"],
                "settled_by": entry.actor,
                "settled_at": entry.recorded_at,
                "case_number": entry.data["case"],
            }


class Uploads(ReadModel[str, Received]):
    """One row an upload and one a held row; all answers of an upload stand in the log."""

    name: ClassVar[str] = "uploads"
    tables: ClassVar[tuple[Table, ...]] = (UPLOAD, HELD_ROW)

    def __init__(self) -> None:
        super().__init__(Receiving())

    def settle(self, c: Connection, changes: Sequence[Change[str, Received]]) -> None:
        uploads = [tuple(ch.after.upload[name] for name in UPLOAD_COLUMNS) for ch in changes]
        held = [
            tuple(row[name] for name in HELD_COLUMNS)
            for change in changes
            for version, row in change.after.held.items()
            if change.before is None or change.before.held.get(version) != row
        ]
        upsert(c, UPLOAD, uploads)
        upsert(c, HELD_ROW, held)

    def page(
        self, c: Connection, first: int, size: int, until: str = EVER
    ) -> tuple[list[Row], int]:
        """Uploads up to an instant, the newest first, from ``first`` on; and how many there are."""
        question = (
            f"{SELECT_UPLOADS} WHERE received_at <= ? "
            "ORDER BY received_position DESC LIMIT ? OFFSET ?"
        )
        found = [
            dict(zip(UPLOAD_COLUMNS, r, strict=True))
            for r in rows(c, question, [until, size, first])
        ]
        if until != EVER:
            # What waited then is what nobody had settled by then.
            for row in found:
                held = self.held_of(c, row["stream_id"], until)
                row["waiting"] = sum(one["decision"] is None for one in held)
        (total,) = rows(c, f"SELECT COUNT(*) FROM {UPLOAD} WHERE received_at <= ?", [until])
        return found, total[0]

    def of(self, c: Connection, stream: str, until: str = EVER) -> Row | None:
        question = f"{SELECT_UPLOADS} WHERE stream_id = ? AND received_at <= ?"
        found = rows(c, question, [stream, until])
        return dict(zip(UPLOAD_COLUMNS, found[0], strict=True)) if found else None

    def waiting(
        self, c: Connection, first: int, size: int, until: str = EVER
    ) -> tuple[list[Row], int]:
        """Held rows that nobody had settled, the longest waiting first; and how many there are."""
        unsettled, asked = _unsettled(until)
        question = f"{SELECT_HELD} WHERE {unsettled} ORDER BY held_position LIMIT ? OFFSET ?"
        found = [_read(row, until) for row in rows(c, question, [*asked, size, first])]
        return found, self.count_waiting(c, until)

    def count_waiting(self, c: Connection, until: str = EVER) -> int:
        unsettled, asked = _unsettled(until)
        return int(rows(c, f"SELECT COUNT(*) FROM {HELD_ROW} WHERE {unsettled}", asked)[0][0])

    def held_of(self, c: Connection, stream: str, until: str = EVER) -> list[Row]:
        """The held rows of one upload, settled by then or not, in the order of the list."""
        question = f"{SELECT_HELD} WHERE stream_id = ? ORDER BY version"
        return [_read(row, until) for row in rows(c, question, [stream])]


def _unsettled(until: str) -> tuple[str, list[str]]:
    if until == EVER:
        return "decision IS NULL", []
    there = f"SELECT stream_id FROM {UPLOAD} WHERE received_at <= ?"
    return f"(decision IS NULL OR settled_at > ?) AND stream_id IN ({there})", [until, until]


def _read(row: Sequence[Any], until: str) -> Row:
    read = dict(zip(HELD_COLUMNS, row, strict=True))
    if read["settled_at"] is not None and read["settled_at"] > until:
        read |= dict.fromkeys(("decision", "settled_by", "settled_at", "case_number"))
    return read | {"problems": json.loads(read["problems"])}
