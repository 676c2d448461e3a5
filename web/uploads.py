"""Lists sent in the browser: every row's answer, and the rows that wait for a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casesys import (
    COMMANDS,
    LISTING_RESULTS,
    Answered,
    FieldsRefused,
    Given,
    HeldView,
    Permit,
    Refused,
    Spec,
    WorkbookRefused,
    answer_listing,
    give_noted,
    held_page,
    held_view,
    see_upload,
    unit_names,
    uploads_page,
)
from web.errands import COMMAND_ID, refusal_by_field
from web.paging import page_asked, sliced
from web.permits import permit, person
from web.reading import asked, system, t
from web.upload_rows import (
    answered,
    counted,
    in_words,
    left_out,
    list_name,
    plain_name,
    settled_words,
    tabs_of,
    waiting,
)

blueprint = Blueprint("uploads", __name__)

MOST_TRIED = 500
"""How many rows the answer of a dry run shows; it is no page that could be turned."""

ROWS_A_PAGE = 50
ROW_FIELDS = (
    "name",
    "uscc",
    "which_name",
    "town",
    "category",
    "number",
    "authority",
    "decided_on",
    "amount_fen",
    "listed_on",
    "unit",
    "remark",
    "decision",
    "explanation",
)
FIELD_OF = {
    "row_needs_amount": "amount_fen",
    "row_needs_explanation": "explanation",
    "row_needs_name": "which_name",
    "row_decided_after_listing": "decided_on",
    "not_yet_happened": "listed_on",
}
Page = str | Response | tuple[str, int]


@blueprint.get("/uploads")
@permit(Permit.INTAKE, Permit.AUDIT)
def page() -> Page:
    return _page()


@blueprint.post("/uploads", endpoint="receive")
@permit(Permit.INTAKE)
def receive() -> Page:
    """Take a list in, which has an address from then on, or only try it, which has none."""
    file = request.files.get("file")
    campaign = request.form.get("campaign", "").strip()
    dry_run = "dry_run" in request.form
    if file is None or not file.filename:
        return _page({"file": t("workbook.no_file")}), 422
    data = file.read()
    if not data:
        return _page({"file": t("workbook.empty")}), 422
    try:
        done = answer_listing(
            system(),
            data,
            person(),
            file_name=plain_name(file.filename),
            campaign=campaign or None,
            dry_run=dry_run,
        )
    except WorkbookRefused as refused:
        field = "campaign" if refused.code.startswith("campaign.") else "file"
        return _page({field: t(refused.code, **refused.values)}), 422
    if dry_run:
        return _tried(done)
    flash(_told(done), "soon" if done.before else "done")  # type: ignore[arg-type]
    return redirect(url_for("uploads.one", upload=done.upload), 303)


@blueprint.get("/uploads/<uuid:upload>")
@permit(Permit.INTAKE, Permit.AUDIT)
def one(upload: UUID) -> Page:
    view = see_upload(system(), upload, asked().until)
    if view is None:
        abort(404)
    only = request.args.get("result")
    only = only if only in LISTING_RESULTS else None
    rows = [row for row in view.answers if only in (None, row["result"])]
    stretch = sliced(rows, ROWS_A_PAGE)
    return render_template(
        "uploads/one.html",
        view=view,
        name=list_name(view.row),
        told=counted(view.counts),
        tabs=tabs_of(view, only),
        rows=[answered(row, upload) for row in stretch.rows],
        sheets=left_out(view),
        stretch=(stretch.first, stretch.last, stretch.total, stretch.page, stretch.pages),
        crumbs=[(t("place.uploads"), url_for("uploads.page")), (list_name(view.row), None)],
    )


@blueprint.get("/uploads/held")
@permit(Permit.INTAKE, Permit.AUDIT)
def held() -> Page:
    found = held_page(system(), page_asked(), asked().until)
    return render_template(
        "uploads/held.html",
        found=found,
        rows=[waiting(row) for row in found.rows],
        may_settle=Permit.INTAKE in person().permits,
        crumbs=[(t("place.uploads"), url_for("uploads.page")), (t("uploads.held_title"), None)],
    )


@blueprint.route("/uploads/<uuid:upload>/held/<int:version>", methods=["GET", "POST"])
@permit(Permit.INTAKE)
def settle(upload: UUID, version: int) -> Page:
    view = held_view(system(), upload, version)
    if view is None:
        abort(404)
    command = COMMANDS["settle_row"]
    if request.method != "POST" or view.row["decision"] is not None:
        return _form(view, _prefilled(view), {}, [])
    typed = {name: request.form.get(name, "") for name in ROW_FIELDS}
    raw = {name: value for name, value in typed.items() if value}
    raw |= {"upload": str(upload), "sheet": view.row["sheet"], "row": view.row["row_no"]}
    given = request.form.get("command_id", "")
    try:
        give_noted(
            system(),
            command,
            raw,
            Given(person(), command_id=given if COMMAND_ID.match(given) else str(uuid4())),
        )
    except FieldsRefused as refused:
        errors = {name: t(code) for name, code in refused.problems.items()}
        return _form(view, typed, errors, []), 422
    except Refused as refused:
        if refused.code == "not_permitted":
            raise
        errors, others = refusal_by_field(command, refused)
        if others and refused.code in FIELD_OF:
            errors, others = {FIELD_OF[refused.code]: others[0]}, []
        return _form(view, typed, errors, others), 422
    flash(_settled(upload, version), "done")  # type: ignore[arg-type]
    return redirect(url_for("uploads.held"), 303)


# -- the page of uploads ------------------------------------------------------------------------


def _page(errors: Mapping[str, str] | None = None) -> str:
    found, still = uploads_page(system(), page_asked(), asked().until)
    return render_template(
        "uploads/page.html",
        found=found,
        rows=[row | {"shown": list_name(row)} for row in found.rows],
        waiting=still,
        may_import=Permit.INTAKE in person().permits,
        errors=errors or {},
        campaign=request.form.get("campaign", "")[:60],
        dry_run="dry_run" in request.form,
        crumbs=[(t("place.uploads"), None)],
    )


def _tried(done: Answered) -> str:
    order = {result: at for at, result in enumerate(("held", "rejected", "duplicate"))}
    rows = sorted(done.rows, key=lambda row: order.get(row["result"], len(order)))
    return render_template(
        "uploads/tried.html",
        told=counted(done.counts),
        name=done.file_name or t("uploads.unnamed"),
        rows=[_as_tried(row) for row in rows[:MOST_TRIED]],
        left_out=len(rows) > MOST_TRIED,
        most=MOST_TRIED,
        crumbs=[(t("place.uploads"), url_for("uploads.page")), (t("uploads.dry_title"), None)],
    )


def _as_tried(answer: Mapping[str, Any]) -> dict[str, Any]:
    """A row that would be taken: its case is not there yet."""
    shown = answered(answer, None) | {"case": None}
    if answer["result"] == "accepted":
        shown["tag"] = t("uploads.acceptable")
    return shown


def _told(done: Answered) -> dict[str, Any]:
    if done.before:
        return {"title": t("uploads.known_title"), "words": t("uploads.known_words")}
    counts = done.counts
    words = t("uploads.done_words", held=counts["held"], rejected=counts["rejected"])
    told = {"title": t("uploads.done_title", accepted=counts["accepted"]), "words": words}
    if counts["held"]:
        told |= {"href": url_for("uploads.held"), "act": t("uploads.see_held")}
    return told


# -- settling -----------------------------------------------------------------------------------


def _form(
    view: HeldView, values: Mapping[str, Any], errors: Mapping[str, str], others: Sequence[str]
) -> str:
    why = [in_words(problem, view.row["row_no"]) for problem in view.row["problems"]]
    fields = COMMANDS["settle_row"].fields
    faulty = {_form_name(p["field"]) for p in view.row["problems"]}
    names = [n for n in ROW_FIELDS if n != "which_name" or "name" in faulty or n in errors]
    return render_template(
        "uploads/settle.html",
        view=view,
        why=why,
        specs=[_spec(fields[name], values, faulty) for name in names],
        values=values,
        errors=errors,
        marked=_marked(view, why) | dict(errors),
        others=others,
        options={"unit": [(unit, unit) for unit in unit_names(system())]},
        command_id=request.form.get("command_id") or str(uuid4()),
        settled=_already(view),
        list_name=list_name(view.upload),
        fixes=any(problem.get("suggestion") for problem in view.row["problems"]),
        crumbs=[
            (t("place.uploads"), url_for("uploads.page")),
            (t("uploads.held_title"), url_for("uploads.held")),
            (t("uploads.settle_title"), None),
        ],
    )


def _spec(spec: Spec, values: Mapping[str, Any], faulty: Collection[str]) -> Spec:
    """A field that the list filled in, or that holds it up, is not one that may be left out."""
    asked_for = bool(values.get(spec.name)) or spec.name in faulty
    return replace(spec, required=True) if asked_for and not spec.sealed else spec


def _already(view: HeldView) -> str | None:
    if view.row["decision"] is None:
        return None
    return settled_words({"by": view.row["settled_by_login"], "decision": view.row["decision"]})


def _marked(view: HeldView, why: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The faulty fields of the row, each with what is wrong, before anything was typed."""
    marked = {}
    for problem, said in zip(view.row["problems"], why, strict=True):
        words = said["words"]
        if said["fix"]:
            words = t("uploads.with_fix", words=words, fix=said["fix"])
        marked[_form_name(problem["field"])] = words
    return marked


def _prefilled(view: HeldView) -> dict[str, Any]:
    """The row as it was read; on demand with the nearest fix in the faulty fields."""
    values = {name: view.values.get(name) or "" for name in ROW_FIELDS}
    fen = view.values.get("amount_fen")
    values["amount_fen"] = f"{fen // 100}.{fen % 100:02d}" if fen is not None else ""
    if "fix" in request.args:
        for problem in view.row["problems"]:
            if problem.get("suggestion"):
                values[_form_name(problem["field"])] = problem["suggestion"]
    return values


def _form_name(field: str) -> str:
    return "amount_fen" if field == "amount" else field


def _settled(upload: UUID, version: int) -> dict[str, Any]:
    view = held_view(system(), upload, version)
    told: dict[str, Any] = {"title": t("command.settle_row.done")}
    if view is not None and view.row["case_number"]:
        number = view.row["case_number"]
        told |= {"words": t("uploads.into_case", number=number)}
        told |= {"href": url_for("cases.page", name=number), "act": t("uploads.see_case")}
    return told
