"""Proofs that the log only grew: checkpoints, co-signatures, the whole log compared."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from casesys.cli.shell import Shell, answer, json_option, refuse, refusing
from casesys.followers.outbox import NotDelivered
from casesys.followers.witness import lying_there
from casesys.permits import Permit
from casesys.proofs.chain import Misfit, Verified, verify_log
from casesys.proofs.checkpoints import Kept, origin_of, read
from casesys.proofs.merkle import consistency_proof, inclusion_proof
from casesys.proofs.signing import KeyRefused, cosigning_key, read_signing_key
from casesys.proofs.tree_of_log import hashes, head_of_log, node_of, size_of
from casesys.stopping import Stopped
from casesys.verifier.notes import NoNote, Note, PublicKey, read_key
from casesys.whole_file import whole_file
from casesys.words import say

SEED_BYTES = 32
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)
MOST_BYTES = 1 << 20


@click.group()
def audit() -> None:
    """Prove that the log only grew, to somebody who trusts nobody here."""


@audit.command()
@click.option("-o", "file", type=OUT, help="Where to keep it; without, it is printed.")
@json_option
@click.pass_obj
@refusing
def checkpoint(shell: Shell, file: Path | None, as_json: bool) -> None:
    """Sign how the log stands now."""
    shell.require(Permit.AUDIT)
    system = shell.system
    with system.database.write() as c:
        system.database.lock(c)
        made = system.checkpoints.make(c, system.now())
    written = file.resolve() if file else None
    lines = made.note.whole.splitlines()
    if written is not None:
        _write(written, made.note.whole)
        size = made.checkpoint.size
        lines = [say("proof.signed", shell.language, size=size, file=written)]
    told = {**_told(made), "note": made.note.whole, "file": str(written) if written else None}
    answer(told, as_json, lambda: iter(lines))


@audit.command()
@click.option("--checkpoint", "files", type=FILE, multiple=True, help="One that you kept.")
@json_option
@click.pass_obj
@refusing
def verify(shell: Shell, files: tuple[Path, ...], as_json: bool) -> None:
    """Compare every entry with the tree and every checkpoint; exits 1 at the first misfit.

    The checkpoints here are compared, those that you give, and those in the witness folder.
    """
    shell.require(Permit.AUDIT)
    system = shell.installed
    with system.database.read() as c:
        outside = _outside(shell, origin_of(c)) if size_of(c) else ()
        found = verify_log(system, c, [_read(file) for file in (*files, *outside)])
    answer(_verified(found), as_json, lambda: _sentences(found, shell.language))
    if found.misfit is not None:
        refuse(misfit_in_words(found.misfit, shell.language))


@audit.command()
@click.option("-o", "file", required=True, type=OUT, help="Where to keep the private key.")
@click.option("--name", required=True, help="Who signs with it; no spaces.")
@json_option
@click.pass_obj
@refusing
def key(shell: Shell, file: Path, name: str, as_json: bool) -> None:
    """Make a key of one's own for co-signing checkpoints; needs no installation."""
    made = cosigning_key(name, secrets.token_bytes(SEED_BYTES))
    file.touch(mode=0o600, exist_ok=False)
    file.write_text(made.written, "utf-8")
    told = {"file": str(file.resolve()), "key": made.public.line}
    title = say("proof.key_made", shell.language, file=str(file))
    answer(told, as_json, lambda: iter([title, made.public.line]))


@audit.command()
@click.argument("file", type=FILE)
@click.option("--key", "key_file", required=True, type=FILE, help="Made by `audit key`.")
@click.option("-o", "out", type=OUT, help="Where to; without, the file itself is signed.")
@json_option
@click.pass_obj
@refusing
def cosign(shell: Shell, file: Path, key_file: Path, out: Path | None, as_json: bool) -> None:
    """Add a signature of one's own to a checkpoint; needs no installation."""
    from casesys.system import clock

    given = read(_read(file))
    signer = read_signing_key(_read(key_file))
    signed = signer.cosign(given.note.text, clock())
    others = tuple(
        s for s in given.note.signatures if (s.name, s.key_id) != (signed.name, signed.key_id)
    )
    whole = Note(given.note.text, (*others, signed)).whole
    written = (out or file).resolve()
    _write(written, whole)
    told = {"file": str(written), "key": signer.public.line, "note": whole}
    words = say(
        "proof.cosigned", shell.language, name=signed.name, size=given.checkpoint.size, file=written
    )
    answer(told, as_json, lambda: iter([words]))


