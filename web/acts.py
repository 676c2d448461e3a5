"""What can be done on a case today, what cannot yet, and why not: the aside of its page."""

from __future__ import annotations

from typing import Any

from flask import url_for

from casesys import COMMANDS, CaseView, Refused, needed
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


def acts_of(view: CaseView) -> dict[str, Any]:
    lawful = {act.command: act for act in view.lawful}
    main = view.main if view.main in lawful else None
    names = [name for name in OFTEN if name in lawful] + [n for n in lawful if n not in OFTEN]
    others = [
        {"words": t(f"command.{name}"), "href": do(view, name)} for name in names if name != main
    ]
    locked = [_locked(view, act) for act in view.locked if act.applies]
    absent = [_locked(view, act) for act in view.locked if not act.applies]
    ahead = [act for act in locked if not act["of_another"]]
    ahead.sort(key=lambda act: AHEAD.index(act["name"]) if act["name"] in AHEAD else len(AHEAD))
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
        "locked": ahead[:LOCKED],
        "absent": [*ahead[LOCKED:], *(a for a in locked if a["of_another"]), *absent],
        "only_reads": not any(
            COMMANDS[act.command].permit in person().permits for act in view.acts
        ),
    }


def do(view: CaseView, command: str) -> str:
    return url_for("commands.form", name=view.number, command=command)


def _needs(command: str) -> str | None:
    asked_for = [s.label(language()) for s in COMMANDS[command].fields.values() if s.required]
    return t("case.needs", what=t("page.comma").join(asked_for)) if asked_for else None


def _locked(view: CaseView, act: Any) -> dict[str, Any]:
    first: Refused = act.refusals[0]
    found: dict[str, Any] = {
        "name": act.command,
        "words": t(f"command.{act.command}"),
        "reason": sentence(first),
        "of_another": first.code == "not_permitted",
    }
    if any(refusal.code == "steps_missing_for_exit" for refusal in act.refusals):
        missing = view.state.missing_for_exit()
        found["checklist"] = [
            {"words": t(f"case.step.{step}"), "present": step not in missing}
            for step in needed(view.state)
        ]
    return found
