"""A bundle that means ill is refused in a sentence: no traceback, no endless memory or time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from time import process_time
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from casesys.proofs.joined import joined_verifier
from casesys.system import System
from casesys.verifier import bundle
from casesys.verifier.entries import read_entry
from tests.casesys.proofs.bundles import Members, bundle_of, lines_of, members_of, packed, verdict

MEGA = 2**20
DEEP = b"[" * 10**6
LONG = b"9" * 10**6


@pytest.fixture
def members(system: System, tmp_path: Path) -> Members:
    return members_of(bundle_of(system, tmp_path / "sound.zip"))


def refused(file: Path, code: int = 2) -> str:
    begun = process_time()
    found, said = verdict(file)
    assert found == code, said
    assert said.startswith("NOT JUDGED: " if code == 2 else "NO")
    assert "unforeseen" not in said
    assert process_time() - begun < 5
    return said


@pytest.mark.parametrize(
    "text",
    [b"", b"PK", b"PK\5\6" + bytes(17), b"no zip at all" * 100, b"PK\5\6" + b"\xff" * 18],
    ids=["nothing", "a beginning", "half an end", "prose", "a huge end"],
)
def test_what_is_no_zip_is_refused(text: bytes, tmp_path: Path) -> None:
    file = tmp_path / "bundle.zip"
    file.write_bytes(text)
    assert "whole zip file" in refused(file)


def test_a_bundle_that_was_cut_short_or_is_not_there_is_refused(
    members: Members, tmp_path: Path
) -> None:
    file = packed(members, tmp_path / "bundle.zip")
    file.write_bytes(file.read_bytes()[:-1000])
    refused(file)
    assert "cannot read" in refused(tmp_path / "absent.zip")


@pytest.mark.parametrize(
    "name",
    ["../../evil.txt", "/etc/passwd", "receipts/../x.json", "receipts/SJ-1.json", "a\nb", "加"],
)
def test_a_member_under_any_other_name_is_refused(
    name: str, members: Members, tmp_path: Path
) -> None:
    assert "does not belong" in refused(packed({**members, name: b""}, tmp_path / "b.zip"))


def test_a_member_that_stands_twice_is_refused(members: Members, tmp_path: Path) -> None:
    file = packed(members, tmp_path / "bundle.zip")
    with (
        ZipFile(file, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr("entries.jsonl", b"")
    assert "entries.jsonl twice" in refused(file)


def test_a_list_of_members_without_end_is_not_even_read(
    members: Members, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = {f"checkpoints/{n:012d}.txt": b"" for n in range(1000)}
    file = packed({**members, **many}, tmp_path / "bundle.zip")
    assert "too many files" not in refused(file)
    monkeypatch.setattr(bundle, "MOST_DIRECTORY", 50_000)
    assert "too many files" in refused(file)


def test_every_member_may_be_missing_or_odd(members: Members, tmp_path: Path) -> None:
    """Whatever stands in its place, the answer is a sentence."""
    for place in members:
        for text in (b"", b"\0" * 100, b"null\n", b"[]\n", b"\xff\xfe\n", DEEP, LONG):
            _sentence_or_yes({**members, place: text}, place, tmp_path)
        without = {one: text for one, text in members.items() if one != place}
        if place not in ("README.txt", "verify.py"):
            assert f"lacks {place}" in refused(packed(without, tmp_path / "odd.zip"))


def _sentence_or_yes(members: Members, place: str, folder: Path) -> None:
    code, said = verdict(packed(members, folder / "odd.zip"))
    # One checkpoint grew from none: there is nothing to say of it.
    unsaid = place == "growth.jsonl" and not members.get(place, b"?")
    assert (code == 0) == (place in ("README.txt", "verify.py") or unsaid), said
    assert "unforeseen" not in said


ODD_ENTRIES = {
    "nothing": b"",
    "no JSON": b"{",
    "nested beyond measure": DEEP,
    "a number of a million digits": b"[" + LONG + b"]",
    "a number no float holds": b"[1e999" + b',""' * 12 + b"]",
    "not a number": b"[NaN" + b',""' * 12 + b"]",
    "an object": b'{"position":1}',
    "too few columns": b'[1,"s",1]',
    "another alphabet": "[1]".encode("utf-16"),
    "half a character": b'[1,"\\ud800",1' + b',"x"' * 6 + b',"x"' * 4 + b"]",
    "truth for one": b'[true,"s",1' + b',"x"' * 10 + b"]",
    "a text for a number": b'["1","s",1' + b',"x"' * 10 + b"]",
    "a list for a text": b"[1,[],1" + b',"x"' * 10 + b"]",
    "nothing where something stands": b'[1,"s",1,null' + b',"x"' * 9 + b"]",
}


@pytest.mark.parametrize("line", ODD_ENTRIES.values(), ids=ODD_ENTRIES)
def test_what_is_no_entry_is_named_by_its_position(
    line: bytes, members: Members, tmp_path: Path
) -> None:
    lines = lines_of(members, "entries.jsonl")
    lines[2] = line
    text = b"".join(one + b"\n" for one in lines)
    file = packed({**members, "entries.jsonl": text}, tmp_path / "bundle.zip")
    assert refused(file, 1).startswith("NO: position 3 does not fit. there is no whole entry here")


def test_an_entry_may_be_odd_in_no_way_that_makes_the_same_leaf() -> None:
    sound = [1, "s", 1, *["x"] * 6, None, None, None, None]
    found = read_entry(json.dumps(sound).encode())
    assert found is not None
    for place, other in ((0, "1"), (2, "1"), (0, True), (2, 1.0), (9, 0), (1, None)):
        changed = [*sound[:place], other, *sound[place + 1 :]]
        assert read_entry(json.dumps(changed).encode()) is None, changed


def test_proofs_and_keys_without_end_are_refused(members: Members, tmp_path: Path) -> None:
    many = json.dumps({"from": 1, "to": 2, "proof": ["0" * 64] * 100_000}).encode() + b"\n"
    file = packed({**members, "growth.jsonl": many}, tmp_path / "bundle.zip")
    refused(file, 1)
    keys = members["keys.txt"] * 2000
    assert "keys.txt is too large" in refused(packed({**members, "keys.txt": keys}, file))


def test_odd_arguments_are_refused(members: Members, tmp_path: Path) -> None:
    file = packed(members, tmp_path / "bundle.zip")
    odd = tmp_path / "odd.txt"
    for text in (b"", b"prose", b"\xff", b"x" * 10**6):
        odd.write_bytes(text)
        assert verdict(file, "--checkpoint", str(odd))[0] == 2
    for key in ("", "prose", "a+b+c", "a+00000000+" + "A" * 44, "é+é+é"):
        assert verdict(file, "--key", key)[0] == 2


def test_what_a_terminal_would_obey_is_not_repeated_to_it(members: Members, tmp_path: Path) -> None:
    origin = members["checkpoint.txt"].split(b"\n")[0]
    for spell in ("\x9b2J", "\u202e", "\u2028"):
        odd = {
            **members,
            "checkpoint.txt": members["checkpoint.txt"].replace(origin, spell.encode()),
        }
        for changed in (odd, {**members, f"{spell}.txt": b""}):
            said = verdict(packed(changed, tmp_path / "odd.zip"))[1]
            assert said.startswith("NO") and spell not in said
    sealed = json.dumps({"bundle": bundle.BUNDLE, "format": "\x1b[2J"}).encode()
    said = verdict(packed({**members, "bundle.json": sealed}, tmp_path / "odd.zip"))[1]
    assert "?[2J" in said and "\x1b" not in said


# -- bombs: small as they come, and larger than any memory once unpacked ---------------------------


MOST_MEMORY, UNPACKED = 160 * MEGA, 240


def bomb(members: Members, name: str, file: Path) -> Path:
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for other, text in members.items():
            if other != name:
                archive.writestr(other, text)
        with archive.open(name, "w", force_zip64=True) as member:
            for _ in range(UNPACKED):
                member.write(b" " * MEGA)
    return file


@pytest.mark.parametrize("name", ["entries.jsonl", "growth.jsonl", "receipts/SJ-2021-0001.json"])
def test_a_bomb_is_refused_where_it_would_fill_the_memory(
    name: str, members: Members, tmp_path: Path
) -> None:
    file = bomb(members, name, tmp_path / "bomb.zip")
    assert file.stat().st_size < MEGA
    run = bounded(joined_verifier().text, file, tmp_path)
    assert run.returncode in (1, 2), run.stderr
    assert run.stdout.startswith(b"NO") and run.stderr == b""
    assert b"unforeseen" not in run.stdout


def test_without_bounds_it_does_fill_the_memory(members: Members, tmp_path: Path) -> None:
    file = bomb(members, "entries.jsonl", tmp_path / "bomb.zip")
    text = joined_verifier().text
    unbounded = text.replace(b"MOST_LINE = 8 * MEGA", b"MOST_LINE = 2**40")
    assert unbounded != text
    run = bounded(unbounded, file, tmp_path)
    assert b"MemoryError" in run.stdout + run.stderr


def bounded(text: bytes, file: Path, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """The verifier where no more memory is to be had."""
    program = folder / "verify.py"
    program.write_bytes(text)
    bound = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({MOST_MEMORY},) * 2)"
    start = f"{bound}; import runpy, sys; sys.argv[:] = sys.argv[1:]; "
    start += "runpy.run_path(sys.argv[0], run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", start, str(program), str(file), "--lang", "en"],
        env={},
        capture_output=True,
        check=False,
    )


def test_a_zip_that_lies_about_its_lengths_is_refused(members: Members, tmp_path: Path) -> None:
    """Each field of the list of members, one after the other, says something else."""
    file = packed(members, tmp_path / "bundle.zip")
    sound = file.read_bytes()
    begin = sound.rindex(b"PK\5\6")
    first = sound.index(b"PK\1\2")
    for at in [*range(first, first + 46), *range(begin, begin + 22)]:
        for value in (0x7F, 0xFF):
            lying = bytearray(sound)
            lying[at] = value
            file.write_bytes(lying)
            code, said = verdict(file)
            assert code in (0, 1, 2) and "unforeseen" not in said, (at - first, value, said)
