"""The form of every command: typed, checked where it cannot be taken back, given, or compared."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casesys import (
    COMMANDS,
    CORRECTED_BY,
    EvidenceRefused,
    FieldsRefused,
    Foreseen,
    Permit,
    Receipt,
    Refused,
    StaleVersion,
    entry_view,
    foresee,
    revealed,
)
from web.cases import look, show_entry
from web.conflict import conflict_page
from web.errands import Errand, refusal_by_field
from web.evidence import holds, received
from web.facts import typed
from web.permits import permit, person
from web.reading import Asked, asked, system, t, word
from web.refusals import Told, sentence

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
    }
)
"""Acts that cannot be taken back by another act of the same person: answers are checked first."""

NO_FORM = frozenset({"change_password", "reset_password", "settle_row"})
"""Given by what does more than the command: alone, the log would say what did not happen."""

Answer = str | Response | tuple[str, int]
EVERY_PERMIT = tuple(Permit)
"""Who may open a form is asked of its command, once the address says which."""


@blueprint.route("/cases/<name>/do/<command>", methods=["GET", "POST"])
@permit(*EVERY_PERMIT)
def form(name: str, command: str) -> Answer:
    when = _present()
    return _serve(Errand.on_case(look(name, when), _known(command)))


@blueprint.route("/cases/<name>/correct/<int:version>", methods=["GET", "POST"])
@permit(Permit.ADVANCE, Permit.INTAKE)
def correct(name: str, version: int) -> Answer:
    view = look(name, _present())
    found = entry_view(view, version)
    command = CORRECTED_BY.get(found.moment.entry.topic) if found is not None else None
    if found is None or command is None:
        abort(404)
    return _serve(Errand.correcting(view, COMMANDS[command], found))


@blueprint.route("/do/<command>", methods=["GET", "POST"])
@permit(*EVERY_PERMIT)
def begin(command: str) -> Answer:
    """A command that begins something: a listing, an enterprise, a campaign, an account."""
    if _known(command).on is not None:
        abort(404)
    return _serve(Errand.beginning(_known(command)))


@blueprint.route("/do/<command>/<uuid:stream>", methods=["GET", "POST"])
@permit(*EVERY_PERMIT)
def act(command: str, stream: UUID) -> Answer:
    """A command on something that is no case: a unit, an account."""
    if _known(command).on is None or _known(command).on_case:
        abort(404)
    return _serve(Errand.on_stream(_known(command), stream))


def _known(command: str) -> Any:
    found = COMMANDS.get(command)
    if found is None or command in NO_FORM:
        abort(404)
    return found


def _present() -> Asked:
    """Nothing is written in the past; the address that asks for it is answered in words."""
    when = asked()
    if when.past:
        raise Told(409, t("case.past"))
    return when


def _serve(errand: Errand) -> Answer:
    person().require(errand.command.permit)
    if request.method == "POST":
        return _take(errand)
    errand.prefill()
    against = errand.stands_against()
    if against is not None and not errand.corrects:
        return _page(errand, others=[sentence(against)], locked=True)
    if not errand.command.fields and errand.view is not None:
        return _check(errand)
    return _page(errand)


def _take(errand: Errand) -> Answer:
    errors = _type(errand)
    step = request.form.get("step", "")
    if errors:
        return _page(errand, errors=errors), 422
    if step == "edit":
        return _page(errand)
    try:
        if errand.command.name in CHECKED and step != "confirmed":
            return _check(errand)
        receipt = system().give(errand.command, errand.raw(), errand.given(person()))
    except FieldsRefused as refused:
        errors = {name: t(code) for name, code in refused.problems.items()}
        return _page(errand, errors=errors), 422
    except StaleVersion as stale:
        return conflict_page(errand, stale), 409
    except Refused as refused:
        if refused.code == "not_permitted":
            raise
        errors, others = refusal_by_field(errand.command, refused)
        return _page(errand, errors=errors, others=others), 422
    return _done(errand, receipt)


def _type(errand: Errand) -> dict[str, str]:
    """Take over what was typed; files are received at once, so that no one chooses them twice."""
    errors: dict[str, str] = {}
    errand.type(request.form)
    for name, spec in errand.command.fields.items():
        if spec.widget != "file":
            continue
        try:
            came = received(name)
        except EvidenceRefused as refused:
            errors[name] = sentence(refused)
            continue
        if came is None:
            kept = errand.values[name]
            if kept and not holds(kept):
                errand.values[name] = ""
                errors[name] = t("refusal.evidence.unknown")
            continue
        errand.values[name] = came.sha256
        for other, said in (("taken_at", came.taken_at), ("taken_where", came.taken_where)):
            if other in errand.command.fields and said and not errand.values.get(other):
                errand.values[other] = said
    if errand.corrects is not None and not errand.reason:
        errors["reason"] = t("field.required")
    return errors


def _page(
    errand: Errand,
    errors: dict[str, str] | None = None,
    others: list[str] | None = None,
    locked: bool = False,
) -> str:
    return render_template(
        "commands/form.html",
        errand=errand,
        view=errand.view,
        specs=list(errand.command.fields.values()),
        values=errand.values,
        errors=errors or {},
        others=others or [],
        locked=locked,
        options=errand.options(),
        checked=errand.command.name in CHECKED,
        title=errand.title,
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
        ("act.stage", word("Stage", before.stage), word("Stage", after.stage)),
        ("case.lane.performance", *(_performed(s, records) for s in (before, after))),
        ("case.lane.repair", *(_repaired(s, records) for s in (before, after))),
    ]
    return [
        {"label": t(code), "before": was, "after": then, "changed": was != then}
        for code, was, then in lines
    ]


def _performed(state: Any, records: int) -> str:
    done = sum(r.performance == "fully" for r in state.records.values())
    return f"{done} / {records} {t('page.records')}"


def _repaired(state: Any, records: int) -> str:
    return f"{sum(r.repaired for r in state.records.values())} / {records} {t('page.records')}"


def _done(errand: Errand, receipt: Receipt) -> Answer:
    name = errand.command.name
    if name == "reveal_personal_data" and errand.view is not None:
        return _reveal(errand)
    if errand.view is None and name != "list_enterprise":
        flash(t(f"command.{name}.done"), "done")
        return redirect(url_for("worklist.page"), 303)
    number = errand.view.number if errand.view is not None else errand.number_of(receipt)
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
