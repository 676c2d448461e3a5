"""Receipts of figures: what leaves the office is computed, numbered and kept with its proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NamedTuple

from sqlalchemy import Connection

from casesys.command import FieldsRefused
from casesys.evidence import EvidenceRefused
from casesys.fields import Text
from casesys.figures.cases_of_day import Question, standings
from casesys.figures.drawing import Drawn, counts_of, draw
from casesys.figures.drawing import Line as Line
from casesys.figures.drawing import Wanted as Wanted
from casesys.figures.members import UNKNOWN, Of
from casesys.figures.receipt_document import Head, Written, line_told, write_document
from casesys.install import record
from casesys.log import Meta
from casesys.permits import Permit, Person
from casesys.system import CommandIdReused, System
from domain.instants import instant, local_day, moment
from domain.published import PublishedFigures, publish_figures, published_id
from domain.refusals import DayHasNotCome, FigureReceiptIsUnknown
from projections.driver import rows
from projections.office import logins
from projections.paging import paged
from projections.published import PUBLISHED_FIGURES, Publication

LONGEST_PURPOSE = 200
PURPOSE = Text(
    LONGEST_PURPOSE,
    zh="用途",
    en="Purpose",
    hint_zh="给谁、为什么，例如：报区政府十月工作通报",
    hint_en="For whom and why, such as: the October report to the district government",
).named("purpose")
LONGEST_NUMBER = 40
SIZE = 50


@dataclass(frozen=True, slots=True)
class FigureReceipt:
    """What left the office under one number; ``reach`` is the unit whose cases it is about."""

    number: str
    published_at: str
    by: str
    as_of: str
    known_at: str | None
    position: int
    reach: str
    purpose: str
    lines: Sequence[Line]
    sha256: str

    @property
    def asked(self) -> Question:
        return Question(self.as_of, self.known_at, self.reach, self.position)

    @property
    def wanted(self) -> list[Wanted]:
        return [Wanted(line.figure, line.of) for line in self.lines]

    def line_number(self, line: Line) -> str:
        """The number that stands beside the figure: ``SJ-2021-0007/3``."""
        return f"{self.number}/{line.number}"


class ReceiptsPage(NamedTuple):
    """One page of what was published, the newest first, with the logins of who did."""

    rows: Sequence[Publication]
    by: Mapping[str, str]
    total: int
    page: int
    pages: int
    first: int


def lines(system: System, c: Connection, asked: Question, wanted: Sequence[Wanted]) -> list[Line]:
    """The figures of a day without a receipt, all from one walk.

    :raises FigureIsUnknown: neither a formula nor a count has a wanted name
    """
    return draw(system, c, asked, wanted).lines


def publish(
    system: System,
    person: Person,
    asked: Question,
    wanted: Sequence[Wanted],
    purpose: str,
    command_id: str | None = None,
) -> FigureReceipt:
    """Compute the figures within the person's reach and put them under a new number.

    The same ``command_id`` a second time is answered with the receipt of the first.

    :raises NotPermitted: the person may not publish
    :raises FieldsRefused: the purpose is missing or too long
    :raises DayHasNotCome: nobody can say yet what the figures of that day will be
    :raises FigureIsUnknown: neither a formula nor a count has a wanted name
    :raises CommandIdReused: the id came with another question or purpose
    :raises StoreIsBusy: the database could not be written in time
    """
    require_publisher(person)
    purpose = _purpose(purpose)
    if asked.as_of > (today := local_day(system.now())):
        raise DayHasNotCome(day=asked.as_of, today=today)
    for one in wanted:
        counts_of(one.figure)
    known_at = None if asked.known_at is None else instant(moment(asked.known_at))
    asked = asked._replace(known_at=known_at, reach=person.reach)
    if asked.reach and asked.position is not None:
        raise ValueError("a unit publishes what it is responsible for now")
    # It takes seconds in a large office, and nobody waits for it to write.
    with system.database.read() as c:
        drawn = draw(system, c, asked, wanted)
    asked = asked._replace(position=drawn.position)
    with system.database.write() as c:
        system.database.lock(c)
        given_before = _given(c, person, command_id)
        if given_before is not None:
            return _same(_read(system, c, given_before), asked, purpose, command_id)
        return _append(system, c, person, asked, drawn, purpose, command_id)


def in_groups(
    system: System, c: Connection, asked: Question, figures: Sequence[str], axis: str
) -> list[Wanted]:
    """These figures of the whole, and of every group that an axis has on that day."""
    with standings(system, c, asked) as seen:
        keys = seen.governed(axis)
    parts = [Of(), *(Of(**{axis: key or UNKNOWN}) for key in sorted(keys))]
    return [Wanted(figure, of) for figure in figures for of in parts]


def require_publisher(person: Person) -> None:
    """:raises NotPermitted: neither supervisor nor operator"""
    if Permit.OPERATE not in person.permits:
        person.require(Permit.APPROVE)


def _purpose(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise FieldsRefused({"purpose": "field.required"})
    if len(text) > LONGEST_PURPOSE:
        raise FieldsRefused({"purpose": "field.too_long"})
    if not text.isprintable():
        raise FieldsRefused({"purpose": "field.invalid"})
    return text


def _append(
    system: System,
    c: Connection,
    person: Person,
    asked: Question,
    drawn: Drawn,
    purpose: str,
    command_id: str | None,
) -> FigureReceipt:
    desk = system.desk(c, person.id, reach=person.reach)
    year = local_day(desk.now)[:4]
    number = f"SJ-{year}-{system.models.published.many_in(c, year) + 1:04d}"
    # As the log will say it, whatever the clock did since the last entry.
    now = max(desk.now, system.log.head(c)[1])
    head = Head(number, now, person.login, purpose)
    written = write_document(head, asked, drawn.lines, drawn.members)
    # A file is kept before the entry that speaks of it.
    system.evidence.adopt(BytesIO(written.text), written.sha256)
    published = publish_figures(
        desk,
        number=number,
        as_of=asked.as_of,
        known_at=asked.known_at,
        log_position=drawn.position,
        reach=asked.reach,
        purpose=purpose,
        lines=[line_told(line) for line in drawn.lines],
        sha256=written.sha256,
    )
    record(c, system, desk, [published], Meta(command_id=command_id))
    return _read(system, c, number)


def _given(c: Connection, person: Person, command_id: str | None) -> str | None:
    """The number that this person's command was answered with before."""
    if command_id is None:
        return None
    question = (
        f"SELECT number FROM {PUBLISHED_FIGURES} p JOIN log ON log.position = p.position "
        "WHERE log.command_id = ? AND log.actor = ?"
    )
    found = rows(c, question, [command_id, person.id])
    return str(found[0][0]) if found else None


