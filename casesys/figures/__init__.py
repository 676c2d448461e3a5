"""The answer to ``casesys rates``: the office's figures as of a day, as known then or now."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from operator import add
from typing import Any

from sqlalchemy import Connection

from casesys.figures.cases_of_day import within
from casesys.figures.knowledge import Known
from casesys.figures.knowledge import known as known_in
from casesys.system import System
from domain.case import GovernanceCase
from domain.counts import CONTACT_CLASSES
from domain.entries import as_seen
from domain.formulas import REPAIR_BY_RECORD, REPORTED, Formula, Rate
from domain.formulas_deltas import ALL, MEASURES, CaseLine
from domain.formulas_deltas import AXES as AXES
from domain.formulas_timeline import Standing
from domain.instants import (
    end_of_day,
    instant,
    last_of_month,
    local_day,
    moment,
    next_day,
    start_of_day,
)
from domain.vocabulary import CATEGORIES, ContactResult, Impediment
from projections import rates_sums
from projections.case_lines import unpack
from projections.driver import rows
from projections.office import logins
from projections.rates_sums import Sheet, Vector

Measures = Mapping[str, int]
_NOTHING = dict.fromkeys(MEASURES, 0)
_ENTERPRISE_MEASURES = MEASURES[len(Standing._fields) :]


class Figures:
    """The figures at the end of a day; with ``known_at``, as the books had it at that instant.

    With ``position``, as the log stood at it. The sums of the ledger are the start; what was
    learnt later is taken back by folding again only the enterprises that it touches (design D10).
    """

    def __init__(
        self,
        system: System,
        c: Connection,
        as_of: str,
        known_at: str | None = None,
        only: Collection[str] | None = None,
        position: int | None = None,
    ) -> None:
        self._rates = system.models.rates
        self._log = system.log
        self._c = c
        self._only = only
        self.as_of = as_of
        self.known_at = known_at
        head = system.log.head(c)[0]
        self.position = head if position is None else min(position, head)
        self._base, known = _by_enterprise(known_in(system, c, as_of, known_at, position, only))
        self._sheet = self._unlearn(known) if only is None else self._of_these(only, known)

    def _unlearn(self, known: Mapping[str, Mapping[str, CaseLine]]) -> Sheet:
        """What to add to the sums so that they say what was known."""
        present = self._rates.lines(self._c, known)
        sheet = Sheet()
        for enterprise, lines in known.items():
            now = present.get(enterprise, {})
            then = {stream: line.until(self._base) for stream, line in now.items()} | dict(lines)
            sheet.take(now.values(), -1, self._base)
            sheet.take(then.values(), 1, self.as_of)
        return sheet

    def _of_these(
        self, only: Collection[str], known: Mapping[str, Mapping[str, CaseLine]]
    ) -> Sheet:
        """The figures of some cases, from nothing: the sums of the ledger are of all."""
        every: dict[str, dict[str, CaseLine]] = {}
        for row in self._rates.packed(self._c, only):
            every.setdefault(row.enterprise, {})[row.stream] = unpack(row).until(self._base)
        for enterprise, lines in known.items():
            every.setdefault(enterprise, {}).update(lines)
        sheet = Sheet()
        for of_one in every.values():
            sheet.take(of_one.values(), 1, self.as_of)
        return sheet

    def totals(self) -> dict[str, Measures]:
        """Every measure of each category and of all; an enterprise on two lists counts once."""
        whole = self._only is None
        sums = rates_sums.totals(self._c, self._base) if whole else {}
        for (_, category), diff in self._sheet.days.items():
            _accumulate(sums, category, diff)
        return _with_all({category: _named(vector) for category, vector in sums.items()})

    def groups(self, axis: str) -> dict[str, Vector]:
        """Records, repaired records and enterprises of every group; an officer by the account."""
        whole = self._only is None
        sums = rates_sums.groups(self._c, axis, self._base) if whole else {}
        for (_, its_axis, name), diff in self._sheet.groups.items():
            if its_axis == axis:
                _accumulate(sums, name, diff)
        return {name: sums[name] for name in sorted(sums) if any(sums[name])}

    def months(self) -> Iterator[tuple[str, dict[str, Measures], dict[str, Measures]]]:
        """Each month to the last in which anything happened: what it changed, and its end."""
        whole = self._only is None
        sums = rates_sums.months(self._c, self._base) if whole else {}
        for (day, category), diff in self._sheet.days.items():
            _accumulate(sums, (day[:7], category), diff)
        months = [month for (month, _), vector in sums.items() if any(vector)]
        if not months:
            return
        standing: dict[Any, Vector] = {}
        for month in _months_between(min(months), self._last_month(max(months))):
            changed: dict[str, Measures] = {}
            for category in (*CATEGORIES, ALL):
                vector = sums.get((month, category), [0] * len(MEASURES))
                changed[category] = _named(vector)
                _accumulate(standing, category, vector)
            at_end = {category: _named(vector) for category, vector in standing.items()}
            yield month, _with_all(changed), _with_all(at_end)

    def _last_month(self, counted: str) -> str:
        """The last month with an entry on a case, which may be of a kind that is in no figure."""
        if counted >= self.as_of[:7]:
            return counted
        end = end_of_day(self.as_of)
        question = (
            "SELECT stream_id FROM log WHERE occurred_at >= ? AND occurred_at <= ? "
            "AND topic > 'case.' AND topic < 'case/'"
        )
        later = start_of_day(f"{_next_month(counted)}-01")
        found = rows(self._c, question, [later, end])
        only = self._only
        streams = {stream for (stream,) in found if only is None or stream in only}
        for entries in self._log.entries_before(self._c, streams, self.position + 1).values():
            for entry in as_seen(entries, end, self.known_at):
                if entry.topic != GovernanceCase.CaseOpened.TOPIC:
                    counted = max(counted, local_day(entry.occurred_at)[:7])
        return counted


def rates(
    system: System,
    as_of: str,
    known_at: str | None = None,
    by: str | None = None,
    reach: str = "",
) -> dict[str, Any]:
    """The document of ``casesys rates --json``, read in one snapshot; ``reach`` as of a person."""
    with system.database.read() as c:
        only = within(c, reach) if reach else None
        return rates_in(system, c, as_of, known_at, by, only=only)


def rates_in(
    system: System,
    c: Connection,
    as_of: str,
    known_at: str | None = None,
    by: str | None = None,
    *,
    position: int | None = None,
    only: Collection[str] | None = None,
    formulas: Mapping[str, Formula] = REPORTED,
) -> dict[str, Any]:
    """The same on a connection that the caller holds; ``only`` these cases, if any are named.

    With ``position``, as the log stood when that was its last.

    :raises ValueError: ``by`` is nothing that figures are grouped by
    """
    known = None if known_at is None else instant(moment(known_at))
    figures = Figures(system, c, as_of, known, only, position)
    if by is None:
        head = {"as_of": as_of, "known_at": known, "position": figures.position}
        return head | _office(figures.totals(), formulas)
    if by == "month":
        groups = [_month(*month) for month in figures.months()]
    elif by in AXES:
        found = figures.groups(by)
        named = logins(c, found) if by == "officer" else {}
        groups = [_group(*one) for one in sorted((named.get(k, k), v) for k, v in found.items())]
    else:
        raise ValueError(f"figures are grouped by {', '.join(AXES)} or month, not by {by}")
    return {"as_of": as_of, "by": by, "groups": groups}


def _by_enterprise(found: Known) -> tuple[str, dict[str, dict[str, CaseLine]]]:
    cases: dict[str, dict[str, CaseLine]] = {}
    for stream, case in found.otherwise.items():
        cases.setdefault(case.enterprise, {})[stream] = case.line
    return found.until, cases


def _office(totals: Mapping[str, Measures], formulas: Mapping[str, Formula]) -> dict[str, Any]:
    everything = totals[ALL]
    by_result = _present(everything, "attempts_", sorted(ContactResult))
    return {
        "categories": {
            category: _category(totals[category], formulas) for category in (*CATEGORIES, ALL)
        },
        "contact_attempts": {"total": sum(by_result.values()), "by_result": by_result},
    }


def _category(measures: Measures, formulas: Mapping[str, Formula]) -> dict[str, Any]:
    impediments = {str(kind): measures[f"impeded_{kind}"] for kind in Impediment}
    return {
        "cases": measures["cases"],
        "enterprises": measures["enterprises"],
        "records": measures["records"],
        "repaired_records": measures["repaired_records"],
        "closed_cases": measures["closed_cases"],
        "amount_yuan": _yuan(measures["amount_fen"]),
        "rates": {name: rate_json(formula.of(measures)) for name, formula in formulas.items()},
        "impediments": impediments | {"cases_with_any": measures["impeded_any"]},
        "contact_class": _present(measures, "class_", sorted(CONTACT_CLASSES)),
    }


def _present(measures: Measures, prefix: str, names: list[Any]) -> dict[str, int]:
    """The measures of one kind by name, those only that count anything."""
    return {str(name): n for name in names if (n := measures[f"{prefix}{name}"])}


def _group(name: str, parts: Vector) -> dict[str, Any]:
    records, repaired, enterprises = parts
    return {
        "key": name,
        "records": records,
        "repaired_records": repaired,
        "enterprises": enterprises,
        "percent": Rate(repaired, records).percent,
    }


def _month(
    month: str, changed: Mapping[str, Measures], at_end: Mapping[str, Measures]
) -> dict[str, Any]:
    def each(measure: str) -> dict[str, int]:
        return {category: changed[category][measure] for category in CATEGORIES}

    everything = changed[ALL]
    return {
        "key": month,
        "cases_listed": everything["listings"],
        "records_added": each("attachments"),
        "repaired": each("repairs"),
        "revoked": each("revocations"),
        "interviews": everything["interviews"],
        "commitments": everything["commitments"],
        "photos": everything["photos"],
        "rate_at_month_end": {
            category: rate_json(REPAIR_BY_RECORD.of(at_end[category])) for category in CATEGORIES
        },
    }


def rate_json(rate: Rate) -> dict[str, int | None]:
    return {
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "percent": rate.percent,
    }


def _with_all(categories: Mapping[str, Measures]) -> dict[str, Measures]:
    """Cases add up over the two lists; enterprises are counted once, as the ledger has them."""
    each = {category: categories.get(category, _NOTHING) for category in CATEGORIES}
    own = categories.get(ALL, _NOTHING)
    everything = {
        measure: sum(its[measure] for its in each.values()) for measure in Standing._fields
    }
    everything.update((measure, own[measure]) for measure in _ENTERPRISE_MEASURES)
    return {**each, ALL: everything}


def _named(vector: Vector) -> Measures:
    return dict(zip(MEASURES, vector, strict=True))


def _accumulate(sums: dict[Any, Vector], key: Any, diff: Vector) -> None:
    had = sums.get(key)
    sums[key] = list(diff) if had is None else list(map(add, had, diff))


def _months_between(first: str, last: str) -> Iterator[str]:
    """Every month from the first to the last, also one in which nothing happened."""
    while first <= last:
        yield first
        first = _next_month(first)


def _next_month(month: str) -> str:
    return next_day(last_of_month(month))[:7]


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
