"""The timeline of a case: entries newest first, narrowed, page by page, and what falls due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from flask import url_for
from markupsafe import Markup

from casesys import (
    MILESTONES,
    CaseView,
    Computed,
    Entry,
    Moment,
    computed_deadlines,
    end_of_day,
    is_late,
    known,
    local_day,
)
from web.facts import OPENED, VOIDING, brief, material
from web.paging import Slice, sliced
from web.reading import Asked, t, who_words, word

SIZE = 50
NEWEST = 8
NARROWINGS = (None, "milestones", "contact", "materials", "system", "late")
HOUSE_KEEPING = VOIDING | {
    OPENED,
    "case.assigned",
    "case.released",
    "case.transferred",
    "case.personal_data_revealed",
    "case.personal_data_erased",
}
"""Entries about the file itself and who handles it, not about the enterprise."""


def wanted(entry: Entry, only: str | None) -> bool:
    if only == "milestones":
        return entry.topic in MILESTONES
    if only == "contact":
        return entry.topic == "case.contact_attempted"
    if only == "materials":
        return material(entry)
    if only == "system":
        return entry.topic in HOUSE_KEEPING
    if only == "late":
        return is_late(entry)
    return True


def timeline_tab(view: CaseView, when: Asked, only: str | None) -> dict[str, Any]:
    only = only if only in NARROWINGS else None
    # That a file was opened is house-keeping: it stands with its like, and in the audit.
    entries = [
        entry
        for entry in view.newest_first
        if wanted(entry, only) and (entry.topic != OPENED or only == "system")
    ]
    page = sliced(entries, SIZE)
    items = moment_items(view, page.rows, when)
    if only is None:
        _add_due(view, items, page)
    return {"moments": items, "slice": page, "narrowings": _narrowings(view, when, only)}


def newest(view: CaseView, when: Asked) -> list[dict[str, Any]]:
    """The few entries that the overview shows, under what falls due."""
    entries = [entry for entry in view.newest_first if entry.topic != OPENED][:NEWEST]
    items = moment_items(view, entries, when)
    _add_due(view, items, Slice(entries, 1, 1, 1, len(entries), len(entries)))
    return items


def _narrowings(view: CaseView, when: Asked, only: str | None) -> list[dict[str, Any]]:
    late = sum(1 for entry in view.entries if is_late(entry))
    return [
        {
            "words": t(f"case.only.{name or 'all'}", n=late),
            "href": url_for("cases.page", name=view.number, tab="timeline", only=name, **when.query)
            + "#tabs",
            "current": only == name,
        }
        for name in NARROWINGS
    ]


def _add_due(view: CaseView, items: list[dict[str, Any]], page: Slice[Entry]) -> None:
    """A day that falls due stands among what happened, on the page where its own time puts it."""
    clock = view.clock
    if clock is None:
        return
    at = end_of_day(clock.due_on)
    place = next((n for n, item in enumerate(items) if item["occurred_at"] <= at), len(items))
    is_above, is_below = place == 0, place == len(items)
    if (is_above and page.page > 1) or (is_below and page.page < page.pages):
        return
    found = next((d for d in computed_deadlines(view) if d.deadline.kind == clock.kind), None)
    items.insert(
        place,
        {
            "occurred_at": at,
            "day_only": True,
            "kind": "deadline",
            "title": t("case.falls_due", what=word("DeadlineKind", clock.kind)),
            "words": counted_words(found) if found is not None else "",
            "source": t("case.computed_by", ruleset=found.rules.id if found is not None else ""),
            "due": clock.days <= 0,
        },
    )


def counted_words(found: Computed) -> str:
    """How a deadline is counted, in a few words; an extension says so."""
    kind = found.deadline.kind
    if found.extended_by is not None:
        return t(f"case.extended.{kind}", n=found.figure.value)
    return t(f"case.counted.{kind}", n=found.figure.value)


def moment_items(view: CaseView, entries: Iterable[Entry], when: Asked) -> list[dict[str, Any]]:
    """Entries as the timeline shows them; photographs of one act and day stand together."""
    met = {d.met_by.version: d for d in computed_deadlines(view) if d.met_by is not None}
    items = []
    for photos, group in groupby(entries, key=lambda entry: _of_one_visit(view, entry)):
        found = list(group)
        if photos is not None and len(found) > 1:
            items.append(_album(view, found, when))
            continue
        for entry in found:
            items.append(moment_item(view, view.moment(entry), when, met.get(entry.version)))
    return items


def _of_one_visit(view: CaseView, entry: Entry) -> tuple[str, Any] | None:
    """What photographs have in common that were taken at one act on one day."""
    if entry.topic != "case.photo_added" or not view.counts(entry) or entry.findings:
        return None
    return local_day(entry.occurred_at), entry.data["linked_act"]


def moment_item(
    view: CaseView, moment: Moment, when: Asked, met: Computed | None = None
) -> dict[str, Any]:
    entry = moment.entry
    words = [brief(view, moment)]
    words += [t("case.corrected", why=entry.reason)] if entry.reason else []
    if entry.findings:
        broken = t("page.comma").join(t(f"finding.{code}") for code in entry.findings)
        words.append(t("case.breaks_rules", what=broken))
    item = {
        "id": f"entry-{entry.version}",
        "occurred_at": entry.occurred_at,
        "recorded_at": entry.recorded_at,
        "day_only": moment.day_only,
        "kind": "milestone" if moment.milestone else "other",
        "title": _link(_entry(view, entry, when), entry_title(moment)),
        "words": " · ".join(part for part in words if part),
        "by": who_words(moment.who),
        "late_days": moment.late_days,
        "voided": moment.voided,
    }
    if met is not None and met.deadline.due is not None and met.late_days:
        item["term"] = t("case.term", day=met.deadline.due.day)
        item["missed"] = t("case.late_workdays", days=met.late_days)
    return item


def _album(view: CaseView, entries: Sequence[Entry], when: Asked) -> dict[str, Any]:
    """Several photographs as one line, each still a link to its own entry."""
    first, last = entries[-1], entries[0]
    href = url_for("cases.page", name=view.number, tab="materials", **when.query) + "#tabs"
    links = [_link(_entry(view, e, when), t("format.clock", at=e.occurred_at)) for e in entries]
    linked = view.entry(first.data["linked_act"]) if first.data["linked_act"] else None
    words = [Markup(t("page.comma")).join(reversed(links))]
    if linked is not None:
        words.append(Markup.escape(t("case.linked_to", what=t(f"topic.{linked.topic}"))))
    who = dict.fromkeys(who_words(view.moment(entry).who) for entry in entries)
    return {
        "id": f"entry-{first.version}",
        "occurred_at": last.occurred_at,
        "recorded_at": max(entry.recorded_at for entry in entries),
        "day_only": view.moment(last).day_only,
        "kind": "other",
        "title": _link(href, t("case.photos", n=len(entries))),
        "words": Markup(" · ").join(words),
        "by": t("page.comma").join(who),
        "late_days": max(view.moment(entry).late_days for entry in entries),
        "voided": False,
    }


def _entry(view: CaseView, entry: Entry, when: Asked) -> str:
    return url_for("cases.entry", name=view.number, version=entry.version, **when.query)


def _link(href: str, words: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(href, words)


def entry_title(moment: Moment) -> str:
    """What happened, in the words of the timeline; a contact says its result at once."""
    words = t(f"topic.{moment.entry.topic}")
    for fact, kind in (("result", "ContactResult"), ("branch", "Branch")):
        value = moment.entry.data.get(fact)
        if value and known(f"choice.{kind}.{value}"):
            return t("case.title_with", words=words, more=word(kind, value))
    return words
