"""The worklist: every case that asks something of the office, and by when."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from casesys import COMMANDS, SORTS, WORK_VIEWS, ListAnswer, Permit, Row
from web.listing import ListQuery, lists, step_words
from web.permits import permit, person
from web.reading import asked, t, word

blueprint = Blueprint("worklist", __name__)

CONDITIONS = ("q", "category", "stage", "unit", "town", "due")
TONES = {"today": "soon", "overdue": "late"}


@blueprint.get("/")
@permit(Permit.READ)
def page() -> str:
    when = asked()
    query = ListQuery(when, SORTS, WORK_VIEWS, "open")
    sort = query.sort("due")
    wanted = query.wanted(CONDITIONS)
    answer = lists().work(person(), query.view, wanted, sort, query.page, when)
    conditions = query.conditions(answer, CONDITIONS)
    return render_template(
        "worklist/page.html",
        answer=answer,
        query_of=query,
        sort=sort,
        conditions=conditions,
        chips=query.chips(conditions),
        tabs=query.tabs(answer, TONES),
        told=_told(answer),
        remark=remark,
        step_words=step_words,
        may_act=_may_act(when.past),
        crumbs=[(t("place.worklist"), None), (t(f"view.{query.view}"), None)],
    )


def _told(answer: ListAnswer) -> list[tuple[str, str | None]]:
    """The sentence under the title, in parts; a part stands out while it counts something."""
    tallies = answer.tallies
    parts: list[tuple[str, str | None]] = [
        (t("worklist.today", n=tallies["today"]), "say-soon" if tallies["today"] else None),
        (t("worklist.between"), None),
        (t("worklist.overdue", n=tallies["overdue"]), "say-late" if tallies["overdue"] else None),
        (t("worklist.pause"), None),
        (t("worklist.soon", n=tallies["soon"], until=answer.soon_until), None),
        (t("worklist.stop"), None),
        (t("worklist.total", n=tallies["open"]), None),
    ]
    return [*parts, (t("worklist.end"), None)]


def remark(row: Row) -> str:
    """What stands beside the next step: how far contact is, who must act, what impedes."""
    line = row.line
    if line.step is None:
        return ""
    parts = []
    if line.step.startswith("confirm_"):
        parts.append(t("worklist.second_person"))
    if line.step == "attempt_contact" and line.attempts:
        parts.append(t("worklist.attempts", n=line.attempts))
    parts += [word("Impediment", found) for found in line.impediments.split()]
    return t("page.comma").join(parts)


def _may_act(past: bool) -> Any:
    """Which steps this reader may take now; in the past nothing can be done."""
    permits = person().permits

    def may(step: str | None) -> bool:
        if past or step is None or step not in COMMANDS:
            return False
        return COMMANDS[step].permit in permits

    return may
