"""Receipts of figures: publish what a page shows, hand it out, and ask the log whether it holds."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from casesys import (
    GROUPINGS,
    PURPOSE,
    CountingUnit,
    FieldsRefused,
    FigureReceiptIsUnknown,
    LineView,
    Permit,
    Question,
    ReceiptView,
    Refused,
    Verified,
    document_of,
    find_receipt,
    note_attempt,
    publish_page,
    receipt_csv,
    receipt_members,
    receipt_workbook,
    receipts_page,
    see_receipt,
    verify,
)
from web.downloads import attached
from web.paging import page_asked
from web.permits import lets_in, permit, person
from web.reading import asked, language, system, t, who_words
from web.refusals import Told, sentence

blueprint = Blueprint("receipts", __name__)

MIMETYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
COUNTED_IN = {"record": CountingUnit.RECORD, "enterprise": CountingUnit.ENTERPRISE}
LONGEST_ID = 60
MOST_SHOWN = 50
"""How many members of one side a verdict names; the command line names all."""


@blueprint.get("/figures/receipts")
@permit(Permit.READ)
def page() -> str | Answer:
    asked()
    wanted = request.args.get("number", "").strip()
    if wanted:
        return redirect(url_for("receipts.one", number=wanted[:LONGEST_ID]), 303)
    return _listed()


def _listed(problem: str | None = None) -> str:
    return render_template(
        "receipts/page.html",
        found=receipts_page(system(), person(), page_asked()),
        who=who_words,
        may_verify=lets_in("receipts.judge", person()),
        problem=problem,
        title=t("receipts.title"),
        crumbs=_crumbs(),
    )


@blueprint.get("/figures/receipts/new")
@permit(Permit.APPROVE)
def new() -> str:
    return _form({})


@blueprint.post("/figures/receipts/new")
@permit(Permit.APPROVE)
def publish() -> Answer | tuple[str, int]:
    """Compute what the page of figures shows and give it out; sent twice, it is given out once."""
    when = asked()
    by, counted_in = _grouping()
    try:
        receipt = publish_page(
            system(),
            person(),
            Question(when.as_of or when.today, when.known_at),
            by,
            COUNTED_IN[counted_in],
            request.form.get("purpose", ""),
            request.form.get("command_id", "")[:LONGEST_ID] or None,
        )
    except FieldsRefused as refused:
        return _form({name: t(code) for name, code in refused.problems.items()}), 422
    except Refused as refused:
        raise Told(400, sentence(refused)) from refused
    return redirect(url_for("receipts.one", number=receipt.number), 303)


def _grouping() -> tuple[str, str]:
    """As the page of figures was asked; what it does not know is its own choice."""
    by, counted_in = request.args.get("by", ""), request.args.get("in", "")
    return (
        by if by in GROUPINGS else "town",
        counted_in if counted_in in COUNTED_IN else "record",
    )


def _form(errors: dict[str, str]) -> str:
    when = asked()
    by, counted_in = _grouping()
    # Only what we know of the address goes on: any other name may mean something to a route.
    keep: dict[str, Any] = {**when.query, "by": by, "in": counted_in}
    return render_template(
        "receipts/new.html",
        when=when,
        by=by,
        counted_in=counted_in,
        as_of=when.as_of or when.today,
        action=url_for("receipts.publish", **keep),
        back=url_for("figures.page", **keep),
        spec=PURPOSE,
        errors=errors,
        command_id=request.form.get("command_id") or str(uuid4()),
        title=t("receipts.publish"),
        crumbs=[(t("place.figures"), url_for("figures.page")), (t("receipts.publish"), None)],
    )


@blueprint.get("/figures/receipts/<number>")
@permit(Permit.READ)
def one(number: str) -> str:
    asked()
    view = _seen(number)
    return render_template(
        "receipts/one.html",
        view=view,
        receipt=view.receipt,
        change=lambda line: _change(view, line),
        who=who_words,
        may_verify=lets_in("receipts.judge", person()),
        title=t("receipts.one", number=view.receipt.number),
        crumbs=_crumbs(view.receipt.number),
    )


def _change(view: ReceiptView, line: LineView) -> str:
    """Where it is told why a rate is another today; empty of a part that is not asked there."""
    if not line.is_rate or line.query.keys() - {"category"}:
        return ""
    receipt = view.receipt
    asks: dict[str, Any] = {**line.query, "as_of": receipt.as_of, "figure": line.line.figure}
    asks["from"] = receipt.position
    return url_for("figure_changes.page", **asks)


@blueprint.get("/figures/receipts/<number>/document")
@permit(Permit.READ)
def document(number: str) -> Response:
    """The document byte for byte: its SHA-256 is the one that the log holds."""
    receipt = _known(number)
    kept = document_of(system(), receipt)
    if kept is None:
        raise Told(404, t("receipts.document_is_lost", number=receipt.number))
    return _sent(kept.text, receipt.number, "json", "application/json")


@blueprint.get("/figures/receipts/<number>/table.<any(csv, xlsx):kind>")
@permit(Permit.READ)
def table(number: str, kind: str) -> Response:
    view = _seen(number)
    made = receipt_csv if kind == "csv" else receipt_workbook
    return _sent(made(view, language()), view.receipt.number, kind, MIMETYPES[kind])


@blueprint.get("/figures/receipts/<number>/<int:line>/<any(numerator, denominator):side>")
@permit(Permit.READ)
def members(number: str, line: int, side: str) -> str:
    """Whom one side of a published figure counted when it was published."""
    asked()
    receipt = _known(number)
    found = receipt_members(system(), person(), number, line, side, page_asked(), language())
    if found is None:
        abort(404)
    return render_template(
        "receipts/members.html",
        found=found,
        side=side,
        title=t("receipts.members", what=t(f"receipts.side.{side}"), number=found.line.number),
        crumbs=[*_crumbs(receipt.number, linked=True), (found.line.title, None)],
    )


@blueprint.post("/figures/receipts")
@permit(Permit.AUDIT)
def judge() -> str | tuple[str, int]:
    """What the log says to a receipt: to its number, or to the file that somebody sent us."""
    file = request.files.get("file")
    given: str | bytes = request.form.get("number", "").strip()
    if file is not None and file.filename:
        given = file.read()
    if not given:
        return _listed(t("receipts.nothing_given")), 422
    found = verify(system(), person(), given)
    return render_template(
        "receipts/verified.html",
        found=found,
        told=_told(found),
        most=MOST_SHOWN,
        title=t("receipts.verified"),
        crumbs=[*_crumbs(t("receipts.verified"))],
    )


def _told(found: Verified) -> str:
    return t(f"receipts.verdict.{found.verdict}", number=found.number)


def _seen(number: str) -> ReceiptView:
    try:
        return see_receipt(system(), person(), number, language())
    except FigureReceiptIsUnknown as unknown:
        raise Told(404, sentence(unknown)) from unknown


def _known(number: str) -> Any:
    try:
        return find_receipt(system(), person(), number)
    except FigureReceiptIsUnknown as unknown:
        raise Told(404, sentence(unknown)) from unknown


def _crumbs(last: str | None = None, linked: bool = False) -> list[tuple[str, str | None]]:
    first: list[tuple[str, str | None]] = [(t("place.figures"), url_for("figures.page"))]
    if last is None:
        return [*first, (t("receipts.title"), None)]
    here = url_for("receipts.one", number=last) if linked else None
    return [*first, (t("receipts.title"), url_for("receipts.page")), (last, here)]


def _sent(content: bytes, name: str, kind: str, mimetype: str) -> Response:
    note_attempt(system(), person().id, "export_list")
    return attached(content, mimetype, f"{name}.{kind}")
