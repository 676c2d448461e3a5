"""When somebody recorded first: what came in, what the reader typed, and how to go on."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import render_template, url_for

from casesys import (
    COMMANDS,
    CORRECTED_BY,
    CaseView,
    EntryView,
    FieldsRefused,
    Moment,
    Refused,
    StaleVersion,
    Standing,
    StoreIsBusy,
    entry_view,
    foresee,
    standing_at,
)
from web import drafts
from web.cases import look, moment_item
from web.errands import Errand
from web.facts import shown, typed
from web.permits import person
from web.reading import asked, language, system, t, who_words, word
from web.refusals import sentence

MOST_COMPARED = 3
"""How many entries of the same kind are laid beside the reader's; the list above names all."""


def conflict_page(errand: Errand, stale: StaleVersion) -> str:
    """What came first, and the ways on; what was typed is a draft until one of them is taken.

    The draft keeps the version that the form was begun on: opened later, it comes here again.
    """
    draft = None
    with suppress(StoreIsBusy):
        draft = drafts.keep(errand)
    when = asked()
    assert errand.view is not None
    view = look(errand.view.number, when)
    was = errand.version or 0
    came = sorted(
        (m for m in view.moments if m.entry.version > was), key=lambda m: -m.entry.version
    )
    errand.view, errand.version = view, view.version
    rivals = _rivals(errand, view, came)
    return render_template(
        "commands/conflict.html",
        errand=errand,
        view=view,
        was=was,
        draft=draft,
        came=[moment_item(view, m, when) for m in came],
        rows=typed(view, errand.command, errand.values),
        comparisons=[_comparison(errand, view, rival) for rival in rivals],
        refused=_refused(errand),
        means=_means(view, was),
        title=t("conflict.title"),
        crumbs=errand.crumbs(t("conflict.title")),
    )


def _rivals(errand: Errand, view: CaseView, came: list[Moment]) -> list[EntryView]:
    """Entries of the same kind as the reader's: other accounts of one thing, perhaps."""
    kind = errand.command.name
    versions = [m.entry.version for m in came if CORRECTED_BY.get(m.entry.topic) == kind]
    found = [entry_view(view, version) for version in versions[:MOST_COMPARED]]
    return [rival for rival in found if rival is not None]


def _comparison(errand: Errand, view: CaseView, rival: EntryView) -> dict[str, Any]:
    entry = rival.moment.entry
    may_correct = errand.command.permit in person().permits and not rival.moment.voided
    correct = url_for("commands.correct", name=view.number, version=entry.version)
    return {
        "version": entry.version,
        "who": who_words(rival.moment.who),
        "at": entry.recorded_at,
        "rows": [
            _row(errand, view, rival, row) for row in typed(view, errand.command, errand.values)
        ],
        "correct": correct if may_correct else None,
    }


def _row(errand: Errand, view: CaseView, rival: EntryView, row: dict[str, Any]) -> dict[str, Any]:
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
    return {"label": label, "before": row["value"], "after": theirs, "changed": changed}


def _refused(errand: Errand) -> str | None:
    """The rule that stands against the reader's act as the case is now; None where none does."""
    try:
        foresee(system(), errand.command, errand.raw(), errand.given(person()))
    except Refused as refused:
        return sentence(refused)
    except (FieldsRefused, StaleVersion):
        # A field is said at the form; and whoever came third is compared with next time.
        return None
    return None


def _means(view: CaseView, was: int) -> list[dict[str, Any]]:
    """How the case stood when the reader opened the form, and how it stands."""
    before, now = (standing_at(system(), view.stream, version) for version in (was, view.version))
    lines = [
        *standings(before, now),
        (t("case.step.interview"), str(before.state.interviews), str(now.state.interviews)),
        (t("case.step.commitment"), str(before.state.commitments), str(now.state.commitments)),
    ]
    return [
        {"label": label, "before": was_, "after": now_, "changed": was_ != now_}
        for label, was_, now_ in lines
    ]


def standings(before: Standing, after: Standing) -> list[tuple[str, str, str]]:
    """Two versions of a case side by side: its stage, what falls due, and what comes next."""
    lines = [(t("act.stage"), _stage), (t("act.falls_due"), _clock), (t("act.next"), _next)]
    return [(label, of(before), of(after)) for label, of in lines]


def _stage(standing: Standing) -> str:
    return word("Stage", standing.state.stage)


def _clock(standing: Standing) -> str:
    if standing.clock is None:
        return t("clock.none")
    return f"{word('DeadlineKind', standing.clock.kind)} {standing.clock.due_on}"


def _next(standing: Standing) -> str:
    return t(f"command.{standing.main}") if standing.main in COMMANDS else "—"
