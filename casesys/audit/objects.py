"""What somebody typed as the object of an entry: the streams of the log that it may mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from casesys.lists import typed
from domain.office import campaign_id
from projections.case_file import CASE_FILE
from projections.driver import rows, rows_in
from projections.enterprises import ENTERPRISE
from projections.office import ACCOUNT, MEMBER_UNIT
from projections.published import PUBLISHED_FIGURES
from projections.record_index import RECORD_INDEX
from projections.uploads import UPLOAD

MOST = 200
"""How many streams one object may mean; a text that means more is to be made more exact."""
SHORTEST_PART = 2
"""A name is looked for by a part of it that is at least so long."""


@dataclass(frozen=True, slots=True)
class Meant:
    """The streams that a text means; ``many`` if there are more than can be asked for at once."""

    streams: tuple[str, ...]
    many: bool = False


EXACT = (
    f"SELECT stream_id FROM {CASE_FILE} WHERE number = ? OR reference = ?",
    f"SELECT stream_id FROM {ACCOUNT} WHERE login = ? OR unit = ?",
    f"SELECT stream_id FROM {MEMBER_UNIT} WHERE name = ? OR stream_id = ?",
    f"SELECT stream_id FROM {UPLOAD} WHERE file_name = ? OR sha256 = ?",
    f"SELECT stream_id FROM {ENTERPRISE} WHERE uscc = ? OR reference = ?",
    f"SELECT stream_id FROM {PUBLISHED_FIGURES} WHERE number = ? OR sha256 = ?",
)
"""Each is asked for the text twice."""


def meant_by(c: Connection, text: str) -> Meant:
    """Case, enterprise, record number, account, unit, upload, campaign, receipt, or a stream.

    An enterprise means its cases too.
    """
    text = "".join(letter for letter in text if letter.isprintable()).strip()
    if not text:
        return Meant(())
    found = dict.fromkeys(_streams(c, text))
    several = _with_cases(c, found)
    return Meant(tuple(several)[:MOST], len(several) > MOST)


def _streams(c: Connection, text: str) -> Iterable[str]:
    wanted = typed(text)
    for whole in dict.fromkeys((text, wanted.whole)):
        for question in EXACT:
            yield from (row[0] for row in rows(c, question, [whole, whole]))
    question = f"SELECT stream_id FROM {RECORD_INDEX} WHERE number_key IN ({{keys}})"
    yield from (row[0] for row in rows_in(c, question, wanted.keys))
    yield str(campaign_id(text))
    yield from _named(c, text)
    try:
        yield str(UUID(text))
    except ValueError:
        return


def _named(c: Connection, text: str) -> Iterable[str]:
    if len(text) < SHORTEST_PART:
        return
    part = f"%{text.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
    question = (
        f"SELECT stream_id FROM {ENTERPRISE} "
        "WHERE name LIKE ? ESCAPE '!' OR former_names LIKE ? ESCAPE '!' LIMIT ?"
    )
    yield from (row[0] for row in rows(c, question, [part, part, MOST + 1]))


def _with_cases(c: Connection, streams: dict[str, None]) -> list[str]:
    """Those of the streams that the log has, and the cases of the enterprises among them."""
    question = (
        f"SELECT f.stream_id FROM {CASE_FILE} f JOIN {ENTERPRISE} e ON e.uscc = f.enterprise "
        "WHERE e.stream_id IN ({keys})"
    )
    several = [*streams, *(row[0] for row in rows_in(c, question, streams))]
    there = "SELECT stream_id FROM log WHERE version = 1 AND stream_id IN ({keys})"
    known = {row[0] for row in rows_in(c, there, several)}
    return list(dict.fromkeys(stream for stream in several if stream in known))
