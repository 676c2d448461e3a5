"""One office examined: everything that can be checked is, whatever was found before."""

from __future__ import annotations

from collections.abc import Iterator

from casesys.doctor.checking import Check, going_on
from casesys.doctor.entries import Seen, walk
from casesys.doctor.files import files
from casesys.doctor.tables import storage, tables
from casesys.figures.verifying import Verdict, verify_several
from casesys.filling import Progress
from casesys.permits import Person
from casesys.proofs.chain import verify_log
from casesys.proofs.tree_of_log import head_of_log, size_of
from casesys.rebuild import verify
from casesys.system import System


def chain(system: System) -> tuple[Check, int, bytes]:
    """The log against its tree and every kept checkpoint; its size and the head of its tree."""
    size, head = 0, b""
    with going_on(Check("chain")) as check, system.database.read() as c:
        found = verify_log(system, c)
        size = check.counted = found.entries
        if found.misfit is not None:
            one = found.misfit
            values = {"position": one.position, "checkpoint": one.checkpoint, "after": one.after}
            check.refused(f"proof.misfit.{one.code}", values)
        check.remark("checkpoints", n=found.checkpoints, newest=found.newest)
        head = head_of_log(c, size_of(c)) if size else b""
    return check, size, head


def read_models(system: System, progress: Progress | None = None) -> Check:
    """Each built again from the log beside the served one."""
    with going_on(Check("read_models")) as check:
        for name, model in verify(system, progress=progress)["models"].items():
            check.counted += model["rows"]
            if model["equal"]:
                continue
            if model["outdated"]:
                check.differs("model_outdated", model=name)
            for row in model["differing"]:
                check.differs("row_differs", model=name, row=row)
            if not model["outdated"] and not model["differing"]:
                check.differs("model_differs", model=name)
    return check


def besides(system: System, person: Person, *, thorough: bool = True) -> Iterator[Check]:
    """The invariants, the receipts and the evidence."""
    seen = Seen()
    with system.database.read() as c:
        checks, seen = walk(system, c)
        yield from checks
        yield from tables(system, c, seen)
        yield files(system, c, seen)
    yield receipts(system, person, seen)
    yield storage(system, thorough=thorough)


def receipts(system: System, person: Person, seen: Seen) -> Check:
    """Every receipt that the log says was issued, all by one walk."""
    with going_on(Check("receipts")) as check:
        check.counted = len(seen.receipts)
        older = 0
        for one in verify_several(system, person, seen.receipts):
            if one.verdict is Verdict.RULE_IS_GONE:
                older += 1
            elif not one.holds:
                values = {"number": one.number, "verdict": str(one.verdict)}
                check.differs("receipt", **values)
        if older:
            check.remark("receipts_of_older_rules", n=older)
    return check
