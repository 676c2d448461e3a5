"""The records (宗) of a case: each with its dates, the rule for its repair, and its own history."""

from __future__ import annotations

from typing import Any

from flask import url_for

from casesys import CaseView, Entry, Need, RecordView, known, repair_needs
from web.case_timeline import entry_title
from web.facts import brief
from web.paging import sliced
from web.reading import Asked, t, who_words, word

SIZE = 20
FEW = 10
"""How many records the overview shows before it points at their own tab."""

TONES = {
    "granted": "finished",
    "removed": "finished",
    "applied": "decide",
    "returned": "ours",
    "revoked": "fell",
    "denied": "fell",
}


def records_tab(view: CaseView, when: Asked) -> dict[str, Any]:
    page = sliced(view.records, SIZE)
    history = _histories(view, {found.record.record for found in page.rows})
    rows = [
        {
            **row(view, found),
            "grade": word("PublicityClass", found.record.publicity_class or "general")
            if found.record.publicity_class or view.state.category == "penalty"
            else None,
            "assumed": found.record.publicity_class is None,
            "ground": word("DebtorGround", found.record.debtor_ground)
            if found.record.debtor_ground
            else None,
            "rule": _rule(view, found),
            "needs": [need_item(need) for need in repair_needs(view, found)],
            "history": [_told(view, entry, when) for entry in history.get(found.record.record, ())],
        }
        for found in page.rows
    ]
    return {"rows": rows, "slice": page}


def few_records(view: CaseView) -> list[dict[str, Any]]:
    return [row(view, found) for found in view.records[:FEW]]


def row(view: CaseView, found: RecordView) -> dict[str, Any]:
    record = found.record
    performed = word("Performance", record.performance) if record.performance else None
    return {
        "record": record,
        "opens_on": found.opens_on,
        "is_open": found.is_open,
        "repair": t(f"case.repair.{record.repair}"),
        "tone": TONES.get(record.repair, "waiting"),
        "performance": performed or t("case.performance.none"),
    }


def _rule(view: CaseView, found: RecordView) -> str:
    """The rule that gives the earliest day of repair, by name and number."""
    if view.state.category != "penalty":
        return t("case.record.rule_court")
    grade = found.record.publicity_class or "general"
    period = view.rules.publicity[grade]  # type: ignore[index]
    if not period.repairable:
        return t("case.record.rule_never", ruleset=view.rules.id)
    return t("case.record.rule", ruleset=view.rules.id, months=period.min_months)


def need_item(need: Need, several: bool = False) -> dict[str, Any]:
    """One line of a checklist in words; where a day meets it, the day is named.

    Of several records together each has a day of its own: only the first that is to come is said.
    """
    code = f"needs.{need.name}"
    if need.day is not None and not need.present:
        code += ".first" if several else ".until"
    elif several and known(f"{code}.all"):
        code += ".all"
    words = t(code, done=need.done, wanted=need.wanted, day=need.day)
    return {"words": words, "present": need.present}


def _histories(view: CaseView, wanted: set[str]) -> dict[str, list[Entry]]:
    """What happened to each record, newest first; every entry of a record names it."""
    found: dict[str, list[Entry]] = {}
    for entry in view.newest_first:
        record = entry.data.get("record")
        if record in wanted:
            found.setdefault(record, []).append(entry)
    return found


def _told(view: CaseView, entry: Entry, when: Asked) -> dict[str, Any]:
    moment = view.moment(entry)
    return {
        "href": url_for("cases.entry", name=view.number, version=entry.version, **when.query),
        "words": entry_title(moment),
        "brief": brief(view, moment, without=("record", "number")),
        "at": entry.occurred_at,
        "who": who_words(moment.who),
        "voided": moment.voided,
    }