@audit.command()
@click.argument("file", type=FILE)
@click.option("--key", "line", help="The public key of a co-signer who is new here.")
@json_option
@click.pass_obj
@refusing
def keep(shell: Shell, file: Path, line: str | None, as_json: bool) -> None:
    """Keep the signatures that others added to a checkpoint of this log."""
    shell.require(Permit.AUDIT)
    system = shell.system
    public = _public(line) if line else None
    with system.database.write() as c:
        system.database.lock(c)
        taken = system.checkpoints.take(c, _read(file), system.now(), public)
    names = [signature.name for signature in taken.note.signatures[1:]]
    told = {**_told(taken), "cosigned_by": names}
    size, said = taken.checkpoint.size, shell.language
    words = say("proof.kept", said, size=size, names=_listed(names, said))
    answer(told, as_json, lambda: iter([words]))


@audit.command()
@click.argument("position", type=click.IntRange(1))
@click.option("--size", type=click.IntRange(1), help="Of the tree; without, of the whole log.")
@json_option
@click.pass_obj
@refusing
def proof(shell: Shell, position: int, size: int | None, as_json: bool) -> None:
    """Show that an entry stands at its place in the log of a size."""
    shell.require(Permit.AUDIT)
    with shell.system.database.read() as c:
        whole = size_of(c)
        size = size or whole
        if not position <= size <= whole:
            raise Stopped("no_such_entry", size=min(size, whole), position=position)
        found = hashes(c, 0, position - 1, position)
        told = {
            "origin": origin_of(c),
            "position": position,
            "index": position - 1,
            "size": size,
            "leaf": found[0].hex() if found else "",
            "head": head_of_log(c, size).hex(),
            "proof": [step.hex() for step in inclusion_proof(position - 1, size, node_of(c))],
        }
    answer(told, as_json, lambda: _lines(told))


@audit.command()
@click.argument("old", type=click.IntRange(1))
@click.argument("new", type=click.IntRange(1))
@json_option
@click.pass_obj
@refusing
def growth(shell: Shell, old: int, new: int, as_json: bool) -> None:
    """Show that the log of one size begins with all of the log of a smaller one."""
    shell.require(Permit.AUDIT)
    with shell.system.database.read() as c:
        whole = size_of(c)
        if not old <= new <= whole:
            raise Stopped("no_such_growth", size=whole)
        told = {
            "origin": origin_of(c),
            "old": old,
            "new": new,
            "old_head": head_of_log(c, old).hex(),
            "new_head": head_of_log(c, new).hex(),
            "proof": [step.hex() for step in consistency_proof(old, new, node_of(c))],
        }
    answer(told, as_json, lambda: _lines(told))


def _outside(shell: Shell, origin: str) -> Sequence[Path]:
    """What lies in the witness folder; where its share is away, that is said and no more."""
    if shell.settings.witness is None:
        return ()
    try:
        found = lying_there(shell.settings.witness, origin)
    except NotDelivered as away:
        click.echo(away.said(shell.language), err=True)
        return ()
    click.echo(say("witness.beside", shell.language, n=len(found)), err=True)
    return found


def misfit_in_words(misfit: Misfit, language: str) -> str:
    return say(
        f"proof.misfit.{misfit.code}",
        language,
        position=misfit.position,
        checkpoint=misfit.checkpoint,
        after=misfit.after,
    )


def _sentences(found: Verified, language: str) -> Iterator[str]:
    if not found.holds:
        return
    yield say(
        "proof.holds",
        language,
        entries=found.entries,
        checkpoints=found.checkpoints,
        newest=found.newest,
        seconds=found.seconds,
    )
    if found.cosigned_by:
        yield say("proof.cosigned_by", language, names=_listed(found.cosigned_by, language))
    else:
        yield say("proof.nobody_cosigned", language)


def _listed(names: Sequence[str], language: str) -> str:
    return say("page.comma", language).join(names)


def _verified(found: Verified) -> dict[str, Any]:
    misfit = found.misfit
    return {
        "holds": found.holds,
        "entries": found.entries,
        "checkpoints": found.checkpoints,
        "newest": found.newest,
        "cosigned_by": found.cosigned_by,
        "seconds": found.seconds,
        "misfit": None
        if misfit is None
        else {
            "code": misfit.code,
            "position": misfit.position,
            "checkpoint": misfit.checkpoint,
            "after": misfit.after,
        },
    }


def _told(one: Kept) -> dict[str, Any]:
    checkpoint = one.checkpoint
    return {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "head": b64encode(checkpoint.head).decode(),
        "made_at": checkpoint.made_at,
    }


def _public(line: str) -> PublicKey:
    try:
        return read_key(line)
    except NoNote as wrong:
        raise KeyRefused("no_public_key") from wrong


def _read(file: Path) -> str:
    with file.open("rb") as opened:
        return opened.read(MOST_BYTES).decode("utf-8", "replace")


def _write(file: Path, text: str) -> None:
    with whole_file(file.resolve()) as out:
        out.write(text.encode())


def _lines(told: dict[str, Any]) -> Iterator[str]:
    for name, value in told.items():
        for line in value if isinstance(value, list) else [value]:
            yield f"{name}: {line}"
