"""A checkpoint is made once a day and on demand, and others put their own names under it."""

from __future__ import annotations

import os
from random import Random

import pytest
from sqlalchemy import Connection

from casesys.proofs import checkpoints
from casesys.proofs.checkpoints import (
    CheckpointRefused,
    Checkpoints,
    cosigned,
    cosigners,
    kept,
    newest,
    read,
)
from casesys.proofs.merkle import consistency_proof, inclusion_proof
from casesys.proofs.signing import (
    KeyRefused,
    SigningKey,
    cosigning_key,
    office_key,
    read_signing_key,
    signed_by,
)
from casesys.proofs.tree_of_log import fill, head_of_log, node_of, size_of
from casesys.system import Receipt, System
from casesys.verifier.leaves import COLUMNS, leaf_of
from casesys.verifier.notes import (
    NoNote,
    Note,
    read_checkpoint,
    read_key,
    read_note,
    signed_bytes,
)
from casesys.verifier.tree import head_of, leaf_hash, shows_growth, shows_inclusion
from projections.driver import rows, write
from tests import scenarios
from tests.offices import Clock
from tests.register import append_only, made_register


def leaves(c: Connection) -> list[bytes]:
    found = rows(c, f"SELECT {', '.join(COLUMNS)} FROM log ORDER BY position")
    return [leaf_hash(leaf_of(row)) for row in found]


def test_the_tree_that_appends_keep_is_the_tree_over_the_log(store: System) -> None:
    events, chance = made_register(11, 130), Random(4)
    while events:
        some = chance.choice((1, 2, 3, 200, 300))
        append_only(store, events[:some])
        del events[:some]
    with store.database.read() as c:
        told, size = leaves(c), size_of(c)
        assert size == len(told) > 1024
        for n in (1, 255, 256, 257, 511, 512, 700, 1024, size):
            assert head_of_log(c, n) == head_of(told[:n])
        node = node_of(c)
        for index in chance.sample(range(size), 20):
            proof = inclusion_proof(index, size, node)
            assert shows_inclusion(told[index], index, size, proof, head_of(told))
            old = index + 1
            growth = consistency_proof(old, size, node)
            assert shows_growth(old, size, growth, head_of(told[:old]), head_of(told))


def test_a_tree_that_is_grown_afterwards_is_the_same(store: System) -> None:
    append_only(store, made_register(12, 60))
    with store.database.write() as c:
        kept_rows = [f"SELECT * FROM {name} ORDER BY 1, 2" for name in ("tree_leaf", "tree_node")]
        before = [rows(c, question) for question in kept_rows]
        write(c, "DELETE FROM tree_leaf", [()])
        write(c, "DELETE FROM tree_node", [()])
        fill(c)
        assert [rows(c, question) for question in kept_rows] == before
        write(c, "DELETE FROM tree_leaf WHERE position > 3", [()])
        fill(c)
        assert size_of(c) == 3, "what somebody took away is not put back unseen"


def test_the_first_act_of_a_day_signs_what_the_days_before_made(
    system: System, clock: Clock
) -> None:
    clock.set("2021-07-22T23:58")
    case = scenarios.a_listed_case(system)
    with system.database.read() as c:
        size, before = size_of(c), len(kept(c))
    clock.set("2021-07-23T00:01")
    note(system, case)
    note(system, case)
    with system.database.read() as c:
        found = kept(c)[before:]
        assert [one.checkpoint.size for one in found] == [size]
        assert found[0].checkpoint.head == head_of(leaves(c)[:size])
        assert found[0].checkpoint.made_at == "2021-07-22T16:01:00.000000Z"
        assert signed_by(found[0].note, system.checkpoints.key(c).public)


def note(system: System, case: Receipt) -> None:
    scenarios.give(system, "add_note", {"note": "电话里说下周来"}, case.stream)


def test_a_checkpoint_reads_back_as_it_was_written(store: System) -> None:
    with pytest.raises(CheckpointRefused), store.database.write() as c:
        store.checkpoints.make(c, store.now())
    append_only(store, made_register(1, 2))
    with store.database.write() as c:
        made = store.checkpoints.make(c, store.now())
        again = store.checkpoints.make(c, "2030-01-01T00:00:00.000000Z")
        assert made == again == newest(c) == read(made.note.whole)
        assert read(made.note.whole.replace("\n", "\r\n")) == made
        # The name of the log is its first entry's, whatever came later.
        assert made.checkpoint.origin == f"casesys/{leaves(c)[0].hex()[:12]}"
        lines = made.note.whole.split("\n")
        assert lines[1] == str(size_of(c))
        assert lines[4] == "" and lines[5].startswith(f"— {made.checkpoint.origin} ")


def test_a_new_key_of_the_office_signs_beside_the_old_and_takes_nothing_away(
    store: System,
) -> None:
    append_only(store, made_register(1, 2))
    with store.database.write() as c:
        before = store.checkpoints.make(c, store.now())
        after = Checkpoints(os.urandom(32)).make(c, "2030-01-01T00:00:00.000000Z")
        assert after.checkpoint == before.checkpoint
        assert after.note.signatures[:1] == before.note.signatures
        assert len(after.note.signatures) == 2


