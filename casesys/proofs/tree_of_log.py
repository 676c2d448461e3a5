"""The Merkle tree over the log, kept by the transaction that appends: leaf i is position i + 1.

Of the tree the hashes of all leaves are kept, and above them every eighth level: 1/255 more. What
stands between is computed from at most 256 hashes, so an append writes one narrow row an entry,
each at the end of its table, and reads nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Integer, LargeBinary, MetaData, Table

from casesys.proofs.merkle import Node, head_at
from casesys.stopping import Stopped
from casesys.verifier.leaves import COLUMNS, leaf_of
from casesys.verifier.tree import leaf_hash
from projections.driver import insert, pages, rows, write

STEP = 8
"""Every how many levels the hashes are kept."""
SPAN = 1 << STEP
NEW_LEAF = "INSERT INTO tree_leaf (position, hash) VALUES (?, ?)"
NEW_NODE = "INSERT INTO tree_node (level, position, hash) VALUES (?, ?, ?)"
EVERY_ENTRY = f"SELECT {', '.join(COLUMNS)} FROM log ORDER BY position"


class TreeIsDamaged(Stopped):
    """A hash that the tree needs is not where it was kept."""


def tree_tables(metadata: MetaData) -> tuple[Table, Table]:
    number = BigInteger().with_variant(Integer, "sqlite")
    return (
        Table(
            "tree_leaf",
            metadata,
            Column("position", number, primary_key=True, autoincrement=False),
            Column("hash", LargeBinary, nullable=False),
        ),
        Table(
            "tree_node",
            metadata,
            Column("level", Integer, primary_key=True),
            # The last entry that it is over.
            Column("position", number, primary_key=True, autoincrement=False),
            Column("hash", LargeBinary, nullable=False),
        ),
    )


def grow(c: Connection, appended: Sequence[tuple[Any, ...]]) -> None:
    """Add the entries that were appended to the log, as its rows."""
    leaves = [(row[0], leaf_hash(leaf_of(row))) for row in appended]
    insert(c, NEW_LEAF, leaves)
    first, last = leaves[0][0], leaves[-1][0]
    level = STEP
    while last >> level:
        span = 1 << level
        for position in range(-(-first // span) * span, last + 1, span):
            below = hashes(c, level - STEP, position - span, position)
            if len(below) == SPAN:
                write(c, NEW_NODE, [(level, position, over(below))])
        level += STEP


def fill(c: Connection) -> None:
    """Grow the tree from the log, where none was kept; it changes nothing else."""
    if rows(c, "SELECT 1 FROM tree_leaf LIMIT 1"):
        return
    for page in pages(c, EVERY_ENTRY, size=5000):
        grow(c, page)


def hashes(c: Connection, level: int, after: int, upto: int) -> list[bytes]:
    """The kept hashes of a level over the entries between two positions, in order."""
    if level == 0:
        question = "SELECT hash FROM tree_leaf WHERE position > ? AND position <= ?"
        found = rows(c, f"{question} ORDER BY position", [after, upto])
    else:
        question = "SELECT hash FROM tree_node WHERE level = ? AND position > ? AND position <= ?"
        found = rows(c, f"{question} ORDER BY position", [level, after, upto])
    return [bytes(row[0]) for row in found]


def over(nodes: Sequence[bytes]) -> bytes:
    """The node over a power of two of nodes of one level."""
    while len(nodes) > 1:
        pairs = zip(nodes[::2], nodes[1::2], strict=True)
        # A call of ``node_hash`` costs as much as the hash.
        nodes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return nodes[0]


def node_of(c: Connection) -> Node:
    """What gives any whole subtree of the tree as it is kept."""

    @lru_cache(maxsize=4096)
    def node(level: int, index: int) -> bytes:
        kept = level // STEP * STEP
        found = hashes(c, kept, index << level, (index + 1) << level)
        if len(found) != 1 << (level - kept):
            raise TreeIsDamaged("tree_is_damaged", position=(index << level) + 1)
        return over(found)

    return node


def size_of(c: Connection) -> int:
    """How many leaves are kept."""
    return int(rows(c, "SELECT COALESCE(MAX(position), 0) FROM tree_leaf")[0][0])


def head_of_log(c: Connection, size: int) -> bytes:
    """The head of the tree over the first entries.

    :raises TreeIsDamaged: a hash that it needs is not kept
    """
    return head_at(size, node_of(c))
