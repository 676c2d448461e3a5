"""The figures once more, by a plain walk over stored entries that shares no code with ours.

It follows the opening text of the made district's generator word by word, and adds what that
district does not have: subjects excluded, repairs refused, and courts' grounds of removal.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from domain.entries import Entry

REPAIRED = {"granted", "removed", "removed:performed", "removed:settlement_done",
            "removed:applicant_consent"}  # fmt: skip
HAVE = {
    "case.interview_held": "interview",
    "case.photo_added": "photo",
    "case.commitment_signed": "commitment",
}
HOLDERS = {"case.assigned", "case.transferred", "case.released"}


def local(text: str) -> str:
    """The wall clock of the office at an instant."""
    return (datetime.fromisoformat(text) + timedelta(hours=8)).isoformat()


def counting(entries: Sequence[Entry], day: str, known_at: str | None) -> list[Entry]:
    """The entries that count at the end of a day, as they happened."""
    cases = [e for e in entries if e.topic.startswith("case.")]
    known = [e for e in cases if known_at is None or e.recorded_at <= known_at]
    voids = [e for e in known if e.topic in ("case.entry_voided", "case.entry_corrected")]
    dead = {(e.stream_id, e.data["target"]) for e in voids}
    rest = [
        e
        for e in known
        if e not in voids
        and (e.stream_id, e.version) not in dead
        and local(e.occurred_at)[:10] <= day
    ]
    return sorted(rest, key=lambda e: (e.occurred_at, e.version))


def percent(a: int, b: int) -> int | None:
    if b == 0:
        return None
    exact = Decimal(100 * a) / Decimal(b)
    rounded = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert abs(Fraction(100 * a, b) - rounded) <= Fraction(1, 2)
    return rounded


def rate(a: int, b: int) -> dict[str, int | None]:
    return {"numerator": a, "denominator": b, "percent": percent(a, b)}


class Plain:
    """What stood at the end of a day."""

    def __init__(self, entries: Sequence[Entry], day: str, known_at: str | None = None) -> None:
        self.of = {e.stream_id: e.data for e in entries if e.topic == "case.opened"}
        self.industry = {
            e.data["uscc"]: e.data["industry"] or ""
            for e in entries
            if e.topic == "enterprise.registered"
        }
        self.live = counting(entries, day, known_at)
        self.day = day
        self.listing: dict[str, Any] = {}
        self.out: set[str] = set()
        self.status: dict[tuple[str, str], str] = {}
        self.amount: dict[tuple[str, str], int] = {}
        self.impeded: dict[str, set[str]] = defaultdict(set)
        self.reached: dict[str, str] = {}
        self.attempted: set[str] = set()
        self.results: Counter[str] = Counter()
        self.have: dict[str, set[str]] = defaultdict(set)
        self.closed: set[str] = set()
        self.holder: dict[str, str] = {}
        for entry in self.live:
            self._take(entry.stream_id, entry.topic, entry.data)
        self.governed = {case for case in self.listing if case not in self.out}
        self.records = [
            key
            for key in self.amount
            if key[0] in self.governed and self.status.get(key) != "removed:wrongly_listed"
        ]

    def _take(self, case: str, topic: str, data: Any) -> None:
        if topic == "case.subject_listed":
            self.listing[case] = data
        elif topic == "case.subject_excluded":
            self.out.add(case)
        elif topic == "case.subject_reinstated":
            self.out.discard(case)
        elif topic == "case.record_attached":
            self.amount[case, data["record"]] = data["amount_fen"]
        elif topic == "case.repair_result_recorded":
            self.status[case, data["record"]] = data["result"]
        elif topic == "case.record_removed_by_court":
            ground = data["ground"]
            self.status[case, data["record"]] = f"removed:{ground}" if ground else "removed"
        elif topic == "case.repair_revoked":
            self.status[case, data["record"]] = "revoked"
        elif topic == "case.impediment_found":
            self.impeded[case].add(data["impediment"])
        elif topic == "case.impediment_cleared":
            self.impeded[case].discard(data["impediment"])
        elif topic == "case.contact_attempted":
            self.attempted.add(case)
            self.results[data["result"]] += 1
            if data["result"].startswith("reached"):
                self.reached[case] = data["result"]
        elif topic in HAVE and data.get("record") is None:
            self.have[HAVE[topic]].add(case)
        elif topic in HOLDERS:
            self.holder[case] = data.get("officer") or ""
        elif topic == "case.closed":
            self.closed.add(case)
        elif topic == "case.reopened":
            self.closed.discard(case)

    def repaired(self, keys: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        return [key for key in keys if self.status.get(key) in REPAIRED]

    def category(self, category: str) -> dict[str, Any]:
        def within(case: str) -> bool:
            return category in ("all", self.of[case]["category"])

        cases = {case for case in self.governed if within(case)}
        firms = {self.of[case]["enterprise"] for case in cases}
        records = [key for key in self.records if within(key[0])]
        repaired = self.repaired(records)
        all_of = Counter(self.of[case]["enterprise"] for case, _ in records)
        good_of = Counter(self.of[case]["enterprise"] for case, _ in repaired)

        def firms_with(having: set[str]) -> int:
            return len({self.of[case]["enterprise"] for case in cases & having})

        three = set.intersection(*(self.have[act] for act in ("interview", "photo", "commitment")))
        kinds = Counter(kind for case in cases for kind in self.impeded[case])
        classes = Counter(
            self.reached.get(case)
            or ("attempted_not_reached" if case in self.attempted else "not_attempted")
            for case in cases
        )
        n = len(firms)
        full = sum(1 for firm in firms if all_of[firm] and all_of[firm] == good_of[firm])
        return {
            "cases": len(cases),
            "enterprises": n,
            "records": len(records),
            "repaired_records": len(repaired),
            "closed_cases": len(cases & self.closed),
            "amount_yuan": f"{Decimal(sum(self.amount[key] for key in records)) / 100:.2f}",
            "rates": {
                "repair.by_record": rate(len(repaired), len(records)),
                "repair.by_enterprise_full": rate(full, n),
                "repair.by_enterprise_any": rate(sum(1 for f in firms if good_of[f]), n),
                "action.interview": rate(firms_with(self.have["interview"]), n),
                "action.photo": rate(firms_with(self.have["photo"]), n),
                "action.commitment": rate(firms_with(self.have["commitment"]), n),
                "action.all_three": rate(firms_with(three), n),
            },
            "impediments": {
                **{kind: kinds[kind] for kind in ("bankrupt", "lost_contact", "unable_to_pay")},
                "cases_with_any": sum(1 for case in cases if self.impeded[case]),
            },
            "contact_class": dict(classes),
        }

    def office(self) -> dict[str, Any]:
        return {
            "categories": {name: self.category(name) for name in ("penalty", "judgment", "all")},
            "contact_attempts": {"total": self.results.total(), "by_result": dict(self.results)},
        }

    def groups(self, axis: str) -> list[dict[str, Any]]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for case, record in self.records:
            found[self.group(case, axis)].append((case, record))
        return [
            {
                "key": name,
                "records": len(keys),
                "repaired_records": len(self.repaired(keys)),
                "enterprises": len({self.of[case]["enterprise"] for case, _ in keys}),
                "percent": percent(len(self.repaired(keys)), len(keys)),
            }
            for name, keys in sorted(found.items())
        ]

    def group(self, case: str, axis: str) -> str:
        if axis == "industry":
            return self.industry.get(self.of[case]["enterprise"], "")
        if axis == "officer":
            return self.holder.get(case, "")
        if axis == "debt":
            fen = sum(self.amount[key] for key in self.records if key[0] == case)
            if fen == 0:
                return "none"
            steps = {10**7: "under_100k", 10**8: "under_1m", 10**9: "under_10m"}
            return next((name for limit, name in steps.items() if fen < limit), "over")
        source = self.of[case] if axis in ("campaign", "category") else self.listing[case]
        return str(source[axis])

    def flows(self) -> dict[str, Counter[str]]:
        """By month, what was done: the acts that count, as often as they happened."""
        months: dict[str, Counter[str]] = defaultdict(Counter)
        for entry in self.live:
            topic, category = entry.topic, self.of[entry.stream_id]["category"]
            act = {
                "case.subject_listed": "cases_listed",
                "case.record_attached": f"records_added.{category}",
                "case.repair_revoked": f"revoked.{category}",
                "case.interview_held": "interviews",
                "case.photo_added": "photos",
            }.get(topic)
            if topic == "case.commitment_signed" and entry.data.get("record") is None:
                act = "commitments"
            elif (topic == "case.repair_result_recorded" and entry.data["result"] == "granted") or (
                topic == "case.record_removed_by_court"
                and "removed" + (f":{entry.data['ground']}" if entry.data["ground"] else "")
                in REPAIRED
            ):
                act = f"repaired.{category}"
            if act is not None:
                months[local(entry.occurred_at)[:7]][act] += 1
        return months
