"""What the doctor proved last, as its signed page, and every time before."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for

from casesys import Permit, Proven, proven_at, proven_page, say
from web.audit_desk import desk
from web.downloads import attached
from web.permits import permit, person
from web.reading import language, system, t

blueprint = Blueprint("audit_proven", __name__)


@blueprint.get("/audit/proven")
@permit(Permit.AUDIT)
def page() -> str:
    asked = request.args.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 1
    earlier = proven_page(system(), person(), number)
    newest = earlier.rows[0] if number == 1 and earlier.rows else None
    return _page(newest, earlier=earlier)


@blueprint.get("/audit/proven/<at>")
@permit(Permit.AUDIT)
def one(at: str) -> str:
    return _page(_found(at), earlier=None, last=t("format.instant", at=_found(at).at))


@blueprint.get("/audit/proven/<at>.txt")
@permit(Permit.AUDIT)
def text(at: str) -> Response:
    found = _found(at)
    name = t("proven.file", at=found.at[:19].replace(":", ""))
    content = found.whole.encode("utf-8", "replace")
    return attached(content, "text/plain; charset=utf-8", f"{name}.txt", "proven.txt")


def _found(at: str) -> Proven:
    return proven_at(system(), person(), at[:40]) or abort(404)


def _page(shown: Proven | None, *, last: str | None = None, **more: Any) -> str:
    frame = desk("proofs")
    own = (t("proven.title"), url_for("audit_proven.page") if last else None)
    root, place = frame["crumbs"]
    frame["crumbs"] = [root, (place[0], url_for("audit_proofs.page")), own]
    if last:
        frame["crumbs"].append((last, None))
    said = [
        (where, name, say(remark.code, language(), **remark.values))
        for where, name, remark in (shown.named if shown else ())
    ]
    return render_template("audit/proven.html", shown=shown, said=said, **more, **frame)
