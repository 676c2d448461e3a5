"""Questions on the rule sets: which there are, what one would change, what opens on a day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from casesys.cli.cases import DAY, known_option
from casesys.cli.shell import Shell, answer, json_option, refusing
from casesys.permits import Permit
from casesys.rules import EFFECTS, RULE_SET_IDS, Only, RejudgedPage, RuleQuestion, rejudged
from casesys.rules.export import lacks_words
from casesys.rules.opens import OPEN, OpensOnly, OpensPage, opening_records
from casesys.rules.words import change_lines, place_words, said, sourced
from casesys.words import say
from domain.rejudging import Basis, Change
from domain.rulesets import RULE_SETS, RuleSet

RULE_SET = click.Choice(RULE_SET_IDS)


@click.group()
def rules() -> None:
    """The dated rule sets, and what they say of the open cases."""


@rules.command(name="list")
@json_option
@click.pass_obj
@refusing
def list_(shell: Shell, as_json: bool) -> None:
    """Every rule set with its days, its numbers, and where each number is from."""
    shell.require(Permit.READ)
    answer([_rule_set(one) for one in RULE_SETS], as_json, lambda: _told(shell.language))


def _rule_set(one: RuleSet) -> dict[str, Any]:
    return {
        "id": one.id,
        "instrument": one.instrument,
        "first_day": one.first_day,
        "last_day": one.last_day,
        "source": one.source,
        "sure": one.sure,
        "figures": {
            place: {"value": f.value, "unit": f.unit, "source": f.source, "sure": f.sure}
            for place, f in one.figures.items()
        },
        "conditions": [_requirement(found) for found in one.conditions],
        "documents": [_requirement(found) for found in one.documents],
    }


def _requirement(one: Any) -> dict[str, Any]:
    found = {name: getattr(one, name) for name in ("code", "zh", "en", "source", "sure")}
    return {**found, "classes": sorted(one.classes)}


def _told(language: str) -> Iterator[str]:
    for one in RULE_SETS:
        span = say(
            "rules.span" if one.last_day else "rules.span_open",
            language,
            first=one.first_day,
            last=one.last_day,
        )
        yield f"{one.id}  {span}  {one.instrument}  ({say(f'rules.sure.{one.sure}', language)})"
        for grade, period in one.publicity.items():
            months = say(
                "rules.months" if period.repairable else "rules.never",
                language,
                least=period.min_months,
                most=period.max_months,
            )
            yield f"    {say(f'choice.PublicityClass.{grade}', language)}: {months}"


@rules.command()
@click.argument("rule_set", type=RULE_SET)
@click.option("--from", "before", type=RULE_SET, help="Compare with this one, not those in force.")
@click.option("--as-of", type=DAY, help="The cases as they stood at the end of this day.")
@known_option
@click.option("--campaign", default="", help="Only this campaign's cases.")
@click.option("--effect", type=click.Choice(EFFECTS), help="Only cases with this kind of change.")
@json_option
@click.pass_obj
@refusing
def rejudge(
    shell: Shell,
    rule_set: str,
    before: str | None,
    as_of: str | None,
    known_at: str | None,
    campaign: str,
    effect: str | None,
    as_json: bool,
) -> None:
    """Which open cases change under another rule set, and why; writes nothing."""
    shell.require(Permit.READ)
    asked = RuleQuestion(rule_set, before or "", as_of, known_at)
    only = Only(effect=effect or "", campaign=campaign)
    found = rejudged(shell.system, shell.person, asked, only, size=None)
    answer(_changes(asked, found), as_json, lambda: _lines(found, rule_set, shell.language))


def _changes(asked: RuleQuestion, found: RejudgedPage) -> dict[str, Any]:
    return {
        "rule_set": asked.after,
        "compared_with": asked.before or "in_force",
        "as_of": found.today,
        "known_at": asked.known_at,
        "open_cases": found.of,
        "changed_cases": found.total,
        "effects": found.effects,
        "differences": [
            {
                "before": one.before,
                "after": one.after,
                "place": one.place,
                "was": _basis(one.was),
                "now": _basis(one.now),
                "cases": one.cases,
            }
            for one in found.differences
        ],
        "cases": [
            {
                "number": row.case.number,
                "enterprise": row.case.enterprise,
                "name": found.names.get(row.case.enterprise),
                "campaign": row.case.campaign,
                "town": row.case.town,
                "unit": row.case.unit,
                "changes": [
                    *(_change(one, None) for one in row.found.case),
                    *(_change(o, r.number) for r, its in row.found.records for o in its),
                ],
            }
            for row in found.rows
        ],
    }


def _basis(one: Basis | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {name: getattr(one, name) for name in ("ruleset", "value", "unit", "source", "sure")}


def _change(one: Change, record: str | None) -> dict[str, Any]:
    return {"record": record, **one._asdict()}


def _lines(found: RejudgedPage, rule_set: str, language: str) -> Iterator[str]:
    counts = {"n": found.total, "of": found.of, "ruleset": rule_set, "day": found.today}
    yield say("rejudge.told", language, **counts)
    for one in found.differences:
        sets = (one.before, one.after)
        both = [sourced(said(name, one.place, language), language) for name in sets]
        yield f"{one.cases:>7}  {place_words(one.place, language, sets[::-1])}: {' → '.join(both)}"
    for row in found.rows:
        case = row.case
        yield f"{case.number}\t{found.names.get(case.enterprise, case.enterprise)}\t{case.town}"
        for line in change_lines(row.found, language):
            of = f"  [{' '.join(line.records)}]" if line.records else ""
            yield f"    {line.what}: {line.words}{of}"


@rules.command()
@click.option("--on", type=DAY, help="The day that is asked about; without it, today.")
@click.option("--ahead", type=click.IntRange(1, 250), help="And so many working days after it.")
@click.option("--open", "waiting", is_flag=True, help="All that are open and not applied for.")
@known_option
@click.option("--campaign", default="", help="Only this campaign's cases.")
@json_option
@click.pass_obj
@refusing
def opens(
    shell: Shell,
    on: str | None,
    ahead: int | None,
    waiting: bool,
    known_at: str | None,
    campaign: str,
    as_json: bool,
) -> None:
    """The penalties whose repair may be asked for from this day on, and what each lacks."""
    shell.require(Permit.READ)
    if ahead and waiting:
        raise click.UsageError(say("opens.ahead_or_open", shell.language))
    views = (OPEN,) if waiting else ("today", "ahead") if ahead else ("today",)
    pages = [
        opening_records(
            shell.system,
            shell.person,
            view,
            ahead or 1,
            OpensOnly(campaign=campaign),
            size=None,
            as_of=on,
            known_at=known_at,
        )
        for view in views
    ]
    found = [row for page in pages for row in _opening(page)]
    answer(
        {
            "on": pages[0].today,
            "until": pages[-1].until if ahead else pages[0].today,
            "records": found,
        },
        as_json,
        lambda: (
            line
            for view, page in zip(views, pages, strict=True)
            for line in _opening_lines(view, page, shell.language)
        ),
    )


def _opening(page: OpensPage) -> Iterator[dict[str, Any]]:
    for row in page.rows:
        yield {
            "number": row.case.number,
            "enterprise": row.case.enterprise,
            "name": page.names.get(row.case.enterprise),
            "town": row.case.town,
            "unit": row.case.unit,
            "record": row.record.number,
            "class": row.grade,
            "class_recorded": row.record.publicity_class is not None,
            "decided_on": row.record.decided_on,
            "opens_on": row.day,
            "rule_set": row.rule_set,
            "provisional": row.provisional,
            "impediments": row.case.facts.impediments,
            "lacks": row.lacks,
            "to_bring": [one.code for one in row.to_bring],
        }


def _opening_lines(view: str, page: OpensPage, language: str) -> Iterator[str]:
    if not page.rows:
        yield say(f"opens.none.{view}", language)
    for row in page.rows:
        lacks, bring = lacks_words(row, language)
        name = page.names.get(row.case.enterprise, row.case.enterprise)
        yield "\t".join(
            (row.day, row.case.number, name, row.record.number, row.rule_set, lacks, bring)
        )
