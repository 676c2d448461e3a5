"""An entry of the log as the bytes that the Merkle tree is made of."""

from __future__ import annotations

from collections.abc import Sequence

COLUMNS = (
    "position",
    "stream_id",
    "version",
    "topic",
    "data",
    "occurred_at",
    "recorded_at",
    "entered_at",
    "actor",
    "command_id",
    "caused_by",
    "reason",
    "findings",
)
"""The columns of the log in their order."""


def leaf_of(row: Sequence[str | int | None]) -> bytes:
    """A row of the log as stored, every column a netstring in its order.

    A text is its UTF-8 bytes, a number its decimal digits, and what is not there one ``~``, with
    which no netstring begins: two rows that differ never make the same leaf.
    """
    return b"".join([b"~" if value is None else _netstring(value) for value in row])


def _netstring(value: str | int) -> bytes:
    text = str(value).encode()
    return b"%d:%b," % (len(text), text)
