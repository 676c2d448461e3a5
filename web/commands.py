"""The form of every command: typed, checked where it cannot be taken back, given, or compared."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casesys import (
    CaseState,
    CommandIdReused,
    Draft,
    FieldsRefused,
    Foreseen,
    Permit,
    Receipt,
    Refused,
    StaleVersion,
    StoreIsBusy,
    entry_view,
    foresee,
    give_noted,
    person_by_id,
    revealed,
)
from web import drafts
from web.cases import look, show_entry
from web.conflict import conflict_page, standings
from web.errands import Errand, refusal_by_field
from web.evidence import is_picture
from web.facts import typed
from web.forms import errand_here, take
from web.permits import permit, person
from web.proving import WEIGHTY, ask_for_proof
from web.reading import asked, local_minute, system, t
from web.refusals import sentence

blueprint = Blueprint("commands", __name__)

CHECKED = frozenset(
    {
        "propose_exclusion",
        "confirm_exclusion",
        "confirm_unreachable",
        "propose_exit",
        "confirm_exit",
        "close_case",
        "propose_court_removal",
        "confirm_court_removal",
        "void_entry",
        "erase_personal_data",
    }
)
"""Acts that cannot be taken back by another act of the same person: answers are checked first."""

REPEATED = frozenset({"add_photo"})
"""Acts that come one after another: the form opens again at once, and keeps what stays the same."""

DECIDING = frozenset(
    {
        "confirm_exclusion",
        "confirm_unreachable",
        "confirm_exit",
        "confirm_court_removal",
        "send_back",
    }
)
"""What a second person decides; the next proposal that waits comes after it."""

STAYS = ("linked_act", "caption", "taken_by")

Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]
EVERY_PERMIT = tuple(Permit)
"""Who may open a form is asked of its command, once the address says which."""

BUSY = {"Retry-After": "60"}


@blueprint.route("/cases/<name>/do/<command>", methods=["GET", "POST"])
@permit(*EVERY_PERMIT)
def form(name: str, command: str) -> Answer:
    return _serve(errand_here())


@blueprint.route("/cases/<name>/correct/<int:version>", methods=["GET", "POST"])
@permit(Permit.ADVANCE, Permit.INTAKE)
def correct(name: str, version: int) -> Answer:
    return _serve(errand_here())


@blueprint.route("/do/<command>", methods=["GET", "POST"])
@permit(*EVERY_PERMIT)
def begin(command: str) -> Answer:
    """A command that begins something: a listing, an enterprise, a campaign, an account."""
    return _serve(errand_here())


@blueprint.route("/do/<command>/<uuid:stream>", methods=["GET", "POST"])
@permit(*EVERY_PERMIT)
def act(command: str, stream: UUID) -> Answer:
    """A command on something that is no case: a unit, an account."""
    return _serve(errand_here())


def _serve(errand: Errand) -> Answer:
    if request.method == "POST":
        return _take(errand)
    errand.prefill()
    draft = drafts.open_draft(errand)
    against = errand.stands_against()
    if against is not None and not errand.corrects:
        return _page(errand, others=[sentence(against)], locked=True, draft=draft)
    if not errand.command.fields and errand.view is not None:
        return _check(errand)
    return _page(errand, draft=draft)


def _take(errand: Errand) -> Answer:
    errors = take(errand)
    step = request.form.get("step", "")
    if step == "draft":
        return _keep(errand, errors)
    if step == "edit":
        return _page(errand, errors=errors)
    if errand.corrects is not None and not errand.reason:
        errors["reason"] = t("field.required")
    if errors:
        return _page(errand, errors=errors), 422
    return _give(errand, step)


def _give(errand: Errand, step: str) -> Answer:
    try:
        if errand.command.name in CHECKED and step != "confirmed":
            return _check(errand)
        if errand.command.name in WEIGHTY:
            asked = ask_for_proof([*errand.all_hidden, ("step", step)])
            if asked is not None:
                return asked
        receipt = give_noted(system(), errand.command, errand.raw(), errand.given(person()))
    except FieldsRefused as refused:
        errors = {name: t(code) for name, code in refused.problems.items()}
        return _page(errand, errors=errors), 422
    except StaleVersion as stale:
        return conflict_page(errand, stale), 409
    except CommandIdReused:
        # Two windows of one form: what this one says is no copy, so it may be given on its own.
        errand.command_id = str(uuid4())
        return _page(errand, others=[t("page.id_reused")]), 409
    except StoreIsBusy:
        return _page(errand, others=[t("form.busy")]), 503, BUSY
    except Refused as refused:
        if refused.code == "not_permitted":
            raise
        errors, others = refusal_by_field(errand.command, refused)
        return _page(errand, errors=errors, others=others), 422
    return _done(errand, receipt, step)


def _keep(errand: Errand, errors: dict[str, str]) -> Answer:
    """What was typed becomes a draft; a script asks for one line, a person for the form."""
    try:
        draft = drafts.keep(errand)
    except StoreIsBusy:
        return _page(errand, errors=errors, others=[t("form.busy")]), 503, BUSY
    if "quiet" in request.form:
        said = t("drafts.kept", at=draft.saved_at) if draft is not None else ""
        return Response(said, mimetype="text/plain")
    if errors:
        return _page(errand, errors=errors, draft=draft), 422
    if draft is None:
        flash(t("drafts.blank"), "soon")
        return redirect(errand.place, 303)
    return redirect(f"{errand.place}{'&' if '?' in errand.place else '?'}kept=1", 303)


def _page(
    errand: Errand,
    errors: dict[str, str] | None = None,
    others: list[str] | None = None,
    locked: bool = False,
    draft: Draft | None = None,
) -> str:
    wrong = others and not locked and not errors
    return render_template(
        "commands/form.html",
        errand=errand,
        view=errand.view,
        specs=list(errand.command.fields.values()),
        values=errand.values,
        errors=errors or {},
        others=others or [],
        locked=locked,
        draft=draft,
        rows=typed(errand.view, errand.command, errand.values) if locked and draft else [],
        options=errand.options(),
        checked=errand.command.name in CHECKED,
        repeats=errand.command.name in REPEATED,
        now=local_minute(system().now()),
        is_picture=is_picture,
        heading=errand.title,
        title=t("app.error_title", title=errand.title) if wrong else errand.title,
        crumbs=errand.crumbs(),
    )


def _check(errand: Errand) -> str:
    foreseen = foresee(system(), errand.command, errand.raw(), errand.given(person()))
    return render_template(
        "commands/check.html",
        errand=errand,
        view=errand.view,
        rows=typed(errand.view, errand.command, errand.values),
        changes=_changes(foreseen),
        title=t("act.check"),
        crumbs=errand.crumbs(t("act.check")),
    )


def _changes(foreseen: Foreseen) -> list[dict[str, Any]]:
    before, after = foreseen.before, foreseen.after
    records = len(after.records)
    lines = [
        *_handling(before, after),
        *standings(foreseen.stands, foreseen.then),
        (t("case.lane.performance"), *(_performed(s, records) for s in (before, after))),
        (t("case.lane.repair"), *(_repaired(s, records) for s in (before, after))),
    ]
    return [
        {"label": label, "before": was, "after": then, "changed": was != then}
        for label, was, then in lines
    ]


def _handling(before: CaseState, after: CaseState) -> list[tuple[str, str, str]]:
    """Who has the case, where that is what the act is about."""
    lines = []
    if before.unit != after.unit:
        lines.append((t("case.fact.unit"), before.unit, after.unit))
    if before.officer != after.officer:
        lines.append((t("case.fact.officer"), _login(before), _login(after)))
    return lines


def _login(state: CaseState) -> str:
    if state.officer is None:
        return t("case.no_officer")
    found = person_by_id(system(), state.officer)
    return found.login if found is not None else state.officer


def _performed(state: Any, records: int) -> str:
    done = sum(r.performance == "fully" for r in state.records.values())
    return f"{done} / {records} {t('page.records')}"


def _repaired(state: Any, records: int) -> str:
    return f"{sum(r.repaired for r in state.records.values())} / {records} {t('page.records')}"


def _done(errand: Errand, receipt: Receipt, step: str) -> Answer:
    name = errand.command.name
    drafts.drop(errand)
    if name == "reveal_personal_data" and errand.view is not None:
        return _reveal(errand)
    if errand.view is None and name != "list_enterprise":
        flash(t(f"command.{name}.done"), "done")
        return redirect(url_for("worklist.page"), 303)
    number = errand.view.number if errand.view is not None else errand.number_of(receipt)
    if step == "another" and name in REPEATED:
        flash(t("form.another_done", position=receipt.position), "done")
        stays = {part: errand.values[part] for part in STAYS if errand.values.get(part)}
        return redirect(url_for("commands.form", name=number, command=name, **stays), 303)
    if name in DECIDING and Permit.APPROVE in person().permits:
        opens = {"href": url_for("cases.page", name=number), "act": t("approvals.after")}
        flash({"title": t(f"command.{name}.done"), "words": number} | opens, "done")  # type: ignore[arg-type]
        return redirect(url_for("approvals.following"), 303)
    done = url_for("cases.page", name=number, receipt=receipt.command_id, done=name)
    return redirect(done, 303)


def _reveal(errand: Errand) -> Answer:
    """Shown in the answer itself and nowhere else: the address holds nothing to come back to."""
    when = asked()
    assert errand.view is not None
    view = look(errand.view.number, when)
    found = entry_view(view, int(str(errand.values["target"])))
    if found is None:
        abort(404)
    return show_entry(view, found, when, revealed(system(), found.moment.entry))
