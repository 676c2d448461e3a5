"""Every file of evidence against its hash, and every file that an entry names against the store."""

from __future__ import annotations

from sqlalchemy import Connection

from casesys.doctor.checking import Check, going_on
from casesys.doctor.entries import Seen
from casesys.personal.known_erasures import files_of, known_in
from casesys.personal.sweeping import forgotten_files
from casesys.system import System


def files(system: System, c: Connection, seen: Seen) -> Check:
    """What an erasure took away is not missing, and must not lie there either."""
    with going_on(Check("evidence")) as check:
        store = system.evidence_in(c)
        there = set(store.hashes())
        check.counted = len(there)
        for name in sorted(there):
            if not store.verify(name):
                check.differs("file_damaged", file=name, about=_whose(seen, name))
        gone = forgotten_files(system, c).keys() | files_of(c, known_in(system.settings.home))
        for name in sorted(gone & there):
            check.differs("erased_file_is_there", file=name, about=_whose(seen, name))
        elsewhere = 0
        for name, named in seen.files.items():
            if name in there or name in gone:
                continue
            if named.imported:
                elsewhere += 1
            else:
                about = seen.named(named.stream)
                check.differs("file_missing", file=name, about=about, position=named.position)
        if elsewhere:
            check.remark("files_of_a_register", n=elsewhere)
        if gone:
            check.remark("files_erased", n=len(gone))
        if unnamed := there - seen.files.keys():
            check.remark("files_unnamed", n=len(unnamed))
    return check


def _whose(seen: Seen, name: str) -> str:
    named = seen.files.get(name)
    return seen.named(named.stream) if named is not None else "—"
