"""A case played entry by entry: before and after, what changed, and which figures it moved."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from casesys import (
    CaseView,
    Entry,
    Frame,
    Permit,
    PlayedCase,
    PlayOrder,
    entry_moves,
    is_late,
    local_day,
    play_case,
    see_case,
    sides_of,
)
from web.case_timeline import entry_title
from web.cases import crumbs
from web.facts import VOIDING, brief
from web.paging import MOST_DIGITS
from web.permits import lets_in, permit, person
from web.reading import Asked, asked, system, t, who_words
from web.replay_rail import rail
from web.replay_words import compared, moved_words

blueprint = Blueprint("replay", __name__)

AROUND = 4
"""So many entries are listed before the one that is looked at, and after it."""
MOST_NAMED = 5
"""So many entries are named, before which a late one takes its place."""


@blueprint.get("/cases/<name>/replay")
@permit(Permit.READ)
def page(name: str) -> str:
    when = asked()
    view = see_case(system(), name, person(), known_at=when.known_at)
    played = play_case(view, _order(when))
    frame = played.frame(_place(played, when))
    entry = frame.entry
    counted = entry_moves(system(), person(), view, entry.version) if entry else None
    to = _Ways(played, frame, when)
    return render_template(
        "replay/case.html",
        view=view,
        when=when,
        played=played,
        frame=frame,
        to=to,
        entry=_entry(view, entry) if entry else None,
        notes=_notes(played, frame, to),
        compared=compared(frame, sides_of(frame, view.workdays), view),
        moved=moved_words(counted) if counted else None,
        rails=rail(played, frame) if entry else None,
        around=_around(played, frame, to),
        crumbs=[*crumbs(view, t("replay.title"))],
    )


def _order(when: Asked) -> PlayOrder:
    """A day on which things happened can only be found in the order of happening."""
    happened = when.as_of is not None or request.args.get("order") == PlayOrder.HAPPENED
    return PlayOrder.HAPPENED if happened else PlayOrder.RECORDED


def _place(played: PlayedCase, when: Asked) -> int:
    """The entry that the address asks for: by a day, by its number, or the last."""
    if when.as_of is not None:
        return played.last_until(when.as_of)
    text = request.args.get("n", "").strip()
    is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return max(1, int(text)) if is_number else played.total


class _Ways:
    """Where the page leads: to any other entry, in either order, in the same books."""

    def __init__(self, played: PlayedCase, frame: Frame, when: Asked) -> None:
        self._played, self._when = played, when
        n, total = frame.n, played.total
        self.first = self.at(1) if n > 1 else None
        self.previous = self.at(n - 1) if n > 1 else None
        self.next = self.at(n + 1) if n < total else self._beyond(n)
        self.last = self.at(total) if n < total else None
        self.here = self.at(n, anchor=False, whole=True)
        version = frame.entry.version if frame.entry else 1
        self.orders = [
            {
                "words": t(f"replay.order.{order}"),
                "current": order == played.order,
                "href": self._in_order(order, version, n),
            }
            for order in PlayOrder
        ]
        self.now = url_for("replay.page", name=played.view.number, n=version if n else None)

    def at(self, n: int, *, anchor: bool = True, whole: bool = False) -> str:
        """An entry by its place; the whole address says by itself which books are meant.

        In the order of happening, what is recorded later may take an earlier place.
        """
        known_at = self._when.known_at
        if whole and self._played.order == PlayOrder.HAPPENED:
            known_at = known_at or self._when.now
        return self._url(self._played.order, n, known_at, anchor=anchor, whole=whole)

    def _url(
        self,
        order: PlayOrder,
        n: int | None,
        known_at: str | None,
        *,
        anchor: bool = True,
        whole: bool = False,
    ) -> str:
        return url_for(
            "replay.page",
            name=self._played.view.number,
            n=n,
            order=order if order != PlayOrder.RECORDED else None,
            known_at=known_at,
            _anchor="player" if anchor else None,
            _external=whole,
        )

    def _in_order(self, order: PlayOrder, version: int, n: int) -> str:
        """The same entry in the other order; the last where that does not play it."""
        if order == self._played.order:
            return self.at(n)
        place = play_case(self._played.view, order).place_of(version)
        return self._url(order, place, self._when.known_at)

    def _beyond(self, n: int) -> str | None:
        """What the books that are played did not know yet, entry by entry."""
        played = self._played
        more = played.order == PlayOrder.RECORDED and played.view.version > n
        return self._url(played.order, n + 1, None) if more else None


def _entry(view: CaseView, entry: Entry) -> dict[str, Any]:
    """The entry that is looked at, as the timeline says it; nothing sealed is among it."""
    moment = view.moment(entry)
    audits = lets_in("audit.entry", person())
    return {
        "version": entry.version,
        "position": entry.position,
        "title": entry_title(moment),
        "words": brief(view, moment),
        "moment": moment,
        "occurred_at": entry.occurred_at,
        "recorded_at": entry.recorded_at,
        "another_day": local_day(entry.occurred_at) != local_day(entry.recorded_at),
        "by": who_words(moment.who),
        "reason": entry.reason,
        "findings": [t(f"finding.{code}") for code in entry.findings],
        "href": url_for("cases.entry", name=view.number, version=entry.version),
        "audit": url_for("audit.entry", position=entry.position) if audits else None,
    }


def _notes(played: PlayedCase, frame: Frame, to: _Ways) -> list[dict[str, Any]]:
    """What the entry does to others, or others to it, each with where that is played."""
    notes = []
    target = played.view.entry(frame.takes_away) if frame.takes_away else None
    if target is not None:
        how = "corrects" if frame.entry and frame.entry.topic == VOIDS_TO_CORRECT else "voids"
        notes.append(_note(played, how, to, [target]))
    if frame.goes_before:
        later = [one for v in frame.goes_before if (one := played.view.entry(v)) is not None]
        late = frame.entry is not None and is_late(frame.entry)
        notes.append(_note(played, "late" if late else "earlier", to, later))
    voiding = played.view.entry(frame.voided_by) if frame.voided_by else None
    if voiding is not None:
        notes.append(_note(played, "voided", to, [voiding]))
    return notes


VOIDS_TO_CORRECT = "case.entry_corrected"


def _note(played: PlayedCase, how: str, to: _Ways, others: list[Entry]) -> dict[str, Any]:
    named = [
        {
            "words": t("replay.named", n=one.version, what=t(f"topic.{one.topic}")),
            "href": to.at(place) if (place := played.place_of(one.version)) is not None else None,
        }
        for one in others[:MOST_NAMED]
    ]
    return {
        "title": t(f"replay.{how}"),
        "words": t(f"replay.{how}_words", n=len(others)),
        "named": named,
        "more": max(0, len(others) - MOST_NAMED),
    }


def _around(played: PlayedCase, frame: Frame, to: _Ways) -> list[dict[str, Any]]:
    """The entries next to the one that is looked at, in the order that is played."""
    first = max(0, min(frame.n - 1 - AROUND, played.total - 2 * AROUND - 1))
    some = played.entries[first : first + 2 * AROUND + 1]
    return [
        {
            "n": n,
            "title": entry_title(moment),
            "href": to.at(n),
            "current": n == frame.n,
            "occurred_at": entry.occurred_at,
            "recorded_at": entry.recorded_at,
            "moment": moment,
            "voids": entry.topic in VOIDING,
        }
        for n, entry in enumerate(some, first + 1)
        for moment in [played.view.moment(entry)]
    ]
