"""How the answers to a list read: one row, its problems, what was counted, what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import url_for

from casesys import LISTING_RESULTS, UploadView, problem_in_words
from web.reading import language, t, word

TONES = {"accepted": "finished", "held": "decide", "rejected": "fell"}


def answered(answer: Mapping[str, Any], upload: UUID | None) -> dict[str, Any]:
    settled = answer.get("settled")
    held = answer.get("held")
    return {
        **answer,
        "tag": t(f"uploads.result.{answer['result']}"),
        "tone": TONES.get(answer["result"], "waiting"),
        "why": [in_words(problem, answer["row"]) for problem in answer["problems"]],
        "reason": t(answer["reason"]) if answer.get("reason") else None,
        "settled": settled_words(settled) if settled else None,
        "settle": url_for("uploads.settle", upload=upload, version=held) if held else None,
    }


def in_words(problem: Mapping[str, Any], row: int) -> dict[str, Any]:
    column, field = problem["column"], problem["field"]
    return {
        "cell": f"{column}{row}" if column else "",
        "field": t(f"listing.field.{field}") if field else "",
        "words": problem_in_words(problem, language()),
        "fix": problem.get("suggestion"),
    }


def settled_words(settled: Mapping[str, str]) -> str:
    decision = word("RowDecision", settled["decision"])
    return t("uploads.settled_as", who=settled["by"], decision=decision)


def waiting(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "list": list_name(row["upload"]),
        "why": [in_words(problem, row["row_no"]) for problem in row["problems"]],
    }


def tabs_of(view: UploadView, only: str | None) -> list[dict[str, Any]]:
    counts = view.counts
    here = {"upload": view.row["stream_id"]}
    everything = (None, t("uploads.all_results"), sum(counts.values()))
    tabs: list[tuple[str | None, str, int]] = [everything]
    tabs += [(result, t(f"uploads.result.{result}"), counts[result]) for result in LISTING_RESULTS]
    return [
        {
            "words": words,
            "href": url_for("uploads.one", result=result, **here),
            "current": result == only,
            "tally": tally,
            "tone": {"held": "soon", "rejected": "late"}.get(result or ""),
        }
        for result, words, tally in tabs
    ]


def left_out(view: UploadView) -> list[str]:
    found = []
    for sheet in view.sheets:
        if sheet["skipped"]:
            why = t(sheet["skipped"])
            found.append(t("uploads.sheet_skipped", sheet=sheet["sheet"], why=why))
        found += [
            t("uploads.column_ignored", sheet=sheet["sheet"], column=column, header=header)
            for column, header in sheet["ignored"]
        ]
    return found


def counted(counts: Mapping[str, int]) -> str:
    return t("uploads.sentence", total=sum(counts.values()), **counts)


def list_name(row: Mapping[str, Any]) -> str:
    return str(row["file_name"] or t("uploads.unnamed"))


def plain_name(name: str) -> str:
    """The file's own name, without folders and without what cannot be seen."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())
