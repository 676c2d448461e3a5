"""What falls in the transaction of an erasure: drafts, lists of acts, digests of what was typed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from casesys.vault import SealBroken, Vault
from domain.decisions.erasing import TOPICS
from domain.entries import Entry
from projections.case_file import CASE_FILE
from projections.driver import rows, write

ERASING_COMMANDS = frozenset({"erase_personal_data", "erase_name", "erase_remarks"})


class Used(NamedTuple):
    """An entry that rests on a file."""

    stream: str
    version: int
    sha256: str


class Forgotten(NamedTuple):
    """An erasure as far as files are concerned: what stood before a version of a stream."""

    stream: str
    version: int
    files: Sequence[str]


def forget_erased(c: Connection, vault: Vault, entries: Iterable[Entry]) -> None:
    """Delete what was typed for these streams and never sealed under their keys.

    The keys themselves fell when the entries were appended.
    """
    for entry in entries:
        if entry.topic not in TOPICS:
            continue
        # A digest of few possible words, as of a telephone number, tells them to who tries all.
        write(
            c,
            "UPDATE receipt SET digest = '' WHERE stream_id = ? OR command_id IN "
            "(SELECT command_id FROM log WHERE stream_id = ?)",
            [(entry.stream_id, entry.stream_id)],
        )
        for number, reference in _names(c, entry.stream_id):
            for name in filter(None, (number, reference)):
                _drop_drafts(c, name)
            _drop_bulks(c, vault, number)


def _names(c: Connection, stream: str) -> list[tuple[Any, ...]]:
    return rows(c, f"SELECT number, reference FROM {CASE_FILE} WHERE stream_id = ?", [stream])


def _drop_drafts(c: Connection, name: str) -> None:
    begins = f"/cases/{name}/"
    write(c, "DELETE FROM draft WHERE substr(place, 1, ?) = ?", [(len(begins), begins)])


def _drop_bulks(c: Connection, vault: Vault, number: str) -> None:
    """Lists of acts that hold something typed for the case; one that holds nothing typed stays."""
    gone = []
    for id_, held in rows(c, "SELECT id, held FROM bulk"):
        try:
            kept = json.loads(vault.unwrap(f"bulk|{id_}", held))
        except SealBroken:
            # Nobody can read it any more, and nobody can tell what it holds.
            gone.append((id_,))
            continue
        typed = set(kept["typed"] or ()) - {"ground", "explanation"}
        if typed and number in kept["numbers"]:
            gone.append((id_,))
    write(c, "DELETE FROM bulk WHERE id = ?", gone)


def without_use(forgotten: Sequence[Forgotten], used: Iterable[Used]) -> set[str]:
    """The files of these erasures that nothing rests on but what was erased."""
    until: dict[str, int] = {}
    for one in forgotten:
        until[one.stream] = max(until.get(one.stream, 0), one.version)
    found = {sha256 for one in forgotten for sha256 in one.files}
    return found - {use.sha256 for use in used if use.version > until.get(use.stream, 0)}