def _same(
    before: FigureReceipt, asked: Question, purpose: str, command_id: str | None
) -> FigureReceipt:
    """What was given out before, unless it was for something else; the log may have gone on."""
    told = (asked.as_of, asked.known_at, asked.reach, purpose)
    if told != (before.as_of, before.known_at, before.reach, before.purpose):
        raise CommandIdReused(command_id)
    return before


def find_receipt(system: System, person: Person, number: str) -> FigureReceipt:
    """:raises FigureReceiptIsUnknown: the office gave no such number, or it is beyond reach"""
    person.require(Permit.READ)
    with system.database.read() as c:
        found = _read(system, c, number.strip()[:LONGEST_NUMBER])
    if person.reach not in ("", found.reach):
        raise FigureReceiptIsUnknown(number=found.number)
    return found


def _read(system: System, c: Connection, number: str) -> FigureReceipt:
    found = receipt_in_log(system, c, number)
    if found is None:
        raise FigureReceiptIsUnknown(number=number)
    return found


def receipt_in_log(system: System, c: Connection, number: str) -> FigureReceipt | None:
    """What the log holds under this number."""
    stream = system.log.stream(c, published_id(number))
    entries = [e for e in stream if e.topic == PublishedFigures.FiguresPublished.TOPIC]
    if not entries:
        return None
    (entry,) = entries
    data = entry.data
    return FigureReceipt(
        number=data["number"],
        published_at=entry.recorded_at,
        by=logins(c, [entry.actor]).get(entry.actor, entry.actor),
        as_of=data["as_of"],
        known_at=data["known_at"],
        position=data["log_position"],
        reach=data["reach"],
        purpose=data["purpose"],
        lines=[_line(place, line) for place, line in enumerate(data["lines"], 1)],
        sha256=data["sha256"],
    )


def _line(place: int, line: Mapping[str, Any]) -> Line:
    # What this release cannot narrow a part by is left out, and so its rule is gone.
    of = Of(**{name: value for name, value in line["of"].items() if name in Of._fields})
    return Line(
        place,
        line["figure"],
        line["version"],
        of,
        line["numerator"],
        line["denominator"],
        line["digest"],
    )


def logins_of(system: System, receipt: FigureReceipt) -> dict[str, str]:
    """By which names the officers sign in whose cases the lines are about."""
    with system.database.read() as c:
        return logins(c, {line.of.officer for line in receipt.lines if line.of.officer})


def document_of(system: System, receipt: FigureReceipt) -> Written | None:
    """The document as it was kept; None where the store has lost it or the disk damaged it."""
    try:
        return Written(system.evidence.read(receipt.sha256), receipt.sha256)
    except EvidenceRefused:
        return None


def last_published(system: System, person: Person, day: str) -> Publication | None:
    """What the reader's office or unit reported last of a day."""
    person.require(Permit.READ)
    with system.database.read() as c:
        return system.models.published.last_of(c, person.reach, day)


def receipts_page(system: System, person: Person, page: int) -> ReceiptsPage:
    """What was published within reach."""
    person.require(Permit.READ)
    with system.database.read() as c:
        found, total = system.models.published.page(c, person.reach, 0, 0)
        at = paged(total, page, SIZE)
        found, _ = system.models.published.page(c, person.reach, at.start, SIZE)
        by = logins(c, {one.published_by for one in found})
    return ReceiptsPage(found, by, at.total, at.page, at.pages, at.first)
