"""What a machine that watches the office asks: does the process live, would it give a page."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify

from casesys import readiness
from web.reading import system

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def lives() -> Response:
    """Whatever becomes of the database: to start the process anew would mend nothing."""
    return _told(200, alive=True)


@blueprint.get("/readyz")
def ready() -> Response:
    found = readiness(system, current_app.extensions["casesys"].settings.language)
    if found.ready:
        return _told(200, ready=True, position=found.position, followers=found.followers)
    return _told(503, ready=False, why=found.why)


def _told(code: int, **facts: object) -> Response:
    told = jsonify(facts)
    told.status_code = code
    told.headers["Cache-Control"] = "no-store"
    return told
