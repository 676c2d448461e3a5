"""The worklist: every case that asks something of the office, and by when."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from casesys import (
    BULK_COMMANDS,
    COMMANDS,
    LONGEST_NAME,
    MOST_EXPORTED,
    MOST_IN_BULK,
    MOST_VIEWS,
    SORTS,
    WORK_VIEWS,
    Given,
    ListAnswer,
    Permit,
    Refused,
    Row,
    SavedView,
    as_csv,
    as_workbook,
    drop_view,
    give_noted,
    note_attempt,
    rename_view,
    save_view,
    see_case,
    views_of,
)
from web.downloads import attached
from web.errands import COMMAND_ID
from web.listing import ListQuery, lists, step_words
from web.permits import permit, person
from web.reading import Asked, asked, language, system, t, word
from web.refusals import Told, sentence

blueprint = Blueprint("worklist", __name__)

CONDITIONS = ("q", "category", "stage", "unit", "town", "due", "impediment", "contact", "repair")
OPEN_CONDITIONS = 6
TONES = {"today": "soon", "overdue": "late"}
FILES = {
    "csv": (as_csv, "text/csv"),
    "xlsx": (as_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
PICKS = ("", "page", "all")
FIRST_SORT = "due"


@blueprint.get("/")
@permit(Permit.READ)
def page() -> str:
    when = asked()
    query = _query(when)
    sort = query.sort(FIRST_SORT)
    wanted = query.wanted(CONDITIONS)
    answer = lists().work(person(), query.view, wanted, sort, query.page, when)
    conditions = query.conditions(answer, CONDITIONS)
    mine = views_of(system(), person())
    here = next((view for view in mine if view.id == request.args.get("saved")), None)
    return render_template(
        "worklist/page.html",
        answer=answer,
        query_of=query,
        sort=sort,
        conditions=conditions,
        open_conditions=OPEN_CONDITIONS,
        chips=query.chips(conditions),
        tabs=_tabs(query, answer, mine, here),
        saved=here,
        most_views=MOST_VIEWS,
        longest_name=LONGEST_NAME,
        told=_told(answer, query.view),
        remark=remark,
        step_words=step_words,
        step_link=_step_link(when.past),
        may_claim=not when.past and Permit.ADVANCE in person().permits,
        acts=[] if when.past else _acts(),
        pick=query.choice("pick", PICKS),
        most=MOST_IN_BULK,
        most_exported=MOST_EXPORTED,
        new_id=lambda: str(uuid4()),
        title=here.name if here else t(f"view.{query.view}"),
        crumbs=[
            (t("place.worklist"), None),
            (here.name if here else t(f"view.{query.view}"), None),
        ],
    )


@blueprint.get("/worklist.<any(csv, xlsx):kind>")
@permit(Permit.READ)
def export(kind: str) -> Response:
    """The list of this query as a file, whole, in the order in which it stands."""
    when = asked()
    query = _query(when)
    wanted, sort = query.wanted(CONDITIONS), query.sort(FIRST_SORT)
    answer = lists().work(person(), query.view, wanted, sort, 1, when, MOST_EXPORTED)
    if answer.slice.total > MOST_EXPORTED:
        raise Told(400, t("export.too_many", n=answer.slice.total, most=MOST_EXPORTED))
    note_attempt(system(), person().id, "export_list")
    write, mimetype = FILES[kind]
    name = f"{t(f'view.{query.view}')}-{answer.today}.{kind}"
    return attached(write(answer.rows, language()), mimetype, name)


@blueprint.post("/claim/<name>")
@permit(Permit.ADVANCE)
def claim(name: str) -> Response:
    """Take a case from the list, and stay in the list: the next one is there."""
    if asked().past:
        raise Told(409, t("case.past"))
    view = see_case(system(), name, person())
    named = request.form.get("command_id", "")
    command_id = named if COMMAND_ID.match(named) else None
    given = Given(person(), UUID(view.stream), command_id=command_id)
    opens = {"href": url_for("cases.page", name=view.number), "act": t("bulk.open_case")}
    try:
        give_noted(system(), COMMANDS["claim_case"], {}, given)
    except Refused as refused:
        words = {"title": t("bulk.claim_refused"), "words": sentence(refused)}
        flash(words | opens, "soon")  # type: ignore[arg-type]
    else:
        flash({"title": t("bulk.claimed", number=view.number)} | opens, "done")  # type: ignore[arg-type]
    return back_to_list()


@blueprint.post("/views")
@permit(Permit.READ)
def save() -> Response:
    """Keep the query that the address holds under a name."""
    kept = _query(asked()).kept()
    try:
        made = save_view(system(), person(), request.form.get("name", ""), kept)
    except Refused as refused:
        flash(sentence(refused), "soon")
        return back_to_list()
    flash(t("saved.done", name=made.name), "done")
    return redirect(_address(made), 303)


@blueprint.post("/views/<uuid:view>")
@permit(Permit.READ)
def change(view: UUID) -> Response:
    """Rename a view of one's own, or delete it."""
    if request.form.get("step") == "drop":
        drop_view(system(), person(), str(view))
        flash(t("saved.dropped"), "done")
        return redirect(url_for("worklist.page"), 303)
    name = request.form.get("name", "")
    try:
        rename_view(system(), person(), str(view), name)
    except Refused as refused:
        flash(sentence(refused), "soon")
    return back_to_list()


