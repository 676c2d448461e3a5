"""Help: who does what here, what the words mean, the keyboard, and how accessible the pages are."""

from __future__ import annotations

from flask import Blueprint, render_template

from web.permits import everyone
from web.reading import t

blueprint = Blueprint("help", __name__)

DESKS = ("officer", "supervisor", "auditor", "system_administrator", "security_administrator")
WORDS = ("record", "case", "enterprise", "exit", "performance", "repair", "two_days")
KEYS = ("tab", "skip", "enter", "space", "arrows", "escape")
ACCESS = ("aim", "switches", "phone", "scripts", "checked", "unchecked", "files")
ASK = ("password", "roles", "case", "fault")


@blueprint.get("/help")
@everyone
def page() -> str:
    title = t("help.title")
    return render_template(
        "help/page.html",
        title=title,
        crumbs=[(title, None)],
        desks=DESKS,
        terms=WORDS,
        keys=KEYS,
        access=ACCESS,
        ask=ASK,
    )
