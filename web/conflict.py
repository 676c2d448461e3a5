"""When somebody recorded first: what came in, what the reader typed, and how to go on."""

from __future__ import annotations

from typing import Any

from flask import render_template

from casesys import CORRECTED_BY, CaseView, EntryView, Moment, StaleVersion, entry_view, state_at
from web.cases import look, moment_item
from web.errands import Errand
from web.facts import shown, typed
from web.reading import asked, language, system, t, word


def conflict_page(errand: Errand, stale: StaleVersion) -> str:
    when = asked()
    assert errand.view is not None
    view = look(errand.view.number, when)
    was = errand.version or 0
    came = [m for m in view.moments if m.entry.version > was]
    errand.view, errand.version = view, view.version
    rival = _rival(errand, view, came)
    return render_template(
        "commands/conflict.html",
        errand=errand,
        view=view,
        was=was,
        came=[moment_item(view, m, when) for m in came],
        rows=typed(view, errand.command, errand.values),
        compared=_compared(errand, view, rival) if rival is not None else None,
        rival=rival,
        means=_means(view, was),
        title=t("conflict.title"),
        crumbs=errand.crumbs(t("conflict.title")),
    )


def _rival(errand: Errand, view: CaseView, came: list[Moment]) -> EntryView | None:
    """An entry of the same kind as the reader's: two accounts of one thing, perhaps."""
    for moment in came:
        if CORRECTED_BY.get(moment.entry.topic) == errand.command.name:
            return entry_view(view, moment.entry.version)
    return None


def _compared(errand: Errand, view: CaseView, rival: EntryView) -> list[dict[str, Any]]:
    rows = []
    for row in typed(view, errand.command, errand.values):
        name, spec = row["name"], errand.command.fields[row["name"]]
        value = rival.facts.get(name)
        if name in rival.sealed:
            theirs = t("entry.sealed")
        elif spec.widget == "when" and name not in rival.facts:
            theirs = t("format.instant", at=rival.moment.entry.occurred_at)
        elif value is None:
            theirs = t("entry.none")
        elif spec.widget == "file":
            theirs = f"sha256 {str(value)[:12]}…"
        else:
            theirs = shown(view, name, spec, value)
        changed = theirs != row["value"] and name not in rival.sealed
        label = spec.label(language())
        rows.append({"label": label, "before": row["value"], "after": theirs, "changed": changed})
    return rows


def _means(view: CaseView, was: int) -> list[dict[str, Any]]:
    """How the case stood when the reader opened the form, and how it stands."""
    before, after = state_at(system(), view.stream, was), view.state
    lines = [
        (t("act.stage"), word("Stage", before.stage), word("Stage", after.stage)),
        (t("case.step.interview"), str(before.interviews), str(after.interviews)),
        (t("case.step.commitment"), str(before.commitments), str(after.commitments)),
    ]
    return [
        {"label": label, "before": was_, "after": now, "changed": was_ != now}
        for label, was_, now in lines
    ]
