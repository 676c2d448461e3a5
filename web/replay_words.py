"""What one entry changed of a case, and of the figures, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from flask import url_for

from casesys import (
    COUNTS,
    FORMULAS,
    CaseView,
    CountMove,
    EntryMoves,
    FactGroup,
    FormulaMove,
    Frame,
    Moves,
    RunningDeadline,
    Side,
    StandingRecord,
    count_words,
    fact_words,
    title_words,
)
from web.audit_desk import NOTHING
from web.reading import language, t, word

ICONS = {"added": "plus", "removed": "cross", "turned": "right", "met": "tick"}
MOST_NAMED = 3
"""So many 宗 are named that came into a count or left it."""


def compared(frame: Frame, groups: Sequence[FactGroup], view: CaseView) -> dict[str, Any]:
    """The facts of both sides as rows, those that changed first, and the changes as sentences."""
    sides = [side for group in groups for side in group.sides if _is_told(side)]
    changed = [_row(side, view) for side in sides if side.changed]
    same = [side for side in sides if not side.changed]
    rows = [_row(side, view) for side in same if side.kind != "record"]
    rows += _other_records([side.after for side in same if side.kind == "record"], bool(changed))
    return {
        "rows": [*changed, *rows],
        "changed": len(changed),
        "rest": len(rows),
        "sentences": [one for side in sides if side.changed for one in _sentences(side, view)],
        "counted_on": frame.day,
    }


def _is_told(side: Side) -> bool:
    """A fact that never came up says nothing; a count that is nought on one side does."""
    return any(value not in NOTHING for value in (side.before, side.after))


def _row(side: Side, view: CaseView) -> dict[str, Any]:
    return {
        "label": _label(side),
        "before": _value(side.kind, side.before, view),
        "after": _value(side.kind, side.after, view),
        "changed": side.changed,
        "mark": t(f"replay.mark.{_way(side)}") if side.changed else "",
        "icon": ICONS[_way(side)],
    }


def _other_records(records: Sequence[StandingRecord], among_others: bool) -> list[dict[str, Any]]:
    """The 宗 that stayed as they were, in one row: a case may have dozens."""
    if not records:
        return []
    many = Counter(_record(record) for record in records)
    words = t("page.comma").join(
        t("replay.of_records", n=n, words=said) for said, n in many.items()
    )
    label = t("replay.other_records" if among_others else "replay.records", n=len(records))
    return [{"label": label, "before": words, "after": words, "changed": False}]


def _way(side: Side) -> str:
    if _is_none(side.before):
        return "added"
    return "removed" if _is_none(side.after) else "turned"


def _is_none(value: Any) -> bool:
    return value is None or value in ("", ())


def _sentences(side: Side, view: CaseView) -> Iterable[dict[str, str]]:
    label = _label(side)
    if side.kind == "needs" or side.kind.startswith("choices:"):
        yield from _parts(side, label, view)
        return
    before, after = (_value(side.kind, value, view) for value in (side.before, side.after))
    way = _way(side)
    words = t(f"replay.{way}", what=label, before=before, after=after)
    yield {"icon": ICONS[way], "words": words}


def _parts(side: Side, label: str, view: CaseView) -> Iterable[dict[str, str]]:
    """What a list gained and lost, each by itself; what an exit lacks no more is there now."""
    was, now = Counter(side.before or ()), Counter(side.after or ())
    for way, parts in (("removed", was - now), ("added", now - was)):
        if parts:
            said = _value(side.kind, tuple(parts.elements()), view)
            named = f"{'met' if way == 'removed' else 'needed'}" if side.kind == "needs" else way
            yield {
                "icon": ICONS.get(named, ICONS[way]),
                "words": t(f"replay.{named}", what=label, before=said, after=said),
            }


def _label(side: Side) -> str:
    if side.kind == "deadline":
        return t("replay.deadline", kind=word("DeadlineKind", side.fact))
    return side.name if side.kind == "record" else t(f"change.{side.fact}")


def _value(kind: str, value: Any, view: CaseView) -> str:
    if _is_none(value):
        return t("change.none")
    if kind == "command":
        return t(f"command.{value}")
    if kind == "needs":
        return t("page.comma").join(t(f"case.step.{part}") for part in value)
    if kind == "deadline":
        return _deadline(value)
    if kind == "record":
        return _record(value)
    return fact_words(kind, value, language(), view.logins)


def _deadline(one: RunningDeadline) -> str:
    if one.status == "not_applicable":
        return word("DeadlineStatus", one.status)
    due = t("case.due_on", day=one.due_on)
    if one.done_on is not None:
        return " · ".join((due, t(f"replay.done.{one.status}", day=one.done_on)))
    days = one.days or 0
    if days < 0:
        left = t("clock.overdue", days=-days)
    else:
        left = t("clock.remaining", days=days) if days else t("replay.due_that_day")
    return " · ".join((due, left, *([t("clock.provisional")] if one.provisional else [])))


def _record(one: StandingRecord) -> str:
    parts = [t(f"change.repair.{one.repair}")]
    parts += [word("Performance", one.performance)] if one.performance else []
    parts += [t("replay.has_commitment")] if one.has_commitment else []
    return t("page.comma").join(parts)


# -- figures -----------------------------------------------------------------------------------


def moved_words(moves: EntryMoves) -> dict[str, Any]:
    """Which figures the entry moved, each part by how much, and where that can be looked up."""
    its = moves.by_entry
    formulas = [_formula(its, one) for one in its.formulas]
    divided = {count for one in FORMULAS.values() for count in (one.numerator, one.denominator)}
    since = moves.meanwhile
    return {
        "day": its.after.day,
        "formulas": formulas,
        "still": len(FORMULAS) - len(formulas),
        "counts": list(_counts(its, divided)),
        "meanwhile": [_formula(since, one) for one in since.formulas] if since else [],
        "since": since.before.day if since else None,
    }


def _formula(moves: Moves, one: FormulaMove) -> dict[str, Any]:
    name = one.formula.name
    return {
        "title": title_words(name, language()),
        "unit": t(f"unit.{one.formula.unit.name.lower()}"),
        "whose": t(f"replay.adds.{one.formula.unit.name.lower()}"),
        "before": one.before,
        "after": one.after,
        "parts": [
            _part("numerator", one.numerator),
            _part("denominator", one.denominator),
        ],
        "href": url_for("figure_changes.page", figure=name, **_states(moves)),
    }


def _states(moves: Moves) -> dict[str, Any]:
    """The two states of the books, and the days, between which the whole office is compared."""
    before, after = moves.before, moves.after
    states = {"as_of": after.day, "from": before.position, "to": after.position}
    return states | ({"from_day": before.day} if before.day < after.day else {})


def _part(part: str, move: CountMove) -> dict[str, str]:
    return {
        "words": t(f"replay.{part}", change=_signed(move)),
        "names": _names(move),
    }


def _signed(move: CountMove) -> str:
    """By how much: who came and who left are both said, where both did."""
    entered, left = len(move.entered), len(move.left)
    if not entered and not left:
        return t("replay.unmoved")
    return " ".join([*([f"+{entered}"] if entered else []), *([f"−{left}"] if left else [])])


def _names(move: CountMove) -> str:
    names = [name for name in (*move.entered, *move.left) if name]
    words = t("page.comma").join(names[:MOST_NAMED])
    return t("replay.and_more", names=words, n=len(names)) if len(names) > MOST_NAMED else words


def _counts(moves: Moves, divided: Collection[str]) -> Iterable[dict[str, str]]:
    """The counts that moved and that no formula divides."""
    for count, move in moves.counts.items():
        if count not in divided:
            yield {
                "words": count_words(count, language()),
                "unit": t(f"unit.{COUNTS[count].unit.name.lower()}"),
                "change": _signed(move),
                "href": url_for("figure_members.page", count=count, as_of=moves.after.day),
            }
