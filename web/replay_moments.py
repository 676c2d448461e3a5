"""Any two moments of all cases side by side: the figures of both, and every case that differs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from casesys import (
    CHANGE_KINDS,
    COME_AND_GO,
    MOST_EXPORTED,
    ChangedCase,
    Compared,
    ComparedPage,
    PartingEntry,
    Permit,
    Question,
    Refused,
    TooMuchToFold,
    campaigns_of,
    compare_moments,
    compared_page,
    fact_label,
    fact_words,
    kind_of,
    local_day,
    moments_csv,
    moments_workbook,
    note_attempt,
    title_words,
    way_of,
)
from web.downloads import attached
from web.figure_changes import Books, books_asked, read_asked, state_words
from web.listing import ListQuery
from web.paging import page_asked
from web.permits import lets_in, permit, person
from web.reading import Asked, asked, day_of, language, system, t
from web.refusals import Told, sentence

blueprint = Blueprint("replay_moments", __name__)

BACK_DAYS = 7
"""So long ago is the first moment where none is named."""
NAMED_ENTRIES = 3
"""So many entries of a case are links; the others stand on its replay."""
ICONS = {"entered": "plus", "left": "cross", "changed": "right"}
FILES = {
    "csv": (moments_csv, "text/csv"),
    "xlsx": (
        moments_workbook,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


class _Wanted(NamedTuple):
    """What the address asks, and what of it could not be read."""

    before: Question
    after: Question
    kind: str
    campaign: str
    problems: list[str]


@blueprint.get("/replay")
@permit(Permit.READ)
def page() -> str:
    when = asked()
    wanted = _wanted(when)
    found, why_not = _compared(wanted)
    shown = compared_page(found, wanted.kind, page_asked()) if found else None
    now = Asked(None, None, when.today, when.now)
    states = [state_words(one, now) for one in (wanted.before, wanted.after)]
    return render_template(
        "replay/moments.html",
        found=found,
        why_not=why_not,
        shown=shown,
        wanted=wanted,
        states=states,
        kinds=_kinds(found, wanted) if found else [],
        figures=_figures(found, when) if found else [],
        rows=_rows(shown) if shown else [],
        campaigns=_campaigns(wanted.campaign),
        most=MOST_EXPORTED,
        files=_files(wanted),
        problems=wanted.problems,
        title=t("moments.title"),
        crumbs=[(t("moments.title"), None)],
    )


@blueprint.get("/replay.<any(csv, xlsx):kind>")
@permit(Permit.READ)
def export(kind: str) -> Response:
    """What differs as a file, of one kind where the address names one."""
    wanted = _wanted(asked())
    found, why_not = _compared(wanted)
    if found is None:
        raise Told(400, why_not)
    total = len(found.of_kind(wanted.kind))
    if total > MOST_EXPORTED:
        raise Told(400, t("export.too_many", n=total, most=MOST_EXPORTED))
    note_attempt(system(), person().id, "export_list")
    write, mimetype = FILES[kind]
    days = f"{wanted.before.as_of}-{wanted.after.as_of}"
    name = f"{t('moments.sheet')}-{days}.{kind}"
    return attached(write(found, wanted.kind, language()), mimetype, name)


def _wanted(when: Asked) -> _Wanted:
    query = ListQuery(when, (), ("all",), "all")
    problems: list[str] = []
    last = read_asked("to_day", day_of, problems) or when.as_of or local_day(when.now)
    week_ago = (date.fromisoformat(last) - timedelta(days=BACK_DAYS)).isoformat()
    first = read_asked("from_day", day_of, problems) or week_ago
    before, after = books_asked("from", problems), books_asked("to", problems)
    kind, campaign = query.choice("kind", CHANGE_KINDS), query.named("campaign")
    return _Wanted(
        (before or Books()).on(first),
        (after or Books()).on(last),
        kind,
        campaign,
        [*problems, *query.problems],
    )


def _compared(wanted: _Wanted) -> tuple[Compared | None, str]:
    """What differs, or why that cannot be said."""
    try:
        return compare_moments(system(), person(), wanted.before, wanted.after, wanted.campaign), ""
    except Refused as refused:
        return None, sentence(refused)
    except TooMuchToFold:
        return None, t("moments.too_wide_campaign" if wanted.campaign else "moments.too_wide")


def _address(wanted: _Wanted, **values: str | None) -> dict[str, Any]:
    """The arguments of this comparison in an address, with these instead."""
    kept = {
        name: request.args.get(name)
        for name in ("from_day", "from", "to_day", "to", "campaign", "kind")
    }
    kept["from_day"], kept["to_day"] = wanted.before.as_of, wanted.after.as_of
    return {name: value for name, value in (kept | values).items() if value}


def _files(wanted: _Wanted) -> list[dict[str, str]]:
    return [
        {
            "words": t(f"export.{kind}"),
            "href": url_for("replay_moments.export", kind=kind) + "?" + _query_string(wanted),
        }
        for kind in ("xlsx", "csv")
    ]


def _query_string(wanted: _Wanted) -> str:
    # The file's own kind stands in the path; the kind of change in the query.
    return url_for("replay_moments.page", **_address(wanted)).partition("?")[2]


def _kinds(found: Compared, wanted: _Wanted) -> list[dict[str, Any]]:
    """Every kind of change with how many cases it has, as links that narrow the list."""
    links = [
        {
            "words": t("moments.all_kinds"),
            "n": len(found.cases),
            "traffic": "",
            "href": url_for("replay_moments.page", **_address(wanted, kind=None)) + "#who",
            "current": not wanted.kind,
        }
    ]
    for kind, tally in found.tallies.items():
        if tally.cases or kind == wanted.kind:
            traffic = t("moments.traffic", entered=tally.entered, left=tally.left)
            links.append(
                {
                    "words": t(f"moments.kind.{kind}"),
                    "n": tally.cases,
                    "traffic": traffic if kind in COME_AND_GO else "",
                    "href": url_for("replay_moments.page", **_address(wanted, kind=kind)) + "#who",
                    "current": kind == wanted.kind,
                }
            )
    return links


def _figures(found: Compared, when: Asked) -> list[dict[str, Any]]:
    """Both values of every formula with their difference, those that moved first."""
    rows = [
        {
            "title": title_words(one.formula.name, language()),
            "unit": t(f"unit.{one.formula.unit.name.lower()}"),
            "before": one.before,
            "after": one.after,
            "moved": one.before != one.after,
            "numerator": signed(one.after.numerator - one.before.numerator),
            "denominator": signed(one.after.denominator - one.before.denominator),
            "points": _points(one.before.percent, one.after.percent),
            "href": _why(found, one.formula.name),
        }
        for one in found.figures
    ]
    return sorted(rows, key=lambda row: not row["moved"])


def signed(n: int) -> str:
    return f"+{n}" if n > 0 else f"−{-n}" if n else "0"


def _points(before: int | None, after: int | None) -> str:
    return "—" if before is None or after is None else signed(after - before)


def _why(found: Compared, figure: str) -> str:
    """Where the figure's own change is explained by its members and entries."""
    first, last = found.before, found.after
    if first.as_of != last.as_of:
        # Two days are compared there in one state of the books.
        return url_for(
            "figure_changes.page",
            figure=figure,
            from_day=first.as_of,
            as_of=last.as_of,
            to=_books(last),
        )
    books: dict[str, Any] = {"from": _books(first), "to": _books(last)}
    return url_for("figure_changes.page", figure=figure, as_of=last.as_of, **books)


