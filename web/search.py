"""The search: by name, former name, code, number or pinyin; a whole number goes to its case."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from casesys import ListAnswer, Permit, Row, typed
from web.listing import ListQuery, lists
from web.permits import permit, person
from web.reading import asked, t

blueprint = Blueprint("search", __name__)

SHOWN = 3
"""How many of a case's records a line of the answer names."""


@blueprint.get("/search")
@permit(Permit.READ)
def page() -> str | Response:
    when = asked()
    query = ListQuery(when, (), ("all",), "all")
    text = query.text()
    answer: ListAnswer | None = None
    if typed(text).words:
        answer = lists().search(person(), text, query.page, when)
        if answer.exact is not None:
            return redirect(url_for("cases.page", name=answer.exact, **when.query), 303)
    return render_template(
        "search/page.html",
        answer=answer,
        query_of=query,
        text=text,
        matched=lambda row: _matched(row, text),
        when=when,
        crumbs=[(t("place.search"), None)],
    )


def _matched(row: Row, text: str) -> str:
    """Why a case was found, in words: which of its names or numbers holds the text."""
    line, wanted = row.line, typed(text)
    if row.records:
        return t("page.comma").join(row.records[:SHOWN])
    for code, name in (
        ("search.by_name", line.name),
        ("search.former", line.former_names),
        ("search.by_code", line.uscc),
        ("search.by_number", line.number),
        ("search.by_reference", line.reference),
    ):
        if name and all(word.lower() in name.lower() for word in wanted.words):
            return t(code, names=name.replace("\n", t("page.comma")))
    return t("search.by_pinyin")
