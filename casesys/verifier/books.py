"""What figures need of a log: its cases, industries, calendars and receipts, read in one pass."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from sys import intern
from typing import Any, NamedTuple

from casesys.verifier.working_days import WorkingDays, day_in_shanghai

LogRow = Sequence[Any]
"""One entry: the 13 columns of the log in their order, ``data`` as the JSON text that is stored."""

TAKES_BACK = frozenset({"case.entry_voided", "case.entry_corrected"})
MOVES_FIGURES: Mapping[str, str] = {
    "case.opened": "number enterprise category campaign",
    "case.subject_listed": "town unit",
    "case.subject_excluded": "",
    "case.subject_reinstated": "",
    "case.record_attached": "record number decided_on amount_fen publicity_class?",
    "case.assigned": "unit officer?",
    "case.released": "",
    "case.transferred": "officer?",
    "case.contact_attempted": "result",
    "case.interview_held": "",
    "case.photo_added": "",
    "case.commitment_signed": "record?",
    "case.impediment_found": "impediment",
    "case.impediment_cleared": "impediment",
    "case.repair_applied": "record",
    "case.repair_returned": "record",
    "case.repair_result_recorded": "record result",
    "case.repair_revoked": "record",
    "case.record_removed_by_court": "record ground?",
    "case.deadline_extended": "deadline due_on",
    "case.subject_exited": "",
    "case.closed": "",
    "case.reopened": "",
    "case.entry_voided": "target",
    "case.entry_corrected": "target",
    "enterprise.registered": "uscc industry?",
    "calendar.published": "year edition days",
}
"""The entries that can move a figure, and what each must say for it; ``?`` may be null."""

MOVES_NOTHING = frozenset({
    "case.exclusion_proposed", "case.unreachability_proposed", "case.reachability_concluded",
    "case.interview_notice_served", "case.key_supervision_started", "case.performance_recorded",
    "case.court_removal_proposed", "case.objection_raised", "case.objection_answered",
    "case.note_added", "case.personal_data_revealed", "case.personal_data_erased",
    "case.exit_proposed", "case.proposal_sent_back",
    "enterprise.renamed", "enterprise.moved", "enterprise.registration_changed",
})  # fmt: skip
"""What else is said of cases and enterprises; no figure asks it."""

COULD_MOVE = ("case.", "enterprise.", "calendar.")
"""An entry of these families that is in neither list may be of a rule that we do not know."""

NUMBERS = frozenset({"amount_fen", "target", "year", "edition"})
PUBLISHED = "figures.published"
UNREADABLE = (ValueError, TypeError, AttributeError, OverflowError, RecursionError)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
"""Instants are compared as texts, so each must be written in full."""
NO_FACTS: Mapping[str, Any] = {}


class Act(NamedTuple):
    """One entry of a case; ``day`` is that of ``happened`` in Shanghai."""

    happened: str
    version: int
    position: int
    topic: str
    day: str
    recorded: str
    facts: Mapping[str, Any]


class CaseBook(NamedTuple):
    """One case: what its opening says, and its acts."""

    number: str
    enterprise: str
    category: str
    campaign: str
    opened: int
    acts: list[Act]


class PublishedRow(NamedTuple):
    """An entry by which figures left the office; ``said`` is None where it cannot be read."""

    position: int
    recorded: str
    said: Any


class Unread(NamedTuple):
    """From which position on the log cannot be counted, and why."""

    position: int
    why: str
    what: str = ""


class Books:
    """The log as far as figures need it; give it every entry once, in the order of the log."""

    def __init__(self) -> None:
        self.last = 0
        self.cases: dict[str, CaseBook] = {}
        self.receipts: list[PublishedRow] = []
        self.unread: Unread | None = None
        self._moving: list[int] = []
        self._industries: dict[str, list[tuple[int, str]]] = {}
        self._calendars: list[tuple[int, int, int, list[str]]] = []

    def take(self, row: LogRow) -> None:
        position, topic = row[0], row[3]
        if position != self.last + 1:
            self._give_up(self.last + 1, "missing")
        self.last = max(self.last, position)
        # Behind what cannot be read nothing is counted; what was published there is judged so.
        if topic == PUBLISHED:
            self.receipts.append(PublishedRow(position, row[6], _json_or_none(row[4])))
        elif self.unread is None and topic not in MOVES_NOTHING and topic.startswith(COULD_MOVE):
            try:
                self._take_act(row)
            except UNREADABLE as cannot:
                self._give_up(position, "unreadable", f"{topic}: {cannot}")

    def _take_act(self, row: LogRow) -> None:
        position, stream, version, topic, data, happened, recorded = row[:7]
        said = json.loads(data)
        if topic not in MOVES_FIGURES or said.get("class_version", 1) != 1:
            return self._give_up(position, "newer", topic)
        facts = _facts_told(said, MOVES_FIGURES[topic])
        if not (INSTANT.fullmatch(happened) and INSTANT.fullmatch(recorded)):
            raise ValueError(happened)
        self._moving.append(position)
        if topic == "case.opened":
            self.cases[stream] = CaseBook(**facts, opened=position, acts=[])
        elif topic == "enterprise.registered":
            known = self._industries.setdefault(facts["uscc"], [])
            known.append((position, facts["industry"] or ""))
        elif topic == "calendar.published":
            self._calendars.append((position, facts["year"], facts["edition"], facts["days"]))
        elif stream in self.cases:
            day = day_in_shanghai(happened)
            act = Act(happened, version, position, intern(topic), day, recorded, facts)
            self.cases[stream].acts.append(act)
        else:
            self._give_up(position, "unopened", topic)
        return None

    def _give_up(self, position: int, why: str, what: str = "") -> None:
        if self.unread is None:
            self.unread = Unread(position, why, what)

    def in_order(self) -> None:
        """Put what happened in each case in the order in which it happened."""
        for case in self.cases.values():
            case.acts.sort(key=lambda act: (act.happened, act.version))

    def last_moving(self, position: int) -> int:
        """The last entry up to a position that could move a figure; 0 before the first."""
        before = bisect_right(self._moving, position)
        return self._moving[before - 1] if before else 0

    def industry_of(self, enterprise: str, position: int) -> str:
        """As the log had it at a position; empty while nothing is known."""
        found = ""
        for since, industry in self._industries.get(enterprise, ()):
            if since <= position:
                found = industry
        return found

    def working_days_at(self, position: int) -> WorkingDays:
        """By the last edition of each year's calendar that the log held at a position."""
        known = sorted(one[1:] for one in self._calendars if one[0] <= position)
        return WorkingDays({year: days for year, _, days in known})


def _json_or_none(text: Any) -> Any:
    try:
        return json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None


def _facts_told(said: Mapping[str, Any], names: str) -> Mapping[str, Any]:
    """:raises ValueError: one of them is not what it must be"""
    facts: dict[str, Any] = {}
    for named in names.split():
        name = named.rstrip("?")
        value = said.get(name)
        facts[name] = value = intern(value) if isinstance(value, str) else value
        wanted = int if name in NUMBERS else list if name == "days" else str
        if type(value) is not wanted and (value is not None or name == named):
            raise ValueError(name)
    for day in (facts.get("due_on"), facts.get("decided_on") or None, *facts.get("days", ())):
        if day is not None and date.fromisoformat(day).isoformat() != day:
            raise ValueError(day)
    return facts or NO_FACTS
