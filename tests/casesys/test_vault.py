"""Personal data are sealed each under its subject's key; dropping the key erases them for good."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from casesys.system import System
from casesys.vault import EVIDENCE, SealBroken, Vault, is_sealed
from projections.driver import rows

NOW = "2021-03-01T01:00:00.000000Z"
CLEAR = "王五 13800000000"


def sealed(system: System, c: Connection, subject: str = "s1", version: int = 2) -> Any:
    return system.vault.sealer(c, subject, version, NOW)("note", CLEAR)


def test_a_seal_opens_where_it_was_made(store: System) -> None:
    with store.database.write() as c:
        value = sealed(store, c)
        assert is_sealed(value)
        assert CLEAR not in str(value)
        assert store.vault.open(c, "s1", 2, "note", value) == CLEAR
        assert store.vault.open(c, "s1", 2, "note", None) is None


@pytest.mark.parametrize(
    ("subject", "version", "name"), [("s2", 2, "note"), ("s1", 3, "note"), ("s1", 2, "minutes")]
)
def test_a_seal_that_was_moved_does_not_open(
    store: System, subject: str, version: int, name: str
) -> None:
    with store.database.write() as c:
        value = sealed(store, c)
        sealed(store, c, "s2")
        with pytest.raises(SealBroken):
            store.vault.open(c, subject, version, name, value)


def test_the_same_words_are_never_sealed_alike(store: System) -> None:
    with store.database.write() as c:
        assert sealed(store, c) != sealed(store, c)
        assert rows(c, "SELECT subject FROM vault ORDER BY subject") == [(EVIDENCE,), ("s1",)]


def test_dropping_a_key_erases_what_it_sealed_and_nothing_else(store: System) -> None:
    with store.database.write() as c:
        mine, other = sealed(store, c), sealed(store, c, "s2")
        assert store.vault.drop(c, "s1", NOW)
        assert store.vault.open(c, "s1", 2, "note", mine) is None
        assert store.vault.open(c, "s2", 2, "note", other) == CLEAR
        assert not store.vault.drop(c, "s1", NOW)
        assert rows(c, "SELECT wrapped_key, dropped_at FROM vault WHERE subject = 's1'") == [
            (None, NOW)
        ]


def test_what_was_erased_stays_so_when_the_subject_is_met_again(store: System) -> None:
    with store.database.write() as c:
        erased = sealed(store, c)
        store.vault.drop(c, "s1", NOW)
        again = sealed(store, c, version=3)
        assert store.vault.open(c, "s1", 3, "note", again) == CLEAR
        assert store.vault.open(c, "s1", 2, "note", erased) is None


def test_another_master_key_opens_nothing(store: System) -> None:
    with store.database.write() as c:
        value = sealed(store, c)
        with pytest.raises(SealBroken, match="master key"):
            Vault(b"x" * 32).open(c, "s1", 2, "note", value)
