"""Figures by their formulas: which there are, what each says, and why one changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from casesys.cli.shell import Shell, answer, json_option, refusing
from casesys.figures.names import count_words, exclusion_words, title_words
from casesys.permits import Permit
from casesys.words import say
from domain.formulas import FORMULAS, Formula


@click.group()
def figure() -> None:
    """Figures of the office, each by its named formula."""


@figure.command("list")
@json_option
@click.pass_obj
@refusing
def list_formulas(shell: Shell, as_json: bool) -> None:
    """Every formula with its version, what it divides by what, and what it leaves out."""
    shell.require(Permit.READ)
    found = [described(formula, shell.language) for formula in FORMULAS.values()]
    answer(found, as_json, lambda: _listed(found))


def described(formula: Formula, language: str) -> dict[str, Any]:
    return {
        "name": formula.name,
        "version": formula.version,
        "title": title_words(formula.name, language),
        "unit": str(formula.unit),
        "numerator": formula.numerator,
        "denominator": formula.denominator,
        "exclusions": [str(one) for one in formula.exclusions],
        "rounding": "half_up_whole_percent",
        "sentence": say(formula.code, language),
        "in_words": {
            "numerator": count_words(formula.numerator, language),
            "denominator": count_words(formula.denominator, language),
            "exclusions": exclusion_words(formula, language),
            "rounding": say("formula.rounding", language),
        },
    }


def _listed(found: list[dict[str, Any]]) -> Iterator[str]:
    for one in found:
        yield f"{one['name']:<32}v{one['version']}  {one['unit']}  {one['title']}"
        yield f"    {one['sentence']}"
