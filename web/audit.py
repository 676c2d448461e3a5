"""The audit trail: the log as it is, newest first, and every entry opened field by field."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, render_template, url_for

from casesys import (
    CLOCKS,
    TOPICS,
    Permit,
    Trail,
    TrailPage,
    case_history,
    entry_at,
    findings_by_rule,
    known,
    trail,
    who_recorded,
)
from web.listing import Condition, ListQuery
from web.logged import facts
from web.permits import permit, person
from web.reading import asked, system, t

blueprint = Blueprint("audit", __name__)

ONLY = ("findings", "reasons", "voids")
LATE_DAYS = 2


@blueprint.get("/audit")
@permit(Permit.AUDIT)
def page() -> str:
    when = asked()
    query = ListQuery(when, (), ("all",), "all")
    wanted = _trail(query)
    found = trail(system(), wanted)
    conditions = _conditions(wanted)
    return render_template(
        "audit/page.html",
        found=found,
        wanted=wanted,
        query_of=query,
        conditions=conditions,
        chips=query.chips(conditions),
        logins=who_recorded(system()),
        problems=[*query.problems, *_unknown(found, wanted)],
        facts=facts,
        finding=finding,
        broken=findings_by_rule(system()),
        topic_words=topic_words,
        late_from=LATE_DAYS,
        crumbs=[(t("place.audit"), None)],
    )


@blueprint.get("/audit/<int:position>")
@permit(Permit.AUDIT)
def entry(position: int) -> str:
    found = entry_at(system(), position)
    if found is None:
        abort(404)
    return render_template(
        "audit/entry.html",
        found=found,
        facts=facts,
        finding=finding,
        topic_words=topic_words,
        late_from=LATE_DAYS,
        crumbs=[
            (t("place.audit"), url_for("audit.page")),
            (t("audit.entry", position=position), None),
        ],
    )


@blueprint.get("/cases/<name>/history")
@permit(Permit.READ)
def history(name: str) -> str:
    """One case's entries in the order in which they came in, for everyone who may read it."""
    when = asked()
    found = case_history(system(), name, person(), when.as_of, when.known_at)
    if found is None:
        abort(404)
    number, entries = found
    return render_template(
        "audit/history.html",
        number=number,
        entries=entries,
        facts=facts,
        finding=finding,
        topic_words=topic_words,
        late_from=LATE_DAYS,
        crumbs=[
            (t("place.ledger"), url_for("ledger.page")),
            (number, url_for("cases.page", name=number)),
            (t("audit.history"), None),
        ],
    )


def _trail(query: ListQuery) -> Trail:
    first, last = query.days("on")
    return Trail(
        actor=query.named("actor"),
        topic=query.choice("topic", TOPICS),
        case=query.named("case"),
        command_id=query.named("command_id"),
        clock=query.choice("clock", CLOCKS) or CLOCKS[0],
        first_day=first,
        last_day=last,
        only=query.choice("only", ONLY),
        before=query.number("before"),
        after=query.number("after"),
        as_of=query.when.as_of,
        known_at=query.when.known_at,
    )


def _unknown(found: TrailPage, wanted: Trail) -> Sequence[str]:
    return [t("audit.unknown_case", name=wanted.case)] if found.unknown is not None else []


def _conditions(wanted: Trail) -> list[Condition]:
    topics = [(topic, topic_words(topic)) for topic in TOPICS]
    clocks = [(clock, t(f"audit.clock.{clock}")) for clock in CLOCKS]
    only = [(name, t(f"audit.only.{name}")) for name in ONLY]
    return [
        Condition("actor", "text", t("audit.field.actor"), wanted.actor),
        Condition("topic", "choice", t("audit.field.topic"), wanted.topic, topics),
        Condition("case", "text", t("audit.field.case"), wanted.case),
        Condition(
            "on", "days", t("audit.field.on"), wanted.first_day, clocks, until=wanted.last_day
        ),
        Condition("only", "choice", t("audit.field.only"), wanted.only, only),
        Condition("command_id", "text", t("audit.field.command_id"), wanted.command_id),
    ]


def topic_words(topic: str) -> str:
    return t(f"topic.{topic}") if known(f"topic.{topic}") else topic


def finding(code: str) -> str:
    """The rule that an entry of a register broke, in a few words."""
    return t(f"finding.{code}") if known(f"finding.{code}") else t("audit.finding", rule=code)
