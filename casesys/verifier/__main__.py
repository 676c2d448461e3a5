"""Says of an audit bundle yes, or the first position that does not fit and why.

    python3 verify.py bundle.zip [--checkpoint MY-COPY.txt …] [--key VKEY …] [--lang zh|en]

It needs Python 3.11 and nothing else, asks no network and writes no file. It ends with 0 for yes,
1 for no, and 2 where nothing can be said. Keep your own copy of it: one that came with what it
judges proves nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from casesys.verifier.books import Books
from casesys.verifier.bundle import (
    WHOLE_LOG,
    Bundle,
    Head,
    ReceiptDocuments,
    Refusal,
    Unfit,
    printable,
    read_file,
)
from casesys.verifier.entries import check_one_case, check_whole_log
from casesys.verifier.figures import (
    ALTERED,
    HOLDS,
    MEMBERS_DIFFER,
    NOT_RECOMPUTED,
    RULE_UNKNOWN,
    ReceiptVerdict,
    judge_books,
    why_unread,
)
from casesys.verifier.notes import MOST_BYTES, PublicKey
from casesys.verifier.sentences import SPOKEN, sentence
from casesys.verifier.signatures import (
    Signed,
    Signers,
    check_growth,
    checkpoints_of,
    key_of,
    keys_of,
    signed_of,
)

Said = tuple[str, Mapping[str, Any]]
"""A sentence and its values; one that is a pair is itself in two languages."""

OLDEST_PYTHON = (3, 11)
BEYOND_US = ("newer",)
"""Why figures are not recomputed where that says nothing against the office."""


def verify_bundle(path: Path, own: Sequence[Signed], given: Sequence[PublicKey]) -> list[Said]:
    """What is shown by a bundle that fits.

    :raises Unfit: it does not, and what is the first thing
    :raises Refusal: it is no bundle
    """
    begun = perf_counter()
    try:
        file = path.open("rb")
    except OSError as fault:
        raise Refusal("no_file", name=str(path), why=fault.strerror or "?") from fault
    with file:
        bundle = Bundle(file)
        head = bundle.head()
        signers = Signers(given, keys_of(bundle))
        signed = checkpoints_of(bundle, own)
        for one in signed:
            signers.check(one)
        newest = signed[-1]
        signers.check_given(newest)
        check_growth(bundle, signed)
        told = list(_entries(bundle, head, signed))
    many = len({one.size for one in signed})
    told += [("checkpoints", {"many": many, "size": newest.size, "made_at": _made_at(newest)})]
    told += [("own_fits", {"size": one.size}) for one in signed if one.own] or [("no_own", {})]
    told += _signers(signers)
    return [*told, ("seconds", {"seconds": perf_counter() - begun})]


def _made_at(one: Signed) -> str:
    return one.checkpoint.made_at[:19].replace("T", " ")


def _entries(bundle: Bundle, head: Head, signed: Sequence[Signed]) -> Iterator[Said]:
    newest = signed[-1]
    if head.kind == WHOLE_LOG:
        books = Books()
        many = check_whole_log(bundle, signed, books.take)
        yield "whole_log", {"origin": newest.checkpoint.origin, "entries": many}
        yield from _receipts(bundle, head, books)
        return
    many = check_one_case(bundle, head, newest)
    shown = {one.size for one in signed if not one.own}
    for one in signed:
        if one.size not in shown:
            raise Unfit("own_not_shown", size=one.size)
    told = {"origin": newest.checkpoint.origin, "case": head.case, "entries": many}
    yield "one_case", told


def _receipts(bundle: Bundle, head: Head, books: Books) -> Iterator[Said]:
    """:raises Unfit: a receipt is not what the log says, or its figures come out otherwise"""
    documents = ReceiptDocuments(bundle)
    verdicts = judge_books(books, documents)
    digests = {
        row.position: str(row.said.get("sha256"))
        for row in books.receipts
        if isinstance(row.said, dict)
    }
    for verdict in verdicts:
        is_here = digests.get(verdict.position) in documents
        yield from _one_receipt(verdict, head, is_here=is_here)
    for digest in set(documents) - set(digests.values()):
        raise Unfit("document_unknown", name=documents.names[digest])
    figures = sum(line.word == HOLDS for verdict in verdicts for line in verdict.lines)
    yield "receipts", {"many": len(verdicts), "figures": figures}


def _one_receipt(verdict: ReceiptVerdict, head: Head, *, is_here: bool) -> Iterator[Said]:
    number = verdict.number
    if verdict.word == ALTERED:
        places = ", ".join(verdict.altered)
        raise Unfit("receipt_altered", verdict.position, number=number, places=places)
    differing = [line.figure for line in verdict.lines if line.word == MEMBERS_DIFFER]
    if differing:
        figures = ", ".join(differing)
        raise Unfit("receipt_differs", verdict.position, number=number, figures=figures)
    if not is_here:
        if verdict.number not in head.lost_receipts:
            raise Unfit("document_missing", verdict.position, number=number)
        yield "receipt_lost", {"number": number}
    words = {line.word for line in verdict.lines}
    if NOT_RECOMPUTED in words and verdict.unread is not None:
        why = why_unread(verdict.unread)
        if verdict.unread.why not in BEYOND_US:
            raise Unfit("receipt_uncountable", verdict.position, number=number, why=why)
        yield "receipt_not_known", {"number": number, "why": why}
    elif RULE_UNKNOWN in words:
        why = (sentence("rule_unknown", "zh"), sentence("rule_unknown", "en"))
        yield "receipt_not_known", {"number": number, "why": why}


def _signers(signers: Signers) -> Iterator[Said]:
    for key, size in signers.seen.items():
        code = "signed_by" if key in signers.given else "signed_by_named"
        yield code, {"name": key.name, "size": size, "key": key.id.hex()}
    if signers.unknown:
        yield "signatures_unknown", {"many": signers.unknown}


# -- the counter ----------------------------------------------------------------------------------


def judge(arguments: Sequence[str]) -> tuple[int, str]:
    """How the program ends, and what it says."""
    asked = _arguments(arguments)
    languages = (asked.lang,) if asked.lang else SPOKEN
    if sys.version_info[:2] < OLDEST_PYTHON:
        # An older one reads some days otherwise, and would say no to what is sound.
        return 2, _refused("python_too_old", {"python": sys.version.split()[0]}, languages)
    try:
        own = [
            signed_of(read_file(Path(name), MOST_BYTES), name, own=True)
            for name in asked.checkpoint
        ]
        given = [key_of(line) for line in asked.key]
        shown = verify_bundle(Path(asked.bundle), own, given)
    except Unfit as unfit:
        return 1, _against(unfit, languages)
    except Refusal as refusal:
        return 2, _refused(refusal.code, refusal.values, languages)
    except (
        ArithmeticError,
        LookupError,
        MemoryError,
        RecursionError,
        TypeError,
        ValueError,
    ) as odd:
        # What a stranger packed never ends in a traceback; that it is odd is all there is to say.
        return 2, _refused("unforeseen", {"what": type(odd).__name__}, languages)
    return 0, _paragraphs([("yes", {}), *shown], languages)


def main(arguments: Sequence[str] | None = None) -> int:
    code, text = judge(sys.argv[1:] if arguments is None else arguments)
    # A terminal that knows no Chinese gets question marks, and no fault.
    sys.stdout.buffer.write(text.encode(sys.stdout.encoding or "utf-8", "replace"))
    sys.stdout.flush()
    return code


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Say of an audit bundle yes, or the first position that does not fit.",
        epilog="It ends with 0 for yes, 1 for no, 2 where nothing can be said.",
    )
    parser.add_argument("bundle", help="the zip file that the office gave you")
    parser.add_argument(
        "--checkpoint", action="append", default=[], metavar="FILE", help="one that you kept"
    )
    parser.add_argument(
        "--key", action="append", default=[], metavar="VKEY", help="a key that you trust"
    )
    parser.add_argument("--lang", choices=SPOKEN, help="one language; without it both")
    return parser.parse_args(arguments)


def _against(unfit: Unfit, languages: Sequence[str]) -> str:
    why = _why(unfit.code, unfit.values)
    if unfit.position is None:
        return _paragraphs([("no", why)], languages)
    return _paragraphs([("no_at", {"position": unfit.position, **why})], languages)


def _refused(code: str, values: Mapping[str, object], languages: Sequence[str]) -> str:
    return _paragraphs([("refused", _why(code, values))], languages)


def _why(code: str, values: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    return {"why": tuple(_say((code, values), language) for language in SPOKEN)}


def _paragraphs(said: Sequence[Said], languages: Sequence[str]) -> str:
    return "\n".join("".join(f"{_say(one, language)}\n" for one in said) for language in languages)


def _say(said: Said, language: str) -> str:
    code, values = said
    place = SPOKEN.index(language)
    shown = {
        # What is in two languages is a sentence of ours; a single text may be a stranger's.
        name: v[place] if isinstance(v, tuple) else printable(v) if isinstance(v, str) else v
        for name, v in values.items()
    }
    return sentence(code, language, **shown)


if __name__ == "__main__":
    sys.exit(main())
