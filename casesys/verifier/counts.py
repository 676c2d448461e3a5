"""Whom each figure of the office counts, and which count is divided by which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from casesys.verifier.cases import DEADLINE_DAYS, CaseThatDay, RecordThatDay

KNOWN_VERSION = 1
"""Of every rule below; a figure of a later version was counted by a rule we do not know."""

AXES_OF_PARTS = ("category", "town", "unit", "campaign", "industry", "debt", "officer")
NOT_KNOWN = "-"
"""How a part says that its cases have no industry or no officer."""

# -- 件: what must be true of a case ---------------------------------------------------------------

CaseRule = Callable[[CaseThatDay], bool]
CONTACTS = ("reached_operating", "reached_not_operating", "attempted_not_reached", "not_attempted")
IMPEDIMENTS = ("bankrupt", "lost_contact", "unable_to_pay")
STATUSES = ("on_time", "late", "open_overdue", "open_in_time", "not_applicable")
MET_OR_PASSED = ("on_time", "late", "open_overdue")


def _with_contact(*contacts: str) -> CaseRule:
    return lambda case: case.governed and case.contact in contacts


def _with_impediment(kind: str) -> CaseRule:
    return lambda case: case.governed and kind in case.impediments


def _with_deadline(kind: str, *statuses: str) -> CaseRule:
    return lambda case: case.governed and case.deadlines[kind] in statuses


CLASSES: Mapping[str, CaseRule] = {
    "class-reached_operating": _with_contact("reached_operating"),
    "class-reached_not_operating": _with_contact("reached_not_operating"),
    "class-not_reached": _with_contact("attempted_not_reached", "not_attempted"),
}
COUNTS_OF_CASES: Mapping[str, CaseRule] = {
    "listed": lambda case: True,
    "cases": lambda case: case.governed,
    "excluded": lambda case: case.excluded,
    "exited": lambda case: case.governed and case.exited,
    "closed": lambda case: case.governed and case.closed,
    "with-repaired": lambda case: case.governed and any(one.repaired for one in case.records),
    "impeded": lambda case: case.governed and bool(case.impediments),
    **CLASSES,
    **{f"impeded-{kind}": _with_impediment(kind) for kind in IMPEDIMENTS},
    **{f"contact-{name}": _with_contact(name) for name in CONTACTS},
    **{f"{kind}-{one}": _with_deadline(kind, one) for kind in DEADLINE_DAYS for one in STATUSES},
    **{f"{kind}-owed": _with_deadline(kind, *MET_OR_PASSED) for kind in DEADLINE_DAYS},
}

# -- 宗: what must be true of a case and of its record ---------------------------------------------

RecordRule = Callable[[CaseThatDay, RecordThatDay], bool]
HELD_BY = (
    "removed_unperformed", "bankrupt", "lost_contact", "applied", "returned", "denied",
    "revoked", "unable_to_pay", "not_repairable", "period_runs", "not_applied", "on_court_list",
)  # fmt: skip


def _of_such_case(rule: CaseRule) -> RecordRule:
    return lambda case, record: rule(case)


def _held_by_reason(why: str) -> RecordRule:
    return lambda case, record: case.governed and record.held_by == why


COUNTS_OF_RECORDS: Mapping[str, RecordRule] = {
    "records-listed": _of_such_case(COUNTS_OF_CASES["listed"]),
    "records": _of_such_case(COUNTS_OF_CASES["cases"]),
    "records-excluded": _of_such_case(COUNTS_OF_CASES["excluded"]),
    "records-exited": _of_such_case(COUNTS_OF_CASES["exited"]),
    **{f"records-{name}": _of_such_case(rule) for name, rule in CLASSES.items()},
    "repaired": lambda case, record: case.governed and record.repaired,
    "unrepaired": lambda case, record: case.governed and not record.repaired,
    **{f"held-{why}": _held_by_reason(why) for why in HELD_BY},
}

# -- 家: what must be true of an enterprise's governed cases ---------------------------------------

EnterpriseRule = Callable[[list[CaseThatDay]], bool]


def _every_record(cases: list[CaseThatDay]) -> list[RecordThatDay]:
    return [record for case in cases for record in case.records]


COUNTS_OF_ENTERPRISES: Mapping[str, EnterpriseRule] = {
    "enterprises": lambda cases: True,
    "with-records": lambda cases: bool(_every_record(cases)),
    "fully-repaired": lambda cases: (
        bool(_every_record(cases)) and all(one.repaired for one in _every_record(cases))
    ),
    "any-repaired": lambda cases: any(one.repaired for one in _every_record(cases)),
    "interviewed": lambda cases: any(case.first_interview for case in cases),
    "photographed": lambda cases: any(case.photos for case in cases),
    "committed": lambda cases: any(case.first_commitment for case in cases),
    # All three in one and the same case.
    "all-three": lambda cases: any(
        case.first_interview and case.photos and case.first_commitment for case in cases
    ),
}

# -- rates ----------------------------------------------------------------------------------------

RATES: Mapping[str, tuple[str, str]] = {
    "exit.case": ("exited", "cases"),
    "repair.by_record": ("repaired", "records"),
    "repair.by_enterprise_full": ("fully-repaired", "enterprises"),
    "repair.by_enterprise_any": ("any-repaired", "enterprises"),
    "action.interview": ("interviewed", "enterprises"),
    "action.photo": ("photographed", "enterprises"),
    "action.commitment": ("committed", "enterprises"),
    "action.all_three": ("all-three", "enterprises"),
    "removal.without_performance": ("held-removed_unperformed", "records"),
    **{f"contact.{name}": (f"contact-{name}", "cases") for name in CONTACTS},
    "contact.not_reached": ("class-not_reached", "cases"),
    **{f"impediment.{kind}": (f"impeded-{kind}", "cases") for kind in IMPEDIMENTS},
    "impediment.any": ("impeded", "cases"),
    **{f"deadline.{kind}": (f"{kind}-on_time", f"{kind}-owed") for kind in DEADLINE_DAYS},
}
"""What is divided by what."""


def is_known(figure: str, version: int) -> bool:
    """Whether a figure of this name and version is counted by a rule of this program."""
    counts = (COUNTS_OF_CASES, COUNTS_OF_RECORDS, COUNTS_OF_ENTERPRISES)
    return version == KNOWN_VERSION and (figure in RATES or any(figure in its for its in counts))


def counts_of_figure(figure: str) -> tuple[str, str | None]:
    """The counts above and below the line of a figure; a count stands alone."""
    return RATES.get(figure, (figure, None))


def unit_of(count: str) -> str:
    if count in COUNTS_OF_RECORDS:
        return "宗"
    return "件" if count in COUNTS_OF_CASES else "家"


def whole_percent_of(above: int, below: int | None) -> int | None:
    """Half up to the whole percent, from the exact fraction; nothing is divided by none."""
    return (200 * above + below) // (2 * below) if below else None


def part_of(cases: Iterable[CaseThatDay], of: Mapping[str, str]) -> list[CaseThatDay]:
    """The cases of one part of the office; an enterprise is judged by those of its cases."""
    wanted = {axis: "" if name == NOT_KNOWN else name for axis, name in of.items()}
    return [
        case for case in cases if all(getattr(case, axis) == name for axis, name in wanted.items())
    ]


def names_counted(count: str, cases: Iterable[CaseThatDay]) -> list[str]:
    """Whom a count counts of these cases: 件 by number, 宗 by both numbers, 家 by credit code."""
    if count in COUNTS_OF_CASES:
        of_case = COUNTS_OF_CASES[count]
        return sorted(case.number for case in cases if of_case(case))
    if count in COUNTS_OF_RECORDS:
        of_record = COUNTS_OF_RECORDS[count]
        return sorted(
            f"{case.number} {record.number}"
            for case in cases
            for record in case.records
            if of_record(case, record)
        )
    of_enterprise = COUNTS_OF_ENTERPRISES[count]
    governed: dict[str, list[CaseThatDay]] = {}
    for case in cases:
        if case.governed:
            governed.setdefault(case.enterprise, []).append(case)
    return sorted(code for code, its in governed.items() if of_enterprise(its))
