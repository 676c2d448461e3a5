"""Personal data at their end: what falls due, certificates of erasures, the name of an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from casesys import (
    COMMANDS,
    Certificate,
    CertificateIsUnknown,
    FieldsRefused,
    Given,
    Permit,
    Refused,
    certificates_page,
    document_of_certificate,
    due_page,
    give_noted,
    judge_certificate,
    local_day,
    may_take_original,
    name_of,
    note_attempt,
    number_of_erasure,
    see_account,
    see_certificate,
)
from web.downloads import attached
from web.paging import MOST_DIGITS, page_asked
from web.permits import permit, person
from web.reading import day_of, evidence_store, system, t, who_words
from web.refusals import Told, sentence

blueprint = Blueprint("personal", __name__)

ERASE = "erase_personal_data"


@blueprint.get("/personal/due")
@permit(Permit.ERASE, Permit.AUDIT)
def due() -> str:
    """Everything whose period is over on a day; supervisors choose from it what they erase."""
    day, problem = _day()
    found = due_page(system(), person(), day, page_asked())
    ahead = found.day > local_day(system().now())
    return render_template(
        "personal/due.html",
        found=found,
        problem=problem,
        on=request.args.get("on", "")[:10],
        pick=request.args.get("pick") if request.args.get("pick") == "page" else "",
        # What is not due yet is only looked at.
        ahead=ahead,
        may_erase=Permit.ERASE in person().permits and not ahead,
        may_settle=Permit.INTAKE in person().permits,
        acts=[{"name": ERASE, "words": t(f"bulk.act.{ERASE}")}],
        title=t("personal.due"),
        crumbs=[(t("personal.title"), url_for("personal.page")), (t("personal.due"), None)],
    )


def _day() -> tuple[str | None, str | None]:
    try:
        return day_of(request.args.get("on", "")), None
    except (ValueError, OverflowError):
        return None, t("personal.no_day")


@blueprint.get("/personal")
@permit(Permit.ERASE, Permit.AUDIT)
def page() -> str | Answer:
    wanted = request.args.get("number", "").strip()[:40]
    if wanted:
        return redirect(url_for("personal.certificate", number=wanted), 303)
    return render_template(
        "personal/page.html",
        found=certificates_page(system(), person(), page_asked()),
        who=who_words,
        title=t("personal.title"),
        crumbs=[(t("personal.title"), None)],
    )


@blueprint.get("/personal/<number>")
@permit(Permit.ERASE, Permit.AUDIT)
def certificate(number: str) -> str:
    found = _seen(number)
    judged = judge_certificate(system(), person(), found.number)
    return render_template(
        "personal/certificate.html",
        found=found,
        data=found.entry.data,
        judged=judged,
        faults=[t(f"personal.fault.{fault}") for fault in judged.faults],
        fields=[_erased_of(found, one) for one in found.fields],
        who=who_words,
        title=t("personal.certificate", number=found.number),
        crumbs=[(t("personal.title"), url_for("personal.page")), (found.number, None)],
    )


@blueprint.get("/personal/<number>/document")
@permit(Permit.ERASE, Permit.AUDIT)
def document(number: str) -> Response:
    found = _seen(number)
    note_attempt(system(), person().id, "export_list")
    text = document_of_certificate(system(), found)
    return attached(text, "application/json", f"{found.number}.json")


@blueprint.get("/personal/entries/<int:position>")
@permit(Permit.ERASE, Permit.AUDIT)
def of_entry(position: int) -> Answer:
    """From an entry of the log to its certificate."""
    asked = len(str(position)) <= MOST_DIGITS
    number = number_of_erasure(system(), person(), position) if asked else None
    if number is None:
        abort(404)
    return redirect(url_for("personal.certificate", number=number), 303)


@blueprint.post("/personal/names/<uuid:account>")
@permit(Permit.AUDIT)
def name(account: UUID) -> str | tuple[str, int]:
    """Shown in the answer itself and nowhere else, after the reveal stands in the log."""
    view = see_account(system(), account)
    if view is None:
        abort(404)
    raw = {"explanation": request.form.get("explanation", "").strip()}
    raw = {part: value for part, value in raw.items() if value}
    given = Given(person(), account, command_id=str(uuid4()))
    problem = ""
    try:
        give_noted(system(), COMMANDS["reveal_name"], raw, given)
    except FieldsRefused as refused:
        problem = t(refused.problems["explanation"])
    except Refused as refused:
        if refused.code == "not_permitted":
            raise
        problem = sentence(refused)
    shown = render_template(
        "personal/name.html",
        login=view.line.login,
        account=account,
        name=None if problem else name_of(system(), account),
        problem=problem,
        title=t("personal.name_of", login=view.line.login),
        crumbs=[
            (t("place.accounts"), url_for("accounts.page")),
            (view.line.login, url_for("accounts.one", account=account)),
            (t("personal.name"), None),
        ],
    )
    return (shown, 422) if problem else shown


@blueprint.get("/evidence/<sha256>/original")
@permit(Permit.REVEAL)
def original(sha256: str) -> Response:
    """The file to the bit, with all that a camera wrote into it: for whoever just said why."""
    if not may_take_original(system(), person(), sha256):
        raise Told(403, t("personal.original_asks"))
    content = evidence_store().read(sha256)
    note_attempt(system(), g.person.id, "take_original")
    kinds = {b"\xff\xd8\xff": "jpg", b"\x89PNG": "png", b"RIFF": "webp", b"%PDF": "pdf"}
    kind = next((k for mark, k in kinds.items() if content.startswith(mark)), "bin")
    answer = attached(content, "application/octet-stream", f"{sha256[:12]}.{kind}")
    # Nobody's browser keeps it: the next one who wants it says why anew.
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _seen(number: str) -> Certificate:
    try:
        return see_certificate(system(), person(), number)
    except CertificateIsUnknown as unknown:
        raise Told(404, sentence(unknown)) from unknown


def _erased_of(found: Certificate, one: Mapping[str, Any]) -> dict[str, Any]:
    """One entry that was erased: its kind, and the names of its fields in words."""
    topic, names = found.topics[one["version"]], one["fields"]
    return {
        "version": one["version"],
        "topic": t(f"topic.{topic}"),
        "fields": t("page.comma").join(t(f"personal.field.{name}") for name in names),
    }
