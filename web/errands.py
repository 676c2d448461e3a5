"""One reader's way with one command: what was typed, on which version, and what may be chosen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from casesys import (
    CaseView,
    Command,
    EntryView,
    Given,
    Person,
    Receipt,
    Refused,
    Spec,
    case_number,
    enterprise_id,
    entry_view,
    officer_logins,
    revealed,
    unit_names,
)
from web.evidence import kept, taken_back
from web.facts import OPENED, UNVOIDABLE, act_words, described, objection_words
from web.reading import language, local_minute, system, t, who_words
from web.refusals import Told, sentence

COMMAND_ID = re.compile(r"[0-9A-Za-z-]{8,64}\Z")
VERSION = re.compile(r"[0-9]{1,9}\Z")
MOST_REASON = 400
UNVERSIONED = frozenset({"reveal_personal_data", "add_note", "add_photo"})
"""Acts that take nothing from what came in meanwhile: they are never stopped for it."""

FIELD_OF = {
    "not_yet_happened": ("*when",),
    "too_few_interviewers": ("officers",),
    "record_is_unknown": ("record",),
    "unit_is_unknown": ("unit",),
    "account_is_unknown": ("officer",),
    "document_number_is_no_court_number": ("number",),
    "number_used_beyond_reach": ("number",),
    "number_used_elsewhere": ("number",),
    "record_already_attached": ("number",),
    "decided_after_listing": ("decided_on",),
    "credit_code_is_invalid": ("uscc",),
    "enterprise_name_differs": ("name",),
    "extension_is_no_later": ("due_on",),
    "act_is_unknown": ("linked_act",),
    "document_missing": ("document",),
    "objection_is_unknown": ("objection",),
    "notice_not_served": ("held_at",),
    "publicity_period_runs": ("record",),
    "proof_of_performance_missing": ("record",),
    "commitment_for_record_missing": ("record",),
}
"""At which field a broken rule is shown; any other stands above the form."""


def refusal_by_field(command: Command, refused: Refused) -> tuple[dict[str, str], list[str]]:
    words = sentence(refused)
    for name in FIELD_OF.get(refused.code, ()):
        if name == "*when":
            name = next((n for n, s in command.fields.items() if s.widget == "when"), "")
        if name in command.fields:
            return {name: words}, []
    return {}, [words]


@dataclass
class Errand:
    """A command, the case or stream it is about, and what the reader typed so far."""

    command: Command
    view: CaseView | None = None
    stream: UUID | None = None
    corrects: EntryView | None = None
    values: dict[str, Any] = field(default_factory=dict)
    version: int | None = None
    command_id: str = field(default_factory=lambda: str(uuid4()))
    reason: str = ""
    place: str = ""

    @classmethod
    def on_case(cls, view: CaseView, command: Command) -> Errand:
        if command.on is None:
            raise Told(404, t("error.404.words"))
        stream = UUID(view.stream) if command.on_case else enterprise_id(view.uscc)
        version = view.version if command.on_case else None
        return cls(command, view, stream, version=version)

    @classmethod
    def correcting(cls, view: CaseView, command: Command, found: EntryView) -> Errand:
        return cls(command, view, UUID(view.stream), found, version=view.version)

    @classmethod
    def beginning(cls, command: Command) -> Errand:
        return cls(command)

    @classmethod
    def on_stream(cls, command: Command, stream: UUID) -> Errand:
        return cls(command, stream=stream)

    # -- what was typed --------------------------------------------------------------------

    def prefill(self) -> None:
        """What the address names, or what the entry to be corrected says; sealed ones stay shut."""
        for name, spec in self.command.fields.items():
            if self.corrects is not None:
                self.values[name] = _as_typed(spec, self.corrects, name)
            elif name in request.args and spec.widget != "file":
                self.values[name] = request.args[name][:400]
            elif spec.widget == "unit" and self.view is not None:
                # The unit that leads the case, as in most answers; another is one choice away.
                self.values[name] = self.view.state.unit or ""

    def type(self, form: MultiDict[str, str]) -> None:
        for name, spec in self.command.fields.items():
            if spec.widget == "file":
                self.values[name] = taken_back(form.get(f"kept-{name}", ""))
            elif spec.widget == "several":
                several = form.getlist(name)
                self.values[name] = several[0] if len(several) == 1 else several
            else:
                self.values[name] = form.get(name, "")
        self.reason = form.get("reason", "").strip()[:MOST_REASON]
        given_id = form.get("command_id", "")
        if COMMAND_ID.match(given_id):
            self.command_id = given_id
        version = form.get("version", "")
        if version and not VERSION.match(version):
            raise Told(400, t("error.400.words"))
        if version and self.version is not None:
            self.version = int(version)

    def raw(self) -> dict[str, Any]:
        """What is given; a sealed fact of a corrected entry stays where it is left blank."""
        raw = {n: v for n, v in self.values.items() if v not in ("", None, [])}
        if self.corrects is not None:
            before = revealed(system(), self.corrects.moment.entry)
            for name in self.corrects.sealed:
                if name in self.command.fields and name not in raw and before.get(name):
                    raw[name] = before[name]
        return raw

    def given(self, person: Person) -> Given:
        return Given(
            person,
            self.stream,
            expected_version=None if self.command.name in UNVERSIONED else self.version,
            command_id=self.command_id,
            corrects=self.corrects.moment.entry.version if self.corrects is not None else None,
            reason=self.reason or None,
        )

    # -- how it is shown -------------------------------------------------------------------

    @property
    def title(self) -> str:
        if self.corrects is not None:
            entry = self.corrects.moment.entry
            return t("act.correct_title", version=entry.version, words=t(f"topic.{entry.topic}"))
        return t(f"command.{self.command.name}")

    @property
    def action(self) -> str:
        return self.place

    @property
    def blank(self) -> bool:
        """Whether nothing was typed at all."""
        return not self.reason and all(v in ("", None, []) for v in self.values.values())

    @property
    def hidden(self) -> dict[str, Any]:
        """What every form of this errand carries besides its fields."""
        carried: dict[str, Any] = {"command_id": self.command_id}
        if self.version is not None:
            carried["version"] = self.version
        for name, spec in self.command.fields.items():
            if spec.widget == "file" and self.values.get(name):
                carried[f"kept-{name}"] = kept(self.values[name])
        return carried

    @property
    def all_hidden(self) -> list[tuple[str, str]]:
        """The whole of what was typed, for a page that asks once more."""
        pairs = [(name, str(value)) for name, value in self.hidden.items()]
        for name, value in self.values.items():
            if self.command.fields[name].widget == "file":
                continue
            parts = value if isinstance(value, list) else [value]
            pairs += [(name, str(part)) for part in parts if part not in (None, "")]
        if self.reason:
            pairs.append(("reason", self.reason))
        return pairs

    @property
    def back(self) -> str:
        if self.view is not None:
            return url_for("cases.page", name=self.view.number)
        return url_for("worklist.page")

    @property
    def is_behind(self) -> bool:
        """Whether the case went on since this form was begun."""
        return self.view is not None and self.version not in (None, self.view.version)

    def crumbs(self, here: str | None = None) -> list[tuple[str, str | None]]:
        path: list[tuple[str, str | None]] = [(t("place.ledger"), url_for("ledger.page"))]
        if self.view is not None:
            path.append((self.view.number, self.back))
        path.append((self.title, self.place if here else None))
        return [*path, (here, None)] if here else path

    @property
    def proposals(self) -> list[dict[str, Any]]:
        """What the second person is asked to decide on, with its own facts."""
        if self.view is None or not self.command.name.startswith(("confirm_", "send_back")):
            return []
        found = []
        for proposed in self.view.state.proposals.values():
            entry = entry_view(self.view, proposed.version)
            if entry is not None:
                who, topic = who_words(entry.moment.who), entry.moment.entry.topic
                rows = described(self.view, entry)
                found.append(
                    {"words": t(f"topic.{topic}"), "who": who, "at": proposed.at, "rows": rows}
                )
        return found

    def stands_against(self) -> Refused | None:
        """The first rule that stands against this act whatever is typed."""
        if self.view is None:
            return None
        for act in self.view.acts:
            if act.command == self.command.name and act.refusals:
                return act.refusals[0]
        return None

    def options(self) -> dict[str, list[tuple[str, str]]]:
        """What may be chosen where the office or the case is the list."""
        found: dict[str, list[tuple[str, str]]] = {}
        for name, spec in self.command.fields.items():
            if spec.widget == "unit":
                found[name] = [(unit, unit) for unit in unit_names(system())]
            elif spec.widget == "officer":
                people = officer_logins(system())
                found[name] = [(login, f"{login} {unit}") for login, unit in people]
            elif self.view is not None:
                choices = _of_case(self.view, spec, name)
                if choices is not None:
                    found[name] = self._only_lawful(name, choices)
        return found

    def _only_lawful(self, name: str, choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
        acts = (
            [act for act in self.view.acts if act.command == self.command.name] if self.view else []
        )
        open_to = {c[name].split(":")[0] for act in acts for c in act.choices if name in c}
        if self.corrects is not None or not open_to:
            return choices
        return [choice for choice in choices if choice[0] in open_to]

    def number_of(self, receipt: Receipt) -> str:
        return case_number(system(), receipt.stream)


def _of_case(view: CaseView, spec: Spec, name: str) -> list[tuple[str, str]] | None:
    if spec.widget == "record":
        return [(r.record, r.number) for r in view.state.records.values()]
    if spec.widget == "objection":
        return [(o, objection_words(view, o)) for o in view.state.objections]
    if spec.widget == "act":
        barred = UNVOIDABLE if name == "target" else {OPENED}
        acts = [m.entry for m in view.moments if not m.voided and m.entry.topic not in barred]
        versions = [entry.version for entry in acts]
        return [(str(v), act_words(view, v)) for v in versions]
    if name in ("impediment", "proposal", "deadline") and spec.choices is not None:
        return spec.options(language())
    return None


def _as_typed(spec: Spec, found: EntryView, name: str) -> Any:
    """A fact of the log as a form would have held it."""
    entry = found.moment.entry
    if name in found.sealed:
        return ""
    if spec.widget == "when" and name not in entry.data:
        return local_minute(entry.occurred_at)
    value: Any = entry.data.get(name)
    if value is None:
        return ""
    if spec.widget == "money":
        return f"{value // 100}.{value % 100:02d}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value
