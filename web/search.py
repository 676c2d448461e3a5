"""The search: a case by name, former name, code, number or pinyin; a whole name goes to its case."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from casesys import ListAnswer, Permit, TooMuchToFold, typed
from web.listing import ListQuery, lists
from web.permits import permit
from web.reading import asked, t
from web.refusals import Told

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
@permit(Permit.READ)
def page() -> str | Response:
    when = asked()
    query = ListQuery(when, (), ("all",), "all")
    text = query.text()
    answer: ListAnswer | None = None
    if typed(text).words:
        try:
            answer = lists().search(text, query.page, when)
        except TooMuchToFold as wide:
            raise Told(400, t("list.too_wide")) from wide
        if answer.exact is not None:
            return redirect(url_for("cases.page", name=answer.exact, **when.query), 303)
    return render_template(
        "search/page.html",
        answer=answer,
        query_of=query,
        text=text,
        when=when,
        crumbs=[(t("place.search"), None)],
    )