def back_to_list() -> Response:
    """The list as it was asked: its query is part of the address of whatever leaves it."""
    query = request.query_string.decode("ascii", "replace")
    return redirect(url_for("worklist.page") + (f"?{query}" if query else ""), 303)


def numbers_of_query(most: int) -> list[str]:
    """The numbers of the cases that the address asks for, in its order, not only one page of it."""
    when = asked()
    query = _query(when)
    wanted, sort = query.wanted(CONDITIONS), query.sort(FIRST_SORT)
    answer = lists().work(person(), query.view, wanted, sort, 1, when, most)
    return [row.line.number for row in answer.rows]


def remark(row: Row) -> str:
    """What stands beside the next step: how far contact is, who must act, what impedes."""
    line = row.line
    if line.step is None:
        return ""
    parts = []
    if line.step.startswith("confirm_"):
        parts.append(t("worklist.second_person"))
    if line.step == "attempt_contact" and line.attempts:
        parts.append(t("worklist.attempts", n=line.attempts))
    parts += [word("Impediment", found) for found in line.impediments.split()]
    return t("page.comma").join(parts)


def _query(when: Asked, args: MultiDict[str, str] | None = None) -> ListQuery:
    return ListQuery(when, SORTS, WORK_VIEWS, "open", args)


def _tabs(
    query: ListQuery, answer: ListAnswer, mine: list[SavedView], here: SavedView | None
) -> list[dict[str, Any]]:
    """The views of the office, then those of this person."""
    tabs: list[dict[str, Any]] = query.tabs(answer, TONES)
    if here is not None:
        tabs = [{**tab, "current": False} for tab in tabs]
    if answer.held is not None:
        rows = {"words": t("view.held"), "href": url_for("uploads.held"), "current": False}
        tabs.append({**rows, "tally": answer.held, "tone": "soon"})
    asked_for = []
    for view in mine:
        kept = _query(query.when, MultiDict(parse_qsl(view.query)))
        asked_for.append((kept.view, kept.wanted(CONDITIONS)))
    tallies = lists().tallies(person(), asked_for, query.when)
    return tabs + [
        {
            "words": view.name,
            "href": _address(view),
            "current": view is here,
            "tally": tally,
            "tone": None,
        }
        for view, tally in zip(mine, tallies, strict=True)
    ]


def _address(view: SavedView) -> str:
    pairs = [(name, value) for name, value in parse_qsl(view.query) if name != "saved"]
    return url_for("worklist.page") + "?" + urlencode([*pairs, ("saved", view.id)])


def _told(answer: ListAnswer, view: str) -> list[tuple[str, str | None]]:
    """The sentence under the title, in parts; a part stands out while it counts something.

    It counts all that is open, and says so where the title names a part of it.
    """
    tallies = answer.tallies
    parts: list[tuple[str, str | None]] = [
        *([] if view == "open" else [(t("worklist.of_all"), None)]),
        (t("worklist.today", n=tallies["today"]), "say-soon" if tallies["today"] else None),
        (t("worklist.between"), None),
        (t("worklist.overdue", n=tallies["overdue"]), "say-late" if tallies["overdue"] else None),
        (t("worklist.pause"), None),
        (t("worklist.soon", n=tallies["soon"], until=answer.soon_until), None),
        (t("worklist.stop"), None),
        (t("worklist.total", n=tallies["open"]), None),
    ]
    return [*parts, (t("worklist.end"), None)]


OF_ANOTHER_LIST = frozenset({"erase_personal_data"})
"""Acts on many cases that are chosen from a list of their own: what falls due."""


def _acts() -> list[dict[str, str]]:
    """What this reader may do to many cases at once, in the order of the bulk bar."""
    permits = person().permits
    return [
        {"name": name, "words": t(f"bulk.act.{name}")}
        for name in BULK_COMMANDS
        if COMMANDS[name].permit in permits and name not in OF_ANOTHER_LIST
    ]


def _step_link(past: bool) -> Any:
    """Where this reader takes the next step of a case; in the past nothing can be done."""
    permits = person().permits

    def link(row: Row) -> str | None:
        step = row.line.step
        if past or step is None or step not in COMMANDS or COMMANDS[step].permit not in permits:
            return None
        number = row.line.number
        if step.startswith("confirm_"):
            kind = step.removeprefix("confirm_")
            keys = [key for key in row.line.proposals.split() if key.split(":")[0] == kind]
            if keys:
                return url_for("approvals.proposal", name=number, key=keys[0])
        return url_for("commands.form", name=number, command=step)

    return link
