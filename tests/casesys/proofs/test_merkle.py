"""The tree over the log is that of RFC 6962, and its proofs show what they say and no more."""

from __future__ import annotations

import json
from base64 import b64decode
from hashlib import sha256
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casesys.proofs.merkle import consistency_proof, head_at, inclusion_proof
from casesys.verifier.tree import (
    EMPTY,
    Growing,
    head_of,
    leaf_hash,
    node_hash,
    shows_growth,
    shows_inclusion,
)
from tests.shared_data import shared_path

Kept = dict[tuple[int, int], bytes]


def grown(leaves: list[bytes]) -> Kept:
    """Every whole subtree of the tree over these leaves."""
    kept: Kept = {(0, index): leaf_hash(leaf) for index, leaf in enumerate(leaves)}
    for level in range(1, len(leaves).bit_length()):
        for index in range(len(leaves) >> level):
            left, right = kept[level - 1, 2 * index], kept[level - 1, 2 * index + 1]
            kept[level, index] = node_hash(left, right)
    return kept


def node_of(kept: Kept) -> Any:
    return lambda level, index: kept[level, index]


# -- the definitions of section 2.1 once more, word by word ---------------------------------------


def defined_head(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return sha256(b"\x01" + defined_head(leaves[:k]) + defined_head(leaves[k:])).digest()


def defined_path(m: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*defined_path(m, leaves[:k]), defined_head(leaves[k:])]
    return [*defined_path(m - k, leaves[k:]), defined_head(leaves[:k])]


def defined_growth(m: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [defined_head(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*defined_growth(m, leaves[:k], whole), defined_head(leaves[k:])]
    return [*defined_growth(m - k, leaves[k:], False), defined_head(leaves[:k])]


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def some_leaves(n: int) -> list[bytes]:
    return [f"leaf {number}".encode() for number in range(n)]


@settings(max_examples=60)
@given(st.integers(1, 300), st.data())
def test_a_tree_is_what_the_definitions_say(size: int, data: st.DataObject) -> None:
    leaves = some_leaves(size)
    node = node_of(grown(leaves))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    head, before = defined_head(leaves), defined_head(leaves[:old])
    assert head_at(size, node) == head == head_of(map(leaf_hash, leaves))
    assert head_at(old, node) == before
    path, growth = inclusion_proof(index, size, node), consistency_proof(old, size, node)
    assert path == defined_path(index, leaves)
    assert growth == defined_growth(old, leaves)
    assert shows_inclusion(leaf_hash(leaves[index]), index, size, path, head)
    assert shows_growth(old, size, growth, before, head)


def test_a_large_tree_and_every_way_on_from_it() -> None:
    rnd, size = Random(6962), 5_000
    leaves = some_leaves(size)
    node = node_of(grown(leaves))
    heads = {n: head_at(n, node) for n in {size, *rnd.sample(range(1, size), 200)}}
    for n in rnd.sample(sorted(heads), 40):
        assert heads[n] == defined_head(leaves[:n])
        index = rnd.randrange(n)
        proof = inclusion_proof(index, n, node)
        assert shows_inclusion(leaf_hash(leaves[index]), index, n, proof, heads[n])
        assert not shows_inclusion(leaf_hash(leaves[index - 1]), index, n, proof, heads[n])
    for old, new in pairwise(sorted(heads)):
        assert shows_growth(old, new, consistency_proof(old, new, node), heads[old], heads[new])


@given(st.integers(0, 200))
def test_a_tree_that_grows_has_the_defined_head_all_the_way(size: int) -> None:
    tree = Growing()
    for n, leaf in enumerate(some_leaves(size)):
        assert (tree.size, tree.head) == (n, defined_head(some_leaves(n)))
        tree.add(leaf_hash(leaf))
    assert tree.head == defined_head(some_leaves(size))


def test_what_there_is_not_is_not_proved() -> None:
    node = node_of(grown(some_leaves(3)))
    assert head_at(0, node) == EMPTY == Growing().head == defined_head([])
    for index in (-1, 3):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_proof(index, 3, node)
    for old in (0, 4):
        with pytest.raises(ValueError, match="does not grow"):
            consistency_proof(old, 3, node)


@settings(max_examples=60)
@given(st.integers(2, 64), st.data())
def test_a_proof_with_one_bit_changed_shows_nothing(size: int, data: st.DataObject) -> None:
    leaves = some_leaves(size)
    node = node_of(grown(leaves))
    old, index = data.draw(st.integers(1, size - 1)), data.draw(st.integers(0, size - 1))
    head, before = defined_head(leaves), defined_head(leaves[:old])
    path, growth = inclusion_proof(index, size, node), consistency_proof(old, size, node)
    bit = data.draw(st.integers(0, 255))
    nth = data.draw(st.integers(0, len(path) - 1))
    assert not shows_inclusion(leaf_hash(leaves[index]), index, size, changed(path, nth, bit), head)
    nth = data.draw(st.integers(0, len(growth) - 1))
    assert not shows_growth(old, size, changed(growth, nth, bit), before, head)


def changed(proof: list[bytes], nth: int, bit: int) -> list[bytes]:
    number = int.from_bytes(proof[nth], "big") ^ (1 << bit)
    return [*proof[:nth], number.to_bytes(32, "big"), *proof[nth + 1 :]]


# -- known answers of others ----------------------------------------------------------------------


def test_the_heads_and_proofs_of_known_trees() -> None:
    vectors = json.loads(shared_path("vectors/rfc6962_tree_vectors.json").read_text("utf-8"))
    leaves = [bytes.fromhex(leaf) for leaf in vectors["classic_leaves_hex"]]
    node = node_of(grown(leaves))
    assert [leaf_hash(leaf).hex() for leaf in leaves] == vectors["classic_leaf_hashes_hex"]
    heads = [head_at(size, node).hex() for size in range(len(leaves) + 1)]
    assert heads == vectors["classic_roots_by_size_hex"]
    for one in vectors["inclusion_hex"]:
        assert hexed(inclusion_proof(one["index"], one["size"], node)) == one["proof"]
    for one in vectors["consistency_hex"]:
        assert hexed(consistency_proof(one["old"], one["new"], node)) == one["proof"]
    for size, head in vectors["utf8_roots_hex"].items():
        texts = [f"企业-{number:05d}" for number in range(int(size))]
        assert head_of(leaf_hash(text.encode()) for text in texts).hex() == head


def hexed(proof: list[bytes]) -> list[str]:
    return [step.hex() for step in proof]


def test_every_known_proof_is_judged_as_it_is_labelled() -> None:
    found = json.loads(shared_path("vectors/rfc6962_merkle_proofs.json").read_text("utf-8"))
    judged = {"inclusion": 0, "consistency": 0}
    for one in found:
        if one["kind"] not in judged:
            continue
        proof = [b64decode(step) for step in one["proof"] or ()]
        if one["kind"] == "inclusion":
            leaf, head = b64decode(one["leafHash"]), b64decode(one["root"])
            shown = shows_inclusion(leaf, one["leafIdx"], one["treeSize"], proof, head)
        else:
            heads = b64decode(one["root1"]), b64decode(one["root2"])
            shown = shows_growth(one["size1"], one["size2"], proof, *heads)
        assert shown is not one["wantErr"], one["file"]
        judged[one["kind"]] += 1
    assert judged == {"inclusion": 98, "consistency": 98}
