"""The page of one case: where it stands, what can be done today, and everything that happened."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from casesys import (
    COMMANDS,
    CaseView,
    EntryView,
    Moment,
    Permit,
    Step,
    computed_deadlines,
    entry_view,
    known,
    see_case,
)
from web.acts import acts_of
from web.case_tabs import asked_tab, tab_content, tab_links
from web.case_timeline import counted_words, entry_title
from web.case_timeline import moment_item as moment_item
from web.evidence import holds
from web.facts import FILES, UNVOIDABLE, VOIDING, described
from web.permits import lets_in, permit, person
from web.reading import Asked, asked, system, t, word

blueprint = Blueprint("cases", __name__)


@blueprint.get("/cases/<name>")
@permit(Permit.READ)
def page(name: str) -> str:
    when = asked()
    view = look(name, when)
    here = asked_tab()
    return render_template(
        "cases/page.html",
        view=view,
        when=when,
        crumbs=crumbs(view, None),
        facts=_facts(view),
        tags=_tags(view),
        clock_of_case=_clock(view),
        steps=[_step(view, step) for step in view.steps],
        performance=_performance(view),
        repair=_repair(view),
        acts=acts_of(view),
        showing=here,
        tabs=tab_links(view, when, here),
        tab=tab_content(view, when, here),
        receipt_of=_receipt(view, request.args.get("receipt"), request.args.get("done", "")),
        findings=sum(1 for entry in view.entries if entry.findings),
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
        original=_original(found),
        certificates=lets_in("personal.certificate", person()),
        when=when,
        may_act=not when.past and Permit.ADVANCE in person().permits,
        voidable=voidable,
        voiding=_voiding(view, version=found.moment.entry.version),
    )


def _original(found: EntryView) -> str | None:
    """The file whose original may be taken once somebody said why."""
    named = [found.facts[name] for name in FILES if found.facts.get(name)]
    kept = [sha256 for sha256 in named if holds(sha256)]
    return kept[0] if kept else None


def _voiding(view: CaseView, version: int) -> Moment | None:
    """The entry that took this one away, if one did."""
    for entry in view.entries:
        if entry.topic in VOIDING and entry.data.get("target") == version:
            return view.moment(entry)
    return None


def crumbs(view: CaseView, here: str | None) -> list[tuple[str, str | None]]:
    path: list[tuple[str, str | None]] = [(t("place.ledger"), url_for("ledger.page"))]
    path.append((view.number, url_for("cases.page", name=view.number) if here else None))
    return [*path, (here, None)] if here else path


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
    sub = [t("case.due_on", day=clock.due_on)]
    sub += [counted_words(d) for d in computed_deadlines(view) if d.deadline.kind == clock.kind]
    if clock.provisional:
        sub.append(t("clock.provisional"))
    return {
        "label": word("DeadlineKind", clock.kind),
        "days": clock.days,
        "sub": " · ".join(sub),
    }


def _step(view: CaseView, step: Step) -> dict[str, Any]:
    item: dict[str, Any] = {"words": t(f"case.step.{step.name}"), "state": step.state}
    if step.name == "branch":
        ways = ("unreachable", "not_operating", "operating")
        item["fork"] = [{"words": word("Branch", w), "taken": w == step.branch} for w in ways]
    day = step.done_on or (step.due_on if step.state == "now" else None) or ""
    # The year is said where it is not the one that is looked at.
    item["dates"] = day[5:] if day[:4] == view.today[:4] else day
    if step.state == "skipped":
        item["dates"] = t("step.skipped")
    if step.late_days:
        done = step.name == "reached" and step.state == "done"
        first = "case.late_first" if done else "case.late_workdays"
        item |= {"remark": t(first, days=step.late_days), "tone": "late"}
    elif step.state == "now" and step.days_left is not None:
        soon = step.days_left <= 3
        words = t("clock.today") if not step.days_left else ""
        words = words or t("clock.remaining", days=step.days_left)
        item |= {"remark": words, "tone": "soon" if soon else None}
    elif step.name == "photo" and step.count:
        item["remark"] = t("case.pictures", n=step.count)
    elif step.count > 1:
        item["remark"] = t("case.times", n=step.count)
    elif step.state == "locked" and known(f"case.after.{step.name}"):
        item["remark"] = t(f"case.after.{step.name}")
    return item


def _performance(view: CaseView) -> str:
    """What was to be paid, and how much of it is on record as paid."""
    due = sum(record.amount_fen for record in view.state.records.values())
    paid = [
        entry.data["amount_fen"] or 0
        for entry in view.seen
        if entry.topic == "case.performance_recorded"
    ]
    if not paid:
        return t("case.amount_unpaid", fen=due)
    return t("case.amount_paid", fen=due, paid=sum(paid))


def _repair(view: CaseView) -> str:
    """How many publicity periods are over, and when the next one is."""
    if view.state.category != "penalty":
        return t("case.repair_by_court")
    ahead = [found.opens_on for found in view.records if found.opens_on and not found.is_open]
    over = sum(1 for found in view.records if found.is_open)
    if not view.records:
        return t("case.exit_is_no_repair")
    if not ahead:
        return t("case.periods_over", n=over) if over else t("case.exit_is_no_repair")
    return t("case.periods_run", n=over, total=len(view.records), day=min(ahead))


def _receipt(view: CaseView, command_id: str | None, name: str) -> dict[str, Any] | None:
    """What a command of this reader's left, said once more after the redirect."""
    found = [e for e in view.entries if e.command_id == command_id] if command_id else []
    if not found:
        return None
    done = f"command.{name}.done"
    return {
        "title": t(done) if name in COMMANDS and known(done) else t("case.recorded"),
        "words": t(
            "case.recorded_words",
            position=found[-1].position,
            receipt=(command_id or "").upper()[:8],
        ),
    }