def test_what_was_signed_of_others_is_not_written_over(system: System, clock: Clock) -> None:
    case = scenarios.a_listed_case(system)
    with system.database.write() as c:
        signed = system.checkpoints.make(c, system.now())
        write(c, "UPDATE tree_leaf SET hash = ? WHERE position = 7", [(bytes(32),)])
        with pytest.raises(CheckpointRefused, match="others"):
            system.checkpoints.make(c, system.now())
    clock.set("2021-07-24T09:00")
    note(system, case)
    with system.database.read() as c:
        assert newest(c) == signed, "the office works on, and what was signed stays"


def test_others_sign_below_and_their_names_are_kept(store: System) -> None:
    append_only(store, made_register(1, 2))
    auditor, city = (cosigning_key(name, os.urandom(32)) for name in ("区纪委监委", "市信用办"))
    with store.database.write() as c:
        made = store.checkpoints.make(c, store.now())
        for key in (auditor, city):
            seen = "2021-07-22T06:20:00.000000Z"
            given = Note(made.note.text, (*made.note.signatures, key.cosign(made.note.text, seen)))
            with pytest.raises(CheckpointRefused, match="co-signed"):
                store.checkpoints.take(c, given.whole, store.now())
            store.checkpoints.take(c, given.whole, store.now(), key.public)
        found = newest(c)
        assert found is not None
        assert cosigned(found.note, cosigners(c)) == ["区纪委监委", "市信用办"]
        assert found.note.signatures[0] == made.note.signatures[0]
        second = found.note.signatures[1].signature
        told, raw, seen_at = signed_bytes(found.note, auditor.public, second)
        assert (seen_at, told[:15], len(raw)) == (1626934800, b"cosignature/v1\n", 64)
        # Another key under a known name is somebody else.
        impostor = cosigning_key("市信用办", os.urandom(32))
        with pytest.raises(KeyRefused, match="already"):
            store.checkpoints.take(c, given.whole, store.now(), impostor.public)
        with pytest.raises(KeyRefused, match="not one for co-signing"):
            store.checkpoints.take(c, given.whole, store.now(), store.checkpoints.key(c).public)


def test_what_is_signed_of_another_log_or_another_history_is_not_taken(store: System) -> None:
    append_only(store, made_register(1, 2))
    witness = cosigning_key("市信用办", os.urandom(32))
    with store.database.write() as c:
        made = store.checkpoints.make(c, store.now())
        key = store.checkpoints.key(c)
        size = made.checkpoint.size
        other_head = made.note.text.replace(made.note.text.split("\n")[2], "A" * 43 + "=")
        longer = made.note.text.replace(f"\n{size}\n", f"\n{size + 1}\n")
        foreign = office_key(os.urandom(32), "casesys/0123456789ab")
        for text, signer, code in (
            (other_head, key, "differs"),
            (longer, key, "differs"),
            (made.note.text, foreign, "of_another"),
            (made.note.text.replace(key.public.name, foreign.public.name), foreign, "of_another"),
        ):
            note_ = Note(text, (signer.sign(text), witness.cosign(text, store.now())))
            with pytest.raises(CheckpointRefused) as refused:
                store.checkpoints.take(c, note_.whole, store.now(), witness.public)
            assert refused.value.code.endswith(code)


def test_keys_are_lines_that_read_back_and_a_wrong_letter_is_noticed() -> None:
    key = cosigning_key("市信用办", bytes(range(32)))
    assert read_key(key.public.line) == key.public
    assert read_signing_key(key.written).public == key.public
    for wrong in ("", "市信用办", key.public.line.replace("办", "为"), key.public.line[:-2]):
        with pytest.raises(NoNote):
            read_key(wrong)
    for wrong in ("", key.public.line, key.written.replace("办", "为"), key.written[:-4]):
        with pytest.raises(KeyRefused):
            read_signing_key(wrong)
    for name in ("", "a b", "a+b", "a\tb"):
        with pytest.raises(KeyRefused):
            cosigning_key(name, bytes(32))


def test_a_signature_holds_for_its_note_its_name_and_its_kind_only() -> None:
    key, text = SigningKey("log", 1, bytes(32)), "log\n1\n\n"
    note_ = Note(text, (key.sign(text),))
    assert signed_by(note_, key.public)
    assert not signed_by(Note(text + "x\n", note_.signatures), key.public)
    assert not signed_by(note_, SigningKey("log", 1, bytes(31) + b"1").public)
    assert not signed_by(note_, SigningKey("log", 4, bytes(32)).public)
    forged = Note(text, (*note_.signatures, SigningKey("log", 1, bytes(32)).sign("other\n")))
    assert not signed_by(forged, key.public), "one sound signature does not cover a false one"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "log\n1\nhead\n",
        "log\n1\nAAAA\nmade x\n\n— log AAAAAAAA\n",
        f"log\n01\n{'A' * 43}=\nmade x\n\n— log AAAAAAAA\n",
        f"log\n１\n{'A' * 43}=\nmade x\n\n— log AAAAAAAA\n",
        f"log\n{'9' * 40}\n{'A' * 43}=\nmade x\n\n— log AAAAAAAA\n",
        f"log\n1\n{'A' * 43}=\nmade x\n\n- log AAAAAAAA\n",
        f"log\n1\n{'A' * 43}=\nmade x\n\n— log not!base64\n",
        f"log\n1\n{'A' * 43}=\nmade \x00x\n\n— log AAAAAAAA\n",
        f"log\n1\n{'A' * 43}=\nmade x\n\n" + "— log AAAAAAAA\n" * 9000,
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoNote):
        read_checkpoint(read_note(text))
    with pytest.raises(CheckpointRefused):
        checkpoints.read(text)
