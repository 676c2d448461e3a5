"""The whole log read once and compared with its tree and with what was signed of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import zip_longest
from time import perf_counter

from sqlalchemy import Connection

from casesys.proofs.checkpoints import Kept, cosigned, cosigners, kept, origin_of, read
from casesys.proofs.signing import signed_by
from casesys.proofs.tree_of_log import SPAN, STEP, hashes, over
from casesys.stopping import Stopped
from casesys.system import System
from casesys.verifier.leaves import COLUMNS
from casesys.verifier.notes import PublicKey
from casesys.verifier.tree import Growing, head_over
from projections.driver import bare_pages, rows

AT_ONCE = 16 * SPAN
NINE = b"\x00" + b"%d:%b," * 9
"""The columns that are never empty."""
Row = tuple[bytes | None, ...]


@dataclass(frozen=True, slots=True)
class Misfit:
    """What does not fit, and at which entry where one can be named.

    ``checkpoint`` is the size of the signed log that says otherwise; ``after`` the last position
    that is proven, where it is only known that the fault lies behind it.
    """

    code: str
    position: int | None = None
    checkpoint: int | None = None
    after: int = 0


@dataclass(slots=True)
class Verified:
    """What was compared, and the first thing that does not fit; None where everything does."""

    entries: int = 0
    checkpoints: int = 0
    newest: int = 0
    cosigned_by: list[str] = field(default_factory=list)
    seconds: float = 0.0
    misfit: Misfit | None = None

    @property
    def holds(self) -> bool:
        return self.misfit is None


def verify_log(system: System, c: Connection, given: Sequence[str] = ()) -> Verified:
    """Compare every entry with the tree, and the tree with every checkpoint, kept and given.

    ``given`` are the texts of checkpoints that somebody kept elsewhere.

    :raises CheckpointRefused: a text that was given is no checkpoint
    """
    begun, answer = perf_counter(), Verified()
    told = [read(text) for text in given]
    answer.misfit = _judge(system, c, told, answer)
    answer.seconds = round(perf_counter() - begun, 3)
    return answer


def _judge(system: System, c: Connection, told: list[Kept], answer: Verified) -> Misfit | None:
    if not told and not rows(c, "SELECT 1 FROM log LIMIT 1"):
        left = rows(c, "SELECT 1 FROM tree_leaf UNION ALL SELECT 1 FROM checkpoint LIMIT 1")
        return Misfit("entry_missing", 1) if left else None
    try:
        ours = kept(c)
        key = system.checkpoints.key(c).public
    except Stopped:
        return Misfit("checkpoint_unreadable")
    walk = _Walk(c)
    shape = walk.misfit_in_shape()
    signed = sorted((*ours, *told), key=lambda one: one.checkpoint.size)
    answer.checkpoints = len(signed)
    answer.newest = signed[-1].checkpoint.size if signed else 0
    known = cosigners(c)
    answer.cosigned_by = sorted({n for one in signed for n in cosigned(one.note, known)})
    heads = walk.heads({one.checkpoint.size for one in signed})
    answer.entries = walk.size
    first = [one for one in (shape, walk.misfit) if one is not None]
    if first:
        return min(first, key=lambda one: one.position or 0)
    return _against(signed, heads, walk.size, key, origin_of(c))


def _against(
    signed: Sequence[Kept], heads: dict[int, bytes], size: int, key: PublicKey, origin: str
) -> Misfit | None:
    """The first checkpoint that was not made of this log."""
    proven = 0
    for checkpoint, note in signed:
        if checkpoint.origin != origin:
            return Misfit("checkpoint_of_another", checkpoint=checkpoint.size, after=proven)
        if not signed_by(note, key):
            return Misfit("checkpoint_forged", checkpoint=checkpoint.size, after=proven)
        if checkpoint.size > size:
            return Misfit("entry_missing", size + 1, checkpoint.size, proven)
        if heads[checkpoint.size] != checkpoint.head:
            return Misfit("history_rewritten", None, checkpoint.size, proven)
        proven = checkpoint.size
    return None


class _Walk:
    """One reading of the log in its order, as the bytes that are stored."""

    def __init__(self, c: Connection) -> None:
        self._c = c
        self.size = 0
        self.misfit: Misfit | None = None

    def misfit_in_shape(self) -> Misfit | None:
        """SQLite keeps any value in any column: one of another kind may have the same bytes."""
        if self._c.dialect.name != "sqlite":
            return None
        # Numbers sort before texts and these before bytes: a comparison is cheaper than typeof().
        kinds = [
            f"{name} >= ''" if name in ("position", "version") else f"{name} >= x''"
            for name in COLUMNS
        ]
        question = f"SELECT MIN(position) FROM log WHERE {' OR '.join(kinds)}"
        found: int | None = rows(self._c, question)[0][0]
        return None if found is None else Misfit("entry_changed", found)

    def heads(self, sizes: set[int]) -> dict[int, bytes]:
        """The head of the tree at each of these sizes that the log has reached.

        The walk goes on over an entry that does not fit: the first of them is the answer.
        """
        found: dict[int, bytes] = {}
        spans = Growing()
        ahead = deque(sorted(sizes))
        for first, leaves in self._leaves():
            for start in range(0, len(leaves), SPAN):
                some = leaves[start : start + SPAN]
                before = first + start
                while ahead and ahead[0] <= before + len(some):
                    size = ahead.popleft()
                    part = Growing()
                    for leaf in some[: size - before]:
                        part.add(leaf)
                    found[size] = head_over([*spans.edge, *part.edge])
                if len(some) == SPAN:
                    node = over(some)
                    spans.add(node)
                    self._compare_nodes(before + SPAN, node, spans)
        self._compare_ends()
        return found

    def _leaves(self) -> Iterator[tuple[int, list[bytes]]]:
        """The hashes of a page of leaves and the position before it."""
        for page in bare_pages(self._c, _as_bytes(self._c.dialect.name), AT_ONCE):
            found = leaf_hashes(page)
            if self.misfit is None:
                self._compare(page, found)
            yield self.size, found
            self.size += len(page)

    def _compare(self, page: Sequence[Row], found: list[bytes]) -> None:
        """Each entry with its place and with its leaf."""
        places = range(self.size + 1, self.size + len(page) + 1)
        kept_leaves = hashes(self._c, 0, self.size, self.size + len(page))
        # Positions are whole numbers, each there once and in order: the ends tell of a gap.
        ends = [page[0][0], page[-1][0]] == [b"%d" % places[0], b"%d" % places[-1]]
        if ends and kept_leaves == found:
            return
        for place, row, leaf, known in zip_longest(places, page, found, kept_leaves[: len(page)]):
            if row[0] != b"%d" % place:
                self.misfit = Misfit("entry_missing", place, after=place - 1)
            elif known is None:
                self.misfit = Misfit("entry_added", place, after=place - 1)
            elif leaf != known:
                self.misfit = Misfit("entry_changed", place, after=place - 1)
            if self.misfit is not None:
                return

    def _compare_nodes(self, position: int, node: bytes, spans: Growing) -> None:
        """The kept hash of a span, and of every wider one that it completes."""
        if self.misfit is not None:
            return
        level = STEP
        while position % (1 << level) == 0:
            found = node if level == STEP else _node_at(self._c, level, position)
            kept_one = rows(
                self._c,
                "SELECT hash FROM tree_node WHERE level = ? AND position = ?",
                [level, position],
            )
            if not kept_one or bytes(kept_one[0][0]) != found:
                self.misfit = Misfit("tree_changed", position - (1 << level) + 1)
                return
            level += STEP

    def _compare_ends(self) -> None:
        """Hashes of entries that are no longer there."""
        if self.misfit is None:
            question = "SELECT MIN(position) FROM tree_leaf WHERE position > ?"
            beyond = rows(self._c, question, [self.size])[0][0]
            if beyond is not None:
                self.misfit = Misfit("entry_missing", self.size + 1, after=self.size)


def _node_at(c: Connection, level: int, position: int) -> bytes:
    below = hashes(c, level - STEP, position - (1 << level), position)
    return over(below) if len(below) == SPAN else b""


def _as_bytes(dialect: str) -> str:
    """Every column as the bytes of its netstring: nothing is decoded on the way."""
    if dialect == "sqlite":
        told = [f"CAST({name} AS BLOB)" for name in COLUMNS]
    else:
        told = [f"convert_to({name}::text, 'UTF8')" for name in COLUMNS]
    return f"SELECT {', '.join(told)} FROM log ORDER BY position"


def leaf_hashes(page: Sequence[Row]) -> list[bytes]:
    """What ``leaf_hash(leaf_of(row))`` gives of rows whose columns were read as bytes.

    Written out it takes half the time: a log of a million entries is compared in seconds.
    """
    found = []
    for p, s, v, t, d, o, r, e, a, *rest in page:
        try:
            always = NINE % (
                *(len(p), p, len(s), s, len(v), v, len(t), t, len(d), d),  # type: ignore[arg-type]
                *(len(o), o, len(r), r, len(e), e, len(a), a),  # type: ignore[arg-type]
            )
        except TypeError:
            # Nothing stands where something always does: the row is none of ours.
            found.append(b"")
            continue
        ends = b"".join([b"~" if x is None else b"%d:%b," % (len(x), x) for x in rest])
        found.append(sha256(always + ends).digest())
    return found
