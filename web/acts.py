"""What can be done on a case today, what cannot yet, and why not: the aside of its page."""

from __future__ import annotations

from typing import Any

from flask import url_for

from casesys import COMMANDS, Act, CaseView, Checklist, Refused, checklists, known, opens_on
from web.case_records import need_item
from web.permits import person
from web.reading import language, t
from web.refusals import sentence

FOLDED = 6
LOCKED = 4
"""How many acts, lawful or not yet so, stand in the open before the rest is folded away."""

OFTEN = (
    "confirm_unreachable",
    "confirm_exclusion",
    "confirm_court_removal",
    "send_back",
    "answer_objection",
    "attempt_contact",
    "serve_interview_notice",
    "hold_interview",
    "add_photo",
    "sign_commitment",
    "conclude_not_operating",
    "propose_unreachable",
    "attach_record",
    "extend_deadline",
    "record_performance",
    "add_note",
)
"""What an officer looks for first; other lawful acts follow."""

AHEAD = (
    "hold_interview",
    "sign_commitment",
    "start_key_supervision",
    "propose_exit",
    "confirm_exit",
    "apply_repair",
    "propose_court_removal",
    "close_case",
)
"""The steps ahead in the order in which they come."""

BEHIND = frozenset(
    {"subject_has_exited", "subject_is_excluded", "case_is_closed", "record_already_repaired"}
)
"""Refusals of a case that has gone past the act: it is no step ahead."""

SHOWN_LISTS = 3
"""How many checklists of one act stand in the open; the tab of the records has all of them."""


def acts_of(view: CaseView) -> dict[str, Any]:
    lawful = {act.command: act for act in view.lawful}
    main = view.main if view.main in lawful else None
    names = [name for name in _often(view) if name in lawful]
    names += [name for name in lawful if name not in names]
    others = [_other(view, name) for name in names if name != main]
    locked = [act for act in view.locked if _is_ahead(view, act)]
    locked.sort(key=lambda act: _place(view, act))
    absent = [act for act in view.locked if act not in locked]
    # Repair is a lane of its own: however far governance has come, its day and its needs are said.
    shown = [act for n, act in enumerate(locked) if n < LOCKED or act.command == "apply_repair"]
    later = [act for act in locked if act not in shown]
    clock = view.clock
    return {
        "main": main
        and {
            "words": t(f"command.{main}"),
            "href": do(view, main),
            "days": clock.days if clock is not None else None,
            "needs": _needs(main),
        },
        "others": others[:FOLDED],
        "folded": others[FOLDED:],
        "locked": [_locked(view, act) for act in shown],
        "absent": [_absent(act) for act in (*later, *absent)],
        "only_reads": not any(
            COMMANDS[act.command].permit in person().permits for act in view.acts
        ),
    }


def _is_ahead(view: CaseView, act: Act) -> bool:
    """Whether the act is still to come, and this reader's to do."""
    codes = {refusal.code for refusal in act.refusals}
    if not act.applies or codes & BEHIND or "not_permitted" in codes:
        return False
    if act.command not in AHEAD:
        return act.command == "propose_unreachable" and view.state.effective_branch is None
    if act.command == "close_case":
        return view.state.exited_at is not None
    # A register may tell of an interview without its notice: another one is no step ahead.
    return not (act.command == "hold_interview" and view.state.interviews)


def _place(view: CaseView, act: Act) -> int:
    """Where the act stands among the steps ahead; who was tried in vain may prove unreachable."""
    if act.command == "propose_unreachable" and view.state.attempts:
        return -1
    return AHEAD.index(act.command) if act.command in AHEAD else len(AHEAD)


def _absent(act: Act) -> dict[str, Any]:
    return {"words": t(f"command.{act.command}"), "reason": sentence(act.refusals[0])}


def _often(view: CaseView) -> tuple[str, ...]:
    """Of a case that nobody handles, it comes first that somebody takes it."""
    return OFTEN if view.state.officer is not None else ("claim_case", *OFTEN)


def do(view: CaseView, command: str) -> str:
    return url_for("commands.form", name=view.number, command=command)


def _other(view: CaseView, command: str) -> dict[str, Any]:
    found: dict[str, Any] = {"words": t(f"command.{command}"), "href": do(view, command)}
    if command == "extend_deadline" and view.clock is not None and view.clock.days >= 0:
        # A deadline is moved while it runs, and not afterwards.
        found["remark"] = t("case.until", day=view.clock.due_on)
    return found


def _needs(command: str) -> str | None:
    asked_for = [s.label(language()) for s in COMMANDS[command].fields.values() if s.required]
    return t("case.needs", what=t("page.comma").join(asked_for)) if asked_for else None


def _locked(view: CaseView, act: Act) -> dict[str, Any]:
    first: Refused = act.refusals[0]
    lists = checklists(view, act)
    opens = opens_on(lists) if lists else first.values.get("opens")
    words, records = t(f"command.{act.command}"), [r for one in lists for r in one.records]
    if len(records) > 1:
        words = t("case.act_of_records", what=words, n=len(records))
    missing = [need for one in lists for need in one.needs if not need.present]
    # Where one step alone is missing the sentence names it, and a list would only repeat it.
    alone = f"case.first.{missing[0].name}" if len(missing) == 1 and len(lists) == 1 else ""
    return {
        "words": words,
        "reason": t(alone) if known(alone) else _reason(act, first, lists, opens),
        "lists": [] if known(alone) else [_list(one, lists) for one in lists[:SHOWN_LISTS]],
        "more": max(0, len(lists) - SHOWN_LISTS),
        "records": url_for("cases.page", name=view.number, tab="records") + "#tabs",
    }


def _reason(act: Act, first: Refused, lists: list[Checklist], opens: str | None) -> str:
    """Why not yet: the day that has to come, else what the list asks, else the rule itself."""
    if opens is not None:
        return t("case.opens_on", day=opens)
    if act.command == "propose_exit" and lists:
        return t("case.lacks_for_exit", total=len(lists[0].needs))
    if len(lists) == 1 and not lists[0].complete:
        missing = sum(1 for need in lists[0].needs if not need.present)
        return t("case.lacks", n=missing, total=len(lists[0].needs))
    return sentence(first)


def _list(found: Checklist, lists: list[Checklist]) -> dict[str, Any]:
    """One checklist; where there are several, it says which records it is about."""
    numbers = [one.record.number for one in found.records]
    about = None
    if len(lists) > 1:
        about = numbers[0] if len(numbers) == 1 else t("case.of_records", n=len(numbers))
    needs = [need_item(need, several=len(numbers) > 1) for need in found.needs]
    return {"about": about, "needs": needs}
