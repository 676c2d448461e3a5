"""Why a figure is another than it was: both values, who came and left, and which entries did it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import Blueprint, abort, render_template, request, url_for

from casesys import (
    CATEGORIES,
    FORMULAS,
    BooksDiverge,
    Change,
    Entry,
    Of,
    Permit,
    Question,
    Refused,
    end_of_day,
    last_published,
    require_books,
    title_words,
    why_changed,
)
from web.figure_links import FigureLinks
from web.paging import page_asked
from web.permits import permit, person
from web.reading import Asked, asked, day_of, instant_of, language, system, t, word
from web.refusals import sentence

blueprint = Blueprint("figure_changes", __name__)

DEFAULT = "repair.by_record"
LONGEST = 40
MOST_DIGITS = 12
DAY = 10
"""So long is a day; what is longer has a time."""


class Books(NamedTuple):
    """A state of the books: as known at an instant, or as the log stood; neither is now."""

    known_at: str | None = None
    position: int | None = None

    def on(self, day: str) -> Question:
        return Question(day, self.known_at, position=self.position)


@blueprint.get("/figures/change")
@permit(Permit.READ)
def page() -> str:
    when = asked()
    figure = request.args.get("figure", DEFAULT)
    category = request.args.get("category", "")
    if figure not in FORMULAS or category not in ("", *CATEGORIES):
        abort(404)
    problems: list[str] = []
    day = when.as_of or when.today
    other = read_asked("from_day", day_of, problems)
    after = books_asked("to", problems) or Books(when.known_at)
    before = after if other else books_asked("from", problems)
    # What knows less than its reader asks for is no earlier state of the same books.
    whole = before is None and after == Books()
    reported = last_published(system(), person(), day) if whole else None
    if reported is not None:
        before = Books(reported.known_at, reported.log_position)
    before = before or Books(min(when.now, end_of_day(day)))
    found = _asked(figure, before.on(other or day), after.on(day), Of(category), problems)
    title = t("change.title", figure=title_words(figure, language()))
    return render_template(
        "figures/change.html",
        found=found,
        when=when,
        day=day,
        formula=FORMULAS[figure],
        definition=t(FORMULAS[figure].code),
        unit=t(f"unit.{FORMULAS[figure].unit.name.lower()}"),
        figures=[(name, title_words(name, language())) for name in FORMULAS],
        categories=[(name, word("Category", name)) for name in CATEGORIES],
        chosen={"figure": figure, "category": category},
        states=[state_words(before.on(other or day), when), state_words(after.on(day), when)],
        sides=_sides(found),
        rows=_rows(found, when),
        two_days=other is not None,
        reported=reported,
        never_reported=whole and reported is None,
        problems=problems,
        links=FigureLinks(when),
        keep=when.query,
        title=title,
        crumbs=[
            (t("place.figures"), url_for("figures.page", **when.query)),
            (title, None),
        ],
    )


def _asked(
    figure: str, before: Question, after: Question, of: Of, problems: list[str]
) -> Change | None:
    try:
        require_books(system(), before, after)
        return why_changed(system(), person(), figure, before, after, of, page_asked())
    except Refused as refused:
        problems.append(sentence(refused))
        return None
    except BooksDiverge:
        problems.append(t("why.diverge"))
        return None


def books_asked(name: str, problems: list[str]) -> Books | None:
    """An instant, a day for its end, or the number of an entry of the log."""
    text = request.args.get(name, "").strip()
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return Books(position=int(text))
    at = read_asked(name, _end_of, problems)
    return None if at is None else Books(at)


def _end_of(text: str) -> str | None:
    day = day_of(text) if len(text) == DAY else None
    return instant_of(text) if day is None else end_of_day(day)


def read_asked(name: str, read: Any, problems: list[str]) -> str | None:
    text = request.args.get(name, "").strip()
    try:
        found: str | None = read(text)
    except (ValueError, OverflowError):
        problems.append(t("change.unread", value=text[:LONGEST]))
        return None
    return found


def state_words(asks: Question, when: Asked) -> str:
    """Which day, and which state of the books, in words."""
    if asks.position is not None:
        return t("change.at_entry", day=asks.as_of, position=asks.position)
    if asks.known_at is not None:
        return t("change.at", day=asks.as_of, at=asks.known_at)
    return t("change.now", day=asks.as_of, at=when.now)


def _sides(found: Change | None) -> list[str]:
    """How many came and left, of each part of the fraction in which anybody did."""
    if found is None:
        return []
    return [
        t(f"change.{part.value}", entered=its.entered, left=its.left)
        for part, its in found.traffic.items()
        if its.entered or its.left
    ]


def _rows(found: Change | None, when: Asked) -> Sequence[dict[str, Any]]:
    if found is None:
        return []
    return [
        {
            "row": one.row,
            "way": t(f"why.{one.part.value}.{'entered' if one.entered else 'left'}"),
            "causes": [
                {
                    "how": t(f"why.how.{cause.how.value}"),
                    "entries": [_entry(entry, found.numbers, when) for entry in cause.entries],
                }
                for cause in one.causes
            ],
        }
        for one in found.moved
    ]


def _entry(entry: Entry, numbers: Any, when: Asked) -> dict[str, Any]:
    """One entry with where its reader may open it: in the log, or in its case."""
    number = numbers.get(entry.stream_id)
    if Permit.AUDIT in person().permits:
        href = url_for("audit.entry", position=entry.position)
    elif number is not None:
        href = url_for("cases.entry", name=number, version=entry.version)
    else:
        href = None
    return {
        "position": entry.position,
        "topic": t(f"topic.{entry.topic}"),
        "happened": entry.occurred_at,
        "recorded": entry.recorded_at,
        "href": href,
    }
