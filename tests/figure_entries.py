"""Entries of cases made by hand for tests of figures, and random ones of every kind that counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import Connection

from casesys.exchange.events import line_of
from casesys.log import INSERT
from casesys.registry import encode
from domain.entries import Entry
from domain.instants import SHANGHAI, instant
from domain.vocabulary import ContactResult, Impediment, RemovalGround
from projections.driver import write
from tests.plain_figures import Lines

TOWNS, UNITS, CAMPAIGNS = ("临溪街道", "沙坪镇"), ("区水利局", "区商务局"), ("B1", "B2")
CATEGORIES = ("penalty", "judgment")
AMOUNTS = (
    0, 12_345, 5_000_000, 9_999_999, 10_000_000, 99_999_999, 100_000_000, 950_000_000, 1_000_000_000
)  # fmt: skip


class Book:
    """Entries in the order of the log; a day is told as 2021-03-08, or with its time."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._versions: dict[str, int] = {}

    def open(
        self, stream: str, enterprise: str, category: str = "penalty", campaign: str = "B1"
    ) -> str:
        self.add(
            stream,
            "case.opened",
            "2021-01-01",
            number=stream,
            campaign=campaign,
            enterprise=enterprise,
            category=category,
            reference=None,
        )
        return stream

    def registered(self, enterprise: str, industry: str | None) -> int:
        """Take an enterprise into the books; nothing but its code and its industry matters."""
        nothing = dict.fromkeys(("former_name", "kind", "established_on", "status", "reference"))
        known = {"uscc": enterprise, "name": enterprise, "town": TOWNS[0], "industry": industry}
        return self.add(
            f"of-{enterprise}", "enterprise.registered", "2021-01-01", **known, **nothing
        )

    def listed(
        self, stream: str, day: str, town: str = TOWNS[0], unit: str = UNITS[0], **more: str
    ) -> int:
        facts = {"listed_on": day[:10], "town": town, "unit": unit, "source": None}
        return self.add(stream, "case.subject_listed", day, more.get("recorded"), **facts)

    def attached(self, stream: str, day: str, record: str = "r1", fen: int = 100_00) -> int:
        facts = {"number": record, "number_key": record, "authority": "区人民法院"}
        dates = {"decided_on": "2020-01-01", "published_on": None}
        grades = {"publicity_class": None, "debtor_ground": None}
        return self.add(
            stream, "case.record_attached", day, record=record, amount_fen=fen,
            **facts, **dates, **grades,
        )  # fmt: skip

    def add(
        self, stream: str, topic: str, day: str, recorded: str | None = None, **facts: Any
    ) -> int:
        """Record one entry; its version within the stream."""
        version = self._versions[stream] = self._versions.get(stream, 0) + 1
        at = local_instant(day)
        self.entries.append(
            Entry(
                len(self.entries) + 1, stream, version, topic, facts, at,
                at if recorded is None else local_instant(recorded),
                "2026-01-01T00:00:00.000000Z", "7b0e", None, None, None, (),
            )
        )  # fmt: skip
        return version

    def void(self, stream: str, target: int, day: str) -> int:
        return self.add(stream, "case.entry_voided", day, target=target, explanation="误录")


def local_instant(day: str) -> str:
    at = datetime.fromisoformat(day)
    return instant(at.replace(tzinfo=SHANGHAI) if at.tzinfo is None else at)


def store(c: Connection, entries: list[Entry]) -> None:
    """Put entries into the log as they are."""
    values = [(*e[:4], encode(e.data).decode(), *e[5:12], None) for e in entries]
    write(c, INSERT, values)


def lines_of(entries: list[Entry]) -> Lines:
    """The entries as `casesys export events --voided` would write them."""
    cases = {e.stream_id: e.data for e in entries if e.topic == "case.opened"}
    return Lines(line_of(entry, cases.get(entry.stream_id)) for entry in entries)


_ACTS = st.sampled_from(
    (
        "listed", "listed", "attached", "attached", "attached", "excluded", "reinstated",
        "contacted", "interviewed", "photographed", "committed", "committed_for_record",
        "impeded", "cleared", "granted", "granted", "denied", "removed", "revoked", "exited",
        "closed", "reopened", "noted", "applied", "assigned", "transferred", "released",
        "void", "void", "correct",
    )
)  # fmt: skip
_STEP = st.tuples(
    st.integers(0, 5),  # the case: two enterprises with three cases each
    _ACTS,
    st.integers(0, 100),  # hours from the first day on: late nights and first hours among them
    st.sampled_from((0, 0, 0, 1, 5, 30, 100, -40)),  # hours until it was recorded, ahead also
    st.integers(0, 8),  # what kind of it
)

