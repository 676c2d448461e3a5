"""The facts of any entry of the log, whatever it is about, as a reader of the trail sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casesys import COMMANDS, WORDED_BY, Logged, Spec
from web.facts import ERASED_LISTS, erased_list, label, shown
from web.reading import t, word
from web.upload_rows import counted, in_words

TOLD_BY: Mapping[str, str] = {
    **WORDED_BY,
    "enterprise.registered": "register_enterprise",
    "enterprise.renamed": "rename_enterprise",
    "enterprise.moved": "move_enterprise",
    "enterprise.registration_changed": "change_registration",
    "campaign.started": "start_campaign",
    "member_unit.joined": "join_unit",
    "member_unit.left": "leave_unit",
    "calendar.published": "publish_calendar",
    "account.opened": "open_account",
    "account.name_erased": "erase_name",
    "account.name_revealed": "reveal_name",
    "account.role_granted": "grant_role",
    "account.role_revoked": "revoke_role",
    "upload.remarks_erased": "erase_remarks",
    "upload.row_held": "settle_row",
    "upload.row_settled": "settle_row",
}
"""The command whose fields name an entry's facts: one name means another thing in another form."""

OF_THE_CASE = frozenset({"target", "linked_act"})
"""Facts that are the number of an entry of the same stream."""


def facts(found: Logged) -> list[tuple[str, str, bool]]:
    """An entry's facts in the reader's words, as (name, words, sealed)."""
    topic = found.entry.topic
    specs = COMMANDS[TOLD_BY[topic]].fields if topic in TOLD_BY else {}
    rows = []
    for name, value in found.entry.data.items():
        if value is not None and value not in ([], ""):
            sealed = name in found.sealed
            words = _masked(found) if sealed else _said(found, specs, name, value)
            rows.append((label(name, specs.get(name)), words, sealed))
    return rows


def _masked(found: Logged) -> str:
    """Nothing to say of what is sealed, unless it was erased."""
    if found.erased is None:
        return ""
    return t("entry.erased_on", day=found.erased.day, number=found.erased.number)


def _said(found: Logged, specs: Mapping[str, Spec], name: str, value: Any) -> str:
    spec = specs.get(name)
    if name in OF_THE_CASE:
        return t("audit.in_file", version=value)
    if name in ERASED_LISTS and isinstance(value, list):
        return erased_list(name, value)
    if name == "counts":
        return counted(value)
    if name == "rows":
        return t("audit.rows", n=len(value))
    if name == "lines":
        return t("receipts.n_figures", n=len(value))
    if name == "known_at":
        return t("format.instant", at=value)
    if name == "sheets":
        return t("page.comma").join(sheet["sheet"] for sheet in value)
    if name == "problems":
        row = found.entry.data["row"]
        return t("page.comma").join(_problem(problem, row) for problem in value)
    if name == "days" and isinstance(value, list):
        return t("audit.days", n=len(value), first=value[0], last=value[-1])
    if name.endswith("_fen") and isinstance(value, int):
        return t("format.money", fen=value)
    if isinstance(value, dict):
        pairs = ((key, part) for key, part in value.items() if part is not None)
        return t("page.comma").join(
            t("audit.pair", name=label(key, specs.get(key)), value=_said(found, specs, key, part))
            for key, part in pairs
        )
    inner = spec.inner.choices if spec is not None and spec.inner is not None else None
    if isinstance(value, list) and inner is not None:
        return t("page.comma").join(word(inner.__name__, part) for part in value)
    return shown(None, name, spec, value)


def _problem(problem: Mapping[str, Any], row: int) -> str:
    told = in_words(problem, row)
    return " ".join(part for part in (told["cell"], told["field"], told["words"]) if part)
