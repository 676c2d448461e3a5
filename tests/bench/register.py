"""A made register for measuring: every case has as many acts, and one act in five is late."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from stdnum.cn import uscc

from domain.instants import SHANGHAI
from tests.bench.stopwatch import EVENTS

SEED = 20211109
ACTS = EVENTS - 1
"""A case is opened by the first of its acts."""
TOWNS = ("城北街道", "临溪街道", "云台街道", "沙坪镇", "白石镇", "龙潭镇", "大湾镇", "青塘镇")
UNITS = (
    "区发展和改革局",
    "区市场监督管理局",
    "区生态环境分局",
    "区应急管理局",
    "区住房和城乡建设局",
)
RESULTS = ("no_answer", "number_dead", "reached_operating")
VOIDED_OF = 25
"""One case in so many takes an attempt away instead of adding a photograph."""

ENTERPRISES = (
    "enterprise_id,uscc,name,former_name,kind,industry,town,established,registration_status"
)
CASES = "case_id,enterprise_id,uscc,category,batch_id,listed_date,lead_unit,town"
RECORDS = "record_id,case_id,enterprise_id,category,document_no,authority,decided_date,amount_yuan"
ACTIONS = (
    "action_id,request_id,case_id,record_id,type,occurred_at,recorded_at,unit,officer,result,"
    "detail,target_action_id"
)

Line = Sequence[str]


class _Act(NamedTuple):
    case: int
    kind: str
    at: datetime
    record: str = ""
    result: str = ""
    detail: str = ""
    target: int | None = None


def write_register(folder: Path, cases: int) -> int:
    """Write the files of so many cases; how many acts they have."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "units.csv", "unit_no,unit", _numbered(UNITS))
    _write(folder / "enterprises.csv", ENTERPRISES, _enterprises(cases))
    _write(folder / "cases.csv", CASES, map(_case, range(cases)))
    _write(folder / "records.csv", RECORDS, _records(cases))
    return _write(folder / "actions.csv", ACTIONS, _actions(cases))


def _write(path: Path, header: str, lines: Iterable[Line]) -> int:
    whole = list(lines)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(whole)
    return len(whole)


def _numbered(names: Sequence[str]) -> Iterator[Line]:
    return ((str(number), name) for number, name in enumerate(names, 1))


def _enterprise_of(case: int) -> int:
    """One enterprise in five stands on both lists."""
    return case - 1 if case % 6 == 5 else case


def _category(case: int) -> str:
    return "judgment" if case % 6 in (3, 5) else "penalty"


def _code(enterprise: int) -> str:
    stem = f"91449901MA{enterprise:07d}"
    return stem + str(uscc.calc_check_digit(stem))


def _day(case: int) -> date:
    """The day of the list: twelve lists a year, whatever the number of cases."""
    return date(2021, case % 72 // 6 + 1, 8)


def _enterprises(cases: int) -> Iterator[Line]:
    for number in range(cases):
        if _enterprise_of(number) == number:
            yield (
                f"E{number:06d}",
                _code(number),
                f"岭川{number}商贸有限公司",
                "",
                "企业",
                "商贸",
                TOWNS[number % len(TOWNS)],
                "2010-05-04",
                "存续",
            )


def _case(case: int) -> Line:
    number, day = _enterprise_of(case), _day(case)
    return (
        f"C{case:06d}",
        f"E{number:06d}",
        _code(number),
        _category(case),
        f"B{day:%Y-%m}",
        day.isoformat(),
        UNITS[case % len(UNITS)],
        TOWNS[number % len(TOWNS)],
    )


def _records(cases: int) -> Iterator[Line]:
    for record in range(cases * 2):
        case = record // 2
        category = _category(case)
        document = (
            f"岭云市监处罚〔2020〕{record + 1}号"
            if category == "penalty"
            else f"（2020）粤9901执{record + 1}号"
        )
        yield (
            f"R{record:07d}",
            f"C{case:06d}",
            f"E{_enterprise_of(case):06d}",
            category,
            document,
            "云塘区市场监督管理局" if category == "penalty" else "云塘区人民法院",
            "2020-09-04",
            f"{3000 + record % 977}.00",
        )


def _acts(case: int) -> list[_Act]:
    day = datetime.combine(_day(case), datetime.min.time(), SHANGHAI) + timedelta(minutes=case % 50)

    def at(days: int, hour: int) -> datetime:
        return day + timedelta(days=days, hours=hour)

    first, second = (f"R{record:07d}" for record in (2 * case, 2 * case + 1))
    photo = _Act(case, "photo_added", at(9, 11), detail="sha256:" + f"{case:064x}")
    voided = _Act(case, "action_voided", at(30, 11), detail="重复登记", target=4)
    return [
        _Act(case, "case_listed", at(0, 9)),
        _Act(case, "record_added", at(0, 9), first),
        _Act(case, "record_added", at(0, 10), second),
        _Act(case, "assigned", at(0, 12), detail=UNITS[case % len(UNITS)]),
        *(
            _Act(case, "contact_attempted", at(2 + 2 * turn, 14), result=result)
            for turn, result in enumerate(RESULTS)
        ),
        _Act(case, "key_supervision_started", at(7, 9)),
        _Act(case, "interview_held", at(9, 10)),
        voided if case % VOIDED_OF == 0 else photo,
        _Act(case, "commitment_signed", at(12, 15)),
    ]


def _actions(cases: int) -> Iterator[Line]:
    chance = random.Random(SEED)
    found: list[tuple[datetime, int, _Act]] = []
    for case in range(cases):
        for place, act in enumerate(_acts(case)):
            # The list itself is known at once: without it every other act would break a rule.
            is_late = place > 0 and chance.random() < 0.2
            late = timedelta(days=chance.randint(1, 15)) if is_late else timedelta()
            minutes = timedelta(minutes=chance.randint(1, 25))
            found.append((act.at + late + minutes, case * ACTS + place, act))
    for recorded, number, act in sorted(found):
        unit = UNITS[act.case % len(UNITS)]
        target = "" if act.target is None else f"A{act.case * ACTS + act.target:08d}"
        yield (
            f"A{number:08d}",
            f"q-A{number:08d}",
            f"C{act.case:06d}",
            act.record,
            act.kind,
            act.at.isoformat(),
            recorded.isoformat(),
            unit,
            "U01-2",
            act.result,
            act.detail,
            target,
        )
