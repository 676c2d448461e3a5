"""Which enterprises are on the list, how far is each, and what must be done next, by when?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    or_,
    select,
)

from domain.deadlines import running
from domain.entries import Entry
from domain.main_step import main_step
from domain.vocabulary import Stage
from domain.workdays import Workdays
from projections.beside import NAMELESS, Beside, Named
from projections.driver import chunks, revise, rows, rows_in, select_all, standing, upsert
from projections.enterprises import ENTERPRISE, Enterprises, low
from projections.office import Calendars
from projections.reading import CaseStories, Change, ReadModel, Story, Told
from projections.tables import model_table

TABLES = MetaData()

TEXTS = ("search_names", "search_pinyin", "search_numbers", "search_records")
ASKED = (
    "stage",
    "stage_no",
    "category",
    "step",
    "due_on",
    "officer",
    "town",
    "campaign",
    "branch",
    "listed_on",
    "records",
    "repaired",
    "contact_class",
    "impediments",
)
SEARCHED = ("number", "step", "due_on", "stage", "unit")

LEDGER = model_table(
    "ledger",
    3,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    # What lists are narrowed by stands first: a row is read from its beginning.
    Column("number", Text, nullable=False, unique=True),
    Column("stage", Text, nullable=False),
    # The stages in the order of the work.
    Column("stage_no", Integer, nullable=False),
    Column("category", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("officer", Text),
    Column("step", Text),
    Column("due_on", Text),
    Column("town", Text, nullable=False),
    Column("campaign", Text, nullable=False),
    Column("branch", Text),
    Column("listed_on", Text),
    Column("records", Integer, nullable=False),
    Column("repaired", Integer, nullable=False),
    Column("contact_class", Text, nullable=False),
    Column("impediments", Text, nullable=False),
    Column("proposals", Text, nullable=False),
    Column("clock", Text),
    Column("provisional", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("performed", Integer, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("exited_at", Text),
    Column("reopened", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("last_at", Text, nullable=False),
    Column("reference", Text),
    Column("enterprise", Text, nullable=False),
    Column("name", Text),
    Column("former_names", Text),
    Column("pinyin", Text),
    # All that somebody may type to find the case, in lower case.
    Column("search_names", Text, nullable=False),
    Column("search_pinyin", Text, nullable=False),
    Column("search_numbers", Text, nullable=False),
    Column("search_records", Text, nullable=False),
    Index("ledger_due", "due_on", "number", "step", "officer"),
    Index("ledger_step", "step"),
    Index("ledger_officer", "officer", "step"),
    Index("ledger_town", "town", "number", "step", "due_on", "category", "stage"),
    Index("ledger_stage", "stage_no", "number", "step"),
    Index("ledger_listed", "listed_on", "number"),
    Index("ledger_records", "records", "number"),
    Index("ledger_repaired", "repaired", "number"),
    Index("ledger_pinyin", "pinyin", "number"),
    Index("ledger_campaign", "campaign"),
    Index("ledger_enterprise", "enterprise", "number"),
    Index("ledger_reference", "reference", "number"),
    # Holds whatever a list may ask, so that no question reads the wide rows to leave them out.
    Index("ledger_asked", "unit", "number", *ASKED),
    # The same of a text. PostgreSQL takes no long one into an index.
    Index("ledger_names", *SEARCHED, "search_names").ddl_if(dialect="sqlite"),
    Index("ledger_texts", *SEARCHED, *TEXTS).ddl_if(dialect="sqlite"),
)
_COLUMNS = LEDGER.columns.keys()
NAMES = slice(_COLUMNS.index("name"), _COLUMNS.index("search_numbers"))
"""What follows the enterprise, and not the case."""
STAGE_NO: Mapping[str, int] = {str(stage): place for place, stage in enumerate(Stage)}


class Ledger(ReadModel[str, Story]):
    """One row a case, with all that a list of cases shows, asks and sorts by.

    A due day that needs a calendar which is not yet published is provisional and is computed
    again as soon as the calendar enters the log; a name follows the enterprise.
    """

    name: ClassVar[str] = "ledger"
    tables: ClassVar[tuple[Table, ...]] = (LEDGER,)
    tells: ClassVar[bool] = True

    def __init__(self, source: CaseStories, calendars: Calendars, enterprises: Enterprises) -> None:
        super().__init__(source)
        self._stories = source
        self._calendars = calendars
        self._enterprises = enterprises

    def settle(self, c: Connection, changes: Sequence[Change[str, Story]]) -> None:
        new = self._rows(c, {ch.key: ch.after for ch in changes if ch.before is None})
        upsert(c, LEDGER, new)
        self._revise(c, {ch.key: ch.after for ch in changes if ch.before is not None})

    def told(self, changes: Sequence[Change[str, Story]], beside: Beside) -> Told:
        found = []
        for change in changes:
            names = _texts_of(beside.named(change.after.state.enterprise))
            found.append(_row(change.key, change.after, beside.workdays, names))
        return {LEDGER: found}

    def again(self, c: Connection, entries: Sequence[Entry]) -> None:
        self._rename(c, [e.stream_id for e in entries if e.topic in NAMING])
        published = [e for e in entries if e.topic == "calendar.published"]
        if not published:
            return
        anew = any(e.data["edition"] > 1 for e in published)
        question = f"SELECT stream_id FROM {LEDGER}" + ("" if anew else " WHERE provisional = 1")
        before = max(entry.position for entry in entries) + 1
        for some in chunks(sorted(stream for (stream,) in rows(c, question)), AT_ONCE):
            stories = self._stories.load(c, set(some), before)
            self._revise(c, stories)

    def _rename(self, c: Connection, enterprises: Sequence[str]) -> None:
        """Write the names of enterprises on the cases that stood before they were given."""
        question = f"SELECT uscc FROM {ENTERPRISE} WHERE stream_id IN ({{keys}})"
        names = self._enterprises.named(c, [code for (code,) in rows_in(c, question, enterprises)])
        question = f"{select_all(LEDGER)} WHERE enterprise IN ({{keys}})"
        for row in list(rows_in(c, question, names)):
            line = dict(zip(LEDGER.columns.keys(), row, strict=True))
            now = names[line["enterprise"]]
            line |= {"name": now.name, "former_names": now.former_names, "pinyin": now.pinyin}
            line |= dict(zip(TEXTS, _texts_of_names(now), strict=False))
            revise(c, LEDGER, [tuple(line.values())])

    def _revise(self, c: Connection, stories: Mapping[str, Story]) -> None:
        """Tell cases again that stand here; the names stand here too, and follow by themselves."""
        if not stories:
            return
        workdays = self._calendars.workdays(c)
        known = standing(c, LEDGER, stories)
        values = [
            _row(stream, story, workdays, known[stream][NAMES]) for stream, story in stories.items()
        ]
        revise(c, LEDGER, values, known)

    def _rows(self, c: Connection, stories: Mapping[str, Story]) -> list[tuple[Any, ...]]:
        if not stories:
            return []
        workdays = self._calendars.workdays(c)
        names = self._enterprises.named(c, {s.state.enterprise for s in stories.values()})
        return [
            _row(stream, story, workdays, _texts_of(names.get(story.state.enterprise, NAMELESS)))
            for stream, story in stories.items()
        ]

    def find(self, c: Connection, name: str) -> Any:
        """The row of a case by its number or the register's reference; None if there is none."""
        question = select(LEDGER).where(or_(LEDGER.c.number == name, LEDGER.c.reference == name))
        return c.execute(question.order_by(LEDGER.c.number == name).limit(1)).one_or_none()

    def of(self, c: Connection, stream: str) -> Any:
        return c.execute(select(LEDGER).where(LEDGER.c.stream_id == stream)).one_or_none()