def _books(asks: Question) -> str | None:
    return str(asks.position) if asks.position is not None else asks.known_at


def _rows(shown: ComparedPage) -> list[dict[str, Any]]:
    audits = lets_in("audit.entry", person())
    return [
        {
            "place": case.place,
            "href": _replay(case),
            "changes": [
                {
                    "kind": t(f"moments.kind.{kind_of(side)}"),
                    "icon": ICONS[way_of(side)],
                    "mark": t(f"moments.way.{way_of(side)}"),
                    "label": fact_label(side, language()),
                    "was": fact_words(side.kind, side.before, language(), shown.whole.logins),
                    "now": fact_words(side.kind, side.after, language(), shown.whole.logins),
                }
                for side in case.sides
            ],
            "n": len(case.entries),
            "entries": [
                _entry(case, step, audits=audits) for step in case.entries[-NAMED_ENTRIES:]
            ],
        }
        for case in shown.rows
    ]


def _replay(case: ChangedCase) -> str:
    n = case.entries[-1].version if case.entries else None
    return url_for("replay.page", name=case.place.number, n=n)


def _entry(case: ChangedCase, step: PartingEntry, *, audits: bool) -> dict[str, Any]:
    """One entry: played in its case, or for who audits opened in the log."""
    number = case.place.number
    if audits:
        href = url_for("audit.entry", position=step.position)
    else:
        href = url_for("replay.page", name=number, n=step.version)
    return {"position": step.position, "href": href}


def _campaigns(chosen: str) -> Sequence[str]:
    found = campaigns_of(system(), person())
    return found if not chosen or chosen in found else [chosen, *found]
