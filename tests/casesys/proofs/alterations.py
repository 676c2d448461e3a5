"""What somebody might do to a bundle on its way, each at random, each so that it says otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random

from casesys.verifier.entries import read_entry
from casesys.verifier.notes import Checkpoint, Note, read_checkpoint, read_note
from casesys.verifier.tree import Growing
from tests.casesys.proofs.bundles import (
    Members,
    a_strangers_key,
    entries_of,
    line_of_entry,
    lines_of,
    with_lines,
)

Alteration = Callable[[Members, Random], Members | None]
"""None where this bundle has nothing of the kind."""

HEX = "0123456789abcdef"


def _another(letter: str, random: Random) -> str:
    letters = HEX if letter in HEX else "甲乙丙丁0123456789"
    return random.choice([one for one in letters if one != letter])


def _with_letter(text: str, random: Random) -> str:
    at = random.randrange(len(text))
    return text[:at] + _another(text[at], random) + text[at + 1 :]


def a_fact_of_an_entry(members: Members, random: Random) -> Members:
    """One letter or number of any column."""
    lines = lines_of(members, "entries.jsonl")
    at = random.randrange(len(lines))
    row = json.loads(lines[at])
    column = random.choice([place for place, value in enumerate(row) if value != ""])
    value = row[column]
    if value is None:
        row[column] = ""
    else:
        row[column] = value + 1 if isinstance(value, int) else _with_letter(value, random)
    lines[at] = line_of_entry(row)
    return with_lines(members, "entries.jsonl", lines)


def a_byte(members: Members, random: Random) -> Members | None:
    """Any byte of any member that is judged, where what it then says is something else."""
    judged = [name for name in members if name not in ("README.txt", "verify.py")]
    name = random.choice([name for name in judged if members[name]])
    text = bytearray(members[name])
    at = random.randrange(len(text))
    text[at] ^= 1 << random.randrange(8)
    return {**members, name: bytes(text)} if _says(text) != _says(members[name]) else None


def _says(text: bytes | bytearray) -> object:
    """Of lines of JSON what they say; spelt otherwise it is still the same."""
    try:
        return [json.loads(line) for line in bytes(text).split(b"\n") if line]
    except ValueError:
        return bytes(text)


def _lists(members: Members) -> list[str]:
    every = ("entries.jsonl", "leaves.txt", "proofs.jsonl", "growth.jsonl")
    return [name for name in every if len(members.get(name, b"").splitlines()) > 1]


def a_dropped_line(members: Members, random: Random) -> Members:
    name = random.choice(_lists(members))
    lines = lines_of(members, name)
    del lines[random.randrange(len(lines))]
    return with_lines(members, name, lines)


def two_swapped_lines(members: Members, random: Random) -> Members:
    name = random.choice(_lists(members))
    lines = lines_of(members, name)
    one, other = random.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return with_lines(members, name, lines)


def a_line_twice(members: Members, random: Random) -> Members:
    name = random.choice(_lists(members))
    lines = lines_of(members, name)
    lines.insert(random.randrange(len(lines)), random.choice(lines))
    return with_lines(members, name, lines)


def a_dropped_entry_with_its_proof(members: Members, random: Random) -> Members:
    """The last of each stream aside: what a case lacks at its end, only the whole log shows."""
    beside = "proofs.jsonl" if "proofs.jsonl" in members else "leaves.txt"
    rows = entries_of(members)
    last = {row[1]: place for place, row in enumerate(rows)}
    inner = [place for place, row in enumerate(rows) if last[row[1]] != place]
    at = random.choice(inner)
    for name in ("entries.jsonl", beside):
        lines = lines_of(members, name)
        del lines[at]
        members = with_lines(members, name, lines)
    return members


def a_tail_cut_off(members: Members, random: Random) -> Members | None:
    if "leaves.txt" not in members:
        return None
    kept = len(lines_of(members, "leaves.txt")) - random.randrange(1, 20)
    for name in ("entries.jsonl", "leaves.txt"):
        members = with_lines(members, name, lines_of(members, name)[:kept])
    return members


def a_changed_hash(members: Members, random: Random) -> Members:
    """One digit of a proof, or of the list of hashes."""
    name = random.choice(
        [n for n in ("leaves.txt", "proofs.jsonl", "growth.jsonl") if n in members]
    )
    lines = [line.decode() for line in lines_of(members, name)]
    at = random.choice([place for place, line in enumerate(lines) if _hashes_begin(line)])
    first = _hashes_begin(lines[at])
    places = [p for p in range(first - 1, len(lines[at])) if lines[at][p] in HEX]
    place = random.choice(places)
    line = lines[at]
    lines[at] = line[:place] + _another(line[place], random) + line[place + 1 :]
    return with_lines(members, name, [line.encode() for line in lines])


def _hashes_begin(line: str) -> int:
    """Behind which letter the hashes of a line stand; 0: it has none."""
    return 1 if len(line) == 64 else line.find('["') + 1


def a_receipt(members: Members, random: Random) -> Members | None:
    receipts = [name for name in members if name.startswith("receipts/")]
    if not receipts:
        return None
    name = random.choice(receipts)
    if random.random() < 0.3:
        return {other: text for other, text in members.items() if other != name}
    text = members[name].decode()
    at = random.randrange(len(text))
    return {**members, name: (text[:at] + _another(text[at], random) + text[at + 1 :]).encode()}


def an_older_checkpoint(members: Members, random: Random) -> Members:
    """Another head under the size of an older one, signed by whoever."""
    name = random.choice([name for name in members if name.startswith("checkpoints/")])
    note = read_note(members[name].decode())
    told = replace(read_checkpoint(note), head=random.randbytes(32))
    forged = _signed_again(told) if random.random() < 0.5 else Note(told.text, note.signatures)
    return {**members, name: forged.whole.encode()}


def the_newest_checkpoint(members: Members, random: Random) -> Members:
    """The tree over changed entries, signed with a key that the bundle now calls the office's."""
    if "leaves.txt" not in members:
        return an_older_checkpoint(members, random)
    changed = a_fact_of_an_entry(members, random)
    lines = lines_of(changed, "entries.jsonl")
    read = [read_entry(line) for line in lines]
    tree = Growing()
    for one in read:
        if one is not None:
            tree.add(one[1])
    hashes = [b"%b" % one[1].hex().encode() for one in read if one is not None]
    told = read_checkpoint(read_note(members["checkpoint.txt"].decode()))
    forged = _signed_again(replace(told, head=tree.head))
    key = a_strangers_key(told.origin).public.line
    changed = with_lines(changed, "leaves.txt", hashes)
    return {**changed, "checkpoint.txt": forged.whole.encode(), "keys.txt": f"{key}\n".encode()}


def _signed_again(told: Checkpoint) -> Note:
    return Note(told.text, (a_strangers_key(told.origin).sign(told.text),))


def what_it_is(members: Members, random: Random) -> Members:
    head = json.loads(members["bundle.json"])
    if random.random() < 0.5:
        head["kind"] = "case" if head["kind"] == "log" else "log"
    else:
        head["case"] = f"{head['case']}1"
        head["kind"] = "case"
    return {**members, "bundle.json": json.dumps(head).encode()}


ALTERATIONS: tuple[Alteration, ...] = (
    a_fact_of_an_entry,
    a_byte,
    a_dropped_line,
    two_swapped_lines,
    a_line_twice,
    a_dropped_entry_with_its_proof,
    a_tail_cut_off,
    a_changed_hash,
    a_receipt,
    an_older_checkpoint,
    the_newest_checkpoint,
    what_it_is,
)
