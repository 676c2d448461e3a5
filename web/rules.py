"""The dated rules: what they say, which cases another set would change, what opens for repair."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from casesys import (
    EFFECTS,
    LACKS,
    MOST_EXPORTED,
    OPENS_VIEWS,
    RULE_SET_IDS,
    RULE_SETS,
    SPANS,
    Only,
    OpeningRecord,
    OpensOnly,
    OpensPage,
    Permit,
    RejudgedPage,
    RuleQuestion,
    change_lines,
    lacks_words,
    note_attempt,
    opening_records,
    opens_file,
    place_words,
    rejudged,
    rejudged_file,
    ruleset,
    ruleset_on,
    said,
)
from web.case_rules import rule_set_words
from web.downloads import attached
from web.listing import Condition, ListQuery
from web.permits import permit, person
from web.reading import Asked, asked, language, system, t
from web.refusals import Told

blueprint = Blueprint("rules", __name__)

MIMETYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
IN_FORCE = "in_force"
SEVERAL = 20
"""How many cases a page shows."""

GROUPED = ("campaign", "town", "unit")


@blueprint.get("/rules")
@permit(Permit.READ)
def page() -> str:
    when = asked()
    in_force = ruleset_on(when.as_of or when.today)
    return render_template(
        "rules/page.html",
        sets=[rule_set_words(one, in_force) for one in reversed(RULE_SETS)],
        when=when,
        crumbs=[
            (t("place.figures"), url_for("figures.page", **when.query)),
            (t("rules.title"), None),
        ],
    )


# -- another rule set --------------------------------------------------------------------------


@blueprint.get("/rules/rejudge")
@permit(Permit.READ)
def rejudge() -> str:
    when = asked()
    query = ListQuery(when, (), (), "")
    question, only = _question(query, when)
    found = rejudged(system(), person(), question, only, query.page, SEVERAL)
    conditions = [_of_effect(found, only), *_grouped(query, found.values)]
    return render_template(
        "rules/rejudge.html",
        found=found,
        question=question,
        query_of=query,
        sets=RULE_SETS,
        in_force=IN_FORCE,
        differences=_differences(found),
        rows=[(row.case, change_lines(row.found, language())) for row in found.rows],
        conditions=conditions,
        chips=query.chips(conditions),
        again=_again(question, when),
        file=_file(),
        most_exported=MOST_EXPORTED,
        when=when,
        crumbs=_crumbs(when, t("rejudge.title")),
    )


@blueprint.get("/rules/rejudge.<any(csv, xlsx):kind>")
@permit(Permit.READ)
def rejudge_file(kind: str) -> Response:
    """The changed cases of this query, every change a line."""
    when = asked()
    question, only = _question(ListQuery(when, (), (), ""), when)
    found = rejudged(system(), person(), question, only, size=MOST_EXPORTED)
    if found.total > MOST_EXPORTED:
        raise Told(400, t("rejudge.too_many", n=found.total, most=MOST_EXPORTED))
    name = t("rejudge.file", ruleset=question.after, day=found.today)
    return _sent(rejudged_file(kind, found, language()), name, kind)


def _question(query: ListQuery, when: Asked) -> tuple[RuleQuestion, Only]:
    """What is asked; of the rule set that holds already it is asked what it changed."""
    today = when.as_of or when.today
    after = query.choice("set", RULE_SET_IDS) or RULE_SET_IDS[-1]
    before = query.choice("before", (IN_FORCE, *RULE_SET_IDS))
    if not before and after == ruleset_on(today).id:
        before = RULE_SET_IDS[max(0, RULE_SET_IDS.index(after) - 1)]
    only = Only(query.choice("effect", EFFECTS), *(query.named(name) for name in GROUPED))
    question = RuleQuestion(
        after, "" if before in ("", IN_FORCE) else before, when.as_of, when.known_at
    )
    return question, only


def _again(question: RuleQuestion, when: Asked) -> str:
    """The same two rule sets without any condition."""
    given = {"set": question.after, "before": question.before or IN_FORCE, **when.query}
    return url_for("rules.rejudge", **given)


def _of_effect(found: RejudgedPage, only: Only) -> Condition:
    """The kinds of change that there are, each with its number of cases."""
    counted = dict(found.effects)
    if only.effect:
        counted.setdefault(only.effect, 0)
    options = [
        (effect, t("rejudge.counted", words=t(f"rejudge.effect.{effect}"), n=n))
        for effect, n in counted.items()
    ]
    return Condition("effect", "choice", t("rejudge.kind"), only.effect, options)


def _differences(found: RejudgedPage) -> list[dict[str, Any]]:
    return [
        {
            "words": place_words(one.place, language(), (one.after, one.before)),
            "was": said(one.before, one.place, language()),
            "now": said(one.after, one.place, language()),
            "cases": one.cases,
        }
        for one in found.differences
    ]


# -- what opens --------------------------------------------------------------------------------


@blueprint.get("/rules/opens")
@permit(Permit.READ)
def opens() -> str:
    when = asked()
    query = ListQuery(when, (), OPENS_VIEWS, "today")
    within, only = _opening(query)
    found = _found(query, when, within, only, SEVERAL)
    conditions = _conditions(query, found, within, only)
    spans = query.view != "open"
    kept = tuple(name for name in request.args if name not in ("view", "page", *when.query))
    return render_template(
        "rules/opens.html",
        found=found,
        query_of=query,
        within=within,
        widest=SPANS[-1],
        rows=[(row, _rule(row), *lacks_words(row, language())) for row in found.rows],
        conditions=conditions if spans else conditions[1:],
        chips=query.chips(conditions[1:]),
        tabs=[
            {
                "words": t(f"opens.view.{name}", within=within),
                "href": query.address({"view": name}, kept),
                "current": name == query.view,
                "tally": found.tallies.get(name),
            }
            for name in OPENS_VIEWS
        ],
        file=_file(),
        most_exported=MOST_EXPORTED,
        when=when,
        crumbs=[
            (t("place.worklist"), url_for("worklist.page", **when.query)),
            (t("opens.title"), None),
        ],
    )


@blueprint.get("/rules/opens.<any(csv, xlsx):kind>")
@permit(Permit.READ)
def opens_as_file(kind: str) -> Response:
    """The penalties of this query, whole."""
    when = asked()
    query = ListQuery(when, (), OPENS_VIEWS, "today")
    within, only = _opening(query)
    found = _found(query, when, within, only, MOST_EXPORTED)
    if found.total > MOST_EXPORTED:
        raise Told(400, t("opens.too_many", n=found.total, most=MOST_EXPORTED))
    return _sent(opens_file(kind, found, language()), t("opens.file", day=found.today), kind)


def _found(query: ListQuery, when: Asked, within: int, only: OpensOnly, size: int) -> OpensPage:
    return opening_records(
        system(),
        person(),
        query.view,
        within,
        only,
        query.page if size == SEVERAL else 1,
        size,
        as_of=when.as_of,
        known_at=when.known_at,
    )


def _opening(query: ListQuery) -> tuple[int, OpensOnly]:
    within = int(query.choice("within", [str(span) for span in SPANS]) or SPANS[1])
    campaign, town, unit = (query.named(name) for name in GROUPED)
    lacks = query.choice("lacks", LACKS)
    mine = query.choice("of", ("mine",))
    who = person()
    return within, OpensOnly(campaign, town, unit, lacks, (who.id, who.login) if mine else ())


def _conditions(
    query: ListQuery, found: OpensPage, within: int, only: OpensOnly
) -> list[Condition]:
    spans = [(str(span), t("opens.within_days", n=span)) for span in SPANS]
    lacks = [(name, t(f"opens.lacks.{name}")) for name in LACKS]
    whose = [("mine", t("opens.mine_only"))]
    mine = "mine" if only.officers else ""
    return [
        Condition("within", "choice", t("opens.within"), str(within), spans),
        Condition("lacks", "choice", t("opens.lacks"), only.lacks, lacks),
        Condition("of", "choice", t("opens.mine"), mine, whose),
        *_grouped(query, found.values),
    ]


def _rule(row: OpeningRecord) -> str:
    """Why this is the day: the shortest period of its class, by its rule set."""
    months = ruleset(row.rule_set).publicity[row.grade].min_months
    words = t("opens.shortest", n=months) if months else t("opens.at_once")
    return t("opens.rule", ruleset=row.rule_set, months=words)


# -- both --------------------------------------------------------------------------------------


def _grouped(query: ListQuery, values: Any) -> list[Condition]:
    found = []
    for name in GROUPED:
        value = query.named(name)
        options = [one for one in values[name] if one]
        if value and value not in options:
            options = [value, *options]
        label = t(f"list.field.{name}")
        found.append(Condition(name, "choice", label, value, [(one, one) for one in options]))
    return found


def _crumbs(when: Asked, words: str) -> list[tuple[str, str | None]]:
    return [
        (t("place.figures"), url_for("figures.page", **when.query)),
        (t("rules.title"), url_for("rules.page", **when.query)),
        (words, None),
    ]


def _file() -> str:
    """The query of this page, for the file of the same list."""
    text = request.query_string.decode("ascii", "replace")
    return f"?{text}" if text else ""


def _sent(content: bytes, name: str, kind: str) -> Response:
    note_attempt(system(), person().id, "export_list")
    return attached(content, MIMETYPES[kind], f"{name}.{kind}")
