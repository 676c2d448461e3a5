"""The letters of a case: a form with the few things to fill, the sheet to print, the Word file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for

from casesys import (
    DOCX,
    LETTERS,
    CaseView,
    FieldsRefused,
    FilledLetter,
    Letter,
    LetterTemplateRefused,
    Permit,
    fill_letter,
)
from web.cases import crumbs, look
from web.downloads import attached
from web.permits import permit
from web.reading import asked, system, t
from web.refusals import Told, sentence

blueprint = Blueprint("letters", __name__)

LONGEST = 400
"""What is typed stands in the address; more than this fits into no letter."""

Answer = str | Response | tuple[str, int]


@blueprint.get("/cases/<name>/letters/<paper>")
@permit(Permit.READ)
def form(name: str, paper: str) -> Answer:
    view, letter = _found(name, paper)
    return _form(view, letter)


@blueprint.get("/cases/<name>/letters/<paper>/print")
@permit(Permit.READ)
def sheet(name: str, paper: str) -> Answer:
    view, letter = _found(name, paper)
    filled = _fill(view, letter)
    if not isinstance(filled, FilledLetter):
        return filled
    return render_template(
        "letters/sheet.html",
        view=view,
        filled=filled,
        title=t(f"letters.{paper}"),
        crumbs=_crumbs(view, letter, t("letters.sheet")),
        back=_address("form", view, letter),
        docx=_address("docx", view, letter),
        titled=any(block.kind == "title" for block in filled.blocks),
    )


@blueprint.get("/cases/<name>/letters/<paper>/docx")
@permit(Permit.READ)
def docx(name: str, paper: str) -> Answer:
    view, letter = _found(name, paper)
    filled = _fill(view, letter)
    if not isinstance(filled, FilledLetter):
        return filled
    return attached(filled.content, DOCX, filled.name, f"{paper}.docx")


def _found(name: str, paper: str) -> tuple[CaseView, Letter]:
    """A letter goes out today, so it says what is so today."""
    letter = LETTERS.get(paper)
    if letter is None:
        abort(404)
    when = asked()
    view = look(name, when)
    if when.past:
        raise Told(409, t("letters.only_today"))
    return view, letter


def _typed(letter: Letter) -> dict[str, Any]:
    asked_for = {name: request.args.get(name, "").strip()[:LONGEST] for name in letter.fields}
    return {name: value for name, value in asked_for.items() if value}


def _fill(view: CaseView, letter: Letter) -> FilledLetter | tuple[str, int]:
    """The letter, or the form with what stands against it."""
    try:
        return fill_letter(system(), view, letter, _typed(letter))
    except FieldsRefused as refused:
        errors = {name: t(code) for name, code in refused.problems.items()}
        return _form(view, letter, errors), 422
    except LetterTemplateRefused as refused:
        return _form(view, letter, others=[sentence(refused)]), 409


def _form(
    view: CaseView,
    letter: Letter,
    errors: dict[str, str] | None = None,
    others: list[str] | None = None,
) -> str:
    options = _options(view)
    specs = [s for s in letter.fields.values() if s.widget != "record" or options["record"]]
    return render_template(
        "letters/form.html",
        view=view,
        letter=letter,
        specs=specs,
        values=_typed(letter),
        errors=errors or {},
        others=others or [],
        options=options,
        acts=_acts(view, letter),
        against=_against(view, letter),
        title=t(f"letters.{letter.kind}"),
        crumbs=_crumbs(view, letter, None),
        kinds=[(t(f"letters.{kind}"), kind) for kind in LETTERS],
    )


def _options(view: CaseView) -> dict[str, list[tuple[str, str]]]:
    """A court decides without a commitment, and what is repaired needs none."""
    if view.state.category == "judgment":
        return {"record": []}
    waiting = [found.record for found in view.records if not found.record.settled]
    return {"record": [(record.record, record.number) for record in waiting]}


def _crumbs(view: CaseView, letter: Letter, here: str | None) -> list[tuple[str, str | None]]:
    path = crumbs(view, t(f"letters.{letter.kind}"))
    if here is None:
        return path
    return [*path[:-1], (path[-1][0], _address("form", view, letter)), (here, None)]


def _address(endpoint: str, view: CaseView, letter: Letter) -> str:
    return url_for(f"letters.{endpoint}", name=view.number, paper=letter.kind, **_typed(letter))


def _acts(view: CaseView, letter: Letter) -> list[dict[str, str]]:
    """What is recorded once the letter did its work, where the case allows it now."""
    act = next((act for act in view.lawful if act.command == letter.act), None)
    if act is None:
        return []
    words = t(f"command.{act.command}")
    if act.choices:
        numbers = {r: found.number for r, found in view.state.records.items()}
        return [
            {"words": f"{words} {numbers[c['record']]}", "href": _do(view, act.command, c)}
            for c in act.choices
            if c.get("record") in numbers
        ]
    return [{"words": words, "href": _do(view, act.command, _known_already(letter))}]


def _known_already(letter: Letter) -> dict[str, str]:
    typed = _typed(letter)
    if letter.act == "serve_interview_notice":
        return {name: typed[name] for name in ("notice_number",) if name in typed}
    if "record" in typed:
        return {"kind": "credit_repair", "record": typed["record"]}
    return {"kind": "governance"}


def _do(view: CaseView, command: str, known: Any) -> str:
    return url_for("commands.form", name=view.number, command=command, **known)


def _against(view: CaseView, letter: Letter) -> str | None:
    """Why the act could not be recorded now; who only reads is not told of what others may."""
    for act in view.acts:
        if act.command == letter.act and act.refusals:
            first = act.refusals[0]
            return None if first.code == "not_permitted" else sentence(first)
    return None
