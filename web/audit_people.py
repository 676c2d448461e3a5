"""Who can do what as of a day, who read whose personal data, and who came in or was refused."""

from __future__ import annotations

from flask import Blueprint, render_template

from casesys import (
    COMMANDS,
    DOOR,
    ROLES,
    Permit,
    WantedAttempts,
    attempts_page,
    end_of_day,
    known,
    personal_reads,
    power_changes,
    powers_on,
    start_of_day,
    unit_names,
    who_recorded,
)
from web.audit_desk import desk
from web.listing import Condition, ListQuery
from web.permits import permit
from web.reading import asked, system, t, word

blueprint = Blueprint("audit_people", __name__)

RESULTS = ("refused", "taken")


@blueprint.get("/audit/powers")
@permit(Permit.AUDIT)
def powers() -> str:
    when = asked()
    query = ListQuery(when, (), ("all",), "all")
    role, held = query.choice("role", ROLES), query.choice("permit", tuple(Permit))
    unit, since = query.named("unit"), query.days("since")[0]
    found = powers_on(system(), when.as_of, when.known_at, role=role, permit=held, unit=unit)
    conditions = [
        Condition("role", "choice", t("powers.role"), role, _roles()),
        Condition("permit", "choice", t("powers.permit"), held, _permits()),
        Condition("unit", "choice", t("powers.unit"), unit, [(u, u) for u in _units(unit)]),
    ]
    return render_template(
        "audit/powers.html",
        found=found,
        conditions=conditions,
        chips=query.chips(conditions),
        query_of=query,
        problems=query.problems,
        when=when,
        day=when.as_of or when.today,
        since=since,
        moved=power_changes(system(), since, when.as_of, when.known_at) if since else [],
        order=[str(one) for one in Permit],
        **desk("powers"),
    )


@blueprint.get("/audit/reads")
@permit(Permit.AUDIT)
def reads() -> str:
    query = ListQuery(asked(), (), ("all",), "all")
    who, about = query.named("who"), query.named("about")
    conditions = [
        Condition("who", "choice", t("reads.who"), who, [(w, w) for w in who_recorded(system())]),
        Condition("about", "text", t("reads.about"), about),
    ]
    return render_template(
        "audit/reads.html",
        found=personal_reads(system(), who, about),
        conditions=conditions,
        chips=query.chips(conditions),
        query_of=query,
        problems=query.problems,
        **desk("reads"),
    )


@blueprint.get("/audit/attempts")
@permit(Permit.AUDIT)
def attempts() -> str:
    """Kept beside the log, and only for two years: what was asked and did not happen."""
    query = ListQuery(asked(), (), ("all",), "all")
    who, act = query.named("who"), query.choice("act", (*DOOR, *COMMANDS))
    result, (first, last) = query.choice("result", RESULTS), query.days("on")
    wanted = WantedAttempts(
        who=who,
        act=act,
        refused={"refused": True, "taken": False}.get(result),
        since=start_of_day(first) if first else "",
        until=end_of_day(last) if last else "",
    )
    conditions = [
        Condition("who", "text", t("attempts.who"), who),
        Condition("act", "choice", t("attempts.act"), act, _acts()),
        Condition("result", "choice", t("attempts.result"), result, _results()),
        Condition("on", "days", t("attempts.on"), first, until=last),
    ]
    return render_template(
        "audit/attempts.html",
        found=attempts_page(system(), wanted, query.page),
        conditions=conditions,
        chips=query.chips(conditions),
        query_of=query,
        problems=query.problems,
        act_words=act_words,
        refusal_words=refusal_words,
        **desk("attempts"),
    )


def act_words(act: str) -> str:
    """A way through the door, or a command, in words."""
    for code in (f"attempt.{act}", f"command.{act}"):
        if known(code):
            return t(code)
    return act


def refusal_words(code: str) -> str:
    """The rule that stood against an attempt; what it was about was not kept."""
    for named in (f"attempts.refusal.{code}", f"finding.{code}", f"refusal.{code}"):
        if known(named):
            try:
                return t(named)
            except LookupError:
                # The sentence asks for values.
                continue
    return t("audit.finding", rule=code)


def _acts() -> list[tuple[str, str]]:
    return [(act, act_words(act)) for act in (*DOOR, *COMMANDS)]


def _results() -> list[tuple[str, str]]:
    return [(result, t(f"attempts.result.{result}")) for result in RESULTS]


def _roles() -> list[tuple[str, str]]:
    return [(role, word("Role", role)) for role in ROLES]


def _permits() -> list[tuple[str, str]]:
    return [(str(one), t(f"permit.{one}")) for one in Permit if one != Permit.OPERATE]


def _units(chosen: str) -> list[str]:
    units = unit_names(system())
    return units if not chosen or chosen in units else [chosen, *units]
