"""Whoever alters the log is found by the whole comparison, and the position is named."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.proofs.chain import Misfit, leaf_hashes, verify_log
from casesys.proofs.checkpoints import CheckpointRefused
from casesys.system import System
from casesys.verifier.leaves import leaf_of
from casesys.verifier.tree import leaf_hash
from projections.driver import write
from tests.tampering import AFTERWARDS, Signed, hunt, signed_office, tamper

Told = Callable[[str, object], None]
TAMPERINGS = {"sqlite": 150, "postgresql": 30}


@pytest.fixture
def signed(store: System) -> Signed:
    return signed_office(store)


def test_every_tampering_under_the_newest_checkpoint_is_found_and_its_place_named(
    signed: Signed, record_property: Told
) -> None:
    with signed.system.database.read() as c:
        assert verify_log(signed.system, c, signed.notes).holds
        many = TAMPERINGS[c.dialect.name]
    ways = hunt(signed, Random(1), many, 1, signed.size)
    record_property("told", f"{many} tamperings under the newest checkpoint, all found: {ways}")


def test_after_the_newest_checkpoint_all_is_found_but_a_rewriting_with_its_hashes(
    signed: Signed,
) -> None:
    low = signed.size + 1
    hunt(signed, Random(2), 40, low, signed.size + AFTERWARDS)


def test_without_a_checkpoint_kept_elsewhere_a_rewriting_is_not_found(signed: Signed) -> None:
    """What the kept checkpoint is for: it is taken away, and the hunt finds nothing."""
    chance = Random(3)
    found = set()
    for _ in range(25):
        with signed.system.database.read() as c:
            how, _ = tamper(c, chance, 1, signed.size)
            if how == "rewritten":
                # The log's own name hangs on its first entry.
                found.add(verify_log(signed.system, c).misfit)
    assert found == {None}


def test_what_is_signed_is_compared_too(signed: Signed) -> None:
    system = signed.system
    tree = "entry_changed"
    changes = {
        "UPDATE tree_leaf SET hash = (SELECT hash FROM tree_leaf WHERE position = 9) "
        "WHERE position = 8": Misfit(tree, 8, after=7),
        "DELETE FROM tree_leaf WHERE position = 20": Misfit(tree, 20, after=19),
        "UPDATE tree_node SET hash = (SELECT hash FROM tree_leaf WHERE position = 9) "
        "WHERE position = 512": Misfit("tree_changed", 257),
        f"DELETE FROM log WHERE position > {signed.size}": Misfit(
            "entry_missing", signed.size + 1, after=signed.size
        ),
        "UPDATE checkpoint SET note = replace(note, 'made 20', 'made 19') WHERE size < 200": Misfit(
            "checkpoint_forged", checkpoint=signed.size // 5
        ),
        "UPDATE checkpoint SET note = 'nothing'": Misfit("checkpoint_unreadable"),
    }
    for change, misfit in changes.items():
        with system.database.read() as c:
            write(c, change, [()])
            assert verify_log(system, c).misfit == misfit, change


def test_a_checkpoint_of_more_entries_than_there_are_says_which_is_gone(signed: Signed) -> None:
    system = signed.system
    with system.database.read() as c:
        for table in ("log", "tree_leaf", "tree_node"):
            write(c, f"DELETE FROM {table} WHERE position > 300", [()])
        write(c, "DELETE FROM checkpoint WHERE size > 300", [()])
        assert verify_log(system, c).holds, "what nobody keeps elsewhere cannot be missed"
        found = verify_log(system, c, signed.notes[-1:]).misfit
        assert found is not None and (found.code, found.position) == ("entry_missing", 301)


def test_an_empty_log_holds_and_a_text_that_is_no_checkpoint_is_refused(store: System) -> None:
    with store.database.read() as c:
        assert verify_log(store, c).holds
        with pytest.raises(CheckpointRefused):
            verify_log(store, c, ["好的"])


@given(
    st.lists(
        st.tuples(
            *[st.text(max_size=8)] * 9,
            *[st.none() | st.text(max_size=8)] * 4,
        ),
        max_size=5,
    )
)
def test_the_fast_way_to_leaves_is_the_defined_one(page: list[tuple[str | None, ...]]) -> None:
    stored = [tuple(None if v is None else v.encode() for v in row) for row in page]
    assert leaf_hashes(stored) == [leaf_hash(leaf_of(row)) for row in page]


def test_two_rows_that_differ_never_make_the_same_leaf() -> None:
    assert leaf_of(("a", "")) != leaf_of(("a", None)) != leaf_of(("a", "~"))
    assert leaf_of(("1:a,", "b")) != leaf_of(("1:a", ",b"))
    assert leaf_of((12, "é", None)) == "2:12,2:é,~".encode()
