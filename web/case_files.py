"""What was gathered in a case: photographs, documents, and the attempts to reach anybody."""

from __future__ import annotations

from typing import Any

from flask import url_for

from casesys import CaseView, Entry, EvidenceRefused, is_sealed, local_day
from web.case_timeline import entry_title
from web.evidence import PICTURES
from web.facts import DOCUMENTS, FILES, brief, erased_words, evidence, material
from web.paging import sliced
from web.reading import Asked, evidence_store, t, who_words, word

SIZE = 48


def materials(view: CaseView) -> list[Entry]:
    """Entries that brought a file or name a document; what was voided stays, marked as such."""
    return [entry for entry in view.newest_first if material(entry)]


def attempts(view: CaseView) -> list[Entry]:
    return [e for e in view.newest_first if e.topic == "case.contact_attempted"]


def materials_tab(view: CaseView, when: Asked) -> dict[str, Any]:
    page = sliced(materials(view), SIZE)
    photos, documents = [], []
    for entry in page.rows:
        files = [entry.data[name] for name in sorted(FILES) if entry.data.get(name)]
        item = _item(view, entry, when)
        kept = {sha256: kept_as(sha256) for sha256 in files}
        pictures = [sha256 for sha256, kind in kept.items() if kind == "picture"]
        if entry.topic in PHOTOGRAPHIC:
            # A register tells of photographs that were never brought: they have no picture here.
            photos.append(item | {"picture": _thumbnail(pictures[0]) if pictures else None})
        else:
            item["files"] = [
                {"href": evidence(sha256), "kept": kind is not None, "digest": sha256[:12]}
                for sha256, kind in kept.items()
            ]
            names = [str(entry.data[name]) for name in DOCUMENTS if entry.data.get(name)]
            item["names"] = t("page.comma").join(names)
            documents.append(item)
    begin = _begin(view, "add_photo")
    return {"photos": photos, "documents": documents, "slice": page, "begin": begin}


PHOTOGRAPHIC = frozenset({"case.photo_added", "case.contact_attempted"})


def _begin(view: CaseView, command: str) -> str | None:
    """The next step where nothing was gathered yet, if this reader may take it now."""
    if not any(act.command == command for act in view.lawful):
        return None
    return url_for("commands.form", name=view.number, command=command)


def _thumbnail(sha256: str) -> str:
    return url_for("evidence.file", sha256=sha256, size="small")


def _item(view: CaseView, entry: Entry, when: Asked) -> dict[str, Any]:
    moment, erased = view.moment(entry), view.erasure_of(entry)
    act = view.entry(entry.data["linked_act"]) if entry.data.get("linked_act") else None
    return {
        "words": entry_title(moment),
        "href": url_for("cases.entry", name=view.number, version=entry.version, **when.query),
        "version": entry.version,
        "at": entry.occurred_at,
        "day_only": moment.day_only,
        "who": entry.data.get("taken_by") or who_words(moment.who),
        "caption": entry.data.get("caption"),
        "brief": brief(view, moment),
        "voided": moment.voided,
        "erased": erased and erased_words(erased),
        "act": act and entry_title(view.moment(act)),
        "act_href": act
        and url_for("cases.entry", name=view.number, version=act.version, **when.query),
    }


def contact_tab(view: CaseView, when: Asked) -> dict[str, Any]:
    page = sliced(attempts(view), SIZE)
    before = _before(view)
    rows = []
    for entry in page.rows:
        moment, erased = view.moment(entry), view.erasure_of(entry)
        channel, picture = entry.data["channel"], entry.data["photo"]
        rows.append(
            {
                "href": url_for(
                    "cases.entry", name=view.number, version=entry.version, **when.query
                ),
                "at": entry.occurred_at,
                "day_only": moment.day_only,
                "recorded_at": entry.recorded_at,
                "late_days": moment.late_days,
                "channel": word("Channel", channel) if channel else t("contact.no_channel"),
                "result": word("ContactResult", entry.data["result"]),
                "reached": str(entry.data["result"]).startswith("reached"),
                "gap": before.get(entry.version),
                "who": who_words(moment.who),
                "sealed": [
                    t(f"contact.sealed.{name}")
                    for name in ("contact_person", "phone", "notes")
                    if is_sealed(entry.data[name])
                ],
                "erased": erased and erased_words(erased),
                "photo": evidence(picture) if picture and kept_as(picture) else None,
                "voided": moment.voided,
            }
        )
    begin = _begin(view, "attempt_contact")
    return {"rows": rows, "slice": page, "proof": _proof(view), "begin": begin}


def _before(view: CaseView) -> dict[int, int]:
    """Working days since the attempt before, by entry; voided attempts are none."""
    found: dict[int, int] = {}
    earlier = None
    for entry in view.seen:
        if entry.topic != "case.contact_attempted":
            continue
        day = local_day(entry.occurred_at)
        if earlier is not None:
            found[entry.version] = view.workdays.between(earlier, day)
        earlier = day
    return found


def _proof(view: CaseView) -> list[dict[str, Any]]:
    """How far the attempts go to prove that the enterprise cannot be reached."""
    state, rule = view.state, view.rules.unreachable
    days = state.contact_days
    spread = view.workdays.between(min(days), max(days)) if days else 0
    counted = {
        "attempts": (state.attempts, rule.attempts),
        "channels": (len(state.channels), rule.channels),
        "visits": (state.visits_with_photo, rule.visits),
        "spread": (spread, rule.spread_workdays),
    }
    return [
        {"words": t(f"contact.proof.{name}", wanted=wanted), "done": done, "met": done >= wanted}
        for name, (done, wanted) in counted.items()
    ]


def kept_as(sha256: str) -> str | None:
    """What stands behind a hash: a picture, a document, or nothing that was brought here."""
    try:
        with evidence_store().open(sha256) as stored:
            head = stored.read(LONGEST_MARK)
    except EvidenceRefused:
        return None
    return "picture" if head.startswith(tuple(PICTURES)) else "document"


LONGEST_MARK = max(map(len, PICTURES))
