"""The entries of a bundle, one after the other, against the checkpoints that they must lead to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product, zip_longest
from typing import Any

from casesys.verifier.bundle import ENTRIES, LEAVES, PROOFS, Bundle, Head, Unfit, json_of
from casesys.verifier.leaves import COLUMNS, leaf_of
from casesys.verifier.signatures import HASH, Signed, proof_of
from casesys.verifier.tree import Growing, leaf_hash, shows_inclusion

EntryRow = list[Any]
Take = Callable[[EntryRow], None]
NEVER_EMPTY = (int, str, int, *[str] * 6)
SHAPES = frozenset(
    (*NEVER_EMPTY, *rest)
    for rest in product((str, type(None)), repeat=len(COLUMNS) - len(NEVER_EMPTY))
)
"""The types that the columns of an entry may have: 1 and "1" would make the same leaf."""
POSITION, STREAM, VERSION, TOPIC, DATA, ENTERED = 0, 1, 2, 3, 4, 7
ORIGIN = "casesys/"
OPENED = "case.opened"


def read_entry(line: bytes) -> tuple[EntryRow, bytes] | None:
    """A line as the row of the log that it says, and the hash of its leaf; None if it says none."""
    row = json_of(line)
    if type(row) is not list or tuple(map(type, row)) not in SHAPES:
        return None
    try:
        return row, leaf_hash(leaf_of(row))
    except UnicodeEncodeError:
        return None  # half a character, which no database holds


class Streams:
    """What holds of any sound log, whatever it says: no version is missing, no clock goes back."""

    def __init__(self) -> None:
        self._versions: dict[str, int] = {}
        self._entered = ""

    def take(self, row: EntryRow) -> None:
        """:raises Unfit: something before this entry is missing, or it is out of order"""
        stream, position = row[STREAM], row[POSITION]
        wanted = self._versions.get(stream, 0) + 1
        if row[VERSION] != wanted:
            raise Unfit("version_missing", position, stream=stream, version=wanted)
        if row[ENTERED] < self._entered:
            raise Unfit("clock_went_back", position)
        self._versions[stream], self._entered = wanted, row[ENTERED]

    def __len__(self) -> int:
        return len(self._versions)


# -- the whole log --------------------------------------------------------------------------------


def check_whole_log(bundle: Bundle, signed: Sequence[Signed], take: Take) -> int:
    """Every entry in its place, and at each checkpoint the head that was signed; how many.

    ``take`` is given each entry once it is known to be the one whose hash was kept.

    :raises Unfit: with the first position that does not fit
    """
    newest, tree, streams, proven = signed[-1], Growing(), Streams(), 0
    waiting = list(reversed(signed))
    for place, (line, kept) in enumerate(_beside_hashes(bundle), 1):
        if line is None or kept is None:
            raise Unfit("entry_missing" if line is None else "hash_missing", place)
        if place > newest.size:
            raise Unfit("beyond_newest", place, size=newest.size)
        found = read_entry(line)
        if found is None:
            raise Unfit("no_entry", place)
        row, leaf = found
        if row[POSITION] != place:
            raise Unfit("entry_missing" if row[POSITION] > place else "out_of_order", place)
        if leaf.hex().encode() != kept:
            raise Unfit(_which_was_changed(bundle, newest), place)
        if place == 1:
            _require_name(newest, leaf)
        streams.take(row)
        tree.add(leaf)
        take(row)
        while waiting and waiting[-1].size == place:
            one = waiting.pop()
            if tree.head != one.checkpoint.head:
                # All entries are those of the list of hashes, so no one of them can be named.
                raise Unfit("history_rewritten", first=proven + 1, last=one.size)
            proven = place
    if waiting:
        raise Unfit("entry_missing", tree.size + 1)
    return tree.size


def _beside_hashes(bundle: Bundle) -> Iterator[tuple[bytes | None, bytes | None]]:
    return zip_longest(bundle.lines(ENTRIES), bundle.lines(LEAVES))


def _which_was_changed(bundle: Bundle, newest: Signed) -> str:
    """If the checkpoint confirms the list of hashes, it was the entry; else who knows which."""
    tree = Growing()
    for line in bundle.lines(LEAVES):
        if len(line) != 64 or not HASH.fullmatch(line.decode("latin-1")):
            return "entry_or_hash_changed"
        tree.add(bytes.fromhex(line.decode()))
        if tree.size > newest.size:
            return "entry_or_hash_changed"
    confirmed = tree.size == newest.size and tree.head == newest.checkpoint.head
    return "entry_changed" if confirmed else "entry_or_hash_changed"


def _require_name(newest: Signed, leaf: bytes) -> None:
    """A log is named after its first entry, so that no other can be put in its place."""
    if newest.checkpoint.origin != f"{ORIGIN}{leaf.hex()[:12]}":
        raise Unfit("other_log", 1, size=newest.size, origin=newest.checkpoint.origin[:60])


# -- one case -------------------------------------------------------------------------------------


def check_one_case(bundle: Bundle, head: Head, newest: Signed) -> int:
    """Every entry with the proof that it stands in the signed log, of each stream all up to a last.

    :raises Unfit: with the first position that does not fit
    """
    streams, many, last, numbers = Streams(), 0, 0, []
    for line, proof in zip_longest(bundle.lines(ENTRIES), bundle.lines(PROOFS)):
        if line is None:
            raise Unfit("lines_left", name=PROOFS)
        found = read_entry(line)
        if found is None:
            raise Unfit("no_entry_in_line", line=many + 1)
        row, leaf = found
        position = row[POSITION]
        if position <= last:
            raise Unfit("out_of_order", position)
        _require_in_log(json_of(proof or b""), position, leaf, newest)
        streams.take(row)
        if row[TOPIC] == OPENED:
            numbers.append(_number_of(row))
        many, last = many + 1, position
    if numbers != [head.case]:
        raise Unfit("other_case", case=head.case[:60])
    return many


def _require_in_log(said: object, position: int, leaf: bytes, newest: Signed) -> None:
    proof = proof_of(said, "position", "proof")
    if not isinstance(said, dict) or proof is None or said["position"] != position:
        raise Unfit("proof_missing", position)
    checkpoint = newest.checkpoint
    if not shows_inclusion(leaf, position - 1, checkpoint.size, proof, checkpoint.head):
        raise Unfit("not_in_log", position, size=checkpoint.size)


def _number_of(row: EntryRow) -> object:
    said = json_of(row[DATA].encode())
    return said.get("number") if isinstance(said, dict) else None
