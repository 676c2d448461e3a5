"""The page of one case: where it stands, what can be done today, and everything that happened."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from markupsafe import Markup

from casesys import (
    COMMANDS,
    CaseView,
    EntryView,
    Moment,
    Permit,
    end_of_day,
    entry_view,
    known,
    see_case,
)
from web.acts import acts_of
from web.facts import OPENED, UNVOIDABLE, VOIDING, brief, described
from web.permits import permit, person
from web.reading import Asked, asked, system, t, who_words, word

blueprint = Blueprint("cases", __name__)

LATE_DAYS = 2
"""From how many days on an entry counts as written late."""

NARROWINGS = (None, "milestones", "contact", "late")


@blueprint.get("/cases/<name>")
@permit(Permit.READ)
def page(name: str) -> str:
    when = asked()
    view = look(name, when)
    return render_template(
        "cases/page.html",
        view=view,
        when=when,
        crumbs=crumbs(view, None),
        facts=_facts(view),
        tags=_tags(view),
        clock_of_case=_clock(view),
        steps=[_step(view, step) for step in view.steps],
        acts=acts_of(view),
        moments=_moments(view, when, request.args.get("only")),
        narrowings=_narrowings(view, when, request.args.get("only")),
        receipt_of=_receipt(view, request.args.get("receipt"), request.args.get("done", "")),
        findings=sorted({f for m in view.moments for f in m.entry.findings}),
        records=_records(view),
    )


@blueprint.get("/cases/<name>/entries/<int:version>")
@permit(Permit.READ)
def entry(name: str, version: int) -> str:
    when = asked()
    view = look(name, when)
    found = entry_view(view, version)
    if found is None:
        abort(404)
    return show_entry(view, found, when)


def look(name: str, when: Asked) -> CaseView:
    return see_case(system(), name, person(), as_of=when.as_of, known_at=when.known_at)


def show_entry(
    view: CaseView, found: EntryView, when: Asked, clear: dict[str, str | None] | None = None
) -> str:
    """One entry opened; ``clear`` are the sealed facts of one who said why they must be seen."""
    voidable = not (when.past or found.moment.voided or found.moment.entry.topic in UNVOIDABLE)
    return render_template(
        "cases/entry.html",
        view=view,
        found=found,
        facts=described(view, found, clear),
        title_of_entry=entry_title(found.moment),
        crumbs=crumbs(view, entry_title(found.moment)),
        revealed=clear is not None,
        when=when,
        may_act=not when.past and Permit.ADVANCE in person().permits,
        voidable=voidable,
        voiding=_voiding(view, version=found.moment.entry.version),
    )


def _voiding(view: CaseView, version: int) -> Moment | None:
    """The entry that took this one away, if one did."""
    for moment in view.moments:
        if moment.entry.topic in VOIDING and moment.entry.data.get("target") == version:
            return moment
    return None


def crumbs(view: CaseView, here: str | None) -> list[tuple[str, str | None]]:
    path: list[tuple[str, str | None]] = [(t("place.ledger"), url_for("ledger.page"))]
    path.append((view.number, url_for("cases.page", name=view.number) if here else None))
    return [*path, (here, None)] if here else path


def entry_title(moment: Moment) -> str:
    """What happened, in the words of the timeline; a contact says its result at once."""
    words = t(f"topic.{moment.entry.topic}")
    for fact, kind in (("result", "ContactResult"), ("branch", "Branch")):
        value = moment.entry.data.get(fact)
        if value and known(f"choice.{kind}.{value}"):
            return t("case.title_with", words=words, more=word(kind, value))
    return words


def _facts(view: CaseView) -> list[tuple[str, Any]]:
    state = view.state
    return [
        (t("case.fact.number"), view.number),
        (t("case.fact.uscc"), ("code", view.uscc)),
        (t("case.fact.town"), state.town or "—"),
        (t("case.fact.unit"), state.unit or "—"),
        (t("case.fact.officer"), view.officer or t("case.no_officer")),
        (t("case.fact.listed"), f"{state.listed_on or '—'} · {state.campaign}"),
    ]


def _tags(view: CaseView) -> list[tuple[str, str]]:
    state = view.state
    tags = [(word("Category", state.category), "kind")]
    if state.effective_branch:
        tags.append((word("Branch", state.effective_branch), "kind"))
    tags += [(word("Impediment", found), "fell") for found in sorted(state.impediments)]
    tags += [
        (t("case.waits_for_second", what=word("Proposal", key.split(":")[0])), "decide")
        for key in state.proposals
    ]
    if state.objections:
        tags.append((t("case.objections", n=len(state.objections)), "decide"))
    return tags


def _clock(view: CaseView) -> dict[str, Any] | None:
    clock = view.clock
    if clock is None:
        return None
    sub = t("case.due_on", day=clock.due_on)
    if clock.provisional:
        sub = f"{sub} · {t('clock.provisional')}"
    return {"label": word("DeadlineKind", clock.kind), "days": clock.days, "sub": sub}


def _step(view: CaseView, step: Any) -> dict[str, Any]:
    item: dict[str, Any] = {"words": t(f"case.step.{step.name}"), "state": step.state}
    if step.name == "branch":
        ways = ("unreachable", "not_operating", "operating")
        item["fork"] = [{"words": word("Branch", w), "taken": w == step.branch} for w in ways]
    item["dates"] = (step.done_on or (step.due_on if step.state == "now" else "") or "")[5:]
    if step.state == "skipped":
        item["dates"] = t("step.skipped")
    if step.late_days:
        item |= {"remark": t("case.late_workdays", days=step.late_days), "tone": "late"}
    elif step.state == "now" and step.days_left is not None:
        soon = step.days_left <= 3
        words = t("clock.today") if not step.days_left else ""
        words = words or t("clock.remaining", days=step.days_left)
        item |= {"remark": words, "tone": "soon" if soon else None}
    elif step.count > 1:
        item["remark"] = t("case.times", n=step.count)
    return item


def _records(view: CaseView) -> list[dict[str, Any]]:
    tones = {"granted": "finished", "removed": "finished", "applied": "decide"}
    tones |= {"returned": "ours", "revoked": "fell", "denied": "fell"}
    return [
        {
            "record": found.record,
            "opens_on": found.opens_on,
            "is_open": found.is_open,
            "repair": t(f"case.repair.{found.record.repair}"),
            "tone": tones.get(found.record.repair, "waiting"),
            "performance": word("Performance", found.record.performance)
            if found.record.performance
            else t("case.performance.none"),
        }
        for found in view.records
    ]


def _moments(view: CaseView, when: Asked, only: str | None) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    clock = view.clock
    if clock is not None and only is None:
        items.append(
            {
                "occurred_at": end_of_day(clock.due_on),
                "day_only": True,
                "kind": "deadline",
                "title": t("case.falls_due", what=word("DeadlineKind", clock.kind)),
                "source": t("case.by_the_rules"),
                "due": clock.days <= 0,
            }
        )
    for moment in view.moments:
        if moment.entry.topic == OPENED or not _wanted(moment, only):
            continue
        items.append(moment_item(view, moment, when))
    # A day that falls due stands among what happened, where its own time puts it.
    return sorted(items, key=lambda item: str(item["occurred_at"]), reverse=True)


def _narrowings(view: CaseView, when: Asked, only: str | None) -> list[dict[str, Any]]:
    late = sum(1 for moment in view.moments if moment.late_days >= LATE_DAYS)
    return [
        {
            "words": t(f"case.only.{name or 'all'}", n=late),
            "href": url_for("cases.page", name=view.number, only=name, **when.query) + "#timeline",
            "current": only == name or (name is None and only not in NARROWINGS),
        }
        for name in NARROWINGS
    ]


def _wanted(moment: Moment, only: str | None) -> bool:
    if only == "milestones":
        return moment.milestone
    if only == "contact":
        return moment.entry.topic == "case.contact_attempted"
    if only == "late":
        return moment.late_days >= LATE_DAYS
    return True


def moment_item(view: CaseView, moment: Moment, when: Asked) -> dict[str, Any]:
    entry = moment.entry
    href = url_for("cases.entry", name=view.number, version=entry.version, **when.query)
    words = [brief(view, moment)]
    words += [t("case.corrected", why=entry.reason)] if entry.reason else []
    if entry.findings:
        broken = t("page.comma").join(t(f"finding.{code}") for code in entry.findings)
        words.append(t("case.breaks_rules", what=broken))
    return {
        "id": f"entry-{entry.version}",
        "occurred_at": entry.occurred_at,
        "recorded_at": entry.recorded_at,
        "day_only": moment.day_only,
        "kind": "milestone" if moment.milestone else "other",
        "title": Markup('<a href="{}">{}</a>').format(href, entry_title(moment)),
        "words": " · ".join(part for part in words if part),
        "by": who_words(moment.who),
        "late_days": moment.late_days,
        "voided": moment.voided,
    }


def _receipt(view: CaseView, command_id: str | None, name: str) -> dict[str, Any] | None:
    """What a command of this reader's left, said once more after the redirect."""
    found = [m for m in view.moments if m.entry.command_id == command_id] if command_id else []
    if not found:
        return None
    newest = max(found, key=lambda moment: moment.entry.version)
    done = f"command.{name}.done"
    return {
        "title": t(done) if name in COMMANDS and known(done) else t("case.recorded"),
        "words": t(
            "case.recorded_words",
            position=newest.entry.position,
            receipt=(command_id or "").upper()[:8],
        ),
    }
