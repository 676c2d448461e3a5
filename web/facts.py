"""The facts of an entry, or of what was typed, as a reader sees them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask import url_for

from casesys import (
    COMMANDS,
    WORDED_BY,
    CaseView,
    Command,
    Entry,
    EntryView,
    ErasureMark,
    Moment,
    Spec,
    known,
)
from web.reading import language, t, word

FILES = frozenset({"sha256", "photo"})
DOCUMENTS = ("document", "proof", "notice_number")
"""Facts that name a paper outside the system."""
EVIDENCE = frozenset({"case.photo_added", "case.commitment_signed"})
"""Acts that are material even where no file came with them."""
BY_WORD = {"branch": "Branch", "category": "Category", "proposal": "Proposal"}
CLOCKWORK = frozenset({"number_key"})
OPENED = "case.opened"
VOIDING = frozenset({"case.entry_voided", "case.entry_corrected"})
UNVOIDABLE = VOIDING | {OPENED, "case.personal_data_erased"}


def described(
    view: CaseView, found: EntryView, clear: Mapping[str, str | None] | None = None
) -> list[dict[str, Any]]:
    """Rows of label and value; sealed facts stay masked unless they are given in clear."""
    command = WORDED_BY.get(found.moment.entry.topic)
    specs = COMMANDS[command].fields if command else {}
    rows = []
    for name, value in found.facts.items():
        if value is None or name in CLOCKWORK:
            continue
        spec = specs.get(name)
        row: dict[str, Any] = {"label": label(name, spec), "sealed": name in found.sealed}
        erased = found.erased
        if erased is not None and (
            name in found.sealed or (name in FILES and value in erased.files)
        ):
            row |= {"value": erased_words(erased), "masked": True, "certificate": erased.number}
        elif name in found.sealed:
            opened = clear.get(name) if clear is not None else None
            gone = t("entry.erased") if clear is not None else t("entry.sealed")
            row["value"] = opened if opened is not None else gone
            row["masked"] = opened is None
        elif name in ERASED_LISTS:
            row["value"] = erased_list(name, value)
        elif name in FILES:
            row |= {"value": str(value)[:12] + "…", "href": evidence(value), "file": True}
        else:
            row["value"] = shown(view, name, spec, value)
        rows.append(row)
    return rows


ERASED_LISTS = frozenset({"fields", "files", "shared_files"})
"""What an erasure says at length; its certificate has all of it."""


def erased_words(mark: ErasureMark) -> str:
    """Where a field stood: that it was erased, when, and under which certificate."""
    return t("entry.erased_on", day=mark.day, number=mark.number)


def erased_list(name: str, value: Any) -> str:
    if name == "fields":
        n = sum(len(one["fields"]) for one in value)
        return t("personal.n_fields", n=n, entries=len(value))
    return t("personal.n_files", n=len(value))


IN_BRIEF = (
    "number",
    "record",
    "unit",
    "kind",
    "impediment",
    "performance",
    "channel",
    "served_by",
    "officer",
    "officers",
    "deadline",
    "due_on",
    "ground",
    "document",
    "explanation",
    "missing",
    "target",
    "caption",
)
LONGEST_PART = 80


def material(entry: Entry) -> bool:
    """Whether the entry brought a file or names a document."""
    if entry.topic in EVIDENCE:
        return True
    return any(entry.data.get(name) for name in (*FILES, *DOCUMENTS))


def brief(view: CaseView, moment: Moment, without: Collection[str] = ()) -> str:
    """The few facts of an entry that a timeline has room for; nothing sealed is among them."""
    entry = moment.entry
    specs = COMMANDS[WORDED_BY[entry.topic]].fields if entry.topic in WORDED_BY else {}
    parts = [
        shown(view, name, specs.get(name), entry.data[name])
        for name in IN_BRIEF
        if name not in without and isinstance(entry.data.get(name), str | int | list)
    ]
    few = list(dict.fromkeys(part[:LONGEST_PART] for part in parts))[:3]
    return t("page.comma").join(few)


def evidence(sha256: Any) -> str:
    return url_for("evidence.file", sha256=str(sha256))


def label(name: str, spec: Spec | None) -> str:
    if spec is not None:
        return spec.label(language())
    return t(f"fact.{name}") if known(f"fact.{name}") else name


def shown(view: CaseView | None, name: str, spec: Spec | None, value: Any) -> str:
    """One fact of the log in words."""
    if isinstance(value, bool):
        return t("form.yes" if value else "form.no")
    if isinstance(value, list):
        return t("page.comma").join(str(part) for part in value)
    if name in BY_WORD:
        return word(BY_WORD[name], value)
    if spec is not None and spec.choices is not None:
        return word(spec.choices.__name__, value)
    if spec is not None and spec.widget == "money":
        return t("format.money", fen=int(value))
    if spec is not None and spec.widget == "officer" and view is not None:
        return view.logins.get(str(value), str(value))
    if name == "record" and view is not None:
        return record_number(view, str(value))
    if name in ("target", "linked_act") and view is not None:
        return act_words(view, value)
    if name == "objection" and view is not None:
        return objection_words(view, str(value))
    return str(value)


def typed(
    view: CaseView | None, command: Command, values: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """What somebody typed, field by field, in words; a blank says so."""
    rows = []
    for name, spec in command.fields.items():
        value = values.get(name)
        blank = value is None or value == "" or value == []
        words = t("entry.none") if blank else _typed(view, name, spec, value)
        rows.append({"name": name, "label": spec.label(language()), "value": words, "blank": blank})
    return rows


def _typed(view: CaseView | None, name: str, spec: Spec, value: Any) -> str:
    if spec.widget == "yes":
        return t("form.yes" if value == "true" else "form.no")
    if spec.widget == "when":
        return str(value).replace("T", " ")
    if spec.widget == "money":
        return f"{value} {t('form.yuan')}"
    if spec.widget == "file":
        return f"sha256 {str(value)[:12]}…"
    if spec.widget == "several":
        parts = value if isinstance(value, list) else str(value).splitlines()
        inner = spec.inner.choices if spec.inner is not None else None
        return t("page.comma").join(word(inner.__name__, p) if inner else str(p) for p in parts)
    return shown(view, name, spec, value)


def record_number(view: CaseView, record: str) -> str:
    found = view.state.records.get(record)
    return found.number if found is not None else record


def act_words(view: CaseView, version: Any) -> str:
    """An entry of the case, named as a list of choices names it; two of one minute differ."""
    text = str(version)
    entry = view.entry(int(text)) if text.isascii() and text.isdigit() else None
    if entry is None:
        return text
    day = t("format.instant", at=entry.occurred_at)
    return t("entry.title", version=version, words=f"{t('topic.' + entry.topic)} {day}")


def objection_words(view: CaseView, objection: str) -> str:
    """An objection by the entry that raised it; its own key says nothing to a reader."""
    for entry in view.entries:
        if entry.topic == "case.objection_raised" and entry.data["objection"] == objection:
            return act_words(view, entry.version)
    return objection
