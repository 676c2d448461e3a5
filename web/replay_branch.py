"""What if: a case without one of its entries, or with it on another day; nothing is written."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from casesys import (
    Branch,
    BranchKind,
    BranchRepair,
    Frame,
    NoSuchBranch,
    Permit,
    branch_of,
    local_day,
    see_case,
    sides_of,
    title_words,
)
from web.case_timeline import entry_title
from web.cases import crumbs
from web.facts import brief
from web.paging import MOST_DIGITS
from web.permits import lets_in, permit, person
from web.reading import Asked, asked, day_of, language, system, t, who_words
from web.refusals import Told
from web.replay_moments import signed
from web.replay_words import compared

blueprint = Blueprint("replay_branch", __name__)

OTHER_DAY = (BranchKind.HAPPENED, BranchKind.RECORDED)
LONGEST = 40


@blueprint.get("/cases/<name>/without/<int:version>")
@permit(Permit.READ)
def without(name: str, version: int) -> str:
    """The case as if this entry had not been recorded."""
    return _page(name, version, BranchKind.WITHOUT, None, [])


@blueprint.get("/cases/<name>/had/<int:version>")
@permit(Permit.READ)
def had(name: str, version: int) -> str:
    """The case as if this entry had happened, or had been recorded, on another day."""
    problems: list[str] = []
    text = request.args.get("on", "")
    try:
        on = day_of(text)
    except (ValueError, OverflowError):
        problems.append(t("branch.no_such_day", value=text.strip()[:LONGEST]))
        on = None
    clock = request.args.get("clock", "")
    if clock and clock not in OTHER_DAY:
        problems.append(t("list.unknown_value", name="clock", value=clock[:LONGEST]))
    kind = BranchKind(clock) if clock in OTHER_DAY else BranchKind.HAPPENED
    return _page(name, version, kind, on, problems)


def _page(name: str, version: int, kind: BranchKind, on: str | None, problems: list[str]) -> str:
    if len(str(version)) > MOST_DIGITS:
        abort(404)
    when = asked()
    view = see_case(system(), name, person())
    entry = view.entry(version)
    if entry is None:
        abort(404)
    found = None
    if kind == BranchKind.WITHOUT or on is not None:
        try:
            found = branch_of(
                system(), person(), name, version, kind, on, when.as_of, when.known_at
            )
        except NoSuchBranch as none:
            if none.code == "branch.opens":
                raise Told(409, t(none.code)) from none
            problems.append(t(none.code))
    moment = view.moment(entry)
    title = t(f"branch.title.{kind}", n=version, what=entry_title(moment))
    return render_template(
        "replay/branch.html",
        view=view,
        when=when,
        entry=entry,
        moment=moment,
        kind=kind,
        on=on or local_day(entry.occurred_at),
        words=brief(view, moment),
        title_of_entry=entry_title(moment),
        audit=url_for("audit.entry", position=entry.position)
        if lets_in("audit.entry", person())
        else None,
        problems=problems,
        title=title,
        crumbs=[*crumbs(view, title)],
        **_told(found, when) if found else {"found": None},
    )


def _told(found: Branch, when: Asked) -> dict[str, Any]:
    """What the branch comes to, in words."""
    view, asks = found.view, found.asked
    frame = Frame(found.entry.version, None, found.before, found.after, asks.as_of)
    books = asks.known_at or when.now
    return {
        "found": found,
        "told": t(f"branch.told.{found.kind}", **_days(found)),
        "asked_words": t("branch.asked", day=asks.as_of, at=books),
        "compared": compared(frame, sides_of(frame, view.workdays), view),
        "judged": [
            {
                "n": one.entry.version,
                "title": entry_title(view.moment(one.entry)),
                "href": url_for("replay.page", name=view.number, n=one.entry.version),
                "itself": one.entry.version == found.entry.version,
                "by": who_words(view.moment(one.entry).who),
                "broken": [t(f"finding.{code}") for code in one.broken],
                "kept": [t(f"finding.{code}") for code in one.kept],
            }
            for one in found.judged
        ],
        "repairs": [
            {
                "number": number,
                "changed": was != now,
                "was": _repair(was),
                "now": _repair(now),
            }
            for number, was, now in found.repairs
        ],
        "figures": [
            {
                "title": title_words(one.formula.name, language()),
                "unit": t(f"unit.{one.formula.unit.name.lower()}"),
                "now": one.now,
                "then": one.then,
                "numerator": signed(one.then.numerator - one.now.numerator),
                "denominator": signed(one.then.denominator - one.now.denominator),
            }
            for one in found.figures
        ],
    }


def _days(found: Branch) -> dict[str, str]:
    other = found.instead
    if other is None:
        return {}
    return {"happened": local_day(other.occurred_at), "recorded": local_day(other.recorded_at)}


def _repair(one: BranchRepair | None) -> str:
    """From when on, and what stands against it besides the day."""
    if one is None:
        return t("change.none")
    opens = t("branch.opens_on", day=one.opens_on) if one.opens_on else t("branch.never_opens")
    parts = [opens, *([t("clock.provisional")] if one.provisional else [])]
    if one.missing:
        missing = t("page.comma").join(t(f"finding.{code}") for code in one.missing)
        parts.append(t("branch.missing", what=missing))
    return " · ".join(parts)
