"""What the next release would change, and who stands for it: a supervisor and an auditor sign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casesys import (
    ChangeSeen,
    NotPermitted,
    Permit,
    Refused,
    may_sign,
    moved_rows,
    odd_rates,
    rate_rows,
    see_change,
    sign_change,
)
from web.audit_desk import desk, topic_words
from web.permits import permit, person
from web.proving import ask_for_proof
from web.reading import language, system, t, who_words, word
from web.refusals import Told, sentence

blueprint = Blueprint("releases", __name__)

LONGEST = 80
SHOWN = 60
"""How many figures and how many cases the page lists; all stand in the command line's answer."""


@blueprint.get("/audit/releases")
@permit(Permit.AUDIT, Permit.APPROVE)
def page() -> str:
    seen = see_change(system(), person())
    frame = desk("releases")
    if Permit.AUDIT not in person().permits:
        frame |= {"desk_tabs": [], "crumbs": [(t("audit.place.releases"), None)]}
    parts = {} if seen is None else _parts(seen)
    return render_template("audit/releases.html", seen=seen, who=who_words, **parts, **frame)


def _parts(seen: ChangeSeen) -> dict[str, Any]:
    facts, again = seen.found.facts, seen.again
    figures, cases = facts["figures"], facts["cases"]
    today = [one for one in figures["today"] if one["before"] != one["after"]]
    others = [one for one in figures["rates"] if one not in today]
    moving = [one for one in cases["listed"] if one["moved"]]
    still = [one for one in cases["listed"] if not one["moved"]]
    # What all cases of an enterprise move together is told beside the first of them.
    together = {one["cases"][0]: one["moved"].get("all", ()) for one in cases["enterprises"]}
    return {
        "change": facts,
        "today": rate_rows(today, again, language()),
        "others": rate_rows(others[:SHOWN], {}, language()),
        "others_total": figures["differing"] - len(today),
        "odd": rate_rows(odd_rates(facts, again), again, language()),
        "cases": [_case(one, together) for one in [*moving, *still][:SHOWN]],
        "group": _group,
        "may_sign": may_sign(person(), seen.found) if seen.current else [],
        "command_id": str(uuid4()),
    }


def _case(one: Mapping[str, Any], together: Mapping[int, Any]) -> dict[str, Any]:
    return {
        "number": one["number"],
        "day": one["parted_on"],
        "by_time": one["by_time"],
        "moved": [
            *moved_rows(one["moved"], language()),
            *moved_rows(together.get(one["case_no"], ()), language()),
        ],
        "entries": [
            {
                "position": entry["position"],
                "day": entry["day"],
                "words": topic_words(entry["topic"]),
                "href": _entry(one["number"], entry),
            }
            for entry in one["entries"]
        ],
    }


def _entry(number: str, entry: Mapping[str, Any]) -> str:
    if Permit.AUDIT in person().permits:
        return url_for("audit.entry", position=entry["position"])
    return url_for("cases.entry", name=number, version=entry["version"])


def _group(row: Any) -> str:
    if row.by != "category":
        return str(row.group)
    return word("Category", row.group) if row.group else t("comparing.office")


@blueprint.post("/audit/releases/sign")
@permit(Permit.AUDIT, Permit.APPROVE)
def sign() -> Response | tuple[str, int]:
    """Sent twice, it is signed once."""
    if (page := ask_for_proof()) is not None:
        return page
    try:
        signed = sign_change(
            system(),
            person(),
            request.form.get("digest", "")[:LONGEST],
            request.form.get("role", "")[:LONGEST],
            request.form.get("command_id", "")[:LONGEST] or None,
        )
    except NotPermitted:
        raise
    except Refused as refused:
        raise Told(400, sentence(refused)) from refused
    flash(t("releases.signed", role=str(signed.role)), "done")
    return redirect(url_for("releases.page"), 303)
