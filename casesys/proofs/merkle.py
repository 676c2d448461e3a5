"""The proofs that a Merkle tree of RFC 6962, section 2.1, can give.

A tree over n leaves is made of whole subtrees, each over a power of two of leaves. The node at
(level, index) is the hash over the leaves from ``index << level`` on, ``1 << level`` of them; a
whole subtree never changes again, so whoever keeps these nodes can prove anything at any size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from casesys.verifier.tree import head_over

Node = Callable[[int, int], bytes]
"""What gives the hash of a whole subtree by its level and its index."""


def head_at(size: int, node: Node) -> bytes:
    return _over(0, size, node)


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """What shows, with the leaf itself, that it stands at ``index`` of the tree of this size.

    :raises ValueError: the tree of this size has no such leaf
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    proof: list[bytes] = []
    first, last = 0, size
    while last - first > 1:
        middle = first + _left(last - first)
        if index < middle:
            proof.append(_over(middle, last, node))
            last = middle
        else:
            proof.append(_over(first, middle, node))
            first = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """What shows that the tree of the new size begins with all leaves of the old, in their order.

    :raises ValueError: the old size is none, or larger than the new
    """
    if not 0 < old <= new:
        raise ValueError(f"a tree of {new} leaves does not grow from one of {old}")
    proof: list[bytes] = []
    first, last, known = 0, new, True
    while old < last:
        middle = first + _left(last - first)
        if old <= middle:
            proof.append(_over(middle, last, node))
            last = middle
        else:
            proof.append(_over(first, middle, node))
            first, known = middle, False
    if not known:
        proof.append(_over(first, last, node))
    return proof[::-1]


def _left(leaves: int) -> int:
    """The largest power of two below the number of leaves, of which there are two at least."""
    return int(1 << ((leaves - 1).bit_length() - 1))


def _whole(first: int, last: int) -> Iterator[tuple[int, int]]:
    """The whole subtrees of which the tree over these leaves consists, the largest first."""
    while first < last:
        level = (last - first).bit_length() - 1
        yield level, first >> level
        first += 1 << level


def _over(first: int, last: int, node: Node) -> bytes:
    """The hash over these leaves, which begin where a subtree of their size may begin."""
    return head_over([node(level, index) for level, index in _whole(first, last)])