NAMING = frozenset({"enterprise.registered", "enterprise.renamed"})
AT_ONCE = 2000
"""How many stories are held at once when many are told again."""


def _row(stream: str, story: Story, workdays: Workdays, names: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row of one case, in the order of the table's columns."""
    state = story.state
    records = state.records.values()
    deadline = running(state, workdays)
    due = deadline.due if deadline is not None else None
    stage = str(state.stage)
    return (
        stream,
        state.number,
        stage,
        STAGE_NO[stage],
        state.category,
        state.unit,
        state.officer,
        main_step(state),
        due.day if due is not None else None,
        state.town,
        state.campaign,
        state.effective_branch,
        state.listed_on,
        len(state.records),
        sum(r.repaired for r in records),
        state.contact_class,
        " ".join(sorted(state.impediments)),
        " ".join(sorted(state.proposals)),
        str(deadline.kind) if deadline is not None else None,
        int(due is not None and due.provisional),
        state.attempts,
        sum(r.performance == "fully" for r in records),
        sum(r.amount_fen for r in records),
        state.exited_at,
        int(state.reopened),
        story.version,
        state.last_at,
        state.reference,
        state.enterprise,
        *names,
        low(lines_of(state.enterprise, state.number, state.reference)),
        lines_of(*(r.number_key for r in records)),
    )


def _texts_of(names: Named) -> tuple[Any, ...]:
    """What a row says of the names, in the order of its columns."""
    return names.name, names.former_names, names.pinyin, *_texts_of_names(names)


def _texts_of_names(names: Named) -> tuple[str, str]:
    """What is typed of a name, as it is written and as it is spoken."""
    written = lines_of(names.name, names.former_names)
    return low(written), low(lines_of(names.initials, names.pinyin))


def lines_of(*texts: str | None) -> str:
    return "\n".join(filter(None, texts))
