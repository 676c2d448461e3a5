"""The findings of the auditor's desk: how many of each kind, and those of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from casesys.audit.findings import (
    FINDING_KINDS,
    FoundEntry,
    FoundPage,
    PerfectRecord,
    Sought,
    finding_counts,
    finding_words,
    findings,
)
from casesys.cli.shell import Shell, answer, json_option, refusing
from casesys.permits import Permit
from casesys.system import StreamIsUnknown
from casesys.words import known, say
from domain.findings import FINDING_RULES
from domain.instants import local_day

MOST = 1_000
"""How many of a kind are told at the most; a file from the page holds more."""


@click.command("findings")
@click.option("--kind", type=click.Choice(FINDING_KINDS), help="Each finding of this kind.")
@click.option("--case", default="", metavar="NUMBER", help="Of this case only.")
@json_option
@click.pass_obj
@refusing
def findings_command(shell: Shell, kind: str | None, case: str, as_json: bool) -> None:
    """What an auditor should look at twice, by kind; it states facts and concludes nothing."""
    shell.require(Permit.AUDIT)
    if case and findings(shell.system, Sought(FINDING_KINDS[0], case=case), size=1).unknown:
        raise StreamIsUnknown(case)
    if kind is None:
        counts = finding_counts(shell.system, case)
        told = [_rule(one, counts[one], shell.language) for one in FINDING_KINDS]
        answer(told, as_json, lambda: (f"{one['findings']:>7}  {one['rule']}" for one in told))
        return
    found = findings(shell.system, Sought(kind, case=case), size=MOST)
    counted = {
        **_rule(kind, found.at.total, shell.language),
        "shown": len(found.entries) + len(found.persons),
        "entries": [_entry(kind, one, shell.language) for one in found.entries],
        "persons": [_person(one) for one in found.persons],
    }
    answer(counted, as_json, lambda: _lines(found, counted))


def _rule(kind: str, n: int, language: str) -> dict[str, Any]:
    rule = FINDING_RULES[kind]
    sentence = say(f"findings.{kind}.rule", language, **rule.numbers)
    return {
        "kind": kind,
        "findings": n,
        "rule": f"{say(f'findings.{kind}', language)}: {sentence}",
        "version": rule.version,
        "source": rule.source,
        "sure": str(rule.sure),
    }


def _entry(kind: str, one: FoundEntry, language: str) -> dict[str, Any]:
    entry = one.entry.entry
    topic = f"topic.{entry.topic}"
    return {
        "code": one.code,
        "words": finding_words(kind, one.code, language),
        "detail": one.detail,
        "position": entry.position,
        "topic": entry.topic,
        "what": say(topic, language) if known(topic) else entry.topic,
        "case": one.entry.case_number,
        "unit": one.unit,
        "town": one.town,
        "occurred_at": entry.occurred_at,
        "recorded_at": entry.recorded_at,
        "days": one.days,
        "actor": one.entry.who,
        "other": one.other.entry.position if one.other else None,
    }


def _person(one: PerfectRecord) -> dict[str, Any]:
    return {"actor": one.who, "unit": one.unit, "acts": one.acts, "percent": one.percent}


def _lines(found: FoundPage, counted: dict[str, Any]) -> Iterator[str]:
    yield f"{counted['findings']:>7}  {counted['rule']}"
    for one in counted["entries"]:
        day = local_day(one["recorded_at"])
        case = one["case"] or ""
        yield f"{one['position']:>9}  {day}  {one['actor']:<12}  {case:<14}  {one['words']}"
    for one in counted["persons"]:
        yield f"{one['actor']:<16}  {one['acts']:>6}  {one['percent']:.2g}%"


COMMANDS = (findings_command,)
