"""Proposals that wait for a second person: the list, and each with all that a decision needs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from casesys import (
    COMMANDS,
    CaseView,
    Permit,
    ProposalView,
    entry_view,
    known,
    neighbours,
    next_to_decide,
    see_proposal,
    waiting_page,
)
from web.case_files import kept_as
from web.case_timeline import moment_item
from web.cases import look
from web.errands import Errand
from web.facts import FILES, OPENED, brief, described, evidence, record_number
from web.paging import page_asked
from web.permits import permit, person
from web.reading import Asked, asked, system, t, who_words, word
from web.refusals import Told, sentence

blueprint = Blueprint("approvals", __name__)

EVIDENCE = frozenset({"case.photo_added", "case.commitment_signed"})
"""Acts that are evidence even where no file came with them."""


@blueprint.get("/approvals")
@permit(Permit.APPROVE)
def page() -> str:
    _present()
    answer = waiting_page(system(), person(), page_asked())
    return render_template(
        "approvals/page.html",
        answer=answer,
        rows=[
            {
                "waiting": one,
                "words": word("Proposal", one.kind),
                "href": url_for("approvals.proposal", name=one.number, key=one.key),
                "who": who_words(one.by),
                "against": [sentence(refused) for refused in one.against],
            }
            for one in answer.rows
        ],
        title=t("approvals.title"),
        crumbs=_crumbs(),
    )


@blueprint.get("/approvals/next")
@permit(Permit.APPROVE)
def following() -> Response:
    """On to the oldest proposal that this reader may decide; to the list where none is left."""
    _present()
    found = next_to_decide(system(), person())
    if found is None:
        return redirect(url_for("approvals.page"), 303)
    return redirect(url_for("approvals.proposal", name=found[0], key=found[1]), 303)


@blueprint.get("/approvals/<name>/<path:key>")
@permit(Permit.APPROVE)
def proposal(name: str, key: str) -> str | Response:
    when = _present()
    if not known(f"choice.Proposal.{key.partition(':')[0]}"):
        abort(404)
    view = look(name, when)
    found = see_proposal(system(), view, key, person())
    if found is None:
        # Somebody decided meanwhile, or an old link: the case says what became of it.
        flash(t("approvals.decided"), "soon")
        return redirect(url_for("cases.page", name=view.number), 303)
    entry = entry_view(view, found.proposed.version)
    assert entry is not None
    title = t("approvals.one", what=word("Proposal", found.kind))
    beside = neighbours(system(), person(), view.number, key)
    return render_template(
        "approvals/proposal.html",
        view=view,
        found=found,
        facts=described(view, entry),
        who=who_words(entry.moment.who),
        needs=[_need(need) for need in found.needs],
        evidence=_evidence(view),
        beside=beside,
        before=_address(beside.previous),
        after=_address(beside.following),
        moments=[moment_item(view, m, when) for m in view.moments if m.entry.topic != OPENED],
        about=record_number(view, found.record) if found.record else None,
        confirm=_errand(view, found, found.confirm),
        send_back=_errand(view, found, "send_back"),
        against=[sentence(refused) for refused in found.against_confirming],
        against_sending_back=[sentence(refused) for refused in found.against_sending_back],
        title=title,
        crumbs=[*_crumbs(url_for("approvals.page")), (f"{view.number} {title}", None)],
    )


def _address(one: tuple[str, str] | None) -> str | None:
    return None if one is None else url_for("approvals.proposal", name=one[0], key=one[1])


def _present() -> Asked:
    """What waits is a question of today: nothing is decided in the past."""
    when = asked()
    if when.past:
        raise Told(409, t("approvals.past"))
    return when


def _crumbs(href: str | None = None) -> list[tuple[str, str | None]]:
    return [(t("place.worklist"), url_for("worklist.page")), (t("approvals.title"), href)]


def _errand(view: CaseView, found: ProposalView, command: str) -> dict[str, Any]:
    """Where a form leads and what it carries: the command's own page takes it from there."""
    errand = Errand.on_case(view, COMMANDS[command])
    carried = dict(errand.hidden)
    if command == "send_back":
        carried["proposal"] = found.kind
    if found.record is not None:
        carried["record"] = found.record
    return {
        "action": url_for("commands.form", name=view.number, command=command),
        "hidden": carried,
        "words": errand.title,
        "specs": [s for n, s in errand.command.fields.items() if n not in {*carried, "record"}],
    }


def _need(need: Any) -> dict[str, Any]:
    code = f"approvals.need.{need.name}"
    words = t(code, done=need.done, wanted=need.wanted) if known(code) else ""
    return {"words": words or t(f"case.step.{need.name}"), "present": need.present}


def _evidence(view: CaseView) -> list[dict[str, Any]]:
    """Photographs, commitments and whatever else holds a file; what was voided is none."""
    found = []
    for moment in view.moments:
        entry = moment.entry
        files = [entry.data[name] for name in sorted(FILES) if entry.data.get(name)]
        if moment.voided or not (files or entry.topic in EVIDENCE):
            continue
        found.append(
            {
                "words": t(f"topic.{entry.topic}"),
                "brief": brief(view, moment),
                "href": url_for("cases.entry", name=view.number, version=entry.version),
                "at": entry.occurred_at,
                "who": who_words(moment.who),
                "files": [_file(sha256) for sha256 in files],
            }
        )
    return found


def _file(sha256: str) -> dict[str, Any]:
    """A picture is shown small beside its entry; a document is only named."""
    kept = kept_as(sha256)
    small = url_for("evidence.file", sha256=sha256, size="small") if kept == "picture" else None
    return {"href": evidence(sha256) if kept else None, "picture": small}
