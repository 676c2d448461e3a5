"""The audit trail: the log as it is, newest first, and every entry opened field by field."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from casesys import (
    ACCOUNTS,
    CLOCKS,
    LATE_DAYS,
    MOST_DAYS,
    READS,
    RESULTS,
    TOPICS,
    Permit,
    Trail,
    TrailPage,
    case_history,
    latest_proven,
    open_entry,
    trail,
)
from web.audit_desk import changes, desk, entry_words, topic_words
from web.listing import Condition, ListQuery
from web.permits import permit, person
from web.reading import asked, system, t

blueprint = Blueprint("audit", __name__)

REFUSED = "refused"
"""A result that stands beside the log and not in it: the page of attempts has it."""

PRESETS = (
    ("reads", {"topic": READS}),
    ("accounts", {"topic": ACCOUNTS}),
    ("voids", {"result": "voids"}),
    ("findings", {"result": "findings"}),
    ("late", {"result": "late", "days": "7"}),
    ("night", {"result": "night"}),
)
"""The questions that an auditor begins with, as addresses."""


@blueprint.get("/audit")
@permit(Permit.AUDIT)
def page() -> str | Response:
    when = asked()
    query = ListQuery(when, (), ("all",), "all")
    if query.args.get("result") == REFUSED:
        who = query.named("actor")
        return redirect(url_for("audit_people.attempts", who=who or None, result=REFUSED), 303)
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
        presets=_presets(wanted),
        proven=latest_proven(system(), person()),
        problems=[*query.problems, *_unknown(found, wanted)],
        **desk("page"),
    )


@blueprint.get("/audit/<int:position>")
@permit(Permit.AUDIT)
def entry(position: int) -> str:
    opened = open_entry(system(), position)
    if opened is None:
        abort(404)
    sides = changes(opened)
    found = opened.logged
    return render_template(
        "audit/entry.html",
        opened=opened,
        found=found,
        sides=sides,
        changed=sum(side["changed"] for side in sides),
        # D8: a name is shown only to whoever says why, and then it is in the log.
        staff=found.entry.actor if ":" not in found.entry.actor else None,
        crumbs=[
            (t("place.audit"), url_for("audit.page")),
            (t("audit.entry", position=position), None),
        ],
        **entry_words(),
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
        crumbs=[
            (t("place.ledger"), url_for("ledger.page")),
            (number, url_for("cases.page", name=number)),
            (t("audit.history"), None),
        ],
        **entry_words(),
    )


def _trail(query: ListQuery) -> Trail:
    first, last = query.days("on")
    return Trail(
        actor=query.named("actor"),
        topic=query.choice("topic", (ACCOUNTS, *TOPICS)),
        about=query.named("about"),
        command_id=query.named("command_id"),
        clock=query.choice("clock", CLOCKS) or CLOCKS[0],
        first_day=first,
        last_day=last,
        result=query.choice("result", RESULTS),
        days=late_days(query),
        before=query.number("before"),
        after=query.number("after"),
        as_of=query.when.as_of,
        known_at=query.when.known_at,
    )


def late_days(query: ListQuery) -> int:
    """How late an entry is at least; what is no number is the day from which one counts as late."""
    return min(query.number("days") or LATE_DAYS, MOST_DAYS)


def _unknown(found: TrailPage, wanted: Trail) -> Sequence[str]:
    if found.unknown is not None:
        return [t("audit.unknown_object", name=wanted.about)]
    return [t("audit.many_objects", name=wanted.about)] if found.many else []


def _conditions(wanted: Trail) -> list[Condition]:
    topics = [(topic, topic_words(topic)) for topic in TOPICS]
    clocks = [(clock, t(f"audit.clock.{clock}")) for clock in CLOCKS]
    results = [(name, t(f"audit.result.{name}")) for name in (*RESULTS, REFUSED)]
    days = str(wanted.days) if wanted.result == "late" else ""
    return [
        Condition("actor", "text", t("audit.field.actor"), wanted.actor),
        Condition("about", "text", t("audit.field.about"), wanted.about),
        Condition(
            "topic",
            "choice",
            t("audit.field.topic"),
            wanted.topic,
            [(ACCOUNTS, t("audit.topic.accounts")), *topics],
        ),
        Condition("result", "choice", t("audit.field.result"), wanted.result, results),
        Condition("days", "text", t("audit.field.days"), days),
        Condition(
            "on", "days", t("audit.field.on"), wanted.first_day, clocks, until=wanted.last_day
        ),
        Condition("command_id", "text", t("audit.field.command_id"), wanted.command_id),
    ]


def _presets(wanted: Trail) -> list[dict[str, object]]:
    def current(values: dict[str, str]) -> bool:
        return all(str(getattr(wanted, name)) == value for name, value in values.items())

    links: list[dict[str, object]] = [
        {
            "words": t(f"audit.preset.{name}"),
            "href": url_for("audit.page") + "?" + urlencode(values),
            "current": current(values),
        }
        for name, values in PRESETS
    ]
    href = url_for("audit_people.attempts", result=REFUSED)
    return [*links, {"words": t("audit.preset.refused"), "href": href, "current": False}]
