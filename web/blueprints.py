"""The places of the counter, each a blueprint in the module of its name."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from flask import Blueprint

PLACES = (
    "worklist",
    "bulk",
    "approvals",
    "ledger",
    "search",
    "uploads",
    "figures",
    "figure_members",
    "report",
    "receipts",
    "figure_formulas",
    "figure_changes",
    "rules",
    "audit",
    "audit_findings",
    "audit_people",
    "audit_proofs",
    "audit_proven",
    "releases",
    "cases",
    "replay",
    "replay_moments",
    "replay_branch",
    "signing_in",
    "personal",
    "provider",
    "proving",
    "own_account",
    "accounts",
    "commands",
    "drafts",
    "evidence",
    "letters",
    "help",
    "health",
)
"""Modules of this room; the blueprint of ``signing_in`` is named ``session``."""


def blueprints() -> list[Blueprint]:
    return [cast(Blueprint, import_module(f"web.{place}").blueprint) for place in PLACES]
