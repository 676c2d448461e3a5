"""Made districts as folders of CSV files, and what an import of one leaves behind."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from casesys.log import SELECT
from casesys.permits import operator
from casesys.rebuild import digests
from casesys.registry import encode
from casesys.system import System
from domain.entries import Entry
from projections.driver import rows
from tests.shared_data import shared_path

Rows = list[dict[str, str]]
CLERK = operator("clerk")

NAMES = {
    "repair_rate_by_zong": "repair.by_record",
    "repair_rate_by_jia_strict": "repair.by_enterprise_full",
    "repair_rate_by_jia_loose": "repair.by_enterprise_any",
    "interview_rate": "action.interview",
    "photo_rate": "action.photo",
    "commitment_rate": "action.commitment",
    "all_three_rate": "action.all_three",
}
AXES = {"town": "by_town", "campaign": "by_batch_id", "unit": "by_lead_unit"}


def district() -> Path:
    """The folder of the made district of fifty cases."""
    return shared_path("district/district_50")


def made_district(size: int, seed: str, folder: Path) -> Path:
    """Another made district, its answers beside it."""
    maker = shared_path("district/make_district.py")
    options = ["--size", str(size), "--seed", seed, "--no-xlsx", "--out", str(folder)]
    subprocess.run([sys.executable, str(maker), *options], check=True, capture_output=True)
    return folder


def changed(folder: Path, name: str, change: Callable[[Rows], None], into: Path) -> Path:
    """A copy of a register in which the rows of one file are changed."""
    shutil.copytree(folder, into)
    path = into / name
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        head, found = list(reader.fieldnames or ()), list(reader)
    change(found)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, head)
        writer.writeheader()
        writer.writerows(found)
    return into


def log_digest(system: System) -> str:
    """SHA-256 over every row of the log as it is stored."""
    found = sha256()
    with system.database.read() as c:
        for row in rows(c, f"{SELECT} ORDER BY position"):
            found.update(encode(row))
    return found.hexdigest()


def imported_digest(system: System) -> str:
    """SHA-256 over the rows that an import wrote for actions: the same wherever it ran."""
    with system.database.read() as c:
        found = rows(c, f"{SELECT} WHERE caused_by LIKE ? ORDER BY position", ["import:%"])
    return sha256(encode(found)).hexdigest()


def left_behind(system: System) -> tuple[str, dict[str, tuple[str, int]]]:
    """The log and every read model, to the byte."""
    with system.database.read() as c:
        return log_digest(system), digests(system, c)


def count(system: System, question: str, *values: Any) -> int:
    with system.database.read() as c:
        return int(rows(c, question, values)[0][0])


def story(system: System, reference: str) -> list[Entry]:
    with system.database.read() as c:
        stream = system.models.case_file.find(c, reference).stream_id
        return system.log.stream(c, stream)


def entry_of(system: System, action: str) -> Entry:
    """The entry that an action became; its request id begins with the action's."""
    with system.database.read() as c:
        question = "SELECT stream_id, version FROM receipt WHERE command_id LIKE ?"
        ((stream, version),) = rows(c, question, [f"q-{action}-%"])
        found: Entry = system.log.stream(c, stream)[version - 1]
        return found


def in_our_names(expected: dict[str, Any]) -> dict[str, Any]:
    """The maker's answers to one day, as `casesys rates` names them."""
    categories = {}
    for category in ("penalty", "judgment", "all"):
        theirs = expected[category]
        impediments = theirs["impediments"]
        categories[category] = {
            name: theirs[name]
            for name in (
                "cases",
                "enterprises",
                "records",
                "repaired_records",
                "closed_cases",
                "contact_class",
            )
        } | {
            "amount_yuan": theirs["amount_yuan_of_records"],
            "impediments": impediments["by_kind"]
            | {"cases_with_any": impediments["cases_with_any"]},
            "rates": {ours: fraction(theirs[name]) for name, ours in NAMES.items()},
        }
    return {"categories": categories, "contact_attempts": expected["contact_attempts"]}


def fraction(theirs: dict[str, Any]) -> dict[str, Any]:
    return {name: theirs[name] for name in ("numerator", "denominator", "percent")}
