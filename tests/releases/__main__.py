"""`make release-fixture`: makes the folder of the release in this checkout, or in a named one."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.releases.filling import CHECKPOINT, PUBLISHED, fill
from tests.releases.kept import keep
from tests.releases.release import Release

HERE = Path(__file__).resolve().parent
AXES = ("town", "campaign", "unit", "category", "industry", "debt", "officer", "month")


def main(checkout: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        release = Release(checkout.resolve(), home)
        named = fill(release, Path(scratch))
        expected = {
            "checkpoint": (Path(scratch) / CHECKPOINT).read_text("utf-8"),
            "log": _log(release, Path(scratch)),
            "questions": [
                {"ask": ask, "answer": _without_head(release.answer(*ask))}
                for ask in _questions(release, named)
            ],
        }
        folder = HERE / release.version
        keep(home, folder, _store(release), expected)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    sys.stdout.write(f"{folder.relative_to(HERE.parent.parent)}: {size / 1000:.0f} kB\n")


def _questions(release: Release, named: dict[str, str]) -> list[list[str]]:
    """Everything that a later release must answer as this one does."""
    found: list[list[str]] = []
    then = named["month_before"]
    for day, known in ((d, k) for d in (named["today"], then) for k in (None, then)):
        clocks = ["--as-of", day, *([] if known is None else ["--known-at", known])]
        found += [["rates", *clocks], ["deadlines", *clocks]]
        found += [["rates", *clocks, "--by", axis] for axis in AXES]
    found += [["rates", "--as-of", named["quarter_before"], "--by", "month"]]
    for formula in release.answer("figure", "list"):
        found += [["figure", "show", formula["name"], "--as-of", named["today"]]]
        found += [["figure", "show", formula["name"], "--as-of", then, "--known-at", "200"]]
    for name in PUBLISHED:
        found += [["figure", "show", name, "--as-of", then, "--known-at", then, "--by", "town"]]
    for receipt in release.answer("figure", "receipts")["receipts"]:
        found += [["figure", "verify", receipt["number"]]]
    for case in (named["worked"], named["erased"]):
        found += [["case", "show", case], ["case", "history", case]]
    found += [["personal", "verify", f"QC-{named['today'][:4]}-0001"]]
    return found


def _without_head(answer: Any) -> Any:
    """How far the log was is no answer: an upgrade may publish another year's calendar."""
    if isinstance(answer, dict):
        return {
            name: value for name, value in answer.items() if name not in ("position", "seconds")
        }
    return answer


def _log(release: Release, scratch: Path) -> dict[str, Any]:
    proven = release.answer("audit", "verify")
    backup = release.answer("backup", "-o", scratch / "office.backup")
    return {"entries": proven["entries"], "digest": backup["log_digest"]}


def _store(release: Release) -> list[str]:
    """The tables that are no read model's, as the release itself names them."""
    question = "from casesys.tables import STORE; print(*STORE.tables)"
    return release.python(question).split()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent.parent)
