"""What the answer to a row says: its codes and values made into sentences of the reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casesys.words import say


def problem_in_words(problem: Mapping[str, Any], language: str) -> str:
    """Why the cell is not taken as it stands, in one sentence."""
    values = dict(problem.get("values", {}))
    differs = values.pop("differs", None)
    said = say(problem["code"], language, **values)
    if differs:
        comma = say("listing.comma", language)
        fields = comma.join(say(f"listing.field.{name}", language) for name in differs)
        said += say("listing.and_differs", language, fields=fields)
    return said


def row_in_words(answer: Mapping[str, Any], language: str) -> dict[str, Any]:
    """One row as the contract of the command line has it."""
    return {
        "sheet": answer["sheet"],
        "row": answer["row"],
        "result": answer["result"],
        "problems": [
            {
                "field": problem["field"],
                "column": problem["column"],
                "code": problem["code"],
                "message": problem_in_words(problem, language),
                **({"suggestion": problem["suggestion"]} if "suggestion" in problem else {}),
            }
            for problem in answer["problems"]
        ],
    }