_STEPS = st.lists(_STEP, max_size=10) | st.lists(_STEP, min_size=30, max_size=90)


@st.composite
def books(draw: st.DrawFn) -> list[Entry]:
    """A random log of six cases of two enterprises, in two months."""
    book = Book()
    first = datetime(2021, 3, 29, 12, 30, tzinfo=SHANGHAI)
    opened: set[int] = set()
    voidable: dict[str, list[int]] = {}
    registered = {draw(st.integers(0, 40)): "E0", draw(st.integers(0, 40)): "E1"}
    for nth, (case, act, hours, lag, kind) in enumerate(draw(_STEPS)):
        if nth in registered:
            book.registered(registered[nth], ("建筑业", None, "餐饮业")[kind % 3])
        stream = f"case-{case}"
        if case not in opened:
            opened.add(case)
            book.open(stream, f"E{case // 3}", CATEGORIES[case % 2], CAMPAIGNS[case // 2 % 2])
        at = first + timedelta(hours=hours)
        when, recorded = at.isoformat(), (at + timedelta(hours=lag)).isoformat()
        targets = voidable.setdefault(stream, [])
        if act in ("void", "correct"):
            if targets:
                topic = "case.entry_voided" if act == "void" else "case.entry_corrected"
                target = targets.pop(kind % len(targets))
                book.add(stream, topic, when, recorded, target=target, explanation="误录")
            continue
        topic, facts = _facts(act, kind)
        targets.append(book.add(stream, topic, when, recorded, **facts))
    return book.entries


def _facts(act: str, kind: int) -> tuple[str, dict[str, Any]]:
    record, officer = f"r{kind % 3}", (None, "a-1", "a-2")[kind % 3]
    if act == "listed":
        town, unit = TOWNS[kind % 2], UNITS[kind // 2 % 2]
        return "case.subject_listed", {
            "listed_on": "2021-03-29", "town": town, "unit": unit, "source": None,
        }  # fmt: skip
    if act == "attached":
        return "case.record_attached", {
            "record": record, "number": record, "number_key": record, "authority": "区法院",
            "decided_on": "2020-01-01", "amount_fen": AMOUNTS[kind],
            "publicity_class": None, "debtor_ground": None, "published_on": None,
        }  # fmt: skip
    grounds = (*RemovalGround, None)
    results, kinds = list(ContactResult), list(Impediment)
    impediment = str(kinds[kind % len(kinds)])
    kinds_of: dict[str, tuple[str, dict[str, Any]]] = {
        "excluded": ("case.subject_excluded", {"ground": "deregistered", "document": "d"}),
        "reinstated": ("case.subject_reinstated", {"explanation": "e"}),
        "contacted": (
            "case.contact_attempted",
            {"result": str(results[kind % len(results)]), "channel": None, "photo": None},
        ),
        "interviewed": ("case.interview_held", {"kind": None, "officers": []}),
        "photographed": ("case.photo_added", {"sha256": "0"}),
        "committed": ("case.commitment_signed", {"kind": "governance", "record": None}),
        "committed_for_record": (
            "case.commitment_signed",
            {"kind": "credit_repair", "record": record},
        ),
        "impeded": ("case.impediment_found", {"impediment": impediment, "document": None}),
        "cleared": ("case.impediment_cleared", {"impediment": impediment, "explanation": None}),
        "granted": ("case.repair_result_recorded", {"record": record, "result": "granted"}),
        "denied": ("case.repair_result_recorded", {"record": record, "result": "denied"}),
        "removed": (
            "case.record_removed_by_court",
            {"record": record, "ground": grounds[(kind + len(record)) % len(grounds)]},
        ),
        "revoked": ("case.repair_revoked", {"record": record, "explanation": "e"}),
        "exited": ("case.subject_exited", {"ruleset": "R2019"}),
        "closed": ("case.closed", {"ground": "all_repaired"}),
        "reopened": ("case.reopened", {"ground": "relisted", "explanation": None}),
        "noted": ("case.note_added", {"note": "n"}),
        "assigned": ("case.assigned", {"unit": UNITS[0], "officer": officer}),
        "transferred": ("case.transferred", {"officer": officer or "a-3", "explanation": "e"}),
        "released": ("case.released", {"explanation": "e"}),
        "applied": ("case.repair_applied", {"record": record, "proof": None, "ruleset": "R2019"}),
    }
    return kinds_of[act]
