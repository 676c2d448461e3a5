"""Receipts of figures: publish them, read them again, and ask the log whether they still hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from casesys.cli.cases import DAY, known_option
from casesys.cli.shell import Shell, answer, json_option, refuse, refusing
from casesys.figures import AXES
from casesys.figures.cases_of_day import Question
from casesys.figures.drawing import told
from casesys.figures.receipt_document import line_told
from casesys.figures.receipt_view import DIGITS
from casesys.figures.receipt_words import fraction_words, part_words, sentence_of, value_words
from casesys.figures.receipts import (
    FigureReceipt,
    Line,
    Wanted,
    document_of,
    find_receipt,
    in_groups,
    logins_of,
    publish,
    receipts_page,
)
from casesys.figures.verifying import IN_FORM, LineVerdict, Verified, verify
from casesys.whole_file import whole_file
from casesys.words import instant_words, say

file_option = click.option("-o", "file", metavar="FILE", help="Write the receipt's document here.")


@click.command("publish")
@click.argument("names", nargs=-1, required=True, metavar="NAME…")
@click.option("--as-of", type=DAY, required=True)
@known_option
@click.option("--by", type=click.Choice(AXES), help="Of every group as well.")
@click.option("--purpose", help="What the figures are given out for.")
@file_option
@json_option
@click.pass_obj
@refusing
def publish_figures(
    shell: Shell,
    names: tuple[str, ...],
    as_of: str,
    known_at: str | None,
    by: str | None,
    purpose: str | None,
    file: str | None,
    as_json: bool,
) -> None:
    """Compute figures, formulas or counts by their names, and give out a receipt of them."""
    system, asked = shell.system, Question(as_of, known_at, shell.person.reach)
    wanted = [Wanted(name) for name in dict.fromkeys(names)]
    if by is not None:
        with system.database.read() as c:
            wanted = in_groups(system, c, asked, [one.figure for one in wanted], by)
    said = say("receipts.cli_purpose", shell.language) if purpose is None else purpose
    receipt = publish(system, shell.person, asked, wanted, said)
    _given(shell, receipt, file, as_json)


@click.command("receipts")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@json_option
@click.pass_obj
@refusing
def list_receipts(shell: Shell, page: int, as_json: bool) -> None:
    """What was published, the newest first."""
    found = receipts_page(shell.system, shell.person, page)
    names = ("number", "published_at", "as_of", "known_at", "log_position", "reach", "purpose")
    listed = [
        {name: getattr(row, name) for name in names}
        | {"by": found.by.get(row.published_by, row.published_by), "lines": row.lines}
        for row in found.rows
    ]
    told_of = {"total": found.total, "page": found.page, "pages": found.pages, "receipts": listed}
    answer(told_of, as_json, lambda: (_listed(shell, one) for one in listed))


def _listed(shell: Shell, one: Mapping[str, Any]) -> str:
    at = instant_words(one["published_at"], shell.language)
    return f"{one['number']}  {at}  {one['as_of']}  {one['lines']:>4}  {one['purpose']}"


@click.command("receipt")
@click.argument("number")
@file_option
@json_option
@click.pass_obj
@refusing
def show_receipt(shell: Shell, number: str, file: str | None, as_json: bool) -> None:
    """One receipt as it was given out."""
    _given(shell, find_receipt(shell.system, shell.person, number), file, as_json)


def _given(shell: Shell, receipt: FigureReceipt, file: str | None, as_json: bool) -> None:
    if file is not None:
        kept = document_of(shell.system, receipt)
        if kept is None:
            refuse(say("receipts.document_is_lost", shell.language, number=receipt.number))
        with whole_file(Path(file)) as out:
            out.write(kept.text)
    answer(_told(receipt), as_json, lambda: _lines(shell, receipt))


def _told(receipt: FigureReceipt) -> dict[str, Any]:
    names = ("number", "published_at", "by", "as_of", "known_at", "position", "reach", "purpose")
    return {
        **{name: getattr(receipt, name) for name in names},
        "sha256": receipt.sha256,
        "lines": [_line(receipt, line) for line in receipt.lines],
    }


def _line(receipt: FigureReceipt, line: Line) -> dict[str, Any]:
    return {"number": receipt.line_number(line), **line_told(line)}


def _lines(shell: Shell, receipt: FigureReceipt) -> Iterator[str]:
    known = receipt.known_at and instant_words(receipt.known_at, shell.language)
    yield f"{receipt.number}  {receipt.purpose}"
    yield say(
        "receipts.knowledge.at" if known else "receipts.knowledge",
        shell.language,
        day=receipt.as_of,
        at=receipt.known_at or "",
        position=receipt.position,
    )
    logins = logins_of(shell.system, receipt)
    explained = ""
    for line in receipt.lines:
        part = part_words(line.of, shell.language, logins)
        fraction = fraction_words(line.numerator, line.denominator)
        yield (
            f"{receipt.line_number(line)}  {value_words(line):>5}  {fraction:<15} "
            f"{line.figure} v{line.version}  {line.digest[:DIGITS]}  {part}".rstrip()
        )
        if line.figure != explained:
            yield f"    {sentence_of(line.figure, shell.language)}"
        explained = line.figure
    yield f"SHA-256 {receipt.sha256}"


@click.command("verify")
@click.argument("receipt", metavar="NUMBER|FILE")
@json_option
@click.pass_obj
@refusing
def verify_receipt(shell: Shell, receipt: str, as_json: bool) -> None:
    """Recompute a receipt from the log: yes, or who differs (exit code 1)."""
    path = Path(receipt)
    is_file = path.suffix == ".json" or path.exists()
    found = verify(shell.system, shell.person, path.read_bytes() if is_file else receipt)
    answer(_judged(found), as_json, lambda: _verdict(shell, found))
    if not found.holds:
        click.get_current_context().exit(1)


def _judged(found: Verified) -> dict[str, Any]:
    return {
        "verdict": str(found.verdict),
        "holds": found.holds,
        "number": found.number,
        "altered": list(found.altered),
        "document_is_kept": found.document_is_kept,
        "lines": [_line_judged(found, one) for one in found.lines],
    }


def _line_judged(found: Verified, one: LineVerdict) -> dict[str, Any]:
    sides = {"numerator": one.above, "denominator": one.below}
    return {
        "number": f"{found.number}/{one.line.number}",
        "figure": one.line.figure,
        "version": one.line.version,
        "of": told(one.line.of),
        "verdict": str(one.verdict),
        "published": {"numerator": one.line.numerator, "denominator": one.line.denominator},
        "recomputed": {"numerator": one.numerator, "denominator": one.denominator},
        "entered": {side: change.entered for side, change in sides.items()},
        "left": {side: change.left for side, change in sides.items()},
    }


def _verdict(shell: Shell, found: Verified) -> Iterator[str]:
    yield say(f"receipts.verdict.{found.verdict}", shell.language, number=found.number)
    if IN_FORM in found.altered:
        yield say("receipts.altered_in_form", shell.language)
    else:
        yield from (f"    {place}" for place in found.altered)
    if not found.document_is_kept:
        yield say("receipts.document_is_lost", shell.language, number=found.number)
    for one in found.lines:
        if one.verdict == "holds":
            continue
        was = fraction_words(one.line.numerator, one.line.denominator)
        now = "—" if one.numerator is None else fraction_words(one.numerator, one.denominator)
        yield f"{found.number}/{one.line.number}  {one.line.figure}  {was} → {now}"
        for side, change in (("numerator", one.above), ("denominator", one.below)):
            word = say(f"receipts.side.{side}", shell.language)
            yield from (f"    {word} + {name}" for name in change.entered)
            yield from (f"    {word} − {name}" for name in change.left)


COMMANDS = (publish_figures, list_receipts, show_receipt, verify_receipt)
