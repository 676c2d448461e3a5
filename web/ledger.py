"""The ledger: every case of a campaign's list, as it stands or as it stood on any day."""

from __future__ import annotations

from flask import Blueprint, render_template

from casesys import LEDGER_VIEWS, SORTS, Permit
from web.listing import ListQuery, lists
from web.permits import permit, person
from web.reading import asked, t

blueprint = Blueprint("ledger", __name__)

CONDITIONS = (
    "q",
    "campaign",
    "category",
    "branch",
    "unit",
    "town",
    "stage",
    "repair",
    "contact",
    "impediment",
    "listed",
)


@blueprint.get("/cases")
@permit(Permit.READ)
def page() -> str:
    when = asked()
    query = ListQuery(when, SORTS, LEDGER_VIEWS, "all")
    sort = query.sort("number")
    wanted = query.wanted(CONDITIONS)
    answer = lists().ledger(person(), query.view, wanted, sort, query.page, when)
    conditions = query.conditions(answer, CONDITIONS)
    return render_template(
        "ledger/page.html",
        answer=answer,
        query_of=query,
        sort=sort,
        conditions=conditions,
        chips=query.chips(conditions),
        tabs=query.tabs(answer, {}, kept=("campaign",)),
        when=when,
        crumbs=[(t("place.ledger"), None), (t(f"view.{query.view}"), None)],
    )
