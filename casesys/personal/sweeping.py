"""After an erasure: its files, the list beside the master key, and the database's own traces.

All of it can be done again: a crash between the commit and the sweep is made good by the next one.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from casesys.database import OutOfReach, StoreIsBusy
from casesys.personal.forgetting import Forgotten
from casesys.personal.known_erasures import Known, unused, write_down
from projections.case_file import CASE_FILE
from projections.driver import rows_in
from projections.erasures import Erasure

if TYPE_CHECKING:
    from casesys.system import System

TABLES = ("vault", "draft", "bulk", "receipt")
"""Where an erasure deletes or overwrites something."""


class Swept(NamedTuple):
    """What a sweep did; a database that others read keeps its traces until the next one."""

    erasures: int
    files: int
    written_down: int
    without_trace: bool


def sweep(system: System, streams: Sequence[str] | None = None) -> Swept:
    """Remove the files of erasures, write these down, and let the database forget its old pages.

    :param streams: those that were just erased; every erasure of the office if not given
    """
    with system.database.write() as c:
        # Under the lock nobody begins to rest on a file between the question and its removal.
        system.database.lock(c)
        model = system.models.erasures
        erasures = model.all(c) if streams is None else model.of(c, streams)
        known = known_of(system, c, erasures)
        gone = unused(c, [one.forgotten for one in known])
        store = system.evidence_in(c) if gone else None
        files = sum(store.remove(sha256) for sha256 in sorted(gone)) if store is not None else 0
    written = write_down(system.settings.home, known)
    return Swept(len(known), files, written, system.database.forget_old_pages(TABLES))


def sweep_after(system: System, stream: str) -> None:
    """The same of one erasure that was committed: a fault here is made good by the next sweep."""
    try:
        sweep(system, [stream])
    except (OSError, SQLAlchemyError, OutOfReach, StoreIsBusy):
        logging.getLogger(__name__).exception("the erasure stands, its sweep did not end")


def known_of(system: System, c: Connection, erasures: Sequence[Erasure]) -> list[Known]:
    """These erasures as the list beside the master key has them."""
    asked = f"SELECT stream_id, number, reference FROM {CASE_FILE} WHERE stream_id IN ({{keys}})"
    names = {
        stream: [name for name in (number, reference) if name]
        for stream, number, reference in rows_in(c, asked, {one.stream_id for one in erasures})
    }
    return [
        Known(
            one.number,
            one.stream_id,
            one.version,
            one.erased_at,
            names.get(one.stream_id, []),
            files_said(system, c, one) if one.files else [],
        )
        for one in erasures
    ]


def unused_of(system: System, c: Connection, erasure: Erasure) -> set[str]:
    """The files of one erasure on which nothing else rests now: they must not be here."""
    (one,) = known_of(system, c, [erasure])
    return unused(c, [one.forgotten])


def files_said(system: System, c: Connection, erasure: Erasure) -> list[str]:
    """The files that an erasure says it removes."""
    (entry,) = system.log.after(c, erasure.position - 1, 1)
    return list(entry.data["files"])


def forgotten_files(system: System, c: Connection) -> dict[str, str]:
    """Every file that an erasure removed, with the number of its certificate: it is not missing."""
    found = system.models.erasures.removing(c)
    certificates = {sha256: one.number for one in found for sha256 in files_said(system, c, one)}
    forgotten = [Forgotten(one.stream_id, one.version, files_said(system, c, one)) for one in found]
    gone = unused(c, forgotten)
    return {sha256: number for sha256, number in certificates.items() if sha256 in gone}
