"""Proofs to take away: a signed checkpoint, an audit bundle, the program that judges bundles."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from casesys import (
    BUNDLED_CASE,
    MOST_AT_THE_COUNTER,
    Permit,
    StreamIsUnknown,
    joined_verifier,
    provable,
    sign_now,
    take_bundle,
)
from web.audit_desk import desk
from web.downloads import attached
from web.permits import permit, person
from web.reading import system, t
from web.refusals import Told

blueprint = Blueprint("audit_proofs", __name__)


@blueprint.get("/audit/proofs")
@permit(Permit.AUDIT)
def page() -> str:
    return _page({})


@blueprint.post("/audit/proofs/checkpoint")
@permit(Permit.AUDIT)
def checkpoint() -> Response:
    made = sign_now(system(), person())
    name = f"{t('proofs.checkpoint')}-{made.checkpoint.size}.txt"
    return attached(made.note.whole.encode(), "text/plain; charset=utf-8", name, "checkpoint.txt")


@blueprint.post("/audit/proofs/bundle")
@permit(Permit.AUDIT)
def bundle() -> Response | tuple[str, int]:
    whole = "whole" in request.form
    case = None if whole else request.form.get("case", "").strip()
    if case == "":
        return _page({"case": t("field.required")}), 422
    try:
        taken = take_bundle(system(), person(), case)
    except StreamIsUnknown:
        return _page({"case": t("proofs.no_case")}), 422
    except ValueError:
        raise Told(400, t("proofs.too_long", most=MOST_AT_THE_COUNTER)) from None
    about = t("proofs.whole") if case is None else case
    name = f"{t('proofs.bundle')}-{about}-{taken.size}.zip"
    return attached(taken.content, "application/zip", name, "audit-bundle.zip")


@blueprint.get("/audit/proofs/verify.py")
@permit(Permit.AUDIT)
def program() -> Response:
    return attached(joined_verifier().text, "text/x-python; charset=utf-8", "verify.py")


def _page(errors: dict[str, str]) -> str:
    return render_template(
        "audit/proofs.html",
        found=provable(system(), person()),
        spec=BUNDLED_CASE,
        typed=request.form.get("case", "")[:80],
        errors=errors,
        most=MOST_AT_THE_COUNTER,
        sha256=joined_verifier().sha256,
        **desk("proofs"),
    )
