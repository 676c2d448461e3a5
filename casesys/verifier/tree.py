"""The Merkle tree of RFC 6962, section 2.1, and what a proof over it shows to a stranger.

The checks follow RFC 9162, sections 2.1.3.2 and 2.1.4.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY = sha256().digest()
"""The head of a tree without leaves."""

LENGTH = 32


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Growing:
    """A tree to which hashes of leaves are added; only the whole subtrees on its edge are held."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[tuple[int, bytes]] = []

    def add(self, found: bytes) -> None:
        level = 0
        self.size += 1
        while self._edge and self._edge[-1][0] == level:
            found = node_hash(self._edge.pop()[1], found)
            level += 1
        self._edge.append((level, found))

    @property
    def edge(self) -> list[bytes]:
        """The whole subtrees of which the tree consists, the largest first."""
        return [found for _, found in self._edge]

    @property
    def head(self) -> bytes:
        return head_over(self.edge)


def head_over(edge: Sequence[bytes]) -> bytes:
    """The head of the tree that consists of these whole subtrees, the largest first."""
    if not edge:
        return EMPTY
    head = edge[-1]
    for found in reversed(edge[:-1]):
        head = node_hash(found, head)
    return head


def head_of(hashes: Iterable[bytes]) -> bytes:
    """The head of the tree over these hashes of leaves."""
    tree = Growing()
    for found in hashes:
        tree.add(found)
    return tree.head


def shows_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], head: bytes
) -> bool:
    """Whether the proof leads from the hash of the leaf at ``index`` to the head of the tree."""
    if not 0 <= index < size or not _are_hashes(leaf, *proof):
        return False
    place, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place % 2 or place == last:
            found = node_hash(step, found)
            while not place % 2 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == head


def shows_growth(
    old: int, new: int, proof: Sequence[bytes], old_head: bytes, new_head: bytes
) -> bool:
    """Whether the proof shows that the new tree begins with all that the old one held."""
    if not 0 < old <= new or not _are_hashes(*proof):
        return False
    if old == new:
        return not proof and old_head == new_head
    steps = list(proof) if old & (old - 1) else [old_head, *proof]
    if not steps:
        return False
    place, last = old - 1, new - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    was = now = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place % 2 or place == last:
            was, now = node_hash(step, was), node_hash(step, now)
            while not place % 2 and place:
                place, last = place >> 1, last >> 1
        else:
            now = node_hash(now, step)
        place, last = place >> 1, last >> 1
    return last == 0 and was == old_head and now == new_head


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == LENGTH for value in values)
