"""The figures once more, from the lines of `casesys export events --voided` and nothing else.

It imports nothing of ours. It follows the opening text of the made district's generator word by
word, and adds what that district does not have: subjects excluded, repairs refused, and courts'
grounds of removal. A planted fault overrides one of its small steps.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import dropwhile
from typing import Any, NamedTuple

CATEGORIES = ("penalty", "judgment")
HAVE = {
    "interview_held": "interview",
    "photo_added": "photo",
    "commitment_signed": "commitment",
}
FLOWS = {
    "case_listed": "cases_listed",
    "interview_held": "interviews",
    "commitment_signed": "commitments",
    "photo_added": "photos",
}
FLOWS_OF_RECORDS = {
    "record_added": "records_added",
    "record_repaired": "repaired",
    "repair_revoked": "revoked",
}
DEADLINES = {"first_contact": 5, "interview": 20, "commitment": 10}
DEBTS = (
    (1, "none"),
    (100_000_00, "under_100k"),
    (1_000_000_00, "under_1m"),
    (10_000_000_00, "under_10m"),
)
Record = tuple[str, str]


class Act(NamedTuple):
    """One entry of a case, on the clock of the wall; ``version`` tells it apart in its case."""

    local: str
    position: int
    case: str
    version: int
    type: str
    data: Any
    recorded_at: str


@lru_cache(maxsize=1 << 16)
def wall_clock(instant: str) -> str:
    """What the clock in the office shows at an instant, to the microsecond."""
    shown = datetime.fromisoformat(instant).replace(tzinfo=None) + timedelta(hours=8)
    return shown.isoformat(timespec="microseconds")


def percent(a: int, b: int) -> int | None:
    if b == 0:
        return None
    exact = Decimal(100 * a) / Decimal(b)
    rounded = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert abs(Fraction(100 * a, b) - rounded) <= Fraction(1, 2)
    return rounded


class Lines:
    """A whole file of lines, put in order once for many days."""

    def __init__(self, lines: Iterable[dict[str, Any]]) -> None:
        self.cases: dict[str, dict[str, Any]] = {}
        self.head = 0
        self.working: set[str] = set()
        self.voids: dict[tuple[str, int], str] = {}
        self.industries: dict[str, str] = {}
        self.logins: dict[str, str] = {}
        acts = []
        for line in lines:
            self.head = line["position"]
            stream = line["stream"]["id"]
            if line["type"] == "calendar.published":
                self.working.update(line["data"]["days"])
            elif line["type"] == "enterprise.registered":
                self.industries[line["data"]["uscc"]] = line["data"]["industry"] or ""
            elif line["type"] == "account.opened":
                self.logins[stream] = line["data"]["login"]
            if line["case"] is None:
                continue
            self.cases[stream] = line["case"]
            if line["type"] == "action_voided":
                key = stream, line["data"]["target"]
                self.voids[key] = min(line["recorded_at"], self.voids.get(key, "9"))
            elif line["type"] != "case.opened":
                acts.append(
                    Act(
                        self.local(line["occurred_at"]),
                        line["position"],
                        stream,
                        line["version"],
                        line["type"],
                        line["data"],
                        line["recorded_at"],
                    )
                )
        self.acts = sorted(acts)
        self.times = [act.local for act in self.acts]
        self.workdays = sorted(self.working)

    def local(self, instant: str) -> str:
        return wall_clock(instant)

    def until(self, day: str) -> Sequence[Act]:
        """What happened until the end of a day, whether or not it counts."""
        return self.acts[: bisect_right(self.times, f"{day}T23:59:59.999999")]

    def due(self, day: str, working_days: int) -> str:
        """The n-th working day after a day, the day itself not counted."""
        return self.workdays[bisect_right(self.workdays, day) + working_days - 1]


class Plain:
    """What stood at the end of a day, as known at an instant (None: now)."""

    def __init__(self, lines: Lines, day: str, known_at: str | None = None) -> None:
        self.lines = lines
        self.day = day
        self.known_at = known_at
        self.listing: dict[str, Any] = {}
        self.out: set[str] = set()
        self.status: dict[Record, str] = {}
        self.amount: dict[Record, int] = {}
        self.impeded: dict[str, set[str]] = defaultdict(set)
        self.reached: dict[str, str] = {}
        self.attempted: set[str] = set()
        self.results: Counter[str] = Counter()
        self.have: dict[str, set[str]] = {act: set() for act in HAVE.values()}
        self.exited: set[str] = set()
        self.closed: set[str] = set()
        self.first: dict[tuple[str, str], str] = {}
        self.extended: dict[tuple[str, str], str] = {}
        self.officer: dict[str, str | None] = {}
        self.flows: dict[str, Counter[Any]] = {}
        self.month_ends: dict[str, dict[str, tuple[int, int]]] = {}
        month = ""
        for act in lines.until(day):
            if self.counts(act):
                if act.local[:7] != month:
                    if month:
                        self.month_ends[month] = self.by_category()
                    month = act.local[:7]
                self.take(act)
        if month:
            self.month_ends[month] = self.by_category()

    # -- which entries count, and what each does: what a wrong fold would do otherwise -----------

    def counts(self, act: Act) -> bool:
        if self.known_at is not None and act.recorded_at > self.known_at:
            return False
        voided_at = self.lines.voids.get((act.case, act.version))
        return voided_at is None or (self.known_at is not None and voided_at > self.known_at)

    def take(self, act: Act) -> None:
        case, data = act.case, act.data
        self.note(act)
        match act.type:
            case "case_listed":
                self.listing[case] = data
            case "case.subject_excluded":
                self.out.add(case)
            case "case.subject_reinstated":
                self.out.discard(case)
            case "record_added":
                self.amount[case, data["record"]] = data["amount_fen"]
            case "record_repaired":
                self.status[case, data["record"]] = "repaired"
            case "repair_revoked":
                self.revoked((case, data["record"]))
            case "case.repair_result_recorded":
                self.status[case, data["record"]] = "denied"
            case "case.record_removed_by_court":
                self.status[case, data["record"]] = f"removed:{data['ground']}"
            case "impediment_found":
                self.impeded[case].add(data["impediment"])
            case "impediment_cleared":
                self.impeded[case].discard(data["impediment"])
            case "contact_attempted":
                self.attempted.add(case)
                self.results[data["result"]] += 1
                if data["result"].startswith("reached"):
                    self.reached[case] = data["result"]
            case "deadline_extended":
                self.extended[case, data["deadline"]] = data["due_on"]
            case "assigned" | "case.transferred" | "case.released":
                self.officer[case] = data.get("officer")
            case "case.subject_exited":
                self.exited.add(case)
            case "case_closed":
                self.closed.add(case)
            case "case_reopened":
                self.closed.discard(case)
                self.exited.discard(case)

    def note(self, act: Act) -> None:
        """What is only counted: by month, and when it was done first."""
        flows = self.flows.setdefault(act.local[:7], Counter())
        if act.type == "commitment_signed" and act.data.get("record") is not None:
            return  # it is for the repair of one 宗, and no commitment to be governed
        self.first.setdefault((act.case, act.type), act.local[:10])
        if act.type in HAVE:
            self.have[HAVE[act.type]].add(act.case)
        if act.type in FLOWS:
            flows[FLOWS[act.type]] += 1
        elif act.type in FLOWS_OF_RECORDS:
            flows[FLOWS_OF_RECORDS[act.type], self.lines.cases[act.case]["category"]] += 1

    def revoked(self, record: Record) -> None:
        self.status[record] = "revoked"

    def enterprise(self, case: str) -> Any:
        return self.lines.cases[case]["enterprise"]

    def percent(self, a: int, b: int) -> int | None:
        return percent(a, b)

    # -- the figures -----------------------------------------------------------------------------

    def rate(self, a: int, b: int) -> dict[str, int | None]:
        return {"numerator": a, "denominator": b, "percent": self.percent(a, b)}

    def governed(self, case: str) -> bool:
        return case in self.listing and case not in self.out

    def records(self) -> list[Record]:
        return [
            record
            for record in self.amount
            if self.governed(record[0]) and self.status.get(record) != "removed:wrongly_listed"
        ]

    def repaired(self, record: Record) -> bool:
        return self.status.get(record) == "repaired"

    def by_category(self) -> dict[str, tuple[int, int]]:
        """Repaired 宗 and 宗 of both lists."""
        found = {name: [0, 0] for name in CATEGORIES}
        for record in self.records():
            parts = found[self.lines.cases[record[0]]["category"]]
            parts[0] += self.repaired(record)
            parts[1] += 1
        return {name: (parts[0], parts[1]) for name, parts in found.items()}

    def category(self, category: str) -> dict[str, Any]:
        of = self.lines.cases
        cases = {
            case
            for case in self.listing
            if self.governed(case) and category in ("all", of[case]["category"])
        }
        firms = {self.enterprise(case) for case in cases}
        records = [record for record in self.records() if record[0] in cases]
        repaired = [record for record in records if self.repaired(record)]
        all_of = Counter(self.enterprise(case) for case, _ in records)
        good_of = Counter(self.enterprise(case) for case, _ in repaired)

        def firms_with(having: set[str]) -> int:
            return len({self.enterprise(case) for case in cases & having})

        three = set.intersection(*self.have.values())
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
            "amount_yuan": f"{Decimal(sum(self.amount[one] for one in records)) / 100:.2f}",
            "rates": {
                "repair.by_record": self.rate(len(repaired), len(records)),
                "repair.by_enterprise_full": self.rate(full, n),
                "repair.by_enterprise_any": self.rate(sum(1 for f in firms if good_of[f]), n),
                "action.interview": self.rate(firms_with(self.have["interview"]), n),
                "action.photo": self.rate(firms_with(self.have["photo"]), n),
                "action.commitment": self.rate(firms_with(self.have["commitment"]), n),
                "action.all_three": self.rate(firms_with(three), n),
            },
            "impediments": {
                **{kind: kinds[kind] for kind in ("bankrupt", "lost_contact", "unable_to_pay")},
                "cases_with_any": sum(1 for case in cases if self.impeded[case]),
            },
            "contact_class": dict(classes),
        }

    def office(self) -> dict[str, Any]:
        return {
            "categories": {name: self.category(name) for name in (*CATEGORIES, "all")},
            "contact_attempts": {"total": self.results.total(), "by_result": dict(self.results)},
        }

    def groups(self, axis: str) -> list[dict[str, Any]]:
        found: dict[str, list[Record]] = defaultdict(list)
        for case, records in self.of_cases().items():
            found[self.group(case, records, axis)] += records
        return [
            {
                "key": name,
                "records": len(records),
                "repaired_records": (repaired := sum(map(self.repaired, records))),
                "enterprises": len({self.enterprise(case) for case, _ in records}),
                "percent": self.percent(repaired, len(records)),
            }
            for name, records in sorted(found.items())
        ]

    def of_cases(self) -> dict[str, list[Record]]:
        found: dict[str, list[Record]] = defaultdict(list)
        for record in self.records():
            found[record[0]].append(record)
        return found

    def group(self, case: str, records: Sequence[Record], axis: str) -> str:
        """Town and unit as the listing has them; the officer by the name that signs in."""
        if axis == "industry":
            return self.lines.industries.get(self.lines.cases[case]["enterprise"], "")
        if axis == "officer":
            officer = self.officer.get(case) or ""
            return self.lines.logins.get(officer, officer)
        if axis == "debt":
            fen = sum(self.amount[record] for record in records)
            return next((name for limit, name in DEBTS if fen < limit), "over")
        source = self.listing[case] if axis in ("town", "unit") else self.lines.cases[case]
        return str(source[axis])

    def months(self) -> list[dict[str, Any]]:
        """Every month from the first to the last in which anything happened."""
        found = []
        at_end = dict.fromkeys(CATEGORIES, (0, 0))
        for month in _months(min(self.flows), max(self.flows)) if self.flows else ():
            flows = self.flows.get(month, Counter())
            at_end = self.month_ends.get(month, at_end)
            found.append(
                {
                    "key": month,
                    **{name: flows[name] for name in FLOWS.values()},
                    **{
                        name: {category: flows[name, category] for category in CATEGORIES}
                        for name in FLOWS_OF_RECORDS.values()
                    },
                    "rate_at_month_end": {name: self.rate(*at_end[name]) for name in CATEGORIES},
                }
            )
        return found

    def deadlines(self) -> dict[str, dict[str, int]]:
        found: dict[str, Counter[str]] = {what: Counter() for what in DEADLINES}
        for case in self.listing:
            if self.governed(case):
                for what, status in self.deadlines_of(case).items():
                    found[what][status] += 1
        return {what: dict(statuses) for what, statuses in found.items()}

    def deadlines_of(self, case: str) -> dict[str, str]:
        """How each deadline of one listed case stands at the end of the day."""
        listed = self.first[case, "case_listed"]
        interviewed = self.first.get((case, "interview_held"))
        of = (
            ("first_contact", listed, self.first.get((case, "contact_attempted"))),
            ("interview", listed, interviewed),
            ("commitment", interviewed, self.first.get((case, "commitment_signed"))),
        )
        return {what: self._deadline(case, what, start, done) for what, start, done in of}

    def _deadline(self, case: str, what: str, start: str | None, done: str | None) -> str:
        if start is None:
            return "not_applicable"
        due = self.extended.get((case, what)) or self.lines.due(start, DEADLINES[what])
        if done is not None:
            return "on_time" if done <= due else "late"
        if what == "interview" and self.impeded[case] & {"bankrupt", "lost_contact"}:
            return "not_applicable"
        return "open_overdue" if due < self.day else "open_in_time"


def _months(first: str, last: str) -> Iterable[str]:
    day = date.fromisoformat(f"{first}-01")
    while day.isoformat()[:7] <= last:
        yield day.isoformat()[:7]
        day = (day + timedelta(days=31)).replace(day=1)


def from_the_first_act(months: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The months without those at the front that count nothing.

    The maker's words would begin with the first entry of any kind; that a table begins later,
    where its first figure is, makes none of them another.
    """
    return list(dropwhile(_is_empty, months))


def _is_empty(month: dict[str, Any]) -> bool:
    return not any(_counts_in({**month, "key": 0}))


def _counts_in(part: Any) -> Iterable[int]:
    if isinstance(part, dict):
        for value in part.values():
            yield from _counts_in(value)
    elif part is not None:
        yield part
